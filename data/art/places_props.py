"""What grows and stands in the garden, as paper-cut props shared by several places. `tone` is the air before a prop."""

import math
from collections.abc import Sequence
from random import Random

import skia
from scenery import (
    AMBER,
    CREAM,
    HEIGHT,
    INDIGO,
    MOSS,
    NIGHT,
    TERRACOTTA,
    WIDTH,
    Point,
    Tone,
    air,
    along,
    box,
    glow,
    ink,
    inside,
    linear,
    lit,
    mix,
    oval,
    paper,
    placed,
    polygon,
    smooth,
    strokes,
    turned,
)

CLEAR: Tone = air("#000000", 0.0)


def leaf_path(x: float, y: float, length: float, width: float, angle: float) -> skia.Path:
    tip, path = turned(x, y, length, angle), skia.Path()
    a, b = turned(x, y, length * 0.45, angle), (width * 0.62)
    path.moveTo(x, y)
    path.quadTo(*turned(*a, b, angle - 90), *tip)
    path.quadTo(*turned(*a, b, angle + 90), x, y)
    return path


def leaf(
    c: skia.Canvas,
    x: float,
    y: float,
    length: float,
    width: float,
    angle: float,
    colour: str,
    *,
    rim: str | None = None,
    shadow: float = 0.4,
    veins: int = 5,
) -> None:
    """One big leaf: a lighter half, a darker half, a pale midrib and side veins."""
    whole, dark = leaf_path(x, y, length, width, angle), mix(colour, NIGHT, 0.35)
    paper(
        c,
        whole,
        mix(colour, CREAM, 0.12),
        mix(colour, INDIGO, 0.3),
        shadow=shadow,
        drop=(4, length * 0.03 + 4),
        rim=rim,
        rim_alpha=0.7,
    )
    half, tip, middle = skia.Path(), turned(x, y, length, angle), turned(x, y, length * 0.45, angle)
    half.moveTo(x, y)
    half.quadTo(*turned(*middle, width * 0.62, angle + 90), *tip)
    half.quadTo(*turned(*middle, width * 0.06, angle + 90), x, y)
    c.drawPath(half, ink(dark, 0.45))
    with inside(c, whole):
        for i in range(1, veins + 1):
            root = turned(x, y, length * i / (veins + 1.6), angle)
            for side in (-1, 1):
                c.drawLine(
                    *root,
                    *turned(*root, width * 0.55, angle + side * 48),
                    ink(mix(colour, CREAM, 0.35), 0.35, stroke=max(1.0, length * 0.008)),
                )
    c.drawPath(
        smooth([(x, y), middle, tip], closed=False), ink(mix(colour, CREAM, 0.4), 0.7, stroke=max(1.2, length * 0.014))
    )


def foliage_path(rng: Random, left: float, right: float, base: float, height: float, size: float) -> skia.Path:
    """A mound of leaves with a leafy edge, as cut from one sheet."""
    path, steps = skia.Path(), max(4, int((right - left) / (size * 0.42)))
    profile = []
    for i in range(steps + 1):
        share = i / steps
        rise = height * (0.45 + 0.55 * math.sin(math.pi * share) ** 0.7) * rng.uniform(0.75, 1.05)
        profile.append((left + (right - left) * share, base - rise))
    path.addPath(smooth([(left, base + size * 0.6), *profile, (right, base + size * 0.6)]))
    for x, y in profile:
        for _ in range(3):
            path.addPath(
                leaf_path(
                    x + rng.uniform(-size, size) * 0.4,
                    y + size * 0.3,
                    size * rng.uniform(0.7, 1.3),
                    size * 0.5,
                    rng.uniform(-165, -15),
                )
            )
    return path


def foliage(
    c: skia.Canvas,
    rng: Random,
    left: float,
    right: float,
    base: float,
    height: float,
    size: float,
    colour: str,
    *,
    sheets: int = 3,
    rim: str | None = None,
    tone: Tone = CLEAR,
) -> None:
    """A bush of several sheets, the nearer the darker, each with its shadow on the one behind."""
    for i in range(sheets):
        share = i / max(1, sheets - 1)
        body = tone(mix(mix(colour, CREAM, 0.10), mix(colour, NIGHT, 0.45), share))
        path = foliage_path(
            rng, left - 20 * share, right + 20 * share, base, height * (1 - 0.28 * i), size * (1 + 0.1 * i)
        )
        paper(
            c,
            path,
            tone(mix(body, CREAM, 0.08)),
            tone(mix(body, NIGHT, 0.3)),
            shadow=0.3,
            drop=(0, -size * 0.05),
            rim=rim,
            rim_alpha=0.4,
        )
        strokes(
            c,
            path,
            rng,
            [tone(mix(body, CREAM, 0.4)), tone(NIGHT)],
            count=14,
            length=size * 2.2,
            thick=size * 0.35,
            angle=-60,
            alpha=0.12,
        )


