"""The grade over the whole frame: the key's gradient, bloom, exposure and split tone, continuity, grain."""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from resources.rendering.preview.light import Light, Tint
from resources.rendering.preview.pictures import Pictures
from resources.rendering.preview.seeds import stream
from resources.rendering.preview.steps import Painting, Step

Colour = tuple[int, int, int]

_CONTINUITY = 0.35
"""How far a frame's tone moves towards the shot before it in a sequence."""
_PALETTE_SHARE = 0.10
_BLOOM_FROM = 136
_GRAIN_TILE = 512
_GRAIN = 2
"""Amplitude of the grain, in levels of 255."""
_MAP = (96, 54)


def light_map(light: Light, size: tuple[int, int], pictures: Pictures) -> Image.Image:
    """What each pixel is multiplied by (255 is 1): bright and tinted towards the key, darker and of the fill's colour
    away from it, with a slight vignette."""
    key = (
        "light map",
        light.x,
        light.y,
        light.key,
        light.fill,
        light.depth,
        light.pool,
        light.behind,
        light.hard,
        size,
    )
    return pictures.kept(key, lambda: _light_map(light).resize(size, Image.Resampling.BILINEAR))


def _light_map(light: Light) -> Image.Image:
    width, height = _MAP
    x = (np.arange(width, dtype=np.float32) / (width - 1) * 2 - 1)[None, :]
    y = (np.arange(height, dtype=np.float32) / (height - 1) * 2 - 1)[:, None]
    if light.pool:
        dx, dy = (x - np.float32(light.x * 0.42)) * np.float32(0.9), (y - np.float32(0.10)) * np.float32(0.8)
        near = np.float32(1.0) / (np.float32(1.0) + np.float32(1.7) * (dx * dx + dy * dy))
    else:
        along = x * np.float32(light.x) + y * np.float32(light.y)
        reach = np.float32(abs(light.x) + abs(light.y) + 0.001)
        near = (reach + along) / (reach + reach)
        near = near * near * (np.float32(3) - near - near)  # eased at both ends
    edge = x * x * np.float32(0.5) + y * y * np.float32(0.5)
    vignette = np.float32(1) - np.float32(0.20) * edge * edge
    depth = np.float32(light.depth)
    bands = []
    for key, fill in zip(light.key, light.fill, strict=True):
        lit, shaded = np.float32(key), np.float32(fill) * (np.float32(1) - depth)
        band = (shaded + (lit - shaded) * near) * vignette * np.float32(232)
        bands.append(Image.fromarray(np.minimum(np.maximum(band, 0), 255).astype(np.uint8)))
    return Image.merge("RGB", bands)


def grade_steps(
    frame: Image.Image,
    light: Light,
    palette: tuple[Colour, ...],
    previous: Image.Image | None,
    seed: int,
    pictures: Pictures,
) -> Painting:
    """Light, exposure and tone, bloom and grain, laid over a frame."""
    lit = light_map(light, frame.size, pictures)
    frame = yield Step("light", lambda ground, _: ImageChops.multiply(ground, lit), "multiply")
    small = frame.resize((160, 90), Image.Resampling.BOX)
    tables = _tone(small, light, palette)
    if previous is not None:
        tables = _nudged(tables, small, previous)
    curves = [v for table in tables for v in table]
    yield Step("grade", lambda ground, _: _toned(ground, light.saturation, curves), "adjustment")
    bright = small.point(curves)
    yield Step("bloom", lambda ground, _: _bloomed(ground, bright, light), "screen")
    yield Step("grain", lambda ground, _: _grained(ground, seed, pictures), "grain-merge")


def _toned(frame: Image.Image, saturation: float, curves: list[int]) -> Image.Image:
    if saturation < 0.99:
        frame = Image.blend(frame.convert("L").convert("RGB"), frame, saturation)
    return frame.point(curves)


def _tone(small: Image.Image, light: Light, palette: tuple[Colour, ...]) -> list[list[int]]:
    """Per channel: exposure towards the light's level, contrast around the middle, tints of shadows and lights."""
    mean = max(_luminance(small), 1) / 255
    # Only part of the way: a dark plate is dark on purpose.
    gain = min(max(1 + 0.72 * (light.level / mean - 1), 0.70), 2.1)
    dark, pale = _palette_tints(palette)
    tables = []
    for channel in range(3):
        shadow = light.shadows[channel] * dark[channel]
        high = light.highlights[channel] * pale[channel]
        table = []
        for v in range(256):
            x = v / 255 * gain
            x = x / (1 + 0.30 * max(0.0, x - 0.62))  # a soft shoulder, so that lamps keep their colour
            eased = min(max(x, 0.0), 1.0)
            eased = eased * eased * (3 - 2 * eased)
            x += (eased - min(max(x, 0.0), 1.0)) * light.contrast
            weight = min(max(x, 0.0), 1.0)
            x *= shadow + (high - shadow) * weight
            x += 0.010 * (1 - weight) * (shadow - 0.2)  # paper has no black
            table.append(min(255, max(0, round(x * 255))))
        tables.append(table)
    return tables


