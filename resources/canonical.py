"""Canonical JSON and content hashes: one text, and one digest, for one value."""

import hashlib
import json
from typing import Any


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8 kept, no NaN.

    Raises:
        ValueError: the value holds NaN or an infinity, which JSON cannot say.
        TypeError: the value holds something that is not JSON.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sha256_of_bytes(data: bytes) -> str:
    """Lower-case hex sha256 (64 characters) of some bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_json(value: Any) -> str:
    """Lower-case hex sha256 of a value's canonical JSON."""
    return sha256_of_bytes(canonical_json(value).encode("utf-8", "surrogatepass"))
