"""The Mole Cricket, keeper of the cellar, never seen whole: two spades of hands and two eyes in a heap of earth."""

from brush import AMBER, CREAM, NIGHT, PLUM, Drawing, Picture, Point, Rgb, Sheet, dark, light, mix
from figures_digging import EARTH, HORN, VELVET, claw, forearm, spade
from figures_parts import Mood, eye
from figures_shapes import blob, limb, oval

BRASS: Rgb = (0xD8, 0xA2, 0x4E)
STONE: Rgb = (0x8B, 0x8E, 0x98)
WATCHFUL = Mood(look=(0.35, 0.05), lids=0.24, lower=0.06, brow=-0.15)


def clod(s: Sheet, x: float, y: float, r: float, seed: int) -> None:
    """A lump of soil."""
    s.paper(
        blob(
            [
                (x - r, y),
                (x - r * 0.6, y - r * 0.7),
                (x + r * 0.1, y - r * (0.8 + seed % 3 * 0.08)),
                (x + r * 0.9, y - r * 0.3),
                (x + r, y + r * 0.4),
                (x, y + r * 0.7),
                (x - r * 0.8, y + r * 0.5),
            ]
        ),
        light(EARTH, 0.04 * (seed % 4)),
        lift=7,
        strokes=0,
    )


def mound(s: Sheet, outline: list[Point], clods: list[tuple[float, float, float]]) -> None:
    heap = s.paper(blob(outline), EARTH, lift=16, strokes=14, top=light(EARTH, 0.28), bottom=dark(EARTH, 0.5))
    low = max(y for _, y in outline)
    with s.inside(heap):
        for i in range(40):
            x, y = -520 + (i * 251) % 1040, low - 30 - (i * 137) % 420
            s.flat(oval(x, y, 5 + i % 4 * 3, 4 + i % 3 * 2), light(EARTH, 0.35) if i % 3 else NIGHT, 0.28)
        for x, y, rx, ry in ((-300, low - 90, 40, 28), (250, low - 70, 52, 34), (60, low - 40, 30, 22)):
            s.paper(oval(x, y, rx, ry, -12), STONE, lift=6, strokes=2)
        for root in (
            [(-480, low - 210), (-380, low - 170), (-330, low - 60)],
            [(480, low - 240), (400, low - 170), (390, low - 50)],
        ):
            s.paper(limb(root, [10, 14, 4]), mix(HORN, VELVET, 0.55), lift=4, strokes=0)
    for i, (x, y, r) in enumerate(clods):
        clod(s, x, y, r, i)


def stare(s: Sheet, mood: Mood, size: float = 1) -> None:
    """A burrow mouth around (0, 0), 210 wide, and who looks out of it."""
    with s.at(size=size):
        hole = s.paper(
            blob([(-226, 50), (-190, -80), (-70, -150), (80, -148), (196, -76), (226, 52), (140, 132), (-130, 134)]),
            (0x1A, 0x12, 0x1E),
            lift=10,
            strokes=0,
            rim=0,
            shape=0.3,
        )
        with s.inside(hole):
            s.wash(oval(0, 150, 220, 60), PLUM, 0.5, 30)
            s.paper(
                blob([(-170, 160), (-160, -20), (-90, -110), (10, -124), (110, -108), (170, -16), (180, 160)]),
                (0x4C, 0x34, 0x3C),
                lift=10,
                strokes=5,
                shape=1.3,
                rim=0.25,
            )
            s.wash(oval(10, 120, 90, 50), (0x7C, 0x54, 0x48), 0.8, 22)
            s.wash(oval(16, 72, 30, 19), (0xB0, 0x6C, 0x58), 0.9, 6)
            s.wash(oval(8, 64, 9, 5), CREAM, 0.8, 3)
            s.glow(-72, 0, 120, AMBER, 0.34, on_paper=True)
            s.glow(90, 0, 120, AMBER, 0.34, on_paper=True)
        lid = (0x5C, 0x40, 0x44)
        eye(s, -72, 2, 64, mood, (0xB8, 0x64, 0x1E), lid, white=(0xFF, 0xDD, 0x86))
        eye(s, 90, 0, 60, mood.but(brow=-mood.brow), (0xB8, 0x64, 0x1E), lid, white=(0xFF, 0xDD, 0x86))
        # The burrow's lip hangs over him: the rest is left to be guessed.
        lip = [
            (-240, 40),
            (-210, -86),
            (-80, -164),
            (80, -162),
            (210, -84),
            (240, 44),
            (206, 10),
            (170, -62),
            (100, -92 - mood.lift),
            (0, -84),
            (-90, -100 - mood.lift),
            (-176, -56),
            (-206, 10),
        ]
        s.paper(blob(lip), dark(EARTH, 0.1), lift=13, strokes=5)


