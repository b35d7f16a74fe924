"""Madame Vesp, a retired wasp who runs the post office: all height and hem, a waist like a knot in a string."""

from collections.abc import Sequence

from brush import CREAM, NIGHT, PLUM, SLATE, TERRACOTTA, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, arm, blush, brow, eye, hand, letter, mouth
from figures_shapes import arc, blob, common, curve, limb, oval, union, without

SKIN: Rgb = (0xF2, 0xCF, 0x7E)
HAIR: Rgb = (0x3A, 0x2C, 0x40)
CAPE: Rgb = (0x45, 0x5E, 0x86)
LINING: Rgb = (0xA8, 0x4A, 0x44)
BRASS: Rgb = (0xE0, 0xAE, 0x58)
RIM: Rgb = (0x7C, 0x3E, 0x40)
STRIPE: Rgb = (0xF0, 0xB0, 0x3E)
STERN = Mood(look=(0.35, 0.3), lids=0.34, brow=-0.55, mouth=-0.12, blush=0.22)


def head(s: Sheet, mood: Mood) -> None:
    """Around (0, 0): a narrow face to the right, bun behind, a postal cap with feelers swept back."""
    for end, mid in (((-190, -214), (-80, -232)), ((-230, -150), (-120, -190))):
        s.paper(limb([(0, -150), mid, end, (end[0] - 34, end[1] + 40)], [15, 12, 10, 15]), HAIR, lift=5, strokes=0)
    s.paper(oval(-128, -14, 62, 66), HAIR, lift=8)
    with s.inside(oval(-128, -14, 62, 66)):
        for r in (20, 38, 54):
            s.line(arc(-122, -10, r, r, 100, 250), 4, light(HAIR, 0.4), 0.5)
    s.paper(blob([(-112, -30), (-92, -116), (0, -142), (92, -108), (104, -30), (60, 60), (-70, 70)]), HAIR, lift=9)
    face = s.paper(
        blob(
            [
                (-72, -34),
                (-40, -92),
                (34, -100),
                (104, -66),
                (122, -8),
                (98, 70),
                (60, 136),
                (28, 142),
                (-22, 92),
                (-62, 34),
            ]
        ),
        SKIN,
        lift=10,
        top=light(SKIN, 0.5),
        bottom=mix(SKIN, TERRACOTTA, 0.45),
    )
    with s.inside(face):
        s.wash(oval(-50, 60, 40, 60), mix(SKIN, TERRACOTTA, 0.6), 0.4, 18)
    blush(s, -14, 56, 24, mood.blush)
    blush(s, 92, 52, 18, mood.blush)
    s.paper(
        blob([(-84, 10), (-88, -80), (0, -124), (100, -102), (120, -48), (60, -78), (-10, -66), (-52, -30)]),
        HAIR,
        lift=7,
    )
    eye(s, 0, -4, 33, mood, (0x4B, 0x6E, 0x8E), mix(SKIN, PLUM, 0.45), tall=1.05)
    eye(s, 83, -6, 29, mood.but(brow=-mood.brow), (0x4B, 0x6E, 0x8E), mix(SKIN, PLUM, 0.45), tall=1.05)
    brow(s, -2, -50 - mood.lift, 56, mood.brow * 0.42, HAIR, 11)
    brow(s, 86, -52 - mood.lift, 46, -mood.brow * 0.42, HAIR, 10)
    s.paper(
        blob([(42, 2), (58, 30), (72, 48), (54, 58), (38, 50)]), mix(SKIN, TERRACOTTA, 0.18), lift=5, strokes=0, rim=0.6
    )
    for x, r in ((0, 45), (84, 40)):
        s.wash(oval(x, -4, r - 4), (255, 255, 255), 0.1, 2)
        s.line(oval(x, -2, r), 8, RIM)
        s.line(arc(x, -2, r, r, 170, 110), 2.6, CREAM, 0.9)
        s.line(curve((x - r * 0.5, r * 0.35 - 2), (x - r * 0.2, r * 0.66)), 3, (255, 255, 255), 0.35)
    s.line(arc(44, 8, 13, 18, 200, 140), 7, RIM)
    s.line(curve((-45, -8), (-84, -20)), 7, RIM)
    # The chain that keeps her spectacles from flying off.
    s.line(curve((-80, -18), (-92, 50), (-50, 130), (-30, 170)), 3.4, BRASS, 0.8)
    mouth(s, 60, 92, 40, mood, mix(TERRACOTTA, NIGHT, 0.45))
    s.line(curve((40, 110), (60, 115), (76, 110)), 3, mix(SKIN, TERRACOTTA, 0.9), 0.5)
    crown = s.paper(
        blob([(-102, -96), (-92, -178), (10, -210), (104, -176), (112, -108), (10, -126)], tension=0.42), CAPE, lift=9
    )
    with s.inside(crown):
        s.line(curve((-110, -112), (0, -144), (116, -120)), 20, LINING)
    s.paper(
        blob([(-20, -128), (60, -132), (128, -106), (156, -76), (90, -92), (20, -98)]),
        dark(CAPE, 0.55),
        lift=7,
        strokes=0,
        rim=0.6,
    )
    s.paper(oval(34, -160, 22, 19), BRASS, lift=4, strokes=0)
    s.line(arc(34, -160, 10, 9, 20, 280), 4, dark(BRASS, 0.55))


