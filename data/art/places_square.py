"""Lantern Square: pot houses around a ring of pebbles, jar lanterns and strings of lights; accent: lamp amber."""

from random import Random

import skia
from places_props import (
    blades,
    bulbs,
    cloud,
    cobbles,
    foliage,
    hanging_jar,
    jar,
    leaf,
    mushroom,
    pot_house,
    stars,
    warm_ground,
)
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
    air,
    box,
    glow,
    haze,
    ink,
    layer,
    mix,
    motes,
    oval,
    paper,
    polygon,
    sky,
    smooth,
    vignette,
)

DUSK = [(0.0, "#1f2a4a"), (0.3, "#41527e"), (0.58, "#8a82a0"), (0.8, "#d6a08e"), (1.0, "#f4c78e")]


def garden_wall(c: skia.Canvas, rng: Random, horizon: float, scale: float = 1.0) -> None:
    """The far planes: a house beyond the wall, trees, the wall itself, bean rows; each paler the farther it is."""
    far, mid, near = air("#7d83a6", 0.8), air("#8f8ea6", 0.6), air("#6a7c98", 0.45)
    with layer(c, blur=2.5):
        x, y, s = 1120, horizon - 60 * scale, 210 * scale
        paper(
            c,
            polygon((x - s, y), (x - s, y - s * 0.7), (x - s * 0.5, y - s * 1.25), (x, y - s * 0.7), (x, y)),
            air("#6a6f96", 0.62)(PLUM),
            air("#8f86a2", 0.7)(SLATE),
            shadow=0,
        )
        paper(c, box(x - s * 0.32, y - s * 1.35, s * 0.13, s * 0.5), air("#6a6f96", 0.62)(PLUM), shadow=0)
        for wx in (-0.72, -0.4):
            c.drawPath(box(x + wx * s, y - s * 0.62, s * 0.14, s * 0.2), ink("#ffdf9e"))
            glow(c, x + wx * s + s * 0.07, y - s * 0.52, s * 0.5, AMBER, 0.45)
        for tx, tw, th in ((60, 420, 300), (420, 360, 230), (1380, 460, 330), (840, 260, 150)):
            foliage(
                c, rng, tx - tw / 2, tx + tw / 2, horizon - 40 * scale, th * scale, 46 * scale, MOSS, sheets=2, tone=far
            )
    wall = box(-20, horizon - 118 * scale, WIDTH + 40, 130 * scale)
    paper(c, wall, mid(TERRACOTTA), mid(PLUM), shadow=0.2, drop=(0, -4))
    for row in range(6):
        for col in range(-1, 28):
            left = col * 62 * scale + (row % 2) * 31 * scale
            if rng.random() < 0.75 and left < WIDTH:
                c.drawPath(
                    box(left, horizon - (112 - row * 20) * scale, 57 * scale, 16 * scale, 3),
                    ink(mid(rng.choice([TERRACOTTA, PLUM, "#c98a6a"])), 0.4),
                )
    paper(c, box(-20, horizon - 130 * scale, WIDTH + 40, 16 * scale), mid("#d8b49a"), mid(TERRACOTTA), shadow=0.2)
    haze(c, horizon - 190 * scale, horizon + 30, "#d9b7a4", 0.42, 0.75)
    for cx in (330, 1290):  # bean poles, tall as towers to the people here
        for dx in (-95, -40, 20, 80):
            c.drawLine(
                cx + dx * scale,
                horizon,
                cx + dx * 0.12 * scale,
                horizon - 330 * scale,
                ink(near("#4a3a34"), stroke=6 * scale),
            )
        for _ in range(70):
            share = rng.random() ** 0.8
            lx = cx + rng.uniform(-100, 90) * (1 - share * 0.85) * scale
            leaf(
                c,
                lx,
                horizon - share * 320 * scale,
                rng.uniform(26, 44) * scale,
                26 * scale,
                rng.uniform(20, 160),
                near(rng.choice([MOSS, "#6f8450", "#4b6350"])),
                veins=0,
                shadow=0.15,
            )
    for fx, fw, fh in ((40, 380, 110), (600, 330, 80), (980, 300, 70), (1560, 420, 130)):
        foliage(c, rng, fx - fw / 2, fx + fw / 2, horizon + 8, fh * scale, 34 * scale, MOSS, tone=near)
    haze(c, horizon - 90 * scale, horizon + 50, "#c9a9a2", 0.36, 0.7)


def houses(c: skia.Canvas, rng: Random, horizon: float) -> None:
    soft, clear = air("#64769a", 0.30), air(INDIGO, 0.08)
    for x, base, w, h in ((520, 26, 120, 128), (1070, 24, 110, 112), (665, 20, 84, 84), (930, 20, 82, 92)):
        pot_house(c, x, horizon + base, w, h, rng, tone=soft)
    pot_house(c, 300, horizon + 88, 270, 300, rng, tone=clear)
    pot_house(c, 1330, horizon + 96, 250, 250, rng, tone=clear, colour="#a8674f")


