"""The Cellar: roots through the vault, shelves of preserves, one candle in the dark; accent: the plum red of jam."""

import math
from collections.abc import Sequence
from random import Random

import skia
from places_props import blades, cobbles, foliage, jar, mushroom, stars
from scenery import (
    AMBER,
    CREAM,
    HEIGHT,
    MOSS,
    NIGHT,
    PLUM,
    SLATE,
    WIDTH,
    Point,
    air,
    box,
    glow,
    haze,
    ink,
    inside,
    layer,
    lit,
    mix,
    motes,
    oval,
    paper,
    placed,
    polygon,
    shade,
    sky,
    smooth,
    strokes,
    turned,
    vignette,
)

EARTH, STONE, WOOD = "#4a3a3c", "#5b5a68", "#7a5a42"
JAMS = ["#8f2f45", "#c8702c", "#6a3566", "#7d8a3a", "#a8402f", "#d09a3c"]


def root(
    c: skia.Canvas,
    rng: Random,
    x: float,
    y: float,
    length: float,
    width: float,
    angle: float,
    colour: str,
    depth: int = 2,
    rim: str | None = None,
) -> None:
    """A root feeling its way down, tapering, with side roots."""
    points, heading, at = [], angle, (x, y)
    steps = 9
    for _ in range(steps):
        points.append(at)
        heading += rng.uniform(-26, 26) + (90 - heading) * 0.12
        at = turned(*at, length / steps, heading)
    left, right = [], []
    for i, (px, py) in enumerate(points):
        half = width * (1 - i / steps) ** 0.8 / 2 + 0.6
        nx, ny = (
            points[min(i + 1, steps - 1)][0] - points[max(i - 1, 0)][0],
            points[min(i + 1, steps - 1)][1] - points[max(i - 1, 0)][1],
        )
        span = math.hypot(nx, ny) or 1
        left.append((px - ny / span * half, py + nx / span * half))
        right.append((px + ny / span * half, py - nx / span * half))
    if depth:
        for i in range(2, steps - 1):
            if rng.random() < 0.55:
                root(
                    c,
                    rng,
                    *points[i],
                    length * rng.uniform(0.25, 0.5),
                    width * (1 - i / steps) * 0.55,
                    heading + rng.choice((-1, 1)) * rng.uniform(35, 75),
                    colour,
                    depth - 1,
                    rim,
                )
    path = smooth([*left, *reversed(right)])
    paper(
        c,
        path,
        mix(colour, CREAM, 0.1),
        mix(colour, NIGHT, 0.35),
        shadow=0.45,
        drop=(5, 6),
        across=True,
        rim=rim,
        rim_from="right",
        rim_alpha=0.6,
        rim_width=max(2, width * 0.2),
    )


def vault(c: skia.Canvas, rng: Random, x: float, y: float, rx: float, ry: float, depth: int = 6) -> None:
    """Earth dug out in rough arches, one behind another towards the far wall, the inner ones bluer."""
    for i in range(depth):
        share = i / (depth - 1)
        wide, tall = rx * (2.6 - 1.6 * share), ry * (2.7 - 1.7 * share)
        outline = [
            (
                x + math.cos(a) * wide * rng.uniform(0.95, 1.05),
                y + 60 * (1 - share) + math.sin(a) * tall * rng.uniform(0.94, 1.06),
            )
            for a in (math.tau * k / 26 for k in range(26))
        ]
        hole = smooth(outline)
        colour = mix(mix(EARTH, NIGHT, 0.55), mix(SLATE, PLUM, 0.45), share * 0.55)
        paper(
            c,
            hole,
            mix(colour, NIGHT, 0.25),
            mix(colour, "#6b4a40", 0.25),
            shadow=0.5,
            drop=(0, 4),
            rim="#a06a48",
            rim_alpha=0.22,
            rim_width=14,
        )
        strokes(
            c,
            hole,
            rng,
            [mix(EARTH, CREAM, 0.2), NIGHT, PLUM],
            count=70,
            length=150,
            thick=36,
            angle=rng.uniform(-30, 30),
            alpha=0.12,
        )
        with inside(c, hole):
            for _ in range(26):  # stones in the earth
                a = rng.uniform(0, math.tau)
                px, py, r = (
                    x + math.cos(a) * wide * 0.93,
                    y + math.sin(a) * tall * 0.93,
                    rng.uniform(8, 34) * (1.3 - 0.8 * share),
                )
                stone = smooth(
                    [
                        (
                            px + math.cos(b) * r * rng.uniform(0.85, 1.1),
                            py + math.sin(b) * r * 0.75 * rng.uniform(0.85, 1.1),
                        )
                        for b in (math.tau * k / 7 for k in range(7))
                    ]
                )
                paper(c, stone, mix(STONE, colour, 0.45), mix(NIGHT, colour, 0.5), shadow=0.4, drop=(2, 3))