def abdomen(s: Sheet) -> None:
    """A striped skirt of a body hanging from a waist at (0, 0) to its sting."""
    shape = s.paper(
        blob(
            [
                (-16, 0),
                (18, 0),
                (92, 90),
                (104, 190),
                (66, 300),
                (10, 396),
                (-4, 398),
                (-62, 300),
                (-92, 190),
                (-72, 80),
            ]
        ),
        STRIPE,
        lift=12,
    )
    with s.inside(shape):
        for y, tall in ((28, 40), (112, 46), (200, 44), (284, 40), (350, 70)):
            band = common(
                shape,
                blob(
                    [(-140, y), (0, y + 22), (140, y), (140, y + tall), (0, y + tall + 26), (-140, y + tall)],
                    tension=0.4,
                ),
            )
            s.paper(band, HAIR, lift=5, strokes=2)


def leg(s: Sheet, x: float, knee: float, foot: float, color: Rgb) -> None:
    s.paper(limb([(x, 560), (knee, 700), (foot, 876)], [24, 20, 15]), color, lift=6, strokes=0)
    s.paper(
        blob(
            [(foot - 12, 852), (foot + 10, 852), (foot + 40, 884), (foot + 58, 898), (foot - 8, 898), (foot - 14, 880)],
            tension=0.35,
        ),
        dark(PLUM, 0.35),
        lift=4,
        strokes=0,
    )
    s.paper(limb([(foot - 8, 880), (foot - 10, 896)], [12, 10]), dark(PLUM, 0.5), lift=2, strokes=0)


def wings(s: Sheet, x: float, y: float, turn: float, size: float = 1) -> None:
    for angle, tone in ((turn - 9, 0.1), (turn + 6, 0.0)):
        with s.at(x, y, turn=angle, size=size):
            pane = s.paper(
                blob([(0, 0), (-44, 120), (-50, 300), (-10, 420), (30, 300), (34, 120)]),
                dark((0xB9, 0xC9, 0xD2), tone),
                lift=9,
            )
            with s.inside(pane):
                for end in ((-40, 300), (-8, 400), (22, 290)):
                    s.line(curve((0, 10), (end[0] * 0.5, end[1] * 0.5), end), 3.4, (0xF4, 0xF2, 0xE0), 0.6)


def cape(s: Sheet, outline: Sequence[Point], collar_y: float = 0) -> None:
    """A short postal cape with brass buttons and a stiff collar, its throat at (30, collar_y)."""
    shape = s.paper(blob(outline, tension=0.45), CAPE, lift=13, strokes=9)
    with s.inside(shape):
        s.line(blob(outline, tension=0.45), 26, dark(CAPE, 0.3))
        s.line(blob(outline, tension=0.45), 6, BRASS, 0.9)
        s.line(curve((38, collar_y), (52, collar_y + 120), (50, collar_y + 300)), 5, dark(CAPE, 0.6), 0.8)
    for i in range(3):
        s.paper(oval(66, collar_y + 56 + i * 56, 12), BRASS, lift=4, strokes=0)


