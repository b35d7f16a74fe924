"""Images and an embedder for tests of the memory, also in processes of their own: `python memory_cases.py FOLDER N`."""

import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from resources.memory.memory import Image, Memory

DIMENSIONS = 24


class BytesEmbedder:
    """Any bytes have a vector, `b"broken"` apart. Says on stdout what it embeds, and takes its time where asked to."""

    name = "bytes-1"
    dimensions = DIMENSIONS

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.embedded: list[bytes] = []

    def embed(self, images: Sequence[bytes]) -> np.ndarray:
        if b"broken" in images:
            raise ValueError("no image that can be read: broken")
        time.sleep(self.seconds)
        self.embedded += images
        found = np.zeros((len(images), DIMENSIONS), np.float32)
        for row, image in enumerate(images):
            seed = int.from_bytes(hashlib.sha256(image).digest()[:8], "big")
            vector = np.random.default_rng(seed).standard_normal(DIMENSIONS)
            found[row] = vector / np.linalg.norm(vector)
        return found


def data_of(number: int) -> bytes:
    return f"image {number}".encode()


def sha_of(number: int) -> str:
    return hashlib.sha256(data_of(number)).hexdigest()


def images(count: int) -> list[Image]:
    return [Image(sha_of(number), "variation", f"ep0/shot-{number:03}/wide") for number in range(count)]


def store(count: int) -> dict[str, bytes]:
    return {sha_of(number): data_of(number) for number in range(count)}


def opened(folder: Path, seconds: float = 0.0) -> tuple[Memory, BytesEmbedder]:
    embedder = BytesEmbedder(seconds)
    return Memory(folder, embedder), embedder


if __name__ == "__main__":
    memory, embedder = opened(Path(sys.argv[1]), seconds=0.003)
    count = int(sys.argv[2])
    print("ready", flush=True)
    memory.add(images(count), store(count).__getitem__)
    print(len(embedder.embedded), flush=True)
