"""Grand-mère Escargot, a snail who carries the archive: drawers all round her shell, and slips in every drawer."""

from math import cos, pi, radians, sin

from brush import AMBER, CREAM, PAPER, PLUM, TERRACOTTA, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_parts import Mood, blush, eye, hand, mouth
from figures_shapes import arc, blob, card, curve, limb, oval, sharp

FLESH: Rgb = (0xD8, 0xA4, 0x86)
SHELL: Rgb = (0xA9, 0x6A, 0x48)
WOOD: Rgb = (0xC4, 0x8E, 0x58)
BRASS: Rgb = (0xE8, 0xBE, 0x6A)
SHAWL: Rgb = (0x7B, 0x46, 0x6A)
KIND = Mood(look=(0.4, 0.2), lids=0.24, lower=0.05, brow=0.7, mouth=0.9, blush=0.65)


def stalk(s: Sheet, root: Point, knee: Point, tip: Point, r: float, mood: Mood, far: bool) -> None:
    color = dark(FLESH, 0.08) if far else FLESH
    s.paper(limb([root, knee, tip], [62, 44, 46]), color, lift=8, strokes=2)
    s.paper(oval(*tip, r * 1.24, r * 1.22), color, lift=8, strokes=0)
    eye(
        s,
        tip[0] + r * 0.12,
        tip[1],
        r,
        mood.but(brow=-mood.brow) if far else mood,
        (0x6E, 0x5A, 0x3A),
        mix(FLESH, PLUM, 0.25),
        tall=1.02,
    )
    for i in range(2):
        s.line(
            arc(tip[0], tip[1] + r * 0.1, r * (1.06 + 0.1 * i), r * (1.04 + 0.09 * i), 30, 70),
            3,
            mix(FLESH, PLUM, 0.5),
            0.5,
        )


def head(s: Sheet, mood: Mood) -> None:
    """A face around (0, 0), 130 in radius, its eyes on stalks up to y -250."""
    stalk(s, (70, -60), (124, -150), (158, -226), 52, mood, far=True)
    stalk(s, (-40, -60), (-50, -170), (-22, -252), 58, mood, far=False)
    s.paper(
        blob(
            [(-126, 20), (-112, -72), (-30, -122), (70, -112), (138, -40), (146, 50), (96, 118), (0, 136), (-92, 106)]
        ),
        FLESH,
        lift=11,
        top=light(FLESH, 0.5),
        bottom=mix(FLESH, PLUM, 0.35),
    )
    # Bun of white hair, held by a pencil.
    s.paper(limb([(-172, -104), (-44, -150)], [11, 11]), AMBER, lift=4, strokes=0)
    s.paper(oval(-108, -104, 50, 46), PAPER, lift=8, bottom=mix(PAPER, PLUM, 0.3))
    for r in (16, 32):
        s.line(arc(-106, -102, r, r, 120, 230), 3.4, mix(PAPER, PLUM, 0.45), 0.6)
    s.paper(
        blob([(-132, 6), (-134, -70), (-84, -122), (-10, -122), (-50, -76), (-96, -40)]),
        PAPER,
        lift=6,
        bottom=mix(PAPER, PLUM, 0.3),
        strokes=3,
    )
    blush(s, -46, 40, 34, mood.blush)
    blush(s, 110, 34, 24, mood.blush)
    crease = mix(FLESH, PLUM, 0.55)
    for line in ([(-20, -44), (30, -54), (84, -46)], [(-8, -64), (34, -72), (74, -66)]):
        s.line(curve(*line), 3.4, crease, 0.45)
    s.paper(oval(52, 14, 28, 23), mix(FLESH, TERRACOTTA, 0.35), lift=5, strokes=0, rim=0.7)
    s.wash(oval(45, 6, 8, 6), CREAM, 0.8, 2)
    for x, width in ((4, 40), (100, 35)):
        glass = blob(
            [(x - width, -16), (x + width, -16), (x + width * 0.8, 14), (x, 24), (x - width * 0.8, 14)], tension=0.4
        )
        s.flat(glass, (255, 255, 255), 0.22)
        s.line(glass, 5.4, BRASS)
    s.line(curve((44, -12), (54, -18), (65, -12)), 5, BRASS)
    s.line(curve((-36, -14), (-104, -24)), 5, BRASS)
    mouth(s, 48, 66, 78, mood, dark(TERRACOTTA, 0.45))
    for x, sign in ((-2, -1), (98, 1)):
        s.line(curve((x, 34), (x + sign * 10, 58), (x + sign * 2, 82)), 3.6, crease, 0.5)
    s.line(curve((26, 98), (48, 104), (70, 98)), 3.4, crease, 0.5)
    for i in range(3):
        s.line(curve((-70 - i * 8, -8 + i * 12), (-84 - i * 6, -2 + i * 12)), 3, crease, 0.4)


