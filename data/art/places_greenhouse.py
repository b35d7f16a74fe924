"""The Greenhouse Cathedral: a nave of glass and iron, vines for columns, dusty shafts; accent: ripe tomato red."""

import itertools
import math
from collections.abc import Sequence
from random import Random

import skia
from places_props import CLEAR, blades, cloud, foliage, hanging_jar, leaf, stars
from scenery import (
    AMBER,
    CREAM,
    HEIGHT,
    MOSS,
    NIGHT,
    PLUM,
    SLATE,
    TERRACOTTA,
    WIDTH,
    Point,
    Tone,
    air,
    box,
    glow,
    haze,
    ink,
    inside,
    layer,
    linear,
    lit,
    mix,
    motes,
    oval,
    paper,
    polygon,
    shaft,
    sky,
    smooth,
    strokes,
    turned,
    vignette,
)

IRON, TOMATO, LEAF = "#3a4a50", "#d0472f", "#5b7048"
# the nave's half profile in units of its half width: from the sill up the wall and over to the ridge, a pointed arch
PROFILE: list[Point] = [
    (-1, 0.52),
    (-1, 0.1),
    (-1, -0.35),
    (-0.95, -0.72),
    (-0.8, -1.08),
    (-0.58, -1.38),
    (-0.3, -1.62),
    (0, -1.78),
]
FLOOR = 0.62  # where the floor meets the wall, in the same units


def arch(vanish: Point, s: float, lift: float = 0) -> skia.Path:
    points = [(vanish[0] + x * s, vanish[1] + y * s - lift * s) for x, y in PROFILE]
    mirrored = [(2 * vanish[0] - x, y) for x, y in reversed(points[:-1])]
    path = smooth(points, closed=False)
    right = smooth([points[-1], *mirrored], closed=False)
    path.addPath(right, skia.Path.AddPathMode.kExtend_AddPathMode)
    return path


def shell(
    c: skia.Canvas, rng: Random, vanish: Point, far: float, near: float, ribs: int, tone_far: str = "#93a3b4"
) -> list[float]:
    """Ribs, purlins and panes of the nave from the far end to the viewer; returns the ribs' half widths, far first."""
    sizes = [far * (near / far) ** (i / (ribs - 1)) for i in range(ribs)]
    for inner, outer, i in zip(sizes, sizes[1:], range(ribs - 1), strict=False):
        share = i / (ribs - 2)
        for mirror in (-1, 1):
            for (ax, ay), (bx, by) in itertools.pairwise(PROFILE):
                quad = [
                    (vanish[0] - mirror * x * s, vanish[1] + y * s)
                    for x, y, s in ((ax, ay, inner), (bx, by, inner), (bx, by, outer), (ax, ay, outer))
                ]
                pane = polygon(*quad)
                glassy = mix(rng.choice(["#8fb0b8", "#c9b79a", "#6f8a9a", "#9fa8c0"]), NIGHT, 0.35 * share)
                c.drawPath(pane, ink(glassy, rng.uniform(0.05, 0.24)))
                if rng.random() < 0.5:  # a smear of reflected sky across the pane
                    with inside(c, pane):
                        (x0, y0), (x1, y1) = quad[0], quad[2]
                        c.drawLine(x0, y0, x1, y1, ink("#e8f0f0", 0.10, stroke=abs(x1 - x0) * 0.25 + 4, blur=5))
        for x, y in PROFILE:
            for mirror in (-1, 1):
                a, b = (
                    (vanish[0] - mirror * x * inner, vanish[1] + y * inner),
                    (vanish[0] - mirror * x * outer, vanish[1] + y * outer),
                )
                c.drawLine(*a, *b, ink(mix(IRON, tone_far, 0.75 * (1 - share)), stroke=max(1.2, outer * 0.008)))
    for i, s in enumerate(sizes):
        share, rib = i / (ribs - 1), arch(vanish, s)
        c.drawPath(rib, ink(NIGHT, 0.35 * share, stroke=s * 0.034, blur=s * 0.012))
        c.drawPath(rib, ink(mix(mix(IRON, NIGHT, 0.25), tone_far, 0.8 * (1 - share)), stroke=max(2.0, s * 0.026)))
        c.drawPath(rib, ink(mix("#d9c9a8", tone_far, 0.4 * (1 - share)), 0.42, stroke=max(0.8, s * 0.006)))
    return sizes


