"""Odile, a firefly apprentice: round, swallowed by her scarf, with a lamp she cannot hide behind."""

from brush import AMBER, PLUM, TERRACOTTA, Drawing, Picture, Rgb, Sheet, dark, light, mix, moved
from figures_parts import Mood, arm, blush, boot, brow, eye, feeler, hand, mouth
from figures_scarf import scarf_tail, scarf_wrap
from figures_shapes import arc, blob, common, curve, limb, oval, without

SKIN: Rgb = (0xF0, 0xC2, 0x96)
HOOD: Rgb = (0x6B, 0x3B, 0x58)
MAUVE: Rgb = (0xA8, 0x6C, 0x86)
COAT: Rgb = (0x3F, 0x54, 0x78)
IRIS: Rgb = (0xC9, 0x7A, 0x24)
SHY = Mood(look=(0.75, 0.35), lids=0.16, brow=0.8, mouth=0.25, blush=0.6)


def head(s: Sheet, mood: Mood) -> None:
    """Around (0, 0), 180 in radius, three-quarter to the right."""
    feeler(s, [(-70, -150), (-120, -250), (-90, -325), (-30, -318)], 17, HOOD, 24)
    feeler(s, [(50, -160), (70, -262), (140, -315), (188, -272)], 17, HOOD, 24)
    skull = s.paper(
        blob(
            [
                (-182, 0),
                (-150, -112),
                (-40, -178),
                (84, -162),
                (168, -78),
                (186, 26),
                (140, 128),
                (20, 172),
                (-120, 130),
            ]
        ),
        HOOD,
        lift=14,
    )
    s.wash(oval(-70, -100, 70, 40, -35), light(HOOD, 0.6), 0.35, 26)
    face = common(
        skull,
        blob(
            [
                (-88, 18),
                (-70, -58),
                (-10, -86),
                (40, -58),
                (92, -88),
                (160, -52),
                (200, 30),
                (160, 140),
                (30, 182),
                (-66, 118),
            ]
        ),
    )
    s.paper(face, SKIN, lift=9, top=light(SKIN, 0.55), bottom=mix(SKIN, TERRACOTTA, 0.5))
    s.wash(oval(40, 150, 150, 34), (0xFF, 0x9A, 0x4A), 0.45, 26)
    blush(s, -38, 74, 38, mood.blush)
    blush(s, 140, 70, 30, mood.blush)
    s.paper(
        without(
            skull,
            blob(
                [
                    (-96, 30),
                    (-74, -54),
                    (-14, -78),
                    (40, -46),
                    (92, -80),
                    (168, -40),
                    (260, 60),
                    (160, 280),
                    (-40, 260),
                    (-84, 140),
                ]
            ),
        ),
        HOOD,
        lift=10,
        strokes=9,
    )
    eye(s, 0, 16, 50, mood, IRIS, mix(SKIN, HOOD, 0.28))
    eye(s, 116, 14, 44, mood.but(brow=-mood.brow), IRIS, mix(SKIN, HOOD, 0.28))
    brow(s, -8, -52 - mood.lift, 58, mood.brow * 0.45, HOOD, 15)
    brow(s, 122, -54 - mood.lift, 50, -mood.brow * 0.45, HOOD, 14)
    s.wash(oval(72, 62, 13, 9), mix(SKIN, TERRACOTTA, 0.8), 0.75, 3)
    s.wash(oval(69, 58, 6, 4), (255, 246, 224), 0.8, 2)
    mouth(s, 70, 96, 64, mood, dark(TERRACOTTA, 0.45))
    for x, y in ((-30, 56), (-16, 66), (-44, 66)):
        s.wash(oval(x, y, 3.4), mix(TERRACOTTA, PLUM, 0.3), 0.55, 1)


