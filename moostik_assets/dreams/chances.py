"""The chances of a night: numbers that look drawn, and are the same whenever they are asked for."""

import hashlib
import math
from typing import Any

from resources.canonical import canonical_json

SEED_BITS = 31


def night_seed(*what: Any) -> int:
    """A seed in 0..2**31-1, from blake2b over what it is for: the series' seed, the day, the moment."""
    return _bits(*what) >> (64 - SEED_BITS)


def rank(weight: float, *what: Any) -> float:
    """The place in a weighted order without replacement, the lowest first.

    Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006 (their key, as a logarithm).
    """
    return -math.log((_bits(*what) + 1) / 2**64) / weight


def _bits(*what: Any) -> int:
    return int.from_bytes(hashlib.blake2b(canonical_json(["dream", *what]).encode(), digest_size=8).digest(), "big")