def end_wall(c: skia.Canvas, vanish: Point, s: float) -> None:
    """The far gable: a tall rose-and-lancet window that holds the last of the sunset."""
    gable = arch(vanish, s)
    gable.lineTo(vanish[0] + s, vanish[1] + s * FLOOR)
    gable.lineTo(vanish[0] - s, vanish[1] + s * FLOOR)
    gable.close()
    body = ink(CREAM)
    body.setShader(
        linear(
            (0, vanish[1] - 1.8 * s),
            (0, vanish[1] + 0.6 * s),
            [(0, "#7f8fae", 1), (0.45, "#d9b09c", 1), (0.8, "#ffd9a0", 1), (1, "#c99a78", 1)],
        )
    )
    c.drawPath(gable, body)
    bar = ink(mix(IRON, "#c9a890", 0.35), 0.9, stroke=max(1.5, s * 0.018))
    with inside(c, gable):
        for k in range(-4, 5):
            x = vanish[0] + k * s * 0.25
            c.drawLine(x, vanish[1] - s * 0.55, x, vanish[1] + s, bar)
        for y in (-0.55, -0.2, 0.15, 0.5):
            c.drawLine(vanish[0] - s, vanish[1] + y * s, vanish[0] + s, vanish[1] + y * s, bar)
        for r in (0.22, 0.5):
            c.drawCircle(
                vanish[0], vanish[1] - s * 1.05, r * s, ink(mix(IRON, "#c9a890", 0.35), 0.9, stroke=max(1.5, s * 0.018))
            )
        for k in range(12):
            c.drawLine(
                *turned(vanish[0], vanish[1] - s * 1.05, s * 0.22, k * 30),
                *turned(vanish[0], vanish[1] - s * 1.05, s * 0.5, k * 30),
                bar,
            )
    glow(c, vanish[0], vanish[1] - s * 0.1, s * 3.6, "#ffc98a", 0.65)


def vine(
    c: skia.Canvas,
    rng: Random,
    points: Sequence[Point],
    size: float,
    colour: str,
    *,
    fruit: float = 0.0,
    tone: Tone = CLEAR,
    rim: str | None = None,
) -> None:
    """A vine along a line: stem, leaves to both sides, now and then a tomato hanging like sanctuary lamps."""
    stem = smooth(points, closed=False)
    c.drawPath(stem, ink(tone(mix(colour, NIGHT, 0.45)), stroke=max(1.5, size * 0.14)))
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        steps = max(1, int(math.hypot(bx - ax, by - ay) / (size * 0.27)))
        for k in range(steps):
            x, y = ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps
            shade_of = mix(colour, rng.choice([CREAM, NIGHT, "#7f9058"]), rng.uniform(0.0, 0.3))
            leaf(
                c,
                x,
                y,
                size * rng.uniform(0.7, 1.25),
                size * 0.55,
                rng.uniform(-30, 210),
                tone(shade_of),
                veins=2 if size > 40 else 0,
                shadow=0.28,
                rim=rim,
            )
            if rng.random() < fruit:
                r, fy = size * rng.uniform(0.2, 0.32), y + size * rng.uniform(0.4, 0.9)
                c.drawLine(x, y, x, fy - r, ink(tone(mix(colour, NIGHT, 0.3)), stroke=max(1, size * 0.05)))
                ripe = tone(rng.choice([TOMATO, TOMATO, "#e08a3c", "#a8a850"]))
                paper(c, oval(x, fy, r, r * 0.94), mix(ripe, CREAM, 0.3), mix(ripe, NIGHT, 0.45), drop=(2, 4))
                c.drawPath(oval(x - r * 0.35, fy - r * 0.4, r * 0.22, r * 0.15), ink("#ffffff", 0.6, blur=1))


