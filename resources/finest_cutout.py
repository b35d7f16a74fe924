"""The best cut-out of a picture that can be had here: its own alpha, else a model's, else from a plain ground."""

import logging
from importlib.metadata import version

import numpy as np
from PIL import Image

from resources.cutout import CutOut, cut_out
from resources.cutout_by_graph import has_opencv, refined_by_graph
from resources.cutout_by_model import cut_out_by_model, local_model
from resources.cutout_islands import islands
from resources.cutout_pockets import refined_by_pockets

MIN_QUALITY = 0.5
"""A cut-out below it is not passed on."""
VERSION = 2
"""Raised with every change that may change a cut-out's bytes."""

_CLEAR = 16
_SOLID = 128
_CLEAR_BORDER = 0.35
"""A picture whose border is clear for less than that has rounded corners, or a window: it is not cut out."""

_ONE_PIECE = 0.75
"""A figure whose largest piece is less than that of it has been cut apart."""

_log = logging.getLogger(__name__)


def method_version() -> str:
    """What decides the cut-outs made here beside their pictures: this code, and the tools that are installed."""
    tools = [f"opencv {version_of_opencv()}"] if has_opencv() else []
    model = local_model()
    return ", ".join([f"cut-out {VERSION}", *tools, *([model.fingerprint] if model is not None else [])])


def version_of_opencv() -> str:
    """OpenCV's own version."""
    for name in ("opencv-python-headless", "opencv-python", "opencv-contrib-python-headless", "opencv-contrib-python"):
        try:
            return version(name)
        except ModuleNotFoundError:
            continue
    return "of unknown version"


def own_cut_out(image: Image.Image) -> CutOut | None:
    """The picture itself, where its own alpha cuts its figure out; None where it must be cut out."""
    if "A" not in image.getbands():
        return None
    rgba = image.convert("RGBA")
    return CutOut(rgba, 1.0, "alpha") if _is_cut_out(np.asarray(rgba.getchannel("A"))) else None


def finest_cut_out(image: Image.Image) -> CutOut:
    """The figure of an RGB or RGBA picture. Trust it from a quality of `MIN_QUALITY` on; the picture is not changed."""
    own = own_cut_out(image)
    if own is not None:
        return own
    if "A" in image.getbands():
        rgba = image.convert("RGBA")
        # Clear corners show nothing of the ground: they are paper, as white as most grounds.
        paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, rgba)
    rgb = image.convert("RGB")
    if min(rgb.size) < 16:
        return CutOut(rgb.convert("RGBA"), 0.0, "none")
    return _by_model(rgb) or _by_ground(rgb)


def _is_cut_out(alpha: np.ndarray) -> bool:
    border = np.concatenate((alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]))
    clear, solid = (alpha < _CLEAR).mean(), (alpha >= _SOLID).mean()
    return bool(clear > 0.02 and solid > 0.005 and (border < _CLEAR).mean() >= _CLEAR_BORDER)


def _by_model(rgb: Image.Image) -> CutOut | None:
    model = local_model()
    if model is None:
        return None
    try:
        found = cut_out_by_model(rgb, model)
    except Exception as error:  # whatever a broken model file or package raises: there is another way to cut it out
        _log.warning("%s cannot be used: %s: %s", model.path, type(error).__name__, error)
        return None
    found = _checked(found)
    return found if found.quality >= MIN_QUALITY else None


def _by_ground(rgb: Image.Image) -> CutOut:
    seed = _checked(cut_out(rgb))
    if seed.quality >= MIN_QUALITY and has_opencv():
        refined = refined_by_graph(rgb, seed)
        if refined is not None:
            return _checked(refined)
    return refined_by_pockets(rgb, seed) if seed.quality >= MIN_QUALITY else seed


def _checked(found: CutOut) -> CutOut:
    """Without specks of dust; and the less to be trusted, the more pieces the figure is in."""
    if found.quality == 0:
        return found
    alpha = np.asarray(found.image.getchannel("A"))
    kept, share = islands(alpha >= _SOLID, alpha > 0)
    if share == 0:
        return CutOut(found.image, 0.0, "none")
    if not kept.all():
        cleaned = found.image.copy()
        cleaned.putalpha(Image.fromarray(np.where(kept, alpha, 0).astype(np.uint8)))
        found = CutOut(cleaned, found.quality, found.method)
    return CutOut(found.image, round(found.quality * min(1.0, share / _ONE_PIECE) ** 2, 3), found.method)
