import json
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from moostik_assets.world.layers import MANIFEST, file_names
from resources.rendering.preview.layers import NamedLayer, stacked
from tests.moostik_command import Moostik
from tests.small_series import edit_shot, write_series

KEY = "ep0/shot-002/wide"


@pytest.fixture(scope="module")
def composed_series(tmp_path_factory: pytest.TempPathFactory) -> Moostik:
    """Shot 2 of the small series, from one angle, rendered by preview."""
    root = tmp_path_factory.mktemp("composed")
    found = Moostik(write_series(root / "data", renderer="preview"), root / "output")
    gel = {"kind": "colour_filter", "colour": "#ffb070"}
    edit_shot(found.data, "shot-002", {"fx": ["snow", gel]})
    found("render", "ep0", "--shots", "shot-002", "--angles", "wide").expect(0)
    return found


def test_the_files_laid_one_on_another_are_the_published_image(composed_series: Moostik, tmp_path: Path) -> None:
    document = composed_series.warm("layers", KEY, "--to", str(tmp_path / "a" / "b"), "--json").expect(0).document
    folder = tmp_path / "a" / "b"
    assert document["folder"] == str(folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    assert {**manifest, "folder": str(folder)} == document
    files = [layer["file"] for layer in manifest["layers"]]
    assert sorted(path.name for path in folder.iterdir()) == sorted([*files, MANIFEST])
    assert files == sorted(files)
    names = [layer["name"] for layer in manifest["layers"]]
    assert names[0] == "background"
    assert names.index("bob") < names.index("ada") < names.index("snow") < names.index("light") < names.index("grade")
    assert "colour_filter" in names
    assert manifest["identical"] is True
    layers = [NamedLayer(x["name"], Image.open(folder / x["file"]), x["blend"]) for x in manifest["layers"]]
    assert {layer.image.mode for layer in layers} == {"RGBA"}
    shown = Image.open(composed_series.output / "episodes" / f"{KEY}.png").convert("RGB")
    extremes = ImageChops.difference(stacked(layers), shown).getextrema()
    assert max(high for _, high in extremes) <= 3  # type: ignore[misc]


def test_without_a_folder_they_go_below_the_output_and_replace_those_of_before(composed_series: Moostik) -> None:
    folder = composed_series.output / "layers" / KEY
    composed_series("layers", KEY).expect(0)
    own = folder / "900-mine.png"
    own.write_bytes(b"mine")
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["layers"] += [{"file": "500-old.png"}, {"file": "../../out.png"}, {"file": 7}]
    (folder / "500-old.png").write_bytes(b"old")
    outside = folder.parent.parent / "out.png"
    outside.write_bytes(b"x")
    (folder / MANIFEST).write_text(json.dumps(manifest))
    said = composed_series("layers", KEY).expect(0)
    assert str(folder) in said.out
    assert "background" in said.out
    assert own.read_bytes() == b"mine"
    assert not (folder / "500-old.png").exists()
    assert outside.exists(), "only files of that folder go"


def test_what_has_no_layers_is_said(rendered: Moostik, composed_series: Moostik) -> None:
    one_piece = rendered("layers", KEY).expect(1)
    assert "sketch" in one_piece.err
    assert "in one piece" in one_piece.err
    assert (
        composed_series("layers", "ep0/shot-002/close_up", "--json")
        .expect(1)
        .document["error"]
        .startswith("nothing is published under ep0/shot-002/close_up; moostik render ep0 --shots shot-002")
    )
    assert "did you mean 'ep0/shot-002/wide'" in composed_series("layers", "ep0/shot-002/wid").expect(2).err
    for key in ("../../etc/passwd", "", "ep0", "a/" * 40, "ep0/shot-002/\x00"):
        assert "no variation named" in composed_series("layers", key).expect(2).err


def test_a_reference_that_is_gone_is_named(composed_series: Moostik, tmp_path: Path) -> None:
    from tests.conftest import copied

    copy = Moostik(copied(composed_series.data, tmp_path / "d"), copied(composed_series.output, tmp_path / "o"))
    for path in (copy.output / "store" / "inputs").rglob("*"):
        if path.is_file():
            path.unlink()
    said = copy("layers", KEY).expect(1).err
    assert "character ada" in said
    assert "render it again" in said


def test_file_names_sort_and_are_safe() -> None:
    clear = Image.new("RGBA", (1, 1))
    few = file_names([NamedLayer(name, clear, "normal") for name in ("background", "odile", "../x")])
    assert few[:2] == ["00-background.png", "10-odile.png"]
    assert "/" not in few[2]
    many = file_names([NamedLayer("snow", clear, "normal")] * 120)
    assert many == sorted(many)
    assert len(set(many)) == 120
