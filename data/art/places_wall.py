"""The Wall's Edge: the garden wall's coping at night, the town far off under a big moon; accent: moon cream."""

import math
from random import Random

import skia
from places_props import blades, cloud, foliage, hanging_jar, leaf, moon, stars
from scenery import (
    AMBER,
    CREAM,
    HEIGHT,
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
    polygon,
    sky,
    smooth,
    strokes,
    turned,
    vignette,
)

MOON, STONE = "#f6e8c4", "#5d6a84"
NIGHT_SKY = [(0.0, "#141d38"), (0.45, "#2a3d66"), (0.75, "#56709a"), (0.92, "#9c9fb4"), (1.0, "#d0b0a4")]


def hills(c: skia.Canvas, rng: Random, horizon: float, scale: float = 1.0) -> None:
    """Three ranges between here and the sky, each nearer one darker, with mist in the valleys."""
    for k, (rise, colour) in enumerate(((96, "#7f92b0"), (58, "#5f7698"), (26, "#455a80"))):
        ridge = [
            (x, horizon - (rise + 36 * math.sin(x / 260 + k * 2.1) + 16 * math.sin(x / 90 + k)) * scale)
            for x in range(-60, 1720, 60)
        ]
        path = smooth([(-60, HEIGHT), *ridge, (1720, HEIGHT)])
        paper(c, path, colour, mix(colour, "#b9b4c0", 0.5), shadow=0.15, drop=(0, -3), rim=MOON, rim_alpha=0.3)
        strokes(c, path, rng, [CREAM, NIGHT], count=20, length=300, thick=22, alpha=0.06)
        haze(c, horizon - rise * scale, horizon + 50, "#c3bcc8", 0.32, 0.6)


def town(c: skia.Canvas, rng: Random, horizon: float, left: float, right: float, scale: float = 1.0) -> None:
    """Roofs and a steeple in the valley, and their hundred windows."""
    for row, colour in enumerate(("#6a7c9c", "#4f6286", "#3a4c72")):
        base = horizon + 4 + row * 14 * scale
        x = left + rng.uniform(0, 30)
        while x < right:
            w, h = rng.uniform(26, 58) * scale, rng.uniform(20, 52) * scale * (0.8 + 0.2 * row)
            house = polygon(
                (x, base + 30), (x, base - h), (x + w * 0.5, base - h - w * 0.42), (x + w, base - h), (x + w, base + 30)
            )
            paper(c, house, colour, mix(colour, "#b8a8b4", 0.3), shadow=0.15, drop=(0, -2))
            if rng.random() < 0.5:
                c.drawRect(skia.Rect.MakeXYWH(x + w * 0.68, base - h - w * 0.4, w * 0.12, w * 0.35), ink(colour))
            for _ in range(rng.choice((1, 2, 3, 4))):
                wx, wy, r = (
                    x + w * rng.uniform(0.15, 0.8),
                    base - h * rng.uniform(0.1, 0.9),
                    rng.uniform(1.8, 3.4) * scale,
                )
                c.drawRect(skia.Rect.MakeXYWH(wx, wy, r * 1.3, r * 1.8), ink(rng.choice(["#ffd98c", "#ffc060", CREAM])))
                glow(c, wx + r * 0.6, wy + r, r * 9, AMBER, 0.42)
            x += w * rng.uniform(0.75, 1.25)
        if row == 0:
            sx, tall = left + (right - left) * 0.36, 150 * scale
            spire = polygon(
                (sx - 15 * scale, base),
                (sx - 15 * scale, base - tall * 0.55),
                (sx, base - tall * 1.15),
                (sx + 15 * scale, base - tall * 0.55),
                (sx + 15 * scale, base),
            )
            paper(c, spire, "#5f7294", "#8f90a8", shadow=0.15)
            c.drawCircle(sx, base - tall * 0.48, 6 * scale, ink("#ffe0a0"))
            glow(c, sx, base - tall * 0.48, 44 * scale, AMBER, 0.6)
    haze(c, horizon - 40 * scale, horizon + 70 * scale, "#e0b48c", 0.28, 0.55)