def aisle(c: skia.Canvas, rng: Random, vanish: Point, far: float, foot: float = HEIGHT) -> None:
    """The floor: terracotta tiles down the middle, earth beds at the sides, all towards the vanishing point."""
    horizon_y = vanish[1] + far * FLOOR
    wide_far, wide_near = far, (HEIGHT + 10 - vanish[1]) / FLOOR
    earth = polygon(
        (vanish[0] - wide_far, horizon_y),
        (vanish[0] + wide_far, horizon_y),
        (vanish[0] + wide_near, HEIGHT + 10),
        (vanish[0] - wide_near, HEIGHT + 10),
    )
    paper(c, earth, "#8a6c58", "#2a2430", shadow=0.5, drop=(0, -3))
    strokes(c, earth, rng, ["#a07a60", NIGHT, MOSS], count=130, length=130, thick=16, alpha=0.16)
    for _ in range(110):  # seedlings and gravel in the beds
        depth = rng.random() ** 1.6
        s = wide_far + (wide_near - wide_far) * depth
        x, ground = vanish[0] + rng.choice((-1, 1)) * s * rng.uniform(0.62, 0.96), vanish[1] + s * FLOOR
        if rng.random() < 0.55:
            blades(
                c,
                rng,
                x - s * 0.03,
                x + s * 0.03,
                ground,
                s * 0.12,
                [mix(LEAF, NIGHT, 0.35), LEAF],
                4,
                shadow=0,
                width=0.09,
            )
        else:
            paper(
                c,
                oval(x, ground, s * 0.02, s * 0.012),
                mix("#a8988c", NIGHT, 0.2),
                mix("#6a5c5c", NIGHT, 0.4),
                drop=(1, 2),
            )
    y, row = horizon_y, 0
    while y < foot + 10:
        scale = (y - vanish[1]) / FLOOR
        below = y + max(4.0, (y - vanish[1]) * 0.13)
        scale_below = (below - vanish[1]) / FLOOR
        for k in range(-4, 4):
            quad = [
                (vanish[0] + (k + 0.02) * scale * 0.155, y),
                (vanish[0] + (k + 0.98) * scale * 0.155, y),
                (vanish[0] + (k + 0.98) * scale_below * 0.155, below - 1),
                (vanish[0] + (k + 0.02) * scale_below * 0.155, below - 1),
            ]
            depth = (y - horizon_y) / (HEIGHT - horizon_y)
            tone = mix(
                mix(
                    TERRACOTTA if (row + k) % 2 else "#c9a184",
                    rng.choice([CREAM, PLUM, SLATE]),
                    rng.uniform(0.05, 0.25),
                ),
                "#e8c49a",
                0.45 * (1 - depth) ** 2,
            )
            tile = polygon(*quad)
            paper(c, tile, mix(tone, NIGHT, 0.18 + 0.25 * depth), mix(tone, NIGHT, 0.3 + 0.3 * depth), shadow=0)
            if below - y > 16:
                c.drawLine(*quad[0], *quad[1], ink(CREAM, 0.18, stroke=1.6))
                strokes(
                    c,
                    tile,
                    rng,
                    [CREAM, NIGHT, MOSS],
                    count=4,
                    length=(below - y) * 3,
                    thick=(below - y) * 0.4,
                    alpha=0.12,
                )
        y, row = below, row + 1


def pot(c: skia.Canvas, rng: Random, x: float, base: float, w: float, tone: Tone) -> None:
    h = w * 0.9
    c.drawPath(oval(x, base, w * 0.6, w * 0.09), ink("#0a1020", 0.6, blur=w * 0.06))
    body = polygon(
        (x - w * 0.44, base - h * 0.75), (x + w * 0.44, base - h * 0.75), (x + w * 0.32, base), (x - w * 0.32, base)
    )
    left, right = tone(mix(TERRACOTTA, CREAM, 0.2)), tone(mix(TERRACOTTA, NIGHT, 0.6))
    paper(c, body, left, right, across=True)
    strokes(c, body, rng, [CREAM, NIGHT, MOSS], count=22, length=h * 0.6, thick=w * 0.08, angle=85, alpha=0.12)
    paper(c, box(x - w * 0.5, base - h, w, h * 0.27, w * 0.02), left, right, across=True, rim=CREAM, rim_alpha=0.4)
    paper(c, oval(x, base - h, w * 0.47, w * 0.05), tone("#3a2c2c"), shadow=0)


