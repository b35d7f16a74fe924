"""The wings of a luna moth: spread, and folded like a cloak."""

import skia
from brush import AMBER, CREAM, Point, Rgb, Sheet, dark, light, mix
from figures_shapes import blob, curve, limb, oval, without

LEAF: Rgb = (0xB4, 0xD6, 0xA2)
WINE: Rgb = (0x84, 0x4C, 0x6C)


def eyespot(s: Sheet, x: float, y: float, r: float, turn: float = 0) -> None:
    """A little moon."""
    s.paper(oval(x, y, r, r * 0.92, turn), WINE, lift=3, strokes=0, shadow=0.2)
    s.paper(oval(x, y, r * 0.78, r * 0.72, turn), AMBER, lift=2, strokes=0, shadow=0)
    s.paper(
        without(oval(x, y, r * 0.66, r * 0.62), oval(x + r * 0.3, y - r * 0.1, r * 0.56, r * 0.54)),
        CREAM,
        lift=2,
        strokes=0,
        shadow=0,
    )


def veins(s: Sheet, shape: skia.Path, root: Point, ends: list[Point]) -> None:
    with s.inside(shape):
        for ex, ey in ends:
            mid = ((root[0] + ex) / 2 + (ey - root[1]) * 0.06, (root[1] + ey) / 2 - (ex - root[0]) * 0.06)
            s.line(curve(root, mid, (ex, ey)), 4, light(LEAF, 0.7), 0.55)


def spread_wing(s: Sheet) -> None:
    """The right pair from a shoulder at (0, 0): fore wing 400 wide, hind wing with its tail 560 down."""
    hind = s.paper(
        blob(
            [
                (0, 30),
                (120, 60),
                (230, 150),
                (236, 270),
                (170, 340),
                (150, 430),
                (196, 540),
                (176, 600),
                (128, 560),
                (96, 440),
                (60, 320),
                (0, 220),
            ]
        ),
        LEAF,
        lift=13,
        strokes=8,
        bottom=mix(LEAF, (0x5C, 0x8C, 0x88), 0.6),
    )
    veins(s, hind, (10, 60), [(230, 180), (200, 320), (150, 540), (60, 300)])
    eyespot(s, 146, 200, 34)
    fore = s.paper(
        blob(
            [
                (0, -20),
                (120, -110),
                (270, -190),
                (420, -210),
                (400, -120),
                (340, 0),
                (300, 110),
                (190, 130),
                (60, 110),
                (0, 60),
            ]
        ),
        light(LEAF, 0.2),
        lift=14,
        strokes=9,
        bottom=mix(LEAF, (0x5C, 0x8C, 0x88), 0.4),
    )
    veins(s, fore, (0, 10), [(400, -150), (340, -20), (290, 90), (160, 120)])
    with s.inside(fore):
        s.line(curve((310, -280), (380, -60), (280, 160)), 9, mix(LEAF, WINE, 0.5), 0.35)
    s.paper(limb([(-6, -14), (120, -112), (270, -192), (422, -212)], [24, 26, 22, 8]), WINE, lift=6, strokes=2)
    eyespot(s, 232, -60, 34)


def robe_wing(s: Sheet, tail: float) -> None:
    """A wing folded like a cloak to the left of a shoulder at (0, 0), reaching 500 down; its tail trails to `tail`."""
    hind = s.paper(
        blob(
            [
                (20, 120),
                (-110, 200),
                (-190, 330),
                (-186, 420),
                (-220, 480),
                (-290, 530),
                (-350 - tail, 548),
                (-330 - tail, 566),
                (-240, 562),
                (-130, 520),
                (-40, 520),
                (40, 500),
            ]
        ),
        dark(LEAF, 0.06),
        lift=13,
        strokes=8,
        bottom=mix(LEAF, (0x5C, 0x8C, 0x88), 0.6),
    )
    veins(s, hind, (0, 140), [(-170, 400), (-280, 540), (-90, 510)])
    eyespot(s, -112, 380, 30)
    fore = s.paper(
        blob(
            [
                (30, -30),
                (-70, -34),
                (-176, 60),
                (-250, 210),
                (-276, 330),
                (-190, 344),
                (-100, 400),
                (-10, 420),
                (50, 300),
            ]
        ),
        light(LEAF, 0.16),
        lift=14,
        strokes=9,
        bottom=mix(LEAF, (0x5C, 0x8C, 0x88), 0.45),
    )
    veins(s, fore, (10, -10), [(-260, 320), (-150, 360), (-40, 410)])
    s.paper(
        limb([(20, -32), (-72, -30), (-174, 62), (-250, 210), (-278, 334)], [20, 30, 28, 20, 8]),
        WINE,
        lift=7,
        strokes=2,
    )
    eyespot(s, -116, 186, 36)