def blades(
    c: skia.Canvas,
    rng: Random,
    left: float,
    right: float,
    base: float,
    height: float,
    colours: Sequence[str],
    count: int,
    *,
    lean: float = 0,
    width: float = 0.055,
    rim: str | None = None,
    shadow: float = 0.25,
) -> None:
    """Grass as tall as trees: curved blades, back ones first."""
    for i in range(count):
        x, tall = rng.uniform(left, right), height * rng.uniform(0.45, 1.0)
        bend = (rng.uniform(-0.4, 0.4) + lean) * tall
        half, tip = tall * width * rng.uniform(0.6, 1.1), (x + bend, base - tall * (1 - abs(bend / tall) * 0.25))
        path = skia.Path()
        path.moveTo(x - half, base + 10)
        path.quadTo(x - half + bend * 0.1, base - tall * 0.6, *tip)
        path.quadTo(x + half * 1.4 + bend * 0.15, base - tall * 0.55, x + half, base + 10)
        colour = colours[min(len(colours) - 1, int(i / count * len(colours)))]
        paper(
            c,
            path,
            mix(colour, CREAM, 0.14),
            mix(colour, NIGHT, 0.35),
            shadow=shadow,
            drop=(3, 3),
            rim=rim,
            rim_from="right",
            rim_width=4,
        )


