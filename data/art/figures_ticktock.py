"""Tick-Tock, a beetle with a pocket watch for a back; feelers and moustache keep the same time, ten past ten."""

from brush import CREAM, INDIGO, NIGHT, PAPER, PLUM, TERRACOTTA, Drawing, Picture, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, arm, blush, boot, brow, eye, hand, mouth
from figures_shapes import arc, blob, card, common, curve, limb, oval, polar, sharp, without

SHELL: Rgb = (0x3C, 0x6E, 0x68)
SKIN: Rgb = (0xE8, 0xB8, 0x8C)
BRASS: Rgb = (0xD9, 0xA4, 0x4E)
INK: Rgb = (0x33, 0x29, 0x42)
VEST: Rgb = (0x8A, 0x42, 0x48)
BRISK = Mood(look=(0.45, -0.05), lids=0.14, brow=0.1, mouth=0.5, blush=0.45)
GROUND: Rgb = (0xF4, 0xE8, 0xCC)


def clock_hand(s: Sheet, turn: float, length: float, width: float) -> None:
    """A spade-tipped hand from (0, 0), straight up when turn is 0."""
    with s.at(turn=turn):
        s.paper(
            blob(
                [
                    (-width * 0.4, length * 0.16),
                    (-width * 0.35, -length * 0.6),
                    (-width * 1.25, -length * 0.72),
                    (0, -length),
                    (width * 1.25, -length * 0.72),
                    (width * 0.35, -length * 0.6),
                    (width * 0.4, length * 0.16),
                ],
                tension=0.3,
            ),
            INK,
            lift=4,
            strokes=0,
            rim=0.3,
        )


def watch(s: Sheet, r: float, hour: float, minute: float, squash: float = 1.0) -> None:
    """A pocket watch of radius r around (0, 0), its crown up; angles clockwise from twelve."""
    s.canvas.save()
    s.canvas.scale(squash, 1)
    ring = without(oval(0, -r * 1.36, r * 0.2), oval(0, -r * 1.36, r * 0.125))
    s.paper(ring, BRASS, lift=7, strokes=0)
    s.paper(limb([(0, -r * 1.14), (0, -r * 0.9)], [r * 0.16, r * 0.2]), dark(BRASS, 0.15), lift=7, strokes=0)
    knob = s.paper(card(0, -r * 1.12, r * 0.3, r * 0.17, r * 0.05), BRASS, lift=6, strokes=0)
    with s.inside(knob):
        for i in range(-4, 5):
            s.line(curve((i * r * 0.035, -r * 1.3), (i * r * 0.035, -r * 0.98)), r * 0.012, dark(BRASS, 0.6), 0.6)
    s.paper(
        oval(0, 0, r), BRASS, lift=15, top=light(BRASS, 0.6), bottom=mix(dark(BRASS, 0.5), TERRACOTTA, 0.3), strokes=6
    )
    s.paper(
        oval(0, 0, r * 0.9),
        dark(BRASS, 0.25),
        lift=3,
        shadow=0,
        rim=0,
        top=dark(BRASS, 0.5),
        bottom=light(BRASS, 0.3),
        strokes=0,
    )
    dial = s.paper(oval(0, 0, r * 0.83), PAPER, lift=4, shadow=0, rim=0, strokes=7, bottom=mix(CREAM, BRASS, 0.35))
    with s.inside(dial):
        s.wash(without(oval(0, 0, r * 1.2), oval(r * 0.06, r * 0.09, r * 0.82)), INK, 0.5, r * 0.06)
    for i in range(60):
        inner = 0.73 if i % 5 else 0.7
        s.line(
            curve(polar(0, 0, r * inner, i * 6), polar(0, 0, r * 0.76, i * 6)),
            r * (0.01 if i % 5 else 0.026),
            INK,
            0.85,
        )
    for i in range(12):
        strokes = (3, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 1)[i]
        with s.at(turn=i * 30):
            for n in range(strokes):
                x = (n - (strokes - 1) / 2) * r * 0.052
                s.line(curve((x, -r * 0.63), (x, -r * 0.5)), r * 0.028, INK, 0.9)
    s.paper(oval(0, r * 0.34, r * 0.17), mix(CREAM, BRASS, 0.3), lift=2, strokes=0, shadow=0, rim=0.5)
    s.line(curve((0, r * 0.34), polar(0, r * 0.34, r * 0.14, -50)), r * 0.016, TERRACOTTA)
    clock_hand(s, hour, r * 0.36, r * 0.055)
    clock_hand(s, minute, r * 0.52, r * 0.045)
    s.paper(oval(0, 0, r * 0.055), BRASS, lift=3, strokes=0)
    with s.inside(dial):
        shine = without(oval(-r * 0.04, -r * 0.04, r * 0.76), oval(r * 0.2, r * 0.24, r * 0.86))
        s.wash(shine, (255, 255, 255), 0.6, r * 0.02)
    s.canvas.restore()


