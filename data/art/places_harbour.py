"""The Rain Barrel Harbour: leaf boats on still water between staves and hoops; accent: terracotta sails."""

import itertools
import math
from random import Random

import skia
from places_props import blades, bulbs, cloud, cobbles, foliage, hanging_jar, leaf, leaf_path, mushroom, stars
from scenery import (
    AMBER,
    CREAM,
    HEIGHT,
    INDIGO,
    MIST,
    MOSS,
    NIGHT,
    PLUM,
    SLATE,
    TERRACOTTA,
    WIDTH,
    Point,
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
    placed,
    polygon,
    shade,
    sky,
    smooth,
    strokes,
    vignette,
)

STAVE, HOOP, WATER = "#7d5c4a", "#4a5468", "#22405c"
DUSK = [(0, "#1d2743"), (0.3, "#3d4d74"), (0.62, "#8a8098"), (0.86, "#dca988"), (1, "#f0c590")]


def curve(x: float, centre: float, side: float) -> float:
    """The height at x of a level line around the barrel: `centre` in the middle, `side` at the plate's edges."""
    return centre + (side - centre) * ((x - WIDTH / 2) / (WIDTH / 2)) ** 2


def band(rng_step: int, high: tuple[float, float], low: tuple[float, float]) -> skia.Path:
    xs = range(-80, WIDTH + 81, rng_step)
    return smooth_band([(x, curve(x, *high)) for x in xs], [(x, curve(x, *low)) for x in xs])


def smooth_band(upper: list[Point], lower: list[Point]) -> skia.Path:
    return polygon(*upper, *reversed(lower))


def staves(
    c: skia.Canvas, rng: Random, rim: tuple[float, float], water: tuple[float, float], glowing: bool = True
) -> None:
    """The barrel's far wall from within: boards wider towards the viewer, hoops, moss at the waterline, windows."""
    edges = [WIDTH / 2 + math.copysign(abs(k / 11) ** 1.25, k) * 1000 for k in range(-11, 12)]
    for a, b in itertools.pairwise(edges):
        middle = (a + b) / 2
        away = abs(middle - WIDTH / 2) / 800
        top, foot = [curve(x, *rim) for x in (a, b)], [curve(x, *water) for x in (a, b)]
        lift = rng.uniform(-7, 7) * (0.6 + away)
        tone = mix(
            mix(STAVE, rng.choice([PLUM, SLATE, CREAM, MOSS]), rng.uniform(0.04, 0.2)), "#9a93a6", 0.30 * (1 - away)
        )
        tone = mix(tone, NIGHT, 0.42 * away)
        board = polygon((a + 1, top[0] + lift), (b - 1, top[1] + lift), (b - 1, foot[1]), (a + 1, foot[0]))
        paper(
            c,
            board,
            mix(tone, CREAM, 0.14),
            mix(tone, NIGHT, 0.5),
            shadow=0.3,
            drop=(3, 0),
            rim="#f0c590",
            rim_alpha=0.6,
        )
        strokes(
            c,
            board,
            rng,
            [CREAM, NIGHT, mix(MOSS, SLATE, 0.4)],
            count=16,
            length=190,
            thick=(b - a) * 0.16,
            angle=90,
            alpha=0.12,
        )
        c.drawLine(b, curve(b, *rim), b, curve(b, *water), ink(NIGHT, 0.6, stroke=2 + 2.5 * away))
    for share in (0.2, 0.66):
        upper = tuple(r + (w - r) * share for r, w in zip(rim, water, strict=True))
        thick = (20, 34)
        hoop = band(40, (upper[0], upper[1]), (upper[0] + thick[0], upper[1] + thick[1]))
        paper(
            c,
            hoop,
            mix(HOOP, CREAM, 0.2),
            mix(HOOP, NIGHT, 0.35),
            drop=(0, 7),
            rim="#f0c590",
            rim_alpha=0.45,
            rim_width=4,
        )
        for x in range(30, WIDTH, 140):
            y = curve(x, upper[0] + thick[0] / 2, upper[1] + thick[1] / 2)
            c.drawCircle(x, y, 5, ink(mix(HOOP, CREAM, 0.35)))
            c.drawCircle(x + 1.5, y + 2, 4, ink(mix(HOOP, NIGHT, 0.4)))
    mossy = smooth(
        [
            (-80, curve(-80, *water) + 30),
            *((x, curve(x, *water) - rng.uniform(3, 24)) for x in range(-80, 1700, 34)),
            (1700, curve(1680, *water) + 30),
        ]
    )
    paper(c, mossy, mix(MOSS, SLATE, 0.35), mix(MOSS, NIGHT, 0.7), shadow=0.3, drop=(0, -3))
    if glowing:
        for x, share, r in ((330, 0.43, 19), (560, 0.44, 14), (1110, 0.43, 15), (1330, 0.44, 20)):
            y = curve(x, rim[0] + (water[0] - rim[0]) * share, rim[1] + (water[1] - rim[1]) * share)
            c.drawCircle(x, y, r * 1.25, ink(mix(STAVE, NIGHT, 0.7)))
            c.drawCircle(x, y, r, ink("#ffd98c"))
            c.drawLine(x - r, y, x + r, y, ink(mix(STAVE, NIGHT, 0.7), stroke=r * 0.16))
            c.drawLine(x, y - r, x, y + r, ink(mix(STAVE, NIGHT, 0.7), stroke=r * 0.16))
            glow(c, x, y, r * 6, AMBER, 0.55)


