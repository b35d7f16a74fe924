"""Drawn decorations that hang: stars, flags, letters, leaves, icicles, bows, wreaths."""

from math import cos, pi, sin
from random import Random

from resources.rendering.preview.decor_paper import Inks, Sheet
from resources.rendering.preview.paper import Colour, Points, mixed

_WHITE: Colour = (250, 250, 246)


def round_points(x: float, y: float, radii: tuple[float, ...], count: int, turn: float = 0.0) -> Points:
    """Points around a middle, at radii that take turns."""
    found: Points = []
    for index in range(count):
        angle = 2 * pi * index / count + turn
        radius = radii[index % len(radii)]
        found.append((x + radius * sin(angle), y - radius * cos(angle)))
    return found


def paper_star(draw: Random, inks: Inks) -> Sheet:
    """Eight points, folded: each ray lit on one side."""
    sheet = Sheet(1.0)
    turn = (draw.random() - 0.5) * 0.5
    paper = (_WHITE, mixed(_WHITE, inks.main, 0.8), _WHITE, mixed(_WHITE, inks.second, 0.35))[int(draw.random() * 4)]
    sheet.piece(round_points(0.5, 0.52, (0.46, 0.19), 16, turn), paper)
    for ray in range(8):
        angle = turn + pi * ray / 4
        tip = (0.5 + 0.45 * sin(angle), 0.52 - 0.45 * cos(angle))
        side = (0.5 + 0.18 * sin(angle + pi / 8), 0.52 - 0.18 * cos(angle + pi / 8))
        sheet.piece([(0.5, 0.52), tip, side], mixed(paper, inks.dark, 0.34), flat=True)
    return sheet


def snowflake(draw: Random, inks: Inks) -> Sheet:
    """Six arms, cut from white paper."""
    sheet = Sheet(1.0)
    for arm in range(6):
        angle = pi * arm / 3
        x, y = 0.46 * sin(angle), -0.46 * cos(angle)
        sheet.line([(0.5, 0.5), (0.5 + x, 0.5 + y)], 0.06, _WHITE)
        for away in (-0.5, 0.5):
            twig = (0.62 * x + 0.2 * sin(angle + away), 0.62 * y - 0.2 * cos(angle + away))
            sheet.line([(0.5 + x * 0.55, 0.5 + y * 0.55), (0.5 + twig[0], 0.5 + twig[1])], 0.045, (206, 222, 246))
    return sheet


def flag(draw: Random, inks: Inks) -> Sheet:
    """A pennant of a line of bunting."""
    sheet = Sheet(0.8)
    colour = (inks.main, inks.second, inks.pale)[int(draw.random() * 3)]
    sheet.piece([(0.04, 0.02), (0.76, 0.02), (0.4, 0.98)], colour, 0.01)
    if draw.random() < 0.5:
        sheet.oval(0.4, 0.32, 0.1, 0.1, mixed(colour, _WHITE, 0.6), True)
    return sheet


def stamp(draw: Random, inks: Inks) -> Sheet:
    """A cancelled stamp on a peg."""
    sheet = Sheet(0.84)
    colour = (inks.main, inks.second, mixed(inks.dark, inks.second, 0.4))[int(draw.random() * 3)]
    sheet.box(0.04, 0.1, 0.8, 0.98, (244, 236, 216), 0.01)
    sheet.box(0.14, 0.2, 0.7, 0.88, colour, 0.01)
    sheet.oval(0.42, 0.46, 0.13, 0.13, mixed(colour, _WHITE, 0.7), True)
    sheet.box(0.36, 0.0, 0.48, 0.2, (176, 132, 84), 0.01)
    return sheet


def letter(draw: Random, inks: Inks) -> Sheet:
    """An envelope on a peg."""
    sheet = Sheet(1.3)
    paper = mixed((246, 238, 220), inks.second, 0.25 * draw.random())
    sheet.box(0.04, 0.12, 1.26, 0.98, paper, 0.02)
    sheet.piece([(0.06, 0.14), (0.65, 0.62), (1.24, 0.14)], mixed(paper, inks.dark, 0.16), 0.01)
    sheet.oval(0.65, 0.58, 0.09, 0.09, (176, 60, 52))
    sheet.box(0.58, 0.0, 0.72, 0.22, (176, 132, 84), 0.01)
    return sheet


