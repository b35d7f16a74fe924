"""Cut-outs refined by GrabCut (Rother, Kolmogorov and Blake 2004), where OpenCV is installed: the extra `local`."""

from importlib.util import find_spec

import numpy as np
from PIL import Image, ImageFilter

from resources.cutout import CutOut

_SIDE = 1024
"""The longer side at which pixels are told apart; the edge itself stays as fine as the picture."""
_ROUNDS = 4
_SURE = 200
"""Alpha of the seed from which a pixel is figure, whatever the colours say: thin feelers would be cut off else."""
_MOST_ADDED = 0.25
"""More figure than that, against the seed's, is ground that was mistaken for it."""


def has_opencv() -> bool:
    """Whether OpenCV is installed."""
    return find_spec("cv2") is not None


def refined_by_graph(image: Image.Image, seed: CutOut) -> CutOut | None:
    """The seed's cut-out with those parts of the figure that have the ground's colour; None where there are none.

    A white apron on white paper is ground by its colour, but figure by what lies around it.
    """
    import cv2  # type: ignore[import-not-found]

    scale = min(1.0, _SIDE / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    alpha = np.asarray(seed.image.getchannel("A").resize(size, Image.Resampling.BOX))
    figure = alpha >= _SURE
    if not 0.005 <= figure.mean() <= 0.95:
        return None
    mask = np.where(figure, cv2.GC_FGD, np.where(_near(figure, size), cv2.GC_PR_BGD, cv2.GC_BGD)).astype(np.uint8)
    mask[(alpha > 0) & ~figure] = cv2.GC_PR_FGD
    mask[_enclosed(figure) & ~figure] = cv2.GC_PR_FGD
    if not ((mask == cv2.GC_PR_BGD) | (mask == cv2.GC_PR_FGD)).any() or not (mask == cv2.GC_BGD).any():
        return None
    pixels = np.ascontiguousarray(np.asarray(image.resize(size, Image.Resampling.BOX))[..., ::-1])
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    found, *_ = cv2.grabCut(pixels, mask, (0, 0, 1, 1), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    # Islands of a pixel or two are grain; what is added is what the figure's own edge leads to.
    added = ((found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD)) & (alpha < 128)
    added = _opened(added)
    share = int(added.sum()) / max(int(figure.sum()), 1)
    if share == 0 or share > _MOST_ADDED:
        return None
    whole = Image.fromarray(added * np.uint8(255)).resize(image.size, Image.Resampling.BILINEAR)
    merged = np.maximum(np.asarray(seed.image.getchannel("A")), np.asarray(whole.filter(ImageFilter.GaussianBlur(1))))
    colours = np.where(np.asarray(whole)[..., None] > 0, np.asarray(image), np.asarray(seed.image)[..., :3])
    rgba = np.concatenate((colours, merged[..., None]), axis=2).astype(np.uint8)
    return CutOut(Image.fromarray(rgba), round(seed.quality * (1 - share), 3), "grabcut")


def _near(figure: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    reach = max(3, round(min(size) * 0.03)) | 1
    return np.asarray(Image.fromarray(figure * np.uint8(255)).filter(ImageFilter.MaxFilter(reach))) > 0


def _enclosed(figure: np.ndarray) -> np.ndarray:
    """What has figure to its left and right, above it and below it."""
    rows = np.maximum.accumulate(figure, axis=1) & np.maximum.accumulate(figure[:, ::-1], axis=1)[:, ::-1]
    columns = np.maximum.accumulate(figure, axis=0) & np.maximum.accumulate(figure[::-1], axis=0)[::-1]
    return rows & columns


def _opened(mask: np.ndarray) -> np.ndarray:
    image = Image.fromarray(mask * np.uint8(255))
    return np.asarray(image.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))) > 0