def coping(c: skia.Canvas, rng: Random, vanish: Point, far: float, left: float, right: float, edge: float) -> None:
    """The top of the wall: flat stones towards the vanishing point; `edge` is how far its faces fall away."""
    reach = (far - vanish[1]) / (HEIGHT - vanish[1])

    def at(x: float, share: float) -> Point:
        """The point on the line from foot x to the vanishing point, share 0 at the foot and 1 at the far end."""
        k = reach**share
        return vanish[0] + (x - vanish[0]) * k, vanish[1] + (HEIGHT - vanish[1]) * k

    rows, columns = 9, 5
    paper(
        c,
        polygon(at(left, 1), at(right, 1), at(right, -0.15), at(left, -0.15)),
        "#5a6884",
        "#2a3450",
        shadow=0.6,
        drop=(0, 6),
    )
    for i in reversed(range(-1, rows)):
        for j in range(columns):
            off = (right - left) / columns * (0.0, 0.5, 0.22)[i % 3]  # the joints of one row never meet the next row's
            a, b = (
                left + (right - left) * j / columns + (off if j else 0),
                left + (right - left) * (j + 1) / columns + (off if j < columns - 1 else 0),
            )
            s0, s1 = (i + 0.03) / rows, (i + 0.97) / rows
            gap = (right - left) * 0.003
            tone = mix(STONE, rng.choice([PLUM, MOSS, MIST, TERRACOTTA, SLATE]), rng.uniform(0.08, 0.28))
            depth = i / rows
            tone = mix(mix(tone, NIGHT, 0.42 * (1 - depth)), "#a9b4c6", 0.3 * depth)
            a, b, step = a + gap, b - gap, (s1 - s0) * 0.14
            slab = smooth(
                [
                    at(a, s0 + step),
                    at(a + gap * 2, s0),
                    at((a + b) / 2, s0 - 0.002),
                    at(b - gap * 2, s0),
                    at(b, s0 + step),
                    at(b, s1 - step),
                    at(b - gap * 2, s1),
                    at(a + gap * 2, s1),
                    at(a, s1 - step),
                ]
            )
            paper(
                c,
                slab,
                mix(tone, MOON, 0.22),
                mix(tone, NIGHT, 0.25),
                shadow=0.4,
                drop=(0, 3),
                rim=MOON,
                rim_alpha=0.4,
                rim_width=5,
            )
            strokes(
                c,
                slab,
                rng,
                [CREAM, NIGHT, MOSS],
                count=12,
                length=150 * (1 - depth * 0.8),
                thick=22 * (1 - depth * 0.8),
                alpha=0.11,
            )
    for x, out in ((left, -1), (right, 1)):  # the wall's face falls away into the dark
        face = polygon(
            at(x, 1),
            at(x, -0.15),
            (at(x, -0.15)[0] + out * edge * 2, HEIGHT + 200),
            (at(x, 1)[0] + out * edge * 0.3, far + edge * 0.5),
        )
        paper(c, face, "#2c3552", "#121a2e", shadow=0)


def cushion(c: skia.Canvas, rng: Random, x: float, base: float, w: float, colour: str = MOSS, rim: str = MOON) -> None:
    """A cushion of moss with its spore stalks."""
    h = w * 0.42
    c.drawPath(oval(x, base, w * 0.56, w * 0.07), ink("#0a1020", 0.5, blur=w * 0.04 + 1))
    for _k in range(9):
        sx = x + rng.uniform(-0.4, 0.4) * w
        tip = (sx + rng.uniform(-8, 8), base - h - rng.uniform(0.1, 0.34) * w)
        c.drawLine(sx, base - h * 0.7, *tip, ink(mix(TERRACOTTA, colour, 0.5), stroke=max(1, w * 0.012)))
        c.drawPath(oval(*tip, w * 0.018, w * 0.035), ink("#c98a5a"))
    for share in (1.0, 0.8, 0.58):
        body = smooth(
            [
                (x - w * 0.5 * share, base),
                (x - w * 0.42 * share, base - h * 0.6 * share),
                (x - w * 0.1, base - h * share * rng.uniform(0.9, 1.1)),
                (x + w * 0.28 * share, base - h * 0.85 * share),
                (x + w * 0.5 * share, base),
            ]
        )
        tone = mix(colour, NIGHT, 0.5 - 0.3 * (1 - share))
        paper(
            c,
            body,
            mix(tone, MOON, 0.16),
            mix(tone, NIGHT, 0.4),
            shadow=0,
            rim=rim if share == 1.0 else None,
            rim_alpha=0.5,
            rim_width=max(3, w * 0.03),
        )
        strokes(
            c,
            body,
            rng,
            [mix(colour, CREAM, 0.45), mix(colour, MOON, 0.25), NIGHT],
            count=70,
            length=w * 0.1,
            thick=w * 0.03,
            angle=-80,
            alpha=0.34,
        )


