"""The Mole Cricket's digging hands."""

from brush import PLUM, TERRACOTTA, Point, Rgb, Sheet, dark, light, mix
from figures_shapes import blob, curve, limb, oval

EARTH: Rgb = (0x4E, 0x3A, 0x3E)
VELVET: Rgb = (0x9A, 0x6A, 0x52)
HORN: Rgb = (0xEC, 0xD2, 0xA0)


def claw(s: Sheet, x: float, y: float, turn: float, length: float, width: float) -> None:
    with s.at(x, y, turn=turn):
        horn = s.paper(
            blob(
                [
                    (-width / 2, 10),
                    (-width * 0.5, -length * 0.5),
                    (width * 0.1, -length),
                    (width * 0.5, -length * 0.42),
                    (width / 2, 10),
                ],
                tension=0.44,
            ),
            HORN,
            lift=8,
            strokes=0,
            bottom=mix(HORN, TERRACOTTA, 0.7),
            rim=0.7,
        )
        with s.inside(horn):
            s.wash(oval(0, 14, width * 0.7, length * 0.26), mix(VELVET, PLUM, 0.5), 0.6, 12)


def spade(s: Sheet, x: float, y: float, turn: float, size: float = 1, flip: bool = False) -> None:
    """A digging hand whose wrist is at (x, y), claws up when turn is 0; 330 tall at size 1."""
    with s.at(x, y, turn=turn, size=size, flip=flip):
        claw(s, -118, -60, -62, 104, 62)
        for cx, cy, angle, length in (
            (-92, -150, -26, 124),
            (-30, -188, -8, 142),
            (38, -184, 10, 138),
            (98, -142, 30, 118),
        ):
            claw(s, cx, cy, angle, length, 66)
        palm = s.paper(
            blob(
                [
                    (-96, 60),
                    (-136, -40),
                    (-128, -142),
                    (-60, -206),
                    (40, -208),
                    (122, -160),
                    (142, -60),
                    (104, 60),
                    (0, 84),
                ]
            ),
            VELVET,
            lift=14,
            strokes=9,
        )
        with s.inside(palm):
            for kx, ky in ((-92, -136), (-30, -166), (38, -162), (98, -126)):
                s.wash(oval(kx, ky, 26, 30), light(VELVET, 0.5), 0.55, 9)
            for bend in (-70, -10, 50):
                s.line(curve((bend - 20, -90), (bend, -40), (bend * 0.7, 20)), 5, dark(VELVET, 0.5), 0.35)
            for i in range(16):
                px, py = -110 + (i * 67) % 220, 10 + (i * 29) % 60
                s.flat(oval(px, py, 4 + i % 3 * 2), EARTH, 0.5)


def forearm(s: Sheet, points: list[Point], widths: list[float]) -> None:
    sleeve = s.paper(limb(points, widths), dark(VELVET, 0.18), lift=14, strokes=9)
    with s.inside(sleeve):
        for x, y in points[1:-1]:
            s.wash(oval(x - 20, y, 50, 24), light(VELVET, 0.3), 0.3, 16)
