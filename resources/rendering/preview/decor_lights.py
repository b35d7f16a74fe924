"""Drawn decorations that shine: lanterns, lamps, candles, floating lights."""

from random import Random

from resources.rendering.preview.decor_paper import Inks, Sheet
from resources.rendering.preview.paper import mixed

_WHITE = (255, 250, 232)


def lantern(draw: Random, inks: Inks) -> Sheet:
    """A ribbed paper lantern, hung by its cap."""
    sheet = Sheet(0.78)
    body = mixed(inks.main, inks.glow, 0.35)
    sheet.line([(0.39, 0.0), (0.39, 0.2)], 0.03, inks.dark)
    slim = 0.27 + draw.random() * 0.10
    sheet.oval(0.39, 0.52, slim, 0.36, body)
    for rib in (-0.55, 0.0, 0.55):
        sheet.oval(0.39 + rib * slim, 0.52, slim * (0.10 if rib else 0.16), 0.34, mixed(body, inks.glow, 0.35), True)
    sheet.halo(0.39, 0.56, 0.24, inks.glow, 0.9)
    sheet.halo(0.39, 0.58, 0.12, _WHITE, 0.9)
    sheet.box(0.27, 0.13, 0.51, 0.2, inks.dark, 0.02)
    sheet.box(0.29, 0.85, 0.49, 0.9, inks.dark, 0.02)
    sheet.line([(0.39, 0.9), (0.39, 1.0)], 0.03, inks.main)
    return sheet


def poppy_lantern(draw: Random, inks: Inks) -> Sheet:
    """A lantern of petals, open below."""
    sheet = Sheet(0.86)
    sheet.line([(0.43, 0.0), (0.43, 0.2)], 0.03, inks.dark)
    for at, wide in ((0.2, 0.17), (0.66, 0.17), (0.43, 0.24)):
        petal = mixed(inks.main, inks.glow, 0.18 + 0.2 * draw.random())
        points = [(0.43, 0.12), (at + wide, 0.42), (at + wide * 0.8, 0.86), (at, 0.98), (at - wide * 0.8, 0.86)]
        sheet.piece([*points, (at - wide, 0.42)], petal, 0.05)
    sheet.halo(0.43, 0.66, 0.3, inks.glow, 0.85)
    sheet.halo(0.43, 0.72, 0.14, _WHITE, 0.85)
    sheet.oval(0.43, 0.16, 0.1, 0.06, inks.leaf)
    return sheet


def letter_lantern(draw: Random, inks: Inks) -> Sheet:
    """A folded letter with a light in it."""
    sheet = Sheet(0.9)
    paper = mixed(_WHITE, inks.glow, 0.4)
    sheet.line([(0.45, 0.0), (0.45, 0.16)], 0.03, inks.dark)
    sheet.piece([(0.45, 0.08), (0.84, 0.34), (0.76, 0.96), (0.14, 0.96), (0.06, 0.34)], paper, 0.02)
    sheet.piece([(0.06, 0.34), (0.45, 0.62), (0.84, 0.34), (0.45, 0.12)], mixed(paper, inks.main, 0.3), 0.015)
    sheet.halo(0.45, 0.7, 0.26, _WHITE, 0.8)
    sheet.oval(0.45, 0.56, 0.06, 0.06, (176, 60, 52))
    return sheet


def bulb(draw: Random, inks: Inks) -> Sheet:
    """A small round lamp on a string."""
    sheet = Sheet(0.7)
    sheet.box(0.26, 0.0, 0.44, 0.28, inks.dark, 0.03)
    sheet.oval(0.35, 0.6, 0.32, 0.38, mixed(inks.glow, inks.main, 0.25))
    sheet.halo(0.35, 0.62, 0.22, _WHITE, 1.0)
    return sheet


def storm_lamp(draw: Random, inks: Inks) -> Sheet:
    """A shuttered lamp with a handle, standing."""
    sheet = Sheet(0.72)
    iron = mixed(inks.dark, (70, 74, 84), 0.5)
    sheet.line([(0.18, 0.34), (0.2, 0.08), (0.36, 0.02), (0.52, 0.08), (0.54, 0.34)], 0.035, iron)
    sheet.box(0.16, 0.34, 0.56, 0.88, mixed(inks.glow, (255, 230, 170), 0.4), 0.05)
    sheet.halo(0.36, 0.62, 0.2, _WHITE, 1.0)
    for x in (0.17, 0.35, 0.53):
        sheet.box(x - 0.018, 0.3, x + 0.018, 0.9, iron, 0.005)
    sheet.piece([(0.08, 0.36), (0.24, 0.2), (0.48, 0.2), (0.64, 0.36)], iron, 0.02)
    sheet.box(0.08, 0.86, 0.64, 1.0, iron, 0.03)
    return sheet


def candle(draw: Random, inks: Inks) -> Sheet:
    """A stub of wax with its flame."""
    sheet = Sheet(0.5)
    sheet.box(0.1, 0.46 + 0.1 * draw.random(), 0.4, 1.0, (240, 226, 196), 0.05)
    sheet.piece([(0.25, 0.08), (0.33, 0.32), (0.25, 0.46), (0.17, 0.32)], inks.glow, 0.02)
    sheet.oval(0.25, 0.36, 0.05, 0.09, _WHITE, True)
    sheet.halo(0.25, 0.52, 0.16, inks.glow, 0.8)
    return sheet


def floating_light(draw: Random, inks: Inks) -> Sheet:
    """A walnut shell with a wick in it."""
    sheet = Sheet(1.25)
    sheet.piece([(0.625, 0.1), (0.72, 0.36), (0.625, 0.55), (0.53, 0.36)], inks.glow, 0.03)
    sheet.oval(0.625, 0.42, 0.06, 0.1, _WHITE, True)
    shell = (150, 104, 62)
    sheet.piece([(0.05, 0.56), (1.2, 0.56), (1.02, 0.86), (0.82, 1.0), (0.43, 1.0), (0.23, 0.86)], shell, 0.05)
    sheet.oval(0.625, 0.57, 0.54, 0.08, mixed(shell, inks.glow, 0.6))
    return sheet