def ivy(
    c: skia.Canvas,
    rng: Random,
    x: float,
    y: float,
    length: float,
    size: float,
    angle: float,
    colour: str,
    rim: str | None = MOON,
) -> None:
    at, heading = (x, y), angle
    for _ in range(int(length / (size * 0.5))):
        nxt = turned(*at, size * 0.5, heading)
        c.drawLine(*at, *nxt, ink(mix(colour, NIGHT, 0.5), stroke=max(2, size * 0.07)))
        turn = rng.uniform(-150, -20) if rng.random() < 0.5 else rng.uniform(20, 150)
        for spread in (-46, 46, 0):  # three lobes make an ivy leaf
            leaf(
                c,
                *at,
                size * (0.72 if spread else 1.0),
                size * 0.5,
                heading + turn + spread,
                mix(colour, rng.choice([NIGHT, CREAM]), rng.uniform(0, 0.15)),
                veins=0,
                shadow=0.25,
                rim=rim,
            )
        at, heading = nxt, heading + rng.uniform(-20, 20)


def night(c: skia.Canvas, rng: Random, horizon: float, moon_at: Point, r: float, scale: float = 1.0) -> None:
    sky(c, NIGHT_SKY, horizon + 20)
    stars(c, rng, (0, 0, WIDTH, horizon - 120), int(170 * scale))
    moon(c, *moon_at, r)
    for k in range(5):
        x, y, w = rng.uniform(-100, 1300), moon_at[1] + r * (-0.5 + 0.55 * k), rng.uniform(320, 620)
        if y < horizon - 60:
            cloud(c, rng, x, y, w, 26 + 5 * k, mix(MOON, "#8f9cba", 0.45), "#5f7298", 0.55)
    hills(c, rng, horizon, scale)


def wide(c: skia.Canvas) -> None:
    rng, horizon = Random(51), 415.0
    night(c, rng, horizon, (1065, 185), 128)
    town(c, rng, horizon, 160, 1340)
    foliage(c, rng, -80, 420, 520, 110, 40, "#4f6f76", tone=air("#5f7698", 0.35), rim=MOON)
    foliage(c, rng, 1120, 1700, 530, 130, 42, "#4f6f76", tone=air("#5f7698", 0.3), rim=MOON)
    foliage(c, rng, 320, 1240, 540, 60, 30, "#4f6f76", tone=air("#5f7698", 0.4), rim=MOON)
    haze(c, 430, 560, "#a9b4c8", 0.45, 0.5)
    deep = ink(NIGHT)
    deep.setShader(linear((0, 500), (0, 760), [(0, "#7f8fae", 0), (0.25, "#4a5c80", 1), (1, "#1c2642", 1)]))
    c.drawRect(skia.Rect.MakeLTRB(0, 500, WIDTH, HEIGHT), deep)
    for left, right in ((-120, 470), (1180, 1720)):  # the garden far below, treetops in the dark
        foliage(c, rng, left, right, 640, 120, 46, "#3f5c68", tone=air("#44587e", 0.35), rim=MOON)
    haze(c, 500, 640, "#8f9fc0", 0.30)
    coping(c, rng, (840, 400), 516, -560, 2160, 160)
    glow(c, 1000, 620, 560, MOON, 0.30, squash=0.34)
    for x, y, w in (
        (500, 548, 90),
        (1200, 552, 76),
        (330, 668, 190),
        (1390, 668, 150),
        (640, 528, 40),
        (1060, 530, 46),
    ):
        cushion(c, rng, x, y, w)
    for x, y in ((430, 560), (1260, 575), (1430, 690)):
        blades(c, rng, x - 40, x + 40, y, 120, ["#3a5550", MOSS], 9, rim=MOON, shadow=0.15)
    snail_shell(c, 1310, 640, 62)
    # a nail in the wall's last stone, and a lantern on it: someone comes here often
    paper(
        c,
        polygon((300, 640), (318, 640), (316, 330), (302, 330)),
        "#8b93a4",
        "#39435c",
        across=True,
        rim=MOON,
        rim_from="right",
    )
    paper(c, oval(309, 330, 26, 8), "#b9c0cc", "#5a6478")
    c.drawLine(309, 344, 372, 352, ink("#39435c", stroke=6))
    hanging_jar(c, 370, 352, 22, 62, strength=0.85)
    lit(c, 372, 450, 300, "#b85c24", 0.45)
    lit(c, 390, 650, 260, "#b85c24", 0.5, squash=0.34)
    with layer(c, blur=3.2):
        ivy(c, rng, -30, 980, 900, 120, -74, mix("#4b6a58", NIGHT, 0.5))
        ivy(c, rng, -40, 640, 520, 100, -50, mix("#4b6a58", NIGHT, 0.55))
        ivy(c, rng, 1640, 960, 620, 120, -112, mix("#4b6a58", NIGHT, 0.55))
        ivy(c, rng, 1500, -40, 300, 90, 110, mix("#4b6a58", NIGHT, 0.6))
    motes(c, rng, (200, 300, 1400, 800), 34, "#e8f0c0", 3.4)
    vignette(c, 0.5)


