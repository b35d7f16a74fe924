"""The contact sheet as one PNG to print or pin up: every frame named, by shot and angle."""

import io
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageDraw

from moostik_assets.galleries import typefaces
from moostik_assets.galleries.contact_sheet_layout import MAX_PIXELS, MIN_FRAME_WIDTH, Layout, Placed, layout_of
from moostik_assets.galleries.entries import Sheet, SheetEntry, angle_title, episode_heading, summary
from resources.thumbnails import thumbnail

MAX_THUMBNAIL_WIDTH = 2048

_PAPER, _MAT = (255, 255, 255), (240, 239, 236)
_INK, _GREY, _FAINT, _ALARM = (24, 23, 21), (118, 113, 105), (176, 171, 162), (178, 58, 40)
_SMALLEST_CAPTIONED_FRAME = 56
"""Width in pixels under which a frame has no room for words."""


def contact_sheet_png(
    sheet: Sheet,
    read: Callable[[SheetEntry], bytes | None],
    *,
    thumbnail_width: int = 320,
    max_pixels: int = MAX_PIXELS,
) -> bytes:
    """The sheet as a PNG; the same bytes for the same sheet and images on one system.

    One row a shot and one column a common angle, where the shots have about as many frames each; else rows that flow.
    Long episodes go on in further stacks, read from the top down, then to the right.

    Args:
        sheet: what to show.
        read: the bytes of an entry's image, None where there is none. Called once for each entry that has an `image`,
            in order; the images of one shot are in memory at a time.
        thumbnail_width: width of a frame in pixels, from 24 to 2048; less where the page would be over `max_pixels`.
        max_pixels: area of the whole page.

    Raises:
        ValueError: `thumbnail_width` is out of its range.
    """
    if not MIN_FRAME_WIDTH <= thumbnail_width <= MAX_THUMBNAIL_WIDTH:
        raise ValueError(f"thumbnail_width {thumbnail_width}: use {MIN_FRAME_WIDTH} to {MAX_THUMBNAIL_WIDTH} pixels")
    layout = layout_of(sheet, thumbnail_width, max_pixels)
    page = Image.new("RGB", (layout.width, layout.height), _PAPER)
    pen = _Pen(page, typefaces.best_face("".join(_texts(sheet))))
    _draw_header(pen, sheet, layout)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as decoders:
        for placed in layout.shots:
            pictures = _pictures(placed.shot.entries, layout, read, decoders)
            _draw_shot(pen, placed, layout, pictures)
    buffer = io.BytesIO()
    page.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