def slip(s: Sheet, x: float, y: float, width: float, length: float, turn: float) -> None:
    """A slip of the archive sticking out upwards from (x, y)."""
    with s.at(x, y, turn=turn):
        s.paper(
            sharp((-width / 2, 10), (width / 2, 10), (width / 2, -length), (-width / 2, -length * 0.94)),
            PAPER,
            lift=4,
            strokes=0,
        )
        for i in range(2):
            s.line(
                curve((-width * 0.3, -length * (0.75 - 0.2 * i)), (width * 0.3, -length * (0.77 - 0.2 * i))),
                2.6,
                mix(PAPER, PLUM, 0.55),
                0.6,
            )


def drawer(s: Sheet, x: float, y: float, width: float, height: float, turn: float, index: int) -> None:
    with s.at(x, y, turn=turn):
        s.paper(card(0, 0, width + 12, height + 12, 9), dark(SHELL, 0.45), lift=2, strokes=0, rim=0, shadow=0)
        if index % 3 != 1:
            slip(s, -width * 0.16, -height * 0.34, width * 0.4, 26 + index * 17 % 34, (index * 31) % 24 - 12)
        if index % 3 == 0:
            slip(s, width * 0.2, -height * 0.34, width * 0.34, 16 + index * 11 % 26, 9)
        s.paper(card(0, 4, width, height, 7), mix(WOOD, (SHELL, CREAM, TERRACOTTA)[index % 3], 0.16), lift=7, strokes=4)
        s.paper(card(0, -height * 0.16, width * 0.46, height * 0.26, 3), PAPER, lift=2, strokes=0)
        s.line(curve((-width * 0.16, -height * 0.16), (width * 0.14, -height * 0.16)), 2.4, mix(PAPER, PLUM, 0.6), 0.7)
        s.paper(oval(0, height * 0.24, height * 0.11), BRASS, lift=3, strokes=0)


def spiral_point(turns: float, r: float, start: float) -> Point:
    """On a spiral shrinking to 55 % each turn, around (0, 0)."""
    radius = r * 0.55**turns
    angle = radians(start + 360 * turns)
    return radius * cos(angle), radius * sin(angle)


def shell(s: Sheet, r: float) -> None:
    """The archive, r in radius around (0, 0), mouth of the shell to the lower right."""
    # Slips stick out past the rim, so they go under it.
    for i, angle in enumerate((198, 222, 250, 284, 312)):
        x, y = spiral_point((angle - 62) / 360, r * 0.96, 62)
        slip(s, x, y, 44, 46 + i * 23 % 36, angle + 90 + (i * 37) % 16 - 8)
    rim: list[Point] = [spiral_point(t / 24, r, 62) for t in range(25)]
    body = s.paper(
        blob([*rim[:24], (r * 0.7, r * 0.5), (r * 0.74, r * 0.74)]),
        SHELL,
        lift=17,
        strokes=12,
        top=light(SHELL, 0.35),
        bottom=mix(dark(SHELL, 0.45), PLUM, 0.3),
    )
    with s.inside(body):
        groove = [spiral_point(t / 24, r * 0.98, 62) for t in range(20, 92)]
        s.wash(limb(groove, [30, 18, 6]), dark(SHELL, 0.75), 0.7, 7)
        s.line(curve(*groove), 5, dark(SHELL, 0.65), 0.8)
        s.line(curve(*[(x - 4, y - 5) for x, y in groove]), 3, light(SHELL, 0.6), 0.5)
    index = 0
    for turns, size in ((0.1, 96), (0.225, 94), (0.345, 90), (0.46, 84), (0.575, 78), (0.69, 70), (0.815, 62)):
        x, y = spiral_point(turns, r * 0.79, 62)
        drawer(
            s,
            x,
            y,
            size * r / 290,
            size * 0.72 * r / 290,
            (62 + 360 * turns + 90) % 360 - (180 if 90 < (62 + 360 * turns + 90) % 360 < 270 else 0),
            index,
        )
        index += 1
    for turns, size in ((1.06, 54), (1.3, 46), (1.54, 38), (1.8, 28)):
        x, y = spiral_point(turns, r * 0.76, 62)
        angle = (62 + 360 * turns + 90) % 360
        drawer(s, x, y, size * r / 290, size * 0.74 * r / 290, angle - (180 if 90 < angle < 270 else 0), index)
        index += 1
    s.paper(oval(0, -r * 0.01, r * 0.085), BRASS, lift=4, strokes=0)
    s.wash(limb([spiral_point(t / 24, r * 0.95, 62) for t in range(9, 15)], [6, 16, 6]), (255, 240, 214), 0.6, 6)


