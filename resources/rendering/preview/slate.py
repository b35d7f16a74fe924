"""The slate line: a discreet strip of text at the foot of the frame."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

_FONT_SHARE = 0.0185
"""Size of the letters, as a share of the frame's height."""
_PAPER = (10, 10, 18)
_INK = (240, 232, 214)
_OPACITY = 130


def paint_slate(frame: Image.Image, texts: tuple[str, ...], notes: list[str]) -> None:
    """Draws the texts left to right. A text with signs that the font lacks is left out, and noted."""
    size = max(9, round(frame.height * _FONT_SHARE))
    font = _font(size)
    shown = []
    for text in texts:
        line = " ".join(text.split())
        if not line:
            continue
        if has_glyphs(line, size):
            shown.append(line)
        else:
            notes.append(f"slate leaves out {line!r}: the built-in font lacks its signs")
    if not shown:
        return
    tall = round(size * 1.9)
    top = frame.height - tall
    gap = size * 1.6
    frame.paste(_PAPER, (0, top), Image.new("L", (frame.width, tall), _OPACITY))
    pen = ImageDraw.Draw(frame)
    x = size * 1.2
    for index, line in enumerate(shown):
        line = _fitted(line, font, frame.width - x - size)
        if not line:
            break
        ink = _INK if index == 0 else (196, 190, 180)
        pen.text((round(x), top + tall / 2), line, font=font, fill=ink, anchor="lm")
        x += font.getlength(line) + gap


def _fitted(line: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(line + "...") > room:
        line = line[:-1]
    return line + "..." if line else ""


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font, with its basic layout: the other one depends on libraries of the machine."""
    built_in = ImageFont.load_default(size)
    if not isinstance(built_in, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType; install the wheel from PyPI (pip install pillow)")
    return ImageFont.truetype(io.BytesIO(built_in.font_bytes), size, layout_engine=ImageFont.Layout.BASIC)


def has_glyphs(text: str, size: int = 14) -> bool:
    """Whether the font has a sign for every character of a text, instead of the empty box."""
    return all(_has_glyph(character, size) for character in set(text) if not character.isspace())


@cache
def _has_glyph(character: str, size: int) -> bool:
    font = _font(size)
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010ffff"))
