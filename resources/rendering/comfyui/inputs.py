"""The images that a request builds on, ready for upload: named by their content, upright, without transparency."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from resources.canonical import sha256_of_bytes
from resources.rendering.comfyui.graph import UPLOAD_FOLDER
from resources.rendering.preview.bake_inputs import read_input
from resources.rendering.preview.encode import png_of
from resources.rendering.request import ImageInput

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS = 80_000_000
PAPER = (128, 128, 128)
"""What lies behind transparent pixels, and stands in for an image that is not there: the nodes know no transparency."""


@dataclass
class Inputs:
    """Collects what one request uploads, and notes on what could not be had."""

    read_image: Callable[[str], bytes]
    uploads: dict[str, bytes] = field(default_factory=dict)
    """File name on the server -> PNG bytes."""
    notes: list[str] = field(default_factory=list)

    def given(self, image: ImageInput | None) -> str:
        """The name under which an input is uploaded; "" with a note where there is no image in it.

        Raises:
            ValueError: the bytes that the request names are not there: an image made without them is not its image.
        """
        if image is None:
            return ""
        if image.sha256 is None:
            self.notes.append(f"left out: {image.role} of {image.entity or 'the place'} could not be had")
            return ""
        data = read_input(image, self.read_image)
        try:
            return self.drawn(opened(image, data))
        except ValueError as error:
            self.notes.append(f"left out: {error}")
            return ""

    def drawn(self, image: Image.Image) -> str:
        """The name under which an image of our own is uploaded."""
        png = png_of(image.convert("RGB"))
        name = f"{sha256_of_bytes(png)}.png"
        self.uploads[name] = png
        return f"{UPLOAD_FOLDER}/{name}"


def opened(image: ImageInput, data: bytes) -> Image.Image:
    """An input's bytes as an upright RGB image, transparency on grey.

    Raises:
        ValueError: they are no image that can be read.
    """
    name = f"{image.role} {(image.sha256 or '')[:12]} of {image.entity or 'the place'}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            source = Image.open(io.BytesIO(data), formats=FORMATS)
        if source.width * source.height > MAX_PIXELS:
            raise ValueError(f"{name} has {source.width} x {source.height} pixels, more than {MAX_PIXELS:,}")
        upright = ImageOps.exif_transpose(source)
        if "A" not in upright.getbands() and "transparency" not in upright.info:
            return upright.convert("RGB")
        rgba = upright.convert("RGBA")
        ground = Image.new("RGB", rgba.size, PAPER)
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"{name} is no readable image: {error}") from error
