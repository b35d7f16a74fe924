"""What a ControlNet is shown of a picture: its edges, or its depth. Edges are the same bytes on every machine."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.weights import model_variant

_EDGE_SHARE = 0.88
"""Of the pixels, so many are weaker than an edge: what Canny's upper threshold is taken from."""
_EDGE_BOUNDS = (28.0, 400.0)
"""The upper threshold at least (grain is weaker) and at most, in Sobel's levels: one of 255 a pixel is 8."""
_LOWER = 0.4
_HAZE_PATCH = 15
"""Side in pixels, of a picture 640 wide, of the patch whose darkest channel tells haze."""
_HORIZON = 0.42
"""Height of the horizon where nothing else is known, from the top."""


def canny_image(image: Image.Image) -> Image.Image:
    """The edges of an RGB picture, white on black, RGB of the same size.

    Source: J. Canny, A computational approach to edge detection, 1986. The thresholds follow the picture's own
    contrast, so that a room at night has edges too.
    """
    import cv2

    grey = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (5, 5), 1.1)
    across, down = (cv2.Sobel(grey, cv2.CV_16S, *step, ksize=3) for step in ((1, 0), (0, 1)))
    slope = np.abs(across.astype(np.int32)) + np.abs(down.astype(np.int32))
    upper = float(np.clip(np.quantile(slope, _EDGE_SHARE), *_EDGE_BOUNDS))
    edges = cv2.Canny(across, down, _LOWER * upper, upper)
    return Image.fromarray(np.repeat(edges[..., None], 3, axis=2))


def depth_image(image: Image.Image, depth_model: Path | None) -> Image.Image:
    """The depth of an RGB picture, near is white, RGB of the same size.

    Args:
        depth_model: folder of a depth estimator of transformers (DPT, Depth Anything, ZoeDepth, ...), which runs on
            the CPU in float32 whatever renders; None: a classical estimate, which knows no more than that what stands
            low is near, that haze is far, and that depth changes where the picture does.

    Raises:
        RendererUnavailable: the folder holds no depth estimator.
    """
    near = _classical(image) if depth_model is None else _by_model(image, depth_model)
    low, high = float(near.min()), float(near.max())
    levels = np.rint((near - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
    return Image.fromarray(np.repeat(levels[..., None], 3, axis=2))


def _by_model(image: Image.Image, folder: Path) -> np.ndarray:
    import torch
    from transformers import AutoImageProcessor, AutoModelForDepthEstimation

    try:
        # Pillow's arithmetic, whether or not torchvision is installed.
        processor: Any = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
        model: Any = AutoModelForDepthEstimation.from_pretrained(
            folder, dtype=torch.float32, variant=model_variant(folder), local_files_only=True
        )
    except Exception as error:  # whatever a wrong folder makes them say
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise RendererUnavailable(
            f"diffusers: MOOSTIK_DIFFUSERS_DEPTH_MODEL is {folder}, which holds no depth estimator: {said}"
        ) from error
    with torch.inference_mode():
        seen = model.eval()(**processor(images=image, return_tensors="pt"))
        depth = seen.predicted_depth[:, None].float()
        resized = torch.nn.functional.interpolate(depth, size=(image.height, image.width), mode="bicubic")
    found = resized[0, 0].numpy()
    metric = model.config.model_type in ("zoedepth", "depth_pro") or _says_metres(model.config)
    return -found if metric else found


def _says_metres(config: Any) -> bool:
    """Most estimators give nearness; some give a distance."""
    return getattr(config, "depth_estimation_type", "relative") == "metric"


def _classical(image: Image.Image) -> np.ndarray:
    """Nearness, float32 (height, width).

    Sources: haze by the darkest channel: K. He, J. Sun, X. Tang, Single image haze removal using dark channel prior,
    2009. Its fitting to the picture's edges: K. He, J. Sun, X. Tang, Guided image filtering, 2010.
    """
    import cv2

    pixels = np.asarray(image).astype(np.float32) / 255
    height, width = pixels.shape[:2]
    side = max(3, _HAZE_PATCH * width // 640)
    dark = cv2.erode(pixels.min(axis=2), np.ones((side, side), np.uint8))
    clear = 1 - dark / max(float(dark.max()), 1e-3)
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    ground = np.clip((rows - _HORIZON) / (1 - _HORIZON), 0, 1) + 0.25 * np.clip(_HORIZON - rows, 0, 1)
    rough = (0.65 * ground + 0.35 * clear).astype(np.float32)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return _guided(grey, rough, max(4, width // 40), 1e-3)


def _guided(guide: np.ndarray, values: np.ndarray, radius: int, smoothness: float) -> np.ndarray:
    import cv2

    size = (2 * radius + 1, 2 * radius + 1)

    def mean(of: np.ndarray) -> np.ndarray:
        return cv2.boxFilter(of, cv2.CV_32F, size, borderType=cv2.BORDER_REFLECT)

    mean_guide, mean_values = mean(guide), mean(values)
    variance = mean(guide * guide) - mean_guide * mean_guide
    slope = (mean(guide * values) - mean_guide * mean_values) / (variance + smoothness)
    return mean(slope) * guide + mean(mean_values - slope * mean_guide)
