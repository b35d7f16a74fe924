"""The slate line: a discreet strip of text at the foot of the frame."""

import io
import unicodedata
from functools import cache

from PIL import Image, ImageDraw, ImageFont

_FONT_SHARE = 0.0185
"""Size of the letters, as a share of the frame's height."""
_PAPER = (10, 10, 18)
_INKS = ((240, 232, 214), (196, 190, 180))
"""Ink of the first text, and of the others."""
_OPACITY = 130
_MOST_SIGNS = 240
_FINER = 4
"""Accents are drawn this many times larger, then scaled down."""
_SPELT = str.maketrans(
    {"Œ": "OE", "œ": "oe", "Æ": "AE", "æ": "ae", "ß": "ss", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l"}
    | {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "•": "·"}
)
"""Signs that Pillow's own font lacks, and that can be spelt otherwise."""

# Strokes of the accents that font lacks, as points in shares of the letters' size: x from the middle of the letter, y
# upwards from its top (the cedilla: from the ground line).
_ACCENTS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "\u0300": (((-0.14, 0.24), (0.08, 0.10)),),
    "\u0301": (((0.14, 0.24), (-0.08, 0.10)),),
    "\u0302": (((-0.17, 0.09), (0.0, 0.24), (0.17, 0.09)),),
    "\u0303": (((-0.20, 0.11), (-0.07, 0.19), (0.07, 0.13), (0.20, 0.21)),),
    "\u0304": (((-0.18, 0.15), (0.18, 0.15)),),
    "\u0306": (((-0.17, 0.23), (0.0, 0.10), (0.17, 0.23)),),
    "\u0308": (((-0.17, 0.16), (-0.09, 0.16)), ((0.09, 0.16), (0.17, 0.16))),
    "\u030a": (((0.0, 0.10), (0.09, 0.18), (0.0, 0.26), (-0.09, 0.18), (0.0, 0.10)),),
    "\u030c": (((-0.17, 0.23), (0.0, 0.09), (0.17, 0.23)),),
    "\u0327": (((0.02, 0.02), (0.08, -0.10), (-0.06, -0.17)),),
}
_BELOW = "\u0327"


def paint_slate(frame: Image.Image, texts: tuple[str, ...], notes: list[str]) -> None:
    """Draws the texts left to right. A text with signs that the font lacks is left out, and noted."""
    size = max(9, round(frame.height * _FONT_SHARE))
    font = _font(size)
    shown = []
    for text in texts:
        line = " ".join(text.split())[:_MOST_SIGNS]
        if not line:
            continue
        if has_glyphs(line, size):
            shown.append(line)
        else:
            notes.append(f"slate leaves out {line!r}: the built-in font lacks its signs")
    if not shown:
        return
    tall = round(size * 1.9)
    frame.paste(_PAPER, (0, frame.height - tall), Image.new("L", (frame.width, tall), _OPACITY))
    x = round(size * 1.2)
    for index, line in enumerate(shown):
        letters, accents = _letters_and_accents(line)
        fitted = _fitted(letters, font, frame.width - x - size)
        if not fitted:
            break
        accents = [(at, accent) for at, accent in accents if at < len(fitted.removesuffix("..."))]
        _write(frame, x, round(frame.height - tall * 0.30), fitted, accents, font, _INKS[index > 0])
        x += round(font.getlength(fitted) + size * 1.6)


def _letters_and_accents(line: str) -> tuple[str, list[tuple[int, str]]]:
    """The letters without their accents, and each accent with the index of its letter."""
    letters, accents = "", []
    for sign in unicodedata.normalize("NFD", line.translate(_SPELT)):
        if unicodedata.combining(sign):
            accents.append((len(letters) - 1, sign))
        else:
            letters += sign
    return letters, accents


def _write(
    frame: Image.Image,
    x: int,
    ground: int,
    letters: str,
    accents: list[tuple[int, str]],
    font: ImageFont.FreeTypeFont,
    ink: tuple[int, int, int],
) -> None:
    """Writes letters with their accents from `x` on, upon the line `ground`, both in pixels."""
    ImageDraw.Draw(frame).text((x, ground), letters, font=font, fill=ink, anchor="ls")
    if not accents:
        return
    size = font.size
    top = ground - round(size * 1.4)
    wide, tall = round(font.getlength(letters)) + 4, round(size * 1.8)
    canvas = Image.new("L", (wide * _FINER, tall * _FINER), 0)
    pen = ImageDraw.Draw(canvas)
    for at, accent in accents:
        letter = letters[at]
        middle = font.getlength(letters[:at]) + font.getlength(letter) / 2
        over = 0.0 if accent == _BELOW else font.getbbox(letter, anchor="ls")[1]
        for stroke in _ACCENTS[accent]:
            points = [(middle + dx * size, ground - top + over - dy * size) for dx, dy in stroke]
            scaled = [(px * _FINER, py * _FINER) for px, py in points]
            pen.line(scaled, fill=255, width=round(size * 0.085 * _FINER), joint="curve")
    frame.paste(ink, (x, top), canvas.reduce(_FINER))


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
    """Whether every sign of a text can be written, instead of the empty box."""
    letters, accents = _letters_and_accents(text)
    if any(at < 0 or accent not in _ACCENTS for at, accent in accents):
        return False
    return all(_has_glyph(letter, size) for letter in set(letters) if letter != " ")


@cache
def _has_glyph(letter: str, size: int) -> bool:
    font = _font(size)
    return _pixels_of(font, letter) != _pixels_of(font, "\U0010ffff")


def _pixels_of(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    side = round(font.size)
    canvas = Image.new("L", (4 * side, 2 * side))
    ImageDraw.Draw(canvas).text((side, 0), letter, font=font, fill=255)
    return canvas.tobytes()
