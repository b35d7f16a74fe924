"""Pip and Pop, twin ladybirds: two small domes on boots. Pip has five spots, Pop two and a crooked feeler."""

from dataclasses import dataclass

from brush import AMBER, CREAM, INDIGO, NIGHT, PLUM, TERRACOTTA, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, arm, blush, boot, brow, eye, hand, mouth
from figures_shapes import arc, blob, common, curve, limb, oval, without

SKIN: Rgb = (0xEE, 0xBC, 0x92)
DARK: Rgb = (0x33, 0x29, 0x42)


@dataclass(frozen=True)
class Twin:
    """What tells one from the other."""

    shell: Rgb
    boots: Rgb
    spots: tuple[tuple[float, float, float], ...]
    crooked: bool
    calm: Mood
    strong: Mood


PIP = Twin(
    shell=(0xD2, 0x4E, 0x38),
    boots=(0x3C, 0x50, 0x70),
    spots=((-150, -170, 50), (-250, -30, 46), (-30, -290, 44), (-118, 20, 40), (40, -170, 38)),
    crooked=False,
    calm=Mood(look=(0.4, -0.2), lids=0.02, brow=0.5, lift=10, mouth=0.9, gape=0.45, blush=0.7),
    strong=Mood(look=(0.1, -0.2), lids=0.0, brow=1.0, lift=22, mouth=0.1, gape=0.85, blush=0.7),
)
POP = Twin(
    shell=(0xE8, 0x8A, 0x2E),
    boots=(0x7A, 0x45, 0x62),
    spots=((-190, -90, 92), (10, -240, 68)),
    crooked=True,
    calm=Mood(look=(-0.45, 0.05), lids=0.26, brow=0.0, mouth=0.8, blush=0.65),
    strong=Mood(look=(-0.6, 0.3), lids=0.5, lower=0.14, brow=-0.8, mouth=-0.8, blush=0.95),
)


def feelers(s: Sheet, crooked: bool, back: bool = False) -> None:
    """On a head at (0, 0), 150 in radius."""
    left: list[Point] = [(-50, -130), (-70, -210), (-50, -280)]
    right: list[Point] = [(60, -130), (100, -204), (150, -262)]
    s.paper(limb(left, [17, 13]), DARK, lift=5, strokes=0)
    s.paper(oval(*left[-1], 24), DARK, lift=6, strokes=0, rim=0.6)
    if crooked:
        tip = (214, -176)
        s.paper(limb([(60, -130), (84, -190), (112, -246)], [17, 15]), DARK, lift=5, strokes=0)
        s.paper(limb([(112, -246), (168, -222), tip], [15, 12]), DARK, lift=5, strokes=0)
        if not back:
            s.paper(limb([(100, -246), (124, -240)], [22, 22]), CREAM, lift=3, strokes=0)
    else:
        tip = right[-1]
        s.paper(limb(right, [17, 13]), DARK, lift=5, strokes=0)
    s.paper(oval(*tip, 24), DARK, lift=6, strokes=0, rim=0.6)


def head(s: Sheet, twin: Twin, mood: Mood) -> None:
    """Around (0, 0), 150 in radius."""
    feelers(s, twin.crooked)
    skull = s.paper(
        blob([(-152, 0), (-120, -104), (0, -150), (116, -110), (154, 0), (116, 108), (0, 140), (-116, 108)]),
        DARK,
        lift=11,
    )
    for x in (-96, 128):
        s.paper(common(skull, oval(x, -84, 30, 36)), mix(CREAM, (255, 255, 255), 0.3), lift=5, strokes=0)
    face = blob([(-80, 10), (-54, -60), (24, -40), (96, -66), (142, -6), (124, 88), (30, 130), (-60, 92)])
    s.paper(common(skull, face), SKIN, lift=7, top=light(SKIN, 0.5), bottom=mix(SKIN, TERRACOTTA, 0.5))
    blush(s, -40, 60, 30, mood.blush)
    blush(s, 116, 58, 24, mood.blush)
    eye(s, -8, 4, 47, mood, (0x5A, 0x4A, 0x7A), mix(SKIN, DARK, 0.35))
    eye(s, 88, 2, 43, mood.but(brow=-mood.brow), (0x5A, 0x4A, 0x7A), mix(SKIN, DARK, 0.35))
    brow(s, -12, -62 - mood.lift, 46, mood.brow * 0.4, mix(SKIN, DARK, 0.0) if mood.lift > 6 else DARK, 12)
    brow(s, 94, -64 - mood.lift, 42, -mood.brow * 0.4, mix(SKIN, DARK, 0.0) if mood.lift > 6 else DARK, 11)
    s.wash(oval(42, 48, 10, 7), mix(SKIN, TERRACOTTA, 0.9), 0.8, 2)
    mouth(s, 42, 76, 58, mood, dark(TERRACOTTA, 0.5))
    if mood.gape > 0.1:
        tooth = blob([(30, 70 + 4), (54, 70 + 4), (52, 92), (42, 94), (32, 92)], tension=0.3)
        s.flat(tooth, (0xFF, 0xFA, 0xEC), 0.95)


