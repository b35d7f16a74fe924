import io
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resources.embedder import EmbedderUnavailable
from resources.embedding import best_embedder
from resources.embedding_by_clip import ClipEmbedder
from resources.embedding_by_colour import ColourEmbedder


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    held = io.BytesIO()
    image.save(held, kind)
    return held.getvalue()


def place(
    horizon: int, sky: str, ground: str, window: tuple[int, int], size: tuple[int, int] = (640, 360)
) -> Image.Image:
    image = Image.new("RGB", (640, 360), sky)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, horizon, 640, 360), fill=ground)
    pen.rectangle((*window, window[0] + 110, window[1] + 90), fill="#f0e0a0", outline="#302010", width=6)
    for x in range(40, 640, 120):
        pen.line((x, horizon, x + 40, 360), fill="#202020", width=4)
    return image


def with_figure(image: Image.Image, x: int) -> Image.Image:
    image = image.copy()
    ImageDraw.Draw(image).ellipse((x, 180, x + 60, 320), fill="#a03030")
    return image


KITCHEN = place(240, "#806040", "#504030", (80, 60))
KITCHEN_AT_NIGHT = place(240, "#2c3048", "#181a28", (80, 60))
PIER = place(150, "#70a0d0", "#204060", (440, 20))


def similarity(one: Image.Image, other: Image.Image) -> float:
    first, second = ColourEmbedder().embed([encoded(one), encoded(other)])
    return float(first @ second)


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours() -> None:
    embedder = ColourEmbedder()
    pictures = [KITCHEN, PIER, Image.new("RGB", (5, 900)), Image.new("L", (3, 3), 128), Image.new("RGBA", (64, 64))]
    images = [encoded(picture) for picture in pictures]
    together = embedder.embed(images)
    assert together.shape == (len(images), embedder.dimensions)
    assert together.dtype == np.float32
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-6
    for image, vector in zip(images, together, strict=True):
        assert np.array_equal(embedder.embed([image])[0], vector)
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_what_looks_alike_comes_first_and_places_are_told_apart() -> None:
    same_frame = similarity(with_figure(KITCHEN, 250), with_figure(KITCHEN, 262))
    same_place = similarity(KITCHEN, with_figure(KITCHEN, 400))
    other_light = similarity(KITCHEN, KITCHEN_AT_NIGHT)
    other_place = similarity(KITCHEN, PIER)
    assert same_frame > 0.9 > other_light > 0.6 > 0.2 > other_place
    assert same_frame > same_place > other_light


def test_size_and_encoding_hardly_matter() -> None:
    embedder = ColourEmbedder()
    as_png, smaller, as_jpeg = embedder.embed(
        [encoded(KITCHEN), encoded(KITCHEN.resize((320, 180))), encoded(KITCHEN, "JPEG")]
    )
    assert as_png @ smaller > 0.98
    assert as_png @ as_jpeg > 0.98


def test_plain_images_are_told_apart() -> None:
    black, white, red, reddish, blue = (
        Image.new("RGB", (64, 36), colour) for colour in ("#000", "#fff", "#c02020", "#b02828", "#2020c0")
    )
    assert similarity(black, black) == pytest.approx(1)
    assert similarity(black, white) < 0
    assert similarity(red, blue) < 0.3
    assert similarity(red, reddish) > 0.99


@pytest.mark.parametrize("garbage", [b"", b"no image", encoded(KITCHEN)[:2000], b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_what_is_no_image_is_refused(garbage: bytes) -> None:
    with pytest.raises(ValueError, match="no image that can be read"):
        ColourEmbedder().embed([encoded(PIER), garbage])


def test_the_descriptor_is_used_where_there_is_no_model(tmp_path: Path) -> None:
    assert best_embedder({"MOOSTIK_CLIP_WEIGHTS": "off"}).name == "colour-1"
    missing = tmp_path / "weights.pt"
    with pytest.raises(EmbedderUnavailable, match=rf"MOOSTIK_CLIP_WEIGHTS = '{missing}': no such file"):
        best_embedder({"MOOSTIK_CLIP_WEIGHTS": str(missing)})


@pytest.mark.skipif(find_spec("open_clip") is not None, reason="open_clip is installed")
def test_weights_without_open_clip_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"weights")
    with pytest.raises(EmbedderUnavailable, match="open_clip is not installed"):
        best_embedder({"MOOSTIK_CLIP_WEIGHTS": str(tmp_path / "weights.pt")})


def test_other_weights_are_another_embedder(tmp_path: Path) -> None:
    names = set()
    for number, size in ((0, 10), (1, 10), (0, 11), (0, 3 << 20)):
        (tmp_path / "weights.pt").write_bytes(bytes([number]) * size)
        names.add(ClipEmbedder(tmp_path / "weights.pt").name)
    assert len(names) == 4


def test_clip_with_weights_of_a_file(tmp_path: Path) -> None:
    """Weights drawn at random: what is seen is the way from a file of weights to vectors, not what CLIP knows."""
    open_clip = pytest.importorskip(
        "open_clip", reason="open_clip is not installed (extra local)", exc_type=ImportError
    )
    import torch

    torch.manual_seed(0)
    path = tmp_path / "vit-b-32.pt"
    torch.save(open_clip.create_model("ViT-B-32").state_dict(), path)
    embedder = best_embedder({"MOOSTIK_CLIP_WEIGHTS": str(path)})
    assert embedder.name.startswith("clip-vit-b-32-")
    found = embedder.embed([encoded(KITCHEN), encoded(with_figure(KITCHEN, 300)), encoded(PIER)])
    assert found.shape == (3, embedder.dimensions) == (3, 512)
    assert found.dtype == np.float32
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-5
    assert found[0] @ found[1] > found[0] @ found[2]
    again = best_embedder({"MOOSTIK_CLIP_WEIGHTS": str(path)}).embed([encoded(KITCHEN)])
    assert np.allclose(again[0], found[0], atol=1e-5)
    with pytest.raises(ValueError, match="no image that can be read"):
        embedder.embed([b"garbage"])
    path.write_bytes(b"garbage")
    with pytest.raises(EmbedderUnavailable, match=r"vit-b-32\.pt: no weights of CLIP ViT-B-32"):
        best_embedder({"MOOSTIK_CLIP_WEIGHTS": str(path)}).embed([encoded(KITCHEN)])