def feelers(s: Sheet, spread: float = 1) -> None:
    for points in (
        [(-60, -90), (-150 * spread, -250), (-320 * spread, -330), (-420 * spread, -300)],
        [(70, -90), (130 * spread, -280), (280 * spread, -370), (400 * spread, -350)],
    ):
        s.paper(limb(points, [15, 11, 8, 6]), mix(VELVET, PLUM, 0.4), lift=5, strokes=0)


HEAP: list[Point] = [
    (-560, 880),
    (-470, 720),
    (-330, 560),
    (-150, 430),
    (20, 396),
    (190, 440),
    (350, 570),
    (480, 730),
    (560, 884),
    (300, 898),
    (0, 900),
    (-300, 898),
]


def full(s: Sheet) -> None:
    with s.at(-30, 590):
        feelers(s, 0.7)
    forearm(s, [(300, 700), (420, 560), (400, 420)], [150, 140, 120])
    spade(s, 398, 390, 12, 1.14)
    mound(s, HEAP, [])
    with s.at(4, 590):
        stare(s, WATCHFUL, 0.94)
    spade(s, -358, 770, -20, 1.1, flip=True)
    for i, (x, y, r) in enumerate(
        [
            (-470, 862, 66),
            (-370, 848, 74),
            (-270, 862, 62),
            (480, 866, 54),
            (400, 884, 28),
            (-210, 780, 60),
            (300, 720, 66),
            (360, 770, 40),
            (-160, 852, 36),
            (120, 880, 30),
            (230, 762, 34),
        ]
    ):
        clod(s, x, y, r, i)


def bust(mood: Mood, hands_up: bool = False) -> Drawing:
    def draw(s: Sheet) -> None:
        with s.at(0, 10):
            feelers(s, 0.72)
        mound(
            s,
            [
                (-470, 560),
                (-420, 200),
                (-300, -20),
                (-150, -170),
                (20, -212),
                (180, -168),
                (320, -10),
                (430, 220),
                (470, 560),
            ],
            [],
        )
        stare(s, mood, 1.16)
        if hands_up:
            spade(s, -150, 330, 10, 0.86, flip=True)
            spade(s, 180, 330, -10, 0.86)
        else:
            spade(s, -270, 380, -14, 0.8, flip=True)
            spade(s, 290, 380, 14, 0.8)
        for i, (x, y, r) in enumerate(
            [
                (-360, 330, 70),
                (-200, 360, 60),
                (-60, 350, 66),
                (80, 356, 58),
                (210, 356, 66),
                (360, 330, 74),
                (0, 390, 60),
            ]
        ):
            clod(s, x, y, r, i)

    return draw


def action(s: Sheet) -> None:
    """Out of the heap a hand, and in the hand the keys of the cellar."""
    mound(s, HEAP, [])
    with s.at(-90, 610):
        stare(s, WATCHFUL.but(look=(0.8, -0.4), lids=0.12), 0.8)
    spade(s, -330, 830, -20, 0.7, flip=True)
    forearm(s, [(210, 780), (380, 620), (350, 400)], [160, 150, 124])
    spade(s, 350, 330, 8, 1.06)
    s.line(oval(353, 300, 62), 17, dark(BRASS, 0.5))
    s.line(oval(350, 296, 62), 12, BRASS)
    for turn, long in ((34, 190), (6, 230), (-24, 180)):
        with s.at(350 - turn * 0.6, 330, turn=turn, size=1.2):
            s.line(oval(2, 42, 26, 29), 15, dark(BRASS, 0.5))
            s.line(oval(0, 40, 26, 29), 13, BRASS)
            s.paper(limb([(0, 70), (0, long)], [17, 15]), BRASS, lift=6, strokes=0)
            s.paper(
                blob(
                    [
                        (0, long - 44),
                        (44, long - 44),
                        (44, long - 24),
                        (24, long - 22),
                        (42, long - 18),
                        (42, long),
                        (0, long),
                    ],
                    tension=0.2,
                ),
                BRASS,
                lift=4,
                strokes=0,
            )
    claw(s, 350, 296, 176, 92, 70)
    for i, (x, y, r) in enumerate(
        [
            (-470, 870, 50),
            (470, 870, 54),
            (130, 800, 60),
            (260, 830, 66),
            (330, 800, 40),
            (-240, 850, 50),
            (-400, 850, 44),
            (60, 880, 34),
        ]
    ):
        clod(s, x, y, r, i)


PICTURES = {
    "mole-cricket": {
        "full": Picture(full),
        "portrait": Picture(bust(WATCHFUL), cut_bottom=380),
        "action": Picture(action),
        "emotion": Picture(
            bust(WATCHFUL.but(look=(0.1, -0.1), lids=0.1, lower=0.3, brow=0.5, lift=10), hands_up=True), cut_bottom=380
        ),
    }
}