def snail_shell(c: skia.Canvas, x: float, base: float, r: float) -> None:
    """An old shell left on the coping, moonlit."""
    c.drawPath(oval(x, base, r * 1.1, r * 0.16), ink("#0a1020", 0.55, blur=r * 0.08))
    paper(c, oval(x, base - r * 0.85, r, r * 0.88), "#d9bfa0", "#6a5a68", rim=MOON, rim_alpha=0.9)
    turns = [
        (x + math.cos(a) * r * 0.8 * (1 - a / 16), base - r * 0.85 + math.sin(a) * r * 0.72 * (1 - a / 16))
        for a in (k * 0.4 for k in range(36))
    ]
    c.drawPath(smooth(turns, closed=False), ink("#6a4a4c", 0.75, stroke=r * 0.07))
    lip = smooth(
        [(x + r * 0.5, base - r * 0.5), (x + r * 1.2, base - r * 0.2), (x + r * 1.25, base), (x + r * 0.3, base)]
    )
    paper(c, lip, "#e8d4b4", "#7a6670", rim=MOON)


def establishing(c: skia.Canvas) -> None:
    rng, horizon = Random(52), 600.0
    night(c, rng, horizon, (1130, 250), 170, 1.25)
    town(c, rng, horizon, 40, 1100, 1.15)
    haze(c, 560, 720, "#a9b4c8", 0.5, 0.5)
    # the wall runs off to the right, seen from the pear tree: lit stones on top, brick face below
    face = polygon((-20, 735), (1620, 648), (1620, 920), (-20, 920))
    paper(c, face, "#4f4a66", "#1a2038", shadow=0.6, drop=(0, -6))
    with inside(c, face):
        for row in range(14):
            for col in range(30):
                x, y = col * 64 + (row % 2) * 32 - 40, 668 + row * 22 + 70 - col * 3.6
                c.drawPath(
                    box(x, y, 58, 17, 3), ink(rng.choice([TERRACOTTA, PLUM, SLATE, "#8a5a58"]), rng.uniform(0.12, 0.4))
                )
        glow(c, 380, 760, 300, AMBER, 0.4)
    cap = polygon((-20, 712), (1620, 630), (1620, 662), (-20, 752))
    paper(c, cap, "#aab4c6", "#4a5878", drop=(0, 9), shadow=0.6, rim=MOON, rim_alpha=0.9)
    for k in range(16):
        x = -20 + k * 110
        c.drawLine(x, 712 - (x + 20) * 0.05, x + 4, 752 - (x + 20) * 0.0549, ink(NIGHT, 0.5, stroke=3))
    for x, w in ((200, 70), (560, 50), (900, 80), (1250, 60)):
        cushion(c, rng, x, 714 - (x + 20) * 0.05 + 10, w)
    hanging_jar(c, 396, 610, 14, 30, strength=0.9)
    c.drawLine(372, 705, 372, 604, ink("#8b93a4", stroke=5))
    c.drawLine(372, 612, 398, 612, ink("#8b93a4", stroke=4))
    lit(c, 390, 690, 190, "#b85c24", 0.5)
    ivy(c, rng, 60, 930, 300, 50, -80, mix("#4b6a58", NIGHT, 0.3))
    ivy(c, rng, 1080, 940, 260, 46, -100, mix("#4b6a58", NIGHT, 0.3))
    with layer(c, blur=4):
        for k in range(9):  # a pear branch above the viewer
            leaf(
                c,
                -30 + k * 60,
                30 + 14 * math.sin(k),
                200,
                84,
                30 + 22 * math.sin(k * 1.7) + k * 5,
                mix("#4b6a58", NIGHT, 0.6),
                rim=MOON,
            )
        ivy(c, rng, 1640, 960, 560, 120, -110, mix("#4b6a58", NIGHT, 0.6))
    motes(c, rng, (100, 480, 1500, 860), 34, "#e8f0c0", 3)
    vignette(c, 0.5)