def candle(c: skia.Canvas, x: float, base: float, s: float) -> None:
    """A birthday-cake candle stub in a bottle cap: a pillar to the people here."""
    cap = polygon(
        (x - s * 0.5, base - s * 0.16), (x + s * 0.5, base - s * 0.16), (x + s * 0.44, base), (x - s * 0.44, base)
    )
    c.drawPath(oval(x, base, s * 0.62, s * 0.1), ink("#080c18", 0.7, blur=s * 0.05))
    paper(c, cap, "#9a5348", "#4a2a38", across=True, rim=AMBER)
    for k in range(11):
        c.drawLine(
            x - s * 0.47 + k * s * 0.094,
            base - s * 0.15,
            x - s * 0.43 + k * s * 0.086,
            base,
            ink(NIGHT, 0.35, stroke=s * 0.014),
        )
    paper(c, oval(x, base - s * 0.16, s * 0.5, s * 0.08), "#d98a60", "#7a4038", shadow=0)
    wax = smooth(
        [
            (x - s * 0.19, base - s * 0.16),
            (x - s * 0.2, base - s * 0.7),
            (x - s * 0.17, base - s * 0.98),
            (x, base - s * 0.92),
            (x + s * 0.18, base - s * 1.0),
            (x + s * 0.2, base - s * 0.66),
            (x + s * 0.24, base - s * 0.4),
            (x + s * 0.2, base - s * 0.16),
            (x, base - s * 0.11),
        ]
    )
    paper(c, wax, "#ffe2a8", "#b98a70", shadow=0.3, rim="#fff4d2", rim_alpha=0.9)
    with inside(c, wax):
        for k in range(6):
            c.drawLine(
                x - s * 0.3,
                base - s * (0.2 + k * 0.17),
                x + s * 0.3,
                base - s * (0.32 + k * 0.17),
                ink("#d98a80", 0.4, stroke=s * 0.045),
            )
        glow(c, x, base - s * 0.95, s * 0.6, "#ffdf9e", 0.9)
    c.drawLine(x, base - s * 0.92, x + s * 0.01, base - s * 1.05, ink(NIGHT, stroke=s * 0.025))
    flame = smooth(
        [
            (x + s * 0.02, base - s * 1.5),
            (x + s * 0.1, base - s * 1.2),
            (x + s * 0.06, base - s * 1.06),
            (x, base - s * 1.02),
            (x - s * 0.07, base - s * 1.07),
            (x - s * 0.1, base - s * 1.2),
        ]
    )
    glow(c, x, base - s * 1.2, s * 4.2, "#ff9a3c", 0.55)
    glow(c, x, base - s * 1.2, s * 1.4, AMBER, 0.8)
    c.drawPath(flame, ink("#ffc35a", blur=s * 0.02))
    with placed(c, x, base - s * 1.05, scale=0.6), placed(c, -x, -(base - s * 1.05)):
        c.drawPath(flame, ink("#fff8e2", blur=s * 0.02))


