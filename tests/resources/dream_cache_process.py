"""Adds images to a dream cache until it is killed: `python -m tests.resources.dream_cache_process FOLDER NAME`."""

import random
import sys
from pathlib import Path

from resources.dream_cache import DreamCache

MAX_IMAGES, MAX_BYTES = 40, 300_000


def opened(folder: Path) -> DreamCache:
    return DreamCache(folder, MAX_IMAGES, MAX_BYTES)


def image(key: str) -> bytes:
    """Whole or not can be seen: it ends as it begins."""
    size = random.Random(key).randrange(100, 20_000)
    return key.encode() + bytes(size) + key.encode()


if __name__ == "__main__":
    cache, name = opened(Path(sys.argv[1])), sys.argv[2]
    for number in range(1000):
        key = f"{name}-{number}"
        cache.put(key, image(key), {"number": number})
        cache.get(f"{name}-{number - 7}") if number % 3 == 0 else None
        print(number, flush=True)
