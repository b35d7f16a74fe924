"""Odile dressed for the Frost Fair: duffle coat, bobble cap, mittens, and the scarf that she never takes off."""

from brush import CREAM, PLUM, TERRACOTTA, Drawing, Picture, Rgb, Sheet, dark, light, mix
from figures_odile import SHY, head, lamp, wing_case
from figures_parts import Mood, arm, boot
from figures_scarf import SCARF, scarf_tail, scarf_wrap
from figures_shapes import blob, common, curve, limb, oval, scalloped, union

DUFFLE: Rgb = (0x2E, 0x62, 0x5C)
FLEECE: Rgb = (0xF4, 0xE8, 0xD2)
WOOL: Rgb = (0xE9, 0xB4, 0x4C)
HORN: Rgb = (0xF0, 0xD6, 0xA4)
ACORN: Rgb = (0x8C, 0x5A, 0x36)
GLAD = SHY.but(look=(0.3, -0.5), lids=0.04, brow=0.5, lift=8, mouth=0.8, blush=0.95)


def fleece(s: Sheet, points: list[tuple[float, float]], width: float, lift: float = 7) -> None:
    """A band of lamb's wool: curls along a line, a few of them shaded."""
    spine = limb(points, [width * 0.72, width * 0.72])
    (x0, y0), (x1, y1) = points[0], points[-1]
    count = max(3, round((abs(x1 - x0) + abs(y1 - y0)) / width * 1.7))
    curls = [_along(points, i / (count - 1)) for i in range(count)]
    s.paper(
        union(spine, *(oval(x, y, width * 0.48) for x, y in curls)),
        FLEECE,
        lift=lift,
        strokes=0,
        bottom=mix(FLEECE, (0x8A, 0x8F, 0xA8), 0.55),
    )
    for i, (x, y) in enumerate(curls):
        s.line(
            curve(
                (x - width * 0.22, y + width * 0.04),
                (x, y + width * (0.24 if i % 2 else 0.1)),
                (x + width * 0.2, y - width * 0.04),
            ),
            width * 0.07,
            mix(FLEECE, (0x7A, 0x78, 0x98), 0.7),
            0.4,
        )


def _along(points: list[tuple[float, float]], t: float) -> tuple[float, float]:
    """The point a share t of the way through a polyline, its pieces counted alike."""
    place = t * (len(points) - 1)
    i = min(int(place), len(points) - 2)
    (ax, ay), (bx, by) = points[i], points[i + 1]
    return ax + (bx - ax) * (place - i), ay + (by - ay) * (place - i)


def cap(s: Sheet) -> None:
    """Over a head at (0, 0): a knitted crown slipping backwards, a rolled brim, a bobble of lamb's wool."""
    crown = s.paper(
        blob(
            [
                (-190, -62),
                (-214, -130),
                (-226, -196),
                (-168, -238),
                (-60, -246),
                (50, -236),
                (128, -192),
                (172, -120),
                (178, -76),
                (0, -112),
            ]
        ),
        WOOL,
        lift=13,
        bottom=mix(WOOL, TERRACOTTA, 0.5),
    )
    with s.inside(crown):
        for band, color in ((-194, FLEECE), (-162, SCARF)):
            s.line(curve((-240, band + 18), (-20, band - 10), (210, band + 56)), 19, color, 0.9)
        for i in range(-9, 10):
            stitch = curve((-30 + i * 14, -280), (i * 22, -190), (i * 25 + 4, -60))
            s.line(stitch, 4.5, dark(WOOL, 0.4), 0.24)
            s.line(stitch, 1.8, light(WOOL, 0.8), 0.3)
    s.paper(scalloped(-236, -206, 50, 46, 11, 9), FLEECE, lift=11, strokes=0, bottom=mix(FLEECE, DUFFLE, 0.4))
    for x, y in ((-260, -218), (-226, -230), (-248, -188), (-214, -198)):
        s.line(curve((x - 10, y), (x, y + 8), (x + 12, y - 2)), 4, mix(FLEECE, PLUM, 0.5), 0.35)
    brim = s.paper(
        blob(
            [
                (-204, -66),
                (-186, -112),
                (-90, -140),
                (20, -146),
                (124, -132),
                (188, -98),
                (196, -58),
                (172, -44),
                (90, -78),
                (0, -88),
                (-100, -76),
                (-184, -34),
            ]
        ),
        WOOL,
        lift=12,
        top=light(WOOL, 0.45),
    )
    with s.inside(brim):
        for i in range(-10, 11):
            rib = curve((i * 20, -150), (i * 21 - 2, -96), (i * 21, -20))
            s.line(rib, 6, dark(WOOL, 0.45), 0.32)
            s.line(rib, 2, light(WOOL, 0.9), 0.35)


def mitten(s: Sheet, x: float, y: float, turn: float, size: float, flip: bool = False) -> None:
    """A mitten whose wrist is at (x, y), its tip along +x when turn is 0; size is wrist to tip."""
    u = size / 10
    with s.at(x, y, turn=turn):
        s.canvas.scale(1, -1 if flip else 1)
        palm = blob(
            [
                (0, -2.9 * u),
                (4 * u, -3.7 * u),
                (8.6 * u, -2.8 * u),
                (10 * u, 0.2 * u),
                (8.2 * u, 3.1 * u),
                (4 * u, 3.6 * u),
                (0, 2.9 * u),
            ]
        )
        thumb = limb([(3.0 * u, -2.2 * u), (4.4 * u, -4.2 * u), (6.2 * u, -5.4 * u)], [3.0 * u, 2.9 * u, 2.6 * u])
        shape = s.paper(union(palm, thumb), SCARF, lift=0.9 * u, strokes=0, rim=0.5)
        with s.inside(shape):
            for i in (4.6, 6.0):
                s.line(curve((i * u, -2.8 * u), ((i + 0.5) * u, 0), (i * u, 4 * u)), 0.55 * u, CREAM, 0.75)
        fleece(s, [(-0.4 * u, -2.7 * u), (0, 0), (-0.4 * u, 2.7 * u)], 3.4 * u, lift=0.8 * u)


