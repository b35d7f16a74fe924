"""What an embedder is: it turns images into vectors that tell how alike two images are."""

import io
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps


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
