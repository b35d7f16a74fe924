"""Cut-outs refined without any library: pockets of the ground's colour that a broken outline let the ground into."""

import numpy as np
from PIL import Image, ImageFilter

from resources.cutout import CutOut, reached_from_border

_GAP = 0.004
"""Half the width of a gap in an outline that counts as closed, as a share of the picture's shorter side."""
_LARGEST = 0.02
"""Pockets larger than that, against the picture, are left as they are: a handle, the room between two legs."""


def refined_by_pockets(image: Image.Image, seed: CutOut) -> CutOut:
    """The seed's cut-out with the pockets in it that are joined to the outside by narrow gaps alone."""
    reach = max(1, round(min(image.size) * _GAP))
    alpha = np.asarray(seed.image.getchannel("A"))
    outside = alpha < 128
    core = _grown(outside, -reach)
    framed = np.pad(core, 1, constant_values=True)
    inner = core & ~reached_from_border(framed)[1:-1, 1:-1]
    pockets = _grown(inner, 2 * reach) & outside
    if not pockets.any() or pockets.mean() > _LARGEST:
        return seed
    soft = Image.fromarray(pockets * np.uint8(255)).filter(ImageFilter.GaussianBlur(0.7))
    merged = np.maximum(alpha, np.where(_grown(pockets, 2), np.asarray(soft), 0))
    colours = np.where(_grown(pockets, 2)[..., None], np.asarray(image), np.asarray(seed.image)[..., :3])
    rgba = np.concatenate((colours, merged[..., None]), axis=2).astype(np.uint8)
    return CutOut(Image.fromarray(rgba), seed.quality, seed.method)


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    """The mask wider by some pixels, or narrower where they are negative."""
    image = Image.fromarray(mask * np.uint8(255))
    kind = ImageFilter.MaxFilter if pixels > 0 else ImageFilter.MinFilter
    return np.asarray(image.filter(kind(2 * abs(pixels) + 1))) > 0
