"""A keyframe of a dream taken apart: its ground, its figures as sprites, what lies over them, its grade."""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from resources.rendering.preview.layers import NamedLayer, colour_table, layers_of
from resources.rendering.preview.pictures import Pictures
from resources.rendering.request import RenderRequest

MOST_SPRITES = 6
_SEEN = [0] * 40 + [255] * 216
"""Alpha that counts: the faint edge of a shadow is no part of a figure."""
_UNMOVED = ("slate",)
"""Layers that belong to a storyboard, and to no dream."""


class Sprite(NamedTuple):
    """A figure cut to its bounding box, RGBA, and where its upper left corner stands, in pixels."""

    image: Image.Image
    colours: Image.Image
    """Its colours, RGB, carried on beyond its outline."""
    left: int
    top: int
    name: str
    nearness: float
    """0 for the farthest of its scene, 1 for the nearest, which is painted last."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width and height in pixels."""
        return self.left, self.top, self.image.width, self.image.height


class DreamScene(NamedTuple):
    """One keyframe in parts, all as large as the frame but for the sprites. Layers keep their order."""

    ground: Image.Image
    sprites: tuple[Sprite, ...]
    """The farthest first."""
    over: tuple[NamedLayer, ...]
    """Air and effects."""
    grade: tuple[ImageFilter.Color3DLUT, ...]


def scene_of(request: RenderRequest, pictures: Pictures) -> DreamScene:
    """The parts of a keyframe's frame."""
    names = {
        name for figure in (request.staging.figures if request.staging else ()) for name in (figure.id, figure.name)
    }
    layers = layers_of(request, pictures)
    figures, over, grade = [], [], []
    for layer in layers[1:]:
        if layer.blend == "adjustment":
            grade.append(colour_table(layer))
        elif layer.name in names and layer.blend == "normal":
            figures.append(layer)
        elif layer.name not in _UNMOVED and layer.blend != "grain-merge":
            over.append(layer)
    found = [_sprite(layer, index / max(1, len(figures) - 1)) for index, layer in enumerate(figures)]
    sprites = [sprite for sprite in found if sprite is not None]
    largest = sorted(sprites, key=lambda sprite: sprite.image.width * sprite.image.height)[-MOST_SPRITES:]
    largest.sort(key=lambda sprite: sprite.nearness)
    return DreamScene(layers[0].image.convert("RGB"), tuple(largest), tuple(over), tuple(grade))


def _sprite(layer: NamedLayer, nearness: float) -> Sprite | None:
    box = layer.image.getchannel("A").point(_SEEN).getbbox()
    if box is None:
        return None
    cut = layer.image.crop(box)
    return Sprite(cut, _filled(cut), box[0], box[1], layer.name, nearness)


def counterparts(leaving: tuple[Sprite, ...], coming: tuple[Sprite, ...]) -> list[tuple[Sprite, Sprite]]:
    """Who turns into whom: everyone into themselves first, then the others from left to right."""
    same = [(one, other) for one in leaving for other in coming if one.name == other.name]
    names = {one.name for one, _ in same}
    others = [sorted((s for s in side if s.name not in names), key=_middle) for side in (leaving, coming)]
    return [*same, *zip(*others, strict=False)]


def _middle(sprite: Sprite) -> float:
    return sprite.left + sprite.image.width / 2


def _filled(sprite: Image.Image) -> Image.Image:
    """The colours of a figure, carried on beyond its outline."""
    black = Image.new("RGB", sprite.size)
    alpha = sprite.getchannel("A")
    black.paste(sprite.convert("RGB"), (0, 0), alpha)
    radius = max(3, round(max(sprite.size) * 0.12))
    wide, weight = (np.asarray(p.filter(ImageFilter.BoxBlur(radius))).astype(np.int32) for p in (black, alpha))
    mean = [int(v) for v in np.asarray(black).reshape(-1, 3).sum(axis=0) // max(1, int(np.asarray(alpha).sum()) // 255)]
    around = np.where(weight[..., None] > 8, wide * 255 // np.maximum(weight[..., None], 1), np.array(mean))
    colours = Image.fromarray(np.clip(around, 0, 255).astype(np.uint8))
    colours.paste(sprite.convert("RGB"), (0, 0), alpha)
    return colours
