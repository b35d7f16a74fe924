import logging
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from resources import cutout_by_model, finest_cutout
from resources.checkerboard import checkerboard_strip, on_checkerboard
from resources.cutout import CutOut
from resources.cutout_by_model import local_model
from resources.cutout_islands import islands
from resources.finest_cutout import MIN_QUALITY, finest_cut_out, method_version

_WHITE = (255, 255, 255)


@pytest.fixture(autouse=True)
def no_models_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path / "models"))


def _figure(ground: Image.Image) -> Image.Image:
    picture = ground.convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.ellipse([60, 40, 180, 220], fill=(150, 40, 40))
    pen.rectangle([90, 200, 150, 290], fill=(40, 40, 120))
    return picture


def _plain(colour: tuple[int, int, int] = _WHITE) -> Image.Image:
    return Image.new("RGB", (240, 320), colour)


def _alpha(found: CutOut) -> np.ndarray:
    return np.asarray(found.image.getchannel("A"))


def test_alpha_is_taken_where_the_border_is_clear() -> None:
    picture = Image.new("RGBA", (80, 80))
    picture.paste((10, 20, 30, 200), (20, 10, 60, 80))
    found = finest_cut_out(picture)
    assert (found.method, found.quality) == ("alpha", 1.0)
    assert found.image.tobytes() == picture.tobytes()


def test_rounded_corners_are_no_cut_out() -> None:
    picture = _figure(_plain((200, 210, 190))).convert("RGBA")
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, 239, 319], radius=45, fill=255)
    picture.putalpha(mask)
    assert (np.asarray(mask) < 16).mean() > 0.02, "clear enough to be taken for a cut-out"
    found = finest_cut_out(picture)
    assert found.method != "alpha"


def test_a_plain_ground_goes_and_dust_with_it() -> None:
    picture = _figure(_plain((236, 228, 210)))
    ImageDraw.Draw(picture).point([(20, 20), (21, 20), (220, 300)], fill=(90, 80, 70))
    found = finest_cut_out(picture)
    alpha = _alpha(found)
    assert found.quality > 0.9
    assert alpha[20, 20] == alpha[300, 220] == 0
    assert alpha[120, 120] == alpha[280, 120] == 255
    assert found.image.size == picture.size


def test_a_pocket_behind_a_broken_outline_is_figure() -> None:
    """A white apron whose outline has a gap: by its colour it is paper."""
    picture = Image.new("RGB", (480, 640), _WHITE)
    pen = ImageDraw.Draw(picture)
    pen.rectangle([140, 120, 340, 560], fill=(150, 40, 40))
    pen.rectangle([300, 300, 334, 400], fill=_WHITE)
    pen.line([(320, 340), (345, 340)], fill=_WHITE, width=2)
    found = finest_cut_out(picture)
    assert _alpha(found)[350, 315] == 255
    assert _alpha(found)[340, 345] == 0


def test_a_figure_that_is_cut_apart_is_not_trusted() -> None:
    picture = _plain()
    pen = ImageDraw.Draw(picture)
    for x in range(20, 220, 50):
        for y in range(20, 300, 60):
            pen.rectangle([x, y, x + 25, y + 30], fill=(60, 60, 60))
    assert finest_cut_out(picture).quality < MIN_QUALITY


@pytest.mark.parametrize(
    "picture",
    [
        Image.effect_noise((240, 320), 90).convert("RGB"),
        _plain((9, 9, 9)),
        Image.new("RGBA", (50, 60), (200, 10, 10, 0)),
        Image.new("RGBA", (50, 60), (200, 10, 10, 255)),
        Image.new("RGB", (3, 400)),
    ],
    ids=["noise", "nothing on it", "all clear", "all solid", "a strip"],
)
def test_what_cannot_be_cut_out_is_never_trusted(picture: Image.Image) -> None:
    assert finest_cut_out(picture).quality < MIN_QUALITY


def test_the_picture_is_not_touched() -> None:
    picture = _figure(_plain())
    before = picture.tobytes()
    finest_cut_out(picture)
    assert picture.tobytes() == before


