"""The Post Office, inside a tipped watering can: round brass wall, rose holes as a window; accent: sealing-wax red."""

import math
from collections.abc import Callable
from random import Random

import skia
from places_props import blades, cloud, cobbles, foliage, hanging_jar, jar, mushroom, stars
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
    shaft,
    sky,
    smooth,
    strokes,
    vignette,
)

BRASS, WOOD, WAX = "#c28448", "#a4764e", "#c0402f"
DUSK = [(0, "#1d2743"), (0.35, "#3d4d74"), (0.6, "#8a8098"), (0.74, "#dca988"), (1, "#f0c590")]


def barrel(c: skia.Canvas, rng: Random, x: float, y: float, inner: float, outer: float) -> None:
    """The round wall seen along its axis: hoops of beaten brass from the nearest inwards, each with its seam."""
    count = 9
    for i in range(count):
        share = i / (count - 1)
        r = outer * (inner / outer) ** share
        ring = oval(x, y, r * 1.06, r)
        body = ink(BRASS)
        near = mix(mix(BRASS, PLUM, 0.55), NIGHT, 0.45 * (1 - share))
        warm = mix(mix(BRASS, PLUM, 0.25), NIGHT, 0.25 * (1 - share))
        body.setShader(
            linear(
                (x - r, y - r),
                (x + r * 0.7, y + r),
                [(0, mix(near, SLATE, 0.3), 1), (0.35, warm, 1), (0.6, mix(warm, CREAM, 0.16), 1), (1, near, 1)],
            )
        )
        c.drawPath(ring, ink("#0d1222", 0.6, blur=r * 0.03))
        c.drawPath(ring, body)
        strokes(
            c,
            ring,
            rng,
            [CREAM, NIGHT, "#e0a860", "#5e7a72"],
            count=34,
            length=r * 0.5,
            thick=r * 0.07,
            angle=rng.uniform(-50, 50),
            alpha=0.06,
        )
        c.drawPath(ring, ink(mix(BRASS, CREAM, 0.4), 0.35, stroke=max(2, r * 0.008)))
        if i in (2, 6):
            for k in range(64):
                a = k * math.tau / 64
                px, py, pr = x + math.cos(a) * r * 1.03, y + math.sin(a) * r * 0.97, r * 0.009
                c.drawCircle(px + pr * 0.4, py + pr * 0.6, pr, ink(NIGHT, 0.6))
                c.drawCircle(px, py, pr, ink(mix(BRASS, CREAM, 0.35)))


def rose(c: skia.Canvas, x: float, y: float, r: float) -> None:
    """The can's rose from within: dusk shows through its holes, paler towards the horizon."""
    c.drawPath(oval(x, y, r * 1.14, r * 1.14), ink("#0d1222", 0.6, blur=r * 0.05))
    paper(c, oval(x, y, r * 1.1, r * 1.1), mix(BRASS, CREAM, 0.2), mix(BRASS, NIGHT, 0.5), rim=CREAM, rim_alpha=0.5)
    paper(c, oval(x, y, r, r), mix(BRASS, NIGHT, 0.55), mix(BRASS, NIGHT, 0.35), shadow=0)
    for ring, count in enumerate((1, 6, 12, 18, 23)):
        for k in range(count):
            a = k * math.tau / count + ring * 0.3
            px, py = x + math.cos(a) * r * 0.21 * ring, y + math.sin(a) * r * 0.21 * ring
            height = (py - y) / r
            colour = mix("#7f9cc0", "#ffd9a8", min(1, max(0, 0.5 + height * 0.7)))
            c.drawCircle(px, py + r * 0.012, r * 0.078, ink(mix(BRASS, NIGHT, 0.75)))
            c.drawCircle(px, py, r * 0.07, ink(mix(colour, "#ffffff", 0.25)))
            glow(c, px, py, r * 0.3, colour, 0.30)
    glow(c, x, y, r * 2.4, "#a9c3dc", 0.35)


