"""Where each frame of a printed contact sheet stands: rows of shots, in as many stacks as keep the page a page."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from moostik_assets.galleries.entries import Sheet, SheetEntry, SheetShot, angles_of, frame_size, shots_of

MAX_PIXELS = 40_000_000
"""Area of the whole sheet, 120 MB in memory; frames shrink to keep it."""

MIN_FRAME_WIDTH = 24
MIN_PAGE_WIDTH = 720

_FULL_GRID = 3 / 5
"""How much of a grid, one row a shot, must be filled; else the frames of a shot flow over several rows."""
_MAX_GRID_COLUMNS = 12
_MIN_FLOW_COLUMNS, _MAX_FLOW_COLUMNS = 3, 6
_TALLEST_PAGE = 2.0
"""Height by width above which the shots go on in another stack beside the first."""
_FLATTEST_FRAME, _TALLEST_FRAME = 9 / 24, 5 / 4

Slots = tuple[SheetEntry | None, ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Every measure of the sheet in pixels, from the width of its frames."""

    frame_width: int
    frame_height: int

    @property
    def text(self) -> int:
        """Height of the type under a frame."""
        return min(max(round(self.frame_width * 0.044), 9), 22)

    @property
    def caption(self) -> int:
        """Room for the line under a frame."""
        return round(self.text * 1.7)

    @property
    def label(self) -> int:
        """Room for a shot's name above its frames."""
        return round(self.text * 2.1)

    @property
    def gap(self) -> int:
        """Between frames side by side."""
        return max(round(self.frame_width * 0.035), 3)

    @property
    def shot_gap(self) -> int:
        """Below a shot."""
        return self.gap * 2

    @property
    def margin(self) -> int:
        """Around the page, and between two stacks."""
        return max(round(self.frame_width * 0.14), 16)

    @property
    def header(self) -> int:
        """The page's title and the line below it."""
        return round(self.text * 5.2)


@dataclass(frozen=True, slots=True)
class Placed:
    """A shot at its place: its frames in rows of slots, top left corner in pixels."""

    shot: SheetShot
    rows: tuple[Slots, ...]
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole page."""

    width: int
    height: int
    sizes: Sizes
    shots: tuple[Placed, ...]
    stack_width: int


def layout_of(sheet: Sheet, frame_width: int, max_pixels: int = MAX_PIXELS) -> Layout:
    """The page for a sheet, with frames of `frame_width` pixels, or less where the page would be too large.

    One row a shot, and one column for each angle that is common, where the shots have about as many frames each; else
    each shot's frames flow over rows of its own.
    """
    shots = shots_of(sheet)
    columns, rows = _grid(sheet, shots)
    ratio = median(height / width for width, height in map(frame_size, sheet.entries)) if sheet.entries else 9 / 16
    ratio = min(max(ratio, _FLATTEST_FRAME), _TALLEST_FRAME)
    while True:
        sizes = Sizes(frame_width, max(round(frame_width * ratio), 1))
        page = _page(shots, rows, columns, sizes)
        if page.width * page.height <= max_pixels or frame_width <= MIN_FRAME_WIDTH:
            return page
        fitting = int(frame_width * math.sqrt(max_pixels / (page.width * page.height)))
        frame_width = max(min(frame_width - 1, fitting), MIN_FRAME_WIDTH)


def _grid(sheet: Sheet, shots: Sequence[SheetShot]) -> tuple[int, list[tuple[Slots, ...]]]:
    longest = max((len(shot.entries) for shot in shots), default=1)
    if longest <= _MAX_GRID_COLUMNS and len(sheet.entries) >= _FULL_GRID * longest * len(shots):
        angles = angles_of(sheet)
        commonest = sorted(angles, key=lambda angle: -angles[angle])[:longest]
        columns = {angle: column for column, angle in enumerate(angle for angle in angles if angle in commonest)}
        return longest, [(_aligned(shot, columns, longest),) for shot in shots]
    width = min(max(math.ceil(len(sheet.entries) / len(shots)), _MIN_FLOW_COLUMNS), _MAX_FLOW_COLUMNS, longest)
    return width, [
        tuple(shot.entries[start : start + width] for start in range(0, len(shot.entries), width)) for shot in shots
    ]


def _aligned(shot: SheetShot, columns: Mapping[str, int], width: int) -> Slots:
    """Each entry in its angle's column; those of rare angles in the places that are left."""
    slots: list[SheetEntry | None] = [None] * width
    others = []
    for entry in shot.entries:
        column = columns.get(entry.angle)
        if column is None or slots[column] is not None:
            others.append(entry)
        else:
            slots[column] = entry
    free = iter([index for index, slot in enumerate(slots) if slot is None])
    for entry in others:
        slots[next(free)] = entry
    return tuple(slots)


def _page(shots: Sequence[SheetShot], rows: Sequence[tuple[Slots, ...]], columns: int, sizes: Sizes) -> Layout:
    stack_width = columns * sizes.frame_width + (columns - 1) * sizes.gap
    heights = [
        sizes.label + len(shot_rows) * (sizes.frame_height + sizes.caption) + sizes.shot_gap for shot_rows in rows
    ]
    top = sizes.margin + sizes.header

    def width(stacks: int) -> int:
        return max(2 * sizes.margin + stacks * stack_width + (stacks - 1) * sizes.margin, MIN_PAGE_WIDTH)

    def height(stacks: int) -> int:
        return top + max(_tallest(heights, stacks), sizes.label) + sizes.margin

    most = max(len(shots), 1)
    stacks = 1 + bisect_left(range(1, most), True, key=lambda stacks: height(stacks) <= _TALLEST_PAGE * width(stacks))
    first_of_stack = frozenset(_stack_starts(heights, _tallest(heights, stacks)))
    placed, x, y = [], sizes.margin - stack_width - sizes.margin, top
    for index, (shot, shot_rows, shot_height) in enumerate(zip(shots, rows, heights, strict=True)):
        if index in first_of_stack:
            x, y = x + stack_width + sizes.margin, top
        placed.append(Placed(shot, shot_rows, x, y))
        y += shot_height
    return Layout(width(stacks), height(stacks), sizes, tuple(placed), stack_width)


def _tallest(heights: Sequence[int], stacks: int) -> int:
    """Height of the tallest of so many stacks, as low as it can be with the shots in order."""
    total, highest = sum(heights), max(heights, default=0)
    limits = range(max(highest, -(-total // stacks)), total + 1)
    return limits[bisect_left(limits, True, key=lambda limit: len(_stack_starts(heights, limit)) <= stacks)]


def _stack_starts(heights: Sequence[int], limit: int) -> list[int]:
    """Indices of the first shot of each stack, where no stack is higher than `limit`."""
    starts, used = [], limit + 1
    for index, height in enumerate(heights):
        if used + height > limit:
            starts.append(index)
            used = 0
        used += height
    return starts