def shell(s: Sheet, twin: Twin, open_by: float = 0) -> None:
    """A dome over (−100, −100), about 300 in radius, its rim on y 120; open_by lifts the cases off the wings."""
    if open_by:
        for turn in (-open_by + 8, 6):
            with s.at(20, -30, turn=turn):
                pane = s.paper(
                    blob([(0, 0), (-200, -90), (-500, -80), (-600, 20), (-420, 100), (-60, 70)]),
                    (0xC6, 0xD4, 0xDC),
                    lift=9,
                )
                with s.inside(pane):
                    for y in (-50, 0, 40):
                        s.line(curve((-10, 10), (-260, y * 0.8), (-570, y)), 4, (0xF6, 0xF2, 0xE4), 0.7)
        with s.at(20, -220, turn=open_by * 1.4), s.at(-20, 220):
            dome(s, twin)
    else:
        dome(s, twin)


def dome(s: Sheet, twin: Twin) -> None:
    # Pip's dome stands taller, Pop's sits lower and wider: they differ in outline too.
    s.canvas.save()
    s.canvas.translate(-100, 130)
    s.canvas.scale(1.05 if twin.crooked else 0.97, 0.87 if twin.crooked else 1.04)
    s.canvas.translate(100, -130)
    outline = blob(
        [
            (-392, 96),
            (-384, -70),
            (-290, -262),
            (-90, -366),
            (90, -320),
            (180, -190),
            (200, -40),
            (150, 70),
            (-40, 132),
            (-250, 134),
        ]
    )
    s.paper(
        outline,
        twin.shell,
        lift=15,
        top=light(twin.shell, 0.4),
        bottom=mix(dark(twin.shell, 0.45), PLUM, 0.2),
        strokes=9,
    )
    for x, y, r in twin.spots:
        spot = common(outline, oval(x, y, r * 0.94, r * 1.04, -24))
        s.paper(spot, NIGHT, lift=4, strokes=2, shadow=0, rim=0.25, top=(0x4A, 0x3E, 0x58))
    with s.inside(outline):
        s.line(curve((110, -340), (-10, -210), (-60, 0), (-50, 160)), 7, dark(twin.shell, 0.6), 0.6)
        s.line(curve((116, -338), (-4, -208), (-54, 0), (-44, 160)), 3, light(twin.shell, 0.6), 0.5)
        s.wash(limb([(-330, -120), (-250, -250), (-120, -320)], [10, 34, 10]), (255, 240, 220), 0.6, 9)
        s.wash(oval(-120, 150, 280, 34), DARK, 0.45, 22)
    s.canvas.restore()


def stance(s: Sheet, twin: Twin, mood: Mood, arms: bool = True) -> None:
    for x in (-240, -90, 70):
        s.paper(limb([(x, 110), (x + 4, 190)], [48, 44]), DARK, lift=6, strokes=0)
        boot(s, x - 12, 236, 110, dark(twin.boots, 0.1))
    s.paper(blob([(-330, 60), (-100, 0), (160, 20), (170, 130), (20, 178), (-240, 168)]), mix(DARK, PLUM, 0.4), lift=9)
    shell(s, twin)
    if arms:
        arm(s, [(210, 100), (254, 150), (214, 186)], [36, 32, 28], DARK)
    with s.at(150, -10, turn=4):
        head(s, twin, mood)
    if arms:
        arm(s, [(90, 110), (70, 176), (136, 190)], [38, 34, 28], DARK)
        hand(s, 216, 182, 150, 52, SKIN, "mitt", flip=True)
        hand(s, 130, 190, -10, 54, SKIN, "mitt")


def full(twin: Twin) -> Drawing:
    return lambda s: stance(s, twin, twin.calm)


def bust(twin: Twin, mood: Mood) -> Drawing:
    def draw(s: Sheet) -> None:
        with s.at(-40, 96, size=0.86):
            dome(s, twin)
        s.paper(
            blob([(-250, 170), (-60, 110), (140, 116), (196, 210), (200, 420), (-300, 420)]),
            mix(DARK, PLUM, 0.4),
            lift=9,
        )
        scarf = s.paper(
            blob([(-110, 110), (10, 138), (120, 104), (150, 140), (100, 190), (0, 206), (-120, 176)]),
            twin.boots,
            lift=9,
        )
        with s.inside(scarf):
            for x in range(-120, 160, 34):
                s.line(curve((x, 90), (x + 10, 220)), 8, CREAM, 0.35)
        head(s, twin, mood)

    return draw