def lamp(s: Sheet, x: float, y: float, r: float, lit: float = 1.0) -> None:
    """The abdomen, a jar of light in ribbed paper; lit 0..1."""
    cold, warm = mix((0x8A, 0x6A, 0x5A), AMBER, lit), mix((0xA8, 0x90, 0x78), (0xFF, 0xF3, 0xCC), lit)
    with s.at(x, y, turn=-24):
        body = oval(0, 0, r * 1.08, r)
        s.paper(body, cold, lift=14, top=warm, bottom=mix(TERRACOTTA, cold, 0.45), strokes=0)
        with s.inside(body):
            for i, edge in enumerate((-0.62, -0.2, 0.24)):
                band = common(body, oval(-r * 1.6 + edge * r, 0, r * 1.5, r * 1.7))
                s.paper(
                    band,
                    mix(cold, warm, 0.25 + 0.2 * i),
                    lift=10,
                    top=warm,
                    bottom=mix(cold, TERRACOTTA, 0.2),
                    rim=0.55,
                    strokes=0,
                    shadow=0.22,
                )
        if lit > 0.2:
            s.glow(-r * 0.16, -r * 0.02, r * 0.95, (0xFF, 0xE8, 0xA0), 0.9 * lit, on_paper=True)
        with s.inside(body):
            for edge in (-0.62, -0.2, 0.24):
                rib = oval(-r * 1.6 + edge * r, 0, r * 1.5, r * 1.7)
                s.line(rib, r * 0.045, mix(cold, TERRACOTTA, 0.35), 0.38)
                s.line(moved(rib, -r * 0.03, 0), r * 0.02, (0xFF, 0xFA, 0xE4), 0.6)
        s.wash(oval(-r * 0.4, -r * 0.58, r * 0.26, r * 0.1, -30), (255, 255, 244), 0.8, 7)


def wing_case(s: Sheet, x: float, y: float, turn: float, size: float) -> None:
    with s.at(x, y, turn=turn, size=size):
        shell = s.paper(
            blob([(0, -20), (70, 20), (92, 120), (60, 230), (0, 270), (-46, 220), (-62, 110), (-46, 20)]),
            HOOD,
            lift=11,
            top=mix(HOOD, MAUVE, 0.6),
        )
        with s.inside(shell):
            s.wash(limb([(-24, 20), (-34, 110), (-20, 210)], [14, 20, 8]), MAUVE, 0.4, 10)


def body(s: Sheet) -> None:
    """Coat and legs, the neck at (0, 380), soles on 900."""
    for x, flip_x in ((-46, 0), (64, 8)):
        arm(s, [(x, 690), (x + flip_x, 780), (x + flip_x, 860)], [48, 40, 38], dark(PLUM, 0.15))
        boot(s, x + flip_x - 6, 900, 92, dark(TERRACOTTA, 0.3))
    coat = s.paper(
        blob(
            [
                (-100, 400),
                (0, 380),
                (106, 400),
                (142, 540),
                (158, 680),
                (90, 744),
                (0, 756),
                (-96, 740),
                (-140, 660),
                (-132, 520),
            ]
        ),
        COAT,
        lift=12,
    )
    with s.inside(coat):
        s.wash(oval(-130, 640, 90, 130), AMBER, 0.55, 40)
        s.line(curve((52, 420), (70, 560), (62, 760)), 5, dark(COAT, 0.5), 0.6)
    for y in (524, 690):
        s.paper(oval(88, y, 15, 16), AMBER, lift=5, strokes=0)
    s.paper(blob([(-96, 620), (-20, 632), (-18, 700), (-58, 716), (-98, 694)]), dark(COAT, 0.12), lift=5, strokes=0)


def full(s: Sheet) -> None:
    s.glow(-190, 560, 335, alpha=0.62)
    wing_case(s, -120, 410, 62, 1.05)
    lamp(s, -186, 600, 192)
    wing_case(s, -70, 400, 34, 1.0)
    body(s)
    scarf_tail(s, [(-60, 400), (-110, 480), (-96, 570), (-128, 640)], 84)
    # Fingertips pressed together: she is about to say it was not her.
    arm(s, [(100, 430), (178, 560), (112, 618)], [62, 56, 44], COAT)
    arm(s, [(-90, 430), (-130, 574), (-14, 622)], [64, 60, 46], light(COAT, 0.08))
    hand(s, 108, 612, 188, 70, SKIN, "mitt", flip=True)
    hand(s, -12, 618, -6, 72, SKIN, "mitt")
    with s.at(10, 220):
        head(s, SHY)
        scarf_wrap(s)


def bust(mood: Mood, lit: float) -> Drawing:
    def draw(s: Sheet) -> None:
        if lit > 0.2:
            s.glow(-210, 260, 300, alpha=0.6 * lit)
        lamp(s, -190, 330, 165, lit)
        wing_case(s, -96, 150, 38, 1.0)
        s.paper(
            blob([(-150, 200), (0, 160), (150, 200), (196, 330), (210, 480), (-210, 480), (-190, 330)]), COAT, lift=12
        )
        head(s, mood)
        scarf_wrap(s)
        scarf_tail(s, [(60, 210), (110, 260), (104, 330), (122, 372)], 88)

    return draw