def foot(s: Sheet, neck: list[Point]) -> None:
    """The long soft foot on y 900, rising into the neck."""
    sole = s.paper(
        blob(
            [
                (-520, 890),
                (-380, 820),
                (-120, 790),
                (60, 780),
                *neck,
                (420, 830),
                (470, 880),
                (440, 900),
                (0, 902),
                (-460, 902),
            ]
        ),
        FLESH,
        lift=12,
        top=light(FLESH, 0.3),
        bottom=mix(FLESH, PLUM, 0.4),
        strokes=9,
    )
    with s.inside(sole):
        for x in range(-500, 480, 42):
            s.line(curve((x, 905), (x + 8, 884), (x + 30, 876)), 5, mix(FLESH, PLUM, 0.5), 0.35)
        s.wash(oval(-80, 790, 300, 40), dark(PLUM, 0.4), 0.5, 24)
        for i in range(12):
            s.wash(oval(-400 + (i * 173) % 800, 830 + (i * 29) % 40, 10, 6), light(FLESH, 0.6), 0.4, 3)


def shawl(s: Sheet) -> None:
    """Round a neck at (0, 0), 300 wide, fringed, pinned with a brass button."""
    for i in range(15):
        x = -146 + i * 20
        y = 120 + 74 * sin(pi * (i + 1) / 16)
        s.paper(limb([(x, y - 16), (x + (i % 3 - 1) * 4, y + 30)], [9, 6]), light(SHAWL, 0.35), lift=4, strokes=0)
    cloth = s.paper(
        blob(
            [
                (-112, -36),
                (0, 6),
                (116, -50),
                (146, 40),
                (150, 120),
                (70, 176),
                (0, 196),
                (-90, 176),
                (-164, 118),
                (-150, 30),
            ]
        ),
        SHAWL,
        lift=12,
        strokes=8,
    )
    with s.inside(cloth):
        for i in range(-8, 9):
            s.line(curve((i * 36 - 60, -60), (i * 36 + 60, 220)), 3, light(SHAWL, 0.5), 0.28)
            s.line(curve((i * 36 + 60, -60), (i * 36 - 60, 220)), 3, dark(SHAWL, 0.5), 0.28)
        s.line(curve((30, -20), (34, 90), (14, 210)), 5, dark(SHAWL, 0.6), 0.7)
    s.paper(oval(34, 50, 17), BRASS, lift=5, strokes=0)


NECK: list[Point] = [(160, 700), (206, 560), (238, 440), (320, 420), (384, 480), (380, 640), (376, 760)]


def full(s: Sheet) -> None:
    foot(s, NECK)
    with s.at(-110, 540, turn=-6):
        shell(s, 296)
    with s.at(286, 520):
        shawl(s)
    hand(s, 392, 668, -12, 58, FLESH, "mitt", flip=True)
    slip(s, 372, 690, 66, 96, 18)
    hand(s, 322, 690, -14, 62, light(FLESH, 0.12), "mitt")
    with s.at(312, 352, size=1.16):
        head(s, KIND)


def bust(mood: Mood) -> Drawing:
    def draw(s: Sheet) -> None:
        with s.at(-190, 150, turn=-8):
            shell(s, 250)
        s.paper(blob([(-110, 60), (100, 60), (150, 260), (170, 420), (-170, 420), (-140, 260)]), FLESH, lift=10)
        with s.at(0, 150, size=1.24):
            shawl(s)
        head(s, mood)

    return draw


def action(s: Sheet) -> None:
    """Reaching up and back to file a letter in her own shell."""
    foot(s, [(160, 700), (200, 570), (220, 460), (300, 430), (370, 490), (376, 640), (376, 760)])
    with s.at(-110, 540, turn=-6):
        shell(s, 296)
    with s.at(274, 530):
        shawl(s)
    with s.at(54, 330, turn=-16):
        slip(s, 0, 30, 96, 130, 0)
    s.paper(limb([(190, 580), (110, 520), (70, 400)], [50, 44, 36]), FLESH, lift=9, strokes=2)
    hand(s, 74, 408, -104, 64, light(FLESH, 0.1), "mitt")
    for i in range(5):
        slip(s, 380 + i * 5, 700 - i * 8, 70, 90, -10 + i * 9)
    hand(s, 346, 700, -10, 64, FLESH, "mitt")
    with s.at(300, 356, turn=-9, size=1.14):
        head(s, KIND.but(look=(-0.8, 0.1), lids=0.24, gape=0.2))


PICTURES = {
    "grand-mere-escargot": {
        "full": Picture(full),
        "portrait": Picture(bust(KIND), cut_bottom=300),
        "action": Picture(action),
        "emotion": Picture(
            bust(KIND.but(look=(0.2, 0.3), lids=1.0, lower=0.3, mouth=1.0, gape=0.34, blush=0.95)), cut_bottom=300
        ),
    }
}