def sprig(draw: Random, inks: Inks) -> Sheet:
    """Leaves and berries of a garland."""
    sheet = Sheet(1.1)
    for index in range(5):
        angle = -1.9 + 0.95 * index + (draw.random() - 0.5) * 0.3
        x, y = 0.55 + 0.26 * sin(angle), 0.5 + 0.26 * cos(angle)
        side = (0.12 * cos(angle), -0.12 * sin(angle))
        tip = (0.55 + 0.5 * sin(angle), 0.5 + 0.46 * cos(angle))
        leaf = mixed(inks.leaf, inks.dark, 0.3 * draw.random())
        sheet.piece([(0.55, 0.5), (x + side[0], y + side[1]), tip, (x - side[0], y - side[1])], leaf, 0.02)
    for x, y in ((0.46, 0.56), (0.64, 0.6), (0.55, 0.74)):
        sheet.oval(x, y, 0.11, 0.12, inks.main)
        sheet.oval(x - 0.03, y - 0.05, 0.03, 0.03, mixed(inks.main, _WHITE, 0.7), True)
    return sheet


def bow(draw: Random, inks: Inks) -> Sheet:
    """A ribbon tied, its ends hanging."""
    sheet = Sheet(1.1)
    for side in (-1, 1):
        sheet.piece(
            [(0.55, 0.34), (0.55 + side * 0.2, 0.98), (0.55 + side * 0.38, 0.86)], mixed(inks.main, inks.dark, 0.3)
        )
        loop = [(0.55, 0.3), (0.55 + side * 0.34, 0.04), (0.55 + side * 0.52, 0.22), (0.55 + side * 0.34, 0.5)]
        sheet.piece(loop, inks.main, 0.03)
    sheet.oval(0.55, 0.3, 0.1, 0.11, mixed(inks.main, _WHITE, 0.15))
    return sheet


def icicles(draw: Random, inks: Inks) -> Sheet:
    """A row of them, of different lengths."""
    sheet = Sheet(1.6)
    ice = (198, 224, 246)
    for index in range(7):
        x, long = 0.12 + 0.225 * index, 0.35 + 0.62 * draw.random()
        sheet.piece([(x - 0.1, 0.0), (x + 0.1, 0.0), (x + 0.015, long), (x - 0.015, long)], ice)
        sheet.line([(x - 0.03, 0.06), (x - 0.01, long * 0.8)], 0.02, _WHITE)
    return sheet


def wreath(draw: Random, inks: Inks) -> Sheet:
    """A ring of fir with berries and a bow."""
    sheet = Sheet(1.0)
    for index in range(22):
        angle = 2 * pi * index / 22
        x, y = 0.5 + 0.34 * sin(angle), 0.48 - 0.34 * cos(angle)
        lean = angle + 0.9 * (1 if index % 2 else -1)
        leaf = mixed(inks.leaf, inks.dark, 0.4 * draw.random())
        tip = (x + 0.15 * sin(lean), y - 0.15 * cos(lean))
        sheet.piece(
            [(x - 0.05 * cos(lean), y - 0.05 * sin(lean)), tip, (x + 0.05 * cos(lean), y + 0.05 * sin(lean))], leaf
        )
    for index in range(7):
        x, y = round_points(0.5, 0.48, (0.34,), 7, 0.3)[index]
        sheet.oval(x, y, 0.045, 0.045, inks.main)
    for side in (-1, 1):
        sheet.piece([(0.5, 0.82), (0.5 + side * 0.2, 0.7), (0.5 + side * 0.2, 0.95)], inks.main, 0.01)
    return sheet


def knot(draw: Random, inks: Inks) -> Sheet:
    """A knot in a rope, with two loose ends."""
    sheet = Sheet(0.7)
    twine = (206, 176, 124)
    for side in (-1, 1):
        sheet.line(
            [(0.35, 0.3), (0.35 + side * 0.16, 0.7), (0.35 + side * 0.1, 0.98)], 0.07, mixed(twine, inks.dark, 0.2)
        )
    sheet.oval(0.35, 0.26, 0.2, 0.2, twine)
    sheet.line([(0.2, 0.34), (0.5, 0.16)], 0.05, mixed(twine, inks.dark, 0.4))
    return sheet