def shelf(
    c: skia.Canvas,
    rng: Random,
    left: float,
    right: float,
    y: float,
    jar_h: float,
    light: Point,
    *,
    gap: float = 1.22,
    lean: float = 0,
) -> None:
    """A plank of jars; each jar glimmers on the side of the flame, the more the nearer it is."""
    x, tones = left + jar_h * 0.4, list(JAMS)
    with placed(c, left, y, turn=lean), placed(c, -left, -y):
        while x < right - jar_h * 0.25:
            h, w = jar_h * rng.uniform(0.72, 1.0), jar_h * rng.uniform(0.56, 0.68)
            colour = rng.choice(tones)
            distance = math.hypot(x - light[0], y - h / 2 - light[1])
            near = math.exp(-((distance / 620) ** 2))
            dim = air("#10162a", 0.72 * (1 - near))
            jar(
                c,
                x,
                y,
                w,
                h,
                light=None,
                fill=mix(colour, "#ff9a4a", 0.12 * near),
                fill_to=rng.uniform(0.7, 0.98),
                lid=rng.choice(["#8a6a48", "#7a3f3a", "#5a6470"]),
                tone=dim,
                label="#d9c7a0" if rng.random() < 0.6 else None,
            )
            edge = w * 0.47 * (1 if light[0] > x else -1)
            c.drawPath(
                smooth(
                    [(x + edge, y - h * 0.68), (x + edge * 0.9, y - h * 0.45), (x + edge * 0.96, y - h * 0.1)],
                    closed=False,
                ),
                ink("#ffd9a0", 0.85 * near, stroke=max(1.5, w * 0.045), blur=w * 0.02),
            )
            glow(c, x + edge * 0.2, y - h * 0.3, w * 0.8, colour, 0.55 * near)
            x += w * gap
        plank = box(left - 10, y, right - left + 20, jar_h * 0.15, 3)
        paper(c, plank, mix(WOOD, CREAM, 0.12), mix(WOOD, NIGHT, 0.65), drop=(0, 10), rim=AMBER, rim_alpha=0.45)
        strokes(c, plank, rng, [CREAM, NIGHT], count=20, length=jar_h, thick=6, alpha=0.15)


def web(c: skia.Canvas, x: float, y: float, size: float, start: float, sweep: float = 90) -> None:
    thread = ink("#c9d4dc", 0.22, stroke=1.3)
    for k in range(6):
        c.drawLine(x, y, *turned(x, y, size * (1 - 0.12 * (k % 2)), start + sweep * k / 5), thread)
    for ring in range(1, 7):
        spots = [turned(x, y, size * ring / 7 * (0.92 if j % 2 else 1.0), start + sweep * j / 10) for j in range(11)]
        c.drawPath(smooth(spots, closed=False), thread)


def vegetables(c: skia.Canvas, rng: Random, spots: Sequence[tuple[float, float, float, str]]) -> None:
    """Potatoes and onions, boulders of the cellar floor."""
    for x, base, r, colour in spots:
        body = smooth(
            [
                (
                    x + math.cos(a) * r * rng.uniform(0.92, 1.12),
                    base - r * 0.72 + math.sin(a) * r * 0.72 * rng.uniform(0.94, 1.08),
                )
                for a in (math.tau * k / 9 for k in range(9))
            ]
        )
        c.drawPath(oval(x, base, r * 1.1, r * 0.16), ink("#080c18", 0.6, blur=r * 0.08))
        paper(c, body, mix(colour, CREAM, 0.15), mix(colour, NIGHT, 0.7), rim="#ffb870", rim_alpha=0.5)
        strokes(c, body, rng, [CREAM, NIGHT], count=14, length=r, thick=r * 0.14, angle=60, alpha=0.13)
        for _ in range(5):
            c.drawPath(
                oval(x + rng.uniform(-0.6, 0.6) * r, base - r * rng.uniform(0.3, 1.1), r * 0.05, r * 0.03),
                ink(NIGHT, 0.5),
            )


def floor(c: skia.Canvas, rng: Random, horizon: float, light: Point) -> None:
    cobbles(
        c,
        rng,
        horizon,
        [(light[0], light[1], 430, 0.95), (light[0] + 60, light[1] + 60, 800, 0.35)],
        dark="#43343a",
        pale="#6a5658",
        veil="#4c4050",
        size=0.16,
        warm="#d98c4c",
        bare=0.72,
    )
    earth = box(0, horizon, WIDTH, HEIGHT - horizon)
    strokes(c, earth, rng, ["#8a6450", NIGHT, PLUM], count=150, length=240, thick=20, alpha=0.13)


