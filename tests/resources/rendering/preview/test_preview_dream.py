"""Frames of a dream: they begin and end at their keyframes, move on the way, and are the same each time."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from resources.rendering.base import RendererContext
from resources.rendering.preview import PreviewRenderer
from resources.rendering.preview.dream_scene import Sprite, counterparts
from resources.rendering.request import Dreaming, DreamMode, ImageInput, RenderRequest
from tests.resources.rendering.preview.preview_inputs import Folder, put, request_of

SIZE = (256, 144)


@pytest.fixture
def renderer(tmp_path: Path) -> PreviewRenderer:
    return PreviewRenderer(RendererContext(Folder(tmp_path), tmp_path, {"workers": 1}))


@pytest.fixture
def scenes(tmp_path: Path) -> tuple[RenderRequest, RenderRequest]:
    """Two keyframes: one figure near by, in rain; two others far away, in the snow."""
    return (
        request_of(tmp_path, "medium", ("odile",), size=SIZE, layers=("rain",)),
        request_of(tmp_path, "wide", ("brumo", "odile"), seed=8, size=SIZE, layers=("snow",)),
    )


def made(renderer: PreviewRenderer, request: RenderRequest) -> bytes:
    (rendered,) = renderer.render([request])
    assert rendered.png is not None, rendered.error
    return rendered.png


def picture(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def distance(one: bytes, other: bytes) -> float:
    """Mean difference of the channels, in grey levels."""
    return sum(ImageStat.Stat(ImageChops.difference(picture(one), picture(other))).mean) / 3


def frame(
    scenes: tuple[RenderRequest, ...], position: float, mode: DreamMode = "interpolate", **inputs: str
) -> RenderRequest:
    roles = {"previous": "previous", "memory": "memory"}
    references = tuple(ImageInput(roles[name], name, sha256=sha256) for name, sha256 in inputs.items())  # type: ignore[arg-type]
    dreaming = Dreaming(mode, position, 0.4, scenes)
    return replace(scenes[0], staging=None, layers=(), references=references, dreaming=dreaming)


def test_it_leaves_one_keyframe_and_comes_to_the_other(
    renderer: PreviewRenderer, scenes: tuple[RenderRequest, RenderRequest]
) -> None:
    first, last = (made(renderer, scene) for scene in scenes)
    way = [made(renderer, frame(scenes, position)) for position in (0.0, 0.25, 0.5, 0.75, 1.0)]
    away, left = [distance(first, one) for one in way], [distance(last, one) for one in way]
    assert away[0] < away[1] < away[2]
    assert left[4] < left[3] < left[2]
    # Grain and slate are no part of a dream; all else is there at both ends.
    assert away[0] < 3 > left[-1]
    assert away[2] > 8 < left[2]


def test_the_same_request_gives_the_same_bytes_whatever_was_made_before(
    renderer: PreviewRenderer, scenes: tuple[RenderRequest, RenderRequest], tmp_path: Path
) -> None:
    request = frame(scenes, 0.4)
    after_others = [made(renderer, frame(scenes, 0.7)), made(renderer, request)][1]
    other = PreviewRenderer(RendererContext(Folder(tmp_path), tmp_path, {"workers": 1}))
    assert made(other, request) == after_others


@pytest.mark.parametrize("mode", ["img2img", "hybrid"])
def test_the_frame_before_leaves_a_trail(
    mode: DreamMode, renderer: PreviewRenderer, scenes: tuple[RenderRequest, RenderRequest], tmp_path: Path
) -> None:
    white = put(tmp_path, Image.new("RGB", SIZE, "white"))
    plain = made(renderer, frame(scenes, 0.3))
    trailing = made(renderer, frame(scenes, 0.3, mode, previous=white))
    assert distance(trailing, plain) > 15
    strong = replace(frame(scenes, 0.3, mode, previous=white), dreaming=Dreaming(mode, 0.3, 1.0, scenes))
    assert made(renderer, strong) == plain, "at full strength a frame is made wholly anew"


def test_a_remembered_image_comes_and_goes(
    renderer: PreviewRenderer, scenes: tuple[RenderRequest, RenderRequest], tmp_path: Path
) -> None:
    green = put(tmp_path, Image.new("RGB", SIZE, (20, 250, 20)))
    shown = [
        distance(made(renderer, frame(scenes, p, memory=green)), made(renderer, frame(scenes, p)))
        for p in (0.0, 0.5, 1.0)
    ]
    assert shown[0] == pytest.approx(0, abs=0.01)
    assert shown[2] == pytest.approx(0, abs=0.01)
    assert shown[1] > 15


def test_everyone_turns_into_themselves_first_then_from_left_to_right() -> None:
    blank = Image.new("RGBA", (10, 10))

    def sprite(name: str, left: int) -> Sprite:
        return Sprite(blank, blank, left, 0, name, 0.0)

    leaving = tuple(sprite(name, left) for name, left in (("ada", 0), ("bob", 50), ("cleo", 90)))
    coming = tuple(sprite(name, left) for name, left in (("dora", 80), ("ada", 60), ("emil", 5)))
    assert [(one.name, other.name) for one, other in counterparts(leaving, coming)] == [
        ("ada", "ada"),
        ("bob", "emil"),
        ("cleo", "dora"),
    ]


def test_a_frame_between_one_keyframe_and_nothing_fails_alone(
    renderer: PreviewRenderer, scenes: tuple[RenderRequest, RenderRequest]
) -> None:
    failed, fine = renderer.render([frame(scenes[:1], 0.5), frame(scenes, 0.5)])
    assert "lies between two keyframes; this one names 1" in (failed.error or "")
    assert fine.png is not None
