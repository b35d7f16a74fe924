"""A picture of what is alike: the image asked about, and those nearest to it, the best first."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from moostik_assets.galleries import typefaces
from resources.thumbnails import thumbnail

COLUMNS = 5
BESIDE = 3
"""Columns beside the image asked about, which takes two columns and two rows."""

_FRAME = (320, 180)
_ASKED = (656, 369)
_GAP, _MARGIN, _TEXT, _CAPTION = 16, 32, 15, 48
_PAPER, _INK, _GREY, _BAR = (255, 255, 255), (24, 23, 21), (118, 113, 105), (206, 142, 52)


@dataclass(frozen=True)
class Alike:
    """One of the nearest. `similarity` from -1 to 1."""

    image: bytes
    key: str
    kind: str
    similarity: float


def strip_png(asked: bytes, title: str, nearest: Sequence[Alike]) -> bytes:
    """The picture, as a PNG.

    Raises:
        ValueError: one of them is no image that can be read.
    """
    step = _FRAME[0] + _GAP, _FRAME[1] + _CAPTION + _GAP
    slots = [_slot(place) for place in range(len(nearest))]
    rows = max([2, *(row + 1 for _, row in slots)])
    page = Image.new("RGB", (2 * _MARGIN + COLUMNS * step[0] - _GAP, 2 * _MARGIN + rows * step[1] - _GAP), _PAPER)
    pen = ImageDraw.Draw(page)
    _place(page, thumbnail(asked, *_ASKED), (_MARGIN, _MARGIN), _ASKED)
    _write(pen, title, (_MARGIN, _MARGIN + _ASKED[1] + _GAP), _INK)
    for one, (column, row) in zip(nearest, slots, strict=True):
        left, upper = _MARGIN + column * step[0], _MARGIN + row * step[1]
        below = upper + _FRAME[1]
        _place(page, thumbnail(one.image, *_FRAME), (left, upper), _FRAME)
        pen.rectangle((left, below, left + _FRAME[0] * max(one.similarity, 0.0), below + 4), fill=_BAR)
        _write(pen, f"{one.similarity:.2f}   {one.key}", (left, below + _GAP), _INK)
        if one.kind != "variation":
            _write(pen, one.kind, (left, below + _GAP + _TEXT + 4), _GREY)
    held = io.BytesIO()
    page.save(held, "PNG", compress_level=3)
    return held.getvalue()


def _slot(place: int) -> tuple[int, int]:
    """Column and row: beside the image asked about, then below it."""
    if place < 2 * BESIDE:
        return COLUMNS - BESIDE + place % BESIDE, place // BESIDE
    return (place - 2 * BESIDE) % COLUMNS, 2 + (place - 2 * BESIDE) // COLUMNS


def _place(page: Image.Image, picture: Image.Image, at: tuple[int, int], room: tuple[int, int]) -> None:
    page.paste(picture, (at[0] + (room[0] - picture.width) // 2, at[1] + (room[1] - picture.height) // 2))


def _write(pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    face = typefaces.best_face(text)
    pen.text(at, typefaces.drawable(text, face), fill=colour, font=typefaces.font(face, _TEXT))
