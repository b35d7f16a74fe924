"""What several figures share: eyes, brows, mouths, hands, feet, feelers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, sin
from random import Random
from typing import Literal

import skia
from brush import AMBER, CREAM, NIGHT, PAPER, PLUM, TERRACOTTA, Point, Rgb, Sheet, dark, light, mix
from figures_shapes import arc, blob, common, curve, limb, oval, sharp, tufted, union

Grip = Literal["open", "mitt", "fist", "point"]


@dataclass(frozen=True)
class Mood:
    """A face at one moment. look: gaze, -1..1 each way; lids: how far closed, 0..1; brow: inner ends raised, -1..1."""

    look: Point = (0.35, 0.1)
    lids: float = 0.12
    lower: float = 0.0
    brow: float = 0.3
    lift: float = 0.0
    mouth: float = 0.5
    gape: float = 0.0
    blush: float = 0.5

    def but(self, **changes: object) -> "Mood":
        return replace(self, **changes)  # type: ignore[arg-type]


def eye(
    sheet: Sheet,
    x: float,
    y: float,
    r: float,
    mood: Mood,
    iris: Rgb,
    lid: Rgb,
    *,
    white: Rgb = PAPER,
    tall: float = 1.12,
    slant: float = 0,
) -> None:
    """A big gouache eye: socket, ball, iris with a lit lower half, two lights, lids as paper."""
    with sheet.at(x, y, turn=slant):
        ball = oval(0, 0, r, r * tall)
        sheet.wash(oval(r * 0.08, r * 0.14, r * 1.08, r * tall * 1.08), dark(lid, 0.8), 0.55, r * 0.14)
        if mood.lids >= 0.99:
            sheet.paper(ball, lid, lift=r * 0.12, strokes=0, rim=0.3)
            lash = (
                arc(0, r * 0.5, r * 0.8, r * 0.75, 195, 150)
                if mood.lower > 0.2
                else arc(0, -r * 0.25, r * 0.92, r * 0.95, 25, 130)
            )
            sheet.line(lash, r * 0.13, dark(lid, 0.75))
            return
        sheet.paper(ball, white, lift=r * 0.1, strokes=0, rim=0, shape=0.5, shadow=0)
        px, py = mood.look[0] * r * 0.36, mood.look[1] * r * 0.42
        with sheet.inside(ball):
            ring = oval(px, py, r * 0.66, r * 0.74)
            sheet.paper(
                ring, iris, lift=r * 0.06, top=dark(iris, 0.55), bottom=light(iris, 0.25), rim=0, strokes=0, shadow=0.25
            )
            sheet.wash(oval(px + r * 0.08, py + r * 0.36, r * 0.36, r * 0.22), light(iris, 0.7), 0.7, r * 0.1)
            sheet.flat(oval(px, py, r * 0.4, r * 0.46), NIGHT)
            sheet.wash(oval(0, -r * tall * 0.95, r * 1.1, r * 0.5), dark(lid, 0.7), 0.5, r * 0.16)
            sheet.flat(oval(px - r * 0.23, py - r * 0.28, r * 0.2, r * 0.22), (255, 252, 240))
            sheet.flat(oval(px + r * 0.26, py + r * 0.24, r * 0.09), (255, 246, 220), 0.85)
            if mood.lids > 0:
                reach = -r * tall + 2 * r * tall * mood.lids
                upper = common(
                    oval(0, 0, r * 1.1, r * tall * 1.1), lid_sheet(r * 1.3, -r * tall * 1.6, reach, mood.brow * r * 0.2)
                )
                sheet.paper(upper, lid, lift=r * 0.1, strokes=0, rim=0.25)
            if mood.lower > 0:
                reach = r * tall - 2 * r * tall * mood.lower
                under = common(oval(0, 0, r * 1.1, r * tall * 1.1), lid_sheet(r * 1.3, r * tall * 1.6, reach, 0))
                sheet.paper(under, lid, lift=r * 0.06, strokes=0, rim=0.3)
        sheet.line(arc(0, 0, r, r * tall, 195, 150), r * 0.1, dark(lid, 0.7), 0.85)


def lid_sheet(half: float, back: float, edge: float, tilt: float) -> skia.Path:
    """A lid from `back` to an edge bowed between the eye's corners; tilt > 0 raises its right end, lowers its left."""
    corner, near = edge * 0.35, edge * 0.86
    bow = [
        (-half, corner + tilt),
        (-half * 0.42, near + tilt * 0.5),
        (0, edge),
        (half * 0.42, near - tilt * 0.5),
        (half, corner - tilt),
    ]
    return blob([(-half * 1.2, back), (half * 1.2, back), *reversed(bow)], tension=0.44)


