"""Drawn decorations that stand, lie or are pinned: pumpkins, gifts, jars, flowers, sacks, sheets of leaf, snow."""

from math import cos, pi, sin
from random import Random

from resources.rendering.preview.decor_hung import round_points
from resources.rendering.preview.decor_paper import Inks, Sheet
from resources.rendering.preview.paper import Colour, mixed

_WHITE: Colour = (250, 250, 246)
_TWINE: Colour = (206, 176, 124)


def pumpkin(draw: Random, inks: Inks) -> Sheet:
    """Three ribs and a stalk."""
    sheet = Sheet(1.2)
    flesh = (222, 124, 46)
    for x, wide in ((0.28, 0.26), (0.92, 0.26), (0.6, 0.3)):
        sheet.oval(x, 0.62, wide, 0.36, mixed(flesh, inks.dark, 0.0 if x == 0.6 else 0.14))
    sheet.piece([(0.54, 0.3), (0.5, 0.04), (0.66, 0.06), (0.66, 0.3)], inks.leaf, 0.02)
    return sheet


def gift(draw: Random, inks: Inks) -> Sheet:
    """A box with a ribbon."""
    sheet = Sheet(1.05)
    sheet.box(0.08, 0.36, 0.97, 1.0, inks.main, 0.03)
    sheet.box(0.03, 0.28, 1.02, 0.46, mixed(inks.main, _WHITE, 0.12), 0.03)
    sheet.box(0.45, 0.28, 0.6, 1.0, inks.pale, 0.005)
    for side in (-1, 1):
        sheet.piece([(0.525, 0.28), (0.525 + side * 0.26, 0.04), (0.525 + side * 0.3, 0.24)], inks.pale, 0.02)
    return sheet


def fir(draw: Random, inks: Inks) -> Sheet:
    """A small tree in three layers, with something bright on each."""
    sheet = Sheet(0.74)
    sheet.box(0.33, 0.84, 0.41, 1.0, (104, 72, 52), 0.01)
    for top, foot, wide in ((0.42, 0.9, 0.36), (0.22, 0.66, 0.29), (0.04, 0.42, 0.21)):
        leaf = mixed(inks.leaf, inks.dark, 0.25)
        sheet.piece([(0.37, top), (0.37 + wide, foot), (0.37, foot - 0.05), (0.37 - wide, foot)], leaf, 0.02)
        sheet.oval(0.37 + (draw.random() - 0.5) * wide, foot - 0.13, 0.035, 0.035, inks.main)
    return sheet


def branch(draw: Random, inks: Inks) -> Sheet:
    """A fir branch lying, with a cone."""
    sheet = Sheet(2.0)
    sheet.line([(0.06, 0.8), (1.9, 0.6)], 0.07, (104, 72, 52))
    for index in range(15):
        x = 0.16 + index * 0.12
        for side in (-1, 1):
            leaf = mixed(inks.leaf, inks.dark, 0.4 * draw.random())
            sheet.piece(
                [(x, 0.76 - x * 0.08), (x + 0.26, 0.66 - x * 0.08 + side * 0.28), (x + 0.1, 0.74 - x * 0.08)], leaf
            )
    sheet.oval(0.8, 0.78, 0.14, 0.2, (138, 92, 60))
    return sheet


def mushroom(draw: Random, inks: Inks) -> Sheet:
    """A cap with spots."""
    sheet = Sheet(0.95)
    sheet.box(0.36, 0.45, 0.6, 1.0, (236, 222, 198), 0.08)
    cap = round_points(0.475, 0.5, (0.44,), 24)
    sheet.piece([point for point in cap if point[1] < 0.56], inks.main, 0.03)
    for x, y, r in ((0.3, 0.36, 0.06), (0.5, 0.22, 0.07), (0.68, 0.4, 0.05)):
        sheet.oval(x, y, r, r * 0.8, _WHITE, True)
    return sheet


def flower(draw: Random, inks: Inks) -> Sheet:
    """A round flower on a stem, with two leaves."""
    sheet = Sheet(0.7)
    sheet.line([(0.35, 0.4), (0.35 + 0.06 * (draw.random() - 0.5), 1.0)], 0.045, inks.leaf)
    for side in (-1, 1):
        sheet.piece([(0.35, 0.86), (0.35 + side * 0.2, 0.62), (0.35 + side * 0.27, 0.74)], inks.leaf, 0.02)
    _petals(sheet, 0.35, 0.3, 0.28, inks.turned(draw).main, inks.glow)
    return sheet


