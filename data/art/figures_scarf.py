"""Odile's scarf, which is longer than she is."""

import skia
from brush import CREAM, Rgb, Sheet, dark, light
from figures_shapes import blob, curve, limb

SCARF: Rgb = (0xC9, 0x55, 0x3C)


def scarf_wrap(s: Sheet) -> None:
    """Two turns of scarf under a head at (0, 0)."""
    low = s.paper(
        blob([(-168, 168), (-120, 126), (0, 150), (130, 120), (172, 160), (140, 232), (0, 268), (-140, 240)]),
        dark(SCARF, 0.12),
        lift=12,
    )
    knit(s, low)
    high = s.paper(
        blob(
            [(-150, 122), (-60, 130), (60, 134), (150, 92), (184, 128), (150, 186), (20, 214), (-120, 196), (-176, 152)]
        ),
        SCARF,
        lift=13,
    )
    knit(s, high)


def knit(s: Sheet, path: skia.Path) -> None:
    """Rows of wool, scarcely seen."""
    with s.inside(path):
        for i in range(-12, 13):
            s.line(curve((i * 30 - 20, 60), (i * 30 + 4, 180), (i * 30 + 34, 300)), 4, dark(SCARF, 0.4), 0.22)
            s.line(curve((i * 30 - 14, 60), (i * 30 + 10, 180), (i * 30 + 40, 300)), 2.4, light(SCARF, 0.6), 0.25)


def scarf_tail(s: Sheet, points: list[tuple[float, float]], width: float) -> None:
    """A loose end with a fringe."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    dx, dy = x1 - x0, y1 - y0
    n = (dx * dx + dy * dy) ** 0.5
    for i in range(-2, 3):
        sx, sy = x1 - dy / n * i * width * 0.18, y1 + dx / n * i * width * 0.18
        s.paper(
            limb(
                [(sx, sy), (sx + dx / n * width * 0.5 - dy / n * i * 4, sy + dy / n * width * 0.5 + dx / n * i * 4)],
                [width * 0.14, width * 0.07],
            ),
            light(SCARF, 0.2),
            lift=4,
            strokes=0,
        )
    tail = s.paper(limb(points, [width * 0.6, width, width * 0.94, width]), SCARF, lift=11)
    with s.inside(tail):
        mx, my = x1 - dx / n * width * 0.34, y1 - dy / n * width * 0.34
        for step in (0, width * 0.22):
            ax, ay = mx - dx / n * step, my - dy / n * step
            s.line(
                curve((ax - dy / n * width, ay + dx / n * width), (ax + dy / n * width, ay - dx / n * width)),
                9,
                CREAM,
                0.75,
            )
