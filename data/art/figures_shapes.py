"""Outlines for the figures: smooth blobs, limbs, tufts, petals. Each returns a skia path in design units."""

from collections.abc import Sequence
from math import cos, hypot, pi, radians, sin
from random import Random

import skia
from brush import Point


def blob(points: Sequence[Point], closed: bool = True, tension: float = 0.5) -> skia.Path:
    """A smooth curve through points (Catmull-Rom as cubic pieces)."""
    count = len(points)
    path = skia.Path()
    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        before = points[i - 1] if closed or i else points[i]
        here, there = points[i], points[(i + 1) % count]
        after = points[(i + 2) % count] if closed or i + 2 < count else there
        k = tension / 3
        path.cubicTo(
            here[0] + (there[0] - before[0]) * k,
            here[1] + (there[1] - before[1]) * k,
            there[0] - (after[0] - here[0]) * k,
            there[1] - (after[1] - here[1]) * k,
            there[0],
            there[1],
        )
    if closed:
        path.close()
    return path


def curve(*points: Point) -> skia.Path:
    """An open smooth line through points."""
    return blob(points, closed=False)


def sharp(*points: Point) -> skia.Path:
    """A polygon with straight sides."""
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in points], True)
    return path


def oval(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0) -> skia.Path:
    path = skia.Path()
    ry = rx if ry is None else ry
    path.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    if turn:
        path.transform(skia.Matrix().setRotate(turn, x, y))
    return path


def card(x: float, y: float, width: float, height: float, corner: float, turn: float = 0) -> skia.Path:
    """A rounded rectangle around its centre."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeXYWH(x - width / 2, y - height / 2, width, height), corner, corner)
    if turn:
        path.transform(skia.Matrix().setRotate(turn, x, y))
    return path


def union(*paths: skia.Path) -> skia.Path:
    joined = paths[0]
    for path in paths[1:]:
        joined = skia.Op(joined, path, skia.PathOp.kUnion_PathOp)
    return joined


def without(path: skia.Path, hole: skia.Path) -> skia.Path:
    return skia.Op(path, hole, skia.PathOp.kDifference_PathOp)


def common(path: skia.Path, other: skia.Path) -> skia.Path:
    return skia.Op(path, other, skia.PathOp.kIntersect_PathOp)


def sampled(points: Sequence[Point], count: int) -> list[Point]:
    """Points spread evenly along the smooth curve through a few."""
    measure = skia.PathMeasure(curve(*points), False)
    length = measure.getLength()
    places = [measure.getPosTan(length * i / (count - 1)) for i in range(count)]
    return [(place[0].x(), place[0].y()) for place in places]


def limb(points: Sequence[Point], widths: Sequence[float]) -> skia.Path:
    """A tapering arm, leg, tail or ribbon along a curve; widths are spread along it, ends are round."""
    count = max(12, 4 * len(points))
    spine = sampled(points, count)
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(spine):
        ahead, behind = spine[min(i + 1, count - 1)], spine[max(i - 1, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = hypot(dx, dy) or 1
        place = i / (count - 1) * (len(widths) - 1)
        low = min(int(place), len(widths) - 2)
        half = (widths[low] + (widths[low + 1] - widths[low]) * (place - low)) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    # Square ends: a curve carried round them would bulge past the round caps.
    strip = curve(*left)
    strip.addPath(curve(*reversed(right)), skia.Path.kExtend_AddPathMode)
    strip.close()
    return union(strip, oval(*spine[0], widths[0] / 2), oval(*spine[-1], widths[-1] / 2))


def tufted(
    x: float, y: float, rx: float, ry: float, tufts: int, depth: float, seed: int, droop: float = 0
) -> skia.Path:
    """A fluffy oval: soft points of fur all round, combed down by `droop` (a fraction of depth)."""
    hand = Random(seed)
    path = skia.Path()
    step = 2 * pi / tufts
    path.moveTo(x + rx, y)
    for i in range(tufts):
        tip = (i + 0.62 + hand.random() * 0.2) * step
        end = (i + 1) * step
        out = depth * (0.65 + hand.random() * 0.6)
        tip_x, tip_y = x + (rx + out) * cos(tip), y + (ry + out) * sin(tip) + out * droop
        bulge = (i + 0.3) * step
        path.quadTo(x + (rx + out * 0.75) * cos(bulge), y + (ry + out * 0.75) * sin(bulge), tip_x, tip_y)
        path.quadTo(x + rx * cos(tip), y + ry * sin(tip), x + rx * cos(end), y + ry * sin(end))
    path.close()
    return path


def scalloped(x: float, y: float, rx: float, ry: float, bumps: int, depth: float) -> skia.Path:
    """A cloud-edged oval."""
    path = skia.Path()
    step = 2 * pi / bumps
    path.moveTo(x + rx, y)
    for i in range(bumps):
        mid, end = (i + 0.5) * step, (i + 1) * step
        path.quadTo(
            x + (rx + 2 * depth) * cos(mid), y + (ry + 2 * depth) * sin(mid), x + rx * cos(end), y + ry * sin(end)
        )
    path.close()
    return path


def polar(x: float, y: float, radius: float, degrees: float) -> Point:
    """The point at a compass-like angle: 0 right, 90 down."""
    return x + radius * cos(radians(degrees)), y + radius * sin(radians(degrees))


def arc(x: float, y: float, rx: float, ry: float, start: float, sweep: float) -> skia.Path:
    """An open arc of an oval, degrees, clockwise."""
    path = skia.Path()
    path.addArc(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry), start, sweep)
    return path
