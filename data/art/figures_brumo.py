"""Brumo, a carpenter bee and builder of bridges: a hill of fur in an apron, with a moustache to match."""

from brush import AMBER, CREAM, INDIGO, PLUM, TERRACOTTA, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, blush, boot, eye, fur, hand, mouth
from figures_shapes import blob, card, common, curve, limb, oval, sampled, sharp, tufted

GOLD: Rgb = (0xE2, 0x9A, 0x36)
HONEY: Rgb = (0xF3, 0xC8, 0x78)
BARK: Rgb = (0x4A, 0x33, 0x42)
LEATHER: Rgb = (0xA0, 0x5A, 0x3C)
STEEL: Rgb = (0x7F, 0x93, 0xA8)
WOOD: Rgb = (0xC8, 0x93, 0x5A)
KIND = Mood(look=(0.45, 0.15), lids=0.22, brow=0.35, mouth=0.6, blush=0.55)


def head(s: Sheet, mood: Mood, fallen: bool = False) -> None:
    """Around (0, 0), 170 in radius; fallen lets the feelers hang."""
    upright = (((-50, -120), (-96, -190), (-20, -232)), ((54, -126), (116, -200), (190, -196)))
    hanging = (((-60, -110), (-150, -190), (-226, -110)), ((70, -116), (150, -196), (232, -120)))
    for root, knee, end in hanging if fallen else upright:
        s.paper(limb([root, knee, end], [26, 22, 24]), BARK, lift=7, strokes=0)
        s.paper(oval(*end, 21), BARK, lift=4, strokes=0)
    fur(s, 0, 0, 160, 138, GOLD, 5, depth=30, tufts=24)
    face = blob([(-74, -20), (-40, -84), (36, -92), (120, -72), (160, -8), (140, 76), (40, 104), (-50, 70)])
    s.paper(face, HONEY, lift=8, top=light(HONEY, 0.5), bottom=mix(HONEY, TERRACOTTA, 0.4))
    blush(s, -34, 40, 34, mood.blush)
    blush(s, 138, 36, 26, mood.blush)
    eye(s, 2, -12, 36, mood, (0x5C, 0x7A, 0x4A), mix(HONEY, BARK, 0.35))
    eye(s, 104, -14, 33, mood.but(brow=-mood.brow), (0x5C, 0x7A, 0x4A), mix(HONEY, BARK, 0.35))
    for x, sign, wide in ((-6, 1, 84), (112, -1, 72)):
        tilt = mood.brow * 0.4 * sign
        with s.at(x, -70 - mood.lift, turn=-tilt * 45):
            s.paper(tufted(0, 0, wide * 0.46, 13, 11, 12, 4, droop=0.6), BARK, lift=6, strokes=0)
    if mood.gape > 0:
        mouth(s, 58, 82, 74, mood, dark(BARK, 0.3))
    else:
        mouth(s, 58, 100, 60, mood, dark(BARK, 0.3))
    s.paper(oval(62, 32, 27, 22), mix(TERRACOTTA, HONEY, 0.25), lift=6, strokes=0, rim=0.7)
    s.wash(oval(54, 24, 8, 5), CREAM, 0.8, 3)
    rise = -14 if mood.gape > 0 else 0
    for sign in (-1, 1):
        reach = 116 if sign < 0 else 98
        whisker = [
            (62, 44 + rise),
            (62 + sign * 12, 66 + rise),
            (62 + sign * reach * 0.5, 92 + rise),
            (62 + sign * reach, 64 + rise),
            (62 + sign * reach * 0.86, 54 + rise),
            (62 + sign * reach * 0.55, 54 + rise),
            (62 + sign * 24, 38 + rise),
        ]
        shape = s.paper(blob(whisker), mix(CREAM, (255, 255, 255), 0.3), lift=8, strokes=0, rim=0.6)
        with s.inside(shape):
            for i in range(5):
                y = 50 + i * 10 + rise
                s.line(
                    curve((62 + sign * 6, y - 10), (62 + sign * reach * 0.5, y + 8), (62 + sign * reach, y - 10)),
                    2.5,
                    mix(CREAM, BARK, 0.5),
                    0.4,
                )


def sleeve(s: Sheet, points: list[Point], seed: int, color: Rgb = GOLD, girth: float = 66) -> None:
    """A fluffy arm: overlapping puffs from shoulder to wrist, then a mitt of a hand."""
    spine = sampled(points, 5)
    for i, (x, y) in enumerate(spine):
        size = girth * (1.12 - 0.09 * i)
        fur(s, x, y, size, size * 0.94, color, seed + i, depth=20, tufts=15, marks=7, lift=9)