def collar(s: Sheet, y: float) -> None:
    s.paper(blob([(-64, y - 34), (-20, y + 6), (32, y + 34), (-30, y + 60), (-78, y + 26)], tension=0.3), CAPE, lift=7)
    s.paper(blob([(96, y - 30), (70, y + 8), (32, y + 34), (82, y + 58), (116, y + 22)], tension=0.3), CAPE, lift=7)
    s.paper(
        union(
            blob([(30, y + 34), (-10, y + 14), (-6, y + 56)], tension=0.3),
            blob([(30, y + 34), (72, y + 14), (68, y + 58)], tension=0.3),
        ),
        LINING,
        lift=5,
        strokes=0,
    )
    s.paper(oval(31, y + 35, 12), dark(LINING, 0.2), lift=3, strokes=0)


CAPE_LINE = [(-66, 262), (30, 256), (118, 264), (168, 380), (182, 486), (60, 468), (-60, 476), (-142, 500), (-124, 380)]


def full(s: Sheet) -> None:
    wings(s, -64, 330, 20)
    leg(s, -14, -40, -60, dark(HAIR, 0.1))
    s.paper(limb([(20, 440), (8, 540)], [64, 20]), HAIR, lift=6)
    with s.at(0, 520, turn=11, size=0.82):
        abdomen(s)
    leg(s, 22, 66, 52, HAIR)
    s.paper(limb([(20, 400), (18, 470), (6, 556)], [104, 74, 22]), HAIR, lift=8)
    arm(s, [(130, 400), (190, 490), (150, 560)], [36, 30, 22], HAIR)
    arm(s, [(-96, 400), (-130, 500), (-30, 552)], [38, 32, 22], HAIR)
    cape(s, CAPE_LINE, 280)
    s.paper(limb([(14, 190), (22, 290)], [44, 52]), HAIR, lift=6)
    collar(s, 256)
    letter(s, 92, 560, 128, -9)
    hand(s, 156, 546, 168, 56, SKIN, "mitt", flip=True)
    hand(s, -32, 552, 14, 58, SKIN, "mitt")
    with s.at(8, 140, size=0.92):
        head(s, STERN)


def bust(mood: Mood) -> Drawing:
    def draw(s: Sheet) -> None:
        wings(s, -110, 250, 48, 0.8)
        cape(s, [(-96, 168), (30, 158), (150, 168), (236, 290), (280, 470), (40, 560), (-230, 470), (-180, 290)], 190)
        s.paper(limb([(8, 80), (20, 190)], [62, 76]), HAIR, lift=6)
        collar(s, 166)
        head(s, mood)

    return draw


def action(s: Sheet) -> None:
    """Stamping: one arm raised with the postmark, the other holding the letter down on a stack of post."""
    wings(s, -64, 330, 34)
    leg(s, -14, -60, -100, dark(HAIR, 0.1))
    with s.at(-6, 520, turn=22, size=0.82):
        abdomen(s)
    leg(s, 22, 50, 30, HAIR)
    s.paper(limb([(30, 400), (22, 470), (0, 556)], [104, 74, 22]), HAIR, lift=8)
    for i in range(9):
        letter(s, 262 + (i * 37) % 19 - 9, 826 - i * 30, 190, (i * 53) % 9 - 4, LINING if i % 3 else SLATE)
    letter(s, 262, 548, 176, -5)
    arm(s, [(140, 390), (250, 330), (262, 210)], [38, 32, 22], HAIR)
    with s.at(262, 170, turn=8):
        s.paper(limb([(0, -64), (0, 20)], [34, 26]), mix(TERRACOTTA, PLUM, 0.2), lift=6, strokes=0)
        s.paper(blob([(-50, 20), (50, 20), (58, 52), (-58, 52)], tension=0.3), BRASS, lift=6, strokes=0)
    hand(s, 260, 214, -84, 60, SKIN, "fist")
    cape(
        s,
        [(-66, 262), (30, 256), (122, 264), (210, 350), (212, 430), (60, 468), (-60, 476), (-150, 520), (-124, 380)],
        280,
    )
    arm(s, [(-60, 420), (20, 540), (170, 530)], [38, 32, 22], HAIR)
    hand(s, 166, 530, -8, 58, SKIN, "mitt")
    s.paper(limb([(14, 190), (22, 290)], [44, 52]), HAIR, lift=6)
    collar(s, 256)
    with s.at(18, 140, size=0.92, turn=4):
        head(s, STERN.but(look=(0.7, 0.7), brow=-0.9, lids=0.42, mouth=-0.4))