def _palette_tints(palette: tuple[Colour, ...]) -> tuple[Tint, Tint]:
    """Tints of shadows and lights from a theme's darkest and its warmest light colours."""
    if len(palette) < 2:
        return (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)
    by_light = sorted(palette, key=lambda c: (c[0] * 3 + c[1] * 6 + c[2], c))
    return _tint_of(by_light[0]), _tint_of(by_light[-2])


def _tint_of(colour: Colour) -> Tint:
    middle = max((colour[0] * 3 + colour[1] * 6 + colour[2]) / 10, 1)
    red, green, blue = (1 + _PALETTE_SHARE * (min(max(c / middle, 0.3), 1.8) - 1) for c in colour)
    return red, green, blue


def _nudged(tables: list[list[int]], small: Image.Image, previous: Image.Image) -> list[list[int]]:
    """Tables that bring mean and spread of each channel part of the way to those of the shot before."""
    toned = small.point([v for table in tables for v in table])
    before = previous.convert("RGB").resize((160, 90), Image.Resampling.BOX)
    moved = []
    for channel, table in enumerate(tables):
        mean, spread = _mean_and_spread(toned.getchannel(channel))
        wanted, wanted_spread = _mean_and_spread(before.getchannel(channel))
        gain = 1 + _CONTINUITY * (min(max(wanted_spread / max(spread, 1.0), 0.6), 1.6) - 1)
        shift = mean + _CONTINUITY * (wanted - mean)
        moved.append([min(255, max(0, round(shift + (v - mean) * gain))) for v in table])
    return moved


def _mean_and_spread(band: Image.Image) -> tuple[float, float]:
    """Mean, and mean distance from it, from the histogram (whole numbers: the same sum on every machine)."""
    counts = band.histogram()
    total = sum(counts)
    mean = sum(v * n for v, n in enumerate(counts)) / total
    return mean, sum(abs(v - mean) * n for v, n in enumerate(counts)) / total


def _luminance(image: Image.Image) -> float:
    return _mean_and_spread(image.convert("L"))[0]


def _bloomed(frame: Image.Image, small: Image.Image, light: Light) -> Image.Image:
    """What shines spills over: the brightest parts, blurred, screened over the frame."""
    cut = [max(0, v - _BLOOM_FROM) * 255 // (255 - _BLOOM_FROM) for v in range(256)]
    spill = small.point(cut * 3)
    wide = spill.filter(ImageFilter.BoxBlur(4)).filter(ImageFilter.BoxBlur(4))
    near = spill.filter(ImageFilter.BoxBlur(1))
    mixed = ImageChops.add(
        wide.point([round(v * light.bloom) for v in range(256)] * 3),
        near.point([round(v * light.bloom * 0.45) for v in range(256)] * 3),
    )
    return ImageChops.screen(frame, mixed.resize(frame.size, Image.Resampling.BILINEAR))


def _grained(frame: Image.Image, seed: int, pictures: Pictures) -> Image.Image:
    """Paper grain: a tile made once, laid from a seeded corner."""
    tile = pictures.kept(("grain",), _grain_tile)
    draw = stream(seed, "grain")
    left, top = draw.randrange(_GRAIN_TILE), draw.randrange(_GRAIN_TILE)
    grain = Image.new("RGB", frame.size)
    for y in range(-top, frame.height, _GRAIN_TILE):
        for x in range(-left, frame.width, _GRAIN_TILE):
            grain.paste(tile, (x, y))
    return ImageChops.add(frame, grain, 1, -_GRAIN)


def _grain_tile() -> Image.Image:
    noise = np.random.Generator(np.random.PCG64(20_240_229))
    values = noise.integers(0, _GRAIN + 1, (2, _GRAIN_TILE, _GRAIN_TILE), dtype=np.uint8)
    return Image.merge("RGB", [Image.fromarray(values[0] + values[1])] * 3)
