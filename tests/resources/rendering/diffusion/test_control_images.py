from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.control_images import canny_image, depth_image
from tests.resources.rendering.diffusion.tiny_models import library, picture, tiny_depth_model

pytest.importorskip("cv2")


def room(dark: float = 1.0) -> Image.Image:
    """A pale wall, a darker floor, and a dark box on the floor."""
    pixels = np.full((90, 160, 3), (210, 200, 190), np.float64)
    pixels[50:] = (120, 90, 60)
    pixels[40:75, 60:100] = (40, 50, 90)
    return Image.fromarray((pixels * dark).astype(np.uint8))


@pytest.mark.parametrize("dark", [1.0, 0.3])
def test_edges_lie_where_the_picture_has_them_also_at_night(dark: float) -> None:
    edges = canny_image(room(dark))
    assert edges.mode == "RGB"
    assert edges.size == (160, 90)
    lines = np.asarray(edges)[..., 0]
    assert set(np.unique(lines)) == {0, 255}
    assert lines[50:75, 59:62].any(axis=1).mean() > 0.9, "the left side of the box"
    assert lines[49:52, 5:50].any(axis=0).mean() > 0.9, "where wall and floor meet"
    assert not lines[5:35].any(), "the wall is plain"


def test_a_plain_picture_has_no_edges() -> None:
    grain = np.random.Generator(np.random.PCG64(1)).integers(120, 124, (90, 160, 3), dtype=np.uint8)
    assert not np.asarray(canny_image(Image.fromarray(grain))).any()


def test_the_estimated_depth_has_the_ground_in_front_and_haze_behind() -> None:
    near = np.asarray(depth_image(room(), None))
    assert near.shape == (90, 160, 3)
    assert (near.min(), near.max()) == (0, 255)
    assert near[85, 20, 0] > near[60, 20, 0] > near[45, 20, 0]
    assert near[45, 80, 0] > near[45, 20, 0] + 20, "the dark box stands before the pale wall"


@pytest.mark.parametrize("metric", [False, True])
def test_a_depth_model_is_asked_and_near_is_white_whatever_it_measures(tmp_path: Path, metric: bool) -> None:
    torch: Any = pytest.importorskip("torch")
    folder = tiny_depth_model(tmp_path, metric)
    image = Image.fromarray(picture(56, 56, 3))
    near = np.asarray(depth_image(image, folder))
    assert near.shape == (56, 56, 3)
    assert (near.min(), near.max()) == (0, 255)
    assert near.tobytes() == np.asarray(depth_image(image, folder)).tobytes()
    transformers = library("transformers")
    model = transformers.AutoModelForDepthEstimation.from_pretrained(folder)
    given = transformers.DPTImageProcessorPil.from_pretrained(folder)(images=image, return_tensors="pt")
    with torch.inference_mode():
        measured = model(**given).predicted_depth[0].numpy()
    alike = np.corrcoef(near[..., 0].ravel(), measured.ravel())[0, 1]
    assert alike < -0.99 if metric else alike > 0.99


def test_a_folder_without_depth_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(RendererUnavailable, match=r"MOOSTIK_DIFFUSERS_DEPTH_MODEL.*nothing-here"):
        depth_image(room(), tmp_path / "nothing-here")
