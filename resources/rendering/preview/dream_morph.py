"""Figures that become other figures: outline, colour and place pass over together."""

from random import Random

import numpy as np
from PIL import Image, ImageFilter

from resources.rendering.preview.dream_motion import dissolve_field, dissolved
from resources.rendering.preview.dream_scene import Sprite

_ENDS = 0.22
"""Share of the way at each end on which an outline takes its fine parts (feelers, legs) in, or grows them."""
_CRISP = 7
"""How sharply the outline between two figures is drawn."""
_RISE = 0.16
"""How far who has no counterpart floats up while fading, as a share of its height."""


def paint_morph(frame: Image.Image, first: Sprite, second: Sprite, position: float) -> None:
    """Lay the figure that is on its way from one sprite to the other onto the frame."""
    left, top, width, height = (a + (b - a) * position for a, b in zip(first.box, second.box, strict=True))
    size = max(2, round(width)), max(2, round(height))
    pictures = (first.colours, second.colours, first.image.getchannel("A"), second.image.getchannel("A"))
    one, other, alpha, other_alpha = (picture.resize(size, Image.Resampling.BILINEAR) for picture in pictures)
    frame.paste(Image.blend(one, other, position), (round(left), round(top)), _outline(alpha, other_alpha, position))


def paint_fading(frame: Image.Image, sprite: Sprite, gone: float, draw: Random) -> None:
    """Lay a figure that has no counterpart onto the frame; `gone`: 0 it stands there, 1 there is nothing left."""
    field = dissolve_field(sprite.image.size, draw)
    faded = dissolved(field, 1 - gone, 0.6)
    alpha = Image.fromarray(
        (np.asarray(sprite.image.getchannel("A")).astype(np.uint16) * np.asarray(faded) // 255).astype(np.uint8)
    )
    rise = round(_RISE * sprite.image.height * gone * gone)
    frame.paste(sprite.image.convert("RGB"), (sprite.left, sprite.top - rise), alpha)


def _outline(first: Image.Image, second: Image.Image, position: float) -> Image.Image:
    """Alpha between two figures: the blurred ones are mixed and cut at a half, which moves the outline itself."""
    radius = max(2, round(min(first.size) * 0.06))
    blur = ImageFilter.GaussianBlur(radius)
    soft = Image.blend(first.filter(blur), second.filter(blur), position)
    between = soft.point([min(max((v - 112) * _CRISP + 128, 0), 255) for v in range(256)])
    if position < _ENDS:
        return Image.blend(first, between, position / _ENDS)
    if position > 1 - _ENDS:
        return Image.blend(second, between, (1 - position) / _ENDS)
    return between