def action(s: Sheet) -> None:
    """Running with the lamp swung up behind, one arm out, scarf flying."""
    s.glow(-300, 420, 330, alpha=0.62)
    scarf_tail(s, [(-60, 330), (-210, 250), (-330, 290), (-470, 210)], 88)
    lamp(s, -270, 470, 180)
    wing_case(s, -110, 380, 76, 1.0)
    arm(s, [(-30, 660), (-130, 700), (-210, 760)], [56, 46, 40], dark(PLUM, 0.25))
    with s.at(-196, 800, turn=64):
        boot(s, 0, 0, 92, dark(TERRACOTTA, 0.4))
    arm(s, [(120, 450), (220, 470), (300, 400)], [52, 48, 40], dark(COAT, 0.15))
    hand(s, 296, 404, -36, 74, dark(SKIN, 0.08))
    coat = s.paper(
        blob(
            [(-80, 380), (60, 360), (130, 420), (134, 560), (100, 690), (10, 730), (-90, 700), (-130, 600), (-120, 470)]
        ),
        COAT,
        lift=12,
    )
    with s.inside(coat):
        s.wash(oval(-130, 560, 90, 130), AMBER, 0.5, 40)
    arm(s, [(50, 670), (120, 740), (110, 850)], [58, 48, 40], dark(PLUM, 0.1))
    boot(s, 106, 900, 96, dark(TERRACOTTA, 0.3))
    arm(s, [(-40, 420), (-130, 540), (-60, 620)], [60, 56, 44], light(COAT, 0.08))
    hand(s, -64, 616, 20, 74, SKIN, "fist")
    with s.at(60, 210, turn=7):
        head(s, Mood(look=(0.6, -0.1), lids=0.02, brow=0.7, lift=10, mouth=0.3, gape=0.55))
        scarf_wrap(s)


def back(s: Sheet) -> None:
    s.glow(0, 560, 330, alpha=0.62)
    for x in (-60, 60):
        arm(s, [(x, 700), (x, 860)], [48, 40], dark(PLUM, 0.15))
        boot(s, x, 900, 88, dark(TERRACOTTA, 0.3), flip=x < 0)
    s.paper(
        blob([(-110, 400), (0, 380), (110, 400), (150, 560), (140, 720), (0, 760), (-140, 720), (-150, 560)]),
        COAT,
        lift=12,
    )
    arm(s, [(-110, 450), (-180, 540), (-190, 630)], [58, 54, 44], COAT)
    arm(s, [(110, 450), (180, 540), (190, 630)], [58, 54, 44], COAT)
    hand(s, -190, 630, 96, 66, SKIN, "mitt", flip=True)
    hand(s, 190, 630, 84, 66, SKIN, "mitt")
    with s.at(0, 590), s.at(turn=-66):
        lamp(s, 0, 0, 196)
    wing_case(s, -74, 400, 16, 1.0)
    with s.at(74, 400, flip=True):
        wing_case(s, 0, 0, 16, 1.0)
    with s.at(0, 220):
        feeler(s, [(-60, -150), (-110, -250), (-150, -310), (-196, -280)], 17, HOOD, 24)
        feeler(s, [(60, -150), (110, -250), (150, -310), (196, -280)], 17, HOOD, 24)
        skull = s.paper(oval(0, 0, 184, 172), HOOD, lift=14)
        with s.inside(skull):
            s.line(arc(0, -40, 90, 200, 60, 60), 6, dark(HOOD, 0.5), 0.5)
            s.wash(oval(0, 150, 150, 50), AMBER, 0.35, 30)
        scarf_wrap(s)
        scarf_tail(s, [(30, 190), (60, 260), (50, 330), (80, 392)], 88)


PICTURES = {
    "odile": {
        "full": Picture(full),
        "portrait": Picture(bust(SHY.but(look=(0.6, 0.25), mouth=0.5), 1.0), cut_bottom=330),
        "action": Picture(action),
        "back": Picture(back),
        "emotion": Picture(
            bust(SHY.but(look=(-0.5, 0.7), lids=0.3, lower=0.12, brow=1.0, mouth=-0.8, blush=0.9), 0.1), cut_bottom=330
        ),
    }
}