def head(s: Sheet, mood: Mood, hours: tuple[float, float] = (-58, 58)) -> None:
    """Around (0, 0), 140 in radius; hours are the angles of the two feelers."""
    for x, angle, length in ((-44, hours[0] * 0.66, 160), (56, hours[1] * 0.66, 210)):
        with s.at(x, -106):
            clock_hand(s, angle, length, 19)
    skull = s.paper(
        blob(
            [(-140, 6), (-112, -90), (-10, -134), (96, -106), (142, -20), (128, 76), (50, 134), (-60, 126), (-124, 80)]
        ),
        SHELL,
        lift=11,
    )
    face = blob([(-70, 6), (-48, -56), (20, -64), (100, -58), (138, 4), (120, 78), (50, 122), (-40, 92)])
    s.paper(common(skull, face), SKIN, lift=8, top=light(SKIN, 0.5), bottom=mix(SKIN, TERRACOTTA, 0.5))
    blush(s, -34, 44, 26, mood.blush)
    blush(s, 116, 40, 20, mood.blush)
    lid = mix(SKIN, SHELL, 0.45)
    eye(s, -2, -8, 38, mood, (0x3E, 0x7C, 0x74), lid)
    eye(s, 88, -10, 36, mood.but(brow=-mood.brow), (0x3E, 0x7C, 0x74), lid)
    brow(s, -6, -62 - mood.lift, 54, mood.brow * 0.4 + 0.12, INK, 13)
    brow(s, 94, -66 - mood.lift, 48, -mood.brow * 0.4 + 0.12, INK, 12)
    s.line(oval(88, -9, 46), 8, BRASS)
    s.line(arc(88, -9, 46, 46, 180, 110), 3, CREAM, 0.9)
    s.line(curve((124, 20), (146, 80), (120, 150)), 3.4, BRASS)
    mouth(s, 50, 92, 44, mood, dark(TERRACOTTA, 0.5))
    s.paper(oval(52, 42, 22, 18), mix(SKIN, TERRACOTTA, 0.5), lift=5, strokes=0, rim=0.7)
    s.wash(oval(46, 36, 7, 5), CREAM, 0.8, 2)
    for sign, reach in ((-1, 104), (1, 92)):
        s.paper(
            blob(
                [
                    (50 + sign * 2, 60),
                    (50 + sign * 30, 80),
                    (50 + sign * reach * 0.7, 62),
                    (50 + sign * reach, 4),
                    (50 + sign * reach * 0.8, 40),
                    (50 + sign * reach * 0.4, 54),
                ]
            ),
            INK,
            lift=7,
            strokes=0,
            rim=0.5,
        )


def waistcoat(s: Sheet) -> None:
    """The belly in its waistcoat, neck at (90, 380), hem at 740."""
    belly = s.paper(
        blob(
            [(20, 390), (100, 372), (190, 400), (246, 520), (240, 650), (170, 742), (60, 750), (-30, 700), (-40, 520)]
        ),
        VEST,
        lift=12,
    )
    with s.inside(belly):
        s.paper(
            blob([(70, 360), (190, 360), (168, 470), (140, 520), (104, 470)], tension=0.3), PAPER, lift=4, strokes=2
        )
        s.line(curve((140, 510), (156, 620), (140, 760)), 5, dark(VEST, 0.55), 0.7)
        for x in range(-60, 280, 26):
            s.line(curve((x, 360), (x + 14, 560), (x, 760)), 2.4, light(VEST, 0.5), 0.22)
    for y in (540, 600, 660):
        s.paper(oval(176 - (y - 600) ** 2 * 0.001, y, 11), BRASS, lift=4, strokes=0)
    s.paper(sharp((132, 396), (92, 372), (96, 424)), INDIGO, lift=4, strokes=0)
    s.paper(sharp((132, 396), (176, 372), (172, 426)), INDIGO, lift=4, strokes=0)
    s.paper(oval(132, 397, 12), INDIGO, lift=3, strokes=0)
    s.line(curve((186, 604), (222, 640), (236, 616)), 5, BRASS)


def legs(s: Sheet) -> None:
    for x in (20, 150):
        s.paper(limb([(x, 700), (x + 4, 860)], [44, 34]), INK, lift=7, strokes=0)
        boot(s, x - 10, 900, 106, mix(PLUM, NIGHT, 0.25))
        s.paper(
            blob([(x - 26, 824), (x + 34, 824), (x + 32, 862), (x - 24, 862)], tension=0.3), PAPER, lift=4, strokes=0
        )
        for y in (834, 850):
            s.paper(oval(x + 22, y, 4.6), BRASS, lift=1, strokes=0)


def full(s: Sheet) -> None:
    legs(s)
    arm(s, [(206, 460), (300, 520), (318, 440)], [40, 36, 28], SHELL)
    hand(s, 316, 444, -78, 60, SKIN, "point")
    waistcoat(s)
    s.paper(oval(-96, 560, 262, 276, -8), SHELL, lift=14, strokes=9)
    with s.at(-116, 548, turn=-13):
        watch(s, 252, -60, 60, 0.93)
    arm(s, [(140, 410), (104, 560), (206, 634)], [48, 42, 30], light(SHELL, 0.1))
    hand(s, 202, 632, -14, 62, SKIN, "mitt")
    with s.at(116, 256):
        head(s, BRISK)


