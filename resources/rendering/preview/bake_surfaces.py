"""What a plate tells about its room: where it faces up, where it ends, how far it is, what shines in it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from resources.rendering.preview.plate import measured
from resources.rendering.preview.seeds import stream

Map = np.ndarray
"""Height x width, float32, 0..1."""


@dataclass(frozen=True)
class Surfaces:
    """Maps of a plate, each of its size, and its horizon as a share of its height."""

    light: Map
    ledge: Map
    """Edges that face up: something lighter, or something at all, begins below them."""
    rim: Map
    """Silhouettes and other strong edges."""
    ground: Map
    """Below the horizon; fuller the further down."""
    sky: Map
    """Calm, dark-blue or pale areas open to the top."""
    lamps: Map
    """What shines by itself."""
    warm: Map
    """Near something that shines: snow melts there."""
    far: Map
    """1 at the horizon, 0 near by."""
    horizon: float
    unit: float
    """Pixels of this plate for one pixel of a plate 900 high."""

    @property
    def roofed(self) -> bool:
        """Whether no sky is to be seen: little snow gets in, and no icicles grow."""
        return float(self.sky.max()) < 0.4


def surfaces_of(plate: Image.Image) -> Surfaces:
    """The maps of an RGB plate."""
    width, height = plate.size
    unit = height / 900
    horizon = measured("", plate).horizon("master")
    grey = plate.convert("L")
    light = as_map(grey)
    soft = as_map(grey.filter(ImageFilter.GaussianBlur(1.1 * unit)))
    rise, rim = _slopes(soft, unit)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    below = (y - np.float32(horizon)) / np.float32(max(1 - horizon, 0.05))
    above = (np.float32(horizon) - y) / np.float32(max(horizon, 0.05))
    ground = clipped(below * 5 + np.float32(0.1)) * np.ones((1, width), np.float32)
    far = clipped(1 - np.maximum(below * 1.35, above * 1.15)) * np.ones((1, width), np.float32)
    lamps = _lamps(plate)
    glow = Image.fromarray((lamps * 255).astype(np.uint8)).reduce(8)
    warm = clipped(as_map(wide_blur(glow, plate.size, 26 * unit)) * 3)
    return Surfaces(
        light, _ledges(rise, soft, unit), rim, ground, _sky(plate, rim, lamps, horizon), lamps, warm, far, horizon, unit
    )


def as_map(grey: Image.Image) -> Map:
    """An L image as a map."""
    return np.asarray(grey).astype(np.float32) * np.float32(1 / 255)


def as_grey(values: Map) -> Image.Image:
    """A map as an L image."""
    return Image.fromarray((clipped(values) * np.float32(255) + np.float32(0.5)).astype(np.uint8))


def clipped(values: Map) -> Map:
    """Held between 0 and 1."""
    return np.minimum(np.maximum(values, np.float32(0)), np.float32(1))


def blurred(values: Map, radius: float) -> Map:
    """A map blurred, with the precision of 8 bits."""
    return as_map(as_grey(values).filter(ImageFilter.GaussianBlur(radius)))


def wide_blur(small: Image.Image, size: tuple[int, int], radius: float) -> Image.Image:
    """A picture reduced eight times, blurred by `radius` pixels of the full size, at the full size."""
    return small.filter(ImageFilter.GaussianBlur(radius / 8)).resize(size, Image.Resampling.BILINEAR)


def clouds(seed: int, name: str, size: tuple[int, int], cells: tuple[int, int], octaves: int = 2) -> Map:
    """Soft noise around 0.5; `cells` across and down at its coarsest. The same for the same seed and name."""
    noise = np.random.Generator(np.random.PCG64(stream(seed, "clouds", name).getrandbits(32)))
    total = np.zeros((size[1], size[0]), np.float32)
    weight = 0.0
    for octave in range(octaves):
        across, down = max(2, cells[0] << octave), max(2, cells[1] << octave)
        tile = Image.fromarray(noise.integers(0, 256, (down, across), dtype=np.uint8))
        total += as_map(tile.resize(size, Image.Resampling.BICUBIC)) * np.float32(0.5**octave)
        weight += 0.5**octave
    return total * np.float32(1 / weight)


def _slopes(soft: Map, unit: float) -> tuple[Map, Map]:
    """How much lighter it is below than above, kept where it runs level for some pixels; and the edge strength."""
    reach = max(1, round(2 * unit))
    rise = np.zeros_like(soft)
    rise[reach:-reach] = soft[2 * reach :] - soft[: -2 * reach]
    across = np.zeros_like(soft)
    across[:, reach:-reach] = soft[:, 2 * reach :] - soft[:, : -2 * reach]
    rim = clipped((np.sqrt(rise * rise + across * across) - np.float32(0.05)) * np.float32(6))
    level = Image.fromarray((clipped(rise * 2 + np.float32(0.5)) * 255).astype(np.uint8))
    wide, tall = level.size
    run = max(2, round(11 * unit))
    # A box as wide as the run and one pixel tall: shrunk across and drawn out again.
    level = level.resize((max(1, wide // run), tall), Image.Resampling.BOX).resize(
        level.size, Image.Resampling.BILINEAR
    )
    return as_map(level) - np.float32(0.5), rim


def _ledges(rise: Map, soft: Map, unit: float) -> Map:
    lighter = clipped((rise - np.float32(0.05)) * np.float32(5.5))
    darker = clipped((-rise - np.float32(0.10)) * np.float32(2.5))
    # Behind a bright edge is a window, not a thing that snow could lie on.
    bright = clipped((np.roll(soft, -max(1, round(3 * unit)), axis=0) - np.float32(0.66)) * np.float32(6))
    return np.maximum(lighter, darker * np.float32(0.6)) * (1 - bright)


def _lamps(plate: Image.Image) -> Map:
    red, green, blue = (np.asarray(band).astype(np.float32) for band in plate.split())
    bright = clipped((np.maximum(red, green) - np.float32(196)) * np.float32(1 / 40))
    warm = clipped((red - blue - np.float32(18)) * np.float32(1 / 40))
    white = clipped((np.minimum(red, blue) - np.float32(222)) * np.float32(1 / 20))
    return np.maximum(bright * warm, white)


def _sky(plate: Image.Image, rim: Map, lamps: Map, horizon: float) -> Map:
    """Calm area reached from the top without crossing an edge, bluer than it is red; a moon is part of it."""
    size = (160, 90)
    edges = np.asarray(as_grey(rim).resize(size, Image.Resampling.BOX)).astype(np.int32)
    red, _, blue = (np.asarray(b.resize(size, Image.Resampling.BOX)).astype(np.int32) for b in plate.split())
    shining = as_grey(lamps).resize(size, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(5))
    passed = np.asarray(shining) > 60
    open_to_top = np.zeros((size[1], size[0]), np.float32)
    reached = np.ones(size[0], np.float32)
    for row in range(round(horizon * size[1])):
        calm = (edges[row] < 70) & (blue[row] > red[row] + 6) | passed[row]
        reached = np.where(calm, np.minimum(np.float32(1), reached + np.float32(0.05)), reached * np.float32(0.72))
        reached = np.where(reached < np.float32(0.1), np.float32(0), reached)
        open_to_top[row] = reached
    if int((open_to_top[6] > 0.4).sum()) * 2 < size[0]:
        return np.zeros_like(rim)  # a patch of blue wall: a sky goes on from side to side
    small = as_grey(open_to_top).filter(ImageFilter.GaussianBlur(2))
    return as_map(small.resize(plate.size, Image.Resampling.BICUBIC))
