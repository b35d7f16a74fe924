"""Selenio, a luna moth and poet who sleeps through every emergency: a pale green robe of wings, feelers like ferns."""

from math import cos, radians, sin

from brush import AMBER, CREAM, PLUM, TERRACOTTA, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, blush, brow, eye, fur, hand, letter, mouth
from figures_shapes import arc, blob, curve, limb, oval
from figures_wings import LEAF, WINE, robe_wing, spread_wing

WOOL: Rgb = (0xF4, 0xEA, 0xD2)
SKIN: Rgb = (0xE6, 0xD9, 0xB4)
GOLD: Rgb = (0xD9, 0xB0, 0x62)
DROWSY = Mood(look=(0.3, 0.4), lids=0.58, lower=0.05, brow=0.45, mouth=0.4, blush=0.45)
ASLEEP = DROWSY.but(lids=1.0, mouth=0.2)


def fern(s: Sheet, x: float, y: float, turn: float, length: float, droop: float) -> None:
    """A feathery feeler: a spine with combed barbs, longest in the middle."""
    with s.at(x, y, turn=turn):
        spine: list[Point] = []
        angle, px, py = -90.0, 0.0, 0.0
        for _ in range(25):
            spine.append((px, py))
            px, py = px + cos(radians(angle)) * length / 24, py + sin(radians(angle)) * length / 24
            angle += droop / 24
        for side in (-1, 1):
            for i in range(2, 25):
                (ax, ay), (bx, by) = spine[i - 1], spine[i]
                dx, dy = (bx - ax) / (length / 24), (by - ay) / (length / 24)
                reach = length * 0.25 * sin(3.14 * (i / 25) ** 0.8) + 10
                tip = (bx - dy * side * reach + dx * reach * 0.7, by + dx * side * reach + dy * reach * 0.7)
                mid = (
                    bx - dy * side * reach * 0.55 + dx * reach * 0.14,
                    by + dx * side * reach * 0.55 + dy * reach * 0.14,
                )
                s.paper(
                    limb([(bx, by), mid, tip], [13, 12, 4]),
                    mix(GOLD, LEAF, 0.15 + 0.1 * (i % 3)),
                    lift=4,
                    strokes=0,
                    rim=0.3,
                    shadow=0.28,
                )
        s.paper(limb(spine[::4], [17, 8]), dark(GOLD, 0.25), lift=4, strokes=0)


def head(s: Sheet, mood: Mood, droop: float = 76, lean: float = 0) -> None:
    """Around (0, 0), 140 in radius; droop and lean say how far the feelers bend and lie outwards, degrees."""
    fern(s, -46, -104, -34 - lean, 320, -droop)
    fern(s, 62, -108, 30 + lean, 310, droop)
    fur(s, 0, 0, 138, 124, WOOL, 11, depth=24, tufts=24, marks=20)
    face = blob([(-76, 0), (-50, -68), (24, -80), (106, -66), (140, -4), (118, 74), (40, 108), (-40, 76)])
    s.paper(face, SKIN, lift=8, top=light(SKIN, 0.6), bottom=mix(SKIN, (0x8C, 0xA8, 0x80), 0.7))
    blush(s, -34, 46, 28, mood.blush, (0xD8, 0x7E, 0x86))
    blush(s, 112, 42, 22, mood.blush, (0xD8, 0x7E, 0x86))
    lid = mix(SKIN, WINE, 0.4)
    eye(s, -2, -6, 43, mood, (0x52, 0x8C, 0x84), lid)
    eye(s, 88, -8, 39, mood.but(brow=-mood.brow), (0x52, 0x8C, 0x84), lid)
    for x, y, r in ((-2, 44, 28), (88, 40, 25)):
        s.line(arc(x, y - 12, r, 15, 25, 130), 4, lid, 0.6)
    brow(s, -8, -66 - mood.lift, 50, mood.brow * 0.4, GOLD, 12)
    brow(s, 94, -68 - mood.lift, 44, -mood.brow * 0.4, GOLD, 11)
    s.wash(oval(50, 38, 11, 8), mix(SKIN, WINE, 0.55), 0.9, 2)
    mouth(s, 50, 72, 46, mood, dark(WINE, 0.3))
    fur(s, 0, -104, 40, 24, light(WOOL, 0.3), 13, depth=20, tufts=9, marks=4, lift=6)


