"""Embeddings with no model: where which colours lie in an image, and which way its edges run.

Three descriptors of the image at 96 x 54 in CIELAB, each of length 1, side by side with fixed weights:

- light: low frequencies of lightness but the lowest, after the Color Layout Descriptor of MPEG-7 (Kasutani and Yamada,
  ICIP 2001), with more of them than there;
- edges: histograms of gradient orientations on a grid (Dalal and Triggs, CVPR 2005), less their mean;
- colour: low frequencies of both colour axes, the lowest included.

Nothing is learnt from the images of a series: an image has the same vector always. What any two images have in common
(some light, some edges) is taken out of each part, so that those of different places come out near 0.2, and not near 1;
docs/memory.md has the figures.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
from PIL import Image

from resources.embedder import decoded

WIDTH, HEIGHT = 96, 54

_LIGHT_FREQUENCIES, _COLOUR_FREQUENCIES = 12, 6
_ROWS, _COLUMNS, _ORIENTATIONS = 4, 6, 8
_WEIGHTS = (0.4, 0.4, 0.2)
"""Of light, edges and colour in a similarity."""
_FAINT = 40.0
"""Length of a part (about half a unit of L*a*b*, all over the image) under which it says little: the light of an image
of one tone has a direction by chance alone."""
_THREADS = 2
_FROM_SRGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
) / np.array([[0.95047], [1.0], [1.08883]])
"""To XYZ relative to the white of D65 (IEC 61966-2-1)."""


class ColourEmbedder:
    """See the module."""

    name = "colour-1"
    dimensions = 313

    def embed(self, images: Sequence[bytes]) -> np.ndarray:
        """The vectors of encoded images, (n, dimensions) of float32, each of length 1.

        Raises:
            ValueError: one of them is no image that can be read.
        """
        with ThreadPoolExecutor(_THREADS) as threads:  # decoding takes most of the time, and leaves Python free
            return np.stack([np.zeros(self.dimensions, np.float32), *threads.map(_embedding, images)])[1:]


def _embedding(image: bytes) -> np.ndarray:
    return descriptor(small_picture(image))


def small_picture(image: bytes) -> np.ndarray:
    """An encoded image as HEIGHT x WIDTH x 3, uint8, whatever its aspect ratio.

    Raises:
        ValueError: it is no image that can be read.
    """
    return np.asarray(decoded(image).resize((WIDTH, HEIGHT), Image.Resampling.BOX))


def descriptor(picture: np.ndarray) -> np.ndarray:
    """The vector of one picture of HEIGHT x WIDTH x 3, uint8: float32, of length 1."""
    lab = _lab(picture)
    colour = [_frequencies(lab[..., axis], _COLOUR_FREQUENCIES) for axis in (1, 2)]
    emphasis = _emphasis(_COLOUR_FREQUENCIES)
    parts = (
        _frequencies(lab[..., 0], _LIGHT_FREQUENCIES)[1:],
        _edges(lab[..., 0]),
        np.concatenate([emphasis * axis for axis in colour]),
    )
    weighted = [
        np.sqrt(weight) * part / np.hypot(np.linalg.norm(part), _FAINT)
        for weight, part in zip(_WEIGHTS, parts, strict=True)
    ]
    vector = np.concatenate([*weighted, _tone(lab[..., 0])])
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def _tone(light: np.ndarray) -> np.ndarray:
    """What tells plain images apart, and next to nothing in all others: black and white are opposites."""
    turn = np.pi * light.mean() / 100
    return 1e-3 * np.array([np.cos(turn), np.sin(turn)])


@lru_cache(maxsize=1)
def _linear_light() -> np.ndarray:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _lab(picture: np.ndarray) -> np.ndarray:
    xyz = _linear_light()[picture] @ _FROM_SRGB.T
    x, y, z = np.moveaxis(np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@lru_cache(maxsize=8)
def _cosines(length: int, count: int) -> np.ndarray:
    """The first rows of the orthonormal DCT-II."""
    rows = np.cos(np.pi * np.arange(count)[:, None] * (np.arange(length) + 0.5) / length) * np.sqrt(2 / length)
    rows[0] *= np.sqrt(0.5)
    return rows


def _orders(count: int) -> np.ndarray:
    """Sum of the vertical and horizontal frequency, over a square of them."""
    return np.add.outer(np.arange(count), np.arange(count))


def _frequencies(channel: np.ndarray, count: int) -> np.ndarray:
    """The lowest frequencies, those whose order is below `count`; the mean comes first."""
    found = _cosines(HEIGHT, count) @ channel @ _cosines(WIDTH, count).T
    return found[_orders(count) < count]


@lru_cache(maxsize=1)
def _emphasis(count: int) -> np.ndarray:
    """Where a colour lies tells more than that there is some of it."""
    orders = _orders(count)
    return np.sqrt(1.0 + orders[orders < count])


@lru_cache(maxsize=4)
def _cells(length: int, count: int) -> np.ndarray:
    """How much each pixel belongs to each of the cells along one side: linear between the middles of two."""
    at = (np.arange(length) + 0.5) * count / length - 0.5
    return np.maximum(0, 1 - np.abs(at - np.arange(count)[:, None]))


def _edges(light: np.ndarray) -> np.ndarray:
    across, down = np.zeros_like(light), np.zeros_like(light)
    across[:, 1:-1] = light[:, 2:] - light[:, :-2]
    down[1:-1] = light[2:] - light[:-2]
    strength = np.sqrt(np.hypot(across, down))  # a hard edge counts more than a soft one, but not for ten
    direction = (np.arctan2(down, across) % np.pi) / np.pi * _ORIENTATIONS
    distance = np.abs(direction - np.arange(_ORIENTATIONS)[:, None, None])
    share = np.maximum(0, 1 - np.minimum(distance, _ORIENTATIONS - distance))
    histogram = _cells(HEIGHT, _ROWS) @ (share * strength) @ _cells(WIDTH, _COLUMNS).T
    return (histogram - histogram.mean(axis=(1, 2), keepdims=True)).ravel()