def nave(c: skia.Canvas, rng: Random, vanish: Point, far: float, near: float, ribs: int) -> list[float]:
    sky(c, [(0, "#22304f"), (0.25, "#4a5d84"), (0.5, "#a393a0"), (0.62, "#e0b090"), (1, "#e0b090")], HEIGHT)
    with layer(c, blur=7):  # the garden's trees, dissolved by old glass
        for x, w, h in ((100, 500, 330), (480, 300, 200), (1130, 320, 220), (1500, 520, 360)):
            foliage(
                c, rng, x - w / 2, x + w / 2, vanish[1] + far * 0.5, h, 60, MOSS, sheets=2, tone=air("#7483a0", 0.62)
            )
    haze(c, vanish[1] - 240, vanish[1] + 200, "#f0c8a0", 0.55)
    end_wall(c, vanish, far)
    sizes = shell(c, rng, vanish, far, near, ribs)
    for mirror in (-1, 1):  # the sill wall of bricks below the panes
        low_wall = polygon(
            *(
                (vanish[0] + mirror * s, vanish[1] + y * s)
                for s, y in ((far, 0.34), (near, 0.34), (near, FLOOR), (far, FLOOR))
            )
        )
        paper(c, low_wall, mix(TERRACOTTA, "#8d93a6", 0.35), mix(PLUM, NIGHT, 0.4), shadow=0.3)
        strokes(c, low_wall, rng, [CREAM, NIGHT, MOSS], count=70, length=120, thick=22, angle=mirror * 27, alpha=0.12)
        for y in (0.34, 0.41, 0.48, 0.55):
            c.drawLine(
                vanish[0] + mirror * far,
                vanish[1] + y * far,
                vanish[0] + mirror * near,
                vanish[1] + y * near,
                ink(NIGHT, 0.35, stroke=2),
            )
    return sizes


def rows(c: skia.Canvas, rng: Random, vanish: Point, sizes: Sequence[float], floor_lift: float = 0.0) -> None:
    """Pots with climbing tomatoes down both aisles, the far ones in warm air."""
    for i, s in enumerate(sizes):
        share = i / max(1, len(sizes) - 1)
        tone = air("#d3b39a", 0.6 * (1 - share) ** 1.2)
        base = vanish[1] + s * (FLOOR + 0.02)
        for mirror in (-1, 1):
            x = vanish[0] + mirror * s * 0.78
            pot(c, rng, x, base, s * 0.34, tone)
            top = vanish[1] - s * 1.15
            climb = [
                (
                    x + math.sin(k * 1.1 + i) * s * 0.05 - mirror * s * 0.004 * k,
                    base - s * 0.3 + (top - base + s * 0.3) * k / 7,
                )
                for k in range(8)
            ]
            vine(c, rng, climb, s * 0.15, LEAF, fruit=0.22, tone=tone, rim=CREAM if share > 0.5 else None)


def light(c: skia.Canvas, rng: Random, shafts: Sequence[tuple[float, float, float, float, float]]) -> None:
    """Low sun through panes: (x at the top, width, x at the foot, y of the foot, strength)."""
    for x, width, foot, y, k in shafts:
        shaft(c, ((x, -40), (x + width, -40)), ((foot, y), (foot + width * 1.7, y)), "#ffc07a", k, 16)
        shaft(
            c,
            ((x + width * 0.3, -40), (x + width * 0.5, -40)),
            ((foot + width * 0.5, y), (foot + width * 0.9, y)),
            "#ffe6b0",
            k * 0.8,
            8,
        )
        glow(c, foot + width * 0.8, y - 10, width * 1.9, "#ffc98a", k * 1.2, squash=0.22)
    motes(c, rng, (260, 60, 1340, 820), 130, CREAM, 3.6)


def wide(c: skia.Canvas) -> None:
    rng, vanish = Random(31), (800.0, 415.0)
    sizes = nave(c, rng, vanish, 150, 1150, 8)
    aisle(c, rng, vanish, 150)
    rows(c, rng, vanish, sizes[:6])
    garland = [(vanish[0] + math.cos(a) * 560, 60 - math.sin(a) * 110) for a in (math.pi * k / 10 for k in range(11))]
    vine(c, rng, [(x, 240 - (y - 60) * -1.0) for x, y in garland], 52, mix(LEAF, NIGHT, 0.2), fruit=0.06)
    hanging_jar(c, 640, -20, 190, 50, strength=0.8)
    hanging_jar(c, 985, -20, 240, 42, strength=0.8)
    light(
        c,
        rng,
        ((120, 130, 560, 800, 0.42), (360, 90, 800, 700, 0.34), (-80, 120, 300, 860, 0.26), (560, 60, 880, 620, 0.26)),
    )
    lit(c, 800, 700, 520, "#b0602c", 0.3, squash=0.35)
    with layer(c, blur=4):
        for k in range(6):
            leaf(c, -40, 930 - k * 130, rng.uniform(260, 400), 140, -58 + k * 12, mix(LEAF, NIGHT, 0.6), rim="#ffd9a0")
            leaf(
                c, 1640, 940 - k * 130, rng.uniform(260, 380), 140, -122 - k * 12, mix(LEAF, NIGHT, 0.65), rim="#ffd9a0"
            )
        for x, y, r in ((120, 560, 52), (190, 640, 40), (1500, 500, 56)):
            paper(c, oval(x, y, r, r * 0.95), mix(TOMATO, CREAM, 0.1), mix(TOMATO, NIGHT, 0.6), rim="#ffd9a0")
    vignette(c, 0.5)


