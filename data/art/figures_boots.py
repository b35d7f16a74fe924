"""The Gardener's boots, with as much of the trousers as the garden can see."""

import skia
from brush import CREAM, MOSS, TERRACOTTA, Rgb, Sheet, dark, light, mix
from figures_shapes import blob, card, curve, limb

RUBBER: Rgb = (0x5F, 0x74, 0x52)
MUD: Rgb = (0x6A, 0x4A, 0x3C)
CLOTH: Rgb = (0x4A, 0x5E, 0x80)


def mud(s: Sheet, inside: skia.Path, spots: list[tuple[float, float, float]]) -> None:
    with s.inside(inside):
        for x, y, r in spots:
            s.paper(
                blob(
                    [
                        (x - r, y),
                        (x - r * 0.5, y - r * 0.7),
                        (x + r * 0.4, y - r * 0.6),
                        (x + r, y + r * 0.1),
                        (x + r * 0.3, y + r * 0.6),
                        (x - r * 0.6, y + r * 0.5),
                    ]
                ),
                MUD,
                lift=3,
                strokes=0,
                rim=0.2,
            )


def wellington(s: Sheet, x: float, y: float, size: float, shade: float) -> None:
    """A boot whose sole is on y and whose shaft rises 430 at size 1, with the trouser leg above it out of sight."""
    rubber, cloth = dark(RUBBER, shade), dark(CLOTH, shade)
    with s.at(x, y, size=size):
        leg = s.paper(
            blob(
                [
                    (-128, -380),
                    (-142, -560),
                    (-150, -800),
                    (-150, -1150),
                    (150, -1150),
                    (146, -800),
                    (136, -560),
                    (124, -380),
                ],
                tension=0.4,
            ),
            cloth,
            lift=16,
            strokes=14,
        )
        with s.inside(leg):
            for fold in (
                [(-150, -470), (-40, -440), (60, -470)],
                [(140, -540), (40, -500), (-60, -520)],
                [(-150, -620), (-60, -590), (10, -610)],
            ):
                s.wash(limb(fold, [8, 20, 4]), dark(cloth, 0.6), 0.55, 7)
            s.line(curve((92, -380), (104, -700), (108, -1150)), 4, light(cloth, 0.5), 0.5)
            if shade < 0.1:
                s.paper(card(-20, -720, 150, 170, 12, -6), mix(TERRACOTTA, cloth, 0.25), lift=6, strokes=5)
                for i in range(8):
                    for dx, dy in ((-88 + i * 18, -797 - i * 1.9), (-70 + i * 18, -629 - i * 1.9)):
                        s.line(curve((dx, dy - 8), (dx + 3, dy + 8)), 3.4, CREAM, 0.7)
        boot = s.paper(
            blob(
                [
                    (-150, -420),
                    (0, -408),
                    (150, -420),
                    (146, -280),
                    (160, -190),
                    (290, -150),
                    (356, -84),
                    (350, -22),
                    (200, -12),
                    (-130, -12),
                    (-168, -60),
                    (-158, -200),
                ],
                tension=0.46,
            ),
            rubber,
            lift=18,
            strokes=12,
        )
        with s.inside(boot):
            s.wash(limb([(-96, -380), (-106, -240), (-100, -110)], [26, 40, 14]), light(rubber, 0.7), 0.5, 15)
            s.wash(limb([(190, -158), (270, -120), (310, -70)], [10, 24, 8]), light(rubber, 0.7), 0.5, 8)
            for fold in ([(150, -196), (70, -170), (30, -190)], [(156, -170), (80, -136), (40, -150)]):
                s.wash(limb(fold, [6, 14, 4]), dark(rubber, 0.7), 0.7, 4)
        mud(
            s,
            boot,
            [
                (-120, -60, 80),
                (-20, -30, 90),
                (120, -40, 84),
                (250, -40, 90),
                (330, -50, 60),
                (40, -92, 30),
                (200, -110, 22),
                (-90, -150, 24),
                (100, -210, 14),
                (-30, -170, 12),
                (290, -120, 14),
            ],
        )
        s.paper(
            blob([(-158, -428), (0, -416), (158, -428), (158, -372), (0, -358), (-158, -372)], tension=0.35),
            light(rubber, 0.16),
            lift=9,
            strokes=3,
        )
        s.paper(card(124, -330, 44, 64, 8), dark(rubber, 0.3), lift=5, strokes=0)
        s.line(card(124, -322, 28, 30, 5), 6, (0xC8, 0xB0, 0x80))
        sole = s.paper(
            blob(
                [
                    (-172, -46),
                    (360, -46),
                    (366, -10),
                    (340, 0),
                    (140, 0),
                    (110, -18),
                    (30, -18),
                    (10, 0),
                    (-150, 0),
                    (-176, -14),
                ],
                tension=0.3,
            ),
            dark(rubber, 0.5),
            lift=6,
            strokes=3,
        )
        with s.inside(sole):
            for i in range(16):
                s.line(curve((-166 + i * 34, -14), (-166 + i * 34, 6)), 9, dark(rubber, 0.85), 0.6)
    for dx, r in ((-150, 34), (330, 42), (210, 26)):
        cx, cy = x + dx * size, y - r * 0.5 * size
        s.paper(
            blob(
                [
                    (cx - r, cy + r * 0.5),
                    (cx - r * 0.5, cy - r * 0.6),
                    (cx + r * 0.5, cy - r * 0.4),
                    (cx + r, cy + r * 0.5),
                ]
            ),
            MUD,
            lift=6,
            strokes=0,
        )
    if shade < 0.1:
        for turn in (-30, 4, 34):
            with s.at(x + 372 * size, y, turn=turn):
                s.paper(limb([(0, 0), (4, -50), (18, -96)], [13, 14, 3]), MOSS, lift=4, strokes=0)
