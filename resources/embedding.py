"""Embeddings of images: vectors of length 1 whose inner product says how alike two images are."""

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps

WEIGHTS_VARIABLE = "MOOSTIK_CLIP_WEIGHTS"


class EmbedderUnavailable(RuntimeError):
    """The embedder that was asked for cannot work here; the message says why, and what would be right."""


class Embedder(Protocol):
    """Turns images into vectors. Vectors of embedders of different names are never compared."""

    @property
    def name(self) -> str:
        """Name and version, safe in a file name: other vectors for the same image, another name."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, images: Sequence[bytes]) -> np.ndarray:
        """The vectors of encoded images (PNG, JPEG, ...): (n, dimensions) of float32, each of length 1.

        Raises:
            ValueError: one of them is no image that can be read.
        """
        ...


def decoded(image: bytes) -> Image.Image:
    """An encoded image as RGB, the right way up.

    Raises:
        ValueError: it is no image that can be read.
    """
    try:
        with Image.open(io.BytesIO(image)) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"no image that can be read: {error}") from error


def best_embedder(environment: Mapping[str, str] = os.environ) -> Embedder:
    """CLIP ViT-B/32 where open_clip and its weights are on this machine, else the descriptor of colour and layout.

    Weights: the file that MOOSTIK_CLIP_WEIGHTS names (`off`: none), else what the hub's cache holds. Nothing is ever
    downloaded.

    Raises:
        EmbedderUnavailable: MOOSTIK_CLIP_WEIGHTS names no file, or open_clip is not installed to read it.
    """
    from resources.embedding_by_clip import ClipEmbedder, cached_weights, can_embed
    from resources.embedding_by_colour import ColourEmbedder

    named = environment.get(WEIGHTS_VARIABLE, "").strip()
    if named == "off":
        return ColourEmbedder()
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise EmbedderUnavailable(f"{_says(named)}: no such file; name the weights of CLIP ViT-B/32, or say off")
        if not can_embed():
            raise EmbedderUnavailable(f"{_says(named)}: open_clip is not installed (pip install open-clip-torch)")
        return ClipEmbedder(path)
    weights = cached_weights() if can_embed() else None
    return ColourEmbedder() if weights is None else ClipEmbedder(weights)


def _says(value: str) -> str:
    return f"{WEIGHTS_VARIABLE} = {value!r}"