def fountain(c: skia.Canvas, x: float, base: float, s: float) -> None:
    """The heart of the square: the great jar on a cotton reel."""
    wood = "#a98560"
    c.drawPath(oval(x, base + s * 0.03, s * 0.8, s * 0.13), ink("#0a1020", 0.5, blur=s * 0.06))
    for y, w, h in ((0.0, 0.62, 0.12), (-0.36, 0.62, 0.12)):
        paper(
            c,
            box(x - s * w, base + s * (y - h), s * w * 2, s * h, s * 0.05),
            mix(wood, CREAM, 0.3),
            mix(wood, NIGHT, 0.6),
            across=True,
            drop=(0, 4),
            rim=AMBER,
            rim_alpha=0.6,
        )
        if y == 0:
            paper(
                c,
                box(x - s * 0.42, base - s * 0.37, s * 0.84, s * 0.26),
                mix(TERRACOTTA, CREAM, 0.1),
                mix(PLUM, NIGHT, 0.4),
                across=True,
                shadow=0.4,
            )
            for k in range(9):  # thread wound on the reel
                yy = base - s * (0.13 + k * 0.027)
                c.drawLine(
                    x - s * 0.42,
                    yy,
                    x + s * 0.42,
                    yy + s * 0.012,
                    ink(mix(TERRACOTTA, NIGHT, 0.55), 0.6, stroke=s * 0.008),
                )
    jar(c, x, base - s * 0.47, s * 0.78, s * 0.95, strength=0.95, lid="#8a6a48")


def post(c: skia.Canvas, x: float, base: float, height: float, width: float, flip: bool = False) -> None:
    """A matchstick lamp post, head charred, with a jar on a nail."""
    stick = polygon(
        (x - width / 2, base),
        (x + width / 2, base),
        (x + width * 0.42, base - height),
        (x - width * 0.42, base - height),
    )
    paper(c, stick, "#c9a070", mix("#6b5038", NIGHT, 0.5), across=flip, rim=AMBER, rim_from="right", rim_alpha=0.5)
    head = smooth(
        [
            (x - width * 0.62, base - height + width),
            (x - width * 0.5, base - height - width * 0.9),
            (x, base - height - width * 1.3),
            (x + width * 0.5, base - height - width * 0.9),
            (x + width * 0.62, base - height + width),
        ]
    )
    paper(c, head, "#8a3b34", "#4a2030", rim=AMBER, rim_alpha=0.5)
    side = -1 if flip else 1
    c.drawLine(
        x,
        base - height + width * 2.4,
        x + side * width * 2.6,
        base - height + width * 1.7,
        ink("#3a3038", stroke=width * 0.3),
    )
    hanging_jar(c, x + side * width * 2.5, base - height + width * 1.8, width * 0.9, width * 2.3, strength=0.85)


def foreground(c: skia.Canvas, rng: Random) -> None:
    for side in (0, 1):
        with layer(c, blur=3.2):
            for i in range(7):
                x = 30 + i * 16 if side == 0 else WIDTH - 20 - i * 18
                leaf(
                    c,
                    x,
                    HEIGHT + 60,
                    rng.uniform(300, 560),
                    rng.uniform(110, 170),
                    -90 + (1 - 2 * side) * rng.uniform(-34, 34) - (1 - 2 * side) * 6,
                    mix(rng.choice([MOSS, "#3f5a4c", "#4b6350"]), NIGHT, 0.55),
                    rim=mix(AMBER, TERRACOTTA, 0.3),
                )
            blades(
                c,
                rng,
                -40 + side * 1440,
                200 + side * 1440,
                HEIGHT + 20,
                330,
                [mix(MOSS, NIGHT, 0.7), mix("#4b6350", NIGHT, 0.5)],
                14,
                rim=AMBER,
            )