class _Pen:
    """Writes on the page in the sheet's typeface, or in another one where a text needs it."""

    def __init__(self, page: Image.Image, face: str) -> None:
        self.page = page
        self.draw = ImageDraw.Draw(page)
        self._face = face

    def write(
        self,
        text: str,
        x: int,
        y: int,
        width: int,
        size: int,
        colour: tuple[int, int, int] = _INK,
        align: str = "left",
    ) -> int:
        """Write on one line, cut with an ellipsis at `width`; y is the middle of the line. Gives the width used."""
        text = typefaces.clean(text)
        face = self._face
        if not all(typefaces.draws(face, character) for character in text):
            face = typefaces.best_face(text)
            text = typefaces.drawable(text, face)
        font = typefaces.font(face, size)
        if font is None or not text:
            return 0
        text = _cut(text, font, width)
        used = round(font.getlength(text))
        left = {"left": x, "right": x + width - used, "middle": x + (width - used) // 2}[align]
        self.draw.text((left, y), text, fill=colour, font=font, anchor="lm")
        return used


def _texts(sheet: Sheet) -> list[str]:
    shots = {entry.shot_name for entry in sheet.entries} | {entry.angle for entry in sheet.entries}
    return [typefaces.clean(text) for text in (sheet.series_title, sheet.episode_title, "·…", *sorted(shots))]


def _cut(text: str, font: typefaces.Font, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    fits, beyond = 0, len(text)
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        fits, beyond = (middle, beyond) if font.getlength(text[:middle] + "…") <= width else (fits, middle)
    return text[:fits].rstrip() + "…" if fits else ""


def _draw_header(pen: _Pen, sheet: Sheet, layout: Layout) -> None:
    sizes = layout.sizes
    left, width = sizes.margin, layout.width - 2 * sizes.margin
    big, small = round(sizes.text * 1.7), sizes.text
    y = sizes.margin + big // 2
    used = pen.write(sheet.series_title, left, y, width // 2, big)
    if used:
        used += big
    pen.write(episode_heading(sheet), left + used, y, width - used, big, _GREY if used else _INK)
    y += round(big * 1.15)
    pen.write(summary(sheet), left, y, width, small, _GREY)
    y += round(small * 1.4)
    pen.draw.line((left, y, left + width - 1, y), fill=_FAINT)


def _draw_shot(pen: _Pen, placed: Placed, layout: Layout, pictures: Mapping[str, "_Picture"]) -> None:
    sizes = layout.sizes
    middle = placed.y + sizes.label // 2
    shot = placed.shot
    name = shot.name if typefaces.clean(shot.name) else shot.shot_id
    used = pen.write(name, placed.x, middle, layout.stack_width, round(sizes.text * 1.15))
    if name != shot.shot_id:
        left = placed.x + used + sizes.text
        pen.write(shot.shot_id, left, middle, layout.stack_width - used - sizes.text, sizes.text, _FAINT)
    frame = shot.first_frame
    numbers = {entry.key: frame + index for index, entry in enumerate(shot.entries)}
    for row, slots in enumerate(placed.rows):
        y = placed.y + sizes.label + row * (sizes.frame_height + sizes.caption)
        for column, entry in enumerate(slots):
            if entry is not None:
                x = placed.x + column * (sizes.frame_width + sizes.gap)
                _draw_frame(pen, entry, numbers[entry.key], x, y, layout, pictures[entry.key])


def _draw_frame(
    pen: _Pen,
    entry: SheetEntry,
    number: int,
    x: int,
    y: int,
    layout: Layout,
    found: "_Picture",
) -> None:
    sizes = layout.sizes
    width, height = sizes.frame_width, sizes.frame_height
    pen.draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_MAT)
    words = width >= _SMALLEST_CAPTIONED_FRAME
    picture, trouble = found
    if picture is not None:
        pen.page.paste(picture, (x + (width - picture.width) // 2, y + (height - picture.height) // 2))
    if picture is None and words:
        colour = _ALARM if entry.status == "failed" else _GREY
        pen.write(trouble, x, y + height // 2, width, sizes.text, colour, align="middle")
        if entry.error:
            pen.write(
                entry.error, x + sizes.gap, y + height // 2 + sizes.caption, width - 2 * sizes.gap,
                round(sizes.text * 0.9), _GREY, align="middle",
            )  # fmt: skip
    if entry.status == "failed":
        pen.draw.rectangle((x, y, x + width - 1, y + height - 1), outline=_ALARM)
    if not words:
        return
    middle = y + height + sizes.caption // 2
    used = pen.write(str(number), x, middle, width, sizes.text, _FAINT, align="right")
    caption = angle_title(entry.angle) + (f" · take {entry.take}" if entry.take else "")
    if entry.status == "failed" and picture is not None:
        caption += " · failed, former image"
    pen.write(caption, x, middle, width - used - sizes.gap, sizes.text)


_Picture = tuple[Image.Image | None, str]
"""A frame's picture, or the word that stands in its place."""


def _pictures(
    entries: Sequence[SheetEntry],
    layout: Layout,
    read: Callable[[SheetEntry], bytes | None],
    decoders: ThreadPoolExecutor,
) -> dict[str, _Picture]:
    """The pictures of a shot, by key: read in order, decoded side by side (Pillow lets other threads run meanwhile)."""
    width, height = layout.sizes.frame_width, layout.sizes.frame_height
    data = [None if entry.image is None else read(entry) for entry in entries]
    found = decoders.map(lambda entry, png: _picture(entry, png, width, height), entries, data)
    return {entry.key: picture for entry, picture in zip(entries, found, strict=True)}


def _picture(entry: SheetEntry, data: bytes | None, width: int, height: int) -> _Picture:
    if entry.image is None:
        return None, "no image" if entry.status == "completed" else entry.status
    if data is None:
        return None, "image missing"
    try:
        return thumbnail(data, width, height), ""
    except ValueError:
        return None, "image unreadable"
