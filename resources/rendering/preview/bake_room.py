"""A room under a theme's weather and palette: what changes on its own surfaces, before anything is put into it."""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from resources.rendering.preview.bake_surfaces import Map, Surfaces, as_grey, as_map, blurred, clipped, clouds
from resources.rendering.preview.bake_treatment import Ramp, ThemeColours, Treatment
from resources.rendering.preview.paper import Colour, mixed

_SNOW: Colour = (242, 247, 255)
_SNOW_SHADE: Colour = (150, 178, 214)
_FROST: Colour = (214, 232, 250)
_WET_SKY: Colour = (132, 152, 128)
_SHELTERED = 0.45
"""How much of the snow gets to a place without a sky."""
_NARROWEST_CAP = 24
"""Pixels of a plate 900 high: on what is narrower (an eye, a rivet, a far window) no snow lies."""


def dressed_room(
    plate: Image.Image, surfaces: Surfaces, treatment: Treatment, colours: ThemeColours, seed: int
) -> Image.Image:
    """The plate moved to the theme's palette, and its surfaces to the theme's weather."""
    room = _toned(plate, surfaces, treatment, colours)
    if treatment.haze > 0.05:
        room = _hazed(room, surfaces, treatment, colours)
    if treatment.wet > 0.05:
        room = _wetted(room, surfaces, treatment.wet, seed)
    if treatment.frost > 0.05:
        room = _frosted(room, surfaces, treatment.frost, seed)
    if treatment.snow > 0.05:
        room = _snowed(room, surfaces, treatment.snow, seed)
    return room


def _toned(plate: Image.Image, surfaces: Surfaces, treatment: Treatment, colours: ThemeColours) -> Image.Image:
    """Towards the palette: each tone to the ramp's colour of its own lightness, lamps left as they are."""
    level = 1.0 + 0.16 * treatment.snow - 0.08 * treatment.wet - 0.46 * treatment.night
    # What stands against a dark ramp keeps its own hue: the warm end of it is for what is lit.
    deep = 1.0 - 0.30 * treatment.night
    lift = round(16 * treatment.snow + 10 * treatment.haze)
    steep = 0.8 * treatment.wet
    tone = []
    for v in range(256):
        x = v / 255
        x += steep * (x * x * (3 - 2 * x) - x)
        tone.append(min(255, round(x * 255 * level + lift * (1 - x))))
    share = 0.34 + 0.10 * treatment.snow + 0.20 * treatment.wet + 0.20 * treatment.night
    grey = plate.convert("L")
    saturation = 1.0 - 0.25 * treatment.snow - 0.45 * treatment.wet - 0.3 * treatment.haze + 0.08 * treatment.festival
    body = Image.blend(Image.merge("RGB", (grey,) * 3), plate, min(max(saturation, 0.2), 1.1)).point(tone * 3)
    toned = Image.blend(body, _ramped(grey.point([round(v * deep) for v in tone]), colours.ramp), min(share, 0.75))
    if treatment.warmth:
        toned = toned.point(_tinted(treatment.warmth))
    # What is vivid is what a place is known by.
    vivid = clipped(as_map(plate.convert("HSV").getchannel("S")) * surfaces.light * np.float32(4) - np.float32(0.7))
    keep = as_grey(
        surfaces.lamps * np.float32(0.85) + np.maximum(surfaces.warm * np.float32(0.30), vivid * np.float32(0.5))
    )
    return Image.composite(plate, toned, keep)