def brow(sheet: Sheet, x: float, y: float, length: float, tilt: float, color: Rgb, thick: float) -> None:
    """One brow; tilt > 0 raises its right end by that much of its length."""
    rise = tilt * length
    ends = [(x - length / 2, y + rise / 2), (x, y - length * 0.16), (x + length / 2, y - rise / 2)]
    sheet.paper(limb(ends, [thick * 0.6, thick, thick * 0.5]), color, lift=thick * 0.2, strokes=0)


def mouth(sheet: Sheet, x: float, y: float, width: float, mood: Mood, color: Rgb) -> None:
    """A line that smiles (mouth > 0) or droops, opened by gape with a tongue inside."""
    bend = mood.mouth * width * 0.32
    corner = y - bend * 0.5
    if mood.gape <= 0.02:
        sheet.line(curve((x - width / 2, corner), (x, y + bend * 0.5), (x + width / 2, corner)), width * 0.075, color)
        return
    drop = mood.gape * width
    hole = blob(
        [
            (x - width / 2, corner),
            (x, corner + bend * 0.25),
            (x + width / 2, corner),
            (x + width * 0.3, y + drop * 0.7),
            (x, y + drop),
            (x - width * 0.3, y + drop * 0.7),
        ]
    )
    sheet.flat(hole, mix(PLUM, NIGHT, 0.6))
    with sheet.inside(hole):
        sheet.wash(
            oval(x + width * 0.04, y + drop * 0.98, width * 0.3, drop * 0.42),
            mix(TERRACOTTA, (255, 150, 140), 0.45),
            1,
            width * 0.02,
        )
    sheet.line(hole, width * 0.035, color, 0.8)


def blush(sheet: Sheet, x: float, y: float, r: float, strength: float, color: Rgb = (0xE8, 0x6A, 0x4E)) -> None:
    sheet.wash(oval(x, y, r, r * 0.7), color, strength, r * 0.38)


def hand(
    sheet: Sheet, x: float, y: float, turn: float, size: float, color: Rgb, grip: Grip = "open", flip: bool = False
) -> None:
    """A small hand whose wrist is at (x, y), fingers along +x when turn is 0; size is wrist to fingertip."""
    u = size / 10
    palm = oval(3.6 * u, 0, 3.3 * u, 2.9 * u)
    fingers = {
        "open": [((4, -2), (9.4, -4.2)), ((5, -0.4), (10.6, -0.9)), ((4.6, 1.4), (9.6, 2.6))],
        "mitt": [((4, -1.3), (8.4, -1.5)), ((5, 0), (9.2, 0)), ((4.6, 1.2), (8.5, 1.5))],
        "fist": [((4.5, -1.6), (6.2, -1.7)), ((5, 0), (6.6, 0)), ((4.6, 1.5), (6.1, 1.6))],
        "point": [((4, -1.4), (10.8, -1.8)), ((5, 0.3), (6.4, 0.3)), ((4.6, 1.6), (6.0, 1.7))],
    }[grip]
    thumb = ((2.2, -1.6), (4.6, -5.0)) if grip in ("open", "mitt") else ((2.4, -2.0), (5.2, -3.4))
    with sheet.at(x, y, turn=turn, flip=False):
        sheet.canvas.scale(1, -1 if flip else 1)
        shapes = [palm]
        for start, end in [*fingers, thumb]:
            shapes.append(limb([(start[0] * u, start[1] * u), (end[0] * u, end[1] * u)], [2.5 * u, 2.1 * u]))
        sheet.paper(union(*shapes), color, lift=0.9 * u, strokes=0, rim=0.5)
        for start, end in fingers[1:]:
            crease = curve(
                (start[0] * u + 0.6 * u, start[1] * u - 1.0 * u), (end[0] * u - 1.4 * u, end[1] * u - 1.15 * u)
            )
            sheet.line(crease, 0.28 * u, dark(color, 0.55), 0.5)


