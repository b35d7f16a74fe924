"""How much of a plate's structure a baked background keeps, by their edges."""

import numpy as np
from PIL import Image, ImageChops, ImageFilter

MINIMUM_STRUCTURE = 0.5


def edge_map(image: Image.Image) -> Image.Image:
    """Strength of edges, 0 to 255, mode L."""
    grey = image.convert("L").filter(ImageFilter.GaussianBlur(1))
    left = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0))
    return ImageChops.lighter(left, ImageChops.difference(grey, ImageChops.offset(grey, 0, 1)))


def structure_kept(master: Image.Image, baked: Image.Image, mask: Image.Image | None = None) -> float:
    """Share of the master's strong edges that are still there, 0 to 1."""
    before = np.asarray(edge_map(master)).astype(np.int32)
    after = np.asarray(edge_map(baked).filter(ImageFilter.MaxFilter(5))).astype(np.int32)
    strong = before >= max(8, int(np.quantile(before, 0.9)))
    return float((after[strong] >= 4).mean()) if strong.any() else 1.0