def _ramped(grey: Image.Image, ramp: Ramp) -> Image.Image:
    """Each grey as the ramp's colour of that lightness."""
    stops = [(299 * r + 587 * g + 114 * b) // 1000 for r, g, b in ramp]
    table: list[Colour] = []
    for value in range(256):
        later = next((i for i, stop in enumerate(stops) if stop >= value), None)
        if later is None:
            table.append(mixed(ramp[-1], (255, 255, 255), (value - stops[-1]) / max(255 - stops[-1], 1)))
        elif later == 0:
            table.append(mixed((0, 0, 0), ramp[0], value / max(stops[0], 1)))
        else:
            span = max(stops[later] - stops[later - 1], 1)
            table.append(mixed(ramp[later - 1], ramp[later], (value - stops[later - 1]) / span))
    return Image.merge("RGB", [grey.point([colour[channel] for colour in table]) for channel in range(3)])


def _tinted(warmth: float) -> list[int]:
    gains = (1 + 0.10 * warmth, 1 + 0.01 * warmth, 1 - 0.10 * warmth)
    return [min(255, round(v * gain)) for gain in gains for v in range(256)]


def laid_over(room: Image.Image, colour: Colour, share: Map) -> Image.Image:
    """The room with so much of a colour on each pixel."""
    done = room.copy()
    done.paste(colour, (0, 0), as_grey(share))
    return done


def _hazed(room: Image.Image, surfaces: Surfaces, treatment: Treatment, colours: ThemeColours) -> Image.Image:
    pale = mixed(colours.ramp[-2], colours.ramp[-1], 0.4)
    hazed = laid_over(
        room, pale, surfaces.far * surfaces.far * np.float32((0.55 - 0.4 * treatment.wet) * treatment.haze)
    )
    return ImageChops.lighter(room, hazed)  # lamps shine through


def _wetted(room: Image.Image, surfaces: Surfaces, amount: float, seed: int) -> Image.Image:
    """A torn sky, streaks down what stands, and a dark ground in which all that is above it shows again."""
    width, height = room.size
    torn = clouds(seed, "storm", (width + height // 3, height), (7, 9), 3)
    # Sheared: the wind drives them all one way.
    slanted = Image.fromarray((torn * 255).astype(np.uint8)).transform(
        room.size, Image.Transform.AFFINE, (1, 0.33, 0, 0, 1, 0), Image.Resampling.BILINEAR
    )
    torn = clipped((as_map(slanted) - np.float32(0.36)) * np.float32(3.2))
    room = laid_over(room, (30, 40, 40), surfaces.sky * np.float32(0.45 * amount))
    room = laid_over(
        room, _WET_SKY, surfaces.sky * torn * (1 - surfaces.lamps * np.float32(0.5)) * np.float32(0.62 * amount)
    )
    streaks = clouds(seed, "streaks", room.size, (max(width // 12, 2), 4), 2)
    runs = clipped((streaks - np.float32(0.50)) * np.float32(3.4))
    standing = (1 - surfaces.ground) * (1 - surfaces.sky) * (1 - surfaces.lamps)
    room = laid_over(room, (14, 22, 22), standing * runs * np.float32(0.17 * amount))
    return _mirrored(room, surfaces, amount, seed)


def _mirrored(room: Image.Image, surfaces: Surfaces, amount: float, seed: int) -> Image.Image:
    width, height = room.size
    line = round(surfaces.horizon * height)
    depth = height - line
    above = room.crop((0, max(0, line - depth), width, line)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    # Drawn out downwards: a wet ground smears what it mirrors along the line of sight.
    above = above.resize((max(2, width // 6), max(2, depth // 40)), Image.Resampling.BOX)
    mirror = Image.new("RGB", room.size)
    mirror.paste(above.resize((width, depth), Image.Resampling.BICUBIC), (0, line))
    bright = mirror.point([min(255, v * 3 // 2) for v in range(256)] * 3)
    pools = clipped((clouds(seed, "pools", room.size, (9, 26), 2) - np.float32(0.44)) * np.float32(5))
    relief = clipped(surfaces.light - blurred(surfaces.light, 9 * surfaces.unit) + np.float32(0.5))
    low = clipped((np.float32(0.52) - relief) * np.float32(14))
    dark = laid_over(room, (8, 16, 18), surfaces.ground * (1 - surfaces.warm) * np.float32(0.30 * amount))
    lit = ImageChops.screen(dark, bright)
    share = surfaces.ground * (np.float32(0.06) + pools * low * np.float32(0.46)) * np.float32(amount)
    wet = Image.composite(lit, dark, as_grey(share))
    # The sheen: what catches light on a wet stone is small and hard.
    sheen = clipped((relief - np.float32(0.54)) * np.float32(7)) * surfaces.ground * surfaces.light
    edge = surfaces.ledge * (1 - surfaces.sky) * surfaces.light
    shine = clipped(sheen * np.float32(0.8) + edge * np.float32(0.55)) * np.float32(0.6 * amount)
    return laid_over(wet, (206, 222, 208), shine)


def littered(
    room: Image.Image, mask: Image.Image, surfaces: Surfaces, amount: float, colours: ThemeColours, seed: int
) -> Image.Image:
    """Small fallen things in drifts on the ground, as flecks of the theme's accents; where the mask is white alone."""
    lying = surfaces.ground * (1 - surfaces.lamps) * as_map(mask)
    for index, colour in enumerate(colours.accents[:3]):
        name = f"litter {index}"
        flecks = clouds(seed, name, room.size, (room.width // 12, room.height // 7), 1)
        drifts = clouds(seed, f"{name} drift", room.size, (6, 9), 2)
        share = clipped((flecks - np.float32(0.74)) * np.float32(9)) * clipped((drifts - np.float32(0.4)) * 4)
        room = laid_over(room, colour, share * lying * np.float32(0.8 * amount))
    return room


def _frosted(room: Image.Image, surfaces: Surfaces, amount: float, seed: int) -> Image.Image:
    """Rime along silhouettes, in patches, and paler air towards the horizon."""
    patches = clipped((clouds(seed, "rime", room.size, (22, 14), 3) - np.float32(0.34)) * np.float32(3))
    bloom = np.maximum(surfaces.rim, blurred(surfaces.rim, 5 * surfaces.unit) * np.float32(0.9))
    cold = (1 - surfaces.lamps) * (1 - surfaces.warm * np.float32(0.8))
    room = laid_over(room, _FROST, bloom * patches * cold * np.float32(0.42 * amount))
    return laid_over(room, _FROST, surfaces.far * cold * np.float32(0.16 * amount))


def _snowed(room: Image.Image, surfaces: Surfaces, amount: float, seed: int) -> Image.Image:
    """Snow on the ground where it is high, and a rounded cap on everything that faces up; less of it under a roof."""
    if surfaces.roofed:
        amount *= _SHELTERED
    cold = (1 - surfaces.lamps) * (1 - surfaces.warm * np.float32(0.9))
    drifts = clouds(seed, "drifts", room.size, (7, 16), 3)
    relief = surfaces.light - blurred(surfaces.light, 12 * surfaces.unit)
    lying = clipped((relief * np.float32(3.2) + drifts - np.float32(0.40)) * np.float32(3.0))
    ground = surfaces.ground * lying * cold
    shaded = clipped(surfaces.light * np.float32(1.5) + np.float32(0.12))
    powder = Image.composite(
        Image.new("RGB", room.size, _SNOW), Image.new("RGB", room.size, _SNOW_SHADE), as_grey(shaded)
    )
    powdered = Image.composite(powder, room, as_grey(ground * np.float32(0.66 * amount)))
    caps = _caps(surfaces) * cold * (1 - surfaces.sky)
    thick = np.float32(0.9 * amount)
    under = np.zeros_like(caps)
    drop = max(1, round(4 * surfaces.unit))
    under[drop:] = caps[:-drop]
    shadow = clipped(under - caps) * thick
    powdered = laid_over(powdered, (58, 84, 130), shadow * np.float32(0.55))
    return laid_over(powdered, _SNOW, caps * thick)


def _caps(surfaces: Surfaces) -> Map:
    """Ledges grown upwards into soft caps, thicker near by."""
    near = 1 - surfaces.far
    grown = surfaces.ledge
    for step in range(1, max(2, round(9 * surfaces.unit))):
        moved = np.zeros_like(grown)
        moved[:-step] = surfaces.ledge[step:]
        thin = clipped(near * np.float32(11) - np.float32(step) * np.float32(1 / surfaces.unit) + np.float32(3))
        grown = np.maximum(grown, moved * thin)
    soft = as_map(as_grey(grown).filter(ImageFilter.GaussianBlur(1.3 * surfaces.unit)))
    caps = clipped((soft - np.float32(0.30)) * np.float32(3.2))
    return np.minimum(caps, _wide_alone(caps, max(3, round(_NARROWEST_CAP * surfaces.unit))))


def _wide_alone(values: Map, run: int) -> Map:
    """A map without what is narrower than `run` pixels: opened along its rows; rounded tops above are given back."""
    # Shrunk across first: the width is a matter of pixels by the dozen, and half the work is plenty.
    width, height = values.shape[1], values.shape[0]
    small = as_grey(values).resize((max(1, width // 4), height), Image.Resampling.BOX)
    reach = max(1, run // 8)
    opened = -_least(-_least(as_map(small), reach, 1), reach, 1)
    wide = -_least(-opened, run // 2, 0)
    return as_map(as_grey(wide).resize((width, height), Image.Resampling.BILINEAR))


def _least(values: Map, reach: int, axis: int) -> Map:
    """The smallest value within `reach` pixels to both sides, or above and below."""
    found = values
    for step in range(1, reach + 1):
        found = np.minimum(found, np.minimum(np.roll(values, step, axis=axis), np.roll(values, -step, axis=axis)))
    return found