def ice_rose(draw: Random, inks: Inks) -> Sheet:
    """A frost flower cut from white paper."""
    sheet = Sheet(1.0)
    pale = mixed((190, 216, 240), _WHITE, draw.random() * 0.5)
    for arm in range(6):
        angle = pi * arm / 3 + 0.3
        tip = (0.5 + 0.46 * sin(angle), 0.5 - 0.46 * cos(angle))
        sheet.line([(0.5, 0.5), tip], 0.035, _WHITE)
    _petals(sheet, 0.5, 0.5, 0.36, _WHITE, pale)
    _petals(sheet, 0.5, 0.5, 0.22, pale, (228, 196, 120))
    return sheet


def _petals(sheet: Sheet, x: float, y: float, radius: float, colour: Colour, middle: Colour) -> None:
    for index in range(7):
        at = round_points(x, y, (radius * 0.62,), 7)[index]
        sheet.oval(at[0], at[1], radius * 0.4, radius * 0.4, mixed(colour, _WHITE, 0.12 * (index % 2)))
    sheet.oval(x, y, radius * 0.34, radius * 0.34, middle)


def jar(draw: Random, inks: Inks) -> Sheet:
    """A jar of something good, under a cloth."""
    sheet = Sheet(0.72)
    inside = ((168, 92, 44), (214, 132, 52), (140, 60, 50))[int(draw.random() * 3)]
    sheet.box(0.08, 0.24, 0.64, 1.0, mixed(inside, _WHITE, 0.1), 0.08)
    sheet.box(0.2, 0.52, 0.52, 0.76, (244, 236, 216), 0.02)
    sheet.piece([(0.04, 0.3), (0.12, 0.06), (0.6, 0.06), (0.68, 0.3)], inks.main, 0.03)
    return sheet


def sandbags(draw: Random, inks: Inks) -> Sheet:
    """Small sacks, two rows and one on top."""
    sheet = Sheet(1.7)
    for y, count, first in ((0.82, 3, 0.3), (0.5, 2, 0.57), (0.2, 1, 0.85)):
        for index in range(count):
            sack = mixed((176, 150, 108), inks.dark, 0.1 + 0.2 * draw.random())
            x = first + index * 0.55
            sheet.oval(x, y, 0.29, 0.18, sack)
            sheet.line([(x + 0.18, y - 0.1), (x + 0.22, y + 0.08)], 0.03, mixed(sack, inks.dark, 0.4))
    return sheet


def tarpaulin(draw: Random, inks: Inks) -> Sheet:
    """A large leaf as a sheet, tied down with twine."""
    sheet = Sheet(1.7)
    green = mixed(inks.leaf, (96, 130, 84), 0.4)
    edge = [(0.04, 0.7), (0.26, 0.22), (0.8, 0.04), (1.4, 0.2), (1.66, 0.66), (1.3, 0.86), (0.9, 0.78), (0.46, 0.9)]
    sheet.piece(edge, green, 0.03)
    for x, y in ((0.3, 0.3), (0.5, 0.8), (1.2, 0.22), (1.24, 0.78)):
        sheet.line([(0.84, 0.5), (x, y)], 0.02, mixed(green, _WHITE, 0.28))
    sheet.line([(0.06, 0.62), (0.84, 0.5), (1.64, 0.58)], 0.04, mixed(green, _WHITE, 0.3))
    for x, y in ((0.05, 0.72), (0.46, 0.88), (1.3, 0.85), (1.63, 0.68)):
        sheet.line([(x, y), (x + (x - 0.85) * 0.04, 0.99)], 0.03, _TWINE)
        sheet.oval(x, y, 0.035, 0.035, _TWINE)
    return sheet


