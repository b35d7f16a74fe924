"""The inputs of a bake: the master plate at its full size, and the bytes of its mask."""

import io
import warnings
from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from resources.rendering.preview.pictures import FORMATS, MAX_PIXELS
from resources.rendering.request import ImageInput


def read_input(image: ImageInput, read_image: Callable[[str], bytes]) -> bytes:
    """The bytes of an input.

    Raises:
        ValueError: it names no bytes, or they are not there.
    """
    if image.sha256 is None:
        raise ValueError(
            f"{image.role} of {image.entity or 'the place'} has no bytes to read (no sha256 in the request)"
        )
    try:
        return read_image(image.sha256)
    except (KeyError, OSError) as error:
        raise ValueError(
            f"{image.role} {image.sha256[:12]} of {image.entity or 'the place'} is not in the store"
        ) from error


def master_plate(
    background: ImageInput | None, size: tuple[int, int], read_image: Callable[[str], bytes]
) -> Image.Image:
    """The master plate, RGB. It is not scaled: a bake is of the master's own size.

    Raises:
        ValueError: there is none, it is no readable image, or not of the request's size.
    """
    if background is None:
        raise ValueError("a bake needs the master plate as its request's background; there is none")
    data = read_input(background, read_image)
    name = f"master plate {(background.sha256 or '')[:12]} of {background.entity or 'the place'}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"{name} has {image.width} x {image.height} pixels, more than {MAX_PIXELS}")
        plate = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, EOFError) as error:
        raise ValueError(f"{name} is no readable image: {error}") from error
    if plate.size != size:
        wanted, there = (f"{wide} x {tall}" for wide, tall in (size, plate.size))
        raise ValueError(f"{name} has {there} pixels and the request {wanted}; a bake has the master's size")
    return plate
