"""The Gardener, of whom the garden only ever sees hands and boots: colossal, muddy, and very careful."""

from collections.abc import Sequence

from brush import AMBER, CREAM, MOSS, TERRACOTTA, Picture, Point, Rgb, Sheet, dark, light
from figures_boots import MUD, wellington
from figures_shapes import arc, blob, curve, limb, oval

GLOVE: Rgb = (0xD6, 0xB0, 0x7C)
CUFF: Rgb = (0xB5, 0x58, 0x3F)
WOOL: Rgb = (0x7A, 0x5A, 0x6C)


def full(s: Sheet) -> None:
    wellington(s, -190, 872, 0.98, 0.2)
    wellington(s, 190, 900, 1.06, 0.0)


def finger(s: Sheet, points: Sequence[Point], width: float, shade: float = 0.0) -> None:
    """A thick gloved finger with its creases and a seam."""
    color = dark(GLOVE, shade)
    shape = s.paper(limb(points, [width, width * 0.98, width * 0.84]), color, lift=13, strokes=5)
    with s.inside(shape):
        (ax, ay), (bx, by) = points[0], points[-1]
        mx, my = points[len(points) // 2]
        for px, py in ((mx, my), ((ax + mx) / 2, (ay + my) / 2)):
            dx, dy = bx - ax, by - ay
            n = (dx * dx + dy * dy) ** 0.5
            s.line(
                curve(
                    (px - dy / n * width * 0.3, py + dx / n * width * 0.3),
                    (px + dx / n * 8, py + dy / n * 8),
                    (px + dy / n * width * 0.4, py - dx / n * width * 0.4),
                ),
                5,
                dark(color, 0.5),
                0.4,
            )
        s.wash(oval(bx, by, width * 0.3), MUD, 0.5, 14)


def cuff(s: Sheet, x: float, y: float, turn: float) -> None:
    """A knitted glove cuff and the sleeve behind it; the hand lies towards -y."""
    with s.at(x, y, turn=turn):
        sleeve = s.paper(
            blob([(-150, 60), (-176, 300), (-196, 700), (196, 700), (176, 300), (150, 60)], tension=0.4),
            WOOL,
            lift=16,
            strokes=12,
        )
        with s.inside(sleeve):
            for fold in ([(-180, 200), (-60, 236), (60, 210)], [(180, 320), (60, 340), (-20, 320)]):
                s.wash(limb(fold, [8, 22, 4]), dark(WOOL, 0.6), 0.5, 9)
        band = s.paper(
            blob(
                [(-156, -30), (0, -50), (156, -30), (174, 60), (168, 120), (0, 138), (-168, 120), (-174, 60)],
                tension=0.42,
            ),
            CUFF,
            lift=15,
            strokes=5,
        )
        with s.inside(band):
            for i in range(-9, 10):
                s.line(curve((i * 19, -60), (i * 20.5, 40), (i * 21, 150)), 7, dark(CUFF, 0.5), 0.35)
                s.line(curve((i * 19 - 6, -60), (i * 20.5 - 6, 40), (i * 21 - 6, 150)), 3, light(CUFF, 0.5), 0.4)


def sprout(s: Sheet, x: float, y: float, size: float) -> None:
    with s.at(x, y, size=size):
        s.paper(limb([(0, 0), (6, -60), (-2, -110)], [14, 12, 10]), MOSS, lift=5, strokes=0)
        for sign, turn in ((-1, -6), (1, 10)):
            with s.at(0, -100, turn=turn, flip=sign < 0):
                leaf = s.paper(
                    blob([(0, 0), (30, -54), (96, -64), (124, -40), (90, 4), (36, 14)]),
                    light(MOSS, 0.25),
                    lift=7,
                    strokes=3,
                )
                with s.inside(leaf):
                    s.line(curve((0, 0), (60, -26), (120, -40)), 4, light(MOSS, 0.6), 0.7)


def portrait(s: Sheet) -> None:
    """An open hand, offered low; a seedling stands in it as if it weighed something."""
    with s.at(-300, 640, turn=28, size=0.98):
        cuff(s, 0, 0, 0)
    for rise, shade in ((-64, 0.2), (-34, 0.12)):
        finger(s, [(80, 560 + rise), (280, 566 + rise), (410, 510 + rise), (462, 400 + rise)], 94, shade)
    palm = s.paper(
        blob(
            [
                (-330, 560),
                (-250, 452),
                (-120, 430),
                (40, 480),
                (190, 520),
                (230, 600),
                (160, 680),
                (0, 712),
                (-170, 700),
                (-290, 660),
            ]
        ),
        GLOVE,
        lift=14,
        strokes=9,
    )
    with s.inside(palm):
        s.wash(oval(60, 520, 150, 44, 8), dark(GLOVE, 0.6), 0.45, 24)
        for i in range(13):
            s.line(curve((-250 + i * 22, 650 + i * 2), (-238 + i * 22, 660 + i * 2)), 4, CREAM, 0.75)
    sprout(s, 70, 500, 1.5)
    s.paper(blob([(-50, 520), (0, 474), (70, 462), (150, 486), (190, 530), (80, 556)]), MUD, lift=10, strokes=4)
    finger(s, [(60, 618), (260, 632), (410, 584), (478, 470)], 104)
    finger(s, [(-200, 600), (-90, 540), (20, 560), (96, 520)], 112)


def match_hand(s: Sheet) -> None:
    """A hand come down from above with a lit match held between finger and thumb."""
    s.glow(284, 615, 150, alpha=0.75)
    with s.at(0, 210, turn=180):
        cuff(s, 0, 0, 0)
    finger(s, [(110, 400), (210, 470), (170, 590)], 92, 0.2)
    finger(s, [(60, 420), (150, 520), (110, 640)], 98, 0.12)
    s.paper(oval(-20, 540, 96, 120), dark(GLOVE, 0.4), lift=8, strokes=0)
    palm = s.paper(
        blob([(-150, 230), (-170, 340), (-130, 450), (0, 500), (130, 460), (180, 350), (150, 230), (0, 200)]),
        GLOVE,
        lift=14,
        strokes=9,
    )
    with s.inside(palm):
        for kx in (-90, -10, 70):
            s.wash(oval(kx, 430, 30, 26), light(GLOVE, 0.6), 0.5, 10)
        for i in range(3):
            s.line(curve((-80 + i * 80, 260), (-84 + i * 84, 400)), 5, dark(GLOVE, 0.5), 0.35)
    finger(s, [(10, 440), (60, 560), (20, 680)], 100, 0.05)
    s.paper(limb([(-40, 706), (250, 706)], [22, 20]), (0xE0, 0xBE, 0x86), lift=8, strokes=0)
    s.paper(oval(256, 706, 22, 18), TERRACOTTA, lift=4, strokes=0)
    s.paper(
        blob([(246, 720), (238, 660), (270, 620), (300, 540), (322, 620), (330, 680), (296, 724)]),
        AMBER,
        lift=3,
        strokes=0,
        shadow=0,
        rim=0,
        top=(0xFF, 0xD0, 0x70),
        bottom=(0xF2, 0x7A, 0x30),
    )
    s.paper(
        blob([(262, 716), (262, 676), (290, 624), (304, 680), (288, 718)]),
        CREAM,
        lift=2,
        strokes=0,
        shadow=0,
        rim=0,
        top=(255, 252, 236),
        bottom=AMBER,
    )
    finger(s, [(-90, 430), (-80, 560), (-30, 672)], 104)
    finger(s, [(-140, 300), (-190, 520), (-60, 730)], 108)
    s.glow(200, 690, 220, AMBER, 0.4, on_paper=True)


def pot_hand(s: Sheet) -> None:
    """Lifting a flower pot to see who lives under it."""
    with s.at(0, 150, turn=180):
        cuff(s, 0, 0, 0)
    finger(s, [(150, 260), (250, 340), (262, 470)], 98, 0.16)
    s.paper(
        blob([(-150, 160), (-170, 280), (-110, 400), (0, 430), (120, 400), (180, 280), (150, 160), (0, 130)]),
        GLOVE,
        lift=14,
        strokes=9,
    )
    with s.at(10, 0, turn=-7):
        pot = s.paper(
            blob([(-230, 480), (230, 480), (196, 690), (166, 860), (-166, 860), (-196, 690)], tension=0.28),
            TERRACOTTA,
            lift=16,
            strokes=12,
        )
        with s.inside(pot):
            s.wash(limb([(-160, 540), (-140, 690), (-120, 830)], [40, 60, 24]), light(TERRACOTTA, 0.6), 0.4, 18)
            s.wash(oval(110, 830, 80, 30), MOSS, 0.6, 16)
            s.line(curve((60, 600), (84, 660), (60, 720), (90, 800)), 4, dark(TERRACOTTA, 0.6), 0.6)
        s.paper(
            blob([(-256, 400), (256, 400), (250, 500), (-250, 500)], tension=0.2),
            light(TERRACOTTA, 0.08),
            lift=14,
            strokes=7,
        )
        s.line(arc(0, 404, 250, 22, 180, 180), 8, dark(TERRACOTTA, 0.5), 0.5)
    for points, width in (
        ([(-60, 370), (-70, 440), (-62, 530)], 98),
        ([(40, 380), (46, 450), (46, 540)], 100),
        ([(-140, 330), (-176, 420), (-160, 510)], 96),
    ):
        finger(s, points, width)
    finger(s, [(120, 350), (146, 420), (142, 510)], 96, 0.04)


PICTURES = {
    "gardener": {
        "full": Picture(full, cut_top=-60),
        "portrait": Picture(portrait, cut_bottom=900),
        "action": Picture(match_hand, cut_top=0),
        "emotion": Picture(pot_hand, cut_top=-40),
    }
}