def abdomen(s: Sheet, x: float, y: float, turn: float, rx: float, ry: float) -> None:
    with s.at(x, y, turn=turn):
        shell = s.paper(tufted(0, 0, rx, ry, 34, 12, 9), BARK, lift=13)
        for i, edge in enumerate((-0.86, -0.3, 0.26)):
            band = common(
                shell,
                blob(
                    [
                        (rx * edge, -ry * 1.2),
                        (rx * (edge + 0.26), -ry * 1.2),
                        (rx * (edge + 0.4), 0),
                        (rx * (edge + 0.26), ry * 1.2),
                        (rx * edge, ry * 1.2),
                        (rx * (edge + 0.13), 0),
                    ]
                ),
            )
            s.paper(band, dark(GOLD, 0.06 * i), lift=6, strokes=3)


def wing(s: Sheet, x: float, y: float, turn: float, size: float) -> None:
    """Far too small for him."""
    with s.at(x, y, turn=turn, size=size):
        pane = s.paper(
            blob([(0, 0), (-60, -90), (-40, -190), (40, -210), (84, -130), (50, -30)]),
            (0xC6, 0xD6, 0xDC),
            lift=8,
            bottom=(0x9A, 0xB2, 0xC4),
        )
        with s.inside(pane):
            for end in ((-40, -190), (30, -200), (80, -130)):
                s.line(curve((10, 0), (end[0] * 0.6, end[1] * 0.5), end), 4, (0xF4, 0xF4, 0xE8), 0.7)


def hammer(s: Sheet) -> None:
    """Handle up from (0, 0), 200 long."""
    s.paper(limb([(0, 20), (0, -170)], [26, 20]), WOOD, lift=7, strokes=0)
    s.paper(
        blob(
            [(-84, -206), (-40, -222), (60, -222), (76, -214), (76, -160), (60, -152), (-30, -152), (-60, -168)],
            tension=0.25,
        ),
        STEEL,
        lift=9,
        strokes=4,
    )


def apron(s: Sheet) -> None:
    """Bib and skirt on the front of a body around (20, 560)."""
    for x in (-92, 118):
        s.paper(limb([(x * 1.2, 356), (x, 440)], [30, 30]), dark(LEATHER, 0.2), lift=6, strokes=0)
    front = s.paper(
        blob(
            [
                (-100, 428),
                (20, 444),
                (136, 428),
                (168, 520),
                (214, 640),
                (204, 790),
                (20, 812),
                (-160, 786),
                (-172, 640),
                (-130, 520),
            ],
            tension=0.4,
        ),
        LEATHER,
        lift=12,
        strokes=9,
    )
    with s.inside(front):
        seam = blob(
            [
                (-86, 444),
                (20, 460),
                (122, 444),
                (152, 526),
                (198, 644),
                (188, 776),
                (20, 796),
                (-146, 772),
                (-156, 642),
                (-116, 524),
            ],
            tension=0.4,
        )
        s.line(seam, 3, CREAM, 0.35)
    for x, color, top in ((-70, WOOD, 560), (-42, AMBER, 540)):
        s.paper(limb([(x, top), (x + 4, 690)], [17, 17]), color, lift=5, strokes=0)
    s.paper(sharp((-78, 556), (-62, 556), (-70, 530)), CREAM, lift=2, strokes=0)
    with s.at(112, 706, turn=12, size=0.66):
        hammer(s)
    pocket = s.paper(
        blob(
            [(-118, 630), (20, 640), (164, 630), (170, 720), (150, 750), (20, 758), (-110, 750), (-126, 720)],
            tension=0.35,
        ),
        dark(LEATHER, 0.1),
        lift=9,
    )
    with s.inside(pocket):
        for x in (-24, 72):
            s.line(curve((x, 620), (x, 770)), 5, dark(LEATHER, 0.6), 0.6)
    for x, y in ((-98, 446), (132, 446)):
        s.paper(oval(x, y, 14), (0xE0, 0xB4, 0x62), lift=4, strokes=0)


def torso(s: Sheet, front: bool = True) -> None:
    for x, flip in ((-110, False), (120, False)):
        fur(s, x, 790, 84, 66, BARK, 21, depth=16, tufts=16, marks=5)
        boot(s, x - 20, 900, 134, mix(INDIGO, PLUM, 0.5), flip=flip)
    fur(s, 10, 540, 246, 250, GOLD, 3, depth=36, tufts=30, marks=60, lift=14)
    if front:
        apron(s)


