"""Decoration masks of a place: white where it may be dressed, black where nothing may stand."""

import io
import warnings

import numpy as np
from PIL import Image, ImageFilter, UnidentifiedImageError

MAX_PIXELS = 50_000_000
_SPREAD = 3
"""Levels by which the channels of a grey picture saved in colour may differ."""
_SMALL = (320, 180)
"""A mask is proposed at this size and drawn out."""


def checked_mask(mask_png: bytes, size: tuple[int, int]) -> Image.Image:
    """The mask as an L image of `size`: 255 may be dressed, 0 keep out.

    Accepted: 8-bit grey, 1-bit, and RGB, RGBA or palette pictures that are in truth grey (their alpha, where they
    have one, must be full).

    Raises:
        ValueError: no image, of another size, in colour, or of another mode; the message says what would be right.
    """
    wanted = f"an 8-bit grey PNG of {size[0]} x {size[1]} pixels, white where the place may be dressed"
    if not mask_png:
        raise ValueError(f"decoration mask is empty (0 bytes); it must be {wanted}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(mask_png))
        if image.size != size:
            raise ValueError(f"decoration mask has {image.width} x {image.height} pixels; it must be {wanted}")
        image.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, EOFError) as error:
        raise ValueError(f"decoration mask is no readable image ({error}); it must be {wanted}") from error
    return _as_grey(image, wanted)


def _as_grey(image: Image.Image, wanted: str) -> Image.Image:
    mode = image.mode
    if mode not in ("L", "1", "LA", "P", "PA", "RGB", "RGBA"):
        raise ValueError(f"decoration mask has mode {mode} (16-bit, float or print colours); it must be {wanted}")
    if mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        if np.asarray(rgba.getchannel("A")).min() < 255:
            raise ValueError(f"decoration mask is partly transparent (mode {mode}); it must be {wanted}")
        image = rgba.convert("RGB")
    if image.mode in ("P", "RGB"):
        bands = np.asarray(image.convert("RGB"))
        spread = bands.max(axis=2).astype(np.int16) - bands.min(axis=2)
        if int(spread.max()) > _SPREAD:
            y, x = (int(at) for at in np.unravel_index(int(spread.argmax()), spread.shape))
            colour = "#{:02X}{:02X}{:02X}".format(*(int(band) for band in bands[y, x]))
            raise ValueError(f"decoration mask is in colour ({colour} at {x}, {y}; mode {mode}); it must be {wanted}")
        return Image.fromarray(bands[:, :, 1].copy())
    return image.convert("L")


def proposed_mask(master: Image.Image) -> Image.Image:
    """A first mask for a place without one, L, 0 or 255: ledges and shelves with calm above them, and flat ground at
    both sides; not the sky, not what shines, not the middle of the floor, where people walk.

    Made for a person to edit.
    """
    plate = master.convert("RGB")
    height = _SMALL[1]
    grey = np.asarray(plate.convert("L").resize(_SMALL, Image.Resampling.BOX)).astype(np.int32)
    wanted = (_ledges(grey) | _flat_ground(grey)) & ~_walked() & ~_sky(plate, grey) & ~_shining(plate)
    white = Image.fromarray(wanted.astype(np.uint8) * 255)
    # Closed and opened: no pinholes, no crumbs; then rounded.
    white = white.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(7)).filter(ImageFilter.MaxFilter(5))
    kept = (np.asarray(white) > 0) & ~_walked() & ~_sky(plate, grey) & ~_shining(plate)
    kept[: round(height * 0.12)] = False
    soft = Image.fromarray(kept.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(1.5))
    return soft.resize(plate.size, Image.Resampling.BICUBIC).point([0] * 128 + [255] * 128)


def _ledges(grey: np.ndarray) -> np.ndarray:
    """A band above each long level edge whose upper side is calm."""
    height = grey.shape[0]
    rise = np.zeros_like(grey)
    rise[1:-1] = np.abs(grey[2:] - grey[:-2])
    level = np.zeros_like(grey)
    for shift in range(-7, 8):  # level for fifteen pixels
        level += np.roll(rise, shift, axis=1)
    edge = (level > 15 * 14) & (rise >= np.roll(rise, 1, axis=0)) & (rise >= np.roll(rise, -1, axis=0))
    busy = _busy(grey, 4)
    band = np.zeros(grey.shape, bool)
    tall = max(2, height // 15)
    for up in range(1, tall + 1):
        band[:-up] |= edge[up:] & (busy[:-up] < 11)
    band[: round(height * 0.2)] = False  # what runs high in a picture is roof and sky
    return band


def _flat_ground(grey: np.ndarray) -> np.ndarray:
    """Calm area in the lowest third, away from the middle."""
    height = grey.shape[0]
    flat = _busy(grey, 5) < 15
    flat[: round(height * 0.64)] = False
    return flat


def _walked() -> np.ndarray:
    """The middle of the floor, wider the nearer it is."""
    width, height = _SMALL
    x = np.abs(np.arange(width) / (width - 1) * 2 - 1)[None, :]
    y = np.arange(height)[:, None] / (height - 1)
    return (x < 0.34 + 0.30 * (y - 0.55)) & (y > 0.62)


def _sky(plate: Image.Image, grey: np.ndarray) -> np.ndarray:
    """What is bluish, and reached from the top through calm."""
    red, _, blue = (np.asarray(band.resize(_SMALL, Image.Resampling.BOX)).astype(np.int32) for band in plate.split())
    open_here = (_busy(grey, 2) < 16) & (blue > red + 4)
    reached = np.full(grey.shape[1], 12)
    found = np.zeros(grey.shape, bool)
    for row in range(round(grey.shape[0] * 0.6)):
        # A cloud's or a hill's edge may be crossed, a wall may not.
        reached = np.where(open_here[row], np.minimum(reached + 1, 12), reached - 3)
        found[row] = reached > 0
        reached = np.where(reached > 0, reached, -1000)
    return found


def _busy(grey: np.ndarray, reach: int) -> np.ndarray:
    """Mean difference to the neighbours around each pixel."""
    change = np.zeros_like(grey)
    change[:, 1:] += np.abs(grey[:, 1:] - grey[:, :-1])
    change[1:] += np.abs(grey[1:] - grey[:-1])
    small = Image.fromarray(np.minimum(change, 255).astype(np.uint8))
    return np.asarray(small.filter(ImageFilter.BoxBlur(reach))).astype(np.int32)


def _shining(plate: Image.Image) -> np.ndarray:
    """The brightest parts and a rim around them."""
    grey = plate.convert("L").resize(_SMALL, Image.Resampling.BOX)
    bright = grey.point([0] * 214 + [255] * 42).filter(ImageFilter.MaxFilter(9))
    return np.asarray(bright) > 0