def wide(c: skia.Canvas) -> None:
    rng, horizon = Random(11), 425.0
    pools = [
        (800, 570, 330, 0.95),
        (300, 525, 190, 0.6),
        (1330, 535, 190, 0.6),
        (170, 780, 260, 0.5),
        (1450, 790, 260, 0.5),
        (520, 462, 90, 0.5),
        (1070, 460, 90, 0.5),
    ]
    sky(c, DUSK, horizon - 80)
    stars(c, rng, (0, 0, WIDTH, 220), 60)
    for x, y, w in ((120, 170, 380), (700, 110, 460), (1250, 210, 330)):
        cloud(c, rng, x, y, w, 34, "#c99a9a", "#8f8aa4", 0.5)
    garden_wall(c, rng, horizon)
    cobbles(c, rng, horizon, pools)
    houses(c, rng, horizon)
    for x, y, n in ((430, 470, 5), (1180, 478, 6)):
        mushroom(c, x, y, 46, TERRACOTTA, tone=air("#64769a", 0.25))
        blades(c, rng, x - 50, x + 60, y + 6, 60, ["#3f5a4c", MOSS], n * 2, shadow=0.1)
    bulbs(c, (388, 214), (801, 190), 40, 14, (5, 5))
    bulbs(c, (801, 190), (1262, 262), 34, 14, (5, 5))
    paper(
        c,
        polygon((790, 470), (808, 470), (806, 96), (796, 96)),
        "#a98560",
        mix("#6b5038", NIGHT, 0.4),
        across=True,
        rim=AMBER,
    )  # the mast the strings hang from
    paper(c, oval(801, 96, 13, 13), "#c9806a", "#6a3040", rim=CREAM)
    fountain(c, 800, 560, 150)
    warm_ground(c, pools)
    bulbs(c, (-30, 60), (801, 104), 110, 15, (17, 7), colours=(CREAM, CREAM, "#ffcf9a"))
    bulbs(c, (801, 104), (1640, 30), 120, 15, (7, 18), colours=(CREAM, "#ffcf9a", CREAM))
    post(c, 165, 800, 560, 26)
    post(c, 1452, 815, 590, 28, flip=True)
    foreground(c, rng)
    motes(c, rng, (100, 120, 1500, 800), 60, AMBER, 4)
    vignette(c, 0.5)


def establishing(c: skia.Canvas) -> None:
    rng, horizon = Random(12), 600.0
    pools = [(800, 668, 170, 0.95), (520, 662, 120, 0.6), (1090, 662, 120, 0.6)]
    sky(c, [(0, "#18213c"), (0.35, "#3a4b78"), (0.62, "#8580a0"), (0.84, "#d6a08e"), (1, "#f4c78e")], horizon - 100)
    stars(c, rng, (0, 0, WIDTH, 360), 110)
    for x, y, w in ((60, 300, 520), (620, 210, 560), (1160, 360, 420), (300, 420, 300)):
        cloud(c, rng, x, y, w, 44, "#c99a9a", "#8f8aa4", 0.55)
    garden_wall(c, rng, horizon, 1.35)
    cobbles(c, rng, horizon, pools, size=0.11)
    soft = air("#64769a", 0.25)
    for x, base, w, h in (
        (420, 26, 96, 104),
        (1180, 26, 92, 88),
        (560, 22, 70, 72),
        (1040, 22, 66, 74),
        (660, 14, 48, 48),
        (955, 14, 46, 50),
    ):
        pot_house(c, x, horizon + base, w, h, rng, tone=soft)
    fountain(c, 800, 668, 62)
    for a, b in (
        ((420, 500), (800, 560)),
        ((800, 560), (1180, 505)),
        ((560, 530), (1040, 532)),
        ((300, 560), (660, 590)),
        ((955, 590), (1290, 560)),
    ):
        bulbs(c, a, b, 22, 15, (2.6, 2.6), shine=0.6)
    glow(c, 800, 600, 520, AMBER, 0.45, squash=0.5)
    warm_ground(c, pools)
    for x, w, h, k in ((150, 560, 250, 0.35), (1480, 560, 270, 0.35)):  # cabbages like hills
        foliage(c, rng, x - w / 2, x + w / 2, 800, h, 90, "#4f6a5c", rim=mix(AMBER, MIST, 0.5), tone=air(INDIGO, k))
    with layer(c, blur=3.5):
        blades(c, rng, -40, 420, HEIGHT + 20, 360, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.55)], 26, rim=AMBER)
        blades(
            c, rng, 1200, 1640, HEIGHT + 20, 430, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.55)], 28, rim=AMBER
        )
    motes(c, rng, (300, 420, 1300, 800), 70, AMBER, 3)
    vignette(c, 0.5)


