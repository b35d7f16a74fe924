"""Renderers are found by name among what is installed, and a broken one says what is wrong."""

from pathlib import Path

import pytest

from resources.rendering.base import Renderer, RendererContext, RendererUnavailable
from resources.rendering.registry import create_renderer, renderer_entry_points


@pytest.fixture
def context(tmp_path: Path) -> RendererContext:
    return RendererContext(read_image=lambda sha256: b"", scratch=tmp_path)


def test_ours_is_registered_as_a_plug_in_is() -> None:
    found = renderer_entry_points()
    assert list(found) == sorted(found)
    assert found["preview"].value == "resources.rendering.preview:PreviewRenderer"
    assert found["sketch"].value == "sketch_renderer:SketchRenderer"


@pytest.mark.parametrize("name", ["preview", "sketch"])
def test_a_renderer_is_built_and_keeps_to_the_protocol(name: str, context: RendererContext) -> None:
    renderer = create_renderer(name, context)
    try:
        assert isinstance(renderer, Renderer)
        assert renderer.fingerprint()["name"] == name
        renderer.validate()
        assert list(renderer.render([])) == []
    finally:
        renderer.close()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("previw", r"no renderer named 'previw'; installed: .*preview.*; did you mean 'preview'\?"),
        ("", "no renderer named ''"),
        ("absent", r"'absent' \(no_such_module:Renderer\) cannot be loaded: No module named 'no_such_module'"),
        ("outdated", "written for version 0 of the renderer protocol; this is 1"),
        (
            "unbuildable",
            r"\(sketch_renderer:UnbuildableRenderer\) cannot be built: its model folder is gone",
        ),
    ],
)
def test_one_that_cannot_be_had_says_why(name: str, says: str, context: RendererContext) -> None:
    with pytest.raises(RendererUnavailable, match=says):
        create_renderer(name, context)