def pip_action(s: Sheet) -> None:
    """Taking off by mistake: cases up, wings out, both arms in the air."""
    for x, turn in ((-180, 22), (-60, 8), (60, -12)):
        with s.at(x, 110, turn=turn):
            s.paper(limb([(0, 0), (4, 90)], [48, 44]), DARK, lift=6, strokes=0)
            boot(s, -12, 130, 110, PIP.boots)
    arm(s, [(200, 60), (300, 10), (330, -80)], [38, 34, 28], DARK)
    hand(s, 330, -76, -70, 62, SKIN, "open")
    s.paper(blob([(-300, 60), (-100, -60), (160, 0), (170, 130), (20, 178), (-240, 148)]), mix(DARK, PLUM, 0.4), lift=9)
    shell(s, PIP, open_by=20)
    with s.at(160, -20, turn=-8):
        head(s, PIP, PIP.calm.but(look=(0.1, 0.5), gape=0.7, lift=18))
    arm(s, [(70, 110), (10, 190), (-70, 170)], [38, 34, 28], DARK)
    hand(s, -66, 172, 196, 60, SKIN, "open", flip=True)


def pop_action(s: Sheet) -> None:
    """Carrying a lantern nearly his own size."""
    arm(s, [(160, 120), (380, 60), (472, 108)], [36, 34, 28], DARK)
    stance(s, POP, POP.calm.but(look=(0.6, 0.4), lids=0.12), arms=False)
    with s.at(62, 8):
        pop_lantern(s)


def pop_lantern(s: Sheet) -> None:
    """The lantern, and the two arms round it, over a body at (-62, -8)."""
    s.glow(330, 110, 118, alpha=0.5)
    s.line(arc(330, 10, 44, 52, 180, 180), 9, dark(AMBER, 0.6))
    jar = s.paper(
        blob([(280, 20), (380, 20), (398, 90), (390, 180), (330, 194), (270, 180), (262, 90)], tension=0.4),
        AMBER,
        lift=9,
        top=(0xFF, 0xF6, 0xD2),
        bottom=mix(AMBER, TERRACOTTA, 0.5),
        strokes=0,
    )
    with s.inside(jar):
        s.glow(330, 110, 70, (0xFF, 0xF0, 0xB8), 1.0, on_paper=True)
    for y in (24, 184):
        s.paper(limb([(278, y), (382, y)], [26, 26]), INDIGO, lift=5, strokes=0)
    arm(s, [(20, 130), (120, 204), (256, 166)], [38, 34, 28], DARK)
    hand(s, 250, 168, -14, 62, SKIN, "mitt")
    hand(s, 412, 104, 186, 58, SKIN, "mitt", flip=True)


def back(twin: Twin) -> Drawing:
    def draw(s: Sheet) -> None:
        for x in (-150, 150):
            s.paper(limb([(x, 110), (x, 190)], [48, 44]), DARK, lift=6, strokes=0)
            boot(s, x, 236, 104, twin.boots, flip=x < 0)
        with s.at(0, -200):
            feelers(s, twin.crooked, back=True)
            s.paper(oval(0, 0, 150, 142), DARK, lift=11)
        outline = blob(
            [
                (-300, 100),
                (-306, -60),
                (-220, -230),
                (0, -312),
                (220, -230),
                (306, -60),
                (300, 100),
                (160, 160),
                (0, 172),
                (-160, 160),
            ]
        )
        s.paper(
            outline,
            twin.shell,
            lift=15,
            top=light(twin.shell, 0.4),
            bottom=mix(dark(twin.shell, 0.45), PLUM, 0.2),
            strokes=9,
        )
        spots = (
            ((-160, -100, 52), (160, -100, 52), (-130, 60, 46), (130, 60, 46), (0, -210, 48))
            if len(twin.spots) == 5
            else ((-150, -40, 92), (140, -80, 70))
        )
        for x, y, r in spots:
            s.paper(
                common(outline, oval(x, y, r * 0.94, r)),
                NIGHT,
                lift=4,
                strokes=2,
                shadow=0,
                rim=0.25,
                top=(0x4A, 0x3E, 0x58),
            )
        seam = without(outline, oval(0, -210, 50)) if len(twin.spots) == 5 else outline
        with s.inside(seam):
            s.line(curve((0, -320), (0, 180)), 7, dark(twin.shell, 0.6), 0.7)
            s.line(curve((5, -320), (5, 180)), 3, light(twin.shell, 0.6), 0.5)
        s.wash(limb([(-230, -130), (-170, -210), (-80, -262)], [10, 30, 10]), (255, 240, 220), 0.6, 9)

    return draw


PICTURES = {
    "pip": {
        "full": Picture(full(PIP)),
        "portrait": Picture(bust(PIP, PIP.calm), cut_bottom=230),
        "action": Picture(pip_action),
        "emotion": Picture(bust(PIP, PIP.strong), cut_bottom=230),
    },
    "pop": {
        "full": Picture(full(POP)),
        "portrait": Picture(bust(POP, POP.calm), cut_bottom=230),
        "action": Picture(pop_action),
        "back": Picture(back(POP)),
        "emotion": Picture(bust(POP, POP.strong), cut_bottom=230),
    },
}