def letter(
    c: skia.Canvas, x: float, y: float, w: float, turn: float, colour: str = "#efe2c4", seal: str | None = WAX
) -> None:
    with placed(c, x, y, turn=turn):
        h = w * 0.64
        paper(
            c,
            box(-w / 2, -h / 2, w, h, w * 0.02),
            mix(colour, "#ffffff", 0.1),
            mix(colour, "#8a7460", 0.35),
            shadow=0.4,
            drop=(w * 0.02, w * 0.04),
        )
        fold = ink(mix(colour, "#6d5848", 0.6), 0.6, stroke=max(0.8, w * 0.012))
        c.drawLine(-w * 0.48, -h * 0.46, 0, h * 0.08, fold)
        c.drawLine(w * 0.48, -h * 0.46, 0, h * 0.08, fold)
        if seal:
            c.drawCircle(0, h * 0.06, w * 0.085, ink(seal))
            c.drawCircle(-w * 0.02, h * 0.03, w * 0.03, ink(mix(seal, CREAM, 0.4), 0.7))


def stamp(c: skia.Canvas, x: float, y: float, w: float, turn: float, colour: str) -> None:
    """A postage stamp, as big as a poster to the people here."""
    with placed(c, x, y, turn=turn):
        h, holes = w * 1.25, skia.Path()
        for k in range(9):
            for sx, sy in (
                (-w / 2 + k * w / 8, -h / 2),
                (-w / 2 + k * w / 8, h / 2),
                (-w / 2, -h / 2 + k * h / 8),
                (w / 2, -h / 2 + k * h / 8),
            ):
                holes.addCircle(sx, sy, w * 0.034)
        path = skia.Op(box(-w / 2, -h / 2, w, h), holes, skia.PathOp.kDifference_PathOp)
        paper(c, path, "#efe2c4", "#b9a486", shadow=0.4, drop=(3, 5))
        picture = box(-w * 0.4, -h * 0.41, w * 0.8, h * 0.82)
        paper(c, picture, mix(colour, CREAM, 0.2), mix(colour, NIGHT, 0.3), shadow=0)
        with inside(c, picture):
            c.drawCircle(w * 0.12, -h * 0.12, w * 0.15, ink(CREAM, 0.85))
            c.drawPath(
                smooth(
                    [
                        (-w * 0.6, h * 0.2),
                        (-w * 0.2, h * 0.05),
                        (w * 0.2, h * 0.22),
                        (w * 0.6, h * 0.12),
                        (w * 0.6, h),
                        (-w * 0.6, h),
                    ]
                ),
                ink(mix(colour, NIGHT, 0.5)),
            )


def side(near: float, far: float, high: float, low: float, vanish: Point) -> Callable[[float, float], Point]:
    """Places (depth 0..1, height 0..1) on an upright plane from x `near` to x `far` towards the vanishing point."""
    stretch = (near - vanish[0]) / (far - vanish[0]) - 1

    def at(depth: float, down: float) -> Point:
        scale = 1 / (1 + stretch * depth)
        return vanish[0] + (near - vanish[0]) * scale, vanish[1] + (high + (low - high) * down - vanish[1]) * scale

    return at


def pigeonholes(
    c: skia.Canvas, rng: Random, at: Callable[[float, float], Point], columns: int, rows: int, lamp: float = 0.5
) -> None:
    paper(
        c,
        polygon(at(0, 0), at(1, 0), at(1, 1), at(0, 1)),
        mix(WOOD, NIGHT, 0.45),
        mix(WOOD, CREAM, 0.05),
        across=True,
        drop=(10, 10),
        shadow=0.5,
    )
    for i in reversed(range(columns)):
        for j in range(rows):
            d0, d1, v0, v1 = (i + 0.07) / columns, (i + 0.93) / columns, (j + 0.09) / rows, (j + 0.93) / rows
            a, b, e, f = at(d0, v0), at(d1, v0), at(d1, v1), at(d0, v1)
            hole, w = polygon(a, b, e, f), abs(b[0] - a[0])
            warm = 0.25 + 0.75 * (i / columns)
            paper(
                c, hole, mix("#241f30", "#6b4a36", 0.3 * warm), mix("#3a2c34", "#8a5a38", 0.5 * warm * lamp), shadow=0
            )
            with inside(c, hole):
                tall = abs(f[1] - a[1])
                for _ in range(rng.choice((0, 1, 2, 3, 3))):
                    lx, ly = a[0] + (b[0] - a[0]) * rng.uniform(0.25, 0.75), (f[1] + e[1]) / 2
                    colour = mix(rng.choice(["#efe2c4", "#d9c29c", "#b9c7c8", "#d8a58c"]), NIGHT, 0.42 * (1 - warm))
                    with placed(c, lx, ly - tall * 0.22, turn=rng.uniform(-22, 22)):
                        paper(
                            c,
                            box(-w * 0.3, -tall * 0.25, w * 0.6, tall * 0.7),
                            colour,
                            mix(colour, NIGHT, 0.3),
                            shadow=0.4,
                            drop=(1, 2),
                        )
                c.drawPath(
                    polygon(a, b, (b[0], b[1] + tall * 0.22), (a[0], a[1] + tall * 0.22)),
                    ink(NIGHT, 0.55, blur=tall * 0.06),
                )
            c.drawLine(*f, *e, ink(mix(WOOD, CREAM, 0.5), 0.7 * warm, stroke=max(1.2, w * 0.03)))
            c.drawLine(*b, *e, ink(mix(WOOD, CREAM, 0.35), 0.5 * warm, stroke=max(1.0, w * 0.025)))