def establishing(c: skia.Canvas) -> None:
    """From the cabbage bed: the glasshouse like a lit cathedral under the dusk."""
    rng, horizon = Random(32), 620.0
    sky(c, [(0, "#18213c"), (0.35, "#3a4b74"), (0.6, "#8a8098"), (0.76, "#e0ab88"), (1, "#f0c590")], horizon + 50)
    stars(c, rng, (0, 0, WIDTH, 330), 100)
    for x, y, w in ((60, 330, 460), (1000, 250, 520), (1240, 420, 340)):
        cloud(c, rng, x, y, w, 42, "#d0a09a", "#8f8aa4", 0.55)
    with layer(c, blur=2.5):
        for x, w, h in ((80, 520, 280), (420, 360, 180), (1200, 420, 220), (1540, 460, 320)):
            foliage(c, rng, x - w / 2, x + w / 2, horizon, h, 54, MOSS, sheets=2, tone=air("#8d8aa4", 0.66))
    haze(c, horizon - 180, horizon + 40, "#e0b49a", 0.5, 0.7)
    x, s = 800.0, 170.0
    floor = horizon + 16
    glow(c, x, floor - s, 620, AMBER, 0.5)
    body = arch((x, floor - s * 0.52), s)
    body.lineTo(x + s, floor)
    body.lineTo(x - s, floor)
    body.close()
    wing = polygon(
        (x - 2.5 * s, floor),
        (x - 2.5 * s, floor - s * 0.8),
        (x - 2.2 * s, floor - s * 1.25),
        (x + 2.2 * s, floor - s * 1.25),
        (x + 2.5 * s, floor - s * 0.8),
        (x + 2.5 * s, floor),
    )
    for path, top, low_colour in ((wing, "#7f86b0", "#ffb870"), (body, "#9a9cc0", "#ffc684")):
        paper(c, path, top, low_colour, shadow=0.4, drop=(0, 4))
        with inside(c, path):
            for k in range(26):
                lx = x - 2.5 * s + k * s * 0.2
                foliage_height = rng.uniform(0.15, 0.55) * s
                c.drawPath(
                    smooth([(lx - 16, floor), (lx, floor - foliage_height), (lx + 18, floor)]),
                    ink(mix(MOSS, AMBER, 0.25), 0.5, blur=3),
                )
                c.drawLine(lx, floor - 3 * s, lx, floor, ink(mix(IRON, SLATE, 0.2), 0.85, stroke=2.2))
            for k in range(8):
                c.drawLine(
                    x - 3 * s,
                    floor - k * s * 0.28,
                    x + 3 * s,
                    floor - k * s * 0.28,
                    ink(mix(IRON, SLATE, 0.2), 0.7, stroke=1.8),
                )
        c.drawPath(path, ink(mix(IRON, NIGHT, 0.2), stroke=5))
        c.drawPath(path, ink("#e8d8b8", 0.5, stroke=1.5))
    glow(c, x, floor - s * 0.4, 380, "#ffc078", 0.5)
    ground = box(-10, horizon + 10, WIDTH + 20, 300)
    paper(c, ground, "#5a5a58", "#1c2230", shadow=0)
    strokes(c, ground, rng, [CREAM, NIGHT, MOSS], count=120, length=300, thick=20, alpha=0.1)
    glow(c, x, floor + 30, 560, AMBER, 0.55, squash=0.16)
    path_line = polygon((x - 30, floor), (x + 30, floor), (x + 230, HEIGHT), (x - 230, HEIGHT))
    paper(c, path_line, "#e0b484", "#4a3f4c", shadow=0.3)
    strokes(c, path_line, rng, [CREAM, NIGHT, PLUM], count=60, length=160, thick=16, alpha=0.13)
    for k, (depth, y) in enumerate(((0.45, 660), (0.28, 710), (0.1, 790))):  # rows of cabbages, each nearer and darker
        step = 110 + k * 70
        for cx in range(-60, WIDTH + 160, step):
            if abs(cx - x) > 110 + k * 90:
                foliage(
                    c,
                    rng,
                    cx - step * 0.52,
                    cx + step * 0.52,
                    y + 70 + 40 * k,
                    step * 0.42 + 60 + 30 * k,
                    step * 0.3,
                    "#56766a",
                    sheets=2,
                    tone=air("#8d8f9e", depth),
                    rim=AMBER,
                )
    with layer(c, blur=4):
        blades(c, rng, -60, 300, HEIGHT + 20, 420, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 20, rim=AMBER)
        blades(
            c, rng, 1320, 1660, HEIGHT + 20, 480, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 20, rim=AMBER
        )
    motes(c, rng, (300, 420, 1300, 820), 60, AMBER, 3)
    vignette(c, 0.5)


