"""Where in a place there is room for decorations: the white of its mask, cell by cell, and lines along its edges."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from resources.rendering.preview.bake_surfaces import Surfaces

CELL = 4
"""Pixels of a plate 900 high to a cell."""
WHITE = 128
"""A mask is white from this level on."""


@dataclass(frozen=True)
class Line:
    """A run of the white along which something can be strung: for each step its middle and how much room it has there.

    All in pixels: `points` are (x, top, foot) where it runs across, or (y, left, right) where `upright`.
    """

    points: tuple[tuple[float, float, float], ...]
    upright: bool

    @property
    def depth(self) -> float:
        """How much room it has at most places."""
        spans = sorted(last - first for _, first, last in self.points)
        return spans[len(spans) // 2]

    @property
    def climb(self) -> float:
        """How far it rises or falls from end to end."""
        tops = [first for _, first, _ in self.points]
        return max(tops) - min(tops)

    @property
    def middle(self) -> float:
        """Where its middle lies across it."""
        _, first, last = self.points[len(self.points) // 2]
        return (first + last) / 2


class Room:
    """The free cells of a mask. A cell is free while all of it is white and nothing stands in it."""

    def __init__(self, mask: Image.Image, surfaces: Surfaces) -> None:
        self.size = mask.size
        self.cell = max(1, round(CELL * surfaces.unit))
        solid = mask.point([0] * WHITE + [255] * (256 - WHITE)).filter(ImageFilter.MinFilter(3))
        across, down = self.size[0] // self.cell, self.size[1] // self.cell
        cells = np.asarray(solid)[: down * self.cell, : across * self.cell]
        blocks = cells.reshape(down, self.cell, across, self.cell)
        self.white = blocks.min(axis=(1, 3)) > 0
        self.free = self.white.copy()
        self.horizon = surfaces.horizon
        # Lamps that are there already stay in sight.
        lamps = (surfaces.lamps[: down * self.cell, : across * self.cell] > 0.6).reshape(blocks.shape)
        self.lit = lamps.sum(axis=(1, 3)) * 2 > self.cell**2
        edges = (surfaces.rim[: down * self.cell, : across * self.cell] > 0.5).reshape(blocks.shape)
        busy = edges.sum(axis=(1, 3)) * 10 > 3 * self.cell**2
        # Where there is much room, what is there already stays uncovered.
        ledges = surfaces.ledge[: down * self.cell, : across * self.cell].reshape(blocks.shape)
        self.ledge = ledges.max(axis=(1, 3)) > 0.35
        self.free &= ~self.lit & ~(busy & _opened(self.white, 9))

    def nearness(self, y: float) -> float:
        """How large things are at a height in the plate, 0.35 (far) to 1: what is far from the horizon is near by."""
        share = y / self.size[1]
        away = (share - self.horizon) / (1 - self.horizon) if share > self.horizon else (self.horizon - share) * 1.5
        return 0.35 + 0.65 * min(max(away, 0.0), 1.0)

    def fits(self, box: tuple[float, float, float, float], taken_too: bool = False) -> bool:
        """Whether a box (left, top, right, foot) in pixels lies wholly in free cells; white ones if `taken_too`."""
        left, top, right, foot = (int(value // self.cell) for value in box)
        if left < 0 or top < 0 or right >= self.free.shape[1] or foot >= self.free.shape[0]:
            return False
        return bool((self.white if taken_too else self.free)[top : foot + 1, left : right + 1].all())

    def has_edge(self, x: float, y: float) -> bool:
        """Whether the plate has an edge there that something could grow down from; its upper end counts as one."""
        column, row = int(x // self.cell), int(y // self.cell)
        if row < 4:
            return True
        return bool(self.ledge[row - 3 : row + 3, max(column - 1, 0) : column + 2].any())

    def take(self, box: tuple[float, float, float, float], share: float = 1.0) -> None:
        """Nothing else fits there now; `share` of the box's middle, as things may overlap a little."""
        spare_x, spare_y = (box[2] - box[0]) * (1 - share) / 2, (box[3] - box[1]) * (1 - share) / 2
        left, top = int((box[0] + spare_x) // self.cell), int((box[1] + spare_y) // self.cell)
        right, foot = int((box[2] - spare_x) // self.cell), int((box[3] - spare_y) // self.cell)
        self.free[max(top, 0) : foot + 1, max(left, 0) : right + 1] = False

    def lines(self) -> list[Line]:
        """Lines along the white, the longest first: across it, and up and down where it is narrow."""
        across = [Line(self._pixels(run), False) for run in _runs(self.white)]
        upright = [Line(self._pixels(run), True) for run in _runs(self.white.T) if _slender(run)]
        return sorted(across + upright, key=lambda line: -len(line.points))

    def feet(self) -> list[tuple[float, float]]:
        """Places to stand on, x and y in pixels: the lower edge of the white, and white ground below the horizon."""
        below = np.zeros_like(self.white)
        below[:-1] = self.white[1:]
        # Above the ground an end of the white is a place to stand on only where something begins that faces up.
        held = self.ledge.copy()
        held[:-1] |= self.ledge[1:]
        held[:-2] |= self.ledge[2:]
        edge = self.white & ~below & held
        line = int((self.horizon + 0.07) * self.white.shape[0])
        edge[line:] |= self.white[line:]
        rows, columns = np.nonzero(edge)
        return [((int(x) + 0.5) * self.cell, (int(y) + 0.9) * self.cell) for y, x in zip(rows, columns, strict=True)]

    def _pixels(self, run: list[tuple[int, int, int]]) -> tuple[tuple[float, float, float], ...]:
        return tuple(((at + 0.5) * self.cell, first * self.cell, (last + 1) * self.cell) for at, first, last in run)


def _opened(white: np.ndarray, reach: int) -> np.ndarray:
    """The part of the white that is wide: `reach` cells or more."""
    image = Image.fromarray(white.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MinFilter(reach)).filter(ImageFilter.MaxFilter(reach))) > 0


def _runs(white: np.ndarray) -> list[list[tuple[int, int, int]]]:
    """Runs of white followed from column to column: lists of (column, first row, last row)."""
    done: list[list[tuple[int, int, int]]] = []
    open_runs: list[list[tuple[int, int, int]]] = []
    for column in range(white.shape[1]):
        steps = np.diff(np.concatenate(([0], white[:, column].view(np.int8), [0])))
        spans = list(zip(np.nonzero(steps == 1)[0].tolist(), (np.nonzero(steps == -1)[0] - 1).tolist(), strict=True))
        still: list[list[tuple[int, int, int]]] = []
        for run in open_runs:
            _, first, last = run[-1]
            overlap = [(min(last, foot) - max(first, top), top, foot) for top, foot in spans]
            best = max(overlap, default=(-1, 0, 0))
            # A run that suddenly widens or narrows is another surface.
            tall, was = best[2] - best[1] + 1, last - first + 1
            if best[0] >= 0 and tall <= was * 2.5 + 3 and was <= tall * 2.5 + 3 and abs(best[1] - first) < 5:
                run.append((column, best[1], best[2]))
                spans.remove((best[1], best[2]))
                still.append(run)
            else:
                done.append(run)
        still += [[(column, top, foot)] for top, foot in spans]
        open_runs = still
    return [run for run in done + open_runs if len(run) >= 10]


def _slender(run: list[tuple[int, int, int]]) -> bool:
    widths = sorted(last - first + 1 for _, first, last in run)
    return len(run) > 4 * widths[len(widths) // 2]
