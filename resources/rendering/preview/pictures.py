"""Pictures that a request builds on: read, checked, decoded, and kept while there is room."""

import io
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 50_000_000
"""A larger input is refused: a decompression bomb, or a mistake."""
MAX_SIDE = 2048
"""Inputs are scaled down to it once, in pixels; a frame never shows more of them."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")

T = TypeVar("T")


class UnreadablePictureError(Exception):
    """An input that is no usable image; the message says why, for a person."""


class Pictures:
    """Decoded inputs and what was prepared from them, the least recently used dropped beyond `limit` bytes."""

    def __init__(self, read_image: Callable[[str], bytes], limit: int = 256 << 20) -> None:
        self._read = read_image
        self._limit = limit
        self._kept: OrderedDict[tuple[Any, ...], tuple[Any, int]] = OrderedDict()
        self._bytes = 0

    def kept(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What `make` gives, made once for a key. `make` depends on nothing but the key and the store's content."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        value = make()
        size = _bytes_of(value)
        self._kept[key] = (value, size)
        self._bytes += size
        while self._bytes > self._limit and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= dropped
        return value

    def picture(self, sha256: str) -> Image.Image:
        """The decoded input, RGB or RGBA, upright, at most `MAX_SIDE` a side.

        Raises:
            UnreadablePictureError: its bytes are not there, or are no image, or too many pixels.
        """
        return self.kept(("picture", sha256), lambda: _decoded(sha256, self._read))


def _decoded(sha256: str, read: Callable[[str], bytes]) -> Image.Image:
    try:
        data = read(sha256)
    except (KeyError, OSError) as error:
        raise UnreadablePictureError(f"image {sha256[:12]} is not in the store") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise UnreadablePictureError(f"image {sha256[:12]} has {width} x {height} pixels, more than {MAX_PIXELS}")
        if image.format == "JPEG":
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        upright = ImageOps.exif_transpose(image)
        transparent = "A" in upright.getbands() or "transparency" in upright.info
        image = upright.convert("RGBA" if transparent else "RGB")
    except Image.DecompressionBombError as error:
        raise UnreadablePictureError(f"image {sha256[:12]} is too large: {error}") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise UnreadablePictureError(f"image {sha256[:12]} is no readable image: {error}") from error
    if max(image.size) > MAX_SIDE:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BICUBIC)
    return image


def _bytes_of(value: Any) -> int:
    if isinstance(value, Image.Image):
        return value.width * value.height * 4  # Pillow keeps RGB in four bytes, too
    if isinstance(value, tuple | list):
        return sum(_bytes_of(item) for item in value)
    image = getattr(value, "image", None)
    return _bytes_of(image) if isinstance(image, Image.Image) else 256