def cord(c: skia.Canvas, start: Point, end: Point, sag: float, width: float, colour: str) -> None:
    path = skia.Path()
    path.moveTo(*start)
    path.quadTo((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + sag * 2, *end)
    c.drawPath(path, ink(colour, stroke=width))


def bulbs(
    c: skia.Canvas,
    start: Point,
    end: Point,
    sag: float,
    count: int,
    sizes: tuple[float, float],
    *,
    colours: Sequence[str] = (CREAM,),
    wire: str = NIGHT,
    shine: float = 0.5,
) -> None:
    """A string of lights; the bulbs' radii go from the first of `sizes` to the second along the cord."""
    cord(c, start, end, sag, max(1.0, sum(sizes) * 0.11), wire)
    for i in range(count):
        share = (i + 0.5) / count
        r = sizes[0] + (sizes[1] - sizes[0]) * share
        x, y = along(start, end, sag, share)
        colour = colours[i % len(colours)]
        c.drawPath(box(x - r * 0.4, y - r * 0.3, r * 0.8, r * 0.8, r * 0.2), ink(mix(wire, "#000000", 0.2)))
        y += r * 1.2
        glow(c, x, y, r * 7, mix(colour, AMBER, 0.5), shine)
        c.drawPath(
            smooth([(x, y - r * 1.1), (x + r * 0.85, y + r * 0.1), (x, y + r * 1.15), (x - r * 0.85, y + r * 0.1)]),
            ink(mix(colour, AMBER, 0.35)),
        )
        c.drawCircle(x, y + r * 0.15, r * 0.55, ink("#fff6dc", 0.95, blur=r * 0.2 + 0.2))


def jar(
    c: skia.Canvas,
    x: float,
    base: float,
    width: float,
    height: float,
    *,
    light: str | None = AMBER,
    strength: float = 0.7,
    fill: str | None = None,
    fill_to: float = 0.7,
    lid: str = "#7a6a58",
    tone: Tone = CLEAR,
    label: str | None = None,
) -> None:
    """A jam jar seen from the side: as a lantern (`light`), or with preserve of the colour `fill` up to `fill_to`."""
    w, top, neck = width / 2, base - height, height * 0.16
    glass = smooth(
        [
            (x - w * 0.72, top + neck * 0.7),
            (x - w * 0.74, top + neck),
            (x - w * 0.98, top + neck * 1.9),
            (x - w, base - height * 0.3),
            (x - w * 0.97, base - height * 0.04),
            (x - w * 0.8, base),
            (x + w * 0.8, base),
            (x + w * 0.97, base - height * 0.04),
            (x + w, base - height * 0.3),
            (x + w * 0.98, top + neck * 1.9),
            (x + w * 0.74, top + neck),
            (x + w * 0.72, top + neck * 0.7),
        ]
    )
    if light:
        glow(c, x, base - height * 0.42, height * 1.9, light, strength * 0.75)
    with placed(c, width * 0.08, 0):
        c.drawPath(oval(x, base, w * 1.25, w * 0.2), ink("#0a1020", 0.45, blur=w * 0.12 + 1))
    body = ink(tone("#9fc0c8"))
    back = tone("#24344f" if not light else mix("#6b3a34", light, 0.42))
    body.setShader(
        linear(
            (x - w, 0),
            (x + w, 0),
            [(0, mix(back, CREAM, 0.35), 0.8), (0.2, back, 0.6), (0.7, back, 0.55), (1, mix(back, CREAM, 0.2), 0.8)],
        )
    )
    c.drawPath(glass, body)
    with inside(c, glass):
        if fill:
            level = base - height * 0.84 * fill_to
            content = ink(fill)
            content.setShader(
                linear(
                    (x - w, 0),
                    (x + w, 0),
                    [(0, tone(mix(fill, CREAM, 0.25)), 1), (0.35, tone(fill), 1), (1, tone(mix(fill, NIGHT, 0.62)), 1)],
                )
            )
            c.drawRect(skia.Rect.MakeLTRB(x - w, level, x + w, base), content)
            spots = Random(int(x * 7 + base))
            for _ in range(18):  # fruit in the syrup
                r = w * spots.uniform(0.12, 0.26)
                fx, fy = x + spots.uniform(-0.85, 0.85) * w, spots.uniform(level + r, base - r * 0.6)
                c.drawPath(
                    oval(fx, fy, r, r * 0.92), ink(tone(mix(fill, NIGHT, spots.uniform(0.1, 0.5))), 0.55, blur=r * 0.12)
                )
                c.drawPath(
                    oval(fx - r * 0.3, fy - r * 0.35, r * 0.3, r * 0.2),
                    ink(tone(mix(fill, CREAM, 0.6)), 0.4, blur=r * 0.1),
                )
            c.drawPath(oval(x, level, w, w * 0.13), ink(tone(mix(fill, CREAM, 0.4)), 0.8))
        if light:
            heart = base - height * 0.36
            glow(c, x, heart, height * 0.75, light, strength, mode="Screen")
            glow(c, x, base, w * 1.1, mix(light, CREAM, 0.4), strength * 0.8, squash=0.35)
            flame = smooth(
                [(x, heart - height * 0.15), (x + w * 0.18, heart), (x, heart + height * 0.07), (x - w * 0.18, heart)]
            )
            c.drawPath(flame, ink("#fff4d2", blur=w * 0.06 + 0.3))
        c.drawPath(oval(x, base - height * 0.012, w * 0.8, w * 0.1), ink(CREAM, 0.3, stroke=max(1.0, w * 0.03)))
        c.drawPath(
            smooth(
                [
                    (x - w * 0.78, top + neck * 2),
                    (x - w * 0.66, top + neck * 2),
                    (x - w * 0.7, base - height * 0.12),
                    (x - w * 0.82, base - height * 0.14),
                ]
            ),
            ink("#ffffff", 0.38, blur=w * 0.03 + 0.3),
        )
        c.drawPath(
            smooth(
                [
                    (x + w * 0.86, top + neck * 2.2),
                    (x + w * 0.9, top + neck * 2.2),
                    (x + w * 0.88, base - height * 0.25),
                    (x + w * 0.84, base - height * 0.25),
                ]
            ),
            ink("#ffffff", 0.3, blur=w * 0.02 + 0.3),
        )
    c.drawPath(glass, ink(tone(mix("#9fc0c8", CREAM, 0.3)), 0.35, stroke=max(1.0, w * 0.03)))
    if label:
        tag = box(x - w * 0.55, base - height * 0.5, w * 1.1, height * 0.27, w * 0.05)
        paper(c, tag, tone(label), tone(mix(label, "#7a6248", 0.4)), shadow=0.3, drop=(1, 2), across=True)
        for k in range(3):
            c.drawLine(
                x - w * 0.38,
                base - height * (0.44 - k * 0.065),
                x + w * (0.38 - 0.2 * (k == 2)),
                base - height * (0.44 - k * 0.065),
                ink(tone(INDIGO), 0.45, stroke=max(1.0, w * 0.03)),
            )
    cap = box(x - w * 0.8, top, w * 1.6, neck * 1.05, neck * 0.2)
    paper(c, cap, tone(mix(lid, CREAM, 0.25)), tone(mix(lid, NIGHT, 0.55)), shadow=0.25, drop=(0, 2), across=True)
    for k in range(9):
        xx = x - w * 0.72 + k * w * 0.18
        c.drawLine(xx, top + neck * 0.25, xx, top + neck * 0.9, ink(NIGHT, 0.25, stroke=max(1.0, w * 0.02)))


def hanging_jar(
    c: skia.Canvas, x: float, top: float, drop: float, width: float, *, light: str = AMBER, strength: float = 0.7
) -> None:
    """A little jar lantern on a twine."""
    c.drawLine(x, top, x, top + drop, ink(NIGHT, 0.9, stroke=max(1.2, width * 0.04)))
    bow = smooth(
        [
            (x - width * 0.42, top + drop + width * 0.35),
            (x, top + drop - width * 0.05),
            (x + width * 0.42, top + drop + width * 0.35),
        ],
        closed=False,
    )
    c.drawPath(bow, ink(NIGHT, 0.9, stroke=max(1.2, width * 0.04)))
    jar(c, x, top + drop + width * 1.5, width, width * 1.25, light=light, strength=strength, lid="#4c4638")


def pot_house(
    c: skia.Canvas,
    x: float,
    base: float,
    width: float,
    height: float,
    rng: Random,
    *,
    tone: Tone = CLEAR,
    lamp: str = AMBER,
    door: bool = True,
    colour: str = TERRACOTTA,
) -> None:
    """An upturned flower pot as a house: rim at the ground, a door cut in it, round windows alight."""
    w, top = width / 2, base - height
    c.drawPath(oval(x + w * 0.1, base, w * 1.25, w * 0.16), ink("#0a1020", 0.5, blur=w * 0.1 + 1))
    body = polygon(
        (x - w * 0.66, top),
        (x + w * 0.66, top),
        (x + w * 0.93, base - height * 0.2),
        (x - w * 0.93, base - height * 0.2),
    )
    light, dark = tone(mix(colour, CREAM, 0.18)), tone(mix(colour, INDIGO, 0.62))
    paper(c, body, light, dark, shadow=0.35, across=True, rim=tone(AMBER), rim_from="left", rim_alpha=0.3)
    c.drawPath(oval(x, top, w * 0.66, w * 0.1), ink(tone(mix(colour, CREAM, 0.3))))
    c.drawPath(oval(x, top - w * 0.01, w * 0.14, w * 0.03), ink(tone(NIGHT), 0.8))
    strokes(
        c,
        body,
        rng,
        [tone(CREAM), tone(NIGHT), tone(mix(colour, "#e8ddc8", 0.6))],
        count=26,
        length=height * 0.5,
        thick=w * 0.18,
        angle=84,
        alpha=0.13,
    )
    collar = box(x - w, base - height * 0.24, width, height * 0.24, w * 0.03)
    paper(c, collar, light, dark, shadow=0.4, drop=(0, -3), across=True, rim=tone(CREAM), rim_alpha=0.35)
    strokes(c, collar, rng, [tone(CREAM), tone(NIGHT)], count=12, length=w * 0.7, thick=w * 0.1, alpha=0.12)
    for wx, wy, r in ((-0.32, 0.62, 0.13), (0.3, 0.66, 0.115), (0.02, 0.82, 0.085))[: 3 if height > width * 0.9 else 2]:
        window(c, x + wx * w, base - height * wy, r * w * 1.2, lamp, tone)
    if door:
        dw, dh = w * 0.2, height * 0.34
        way = skia.Path()
        way.moveTo(x - dw, base)
        way.lineTo(x - dw, base - dh * 0.6)
        way.arcTo(skia.Rect.MakeLTRB(x - dw, base - dh, x + dw, base - dh * 0.2), 180, 180, False)
        way.lineTo(x + dw, base)
        way.close()
        c.drawPath(way, ink(tone(mix(colour, NIGHT, 0.7)), stroke=w * 0.06))
        paper(c, way, tone(mix(CREAM, lamp, 0.35)), tone(mix(lamp, TERRACOTTA, 0.45)), shadow=0)
        glow(c, x, base - dh * 0.4, w * 0.8, lamp, 0.5)
        glow(c, x, base + w * 0.06, w * 0.95, lamp, 0.55, squash=0.28)


def window(c: skia.Canvas, x: float, y: float, r: float, lamp: str, tone: Tone) -> None:
    """A round lit window with its bars and halo."""
    c.drawCircle(x, y, r * 1.22, ink(tone(mix(TERRACOTTA, NIGHT, 0.6))))
    pane = ink(lamp)
    pane.setShader(
        skia.GradientShader.MakeRadial(
            (x, y + r * 0.3), r * 1.3, [skia.ColorSetARGB(255, 255, 240, 200), pane.getColor()]
        )
    )
    c.drawCircle(x, y, r, pane)
    for dx, dy in ((1, 0), (0, 1)):
        c.drawLine(
            x - r * dx, y - r * dy, x + r * dx, y + r * dy, ink(tone(mix(TERRACOTTA, NIGHT, 0.6)), stroke=r * 0.16)
        )
    glow(c, x, y, r * 5, lamp, 0.4)


def cobbles(
    c: skia.Canvas,
    rng: Random,
    horizon: float,
    pools: Sequence[tuple[float, float, float, float]],
    *,
    dark: str = "#28304a",
    pale: str = "#56607a",
    warm: str = "#e8a85a",
    bottom: float = HEIGHT + 60,
    veil: str = "#6f7f98",
    size: float = 0.15,
    bare: float = 0.0,
) -> None:
    """Pebbles in perspective, each one lit by the pools (x, y, radius, strength); `bare` is the share of earth."""
    ground = ink(dark)
    ground.setShader(
        linear(
            (0, horizon),
            (0, HEIGHT),
            [(0, mix(dark, veil, 0.55), 1), (0.3, mix(dark, NIGHT, 0.25), 1), (1, mix(dark, NIGHT, 0.65), 1)],
        )
    )
    c.drawRect(skia.Rect.MakeLTRB(0, horizon, WIDTH, HEIGHT), ground)
    y = horizon + 5.0
    while y < bottom:
        tall = max(5.0, (y - horizon) * size)
        depth = min(1.0, (y - horizon) / (HEIGHT - horizon))
        x = -rng.uniform(0, tall * 2)
        while x < WIDTH + tall * 2:
            wide = tall * rng.uniform(1.15, 2.5)
            if rng.random() < bare:
                x += wide
                continue
            light = sum(
                k * math.exp(-(((x + wide / 2 - px) / pr) ** 2) - ((y - py) / (pr * 0.34)) ** 2)
                for px, py, pr, k in pools
            )
            colour = mix(mix(dark, pale, rng.uniform(0.1, 0.85)), veil, 0.5 * (1 - depth) ** 3)
            colour = mix(mix(colour, NIGHT, 0.28 * depth), warm, min(0.85, light) * rng.uniform(0.85, 1.0))
            stone_at = (x + wide / 2, y + rng.uniform(-0.2, 0.2) * tall)
            grow = rng.choice((0.72, 0.9, 1.0, 1.0, 1.12))
            rx, ry = wide * 0.48 * grow, tall * 0.5 * grow
            if tall > 9:
                points = [
                    (
                        stone_at[0] + math.cos(a) * rx * rng.uniform(0.86, 1.08),
                        stone_at[1] + math.sin(a) * ry * rng.uniform(0.84, 1.08),
                    )
                    for a in (k * math.tau / 9 for k in range(9))
                ]
                stone = smooth(points)
                paper(
                    c,
                    stone,
                    mix(colour, mix(CREAM, warm, min(1, light)), 0.22),
                    mix(colour, NIGHT, 0.42),
                    shadow=0.3 if tall > 24 else 0,
                    drop=(0, tall * 0.07),
                )
                if tall > 26:
                    strokes(
                        c,
                        stone,
                        rng,
                        [CREAM, NIGHT, MOSS],
                        count=5,
                        length=wide * 0.5,
                        thick=tall * 0.22,
                        angle=-8,
                        alpha=0.14,
                    )
                    if not bare and rng.random() < 0.16:  # grass has found the gap
                        blades(
                            c,
                            rng,
                            x - 8,
                            x + 8,
                            stone_at[1] + ry,
                            tall * 1.1,
                            [mix("#33503f", NIGHT, 0.3), mix(MOSS, NIGHT, 0.2)],
                            4,
                            shadow=0,
                        )
            else:
                c.drawPath(oval(*stone_at, rx, ry), ink(colour))
            x += wide
        y += tall * 0.93


def moon(c: skia.Canvas, x: float, y: float, r: float, colour: str = "#f4e6c0", halo: float = 0.55) -> None:
    for size, share in ((9, 0.25), (4.5, 0.35), (2.2, 0.5)):
        glow(c, x, y, r * size, mix(colour, "#8fa6c8", 0.35), halo * share)
    disc = ink(colour)
    disc.setShader(
        linear(
            (x - r, y - r), (x + r, y + r), [(0, "#fffbe9", 1), (0.5, colour, 1), (1, mix(colour, "#9c8f9c", 0.5), 1)]
        )
    )
    c.drawCircle(x, y, r, disc)
    with inside(c, oval(x, y, r, r)):
        for sx, sy, sr in (
            (-0.35, -0.2, 0.3),
            (0.15, 0.25, 0.38),
            (0.35, -0.35, 0.2),
            (-0.2, 0.5, 0.2),
            (0.62, 0.1, 0.18),
            (-0.62, 0.2, 0.14),
        ):
            c.drawPath(
                oval(x + sx * r, y + sy * r, sr * r, sr * r * 0.82),
                ink(mix(colour, "#8d8aa0", 0.55), 0.4, blur=r * 0.05),
            )


def stars(c: skia.Canvas, rng: Random, area: tuple[float, float, float, float], count: int) -> None:
    for _ in range(count):
        x, y, r = rng.uniform(area[0], area[2]), rng.uniform(area[1], area[3]), rng.uniform(0.6, 2.1)
        c.drawCircle(x, y, r, ink(rng.choice(["#fff3d6", "#d7e4f2"]), rng.uniform(0.25, 0.85)))
        if r > 1.9:
            glow(c, x, y, 16, "#d7e4f2", 0.35)


def cloud(
    c: skia.Canvas,
    rng: Random,
    x: float,
    y: float,
    width: float,
    height: float,
    top: str,
    bottom: str,
    alpha: float = 0.8,
) -> None:
    """A flat-bottomed cloud of cut paper, soft at its lower edge."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(x, y - height * 0.3, x + width, y + height * 0.3))
    for i in range(8):
        share = (i + 0.7) / 8.4
        r = height * (0.3 + 0.7 * math.sin(math.pi * share)) * rng.uniform(0.55, 1.0)
        reach = width * rng.uniform(0.09, 0.15)
        path.addOval(skia.Rect.MakeLTRB(x + width * share - reach, y - r, x + width * share + reach, y + r * 0.35))
    paint = ink(top, blur=3)
    paint.setShader(linear((0, y - height), (0, y + height * 0.35), [(0, top, alpha), (1, bottom, 0)]))
    c.drawPath(path, paint)


def mushroom(
    c: skia.Canvas, x: float, base: float, size: float, colour: str, *, tone: Tone = CLEAR, rim: str | None = AMBER
) -> None:
    stem = smooth(
        [
            (x - size * 0.12, base),
            (x - size * 0.09, base - size * 0.6),
            (x + size * 0.09, base - size * 0.6),
            (x + size * 0.13, base),
        ]
    )
    paper(c, stem, tone("#d9cbb0"), tone("#7d7470"), across=True, drop=(2, 3))
    cap = skia.Path()
    cap.moveTo(x - size * 0.5, base - size * 0.55)
    cap.cubicTo(
        x - size * 0.42, base - size * 1.1, x + size * 0.42, base - size * 1.1, x + size * 0.5, base - size * 0.55
    )
    cap.quadTo(x, base - size * 0.42, x - size * 0.5, base - size * 0.55)
    paper(
        c,
        cap,
        tone(mix(colour, CREAM, 0.2)),
        tone(mix(colour, NIGHT, 0.35)),
        drop=(0, size * 0.06),
        rim=rim,
        rim_alpha=0.5,
    )
    for dx, dy, r in ((-0.2, 0.75, 0.06), (0.1, 0.85, 0.07), (0.26, 0.68, 0.045), (-0.03, 0.65, 0.04)):
        c.drawPath(oval(x + dx * size, base - dy * size, r * size, r * size * 0.8), ink(tone(CREAM), 0.75))


def warm_ground(c: skia.Canvas, pools: Sequence[tuple[float, float, float, float]]) -> None:
    """The pools of lamplight over a painted ground."""
    for x, y, r, k in pools:
        lit(c, x, y, r, "#b85c24", 0.42 * k, squash=0.34)