def slipper(s: Sheet, x: float, y: float) -> None:
    s.paper(
        blob([(x - 34, y - 2), (x - 32, y - 44), (x + 6, y - 54), (x + 50, y - 36), (x + 68, y - 6), (x + 40, y)]),
        WINE,
        lift=7,
        strokes=0,
    )
    fur(s, x - 10, y - 50, 32, 12, WOOL, 17, depth=10, tufts=12, marks=0, lift=4)


def gown(s: Sheet, hem: float) -> None:
    shape = s.paper(
        blob(
            [
                (-90, 410),
                (10, 390),
                (104, 410),
                (122, 560),
                (140, hem - 20),
                (80, hem),
                (0, hem - 12),
                (-76, hem),
                (-124, hem - 16),
                (-112, 560),
            ]
        ),
        mix(WOOL, CREAM, 0.4),
        lift=12,
        bottom=mix(WOOL, (0x8F, 0x9E, 0x9C), 0.75),
    )
    with s.inside(shape):
        for x in (-90, -30, 40, 100):
            s.line(curve((x * 0.5, 560), (x * 0.9, 700), (x * 1.1, hem)), 7, mix(WOOL, PLUM, 0.4), 0.28)
        s.line(curve((-160, hem - 44), (0, hem - 36), (180, hem - 46)), 7, LEAF, 0.9)


def full(s: Sheet) -> None:
    s.canvas.save()
    s.canvas.scale(1.22, 1)  # wings are wide even when folded
    with s.at(48, 366, flip=True, size=0.92):
        robe_wing(s, -10)
    with s.at(-28, 336):
        robe_wing(s, 0)
    s.canvas.restore()
    slipper(s, -60, 898)
    slipper(s, 54, 900)
    gown(s, 866)
    fur(s, 8, 410, 132, 74, WOOL, 23, depth=28, tufts=22, marks=24)
    letter(s, 30, 590, 150, -14, WINE)
    letter(s, 52, 566, 150, 8)
    s.paper(limb([(116, 450), (158, 540), (104, 596)], [46, 44, 34]), light(WOOL, 0.1), lift=8)
    s.paper(limb([(-100, 450), (-132, 560), (-28, 610)], [48, 46, 36]), light(WOOL, 0.1), lift=9)
    hand(s, 110, 590, 176, 60, SKIN, "mitt", flip=True)
    hand(s, -30, 610, -8, 62, SKIN, "mitt")
    with s.at(24, 286, turn=6):
        head(s, DROWSY)


def bust(mood: Mood, tilt: float, droop: float) -> Drawing:
    def draw(s: Sheet) -> None:
        with s.at(120, 190, flip=True):
            robe_wing(s, 0)
        with s.at(-90, 180):
            robe_wing(s, 0)
        fur(s, 0, 190, 180, 120, WOOL, 23, depth=34, tufts=24, marks=40)
        s.paper(blob([(-150, 280), (0, 262), (160, 280), (190, 460), (-180, 460)]), mix(WOOL, CREAM, 0.4), lift=9)
        with s.at(turn=tilt, size=1.16):
            head(s, mood, droop, lean=28)

    return draw


