"""Decorations painted into a room: lit as the place is where they are, with their shadows, and the light they throw."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.rendering.preview.bake_surfaces import as_grey
from resources.rendering.preview.decor_library import Decor
from resources.rendering.preview.decor_paper import Inks
from resources.rendering.preview.decor_placing import Arrangement, Placed
from resources.rendering.preview.decor_room import WHITE
from resources.rendering.preview.paper import Colour, mixed
from resources.rendering.preview.seeds import stream

_LOCAL = (48, 27)
_STRINGS: dict[str, Colour] = {
    "rope": (150, 122, 82),
    "paper stars": (214, 222, 234),
    "snowflakes": (214, 222, 234),
    "garland": (86, 92, 62),
}
"""What is not strung on dark thread."""


class Sprites:
    """Decorations as they are cut, each variant once, and at each size once."""

    def __init__(self, inks: Inks, seed: int) -> None:
        self._inks, self._seed = inks, seed
        self._kept: dict[tuple[str, int, int], Image.Image] = {}

    def aspect(self, decor: Decor) -> float:
        """Its width by its height."""
        image = self._large(decor, 0)
        return image.width / image.height

    def sprite(self, decor: Decor, variant: int, tall: int) -> Image.Image:
        """RGBA, `tall` pixels high."""
        return self._made((decor.name, variant, tall), lambda: self._small(self._large(decor, variant), tall))

    def _large(self, decor: Decor, variant: int) -> Image.Image:
        def cut() -> Image.Image:
            draw = stream(self._seed, "cut", decor.name, variant)
            return decor.draw(draw, self._inks.turned(draw)).image.convert("RGBa")

        return self._made((decor.name, variant, 0), cut)

    @staticmethod
    def _small(large: Image.Image, tall: int) -> Image.Image:
        wide = max(1, round(large.width * tall / large.height))
        return large.resize((wide, tall), Image.Resampling.BICUBIC, reducing_gap=2.0).convert("RGBA")

    def _made(self, key: tuple[str, int, int], make: Callable[[], Image.Image]) -> Image.Image:
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def paint_decor(
    room: Image.Image, mask: Image.Image, found: Arrangement, sprites: Sprites, inks: Inks, lamp: tuple[float, float]
) -> Image.Image:
    """Paints into `room` and gives the objects' alpha. `lamp` is where the brightest light stands, in pixels.

    Every alpha is cut by the mask: whatever its place, nothing comes onto black.
    """
    allowed = mask.point([0] * WHITE + list(range(WHITE, 256)))
    objects = Image.new("L", room.size, 0)
    local = room.resize(_LOCAL, Image.Resampling.BOX)
    _paint_shadows(room, allowed, found, sprites, lamp)
    for points, width, decor in found.strings:
        colour = _STRINGS.get(decor.name) or (inks.main if decor.name == "ribbon" else inks.dark)
        wide = width * (2.0 if decor.name in ("rope", "ribbon") else 1.0)
        _paint_string(room, objects, allowed, points, wide, _lit(colour, _around(local, points[0], room.size)))
    for thing in found.things:
        sprite = sprites.sprite(thing.decor, thing.variant, max(3, int(thing.box[3] - thing.box[1])))
        at = (round(thing.box[0]), round(thing.box[1]))
        if thing.hangs_from is not None:
            top = (at[0] + sprite.width / 2, at[1] + 1.0)
            _paint_string(room, objects, allowed, [thing.hangs_from, top], 1.2 * room.height / 900, inks.dark)
        around = _around(local, (thing.box[0], thing.box[1]), room.size)
        rgb = _lit_sprite(sprite, around, thing, lamp)
        alpha = ImageChops.multiply(sprite.getchannel("A"), allowed.crop((*at, at[0] + rgb.width, at[1] + rgb.height)))
        room.paste(rgb, at, alpha)
        objects.paste(255, at, alpha)
    return objects


def decor_light(found: Arrangement, size: tuple[int, int]) -> np.ndarray:
    """How much light the shining things throw, reduced eight times, float32: much near by, a little far around."""
    small = Image.new("L", (max(1, size[0] // 8), max(1, size[1] // 8)), 0)
    pen = ImageDraw.Draw(small)
    for thing in found.things:
        if thing.decor.shines:
            tall = (thing.box[3] - thing.box[1]) / 8
            x, y = (thing.box[0] + thing.box[2]) / 16, thing.box[3] / 8 - tall * 0.4
            reach = max(1.0, tall * 0.7 * thing.decor.shines)
            pen.ellipse([x - reach, y - reach, x + reach, y + reach], fill=255)
    total = np.zeros((small.height, small.width), np.float32)
    unit = size[1] / 900
    for radius, weight in ((2.2 * unit, 0.8), (7 * unit, 1.25), (24 * unit, 0.9)):
        soft = small.filter(ImageFilter.GaussianBlur(radius))
        total += np.asarray(soft).astype(np.float32) * np.float32(weight / 255)
    return total


def _paint_shadows(
    room: Image.Image, allowed: Image.Image, found: Arrangement, sprites: Sprites, lamp: tuple[float, float]
) -> None:
    """Contact shadows below what stands; soft ones on the wall behind what hangs, away from the lamp."""
    shade = Image.new("L", room.size, 0)
    pen = ImageDraw.Draw(shade)
    unit = room.height / 900
    for thing in found.things:
        left, top, right, foot = thing.box
        if thing.decor.way == "stood":
            wide, tall = (right - left) * 0.52, max(2.0, (foot - top) * 0.09)
            x = (left + right) / 2 + _away(thing, lamp) * wide * 0.25
            pen.ellipse([x - wide, foot - tall * 1.2, x + wide, foot + tall * 0.8], fill=190)
        elif thing.decor.shines < 0.3:
            sprite = sprites.sprite(thing.decor, thing.variant, max(3, int(foot - top)))
            off = (round(left + _away(thing, lamp) * 5 * unit), round(top + 5 * unit))
            shade.paste(110, off, sprite.getchannel("A"))
    shade = ImageChops.multiply(shade.filter(ImageFilter.GaussianBlur(2.4 * unit)), allowed)
    room.paste((10, 10, 26), (0, 0), shade)


def _away(thing: Placed, lamp: tuple[float, float]) -> float:
    return -1.0 if lamp[0] > (thing.box[0] + thing.box[2]) / 2 else 1.0


def _paint_string(
    room: Image.Image, objects: Image.Image, allowed: Image.Image, points: list[tuple[float, float]], width: float,
    colour: Colour,
) -> None:  # fmt: skip
    left, top = (int(min(p[axis] for p in points)) - 4 for axis in (0, 1))
    right, foot = (int(max(p[axis] for p in points)) + 5 for axis in (0, 1))
    large = Image.new("L", ((right - left) * 2, (foot - top) * 2), 0)
    pen = ImageDraw.Draw(large)
    pen.line(
        [((x - left) * 2, (y - top) * 2) for x, y in points], fill=255, width=max(2, round(width * 2)), joint="curve"
    )
    alpha = ImageChops.multiply(large.reduce(2), allowed.crop((left, top, right, foot)))
    room.paste(colour, (left, top), alpha)
    objects.paste(255, (left, top), alpha)


def _around(local: Image.Image, at: tuple[float, float], size: tuple[int, int]) -> Colour:
    x = min(max(int(at[0] * local.width / size[0]), 0), local.width - 1)
    y = min(max(int(at[1] * local.height / size[1]), 0), local.height - 1)
    colour = local.getpixel((x, y))
    assert isinstance(colour, tuple)
    return int(colour[0]), int(colour[1]), int(colour[2])


def _gains(around: Colour) -> tuple[float, ...]:
    """What light there is: the place's own colour and lightness, never so dark that a thing is lost."""
    grey = max(sum(around) / 3, 1)
    level = min(1.06, 0.60 + grey / 255 * 0.80)
    return tuple(level * (0.66 + 0.34 * band / grey) for band in around)


