"""What a request builds on and comes to: its input pictures, the size it is painted at, the picture that results."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from PIL import Image

from resources.rendering.diffusion.pictures import opened
from resources.rendering.request import ImageInput

_MORE_AREA = 1.1
"""An image may be so much larger than what the model was made for."""

ReadImage = Callable[[str], bytes]


def picture_of(image: ImageInput, read_image: ReadImage) -> Image.Image:
    """An input in RGB.

    Raises:
        ValueError: its bytes cannot be had, or are no picture that may be decoded.
    """
    name = f"{image.role} {image.entity}"
    if image.sha256 is None:
        raise ValueError(f"{name}: its bytes cannot be had ({image.url or 'it is not made yet'})")
    try:
        return opened(read_image(image.sha256))
    except KeyError:
        raise ValueError(f"{name}: the store does not have it ({image.sha256[:12]})") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def working_size(width: int, height: int, pixels: int, multiple: int) -> tuple[int, int]:
    """The size that a model paints an image of `width` x `height` at: in its multiples, and not far beyond its area."""
    scale = min(1.0, sqrt(pixels * _MORE_AREA / (width * height)))
    if scale == 1.0 and width % multiple == 0 and height % multiple == 0:
        return width, height
    return (
        max(multiple, round(width * scale / multiple) * multiple),
        max(multiple, round(height * scale / multiple) * multiple),
    )


def picture_from(values: np.ndarray) -> Image.Image:
    """A picture from floats in 0..1, shape (height, width, 3).

    Raises:
        ValueError: they are no numbers: the model does not work in this precision.
    """
    if not np.isfinite(values).all():
        raise ValueError(
            "the model gave values that are no numbers: set MOOSTIK_DIFFUSERS_DTYPE to bfloat16 or float32"
        )
    return Image.fromarray((values * 255).round().astype(np.uint8))