def back(s: Sheet) -> None:
    for sign in (-1, 1):
        leg(s, sign * 16, sign * 40, sign * 38, HAIR)
    with s.at(0, 510, size=0.86):
        abdomen(s)
    s.paper(limb([(0, 400), (0, 470), (0, 550)], [104, 74, 22]), HAIR, lift=8)
    for sign in (-1, 1):
        arm(s, [(sign * 100, 400), (sign * 150, 500), (sign * 116, 590)], [38, 32, 22], HAIR)
        hand(s, sign * 116, 588, 96 if sign < 0 else 84, 56, SKIN, "mitt", flip=sign < 0)
    outline = [(-92, 262), (0, 250), (92, 262), (146, 380), (162, 500), (60, 480), (-60, 480), (-162, 500), (-146, 380)]
    shape = s.paper(blob(outline, tension=0.45), CAPE, lift=13, strokes=9)
    with s.inside(shape):
        s.line(blob(outline, tension=0.45), 26, dark(CAPE, 0.3))
        s.line(blob(outline, tension=0.45), 6, BRASS, 0.9)
        for x in (-60, 0, 60):
            s.line(curve((x * 0.4, 290), (x, 400), (x * 1.3, 500)), 6, dark(CAPE, 0.6), 0.4)
    envelope = s.paper(blob([(-44, 350), (44, 350), (44, 410), (-44, 410)], tension=0.1), BRASS, lift=4, strokes=0)
    with s.inside(envelope):
        s.line(curve((-44, 350), (0, 386), (44, 350)), 5, dark(BRASS, 0.5))
    wings(s, -40, 440, 13, 0.86)
    wings(s, 40, 440, -10, 0.86)
    with s.at(0, 150, size=0.92):
        for sign in (-1, 1):
            s.paper(
                limb([(sign * 20, -150), (sign * 90, -232), (sign * 190, -214), (sign * 224, -172)], [15, 12, 10, 15]),
                HAIR,
                lift=5,
                strokes=0,
            )
        s.paper(limb([(0, 40), (0, 150)], [50, 56]), HAIR, lift=6)
        s.paper(blob([(-110, -30), (-90, -116), (0, -142), (90, -116), (110, -30), (60, 90), (-60, 90)]), HAIR, lift=9)
        s.paper(oval(0, 16, 72, 74), HAIR, lift=10)
        for r in (22, 44, 62):
            s.line(arc(0, 16, r, r, 120, 250), 4, light(HAIR, 0.4), 0.5)
        crown = s.paper(
            blob([(-106, -92), (-98, -178), (0, -206), (98, -178), (106, -92), (0, -80)], tension=0.42), CAPE, lift=9
        )
        with s.inside(crown):
            s.line(curve((-110, -102), (0, -90), (116, -102)), 20, LINING)
    s.paper(
        without(blob([(-86, 268), (-60, 236), (60, 236), (86, 268), (0, 300)], tension=0.4), oval(0, 210, 50, 34)),
        CAPE,
        lift=7,
    )


PICTURES = {
    "madame-vesp": {
        "full": Picture(full),
        "portrait": Picture(bust(STERN), cut_bottom=310),
        "action": Picture(action),
        "back": Picture(back),
        "emotion": Picture(
            bust(Mood(look=(0.2, -0.3), lids=0.02, brow=0.9, lift=16, mouth=0.1, gape=0.6, blush=0.6)), cut_bottom=310
        ),
    }
}