def low(c: skia.Canvas) -> None:
    rng, horizon = Random(53), 765.0
    night(c, rng, horizon, (880, 330), 235, 0.9)
    town(c, rng, horizon, 240, 1420, 0.8)
    haze(c, 720, 830, "#a9b4c8", 0.5, 0.5)
    coping(c, rng, (840, 752), 812, -200, 1850, 60)
    for x, y, w in ((300, 852, 190), (1290, 850, 160), (520, 824, 70)):
        cushion(c, rng, x, y, w)
    blades(c, rng, 180, 330, 870, 430, ["#3a5550", MOSS], 12, rim=MOON, lean=0.1)
    blades(c, rng, 1240, 1400, 870, 380, ["#3a5550", MOSS], 11, rim=MOON, lean=-0.1)
    with layer(c, blur=3.5):
        ivy(c, rng, -30, 960, 1150, 130, -76, mix("#4b6a58", NIGHT, 0.55))
        ivy(c, rng, 1640, 940, 1100, 130, -104, mix("#4b6a58", NIGHT, 0.55))
    motes(c, rng, (200, 200, 1400, 860), 44, "#e8f0c0", 3.4)
    vignette(c, 0.5)


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: the town as discs of light, the moon's edge, one moss cushion near."""
    rng = Random(54)
    sky(c, [(0, "#1a2646"), (0.5, "#4a6390"), (0.72, "#a9a4b4"), (1, "#39486a")], HEIGHT)
    with layer(c, blur=10):
        moon(c, 1240, 220, 190)
        hills(c, rng, 620, 1.5)
    for _ in range(80):
        x, y, r = rng.uniform(0, WIDTH), rng.gauss(600, 46), rng.uniform(12, 34)
        c.drawCircle(
            x, y, r, ink(rng.choice([AMBER, AMBER, "#ff8a4a"]), rng.uniform(0.2, 0.6), blur=1.8, mode="Screen")
        )
        c.drawCircle(x, y, r, ink(CREAM, 0.16, stroke=2, blur=1.2, mode="Screen"))
    with layer(c, blur=6):
        paper(
            c, polygon((-20, 760), (1620, 730), (1620, 920), (-20, 920)), "#8f9cb4", "#2a3450", rim=MOON, rim_alpha=0.8
        )
    with layer(c, blur=2):
        cushion(c, rng, 300, 850, 460)
        blades(c, rng, 80, 260, 860, 420, ["#3a5550", MOSS], 9, rim=MOON)
    vignette(c, 0.4)


def decorations(c: skia.Canvas) -> None:
    white = ink("#ffffff")
    for path in (
        polygon((60, 900), (560, 530), (640, 530), (330, 900)),
        polygon((1490, 900), (1440, 800), (1330, 700), (1120, 530), (1040, 530), (1350, 900)),
        box(296, 330, 28, 310),
        box(300, 340, 80, 18),
    ):
        c.drawPath(path, white)


PLATES = {"wide": wide, "establishing": establishing, "low": low, "detail": detail}
