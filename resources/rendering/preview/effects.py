"""Effects: weather and light in the air, seeded, behind the cast and before it. Each layer kind has one function."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.rendering.effect_kinds import COLOUR_FILTER, MAX_STRENGTH, colour_of_hex
from resources.rendering.preview.light import Light
from resources.rendering.preview.plate import mean_colour
from resources.rendering.preview.seeds import stream
from resources.rendering.preview.steps import Blend, Paint, Step
from resources.rendering.request import Layer


@dataclass(frozen=True)
class Cue:
    """What an effect is painted by. `frame` is the picture as it stands before it, which it may look at."""

    draw: Random
    strength: float
    """0..2."""
    light: Light
    before_cast: bool
    """Whether it lies before the cast, or behind."""
    frame: Image.Image
    colour: tuple[int, int, int] | None = None


Painter = Callable[[Image.Image, Cue], None]
"""Paints into a picture: the frame itself, or the plain ground of a layer."""

_SPOT = 64
_STRENGTHS = 24
"""Steps in which specks differ in strength."""
_WHITE = (246, 249, 255)
_GEL = 0.5
"""How much of a colour filter's colour the frame takes on at strength 1."""


def effect_steps(layers: Sequence[Layer], seed: int, light: Light, *, before_cast: bool) -> Iterator[Step]:
    """The steps of those effects that lie behind (or before) the cast."""
    for layer in layers:
        painter = PAINTERS.get(layer.kind)
        if painter is None or layer.strength <= 0 or before_cast in _NEVER.get(layer.kind, ()):
            continue
        name = layer.kind if before_cast or layer.kind in _NEVER else f"{layer.kind}-behind"
        yield Step(name, _paint_of(layer, painter, seed, light, before_cast), BLENDS.get(layer.kind, "normal"))


def _paint_of(layer: Layer, painter: Painter, seed: int, light: Light, before_cast: bool) -> Paint:
    def paint(ground: Image.Image, frame: Image.Image) -> Image.Image:
        draw = stream(seed, "effect", layer.kind, before_cast)
        strength = min(layer.strength, MAX_STRENGTH)
        painter(ground, Cue(draw, strength, light, before_cast, frame, colour_of_hex(layer.colour)))
        return ground

    return paint


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


def _snow(frame: Image.Image, cue: Cue) -> None:
    if cue.before_cast:
        _scatter(frame, cue.draw, round(70 * cue.strength), (3.0, 5.5), _WHITE, (0.5, 0.9), True)
        _scatter(frame, cue.draw, round(11 * cue.strength), (12.0, 26.0), _WHITE, (0.16, 0.34), False)
    else:
        _scatter(frame, cue.draw, round(240 * cue.strength), (1.4, 2.8), _WHITE, (0.35, 0.75), True)


def _rain(frame: Image.Image, cue: Cue) -> None:
    unit = frame.height / 720
    mask = Image.new("L", frame.size, 0)
    pen = ImageDraw.Draw(mask)
    slant = 0.26 if cue.light.x <= 0 else -0.26
    count = round((70 if cue.before_cast else 190) * cue.strength)
    for _ in range(count):
        x, y = (cue.draw.random() * 1.3 - 0.15) * frame.width, (cue.draw.random() * 1.2 - 0.2) * frame.height
        length = (46 + 70 * cue.draw.random() if cue.before_cast else 18 + 26 * cue.draw.random()) * unit
        width = max(1, round((2.2 if cue.before_cast else 1.0) * unit))
        pen.line([(x, y), (x + slant * length, y + length)], fill=round(60 + 70 * cue.draw.random()), width=width)
    if cue.before_cast:
        mask = mask.filter(ImageFilter.BoxBlur(0.8 * unit))
    frame.paste((206, 222, 228), (0, 0), mask)


