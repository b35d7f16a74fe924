"""The frames of an animatic: published images, each drawn a little nearer while it is held."""

import io
from collections.abc import Callable, Iterator, Sequence

from PIL import Image, ImageDraw, ImageOps

from moostik_assets.galleries.animatic_timing import Held
from moostik_assets.galleries.entries import SheetEntry, angle_title, frame_size
from moostik_assets.galleries.typefaces import best_face, drawable, font

WIDTH = 960
PUSH_IN = 0.04
"""How much nearer an image comes in the time that it is held: a still that stands still looks like a fault."""
_PAPER, _INK = (24, 23, 21), (190, 184, 172)


def animatic_size(held: Sequence[Held]) -> tuple[int, int]:
    """Width and height in pixels, as the first image has them, both multiples of 16."""
    width, height = frame_size(held[0].entry)
    return WIDTH, max(16, round(WIDTH * height / width / 16) * 16)


def animatic_frames(
    held: Sequence[Held], size: tuple[int, int], read: Callable[[SheetEntry], bytes | None]
) -> Iterator[Image.Image]:
    """Every frame, RGB. An image that is not there is a card that says which one is missing."""
    for one in held:
        data = read(one.entry)
        still = _card(one.entry, size) if data is None else _still(data, size)
        for index in range(one.frames):
            yield still if data is None else _nearer(still, PUSH_IN * index / one.frames)


def _still(png: bytes, size: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        return ImageOps.pad(image.convert("RGB"), size, Image.Resampling.LANCZOS, color=_PAPER)


def _nearer(still: Image.Image, share: float) -> Image.Image:
    if share == 0:
        return still
    width, height = still.size
    x, y = width * share / 2, height * share / 2
    return still.resize(still.size, Image.Resampling.BILINEAR, box=(x, y, width - x, height - y))


def _card(entry: SheetEntry, size: tuple[int, int]) -> Image.Image:
    card = Image.new("RGB", size, _PAPER)
    text = f"{entry.shot_name or entry.shot_id}, {angle_title(entry.angle)}: {entry.status}"
    face = best_face(text)
    ImageDraw.Draw(card).text(
        (size[0] / 2, size[1] / 2), drawable(text, face), fill=_INK, font=font(face, size[1] // 22), anchor="mm"
    )
    return card