def full(s: Sheet) -> None:
    wing(s, -150, 370, -34, 1.0)
    wing(s, -90, 340, -8, 0.9)
    abdomen(s, -190, 610, -32, 224, 190)
    torso(s)
    fur(s, 30, 372, 208, 86, light(GOLD, 0.3), 31, depth=30, tufts=22, marks=22)
    with s.at(60, 230):
        head(s, KIND)
    sleeve(s, [(-176, 450), (-222, 560), (-170, 660)], 40)
    hand(s, -166, 684, 78, 92, BARK, "fist")
    sleeve(s, [(216, 450), (286, 550), (316, 640)], 50)
    hand(s, 318, 664, 84, 92, BARK, "mitt", flip=True)


def bust(mood: Mood, fallen: bool = False) -> Drawing:
    def draw(s: Sheet) -> None:
        wing(s, -200, 150, -30, 1.0)
        fur(s, -10, 400, 320, 260, GOLD, 3, depth=36, tufts=34, marks=50, lift=14)
        for x in (-120, 130):
            s.paper(limb([(x * 1.15, 190), (x, 460)], [38, 38]), LEATHER, lift=8, strokes=3)
        s.paper(blob([(-130, 340), (10, 356), (150, 340), (170, 520), (-150, 520)], tension=0.3), LEATHER, lift=10)
        for x in (-118, 132):
            s.paper(oval(x, 352, 15), (0xE0, 0xB4, 0x62), lift=4, strokes=0)
        fur(s, 0, 150, 240, 96, light(GOLD, 0.3), 31, depth=32, tufts=24, marks=26)
        head(s, mood, fallen)

    return draw


def action(s: Sheet) -> None:
    """Hammer high, a plank on the shoulder."""
    wing(s, -150, 370, -40, 1.1)
    wing(s, -90, 340, -12, 1.0)
    abdomen(s, -190, 610, -32, 224, 190)
    torso(s)
    fur(s, 30, 372, 208, 86, light(GOLD, 0.3), 31, depth=30, tufts=22, marks=22)
    with s.at(60, 230, turn=-4):
        head(s, KIND.but(look=(0.6, -0.6), lids=0.05, gape=0.42, brow=0.2, lift=8))
    with s.at(-150, 470, turn=-9):
        plank = s.paper(card(60, 0, 760, 66, 8), WOOD, lift=12, strokes=10)
        with s.inside(plank):
            for y in (-18, 2, 19):
                s.line(curve((-330, y), (0, y + 7), (440, y - 4)), 3, dark(WOOD, 0.5), 0.4)
            s.line(oval(-110, 4, 26, 10), 3, dark(WOOD, 0.5), 0.5)
    sleeve(s, [(-166, 470), (-236, 560), (-150, 560)], 40)
    hand(s, -130, 540, -40, 96, BARK, "fist")
    with s.at(384, 176, turn=22):
        hammer(s)
    sleeve(s, [(220, 450), (330, 420), (370, 270)], 50)
    hand(s, 374, 246, -78, 96, BARK, "fist")


def back(s: Sheet) -> None:
    torso(s, front=False)
    for x in (-250, 250):
        sleeve(s, [(x * 0.8, 440), (x * 1.12, 560), (x * 1.06, 650)], 40)
        hand(s, x * 1.06, 676, 90, 90, BARK, "fist", flip=x > 0)
    with s.at(0, 640, turn=90):
        abdomen(s, 0, 0, 0, 190, 220)
    fur(s, 0, 390, 236, 110, GOLD, 31, depth=34, tufts=24, marks=36)
    s.paper(limb([(-120, 330), (110, 500)], [32, 32]), dark(LEATHER, 0.1), lift=7)
    s.paper(limb([(120, 330), (-110, 500)], [32, 32]), LEATHER, lift=7)
    wing(s, -60, 480, -42, 1.15)
    with s.at(60, 480, flip=True):
        wing(s, 0, 0, -42, 1.15)
    with s.at(0, 230):
        for sign in (-1, 1):
            s.paper(
                limb([(sign * 54, -120), (sign * 110, -196), (sign * 176, -190)], [26, 22, 24]), BARK, lift=7, strokes=0
            )
        fur(s, 0, 0, 164, 140, GOLD, 7, depth=30, tufts=24, marks=40)


PICTURES = {
    "brumo": {
        "full": Picture(full),
        "portrait": Picture(bust(KIND), cut_bottom=290),
        "action": Picture(action),
        "back": Picture(back),
        "emotion": Picture(
            bust(KIND.but(look=(0.2, 0.7), lids=0.34, lower=0.1, brow=1.0, mouth=-0.7), fallen=True), cut_bottom=290
        ),
    }
}