def streak(
    c: skia.Canvas,
    rng: Random,
    x: float,
    y: float,
    length: float,
    width: float,
    colour: str = AMBER,
    alpha: float = 0.7,
) -> None:
    """A lamp's reflection: broken dashes of light towards the viewer."""
    at, k = y, 0
    while at < y + length:
        share = (at - y) / length
        half = width * (0.4 + 0.9 * share) * rng.uniform(0.45, 1.1)
        c.drawPath(
            oval(x + rng.uniform(-0.3, 0.3) * width, at, half, 1.5 + 3.2 * share),
            ink(colour, alpha * (1 - share) ** 1.2, blur=0.8 + share, mode="Screen"),
        )
        at += 4 + 9 * share
        k += 1
    glow(c, x, y + length * 0.3, length * 0.6, colour, alpha * 0.25)


def ripples(
    c: skia.Canvas,
    rng: Random,
    top: float,
    bottom: float,
    count: int,
    colours: tuple[str, ...] = ("#c9b0a8", "#8fa6b8", "#16283f", "#16283f"),
) -> None:
    for _ in range(count):
        share = rng.random() ** 1.5
        y, half = top + (bottom - top) * share, (14 + 130 * share) * rng.uniform(0.4, 1.2)
        x, thick = rng.uniform(-50, 1650), 0.8 + 4.2 * share * rng.uniform(0.4, 1.0)
        wave = smooth(
            [
                (x - half, y),
                (x - half * 0.3, y - thick),
                (x + half * 0.4, y - thick * 0.6),
                (x + half, y),
                (x + half * 0.3, y + thick * 0.8),
                (x - half * 0.4, y + thick),
            ]
        )
        c.drawPath(wave, ink(rng.choice(colours), rng.uniform(0.10, 0.34)))