def toggle(s: Sheet, x: float, y: float) -> None:
    """A horn toggle in its loop of cord."""
    s.line(curve((x - 40, y + 6), (x, y - 3), (x + 40, y + 6)), 5, dark(DUFFLE, 0.55), 0.8)
    s.paper(limb([(x - 20, y + 3), (x, y), (x + 22, y + 3)], [11, 17, 11]), HORN, lift=5, strokes=0)


def winter_boot(s: Sheet, x: float, size: float) -> None:
    boot(s, x, 900, size, dark(ACORN, 0.25))
    fleece(s, [(x - size * 0.3, 900 - size * 0.6), (x + size * 0.26, 900 - size * 0.6)], size * 0.26)


def coat(s: Sheet) -> None:
    """The duffle coat and legs, the neck at (0, 380), soles on 900."""
    for x in (-50, 66):
        arm(s, [(x, 760), (x + 4, 810), (x + 4, 866)], [54, 46, 44], dark(PLUM, 0.15))
        winter_boot(s, x - 4, 104)
    body = s.paper(
        blob(
            [
                (-104, 400),
                (0, 380),
                (110, 400),
                (150, 540),
                (184, 700),
                (196, 792),
                (90, 812),
                (0, 816),
                (-100, 812),
                (-176, 786),
                (-160, 680),
                (-138, 520),
            ]
        ),
        DUFFLE,
        lift=13,
    )
    with s.inside(body):
        s.wash(oval(-150, 660, 90, 150), (0xFF, 0xB3, 0x47), 0.5, 40)
        s.line(curve((58, 420), (78, 600), (72, 830)), 5, dark(DUFFLE, 0.5), 0.6)
    pocket = blob([(-112, 660), (-26, 674), (-24, 748), (-66, 762), (-116, 742)])
    s.paper(common(body, pocket), dark(DUFFLE, 0.12), lift=5, strokes=0)
    fleece(s, [(-172, 782), (-90, 812), (10, 822), (110, 814), (190, 788)], 46)
    for y in (648, 742):
        toggle(s, 74, y)


def cup(s: Sheet, x: float, y: float) -> None:
    """An acorn cup of something hot."""
    bowl = s.paper(
        blob([(x - 44, y - 24), (x + 44, y - 24), (x + 38, y + 22), (x, y + 46), (x - 38, y + 22)]),
        ACORN,
        lift=8,
        strokes=0,
        top=light(ACORN, 0.35),
    )
    with s.inside(bowl):
        for row in range(3):
            for i in range(-3, 4):
                s.line(
                    curve(
                        (x + i * 16 - 8, y + row * 18 - 8),
                        (x + i * 16, y + row * 18),
                        (x + i * 16 + 8, y + row * 18 - 8),
                    ),
                    3,
                    dark(ACORN, 0.6),
                    0.5,
                )
    s.paper(oval(x, y - 26, 47, 13), light(ACORN, 0.35), lift=4, strokes=0)
    s.flat(oval(x, y - 25, 39, 9), dark(TERRACOTTA, 0.35))


def full(s: Sheet) -> None:
    s.glow(-200, 570, 335, alpha=0.62)
    wing_case(s, -120, 410, 62, 1.05)
    lamp(s, -196, 610, 192)
    wing_case(s, -74, 400, 36, 1.0)
    coat(s)
    scarf_tail(s, [(-66, 400), (-122, 480), (-112, 580), (-140, 660)], 88)
    # Both mittens round the cup: warm hands first, then the news.
    arm(s, [(108, 430), (196, 552), (132, 602)], [72, 70, 58], DUFFLE)
    arm(s, [(-96, 430), (-144, 570), (-40, 616)], [76, 74, 60], light(DUFFLE, 0.08))
    cup(s, 44, 548)
    mitten(s, 128, 606, 206, 76, flip=True)
    mitten(s, -40, 618, -20, 78)
    with s.at(10, 220):
        head(s, GLAD.but(look=(0.5, 0.2)))
        cap(s)
        scarf_wrap(s)


def bust(mood: Mood) -> Drawing:
    def draw(s: Sheet) -> None:
        s.glow(-210, 260, 300, alpha=0.6)
        lamp(s, -196, 330, 165)
        wing_case(s, -100, 150, 40, 1.0)
        s.paper(
            blob([(-160, 200), (0, 160), (160, 200), (214, 330), (232, 480), (-232, 480), (-208, 330)]),
            DUFFLE,
            lift=12,
        )
        head(s, mood)
        cap(s)
        scarf_wrap(s)
        scarf_tail(s, [(-40, 210), (-80, 260), (-76, 330), (-92, 380)], 90)
        arm(s, [(210, 470), (196, 400), (150, 330)], [86, 80, 66], light(DUFFLE, 0.08))
        mitten(s, 146, 318, -122, 118, flip=True)

    return draw


PICTURES = {
    "odile": {
        "frost-fair-full": Picture(full),
        "frost-fair-portrait": Picture(bust(GLAD), cut_bottom=330),
    }
}
