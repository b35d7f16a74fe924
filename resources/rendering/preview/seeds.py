"""Seeded choices: every part of a frame draws from a stream of its own, the same on every machine."""

import hashlib
from random import Random


def stream(*parts: object) -> Random:
    """A random stream that depends on the parts' text alone (never on `hash()`, time or order of calls elsewhere)."""
    text = "\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    return Random(int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big"))