def tunnel(c: skia.Canvas, rng: Random, x: float, base: float, s: float) -> None:
    """The Mole Cricket's way in: a black mouth between two stones, with a pair of glints far inside."""
    for k, grow in enumerate((1.16, 1.0, 0.84)):
        mouth = smooth(
            [
                (
                    x + math.cos(a) * s * grow * rng.uniform(0.95, 1.05),
                    base - s * 0.75 + math.sin(a) * s * 0.98 * grow * rng.uniform(0.95, 1.05),
                )
                for a in (math.tau * j / 16 for j in range(16))
            ]
        )
        paper(
            c,
            mouth,
            ("#54423f", "#2a2230", "#0c1020")[k],
            ("#3a2e34", "#17141f", "#080b16")[k],
            shadow=0.4,
            rim="#c98a58" if k == 0 else None,
            rim_from="left",
        )
    for dx in (-0.09, 0.09):
        c.drawCircle(x + dx * s, base - s * 0.72, s * 0.026, ink("#ffd98c", 0.75, blur=1))


def wide(c: skia.Canvas) -> None:
    rng, horizon, flame = Random(41), 430.0, (600.0, 400.0)
    c.drawPaint(ink("#161728"))
    vault(c, rng, 800, 330, 560, 300)
    haze(c, 200, 520, "#7a6a78", 0.22)
    floor(c, rng, horizon + 60, (600, 620))
    shade(c, polygon((0, 470), (1600, 470), (1600, 520), (0, 520)), 0.5, 20)
    for y, h in ((240, 88), (360, 96), (484, 100)):
        shelf(c, rng, 700, 1130, y, h, flame)
    for x in (694, 1132):
        paper(
            c,
            box(x - 9, 110, 18, 400),
            mix(WOOD, CREAM, 0.05),
            mix(WOOD, NIGHT, 0.6),
            drop=(6, 4),
            rim=AMBER,
            rim_from="left",
        )
    tunnel(c, rng, 1330, 590, 150)
    shelf(c, rng, -60, 330, 330, 190, flame)
    shelf(c, rng, -60, 350, 600, 220, flame)
    paper(
        c,
        box(336, 80, 26, 640),
        mix(WOOD, CREAM, 0.1),
        mix(WOOD, NIGHT, 0.6),
        drop=(-6, 4),
        rim=AMBER,
        rim_from="right",
    )
    for x, length, width, angle in (
        (120, 330, 34, 80),
        (470, 250, 26, 100),
        (640, 150, 14, 84),
        (820, 190, 18, 70),
        (1010, 150, 15, 110),
        (1200, 330, 36, 95),
        (1460, 420, 48, 100),
        (1560, 300, 30, 110),
    ):
        root(c, rng, x, -20, length, width, angle, "#6b5048", rim="#ffb870")
    web(c, 362, 84, 130, 0)
    vegetables(
        c,
        rng,
        (
            (1180, 610, 52, "#b08a5e"),
            (1500, 690, 92, "#a87a50"),
            (1120, 600, 34, "#9c5a58"),
            (1420, 700, 60, "#a0524e"),
        ),
    )
    c.drawPath(oval(600, 624, 130, 16), ink("#080c18", 0.7, blur=8))
    paper(
        c, polygon((520, 548), (680, 548), (704, 572), (496, 572)), "#e0b070", "#c98a50", shadow=0
    )  # a matchbox for a table
    paper(c, box(496, 570, 208, 54, 2), "#a8503c", "#4a2a3c", rim=AMBER, rim_alpha=0.8)
    paper(c, box(520, 580, 160, 34, 2), "#e6c48c", "#8a5a48", shadow=0)
    c.drawCircle(600, 597, 12, ink("#a8503c"))
    candle(c, 600, 566, 118)
    lit(c, *flame, 760, "#b05020", 0.62)
    lit(c, 640, 640, 560, "#b05020", 0.5, squash=0.36)
    for x, y, s in ((1236, 624, 40), (1560, 640, 60)):
        mushroom(c, x, y, s, "#7f9aa0", rim=None)
        glow(c, x, y - s * 0.6, s * 2.4, "#8fd0c8", 0.4)
    with layer(c, blur=4.5):
        root(c, rng, -30, -40, 900, 110, 78, "#332a34", rim="#c97a40")
        vegetables(c, rng, ((90, 960, 190, "#6b5044"),))
        jar(c, 1520, 980, 260, 330, light=None, fill="#6a2a44", tone=air("#10162a", 0.35))
    motes(c, rng, (380, 160, 1100, 760), 60, "#ffd9a0", 3)
    vignette(c, 0.75, centre=(660, 450))