def _lit(colour: Colour, around: Colour) -> Colour:
    gains = _gains(around)
    return (
        min(255, round(colour[0] * gains[0])),
        min(255, round(colour[1] * gains[1])),
        min(255, round(colour[2] * gains[2])),
    )


def _lit_sprite(sprite: Image.Image, around: Colour, thing: Placed, lamp: tuple[float, float]) -> Image.Image:
    rgb = sprite.convert("RGB")
    if thing.decor.shines >= 0.3:
        return rgb
    if thing.decor.white:
        around = mixed(around, (205, 218, 240), 0.7)
    gains = _gains(around)
    haze = (1 - thing.near) * 0.26
    table = [
        min(255, round(v * gain * (1 - haze) + band * haze))
        for gain, band in zip(gains, around, strict=True)
        for v in range(256)
    ]
    rgb = rgb.point(table)
    ramp = Image.new("RGB", (2, 1), (255, 252, 244))
    ramp.putpixel((1, 0), mixed((150, 146, 176), (255, 255, 255), 0.2))
    if _away(thing, lamp) < 0:
        ramp = ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return ImageChops.multiply(rgb, ramp.resize(rgb.size, Image.Resampling.BILINEAR))


def screened(
    room: Image.Image, light: np.ndarray, colour: Colour, amount: float, spared: Image.Image | None = None
) -> Image.Image:
    """Light laid on a room: on a pale surface more of it comes back than on a dark one, and some hangs in the air."""
    soft = as_grey(light * np.float32(amount)).resize(room.size, Image.Resampling.BICUBIC)
    if spared is not None:  # a lantern's paper is not washed out by its own light
        soft = ImageChops.multiply(soft, spared.point([255 - v * 3 // 4 for v in range(256)]))
    lamp = Image.merge("RGB", [soft.point([v * band // 255 for v in range(256)]) for band in colour])
    body = room.point([min(255, 46 + v * 5 // 4) for v in range(256)] * 3)
    return ImageChops.screen(room, ImageChops.multiply(lamp, body))