def test_pieces_are_told_apart_and_corners_that_touch_are_one() -> None:
    mask = np.zeros((40, 40), bool)
    mask[2:20, 2:20] = mask[20:38, 20:38] = True
    kept, share = islands(mask, mask)
    assert kept.all()
    assert share == 1.0
    mask[19:21, 19:21] = False
    assert islands(mask, mask)[1] < 0.6
    assert islands(np.zeros((5, 5), bool), np.zeros((5, 5), bool))[1] == 0


def test_no_model_is_used_or_fetched_where_none_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutout_by_model, "find_spec", lambda name: object())
    monkeypatch.setattr(cutout_by_model, "version", lambda name: "2.0")
    assert local_model() is None
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "u2net.onnx").write_bytes(b"")
    assert local_model() is None, "an empty file is a download that was broken off"
    (folder / "u2netp.onnx").write_bytes(b"m" * 5000)
    model = local_model()
    assert model is not None
    assert (model.name, model.path) == ("u2netp", folder / "u2netp.onnx")
    first = method_version()
    (folder / "u2netp.onnx").write_bytes(b"n" * 5001)
    assert method_version() != first, "another model is another method"
    monkeypatch.setattr(cutout_by_model, "find_spec", lambda name: None)
    assert local_model() is None


def test_a_broken_model_is_said_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    model = cutout_by_model.LocalModel("u2net", tmp_path / "u2net.onnx", "2.0")
    monkeypatch.setattr(finest_cutout, "local_model", lambda: model)

    def broken(image: Image.Image, model: object) -> CutOut:
        raise RuntimeError("not a model")

    monkeypatch.setattr(finest_cutout, "cut_out_by_model", broken)
    with caplog.at_level(logging.WARNING):
        assert finest_cut_out(_figure(_plain())).quality >= MIN_QUALITY
    assert "u2net.onnx" in caplog.text
    assert "not a model" in caplog.text


def test_a_models_poor_mask_gives_way_to_the_plain_ground(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = cutout_by_model.LocalModel("u2net", tmp_path / "u2net.onnx", "2.0")
    monkeypatch.setattr(finest_cutout, "local_model", lambda: model)
    monkeypatch.setattr(finest_cutout, "cut_out_by_model", lambda image, _: CutOut(image.convert("RGBA"), 0.3, "rembg"))
    assert finest_cut_out(_figure(_plain())).method != "rembg"


def test_grabcut_where_opencv_is_installed_finds_what_has_the_grounds_colour() -> None:
    pytest.importorskip("cv2")
    picture = _figure(_plain((250, 248, 244)))
    ImageDraw.Draw(picture).rectangle([150, 100, 186, 150], fill=(244, 240, 232))
    found = finest_cut_out(picture)
    assert found.quality >= MIN_QUALITY
    assert _alpha(found)[120, 120] == 255
    assert _alpha(found)[10, 10] == 0
    assert finest_cut_out(picture).image.tobytes() == found.image.tobytes(), "the same every time"


def test_opencv_and_rembg_are_not_imported_for_nothing() -> None:
    alpha = Image.new("RGBA", (80, 80))
    alpha.paste((10, 20, 30, 255), (20, 10, 60, 80))
    before = set(sys.modules)
    finest_cut_out(alpha)
    assert not {"cv2", "rembg", "onnxruntime"} & (set(sys.modules) - before)
    assert os.environ["U2NET_HOME"]


def test_a_checkerboard_shows_through_what_is_clear() -> None:
    clear = Image.new("RGBA", (64, 64))
    board = on_checkerboard(clear, 64)
    assert len(board.getcolors() or []) == 2
    solid = on_checkerboard(Image.new("RGBA", (64, 640), (200, 0, 0, 255)), 64)
    assert (solid.size, solid.getpixel((3, 3))) == ((6, 64), (200, 0, 0))
    noisy = [Image.effect_noise((900, 900), 120).convert("RGBA") for _ in range(9)]
    strip = checkerboard_strip(noisy)
    assert strip is not None
    assert len(strip) <= 14_000
    assert checkerboard_strip([]) is None