def _fog(frame: Image.Image, cue: Cue) -> None:
    """Banks of mist: two octaves of whole-number noise, stretched wide, thicker towards the ground."""
    noise = np.random.Generator(np.random.PCG64(cue.draw.getrandbits(32)))
    banks = Image.new("L", (48, 27), 0)
    for wide, tall, share in ((5, 5, 0.62), (11, 11, 0.38)):
        octave = Image.fromarray(noise.integers(0, 256, (tall, wide), dtype=np.uint8))
        octave = octave.resize(banks.size, Image.Resampling.BICUBIC).point([round(v * share) for v in range(256)])
        banks = ImageChops.add(banks, octave)
    top, foot = (90, 225) if cue.before_cast else (30, 215)
    peak = 0.34 if cue.before_cast else 0.62
    ramp = (
        Image.linear_gradient("L")
        .resize(banks.size)
        .point([top * (255 - v) // 255 * 40 // 100 + foot * v // 255 for v in range(256)])
    )
    banks = ImageChops.multiply(banks.point([min(255, max(0, (v - 40) * 2)) for v in range(256)]), ramp)
    banks = banks.point([round(v * min(peak * cue.strength, 0.9)) for v in range(256)])
    colour = tuple(min(255, round(72 + c * 0.95)) for c in mean_colour(cue.frame))
    frame.paste(colour, (0, 0), banks.resize(frame.size, Image.Resampling.BILINEAR))


def _embers(frame: Image.Image, cue: Cue) -> None:
    for count, radii, halo in (((26, (1.8, 3.2), 4.2) if cue.before_cast else (60, (1.0, 2.0), 4.0)),):
        unit = frame.height / 720
        for _ in range(round(count * cue.strength)):
            x, y = cue.draw.random() * frame.width, (1 - cue.draw.random() * cue.draw.random()) * frame.height
            radius = (radii[0] + (radii[1] - radii[0]) * cue.draw.random()) * unit
            _stamp(frame, x, y, radius * halo, (255, 128, 40), 0.34, False)
            _stamp(frame, x, y, radius, (255, 216, 140), 0.95, True)
    if cue.before_cast:
        _scatter(frame, cue.draw, round(5 * cue.strength), (9.0, 18.0), (255, 160, 72), (0.18, 0.30), False)


def _glow(frame: Image.Image, cue: Cue) -> None:
    """Warm air around whatever shines: the brightest parts, wide and soft, screened over the frame."""
    small = cue.frame.resize((160, 90), Image.Resampling.BOX)
    small = small.point([max(0, v - 120) * 255 // 135 for v in range(256)] * 3)
    wide = small.filter(ImageFilter.BoxBlur(7)).filter(ImageFilter.BoxBlur(7))
    warm = wide.point([min(255, round(v * f * cue.strength)) for f in (1.15, 0.80, 0.42) for v in range(256)])
    frame.paste(ImageChops.screen(frame, warm.resize(frame.size, Image.Resampling.BILINEAR)))


def _light_shafts(frame: Image.Image, cue: Cue) -> None:
    mask = Image.new("L", (160, 90), 0)
    pen = ImageDraw.Draw(mask)
    lean = 0.55 if cue.light.x <= 0 else -0.55
    for _ in range(6):
        x, wide = cue.draw.random() * 170 - 25 * lean - 10, 4 + cue.draw.random() * 12
        shade = round(70 + cue.draw.random() * 90)
        pen.polygon(
            [(x, -2), (x + wide, -2), (x + wide * 1.9 + lean * 90, 92), (x + lean * 90 - wide * 0.4, 92)], fill=shade
        )
    fall = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(mask.size)
    soft = ImageChops.multiply(
        mask.filter(ImageFilter.GaussianBlur(2)), fall.point([64 + v * 3 // 4 for v in range(256)])
    )
    soft = soft.point([round(v * min(0.85 * cue.strength, 1.0)) for v in range(256)])
    colour = Image.new("RGB", soft.size, tuple(min(255, round(255 * tint * 0.94)) for tint in cue.light.key))
    beams = Image.composite(colour, Image.new("RGB", soft.size), soft).resize(frame.size, Image.Resampling.BILINEAR)
    frame.paste(ImageChops.screen(frame, beams))


def _dust(frame: Image.Image, cue: Cue) -> None:
    colour = tuple(min(255, round(250 * tint)) for tint in cue.light.key)
    warm = (colour[0], colour[1], colour[2])
    if cue.before_cast:
        _scatter(frame, cue.draw, round(22 * cue.strength), (1.6, 3.2), warm, (0.3, 0.6), False)
        _scatter(frame, cue.draw, round(7 * cue.strength), (8.0, 16.0), warm, (0.07, 0.15), True)
    else:
        _scatter(frame, cue.draw, round(70 * cue.strength), (0.9, 2.0), warm, (0.25, 0.55), False)


def _leaves(frame: Image.Image, cue: Cue) -> None:
    unit = frame.height / 720
    for _ in range(round((8 if cue.before_cast else 22) * cue.strength)):
        long = (22 + 26 * cue.draw.random() if cue.before_cast else 8 + 9 * cue.draw.random()) * unit
        side = max(6, round(long * 2))
        leaf = Image.new("L", (side, side), 0)
        ImageDraw.Draw(leaf).ellipse([side * 0.08, side * 0.34, side * 0.92, side * 0.66], fill=235)
        leaf = leaf.rotate(cue.draw.random() * 180, Image.Resampling.BILINEAR)
        if cue.before_cast:
            leaf = leaf.filter(ImageFilter.BoxBlur(1.6 * unit))
        colour = ((196, 112, 48), (168, 78, 44), (206, 158, 66), (122, 96, 46))[int(cue.draw.random() * 4)]
        at = (round(cue.draw.random() * frame.width - side / 2), round(cue.draw.random() * frame.height))
        frame.paste(colour, at, leaf)


def _colour_filter(frame: Image.Image, cue: Cue) -> None:
    """A gel before the lens: the frame times its colour."""
    if cue.colour is None:
        return
    share = min(_GEL * cue.strength, 1.0)
    gel = tuple(round(255 + (band - 255) * share) for band in cue.colour)
    frame.paste(ImageChops.multiply(frame, Image.new("RGB", frame.size, gel)))


def _vignette(frame: Image.Image, cue: Cue) -> None:
    darken_edges(frame, 0.45 * cue.strength)


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
    COLOUR_FILTER: _colour_filter,
    "vignette": _vignette,
}
"""Layer kinds that can be painted."""

BLENDS: dict[str, Blend] = {"glow": "screen", "light_shafts": "screen", COLOUR_FILTER: "multiply"}
"""How the layer of an effect lies on what is under it, where it is not plainly laid over it."""

_NEVER: dict[str, tuple[bool, ...]] = {
    "glow": (True,),
    "light_shafts": (True,),
    COLOUR_FILTER: (False,),
    "vignette": (False,),
}
"""Effects that lie on one side of the cast alone: on which side they are never painted (before it: True)."""
