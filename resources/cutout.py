"""Cut-outs: a figure taken from its ground, where the picture has alpha, or stands on a plain ground."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Method = Literal["alpha", "plain-ground", "rembg", "grabcut", "none"]

_OPAQUE = 250
_SOLID = 128
_BORDER_SHARE = 0.02
"""Width of the border strip that the ground's colour is taken from, as a share of the shorter side."""
_BINS = 8
"""Levels a channel that border colours are counted in."""
_MIN_TOLERANCE, _MAX_TOLERANCE = 18, 60
"""Distance from the ground's colour (largest channel difference, 0..255) up to which a pixel is ground."""


_EDGE = 7
"""Pixels across which a figure's edge may be soft (odd)."""


@dataclass(frozen=True)
class CutOut:
    """A figure without its ground.

    `image` is RGBA. `quality` goes from 0 (still a rectangle) to 1 (the picture's own alpha): below 0.5 it should not
    be shown as a cut-out.
    """

    image: Image.Image
    quality: float
    method: Method


def cut_out(image: Image.Image) -> CutOut:
    """The figure of a picture: its alpha where it has one, else what stands out from a plain ground."""
    if "A" in image.getbands():
        rgba = image.convert("RGBA")
        histogram = rgba.getchannel("A").histogram()
        pixels = rgba.width * rgba.height
        clear, solid = sum(histogram[:16]) / pixels, sum(histogram[_SOLID:]) / pixels
        if clear > 0.02 and solid > 0.005:
            return CutOut(rgba, 1.0, "alpha")
        if solid <= 0.005:
            return CutOut(rgba, 0.0, "none")  # nothing to be seen at all
    return _from_plain_ground(image.convert("RGB"))


def _from_plain_ground(image: Image.Image) -> CutOut:
    if min(image.size) < 16:
        return CutOut(image.convert("RGBA"), 0.0, "none")
    pixels = np.asarray(image).astype(np.int16)
    border = _border_of(pixels)
    ground, share, spread = _ground_colour(border)
    tolerance = min(max(3 * spread + 10, _MIN_TOLERANCE), _MAX_TOLERANCE)
    distance = np.abs(pixels - ground).max(axis=2)
    outside = reached_from_border(distance < tolerance)
    figure_share = 1 - int(outside.sum()) / outside.size
    alpha = _soft_alpha(distance, outside, tolerance)
    rgba = Image.merge("RGBA", (*_decontaminated(pixels, alpha, ground).split(), Image.fromarray(alpha)))
    return CutOut(rgba, _quality(share, figure_share, outside), "plain-ground")


def _border_of(pixels: np.ndarray) -> np.ndarray:
    strip = max(2, round(min(pixels.shape[:2]) * _BORDER_SHARE))
    top, bottom = pixels[:strip].reshape(-1, 3), pixels[-strip:].reshape(-1, 3)
    left, right = pixels[:, :strip].reshape(-1, 3), pixels[:, -strip:].reshape(-1, 3)
    # The bottom counts once among four: a bust stands on it.
    return np.concatenate((top, left, right, bottom))


def _ground_colour(border: np.ndarray) -> tuple[np.ndarray, float, int]:
    """The commonest colour of the border, the share of the border near it, and its spread (0..255)."""
    levels = border // (256 // _BINS)
    codes = (levels[:, 0] * _BINS + levels[:, 1]) * _BINS + levels[:, 2]
    commonest = int(np.bincount(codes, minlength=_BINS**3).argmax())
    ground = np.sort(border[codes == commonest], axis=0)[int((codes == commonest).sum()) // 2]
    for _ in range(2):  # a bin cuts through the ground's colours: move to the middle of those around
        near = np.abs(border - ground).max(axis=1) < _MAX_TOLERANCE // 2
        ground = np.sort(border[near], axis=0)[int(near.sum()) // 2]
    near = np.abs(border - ground).max(axis=1)
    close = np.sort(near[near < _MAX_TOLERANCE])
    spread = int(close[close.size * 9 // 10])
    return ground, close.size / border.shape[0], spread


def reached_from_border(ground: np.ndarray) -> np.ndarray:
    """The ground that is joined to the border; a hole of the ground's colour inside the figure (an eye) stays."""
    height, width = ground.shape
    # One pixel of ground all around joins every piece that touches the border, so that one flood reaches them all.
    framed = np.full((height + 2, width + 2), 255, np.uint8)
    framed[1:-1, 1:-1] = ground * np.uint8(255)
    canvas = Image.fromarray(framed)
    small = canvas.resize((max(1, (width + 2) // 2), max(1, (height + 2) // 2)), Image.Resampling.NEAREST)
    ImageDraw.floodfill(small, (0, 0), 128)
    reached = small.resize(canvas.size, Image.Resampling.NEAREST).point([255 if v == 128 else 0 for v in range(256)])
    # The flood ran on every second pixel: what lies beside it and is ground was reached too.
    wider = reached.filter(ImageFilter.MaxFilter(5))
    return np.asarray(ImageChops.darker(wider, canvas))[1:-1, 1:-1] > 0


def _soft_alpha(distance: np.ndarray, outside: np.ndarray, tolerance: int) -> np.ndarray:
    """Alpha 0..255: clear outside, whole inside; at the edge the share of the figure in each pixel's colour.

    That share is the pixel's distance from the ground's colour, against the farthest one beside it.
    """
    far = np.minimum(distance, 255).astype(np.uint8)
    whole = np.asarray(Image.fromarray(far).filter(ImageFilter.MaxFilter(_EDGE))).astype(np.int32)
    ground = Image.fromarray(outside * np.uint8(255))
    by_ground = np.asarray(ground.filter(ImageFilter.MaxFilter(_EDGE))) > 0
    by_figure = np.asarray(ground.filter(ImageFilter.MinFilter(3))) == 0
    least = tolerance // 2
    share = np.clip((distance.astype(np.int32) - least) * 255 // np.maximum(whole - least, 1), 0, 255)
    inner = np.where(by_ground, share, 255)
    return np.where(outside, np.where(by_figure, share, 0), inner).astype(np.uint8)


def _decontaminated(pixels: np.ndarray, alpha: np.ndarray, ground: np.ndarray) -> Image.Image:
    """Edge colours with the ground's share taken out: (colour - (1 - alpha) * ground) / alpha, in whole numbers."""
    opacity = np.maximum(alpha.astype(np.int32), 48)[..., None]
    colour = (pixels.astype(np.int32) * 255 - (255 - opacity) * ground.astype(np.int32)) // opacity
    soft = (alpha < _OPAQUE)[..., None]
    return Image.fromarray(np.where(soft, np.clip(colour, 0, 255), pixels).astype(np.uint8))


def _quality(border_share: float, figure_share: float, outside: np.ndarray) -> float:
    """How far a cut-out can be trusted: a uniform border, a figure of sensible size, most of the border cleared."""
    sides = np.concatenate((outside[0], outside[:, 0], outside[:, -1]))
    cleared = int(sides.sum()) / sides.size
    sized = 1.0 if 0.04 <= figure_share <= 0.9 else 0.2
    return round(min(1.0, max(0.0, (border_share - 0.4) / 0.4)) * min(1.0, cleared / 0.7) * sized, 3)
