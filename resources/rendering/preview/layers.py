"""The layers of a frame: what each step of its painting leaves, as a picture of its own for an image editor.

Laid one on another in their order, each as its blend says, they give the frame: exactly, but for the grade, whose
layer is a table of colours and is read between its entries.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from resources.rendering.preview.compose import painting_of
from resources.rendering.preview.pictures import Pictures
from resources.rendering.preview.steps import Blend, Step, stages
from resources.rendering.request import RenderRequest

HALD_LEVEL = 8
"""A Hald CLUT of this level holds 64 shades of each channel in 512 x 512 pixels."""
_SHADES = HALD_LEVEL**2

_PLAIN_GROUNDS: dict[Blend, int] = {"screen": 0, "multiply": 255, "grain-merge": 128}
"""Grey levels that a blend leaves alone: what is painted on such a ground is the layer itself."""


@dataclass(frozen=True)
class NamedLayer:
    """One layer, RGBA and as large as the frame; that of an `adjustment` is a Hald CLUT of level 8."""

    name: str
    image: Image.Image
    blend: Blend


def layers_of(request: RenderRequest, pictures: Pictures, notes: list[str] | None = None) -> list[NamedLayer]:
    """The layers of a request's frame, the lowest first; steps that leave nothing to be seen are left out.

    `notes` is given what the frame leaves out or replaces.
    """
    said: list[str] = []
    layers = [
        NamedLayer(step.name, _layer_of(step, before, after), step.blend)
        for step, before, after in stages(painting_of(request, pictures, said))
        if before.size != after.size or ImageChops.difference(before, after).getbbox() is not None
    ]
    if notes is not None:
        notes += dict.fromkeys(said)
    return layers


def stacked(layers: Iterable[NamedLayer]) -> Image.Image:
    """The picture that the layers give, RGB. The first one is the ground of the others."""
    frame: Image.Image | None = None
    for layer in layers:
        frame = layer.image.convert("RGB") if frame is None else laid(frame, layer)
    if frame is None:
        raise ValueError("no layers, no picture")
    return frame


def laid(frame: Image.Image, layer: NamedLayer) -> Image.Image:
    """The frame with a layer over it, as the layer's blend says."""
    rgb = layer.image.convert("RGB")
    match layer.blend:
        case "screen":
            return ImageChops.screen(frame, rgb)
        case "multiply":
            return ImageChops.multiply(frame, rgb)
        case "grain-merge":
            return ImageChops.add(frame, rgb, 1, -128)
        case "adjustment":
            return frame.filter(colour_table(layer))
    covered = frame.copy()
    covered.paste(rgb, (0, 0), layer.image.getchannel("A"))
    return ImageChops.lighter(frame, covered) if layer.blend == "lighten" else covered


def colour_table(adjustment: NamedLayer) -> ImageFilter.Color3DLUT:
    """The table of colours that an adjustment's picture holds."""
    return ImageFilter.Color3DLUT(_SHADES, [value / 255 for value in adjustment.image.convert("RGB").tobytes()])


def _layer_of(step: Step, before: Image.Image, after: Image.Image) -> Image.Image:
    if before.size != after.size:
        return after.convert("RGBA")
    if step.layer is not None:
        return step.layer()
    if step.blend == "adjustment":
        return step.paint(_identity(), before).convert("RGBA")
    if step.blend in _PLAIN_GROUNDS:
        grey = _PLAIN_GROUNDS[step.blend]
        return step.paint(Image.new("RGB", before.size, (grey, grey, grey)), before).convert("RGBA")
    on_black = step.paint(Image.new("RGB", before.size), before)
    on_white = step.paint(Image.new("RGB", before.size, (255, 255, 255)), before)
    return _lifted(*(np.asarray(each).astype(np.int32) for each in (before, after, on_black, on_white)))


def _lifted(before: np.ndarray, after: np.ndarray, on_black: np.ndarray, on_white: np.ndarray) -> Image.Image:
    """The layer that was painted: its alpha from what shows through it of black and of white, its colour so that it
    turns the frame before into the frame after, exactly."""
    alpha = 255 - (on_white - on_black).mean(axis=2).round().astype(np.int32)
    # The rounding of many small strokes may leave alpha too low for any colour to make up the difference.
    change = after - before
    room = np.where(change > 0, 255 - before, before)
    needed = (np.abs(change) * 255 + np.maximum(room, 1) - 1) // np.maximum(room, 1)
    alpha = np.clip(np.maximum(alpha, needed.max(axis=2)), 0, 255)
    weight = alpha[..., None]
    natural = np.clip((on_black * 255 + weight // 2) // np.maximum(weight, 1), 0, 255)
    exact = (after * 255 - before * (255 - weight) + weight // 2) // np.maximum(weight, 1)
    laid = (natural * weight + before * (255 - weight) + 127) // 255
    colour = np.where(laid == after, natural, np.clip(exact, 0, 255))
    return Image.fromarray(np.concatenate((colour, weight), axis=2).astype(np.uint8))


def _identity() -> Image.Image:
    """The Hald CLUT that changes nothing: red runs fastest, then green, then blue."""
    shades = (np.arange(_SHADES) * 255 + (_SHADES - 1) // 2) // (_SHADES - 1)
    blue, green, red = np.meshgrid(shades, shades, shades, indexing="ij")
    side = HALD_LEVEL**3
    return Image.fromarray(np.stack((red, green, blue), axis=-1).reshape(side, side, 3).astype(np.uint8))