def boat(
    c: skia.Canvas,
    x: float,
    y: float,
    s: float,
    *,
    sail: str = TERRACOTTA,
    flip: bool = False,
    lamp: bool = True,
    mirrored: bool = True,
) -> None:
    """A leaf boat, its reflection under it: curled leaf hull, twig mast, petal sail, a lantern at the prow."""
    if mirrored:
        with layer(c, blur=1.5 + s * 0.008, alpha=0.42), placed(c, x, y):
            c.scale(1, -0.8)
            boat(c, 0, 0, s, sail=mix(sail, INDIGO, 0.3), flip=flip, lamp=False, mirrored=False)
    with placed(c, x, y, flip=flip):
        if mirrored:
            c.drawPath(oval(0, s * 0.02, s * 0.62, s * 0.06), ink("#0a1424", 0.55, blur=s * 0.03))
        mast = polygon((-s * 0.03, 0), (s * 0.02, 0), (s * 0.01, -s * 1.12), (-s * 0.015, -s * 1.12))
        paper(c, mast, "#b08a5e", "#5a4238", shadow=0, across=True)
        canvas = smooth(
            [
                (s * 0.03, -s * 1.06),
                (s * 0.36, -s * 0.74),
                (s * 0.44, -s * 0.34),
                (s * 0.05, -s * 0.28),
                (s * 0.16, -s * 0.66),
            ]
        )
        paper(
            c, canvas, mix(sail, CREAM, 0.3), mix(sail, PLUM, 0.5), shadow=0.25, drop=(3, 4), rim=CREAM, rim_alpha=0.6
        )
        for k in range(4):
            c.drawPath(
                smooth(
                    [
                        (s * 0.06, -s * (0.36 + 0.16 * k)),
                        (s * 0.24, -s * (0.4 + 0.14 * k)),
                        (s * 0.4, -s * (0.4 + 0.1 * k)),
                    ],
                    closed=False,
                ),
                ink(mix(sail, NIGHT, 0.5), 0.3, stroke=s * 0.008),
            )
        paper(
            c,
            polygon((-s * 0.02, -s * 1.12), (-s * 0.2, -s * 1.06), (-s * 0.02, -s * 1.01)),
            mix(AMBER, TERRACOTTA, 0.3),
            TERRACOTTA,
            shadow=0,
        )
        inner = smooth(
            [
                (-s * 0.62, -s * 0.2),
                (-s * 0.2, -s * 0.14),
                (s * 0.3, -s * 0.13),
                (s * 0.6, -s * 0.26),
                (s * 0.2, -s * 0.04),
                (-s * 0.3, -s * 0.05),
            ]
        )
        paper(c, inner, "#37513f", "#22382f", shadow=0)
        hull = smooth(
            [
                (-s * 0.66, -s * 0.24),
                (-s * 0.34, -s * 0.1),
                (s * 0.1, -s * 0.08),
                (s * 0.5, -s * 0.16),
                (s * 0.72, -s * 0.36),
                (s * 0.56, -s * 0.05),
                (s * 0.3, s * 0.05),
                (-s * 0.3, s * 0.05),
                (-s * 0.52, -s * 0.03),
            ]
        )
        paper(c, hull, "#8fa05a", "#3a5348", shadow=0, rim=CREAM, rim_alpha=0.5, rim_width=max(2.5, s * 0.03))
        with inside(c, hull):
            for k in range(9):
                c.drawLine(
                    -s * 0.5 + k * s * 0.13,
                    s * 0.06,
                    -s * 0.6 + k * s * 0.14,
                    -s * 0.3,
                    ink(CREAM, 0.22, stroke=max(1, s * 0.009)),
                )
        if lamp:
            c.drawLine(s * 0.62, -s * 0.3, s * 0.72, -s * 0.52, ink("#5a4238", stroke=max(1.2, s * 0.02)))
            glow(c, s * 0.72, -s * 0.44, s * 0.75, AMBER, 0.7)
            c.drawPath(oval(s * 0.72, -s * 0.44, s * 0.05, s * 0.065), ink("#fff2cc"))


def sea(c: skia.Canvas, water: tuple[float, float], stops: tuple[str, str, str]) -> None:
    surface = band(40, water, (HEIGHT + 40, HEIGHT + 40))
    paint = ink(stops[0])
    paint.setShader(linear((0, water[0]), (0, HEIGHT), [(0, stops[0], 1), (0.4, stops[1], 1), (1, stops[2], 1)]))
    c.drawPath(surface, paint)