def patch(draw: Random, inks: Inks) -> Sheet:
    """A dock leaf pasted flat."""
    sheet = Sheet(1.0)
    green = mixed(inks.leaf, (120, 140, 90), 0.4 * draw.random())
    turn = draw.random() * 3
    sheet.piece(round_points(0.5, 0.5, (0.46, 0.40, 0.44, 0.36), 12, turn), green, 0.03)
    sheet.line(round_points(0.5, 0.5, (0.42,), 2, turn), 0.03, mixed(green, _WHITE, 0.3))
    sheet.line([(0.2, 0.3), (0.36, 0.22)], 0.06, (226, 214, 184))
    sheet.line([(0.66, 0.8), (0.82, 0.7)], 0.06, (226, 214, 184))
    return sheet


def coil(draw: Random, inks: Inks) -> Sheet:
    """A coil of rope."""
    sheet = Sheet(1.5)
    for index in range(4):
        y = 0.82 - 0.17 * index
        sheet.oval(0.75, y, 0.66 - 0.05 * index, 0.17, mixed(_TWINE, inks.dark, 0.12 + 0.1 * (index % 2)))
    sheet.oval(0.75, 0.3, 0.28, 0.07, mixed(_TWINE, inks.dark, 0.6), True)
    return sheet


def cork(draw: Random, inks: Inks) -> Sheet:
    """A wine cork, wedged."""
    sheet = Sheet(0.8)
    sheet.piece([(0.1, 0.08), (0.7, 0.08), (0.62, 1.0), (0.18, 1.0)], (190, 142, 92), 0.03)
    sheet.oval(0.4, 0.1, 0.3, 0.08, (212, 168, 116))
    for index in range(6):
        sheet.oval(0.24 + 0.33 * draw.random(), 0.3 + 0.1 * index, 0.02, 0.02, (138, 96, 60), True)
    return sheet


def sign(draw: Random, inks: Inks) -> Sheet:
    """A notice on a stake, with two lines that need not be read."""
    sheet = Sheet(1.0)
    sheet.box(0.46, 0.3, 0.54, 1.0, (112, 80, 56), 0.01)
    sheet.box(0.06, 0.06, 0.94, 0.6, (238, 226, 198), 0.03)
    sheet.line([(0.18, 0.24), (0.8, 0.24)], 0.05, inks.main)
    sheet.line([(0.18, 0.42), (0.62, 0.42)], 0.05, inks.dark)
    return sheet


def snow_drift(draw: Random, inks: Inks) -> Sheet:
    """Snow blown into a low heap, its foot rounded as it is seen from above: no dome cut off level."""
    sheet = Sheet(3.2)
    peak = 1.0 + 0.9 * draw.random()
    foot = [(3.14, 0.8), (2.5, 0.94), (1.6, 0.98), (0.7, 0.94), (0.06, 0.8)]
    sheet.piece([(0.5, 0.62), (peak, 0.4), (2.6, 0.6), *foot], (182, 204, 236), 0.08, flat=True)
    sheet.piece(
        [(0.16, 0.8), (0.5, 0.6), (peak, 0.38), (2.5, 0.6), (2.96, 0.76), (peak + 0.3, 0.74)], _WHITE, 0.08, flat=True
    )
    return sheet


def grass(draw: Random, inks: Inks) -> Sheet:
    """Blades that the wind has bent all one way."""
    sheet = Sheet(1.5)
    for index in range(9):
        x, long = 0.1 + 0.07 * index, 0.5 + 0.5 * draw.random()
        blade = mixed(inks.leaf, inks.dark, 0.5 * draw.random())
        sheet.piece(
            [(x, 1.0), (x + 0.05, 1.0), (x + 0.3 * long, 1 - 0.6 * long), (x + 0.8 * long, 1 - 0.84 * long)], blade
        )
    return sheet


def fallen_leaf(draw: Random, inks: Inks) -> Sheet:
    """One leaf, lying."""
    sheet = Sheet(1.6)
    colour = mixed(mixed(inks.turned(draw).main, inks.leaf, 0.35 + 0.55 * draw.random()), inks.dark, 0.25)
    sheet.piece([(0.04, 0.66), (0.5, 0.3), (1.0, 0.24), (1.56, 0.5), (1.1, 0.78), (0.5, 0.86)], colour, 0.015)
    sheet.line([(0.08, 0.6), (1.4, 0.6)], 0.04, mixed(colour, inks.dark, 0.4))
    return sheet
