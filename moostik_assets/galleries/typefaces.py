"""Which typeface can draw a text: Pillow's own for plain English, else one that this system has."""

import unicodedata
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

EMBEDDED = ""
"""Stands for the typeface inside Pillow, the same everywhere; it has no accents, Greek, Cyrillic or CJK."""

SYSTEM_TYPEFACES = (
    "DejaVuSans.ttf",  # found by name where fontconfig's usual folders hold it
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "/System/Library/Fonts/Helvetica.ttc",
    "C:/Windows/Fonts/segoeui.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/YuGothR.ttc",
    "C:/Windows/Fonts/meiryo.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/malgun.ttf",
)

_NO_CHARACTER = "\U0010ffff"
_PROBE_SIZE = 16

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)
def font(face: str, size: int) -> Font | None:
    """The typeface at a size in pixels; None: this system has none of that name."""
    if face == EMBEDDED:
        embedded = ImageFont.load_default(size)
        return embedded if isinstance(embedded, Font) else None
    try:
        return ImageFont.truetype(face, size)
    except OSError:
        return None


@lru_cache(maxsize=32768)
def draws(face: str, character: str) -> bool:
    """Whether the typeface has a shape of its own for the character (else it draws a box)."""
    if character.isspace():
        return True
    probe = font(face, _PROBE_SIZE)
    return probe is not None and _shape(probe, character) != _shape(probe, _NO_CHARACTER)


def best_face(text: str) -> str:
    """The first typeface that draws every character of a text; where none does, the one that draws the most."""
    characters = frozenset(text)
    most, best = -1, EMBEDDED
    for face in (EMBEDDED, *SYSTEM_TYPEFACES):
        drawn = sum(draws(face, character) for character in characters)
        if drawn == len(characters):
            return face
        if drawn > most:
            most, best = drawn, face
    return best


def drawable(text: str, face: str) -> str:
    """The text with what the typeface cannot draw left out: of "é", the accent alone where it has an "e"."""
    return "".join(_nearest(character, face) for character in clean(text)).strip()


def clean(text: str) -> str:
    """The text in composed form, on one line, without control characters and lone surrogates."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(character for character in composed if unicodedata.category(character)[0] != "C")


def _nearest(character: str, face: str) -> str:
    if draws(face, character):
        return character
    plain = unicodedata.normalize("NFKD", character)
    return "".join(part for part in plain if draws(face, part))


def _shape(probe: Font, character: str) -> bytes:
    ground = Image.new("L", (2 * _PROBE_SIZE, 2 * _PROBE_SIZE))
    ImageDraw.Draw(ground).text((_PROBE_SIZE // 2, _PROBE_SIZE // 2), character, fill=255, font=probe)
    return ground.tobytes()
