"""The renderer by itself: the same bytes each time, its inks, and what it says where something is wrong."""

import io
from pathlib import Path
from typing import Any

import pytest
from moostik_woodcut import WoodcutRenderer
from PIL import Image, ImageDraw

from resources.rendering.base import Renderer, RendererContext, RendererUnavailable
from resources.rendering.request import Figure, ImageInput, RenderRequest, Staging


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def images() -> dict[str, bytes]:
    plate = Image.linear_gradient("L").convert("RGB")
    figure = Image.new("RGBA", (40, 80))
    ImageDraw.Draw(figure).ellipse((5, 5, 35, 75), fill="black")
    return {"a" * 64: png(plate), "b" * 64: png(figure)}


def renderer(images: dict[str, bytes], tmp_path: Path, **options: Any) -> WoodcutRenderer:
    return WoodcutRenderer(RendererContext(images.__getitem__, tmp_path, options))


def request(renderer: WoodcutRenderer, **fields: Any) -> RenderRequest:
    references = (ImageInput("character", "ada", sha256="b" * 64), ImageInput("location", "hut", sha256="a" * 64))
    given: dict[str, Any] = {
        "references": references,
        "staging": Staging("wide", figures=(Figure("ada", "Ada", references=(0,)),)),
        **fields,
    }
    return RenderRequest("a moment", "", 7, 320, 180, renderer.fingerprint(), **given)


def test_it_prints_in_three_colours_and_always_the_same(images: dict[str, bytes], tmp_path: Path) -> None:
    woodcut = renderer(images, tmp_path)
    assert isinstance(woodcut, Renderer)
    woodcut.validate()
    first, second = woodcut.render([request(woodcut), request(woodcut)])
    assert first.png is not None
    assert first.png == second.png
    found = Image.open(io.BytesIO(first.png))
    assert found.size == (320, 180)
    colours = {colour for _, colour in found.getcolors() or []}
    assert colours == {(0x1D, 0x1A, 0x26), (0xB5, 0x64, 0x3C), (0xF2, 0xE6, 0xCF)}


def test_an_ink_is_part_of_the_recipe(images: dict[str, bytes], tmp_path: Path) -> None:
    black, blue = renderer(images, tmp_path), renderer(images, tmp_path, ink="#000080")
    assert request(black).recipe_id != request(blue).recipe_id


def test_one_image_that_fails_stops_no_other(images: dict[str, bytes], tmp_path: Path) -> None:
    woodcut = renderer(images, tmp_path)
    images["c" * 64] = b"no image"
    broken = request(woodcut, references=(ImageInput("location", "hut", sha256="c" * 64),), staging=None)
    failed, made = woodcut.render([broken, request(woodcut)])
    assert failed.png is None
    assert "woodcut: cannot identify image" in (failed.error or "")
    assert made.png is not None


def test_what_cannot_be_had_is_said(images: dict[str, bytes], tmp_path: Path) -> None:
    woodcut = renderer(images, tmp_path)
    (made,) = woodcut.render(
        [request(woodcut, references=(ImageInput("location", "hut", url="https://x.test/a.png"),), staging=None)]
    )
    assert made.notes == ("hut: left out, its image cannot be had",)


@pytest.mark.parametrize(
    ("options", "says"), [({"ink": "blue"}, "option ink is 'blue'"), ({"inc": "#000000"}, "no option named 'inc'")]
)
def test_wrong_options_are_refused(
    options: dict[str, str], says: str, images: dict[str, bytes], tmp_path: Path
) -> None:
    with pytest.raises(RendererUnavailable, match=says):
        renderer(images, tmp_path, **options).validate()
