"""How things move in a dream: grounds drift and ripple, one place dissolves into another, effects go on falling."""

import itertools
import math
from random import Random

from PIL import Image, ImageChops, ImageOps

from resources.rendering.preview.layers import NamedLayer

ZOOM, PAN, RIPPLE = 0.12, 0.03, 6.0
"""How far a ground comes nearer and moves aside, as shares of the frame, and ripples, in pixels of a frame 768 wide."""
EDGE = 0.42
"""How softly one place gives way to the other: the share of the whole way that one spot takes."""
_COLUMNS, _ROWS = 16, 9

DRIFT = {"snow": (0.05, 0.5), "rain": (0.12, 3.0), "embers": (0.06, -0.45), "fog": (0.3, 0.0), "dust": (0.05, 0.08)}
"""How far an effect moves from one keyframe to the next, in widths and heights of the frame."""


def rippled(picture: Image.Image, away: float, ripple: float, draw: Random) -> Image.Image:
    """The picture after drifting for a while.

    Args:
        away: 0 as it was, 1 as far as it goes: nearer, and a little aside.
        ripple: 0 to 1, how strongly it bends like a picture under water.
    """
    width, height = picture.size
    scale = 1 + ZOOM * away
    aside = [(draw.random() * 2 - 1) * PAN * away * side for side in (width, height * 0.5)]
    waves = [(draw.uniform(1.2, 3.2), draw.uniform(0, math.tau), draw.uniform(0, math.tau)) for _ in range(3)]
    bend = RIPPLE * ripple * width / 768 / len(waves)

    def source(x: float, y: float) -> tuple[float, float]:
        u, v = x / width, y / height
        dx = sum(bend * math.sin(math.tau * f * v + a) for f, a, _ in waves)
        dy = sum(bend * math.sin(math.tau * f * u + b) for f, _, b in waves)
        at_x = width / 2 + (x - width / 2) / scale + aside[0] + dx
        at_y = height / 2 + (y - height / 2) / scale + aside[1] + dy
        return round(min(max(at_x, 0), width), 2), round(min(max(at_y, 0), height), 2)

    xs = [round(width * i / _COLUMNS) for i in range(_COLUMNS + 1)]
    ys = [round(height * i / _ROWS) for i in range(_ROWS + 1)]
    corners = {(x, y): source(x, y) for x in xs for y in ys}
    mesh = []
    for left, right in itertools.pairwise(xs):
        for top, bottom in itertools.pairwise(ys):
            around = [corners[point] for point in ((left, top), (left, bottom), (right, bottom), (right, top))]
            mesh.append(((left, top, right, bottom), tuple(value for point in around for value in point)))
    return picture.transform(picture.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def dissolve_field(size: tuple[int, int], draw: Random, leaving: Image.Image | None = None) -> Image.Image:
    """Grey levels that tell when each spot turns: dark ones first. Clouds, and the darks of what is leaving."""
    clouds = [
        Image.frombytes("L", grid, draw.randbytes(grid[0] * grid[1])).resize(size, Image.Resampling.BICUBIC)
        for grid in ((5, 3), (17, 10))
    ]
    field = Image.blend(clouds[0], clouds[1], 0.35)
    if leaving is not None:
        field = Image.blend(field, leaving.convert("L").reduce(12).resize(size, Image.Resampling.BICUBIC), 0.3)
    return ImageOps.autocontrast(field, cutoff=1)


def dissolved(field: Image.Image, position: float, edge: float = EDGE) -> Image.Image:
    """How much of the second picture shows at a position from 0 (none, anywhere) to 1 (all, everywhere)."""
    table = []
    for level in range(256):
        share = min(max((position * (1 + edge) - level / 255) / edge, 0.0), 1.0)
        table.append(round(255 * share * share * (3 - 2 * share)))
    return field.point(table)


def drifted(layer: NamedLayer, way: float) -> NamedLayer:
    """An effect after it went on for `way` of the stretch between two keyframes (negative: before it got here)."""
    across, down = next((drift for kind, drift in DRIFT.items() if kind in layer.name), (0.0, 0.0))
    width, height = layer.image.size
    moved = ImageChops.offset(layer.image, round(across * way * width), round(down * way * height))
    return NamedLayer(layer.name, moved, layer.blend)