def low(c: skia.Canvas) -> None:
    rng, horizon = Random(13), 790.0
    sky(c, [(0, "#141c35"), (0.4, "#2f416a"), (0.7, "#7a7a9e"), (0.9, "#d6a08e"), (1, "#f4c78e")], horizon - 60)
    stars(c, rng, (0, 0, WIDTH, 560), 150)
    for x, y, w in ((40, 470, 460), (900, 380, 560), (500, 600, 380)):
        cloud(c, rng, x, y, w, 50, "#b98f9a", "#77799a", 0.5)
    garden_wall(c, rng, horizon, 0.7)
    cobbles(c, rng, horizon + 4, [(800, 850, 420, 0.9)], size=0.3)
    for x, lean, s in ((250, 1, 1.0), (1360, -1, 1.1)):  # houses loom: their walls converge upwards
        c.save()
        c.concat(skia.Matrix.MakeAll(1, lean * 0.16, -lean * 0.16 * 850, 0, 1, 0, 0, 0, 1))
        pot_house(c, x, 860, 400 * s, 560 * s, rng, tone=air(INDIGO, 0.15))
        c.restore()
    for a, b, sag, n, r in (
        ((-30, 120), (860, 40), 120, 12, (22, 12)),
        ((860, 40), (1640, 150), 110, 11, (12, 24)),
        ((380, 330), (1240, 290), 130, 16, (9, 9)),
        ((-20, 330), (400, 300), 50, 8, (13, 9)),
        ((1240, 290), (1640, 350), 50, 8, (9, 14)),
        ((520, 560), (1120, 540), 60, 15, (5, 5)),
    ):
        bulbs(c, a, b, sag, n, r, colours=(CREAM, CREAM, "#ffcf9a"))
    for x, top, drop, w in ((640, 170, 60, 80), (1010, 150, 110, 96), (830, 455, 30, 44)):
        hanging_jar(c, x, top, drop, w, strength=0.85)
    with layer(c, blur=4):
        for side in (0, 1):
            for i in range(5):
                leaf(
                    c,
                    -40 + side * 1680,
                    1030 - i * 60,
                    330,
                    110,
                    -58 + i * 12 if side == 0 else -122 - i * 12,
                    mix(rng.choice([MOSS, "#3f5a4c"]), NIGHT, 0.6),
                    rim=AMBER,
                )
    motes(c, rng, (100, 60, 1500, 860), 70, AMBER, 4)
    vignette(c, 0.55)


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: one jar lantern near, the lights of the square dissolved into discs."""
    rng = Random(14)
    sky(c, [(0, "#1d2743"), (0.45, "#3d4d74"), (0.7, "#8a7f92"), (1, "#4a3f58")], HEIGHT)
    with layer(c, blur=16):
        foliage(c, rng, -100, 700, 660, 330, 90, MOSS, tone=air("#5d6c92", 0.4))
        foliage(c, rng, 950, 1750, 660, 380, 90, MOSS, tone=air("#5d6c92", 0.4))
        pot_house(c, 1220, 720, 420, 440, rng, tone=air(SLATE, 0.25))
        c.drawRect(skia.Rect.MakeLTRB(-50, 690, 1650, 960), ink("#3a3a54"))
        glow(c, 700, 800, 700, AMBER, 0.6, squash=0.4)
    for _i in range(46):
        x, y, r = rng.uniform(0, WIDTH), rng.gauss(300, 120), rng.uniform(14, 40)
        c.drawCircle(
            x, y, r, ink(rng.choice([AMBER, CREAM, "#ff9a5a"]), rng.uniform(0.10, 0.34), blur=2, mode="Screen")
        )
        c.drawCircle(x, y, r, ink(CREAM, 0.12, stroke=2, blur=1.5, mode="Screen"))
    with layer(c, blur=2.0):
        jar(c, 330, 850, 400, 560, strength=0.9, lid="#8a6a48")
    with layer(c, blur=9):
        leaf(c, 1700, 980, 620, 210, -150, mix(MOSS, NIGHT, 0.5), rim=AMBER)
        leaf(c, -60, 980, 420, 170, -40, mix(MOSS, NIGHT, 0.6), rim=AMBER)
    vignette(c, 0.45)


def decorations(c: skia.Canvas) -> None:
    white = ink("#ffffff")
    for path in (
        box(432, 296, 760, 18),
        box(150, 235, 32, 560),
        box(1436, 220, 34, 590),
        box(705, 488, 190, 20),
        box(705, 540, 190, 20),
        polygon((210, 205), (390, 205), (425, 300), (175, 300)),
        polygon((1245, 262), (1412, 262), (1440, 330), (1215, 330)),
        polygon((290, 680), (400, 680), (430, 900), (200, 900)),
        polygon((1190, 680), (1310, 680), (1400, 900), (1160, 900)),
        box(170, 445, 95, 66, 4),
        box(340, 445, 95, 66, 4),
        box(1208, 465, 90, 54, 4),
        box(1362, 465, 90, 54, 4),
    ):
        c.drawPath(path, white)
    for a, b, sag in (((-30, 60), (801, 104), 110), ((801, 104), (1640, 30), 120)):
        path = skia.Path()
        path.moveTo(*a)
        path.quadTo((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + sag * 2, *b)
        c.drawPath(path, ink("#ffffff", stroke=26))
    for x, y, r in (
        (257, 339, 30),
        (340, 327, 30),
        (302, 279, 26),
        (1290, 366, 28),
        (1367, 356, 28),
        (1332, 316, 24),
        (230, 358, 46),
        (1382, 358, 48),
    ):
        c.drawPath(oval(x, y, r, r), ink("#000000"))  # windows and flames


PLATES = {"wide": wide, "establishing": establishing, "low": low, "detail": detail}
