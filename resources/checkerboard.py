"""Pictures with alpha as image editors show them: side by side on a checkerboard."""

import io
from collections.abc import Iterable

from PIL import Image

_LIGHT, _DARK = (214, 214, 214), (166, 166, 166)
_SQUARE = 8
_GAP = 4
_QUALITIES = (80, 62, 44)


def checkerboard(size: tuple[int, int], square: int = _SQUARE) -> Image.Image:
    """A checkerboard of two greys, RGB."""
    tile = Image.new("RGB", (2 * square, 2 * square), _LIGHT)
    tile.paste(_DARK, (square, 0, 2 * square, square))
    tile.paste(_DARK, (0, square, square, 2 * square))
    board = Image.new("RGB", size)
    for y in range(0, size[1], 2 * square):
        for x in range(0, size[0], 2 * square):
            board.paste(tile, (x, y))
    return board


def on_checkerboard(image: Image.Image, height: int) -> Image.Image:
    """An RGBA picture on a checkerboard, reduced to at most that height."""
    scale = min(1.0, height / image.height)
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    board = checkerboard(small.size)
    board.paste(small, (0, 0), small.getchannel("A"))
    return board


def checkerboard_strip(images: Iterable[Image.Image], *, height: int = 150, max_bytes: int = 14_000) -> bytes | None:
    """A JPEG of RGBA pictures side by side, at most `max_bytes` large; None where there are none."""
    shown = [on_checkerboard(image, height) for image in images]
    if not shown:
        return None
    strip = Image.new("RGB", (sum(one.width + _GAP for one in shown) - _GAP, height), (24, 23, 21))
    x = 0
    for one in shown:
        strip.paste(one, (x, height - one.height))
        x += one.width + _GAP
    while True:
        for quality in _QUALITIES:
            held = io.BytesIO()
            strip.save(held, "JPEG", quality=quality)
            if len(held.getvalue()) <= max_bytes or min(strip.size) <= 8:
                return held.getvalue()
        strip = strip.reduce(2)