def action(s: Sheet) -> None:
    """Asleep sitting up, the candle still in his hand."""
    with s.at(70, 526, flip=True, size=0.66):
        robe_wing(s, 0)
    for i, (x, y, turn) in enumerate(
        [(-230, 850, -4), (-190, 800, 6), (-240, 752, -8), (-200, 706, 5), (-226, 660, -3)]
    ):
        letter(s, x, y, 200, turn, WINE if i % 2 else TERRACOTTA)
    robe = s.paper(
        blob(
            [
                (-120, 560),
                (0, 530),
                (110, 560),
                (170, 700),
                (330, 790),
                (350, 870),
                (240, 898),
                (0, 900),
                (-160, 894),
                (-180, 800),
                (-150, 680),
            ]
        ),
        mix(WOOL, CREAM, 0.4),
        lift=12,
        bottom=mix(WOOL, (0x8F, 0x9E, 0x9C), 0.75),
    )
    with s.inside(robe):
        s.line(curve((120, 700), (60, 780), (90, 900)), 7, mix(WOOL, PLUM, 0.4), 0.3)
        s.line(curve((30, 760), (-20, 820), (-10, 900)), 7, mix(WOOL, PLUM, 0.4), 0.3)
    with s.at(352, 900, turn=-24):
        slipper(s, 0, -6)
    with s.at(-40, 540, size=0.63, turn=-4):
        robe_wing(s, -60)
    fur(s, 10, 560, 128, 70, WOOL, 23, depth=28, tufts=22, marks=24)
    s.glow(262, 560, 150, alpha=0.55)
    with s.at(262, 690, turn=10):
        s.paper(limb([(0, -80), (0, 0)], [34, 34]), CREAM, lift=6, strokes=0)
        s.paper(blob([(-17, -80), (17, -80), (20, -50), (10, -58), (-8, -34)]), light(CREAM, 0.6), lift=3, strokes=0)
        s.paper(
            blob([(0, -160), (16, -118), (0, -92), (-16, -118)]),
            AMBER,
            lift=2,
            strokes=0,
            top=(0xFF, 0xF6, 0xD0),
            rim=0,
        )
        s.paper(blob([(-60, -8), (60, -8), (44, 18), (-44, 18)]), GOLD, lift=6, strokes=0)
    s.paper(limb([(116, 610), (180, 690), (238, 716)], [46, 44, 34]), light(WOOL, 0.1), lift=8)
    hand(s, 226, 712, -8, 60, SKIN, "mitt")
    s.paper(limb([(-96, 620), (-110, 730), (-20, 780)], [48, 46, 36]), light(WOOL, 0.1), lift=9)
    hand(s, -24, 778, 14, 60, SKIN, "mitt")
    with s.at(-6, 434, turn=-17):
        head(s, ASLEEP.but(gape=0.3), 110)


def back(s: Sheet) -> None:
    for x in (-34, 34):
        slipper(s, x - 10, 900)
    gown(s, 850)
    spine = [(0, 380), (0, 640)]
    with s.at(26, 420):
        spread_wing(s)
    with s.at(-26, 420, flip=True):
        spread_wing(s)
    for i in range(5):
        fur(s, 0, spine[0][1] + 40 + (4 - i) * 52, 62 - (4 - i) * 7, 40, WOOL, 40 + i, depth=18, tufts=14, marks=8)
    fur(s, 0, 390, 112, 56, WOOL, 23, depth=26, tufts=20, marks=20)
    with s.at(0, 270):
        fern(s, -46, -98, -36, 300, -70)
        fern(s, 46, -98, 36, 300, 70)
        fur(s, 0, 0, 134, 120, WOOL, 12, depth=24, tufts=24, marks=34)


PICTURES = {
    "selenio": {
        "full": Picture(full),
        "portrait": Picture(bust(DROWSY, 4, 76), cut_bottom=300),
        "action": Picture(action),
        "back": Picture(back),
        "emotion": Picture(
            bust(DROWSY.but(look=(0.2, -0.9), lids=0.18, brow=1.0, lift=8, mouth=0.6, gape=0.16, blush=0.9), -7, 46),
            cut_bottom=300,
        ),
    }
}