def planks(c: skia.Canvas, rng: Random, vanish: Point, far: float, left: float, right: float) -> None:
    """A floor of ice-cream sticks towards the vanishing point; left and right are its edges at the plate's foot."""
    count, reach = 11, (far - vanish[1]) / (HEIGHT - vanish[1])
    for i in range(count):
        a, b = left + (right - left) * i / count, left + (right - left) * (i + 1) / count
        top = [(vanish[0] + (x - vanish[0]) * reach, far) for x in (a, b)]
        foot = [(vanish[0] + (x - vanish[0]) * 1.06, HEIGHT + 30.0) for x in (b, a)]
        tone = mix(WOOD, rng.choice([CREAM, NIGHT, PLUM]), rng.uniform(0.02, 0.16))
        stick = polygon(*top, *foot)
        paper(c, stick, mix(tone, AMBER, 0.12), mix(tone, NIGHT, 0.62), shadow=0)
        strokes(
            c,
            stick,
            rng,
            [CREAM, NIGHT],
            count=16,
            length=260,
            thick=10,
            angle=math.degrees(math.atan2(HEIGHT - vanish[1], (a + b) / 2 - vanish[0])),
            alpha=0.09,
        )
        c.drawLine(*top[0], *foot[1], ink(NIGHT, 0.75, stroke=3))
        c.drawLine(top[0][0] + 2, top[0][1], foot[1][0] + 4, foot[1][1], ink(CREAM, 0.18, stroke=1.4))


def counter(c: skia.Canvas, rng: Random) -> None:
    """A wooden ruler laid on dominoes, along the right wall."""
    vanish = (800.0, 410.0)
    front, back = side(1400, 1085, 590, 863, vanish), side(1760, 1250, 590, 863, vanish)
    shade(
        c,
        polygon(
            front(0, 1),
            front(1, 1),
            (front(1, 1)[0] - 70, front(1, 1)[1] + 8),
            (front(0, 1)[0] - 130, front(0, 1)[1] + 14),
        ),
        0.5,
        16,
    )
    paper(
        c,
        polygon(front(-0.2, 0), front(1, 0), front(1, 1), front(-0.2, 1)),
        mix(PLUM, WOOD, 0.4),
        mix(PLUM, NIGHT, 0.55),
        shadow=0.4,
    )
    for k in range(6):  # the dominoes' faces
        a, b, e, f = (
            front(k / 6 + 0.015, 0.2),
            front((k + 1) / 6 - 0.015, 0.2),
            front((k + 1) / 6 - 0.015, 0.98),
            front(k / 6 + 0.015, 0.98),
        )
        paper(
            c,
            polygon(a, b, e, f),
            mix("#efe2c4", PLUM, 0.35 + 0.1 * (k % 2)),
            mix("#8d7f78", NIGHT, 0.55),
            shadow=0.3,
            drop=(2, 2),
        )
        for dd, dv in rng.sample(
            [(0.3, 0.35), (0.7, 0.35), (0.5, 0.45), (0.3, 0.55), (0.7, 0.55), (0.3, 0.75), (0.7, 0.75), (0.5, 0.85)], 5
        ):
            px, py = front((k + dd) / 6, 0.2 + dv * 0.8)
            c.drawPath(oval(px, py, (a[0] - b[0]) * 0.07, (a[0] - b[0]) * 0.11), ink(NIGHT, 0.8))
        middle = front((k + 0.06) / 6, 0.62), front((k + 0.94) / 6, 0.62)
        c.drawLine(*middle[0], *middle[1], ink(NIGHT, 0.6, stroke=2))
    top = polygon(front(-0.3, 0), front(1, 0), back(1, 0), back(-0.3, 0))
    paper(c, top, "#e8bd7c", "#8a6040", shadow=0.5, drop=(-6, 8), across=True)
    strokes(c, top, rng, [CREAM, NIGHT], count=20, length=240, thick=9, angle=28, alpha=0.14)
    edge = polygon(front(-0.3, 0), front(1, 0), front(1, 0.09), front(-0.3, 0.09))
    paper(c, edge, "#d39a58", "#6b4a3a", shadow=0.4, drop=(0, 4), rim=CREAM, rim_alpha=0.7)
    for k in range(46):
        a, b = front(k / 46 - 0.1, 0), side(1400, 1085, 590, 863, vanish)(k / 46 - 0.1, 0.07 if k % 5 == 0 else 0.04)
        c.drawLine(*a, *b, ink(NIGHT, 0.8, stroke=2.4 - k / 40))
    for k, (x, y) in enumerate(((1228, 534), (1222, 526), (1231, 518))):
        letter(c, x, y, 74, (-4, 6, -10)[k], ("#efe2c4", "#d9c29c", "#e6d6ba")[k])
    jar(c, 1185, 512, 34, 44, light=None, fill="#3d4d8a", fill_to=0.8)
    glow(c, 1340, 560, 150, AMBER, 0.4, squash=0.4)