def low(c: skia.Canvas) -> None:
    rng, vanish = Random(33), (800.0, 770.0)
    sizes = nave(c, rng, vanish, 120, 1500, 9)
    aisle(c, rng, vanish, 120)
    rows(c, rng, vanish, sizes[:6])
    vine(
        c,
        rng,
        [(260, -20), (330, 140), (480, 230), (640, 180), (800, 60), (960, 190), (1130, 240), (1280, 130), (1350, -20)],
        76,
        mix(LEAF, NIGHT, 0.15),
        fruit=0.14,
        rim="#ffd9a0",
    )
    for x, drop, w in ((560, 280, 72), (1040, 330, 60), (830, 480, 36)):
        hanging_jar(c, x, -20, drop, w, strength=0.85)
    light(c, rng, ((60, 170, 560, 860, 0.4), (360, 110, 780, 840, 0.32), (-140, 150, 240, 880, 0.26)))
    with layer(c, blur=4):
        for k in range(4):
            leaf(c, -40, 860 - k * 190, 420, 170, -48 + k * 14, mix(LEAF, NIGHT, 0.6), rim="#ffd9a0")
            leaf(c, 1640, 880 - k * 190, 400, 170, -132 - k * 14, mix(LEAF, NIGHT, 0.65), rim="#ffd9a0")
    vignette(c, 0.5)


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: leaves and tomatoes against glowing panes, far out of focus."""
    rng = Random(34)
    sky(c, [(0, "#5a6f94"), (0.4, "#c9a498"), (0.7, "#ffd9a0"), (1, "#8a6a58")], HEIGHT)
    with layer(c, blur=12):
        for x in range(-60, 1700, 260):
            c.drawLine(x, -20, x + 30, 920, ink(IRON, 0.75, stroke=26))
        for y in (140, 430, 720):
            c.drawLine(-20, y, 1620, y - 30, ink(IRON, 0.7, stroke=20))
        vine(c, rng, [(1180, 960), (1240, 700), (1150, 460), (1240, 220), (1180, -40)], 170, LEAF, fruit=0.35)
        foliage(c, rng, -100, 620, 860, 330, 130, LEAF)
    shaft(c, ((200, -40), (470, -40)), ((760, 900), (1240, 900)), "#fff0cc", 0.5, 22)
    with layer(c, blur=3):
        vine(
            c, rng, [(60, -40), (140, 180), (70, 420), (170, 640)], 150, mix(LEAF, NIGHT, 0.2), fruit=0.3, rim="#ffd9a0"
        )
    motes(c, rng, (100, 60, 1500, 840), 90, CREAM, 6)
    vignette(c, 0.4)


def decorations(c: skia.Canvas) -> None:
    vanish, white = (800.0, 415.0), ink("#ffffff")
    for s in (150 * (1150 / 150) ** (i / 7) for i in range(2, 8)):
        c.drawPath(arch(vanish, s), ink("#ffffff", stroke=max(10, s * 0.05)))
    for mirror in (-1, 1):
        c.drawPath(
            polygon(
                *(
                    (vanish[0] + mirror * s, vanish[1] + y * s)
                    for s, y in ((200, 0.32), (1150, 0.32), (1150, 0.5), (200, 0.5))
                )
            ),
            white,
        )
        c.drawPath(
            polygon(
                *(
                    (vanish[0] + mirror * s * x, vanish[1] + FLOOR * s)
                    for s, x in ((180, 0.7), (1100, 0.7), (1100, 1.0), (180, 1.0))
                )
            ),
            white,
        )


PLATES = {"wide": wide, "establishing": establishing, "low": low, "detail": detail}