def bust(mood: Mood, minute: float, hours: tuple[float, float]) -> Drawing:
    def draw(s: Sheet) -> None:
        with s.at(-176, 190, turn=-16):
            watch(s, 210, -60, minute, 0.94)
        s.paper(blob([(-130, 220), (40, 120), (190, 190), (250, 330), (260, 480), (-190, 480)]), VEST, lift=12)
        s.paper(blob([(-20, 130), (140, 130), (112, 300), (70, 400), (20, 300)], tension=0.3), PAPER, lift=6, strokes=3)
        for sign in (-1, 1):
            s.paper(
                blob([(64 + sign * 6, 190), (64 + sign * 84, 150), (64 + sign * 88, 232)], tension=0.25),
                INDIGO,
                lift=6,
                strokes=0,
            )
            s.paper(
                blob(
                    [
                        (64 + sign * 70, 128),
                        (64 + sign * 150, 200),
                        (64 + sign * 96, 330),
                        (64 + sign * 40, 480),
                        (64 + sign * 20, 420),
                    ],
                    tension=0.25,
                ),
                dark(VEST, 0.25),
                lift=8,
                strokes=3,
            )
        s.paper(oval(64, 191, 18), INDIGO, lift=4, strokes=0)
        for y in (330, 390):
            s.paper(oval(66, y, 12), BRASS, lift=4, strokes=0)
        head(s, mood, hours)

    return draw


def action(s: Sheet) -> None:
    """Late: running with one arm flung at the hour, the watch tipped forward on his back."""
    s.paper(limb([(80, 680), (-40, 830), (-210, 810)], [46, 40, 32]), INK, lift=7, strokes=0)
    with s.at(-224, 800, turn=70):
        boot(s, 0, 30, 100, mix(PLUM, NIGHT, 0.4))
    arm(s, [(220, 470), (340, 470), (420, 360)], [40, 36, 28], SHELL)
    hand(s, 416, 364, -46, 64, SKIN, "point")
    s.paper(limb([(150, 680), (260, 730), (250, 850)], [48, 42, 34]), INK, lift=7, strokes=0)
    boot(s, 240, 900, 108, mix(PLUM, NIGHT, 0.25))
    with s.at(110, 40, turn=6):
        waistcoat(s)
    with s.at(-110, 510, turn=-2):
        s.paper(oval(20, 8, 256, 272), SHELL, lift=14, strokes=9)
        watch(s, 248, -90, 0, 0.93)
    arm(s, [(170, 470), (110, 600), (190, 690)], [44, 40, 30], light(SHELL, 0.1))
    hand(s, 186, 686, 10, 62, SKIN, "fist")
    with s.at(180, 262, turn=9):
        head(s, BRISK.but(look=(0.5, -0.2), lids=0.0, lift=12, brow=0.6, gape=0.5), (-84, 10))
    s.paper(oval(338, 296, 14, 20, 20), (0xB8, 0xD4, 0xE0), lift=3, strokes=0, rim=0.7)


def back(s: Sheet) -> None:
    for x in (-70, 70):
        s.paper(limb([(x, 720), (x, 860)], [44, 34]), INK, lift=7, strokes=0)
        boot(s, x, 900, 100, mix(PLUM, NIGHT, 0.25), flip=x < 0)
        s.paper(
            blob([(x - 30, 824), (x + 30, 824), (x + 28, 862), (x - 28, 862)], tension=0.3), PAPER, lift=4, strokes=0
        )
    for sign in (-1, 1):
        arm(s, [(sign * 210, 460), (sign * 318, 560), (sign * 300, 670)], [42, 38, 30], SHELL)
        hand(s, sign * 300, 668, 92, 60, SKIN, "mitt", flip=sign < 0)
    with s.at(0, 200):
        for x, angle, length in ((-50, -40, 160), (50, 40, 210)):
            with s.at(x, -100):
                clock_hand(s, angle, length, 19)
        s.paper(oval(0, 6, 142, 134), SHELL, lift=11)
    s.paper(oval(0, 560, 286, 272), SHELL, lift=14, strokes=9)
    with s.at(0, 556):
        watch(s, 250, -60, 60)


PICTURES = {
    "tick-tock": {
        "full": Picture(full, ground=GROUND),
        "portrait": Picture(bust(BRISK, 60, (-58, 58)), cut_bottom=310),
        "action": Picture(action),
        "back": Picture(back),
        "emotion": Picture(
            bust(BRISK.but(look=(0.1, 0.1), lids=0.0, brow=1.0, lift=20, gape=0.7, mouth=-0.4, blush=0.2), 0, (-6, 4)),
            cut_bottom=310,
        ),
    }
}
