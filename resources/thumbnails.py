"""Small pictures of big ones: decoded images reduced to fit, and thumbnails that live inside a line of markdown."""

import base64
import io

from PIL import Image

MAX_SOURCE_PIXELS = 80_000_000
"""Larger images are refused before they are decoded."""

_QUALITIES = (82, 68, 52, 36)
_SMALLEST_WIDTH = 16
_PAPER = (24, 23, 21)


def thumbnail(image: bytes, width: int, height: int) -> Image.Image:
    """The image in RGB, reduced to fit inside `width` x `height` pixels; never enlarged, transparency on dark grey.

    Raises:
        ValueError: the bytes are no image that can be read, or one of more than MAX_SOURCE_PIXELS.
    """
    try:
        with Image.open(io.BytesIO(image)) as source:
            if source.width * source.height > MAX_SOURCE_PIXELS:
                raise ValueError(f"an image of {source.width} x {source.height}; at most {MAX_SOURCE_PIXELS:,} pixels")
            source.draft("RGB", (width, height))  # a JPEG is decoded at an eighth, a quarter or half of its size
            scale = min(width / source.width, height / source.height, 1.0)
            size = max(round(source.width * scale), 1), max(round(source.height * scale), 1)
            return _reduced(source, size)
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"not an image that can be read: {error}") from error


def thumbnail_markdown(png: bytes, *, max_width: int = 256, max_bytes: int = 20_000) -> str:
    """`![thumbnail](data:image/jpeg;base64,...)`, at most `max_bytes` bytes in all.

    Quality gives way first, then size.

    Raises:
        ValueError: the bytes are no image that can be read, or `max_bytes` has no room for one.
    """
    picture = thumbnail(png, max_width, max_width * 4)
    while picture.width >= 1:
        for quality in _QUALITIES:
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=quality)
            markdown = jpeg_markdown(buffer.getvalue())
            if len(markdown) <= max_bytes:
                return markdown
        if max(picture.size) <= _SMALLEST_WIDTH:
            break
        picture = picture.reduce(2)
    raise ValueError(f"no thumbnail of any size fits in {max_bytes} bytes; 2,000 are enough for a small one")


def jpeg_thumbnail(frame: Image.Image, max_width: int = 256) -> bytes:
    """A small JPEG of an RGB image that is at hand, in 2 ms; for `jpeg_markdown`, so well under its 20 kB."""
    small = frame.reduce(max(1, -(-frame.width // max_width)))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=78)
    return buffer.getvalue()


def jpeg_markdown(jpeg: bytes) -> str:
    """`![thumbnail](data:image/jpeg;base64,...)` of a small JPEG."""
    return f"![thumbnail](data:image/jpeg;base64,{base64.b64encode(jpeg).decode()})"


def _reduced(source: Image.Image, size: tuple[int, int]) -> Image.Image:
    if source.mode.startswith("I"):  # 16 bits a channel: Pillow's own conversion would clip, not scale
        source = source.convert("I").point(lambda value: value / 256).convert("L")
    if source.mode not in ("RGB", "L"):
        alpha = source.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in source.info
        source = source.convert("RGBA" if alpha else "RGB")
    small = source.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.5)
    if small.mode == "RGBA":
        ground = Image.new("RGB", size, _PAPER)
        ground.paste(small, mask=small.getchannel("A"))
        return ground
    return small.convert("RGB")
