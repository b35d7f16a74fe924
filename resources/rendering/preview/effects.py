"""Effects: weather and light in the air, seeded, behind the cast and before it. Each layer kind has one function."""

from collections.abc import Callable
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.rendering.preview.light import Light
from resources.rendering.preview.plate import mean_colour
from resources.rendering.preview.seeds import stream

Painter = Callable[[Image.Image, Random, float, Light, bool], None]
"""Paints into a frame: its stream, a strength of 0..2, the light, and whether it lies before the cast."""

_SPOT = 64
_STRENGTHS = 24
"""Steps in which specks differ in strength."""
_WHITE = (246, 249, 255)


def paint_effects(
    frame: Image.Image, layers: list[tuple[str, float]], seed: int, light: Light, before_cast: bool
) -> None:
    """Paints those effects that lie behind (or before) the cast."""
    for kind, strength in layers:
        painter = PAINTERS.get(kind)
        if painter is not None and strength > 0:
            painter(frame, stream(seed, "effect", kind, before_cast), min(strength, 2.0), light, before_cast)


def _soft_spot(hard: int = 1) -> Image.Image:
    """A round spot of `_SPOT` pixels whose middle is full and whose rim is soft; `hard` widens the middle."""
    spot = Image.new("L", (_SPOT, _SPOT))
    edge = (_SPOT - 1) ** 2
    values = []
    for y in range(_SPOT):
        for x in range(_SPOT):
            near = max(0, edge - (2 * x - _SPOT + 1) ** 2 - (2 * y - _SPOT + 1) ** 2)
            values.append(min(255, hard * 255 * near * near // (edge * edge)))
    spot.putdata(values)
    return spot


_SOFT, _FIRM = _soft_spot(), _soft_spot(3)


def _stamp(
    frame: Image.Image, x: float, y: float, radius: float, colour: tuple[int, int, int], strength: float, firm: bool
) -> None:
    side = max(3, round(radius * 2))
    level = round(min(strength, 1.0) * _STRENGTHS)
    frame.paste(colour, (round(x - side / 2), round(y - side / 2)), _speck(side, level, firm))


@lru_cache(maxsize=2048)
def _speck(side: int, level: int, firm: bool) -> Image.Image:
    """A spot of `side` pixels, its alpha scaled by `level` of `_STRENGTHS`."""
    spot = (_FIRM if firm else _SOFT).resize((side, side), Image.Resampling.BILINEAR)
    return spot.point([v * level // _STRENGTHS for v in range(256)])


def _scatter(
    frame: Image.Image, draw: Random, count: int, radii: tuple[float, float], colour: tuple[int, int, int],
    strengths: tuple[float, float], firm: bool, low: float = 0.0, high: float = 1.0,
) -> None:  # fmt: skip
    """Round specks over the frame between the heights `low` and `high`; radii in pixels of a frame 720 high."""
    unit = frame.height / 720
    for _ in range(count):
        x, y = draw.random() * frame.width, (low + draw.random() * (high - low)) * frame.height
        radius = (radii[0] + (radii[1] - radii[0]) * draw.random()) * unit
        strength = strengths[0] + (strengths[1] - strengths[0]) * draw.random()
        _stamp(frame, x, y, radius, colour, strength, firm)


def _snow(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    if before_cast:
        _scatter(frame, draw, round(70 * strength), (3.0, 5.5), _WHITE, (0.5, 0.9), True)
        _scatter(frame, draw, round(11 * strength), (12.0, 26.0), _WHITE, (0.16, 0.34), False)
    else:
        _scatter(frame, draw, round(240 * strength), (1.4, 2.8), _WHITE, (0.35, 0.75), True)


def _rain(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    unit = frame.height / 720
    mask = Image.new("L", frame.size, 0)
    pen = ImageDraw.Draw(mask)
    slant = 0.26 if light.x <= 0 else -0.26
    count = round((70 if before_cast else 190) * strength)
    for _ in range(count):
        x, y = (draw.random() * 1.3 - 0.15) * frame.width, (draw.random() * 1.2 - 0.2) * frame.height
        length = (46 + 70 * draw.random() if before_cast else 18 + 26 * draw.random()) * unit
        width = max(1, round((2.2 if before_cast else 1.0) * unit))
        pen.line([(x, y), (x + slant * length, y + length)], fill=round(60 + 70 * draw.random()), width=width)
    if before_cast:
        mask = mask.filter(ImageFilter.BoxBlur(0.8 * unit))
    frame.paste((206, 222, 228), (0, 0), mask)


def _fog(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    """Banks of mist: two octaves of whole-number noise, stretched wide, thicker towards the ground."""
    noise = np.random.Generator(np.random.PCG64(draw.getrandbits(32)))
    banks = Image.new("L", (48, 27), 0)
    for wide, tall, share in ((5, 5, 0.62), (11, 11, 0.38)):
        octave = Image.fromarray(noise.integers(0, 256, (tall, wide), dtype=np.uint8))
        octave = octave.resize(banks.size, Image.Resampling.BICUBIC).point([round(v * share) for v in range(256)])
        banks = ImageChops.add(banks, octave)
    top, foot = (90, 225) if before_cast else (30, 215)
    peak = 0.34 if before_cast else 0.62
    ramp = (
        Image.linear_gradient("L")
        .resize(banks.size)
        .point([top * (255 - v) // 255 * 40 // 100 + foot * v // 255 for v in range(256)])
    )
    banks = ImageChops.multiply(banks.point([min(255, max(0, (v - 40) * 2)) for v in range(256)]), ramp)
    banks = banks.point([round(v * min(peak * strength, 0.9)) for v in range(256)])
    colour = tuple(min(255, round(72 + c * 0.95)) for c in mean_colour(frame))
    frame.paste(colour, (0, 0), banks.resize(frame.size, Image.Resampling.BILINEAR))


def _embers(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    for count, radii, halo in (((26, (1.8, 3.2), 4.2) if before_cast else (60, (1.0, 2.0), 4.0)),):
        unit = frame.height / 720
        for _ in range(round(count * strength)):
            x, y = draw.random() * frame.width, (1 - draw.random() * draw.random()) * frame.height
            radius = (radii[0] + (radii[1] - radii[0]) * draw.random()) * unit
            _stamp(frame, x, y, radius * halo, (255, 128, 40), 0.34, False)
            _stamp(frame, x, y, radius, (255, 216, 140), 0.95, True)
    if before_cast:
        _scatter(frame, draw, round(5 * strength), (9.0, 18.0), (255, 160, 72), (0.18, 0.30), False)


def _glow(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    """Warm air around whatever shines: the brightest parts, wide and soft, screened over the frame."""
    if before_cast:
        return
    small = frame.resize((160, 90), Image.Resampling.BOX).point([max(0, v - 120) * 255 // 135 for v in range(256)] * 3)
    wide = small.filter(ImageFilter.BoxBlur(7)).filter(ImageFilter.BoxBlur(7))
    warm = wide.point([min(255, round(v * f * strength)) for f in (1.15, 0.80, 0.42) for v in range(256)])
    frame.paste(ImageChops.screen(frame, warm.resize(frame.size, Image.Resampling.BILINEAR)))


def _light_shafts(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    if before_cast:
        return
    mask = Image.new("L", (160, 90), 0)
    pen = ImageDraw.Draw(mask)
    lean = 0.55 if light.x <= 0 else -0.55
    for _ in range(6):
        x, wide = draw.random() * 170 - 25 * lean - 10, 4 + draw.random() * 12
        shade = round(70 + draw.random() * 90)
        pen.polygon(
            [(x, -2), (x + wide, -2), (x + wide * 1.9 + lean * 90, 92), (x + lean * 90 - wide * 0.4, 92)], fill=shade
        )
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(mask.size)
    soft = ImageChops.multiply(
        mask.filter(ImageFilter.GaussianBlur(2)), fall.point([64 + v * 3 // 4 for v in range(256)])
    )
    soft = soft.point([round(v * min(0.85 * strength, 1.0)) for v in range(256)])
    colour = Image.new("RGB", soft.size, tuple(min(255, round(255 * tint * 0.94)) for tint in light.key))
    beams = Image.composite(colour, Image.new("RGB", soft.size), soft).resize(frame.size, Image.Resampling.BILINEAR)
    frame.paste(ImageChops.screen(frame, beams))


def _dust(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    colour = tuple(min(255, round(250 * tint)) for tint in light.key)
    warm = (colour[0], colour[1], colour[2])
    if before_cast:
        _scatter(frame, draw, round(22 * strength), (1.6, 3.2), warm, (0.3, 0.6), False)
        _scatter(frame, draw, round(7 * strength), (8.0, 16.0), warm, (0.07, 0.15), True)
    else:
        _scatter(frame, draw, round(70 * strength), (0.9, 2.0), warm, (0.25, 0.55), False)


def _leaves(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    unit = frame.height / 720
    for _ in range(round((8 if before_cast else 22) * strength)):
        long = (22 + 26 * draw.random() if before_cast else 8 + 9 * draw.random()) * unit
        side = max(6, round(long * 2))
        leaf = Image.new("L", (side, side), 0)
        ImageDraw.Draw(leaf).ellipse([side * 0.08, side * 0.34, side * 0.92, side * 0.66], fill=235)
        leaf = leaf.rotate(draw.random() * 180, Image.Resampling.BILINEAR)
        if before_cast:
            leaf = leaf.filter(ImageFilter.BoxBlur(1.6 * unit))
        colour = ((196, 112, 48), (168, 78, 44), (206, 158, 66), (122, 96, 46))[int(draw.random() * 4)]
        frame.paste(colour, (round(draw.random() * frame.width - side / 2), round(draw.random() * frame.height)), leaf)


def _vignette(frame: Image.Image, draw: Random, strength: float, light: Light, before_cast: bool) -> None:
    if before_cast:
        darken_edges(frame, 0.45 * strength)


def darken_edges(frame: Image.Image, strength: float, colour: tuple[int, int, int] = (6, 5, 14)) -> None:
    """Darkens the frame towards its corners."""
    spot = _SOFT.crop((6, 6, _SPOT - 6, _SPOT - 6)).point(
        [round((255 - min(255, v * 2)) * min(strength, 1.0)) for v in range(256)]
    )
    frame.paste(colour, (0, 0), spot.resize(frame.size, Image.Resampling.BICUBIC))


PAINTERS: dict[str, Painter] = {
    "snow": _snow,
    "rain": _rain,
    "fog": _fog,
    "mist": _fog,
    "embers": _embers,
    "sparks": _embers,
    "glow": _glow,
    "light_shafts": _light_shafts,
    "dust": _dust,
    "leaves": _leaves,
    "vignette": _vignette,
}
"""Layer kinds that can be painted."""