def establishing(c: skia.Canvas) -> None:
    """A cut through the garden: the bed above in the dusk, roots, and small below them the candle-lit hollow."""
    rng, ground = Random(42), 300.0
    sky(c, [(0, "#2f4068"), (0.35, "#7c82a4"), (0.6, "#d9a58c"), (0.8, "#f4c78e"), (1, "#f4c78e")], ground)
    stars(c, rng, (0, 0, WIDTH, 140), 50)
    with layer(c, blur=2):
        for x, w, h in ((150, 520, 180), (700, 420, 120), (1200, 480, 160), (1540, 380, 200)):
            foliage(c, rng, x - w / 2, x + w / 2, ground, h, 46, MOSS, sheets=2, tone=air("#7d83a6", 0.75))
    haze(c, 150, 330, "#e0b49a", 0.5, 0.7)
    for k, x in enumerate(range(30, 1640, 190)):
        foliage(
            c, rng, x - 100, x + 100, ground + 14, 100 + 30 * (k % 3), 44, "#56766a", tone=air(SLATE, 0.25), rim=AMBER
        )
    with layer(c, blur=1.5):
        blades(c, rng, -60, 260, 330, 310, [mix(MOSS, NIGHT, 0.5)], 16, rim=AMBER)
        blades(c, rng, 1380, 1660, 330, 290, [mix(MOSS, NIGHT, 0.5)], 16, rim=AMBER)
    for k, (y, top, low_colour) in enumerate(
        ((ground, "#5a4540", "#3a2c34"), (ground + 46, "#45353a", "#2a2230"), (ground + 150, "#332932", "#181627"))
    ):
        edge = [(x, y + rng.uniform(-10, 10)) for x in range(-40, 1680, 80)]
        path = smooth([(-40, 960), *edge, (1680, 960)])
        paper(c, path, top, low_colour, shadow=0.4, drop=(0, -4), rim="#d9a07a" if k == 0 else None, rim_alpha=0.5)
        strokes(c, path, rng, [mix(EARTH, CREAM, 0.25), NIGHT, PLUM], count=110, length=240, thick=26, alpha=0.1)
    for _ in range(90):
        px, py, r = rng.uniform(0, WIDTH), rng.uniform(ground + 40, 900), rng.uniform(6, 34)
        stone = smooth(
            [
                (px + math.cos(b) * r * rng.uniform(0.85, 1.1), py + math.sin(b) * r * 0.7 * rng.uniform(0.85, 1.1))
                for b in (math.tau * k / 7 for k in range(7))
            ]
        )
        paper(c, stone, mix(STONE, EARTH, 0.5), mix(NIGHT, EARTH, 0.3), shadow=0.4, drop=(2, 3))
    hollow = smooth(
        [
            (520, 800),
            (530, 640),
            (610, 540),
            (760, 500),
            (900, 505),
            (1030, 560),
            (1090, 660),
            (1090, 800),
            (960, 824),
            (640, 824),
        ]
    )
    paper(c, hollow, "#2c2434", "#5a3f38", shadow=0.8, drop=(0, 0), rim="#d98c4c", rim_alpha=0.7, rim_width=16)
    with inside(c, hollow):
        glow(c, 740, 700, 360, "#ff9a3c", 0.6)
        for y in (640, 710):
            shelf(c, rng, 850, 1080, y, 52, (740, 690))
        c.drawPath(oval(800, 830, 330, 42), ink("#8a6048"))
        for x in (640, 760, 930):
            root(c, rng, x, 480, 120, 14, 90, "#6b5048", 1, rim="#ffb870")
        candle(c, 720, 806, 54)
        lit(c, 730, 740, 320, "#b05020", 0.5)
    way = smooth(
        [
            (1080, 800),
            (1180, 760),
            (1260, 640),
            (1330, 470),
            (1352, 318),
            (1416, 318),
            (1400, 500),
            (1320, 700),
            (1220, 820),
            (1090, 826),
        ]
    )
    paper(c, way, "#1a1626", "#6b4638", shadow=0.7, drop=(0, 0), rim="#b9806a", rim_alpha=0.45)
    for x, length, width in (
        (120, 420, 40),
        (330, 330, 28),
        (560, 220, 22),
        (800, 190, 18),
        (1020, 240, 24),
        (1240, 260, 20),
        (1500, 460, 46),
    ):
        root(c, rng, x, ground + 4, length, width, 90, "#7a5f54", rim="#e0b090")
    vignette(c, 0.6)