def mail_line(c: skia.Canvas, rng: Random, start: Point, end: Point, sag: float, count: int, size: float) -> None:
    """Letters pegged on a line to dry their ink."""
    line = skia.Path()
    line.moveTo(*start)
    line.quadTo((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + sag * 2, *end)
    c.drawPath(line, ink("#2a2430", stroke=max(1.5, size * 0.03)))
    for k in range(count):
        share = (k + 0.5) / count
        x, y = (
            start[0] + (end[0] - start[0]) * share,
            start[1] + (end[1] - start[1]) * share + sag * 4 * share * (1 - share),
        )
        letter(
            c,
            x,
            y + size * 0.36,
            size * rng.uniform(0.8, 1.1),
            rng.uniform(-10, 10),
            rng.choice(["#efe2c4", "#d9c29c", "#c9d2cc", "#e0b49a"]),
            rng.choice([WAX, None, WAX, "#4a5f7a"]),
        )
        paper(
            c,
            box(x - size * 0.05, y - size * 0.12, size * 0.1, size * 0.24, 1),
            "#c9a070",
            "#7a5a40",
            shadow=0.3,
            drop=(1, 2),
        )


def wide(c: skia.Canvas) -> None:
    rng, vanish = Random(21), (800.0, 410.0)
    barrel(c, rng, 800, 410, 330, 1100)
    end = oval(800, 410, 348, 328)
    paper(c, end, mix(BRASS, PLUM, 0.45), mix(BRASS, PLUM, 0.2), shadow=0.7, drop=(0, 0), rim=CREAM, rim_alpha=0.35)
    strokes(c, end, rng, [CREAM, NIGHT, "#7f6a8a"], count=50, length=260, thick=40, angle=20, alpha=0.06)
    haze(c, 60, 640, "#a8a4bc", 0.30)
    rose(c, 800, 318, 150)
    planks(c, rng, vanish, 598, -10, 1610)
    shade(c, polygon((480, 585), (1120, 585), (1140, 622), (460, 622)), 0.55, 12)
    stamp(c, 1160, 330, 88, 7, "#5e7a72")
    stamp(c, 1272, 300, 118, -5, WAX)
    stamp(c, 1420, 340, 150, 6, SLATE)
    pigeonholes(c, rng, side(40, 440, 70, 878, vanish), 7, 6)
    counter(c, rng)
    for k, (x, w) in enumerate(((712, 62), (760, 74), (852, 66))):  # parcels waiting by the end wall
        tone = ("#b08a5e", "#9c7650", "#c09a6a")[k]
        paper(
            c, box(x - w / 2, 618 - w * 0.7, w, w * 0.7, 3), mix(tone, CREAM, 0.15), mix(tone, NIGHT, 0.4), drop=(4, 5)
        )
        c.drawLine(x, 618 - w * 0.7, x, 618, ink(WAX, 0.85, stroke=3))
        c.drawLine(x - w / 2, 618 - w * 0.36, x + w / 2, 618 - w * 0.36, ink(WAX, 0.85, stroke=3))
    for k in range(5):  # dusk falls in through the rose
        shaft(
            c,
            ((735 + k * 30, 250 + 22 * (k % 3)), (752 + k * 30, 256 + 22 * (k % 3))),
            ((430 + k * 95, 820), (520 + k * 95, 830)),
            "#c4d8ee",
            0.42,
            10,
        )
    mail_line(c, rng, (330, 120), (1240, 92), 52, 11, 74)
    lit(c, 1010, 300, 460, "#b85c24", 0.42)
    lit(c, 560, 320, 330, "#b85c24", 0.36)
    lit(c, 900, 720, 560, "#b85c24", 0.36, squash=0.32)
    lit(c, 1340, 560, 260, "#b85c24", 0.3)
    jar(c, 1345, 565, 74, 96, strength=0.85, lid="#4c4638")
    hanging_jar(c, 1010, -20, 190, 62, strength=0.9)
    hanging_jar(c, 560, -20, 250, 46, strength=0.8)
    with layer(c, blur=5):
        letter(c, 70, 880, 380, -14, mix("#efe2c4", NIGHT, 0.45))
        letter(c, 1560, 890, 330, 11, mix("#d9c29c", NIGHT, 0.5), seal=None)
    motes(c, rng, (350, 200, 1250, 780), 70, CREAM, 3)
    vignette(c, 0.6)


def establishing(c: skia.Canvas) -> None:
    rng, horizon = Random(22), 590.0
    sky(c, DUSK, horizon + 60)
    stars(c, rng, (0, 0, WIDTH, 330), 90)
    for x, y, w in ((80, 250, 480), (900, 330, 560)):
        cloud(c, rng, x, y, w, 40, "#d0a09a", "#8f8aa4", 0.55)
    far, mid = air("#9a92a8", 0.7), air("#6f809a", 0.45)
    with layer(c, blur=2.5):
        for x, w, h in ((100, 520, 260), (620, 420, 170), (1100, 480, 200), (1520, 440, 300)):
            foliage(c, rng, x - w / 2, x + w / 2, horizon, h, 54, MOSS, sheets=2, tone=far)
    haze(c, horizon - 160, horizon + 40, "#e0b49a", 0.5, 0.7)
    for x, w, h in ((240, 460, 110), (820, 520, 80), (1400, 480, 130)):
        foliage(c, rng, x - w / 2, x + w / 2, horizon + 26, h, 36, MOSS, tone=mid)
    cobbles(c, rng, horizon + 14, [(560, 716, 230, 0.95)], dark="#2c3a3a", pale="#5f6c58", size=0.1)
    can(c, rng, 830, 700, 1.0)
    for x, y, s in ((330, 722, 70), (290, 730, 44), (1190, 716, 54)):
        mushroom(c, x, y, s, TERRACOTTA, tone=air("#64769a", 0.15))
    blades(c, rng, 980, 1330, 724, 170, ["#33503f", MOSS], 26, shadow=0.15)
    lit(c, 560, 716, 330, "#b85c24", 0.5, squash=0.34)
    with layer(c, blur=3.5):
        blades(c, rng, -60, 330, HEIGHT + 20, 520, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 24, rim=AMBER)
        blades(
            c, rng, 1240, 1660, HEIGHT + 20, 460, [mix(MOSS, NIGHT, 0.75), mix("#4b6350", NIGHT, 0.5)], 26, rim=AMBER
        )
    motes(c, rng, (300, 420, 1300, 800), 50, AMBER, 3)
    vignette(c, 0.5)


def can(c: skia.Canvas, rng: Random, x: float, base: float, s: float) -> None:
    """The watering can, fallen on its side in the grass, its mouth to the left and alight."""
    with placed(c, x, base, scale=s, turn=-3):
        c.drawPath(oval(20, 4, 340, 34), ink("#0a1020", 0.6, blur=14))
        spout = smooth([(210, -70), (330, -150), (430, -262), (452, -246), (380, -110), (250, -14)])
        paper(c, spout, mix(BRASS, CREAM, 0.1), mix(BRASS, NIGHT, 0.6))
        with placed(c, 448, -262, turn=40):
            paper(
                c, polygon((-18, 12), (18, 12), (58, -44), (-58, -44)), mix(BRASS, CREAM, 0.2), mix(BRASS, NIGHT, 0.5)
            )
            paper(c, oval(0, -46, 60, 16), mix(BRASS, CREAM, 0.35), mix(BRASS, NIGHT, 0.2), shadow=0)
            for k in range(14):
                c.drawCircle(
                    math.cos(k * 2.4) * 11 * math.sqrt(k), -46 + math.sin(k * 2.4) * 3 * math.sqrt(k), 3, ink("#ffe0a0")
                )
        handle = smooth([(-150, -262), (-40, -350), (110, -340), (190, -250)], closed=False)
        c.drawPath(handle, ink(mix(BRASS, NIGHT, 0.55), stroke=30))
        c.drawPath(handle, ink(mix(BRASS, CREAM, 0.1), stroke=20))
        body = skia.Path()
        body.moveTo(-250, -270)
        body.lineTo(230, -262)
        body.quadTo(300, -130, 230, 0)
        body.lineTo(-250, 6)
        body.close()
        paper(c, body, mix(BRASS, CREAM, 0.12), mix(BRASS, NIGHT, 0.72), drop=(6, 8))
        with inside(c, body):  # beaten metal: bands of sky, glint, brass, shade and the warm ground, along the can
            sheen = ink(BRASS)
            sheen.setShader(
                linear(
                    (0, -272),
                    (0, 8),
                    [
                        (0, "#6f7f98", 1),
                        (0.1, "#c9a870", 1),
                        (0.2, "#fff0c8", 1),
                        (0.28, "#d9a860", 1),
                        (0.5, "#a8743c", 1),
                        (0.74, "#5a3f40", 1),
                        (0.9, "#3a2f40", 1),
                        (1, "#8a5f3c", 1),
                    ],
                )
            )
            c.drawPath(body, sheen)
            strokes(c, body, rng, [CREAM, NIGHT, "#5e8a7a"], count=40, length=70, thick=40, alpha=0.07)
            for k in range(9):  # verdigris runs down from the seams
                c.drawPath(oval(-190 + k * 52, -100 + 30 * math.sin(k * 2.3), 9, 46), ink("#6fa08c", 0.22, blur=8))
        for k in (-170, 150, 206):
            hoop = smooth([(k, -268), (k + 44, -200), (k + 60, -130), (k + 44, -60), (k, 3)], closed=False)
            c.drawPath(hoop, ink(NIGHT, 0.5, stroke=12, blur=2))
            c.drawPath(hoop, ink(mix(BRASS, NIGHT, 0.2), stroke=9))
            c.drawPath(hoop, ink(mix(BRASS, CREAM, 0.6), 0.7, stroke=2.5))
        mouth = oval(-250, -132, 74, 140)
        paper(c, mouth, mix(BRASS, CREAM, 0.4), mix(BRASS, NIGHT, 0.3), rim=CREAM)
        hollow = oval(-250, -132, 62, 126)
        paper(c, hollow, "#8a5a34", "#ffcf80", shadow=0)
        with inside(c, hollow):
            glow(c, -240, -80, 150, CREAM, 0.9)
            for row in range(4):
                for col in range(4):
                    c.drawRect(skia.Rect.MakeXYWH(-258 + col * 16, -210 + row * 24, 13, 19), ink("#5a3a34", 0.8))
            c.drawPath(oval(-250, 6, 70, 30), ink("#d99a58"))
        glow(c, -290, -100, 380, AMBER, 0.6)
        for k, wx in enumerate((-60, 90)):
            c.drawCircle(wx, -150 + 8 * k, 25, ink(mix(BRASS, NIGHT, 0.7)))
            c.drawCircle(wx, -150 + 8 * k, 20, ink("#ffd98c"))
            glow(c, wx, -150 + 8 * k, 90, AMBER, 0.5)
        letter(c, -352, -28, 46, -8)
        c.drawLine(-352, 6, -352, -14, ink("#6b5038", stroke=5))


def low(c: skia.Canvas) -> None:
    rng, vanish = Random(23), (800.0, 740.0)
    barrel(c, rng, 800, 740, 210, 1500)
    paper(
        c, oval(800, 740, 222, 208), mix(BRASS, PLUM, 0.25), mix(BRASS, NIGHT, 0.3), shadow=0.7, drop=(0, 0), rim=CREAM
    )
    rose(c, 800, 690, 104)
    for shift in (-60, 30, 110):
        shaft(
            c,
            ((770 + shift, 640), (800 + shift, 660)),
            ((360 + shift * 4, 60), (520 + shift * 4, 20)),
            "#b9d0e6",
            0.16,
            20,
        )
    planks(c, rng, vanish, 846, 300, 1300)
    pigeonholes(c, rng, side(20, 560, -420, 1010, vanish), 7, 8)
    right = side(1640, 1040, -300, 1010, vanish)
    pigeonholes(c, rng, right, 6, 8, 0.4)
    for a, b, sag, n, size in (
        ((180, 120), (1420, 60), 90, 9, 120),
        ((400, 360), (1200, 350), 60, 10, 74),
        ((560, 520), (1040, 520), 34, 9, 44),
    ):
        mail_line(c, rng, a, b, sag, n, size)
    lit(c, 640, 360, 560, "#b85c24", 0.42)
    lit(c, 980, 420, 420, "#b85c24", 0.36)
    for x, drop, w in ((640, 230, 92), (980, 330, 66)):
        hanging_jar(c, x, -20, drop, w, strength=0.9)
    motes(c, rng, (300, 60, 1300, 820), 80, CREAM, 3.4)
    vignette(c, 0.6)


def detail(c: skia.Canvas) -> None:
    """Behind a close-up: the pigeonholes face on, out of focus, with the counter's edge and one sealed letter."""
    rng = Random(24)
    with layer(c, blur=9):
        c.drawPaint(ink(mix(WOOD, NIGHT, 0.5)))
        square = side(-200, 1800, -60, 760, (-1e6, 300))
        pigeonholes(c, rng, square, 8, 4)
    lit(c, 1150, 200, 760, "#b85c24", 0.5)
    paper(
        c,
        box(-20, 720, WIDTH + 40, 220),
        "#d39a58",
        mix("#6b4a3a", NIGHT, 0.4),
        drop=(0, -10),
        rim=CREAM,
        rim_alpha=0.6,
    )
    strokes(c, box(-20, 720, WIDTH + 40, 220), rng, [CREAM, NIGHT], count=60, length=420, thick=16, alpha=0.1)
    for k in range(41):
        c.drawLine(k * 40, 900, k * 40, 850 if k % 5 == 0 else 872, ink(NIGHT, 0.7, stroke=3))
    with layer(c, blur=2):
        letter(c, 430, 742, 330, -7)
        letter(c, 470, 716, 330, 5)
        jar(c, 1290, 800, 210, 270, strength=0.95, lid="#4c4638")
    lit(c, 1290, 790, 460, "#b85c24", 0.5, squash=0.4)
    motes(c, rng, (200, 100, 1500, 700), 40, CREAM, 5)
    vignette(c, 0.5)


def decorations(c: skia.Canvas) -> None:
    vanish, white = (800.0, 410.0), ink("#ffffff")
    shelf, front = side(40, 440, 70, 878, vanish), side(1400, 1085, 590, 863, vanish)
    ring = oval(800, 410, 348, 328)
    ring.addPath(oval(800, 318, 185, 185))
    ring.setFillType(skia.PathFillType.kEvenOdd)
    with inside(c, box(340, 0, 900, 560)):
        c.drawPath(ring, white)
    c.drawPath(box(330, 84, 910, 130), white)
    c.drawPath(polygon((1110, 230), (1560, 160), (1560, 430), (1180, 440)), white)
    c.drawPath(polygon(shelf(0, -0.06), shelf(1, -0.06), shelf(1, 0.02), shelf(0, 0.02)), white)
    for j in range(1, 7):
        c.drawPath(polygon(shelf(0, j / 6 - 0.012), shelf(1, j / 6 - 0.012), shelf(1, j / 6), shelf(0, j / 6)), white)
    c.drawPath(polygon((0, 880), (480, 600), (560, 600), (150, 900), (0, 900)), white)
    c.drawPath(polygon(front(-0.3, -0.1), front(1, -0.1), front(1, 1), front(-0.3, 1)), ink("#000000"))


PLATES = {"wide": wide, "establishing": establishing, "low": low, "detail": detail}