def arm(sheet: Sheet, points: Sequence[Point], widths: Sequence[float], color: Rgb, lift: float = 8) -> None:
    sheet.paper(limb(points, widths), color, lift=lift, strokes=3)


def boot(sheet: Sheet, x: float, y: float, size: float, color: Rgb, flip: bool = False) -> None:
    """A round little boot pointing right; its sole stands on y, its heel is at x."""
    u = size / 10
    with sheet.at(x, y, flip=flip):
        shape = blob(
            [
                (-2.6 * u, -6 * u),
                (1.8 * u, -6 * u),
                (2.6 * u, -4 * u),
                (6.4 * u, -3.6 * u),
                (7.6 * u, -1.2 * u),
                (6 * u, 0),
                (-2 * u, 0),
                (-3 * u, -1.4 * u),
            ]
        )
        sheet.paper(shape, color, lift=u, strokes=0)
        with sheet.inside(shape):
            sheet.flat(sharp((-4 * u, -0.9 * u), (9 * u, -0.9 * u), (9 * u, u), (-4 * u, u)), dark(color, 0.55), 0.8)


def feeler(sheet: Sheet, points: Sequence[Point], width: float, color: Rgb, bead: float, tip: Rgb = AMBER) -> None:
    """An antenna ending in a bead."""
    sheet.paper(limb(points, [width, width * 0.6]), color, lift=width * 0.5, strokes=0)
    if bead:
        sheet.paper(oval(*points[-1], bead), tip, lift=bead * 0.3, strokes=0, rim=0.6)


def letter(sheet: Sheet, x: float, y: float, width: float, turn: float, seal: Rgb = TERRACOTTA) -> None:
    """An envelope with a wax seal."""
    height = width * 0.66
    with sheet.at(x, y, turn=turn):
        half, tall = width / 2, height / 2
        sheet.paper(
            sharp((-half, -tall), (half, -tall), (half, tall), (-half, tall)),
            mix(CREAM, PAPER, 0.6),
            lift=width * 0.05,
            strokes=4,
        )
        sheet.paper(
            sharp((-half, -tall), (half, -tall), (0, tall * 0.25)),
            mix(CREAM, PAPER, 0.75),
            lift=width * 0.03,
            strokes=2,
        )
        sheet.paper(oval(0, tall * 0.16, width * 0.1), seal, lift=width * 0.02, strokes=0)


def fur(
    sheet: Sheet,
    x: float,
    y: float,
    rx: float,
    ry: float,
    color: Rgb,
    seed: int,
    depth: float = 26,
    tufts: int = 26,
    marks: int = 26,
    lift: float = 12,
) -> None:
    """A fluffy mass with a few combed locks painted inside."""
    shape = sheet.paper(tufted(x, y, rx, ry, tufts, depth, seed, droop=0.35), color, lift=lift, strokes=5)
    lock = Random(seed)
    with sheet.inside(shape):
        for i in range(marks):
            angle, reach = lock.random() * 6.283, 0.25 + 0.65 * lock.random() ** 0.6
            lx, ly = x + rx * reach * cos(angle), y + ry * reach * sin(angle)
            size = depth * (0.8 + 0.6 * lock.random())
            lean = (lx - x) / rx * 0.6
            tone = light(color, 0.55) if lx - x + ly - y < rx * 0.2 else dark(color, 0.45)
            mark = sharp_lock(lx, ly, size, lean)
            sheet.flat(mark, tone, 0.22 + 0.16 * (i % 3 == 0))


def sharp_lock(x: float, y: float, size: float, lean: float) -> skia.Path:
    """A lock of fur: a curved drop coming to a point."""
    path = skia.Path()
    path.moveTo(x, y - size * 0.5)
    path.quadTo(x - size * 0.3 + lean * size * 0.2, y + size * 0.3, x + lean * size, y + size)
    path.quadTo(x + size * 0.25 + lean * size * 0.2, y + size * 0.3, x, y - size * 0.5)
    path.close()
    return path