def low(c: skia.Canvas) -> None:
    rng, flame = Random(43), (700.0, 740.0)
    c.drawPaint(ink("#131525"))
    vault(c, rng, 800, 560, 480, 330, 7)
    haze(c, 360, 860, "#8a6a68", 0.3)
    floor(c, rng, 800, (700, 850))
    for y, h in ((330, 150), (520, 140), (680, 120)):
        shelf(c, rng, -60, 420, y, h, flame, lean=8)
        shelf(c, rng, 1150, 1700, y + 66, h, flame, lean=-8)
    for k in range(13):
        x = 40 + k * 128 + rng.uniform(-30, 30)
        reach = 150 + 420 * abs(k - 6) / 6
        root(
            c, rng, x, -30, reach * rng.uniform(0.8, 1.1), 20 + reach * 0.08, 90 + (6 - k) * 2, "#6b5048", rim="#ffb870"
        )
    candle(c, 700, 868, 120)
    lit(c, *flame, 820, "#b05020", 0.6)
    web(c, 1600, 0, 300, 90)
    with layer(c, blur=5):
        root(c, rng, -40, -60, 1100, 150, 74, "#2c2632", rim="#c97a40")
        root(c, rng, 1650, -60, 1000, 130, 108, "#2a2430", rim="#c97a40")
    motes(c, rng, (300, 100, 1300, 820), 70, "#ffd9a0", 3.4)
    vignette(c, 0.7, centre=(740, 560))


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: jars of jam near the flame, the rest of the cellar lost in brown dark."""
    rng, flame = Random(44), (1180.0, 500.0)
    c.drawPaint(ink("#1a1828"))
    with layer(c, blur=14):
        vault(c, rng, 900, 380, 620, 330, 4)
        shelf(c, rng, -40, 1700, 420, 260, flame)
        glow(c, 1180, 420, 700, "#ff9a3c", 0.5)
    with layer(c, blur=2.2):
        shelf(c, rng, -60, 820, 800, 400, (1180, 560), gap=1.3)
        candle(c, 1180, 870, 250)
    lit(c, 1180, 580, 760, "#b05020", 0.5)
    motes(c, rng, (300, 60, 1500, 800), 50, "#ffd9a0", 5)
    vignette(c, 0.6, centre=(1000, 500))


def decorations(c: skia.Canvas) -> None:
    white = ink("#ffffff")
    for left, right, y, h in (
        (690, 1140, 240, 14),
        (690, 1140, 360, 15),
        (690, 1140, 484, 16),
        (0, 350, 330, 29),
        (0, 360, 600, 34),
    ):
        c.drawRect(skia.Rect.MakeLTRB(left, y, right, y + h), white)
    for x, y, w, h in (
        (336, 80, 26, 640),
        (685, 110, 18, 390),
        (1123, 110, 18, 390),
        (0, 0, 1600, 70),
        (505, 600, 190, 22),
    ):
        c.drawRect(skia.Rect.MakeXYWH(x, y, w, h), white)
    c.drawPath(polygon((1170, 70), (1600, 70), (1600, 400), (1490, 400), (1420, 330), (1240, 330), (1170, 420)), white)
    c.drawPath(oval(1490, 640, 90, 60), white)


PLATES = {"wide": wide, "establishing": establishing, "low": low, "detail": detail}