def jetty(c: skia.Canvas, rng: Random, far: float, half_far: float, half_near: float, x: float = 800) -> None:
    """Ice-cream sticks laid across two twigs, running out over the water on matchstick piles."""

    def half(y: float) -> float:
        return half_far + (half_near - half_far) * (y - far) / (HEIGHT - far)

    shade(
        c,
        polygon(
            (x - half_far - 6, far + 26),
            (x + half_far + 6, far + 26),
            (x + half_near + 80, HEIGHT + 30),
            (x - half_near - 80, HEIGHT + 30),
        ),
        0.55,
        16,
    )
    y = far
    while y < HEIGHT + 20:
        tall = 13 + (y - far) * 0.155
        tone = mix("#a5805c", rng.choice([CREAM, PLUM, SLATE, MOSS]), rng.uniform(0.04, 0.2))
        over = rng.uniform(-0.03, 0.05) * half(y)
        top, foot, end = half(y) + over, half(y + tall) + over, rng.uniform(-0.02, 0.04) * half(y)
        plank = polygon(
            (x - top, y), (x + top + end, y), (x + foot + end, y + tall * 0.95), (x - foot, y + tall * 0.95)
        )
        paper(
            c,
            plank,
            mix(tone, CREAM, 0.12),
            mix(tone, NIGHT, 0.38),
            shadow=0.55,
            drop=(0, tall * 0.16),
            rim="#ffd9a0",
            rim_alpha=0.5,
            rim_width=4,
        )
        strokes(c, plank, rng, [CREAM, NIGHT], count=16, length=half(y) * 0.7, thick=tall * 0.16, alpha=0.13)
        for side in (-0.82, 0.82):
            c.drawCircle(x + side * half(y), y + tall * 0.45, tall * 0.07 + 1, ink(NIGHT, 0.6))
        y += tall
    spots = [(far + 6, 1.0), (far + 92, 1.0), (far + 235, 1.0)]
    for side in (-1, 1):
        heads = []
        for py, _ in spots:
            w, tall = 9 + (py - far) * 0.07, 92 + (py - far) * 0.5
            px = x + side * (half(py) + w * 0.7)
            paper(
                c,
                polygon(
                    (px - w, py + tall * 0.3),
                    (px + w, py + tall * 0.3),
                    (px + w * 0.9, py - tall),
                    (px - w * 0.9, py - tall),
                ),
                "#c9a070",
                mix("#6b5038", NIGHT, 0.45),
                across=True,
                rim="#ffd9a0",
                rim_from="right" if side < 0 else "left",
            )
            paper(
                c,
                smooth(
                    [
                        (px - w * 1.25, py - tall + w * 1.6),
                        (px - w, py - tall - w),
                        (px, py - tall - w * 1.8),
                        (px + w, py - tall - w),
                        (px + w * 1.25, py - tall + w * 1.6),
                    ]
                ),
                "#9a4238",
                "#4a2030",
                rim=AMBER,
            )
            heads.append((px, py - tall + w * 3))
        for a, b in itertools.pairwise(heads):
            rope = skia.Path()
            rope.moveTo(*a)
            rope.quadTo((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 60, *b)
            c.drawPath(rope, ink(NIGHT, 0.5, stroke=7))
            c.drawPath(rope, ink("#c2a680", stroke=4.5))


def backdrop(c: skia.Canvas, rng: Random, horizon: float) -> None:
    sky(c, DUSK, horizon + 90)
    stars(c, rng, (0, 0, WIDTH, horizon * 0.5), 60)
    for x, y, w in ((180, horizon - 60, 420), (900, horizon - 110, 480)):
        cloud(c, rng, x, y, w, 30, "#dcaa9c", "#8f8aa4", 0.55)
    with layer(c, blur=2.5):
        for x, w, h in ((60, 420, 200), (420, 320, 130), (1180, 360, 150), (1540, 400, 240)):
            foliage(c, rng, x - w / 2, x + w / 2, horizon + 30, h, 44, MOSS, sheets=2, tone=air("#8d8aa4", 0.62))
    haze(c, horizon - 90, horizon + 70, "#e6b898", 0.45, 0.6)


def far_shore(c: skia.Canvas, rim: tuple[float, float], water: tuple[float, float]) -> None:
    staves(c, Random(612), rim, water)
    bulbs(c, (90, rim[1] - 40), (560, rim[0] + 10), 34, 14, (8, 5))
    bulbs(c, (560, rim[0] + 10), (1040, rim[0] + 8), 30, 16, (5, 5))
    bulbs(c, (1040, rim[0] + 8), (1510, rim[1] - 40), 34, 14, (5, 8))


def spout(c: skia.Canvas, rng: Random, x: float, bottom: float, w: float) -> None:
    """The gutter's downpipe over the harbour, its drop about to fall."""
    paper(
        c,
        box(x - w / 2, -60, w, bottom + 20, 4),
        "#6f86a0",
        "#2c3a58",
        across=True,
        drop=(10, 6),
        rim="#f0c590",
        rim_from="left",
    )
    paper(c, box(x - w * 0.58, bottom - 70, w * 1.16, 34, 6), "#8198b0", "#39486a", across=True)
    paper(c, oval(x, bottom - 40, w * 0.5, w * 0.14), "#18223a", "#0e1426", shadow=0)
    c.drawPath(
        smooth(
            [
                (x, bottom - 30),
                (x + w * 0.13, bottom + w * 0.22),
                (x, bottom + w * 0.36),
                (x - w * 0.13, bottom + w * 0.22),
            ]
        ),
        ink("#b9d4e6", 0.85),
    )
    c.drawCircle(x - w * 0.04, bottom + w * 0.18, w * 0.035, ink("#ffffff", 0.9))


def wide(c: skia.Canvas) -> None:
    rng, rim, water = Random(61), (205.0, 60.0), (425.0, 520.0)
    backdrop(c, rng, 215)
    far_shore(c, rim, water)
    haze(c, 250, 520, "#c9a89c", 0.30, 0.65)
    sea(c, water, ("#a08a8c", "#4a6288", "#2a4064"))
    surface = band(40, water, (HEIGHT + 40, HEIGHT + 40))
    with inside(c, surface), layer(c, blur=4, alpha=0.42):  # the wall, upside down in the water
        c.translate(0, 2 * water[0] + 6)
        c.scale(1, -1)
        staves(c, Random(612), (rim[0] - 40, rim[1] - 160), (water[0], water[1] - 190))
    for x, y, r in ((330, 300, 230), (560, 310, 170), (1110, 310, 170), (1330, 300, 230), (800, 235, 520)):
        lit(c, x, y, r, "#b0602c", 0.36)
    with inside(c, surface):
        ripples(c, rng, 440, 900, 300)
        for x, y, length in (
            (330, 470, 200),
            (560, 445, 120),
            (1110, 445, 130),
            (1330, 470, 210),
            (180, 500, 260),
            (1450, 505, 260),
            (720, 436, 90),
            (900, 436, 100),
        ):
            streak(c, rng, x, y, length, 13)
    boat(c, 610, 486, 78, sail="#c98a6a")
    boat(c, 1010, 500, 96, sail=TERRACOTTA, flip=True)
    boat(c, 1300, 606, 190, sail=TERRACOTTA, flip=True)
    boat(c, 262, 640, 210, sail="#d9a06a")
    for x, y, length in ((1163, 620, 150), (413, 655, 150), (941, 505, 70), (666, 490, 60)):
        streak(c, rng, x, y, length, 12)
    for x, y, r in ((500, 560, 36), (1480, 720, 60), (1120, 700, 34)):  # duckweed
        for k in range(5):
            px, py = x + (k - 2) * r * 0.55, y + (k % 2) * r * 0.2
            paper(c, oval(px, py, r * 0.36, r * 0.13), "#8fa05a", "#3f5f4c", drop=(0, 3))
    spout(c, rng, 1440, 190, 74)
    jetty(c, rng, 610, 150, 430)
    glow(c, 800, 700, 420, AMBER, 0.35, squash=0.4)
    lit(c, 660, 640, 260, "#b85c24", 0.4, squash=0.45)
    hanging_jar(c, 616, 492, 18, 50, strength=0.9)
    c.drawLine(640, 500, 600, 494, ink("#5a4238", stroke=6))
    with layer(c, blur=3.5):
        for k in range(6):
            leaf(c, -50, 960 - k * 60, rng.uniform(300, 470), 130, -66 + k * 15, mix(MOSS, NIGHT, 0.62), rim=AMBER)
            leaf(c, 1650, 970 - k * 60, rng.uniform(280, 430), 130, -114 - k * 15, mix(MOSS, NIGHT, 0.65), rim=AMBER)
    motes(c, rng, (150, 160, 1450, 760), 60, AMBER, 3.6)
    vignette(c, 0.5)


def establishing(c: skia.Canvas) -> None:
    """The barrel under its gutter by the shed, masts and lamps just above its rim."""
    rng, horizon = Random(62), 620.0
    sky(c, DUSK, horizon + 60)
    stars(c, rng, (0, 0, WIDTH, 330), 90)
    for x, y, w in ((60, 280, 460), (520, 380, 420)):
        cloud(c, rng, x, y, w, 40, "#d0a09a", "#8f8aa4", 0.55)
    with layer(c, blur=2.5):
        for x, w, h in ((120, 520, 250), (560, 420, 170), (980, 420, 230)):
            foliage(c, rng, x - w / 2, x + w / 2, horizon, h, 52, MOSS, sheets=2, tone=air("#8d8aa4", 0.64))
    haze(c, horizon - 190, horizon + 40, "#e0b49a", 0.5, 0.7)
    shed = box(1060, -20, 560, horizon + 40)
    paper(c, shed, "#5a6484", "#6f5a6a", drop=(-10, 0), rim="#f0c590", rim_from="left")
    for k in range(15):
        y = 20 + k * 44
        c.drawLine(1060, y, 1620, y, ink(NIGHT, 0.45, stroke=4))
        c.drawLine(1060, y + 4, 1620, y + 4, ink(CREAM, 0.12, stroke=2))
    strokes(c, shed, rng, [CREAM, NIGHT, PLUM], count=90, length=300, thick=20, alpha=0.1)
    paper(c, box(1270, 130, 220, 230, 4), "#39324a", shadow=0.5)
    for wx in (0, 1):
        for wy in (0, 1):
            paper(c, box(1284 + wx * 102, 144 + wy * 106, 90, 96), "#ffdf9e", "#e0a050", shadow=0)
    glow(c, 1380, 245, 420, AMBER, 0.55)
    for k, (x, w, h) in enumerate(((300, 520, 110), (740, 420, 90), (1450, 460, 120))):
        foliage(c, rng, x - w / 2, x + w / 2, horizon + 20, h, 38, MOSS, tone=air("#6f809a", 0.35 - 0.1 * (k == 2)))
    cobbles(
        c, rng, horizon + 12, [(900, 760, 240, 0.4), (1380, 700, 260, 0.45)], dark="#2c3440", pale="#5f6878", size=0.1
    )
    x, base = 900.0, 752.0
    paper(c, box(x - 46 + 130, -20, 46, 300, 4), "#6f86a0", "#2c3a58", across=True, drop=(8, 4))
    paper(c, polygon((x + 84, 270), (x + 130, 270), (x + 60, 372), (x + 14, 372)), "#6f86a0", "#2c3a58", across=True)
    for k, w in enumerate((170, 176)):
        paper(
            c,
            box(x - w, base - 10 + k * 22, w * 2, 24, 3),
            mix(TERRACOTTA, PLUM, 0.3),
            mix(PLUM, NIGHT, 0.5),
            drop=(0, 8),
        )
    body = smooth(
        [
            (x - 140, base - 320),
            (x - 172, base - 170),
            (x - 142, base - 8),
            (x + 142, base - 8),
            (x + 172, base - 170),
            (x + 140, base - 320),
        ]
    )
    paper(
        c,
        body,
        mix(STAVE, CREAM, 0.2),
        mix(STAVE, NIGHT, 0.7),
        across=True,
        drop=(8, 8),
        rim="#f0c590",
        rim_from="left",
    )
    with inside(c, body):
        for k in range(-6, 7):
            lx = x + 172 * math.sin(k / 6.4 * math.pi / 2)
            c.drawPath(
                smooth(
                    [(x + (lx - x) * 0.82, base - 330), (lx, base - 170), (x + (lx - x) * 0.84, base)], closed=False
                ),
                ink(NIGHT, 0.5, stroke=3),
            )
        strokes(c, body, rng, [CREAM, NIGHT, MOSS], count=60, length=130, thick=12, angle=90, alpha=0.13)
        for y in (base - 292, base - 232, base - 108, base - 44):
            hoop = skia.Path()
            hoop.addPath(smooth([(x - 190, y - 16), (x, y + 8), (x + 190, y - 16)], closed=False))
            c.drawPath(hoop, ink(NIGHT, 0.5, stroke=22))
            c.drawPath(hoop, ink(mix(HOOP, CREAM, 0.15), stroke=16))
            c.drawPath(
                smooth([(x - 190, y - 21), (x, y + 3), (x + 190, y - 21)], closed=False), ink(CREAM, 0.3, stroke=2)
            )
        for wx, wy in ((-60, -180), (50, -176), (-10, -60)):
            c.drawCircle(x + wx, base + wy, 11, ink("#ffd98c"))
            glow(c, x + wx, base + wy, 70, AMBER, 0.6)
    paper(c, oval(x, base - 320, 144, 30), mix(STAVE, CREAM, 0.3), mix(STAVE, NIGHT, 0.4), shadow=0.4)
    paper(c, oval(x, base - 318, 128, 23), "#c99a8c", "#22405c", shadow=0)
    for dx, s, colour in ((-70, 44, TERRACOTTA), (0, 54, "#d9a06a"), (66, 40, "#c98a6a")):
        boat(c, x + dx, base - 314, s, sail=colour, mirrored=False)
    bulbs(c, (x - 140, base - 390), (x + 140, base - 390), 24, 12, (3, 3))
    for side in (-140, 140):
        c.drawLine(x + side, base - 318, x + side, base - 396, ink("#5a4238", stroke=5))
    glow(c, x, base - 340, 300, AMBER, 0.5)
    for k in range(15):  # a ladder of twigs up the staves
        c.drawLine(x - 118 + k * 2, base + 10 - k * 23, x - 84 + k * 2, base + 6 - k * 23, ink("#c9a070", stroke=4))
    c.drawLine(x - 118, base + 14, x - 88, base - 330, ink("#9a7650", stroke=5))
    c.drawLine(x - 84, base + 14, x - 54, base - 330, ink("#9a7650", stroke=5))
    blades(c, rng, 960, 1180, base + 20, 170, ["#33503f", MOSS], 18, shadow=0.15)
    mushroom(c, 690, base + 16, 60, TERRACOTTA, tone=air("#64769a", 0.15))
    with layer(c, blur=3.8):
        blades(c, rng, -60, 360, HEIGHT + 20, 520, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 26, rim=AMBER)
        blades(
            c, rng, 1300, 1660, HEIGHT + 20, 330, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 20, rim=AMBER
        )
    motes(c, rng, (300, 380, 1300, 800), 50, AMBER, 3)
    vignette(c, 0.5)


def low(c: skia.Canvas) -> None:
    rng, rim, water = Random(63), (360.0, 20.0), (765.0, 830.0)
    backdrop(c, rng, 380)
    far_shore(c, rim, water)
    haze(c, 480, 820, "#c9a89c", 0.28, 0.7)
    sea(c, water, ("#8f7f88", "#3d567a", "#16263f"))
    with inside(c, band(40, water, (HEIGHT + 40, HEIGHT + 40))):
        ripples(c, rng, 770, 900, 160)
        for x in (330, 560, 1110, 1330, 760, 930):
            streak(c, rng, x, 785, 110, 15)
    boat(c, 940, 806, 130, sail="#d9a06a", flip=True)
    boat(c, 380, 866, 560, sail=TERRACOTTA)
    boat(c, 1330, 850, 330, sail="#c98a6a", flip=True)
    spout(c, rng, 1130, 230, 120)
    with layer(c, blur=4):
        for k in range(6):
            leaf(c, -50, 40 + k * 34, rng.uniform(300, 420), 130, 70 - k * 16, mix(MOSS, NIGHT, 0.6), rim=AMBER)
            leaf(c, 1650, 40 + k * 40, rng.uniform(280, 420), 130, 110 + k * 15, mix(MOSS, NIGHT, 0.62), rim=AMBER)
    motes(c, rng, (150, 260, 1450, 820), 60, AMBER, 3.6)
    vignette(c, 0.5)


def high(c: skia.Canvas) -> None:
    """From the gutter: the round harbour below, its rim, jetty and boats."""
    rng, x, y = Random(64), 800.0, 440.0
    c.drawPaint(ink("#26344a"))
    strokes(
        c, box(0, 0, WIDTH, HEIGHT), rng, [MOSS, NIGHT, SLATE], count=160, length=260, thick=50, angle=20, alpha=0.16
    )
    for _ in range(90):
        a, r = rng.uniform(0, math.tau), rng.uniform(560, 980)
        leaf(
            c,
            x + math.cos(a) * r,
            y + math.sin(a) * r * 0.75,
            rng.uniform(90, 220),
            80,
            rng.uniform(0, 360),
            mix(mix(MOSS, SLATE, 0.35), NIGHT, rng.uniform(0.1, 0.5)),
            rim=MIST,
        )
    c.drawPath(oval(x + 20, y + 40, 600, 470), ink("#080c18", 0.6, blur=30))
    for k in range(40):  # the staves' ends
        a, b = math.tau * k / 40, math.tau * (k + 0.96) / 40
        tone = mix(STAVE, rng.choice([CREAM, PLUM, SLATE]), rng.uniform(0.05, 0.25))
        ring = [
            (x + math.cos(t) * rx, y + math.sin(t) * ry)
            for t, rx, ry in ((a, 575, 445), (b, 575, 445), (b, 520, 396), (a, 520, 396))
        ]
        paper(
            c, polygon(*ring), mix(tone, CREAM, 0.25), mix(tone, NIGHT, 0.15), drop=(0, 3), rim="#f0c590", rim_alpha=0.5
        )
    for grow, colour, width in ((1.0, NIGHT, 15), (1.004, mix(HOOP, CREAM, 0.25), 10)):
        c.drawPath(oval(x, y, 578 * grow, 448 * grow), ink(colour, stroke=width))
    for k in range(5):  # the inner wall, down to the water
        paper(
            c,
            oval(x, y + 6 + k * 6, 520 - k * 7, 396 - k * 6),
            mix(STAVE, NIGHT, 0.3 + 0.1 * k),
            mix(STAVE, NIGHT, 0.1 + 0.12 * k),
            shadow=0,
        )
    pool = oval(x, y + 36, 486, 366)
    paper(c, pool, "#1c3450", "#6f7f9a", shadow=0)
    with inside(c, pool):
        glow(c, 960, 600, 520, "#e0b0a0", 0.6, squash=0.6)
        for k in range(14):
            c.drawPath(
                oval(1040, 330, 26 + k * 34, (26 + k * 34) * 0.74),
                ink("#c9d8e0", 0.34 * (1 - k / 14), stroke=3.5 - k * 0.15),
            )
        ripples(c, rng, 100, 840, 130)
        shade(c, polygon((690, 860), (930, 860), (890, 540), (740, 540)), 0.5, 14)
        for k in range(9):
            tone = mix("#a5805c", rng.choice([CREAM, PLUM, SLATE]), rng.uniform(0.05, 0.2))
            paper(
                c,
                box(706 - k * 1.5 + rng.uniform(-6, 6), 530 + k * 36, 180 + k * 4, 33, 14),
                mix(tone, CREAM, 0.15),
                mix(tone, NIGHT, 0.3),
                shadow=0.5,
                drop=(0, 6),
                rim=CREAM,
            )
    for bx, by, s, turn, sail in (
        (560, 360, 170, 24, TERRACOTTA),
        (1010, 600, 150, 160, "#d9a06a"),
        (940, 240, 110, -30, "#c98a6a"),
        (520, 600, 120, -70, TERRACOTTA),
    ):
        with placed(c, bx, by, turn=turn):
            c.drawPath(leaf_path(-s * 0.56, s * 0.12, s * 1.2, s * 0.5, 0), ink("#0a1424", 0.6, blur=10))
            leaf(c, -s * 0.6, 0, s * 1.2, s * 0.52, 0, "#7f9450", rim=CREAM, shadow=0)
            paper(c, leaf_path(-s * 0.3, 0, s * 0.66, s * 0.24, 8), mix("#37513f", NIGHT, 0.2), "#22382f", shadow=0)
            paper(
                c,
                smooth([(0, 0), (s * 0.1, -s * 0.4), (s * 0.2, -s * 0.44), (s * 0.14, 0)]),
                mix(sail, CREAM, 0.3),
                mix(sail, PLUM, 0.3),
                drop=(5, 10),
                shadow=0.5,
                rim=CREAM,
            )
            glow(c, s * 0.6, 0, s * 0.8, AMBER, 0.8)
            c.drawCircle(s * 0.6, 0, s * 0.05, ink("#fff2cc"))
    for k in range(22):
        a = math.tau * (k + 0.5) / 22
        px, py = x + math.cos(a) * 546, y + math.sin(a) * 418
        glow(c, px, py, 110, AMBER, 0.55)
        c.drawCircle(px, py, 9, ink("#fff0c8"))
    with layer(c, blur=5):
        for k in range(4):
            leaf(c, 1660, 60 + k * 120, 380, 150, 170 + k * 14, mix(MOSS, NIGHT, 0.55), rim=AMBER)
    vignette(c, 0.55)


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: lamps dissolved in water, one leaf hull's edge near."""
    rng = Random(65)
    sky(c, [(0, "#3d4d74"), (0.3, "#a58f98"), (0.42, "#6b5a66"), (0.5, "#3d4f70"), (1, "#14233a")], HEIGHT)
    with layer(c, blur=13):
        staves(c, Random(612), (-40.0, -200.0), (400.0, 430.0))
        boat(c, 1120, 520, 330, sail=TERRACOTTA, flip=True)
    for _ in range(64):
        x, y, r = rng.uniform(0, WIDTH), rng.uniform(430, 820), rng.uniform(10, 30)
        c.drawPath(
            oval(x, y, r * 1.5, r * 0.6),
            ink(rng.choice([AMBER, CREAM, "#ff9a5a"]), rng.uniform(0.10, 0.36), blur=3, mode="Screen"),
        )
    with layer(c, blur=2):
        ripples(c, rng, 560, 900, 90)
        boat(c, 250, 800, 430, sail="#d9a06a")
        streak(c, rng, 560, 830, 70, 26)
    motes(c, rng, (100, 60, 1500, 700), 40, AMBER, 5)
    vignette(c, 0.45)


def decorations(c: skia.Canvas) -> None:
    rim, water, white = (205.0, 60.0), (425.0, 520.0), ink("#ffffff")
    c.drawPath(band(40, (rim[0] - 14, rim[1] - 14), (rim[0] + 22, rim[1] + 30)), white)
    for share in (0.2, 0.66):
        upper = [r + (w - r) * share for r, w in zip(rim, water, strict=True)]
        c.drawPath(band(40, (upper[0], upper[1]), (upper[0] + 20, upper[1] + 34)), white)
    for side in (-1, 1):  # the jetty's piles and the ropes between them
        for px, top, foot, half in ((158, 500, 640, 12), (246, 540, 745, 18), (380, 600, 900, 28)):
            c.drawRect(skia.Rect.MakeLTRB(800 + side * px - half, top, 800 + side * px + half, foot), white)
        c.drawPath(
            smooth([(800 + side * 158, 545), (800 + side * 200, 602), (800 + side * 250, 610)], closed=False),
            ink("#ffffff", stroke=16),
        )
        c.drawPath(
            smooth([(800 + side * 252, 612), (800 + side * 310, 700), (800 + side * 390, 714)], closed=False),
            ink("#ffffff", stroke=20),
        )
    c.drawPath(box(1396, 0, 88, 150), white)


PLATES = {"wide": wide, "establishing": establishing, "low": low, "high": high, "detail": detail}
