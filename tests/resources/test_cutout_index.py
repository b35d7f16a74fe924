import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from resources.cutout_index import INDEX, CutOutIndex
from resources.image_store import ImageStore
from resources.rendering.preview.pictures import UnreadablePictureError
from resources.store import layout


def _png(noise: bool = False) -> bytes:
    picture = Image.effect_noise((120, 160), 90).convert("RGB") if noise else Image.new("RGB", (120, 160), "#eeeeee")
    if not noise:
        ImageDraw.Draw(picture).ellipse([30, 20, 90, 140], fill="#aa3333")
    held = io.BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()


def test_a_cut_out_is_made_once_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ImageStore(tmp_path)
    source = store.put_input(_png())
    kept = CutOutIndex(store, "v1").cut_out(source)
    assert kept.sha256 is not None
    assert 0.2 < kept.coverage < 0.5
    image = CutOutIndex(store, "v1").image(kept)
    assert (image.mode, image.size) == ("RGBA", (120, 160))
    monkeypatch.setattr("resources.cutout_index.finest_cut_out", lambda _: pytest.fail("made twice"))
    assert CutOutIndex(store, "v1").cut_out(source) == kept
    with pytest.raises(pytest.fail.Exception, match="made twice"):
        CutOutIndex(store, "v2").cut_out(source)


def test_one_that_is_gone_or_damaged_is_made_again(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    index, source = CutOutIndex(store, "v1"), store.put_input(_png())
    kept = index.cut_out(source)
    assert kept.sha256 is not None
    path = tmp_path / layout.input_name(kept.sha256)
    for damage in (path.unlink, lambda: (path.chmod(0o644), path.write_bytes(b"x"))):
        damage()
        assert index.cut_out(source) == kept
        assert store.read(kept.sha256)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"source": 3}', "9" * 5000])
def test_a_broken_record_is_written_anew(tmp_path: Path, text: str) -> None:
    store = ImageStore(tmp_path)
    index, source = CutOutIndex(store, "v1"), store.put_input(_png())
    kept = index.cut_out(source)
    (record,) = (tmp_path / INDEX).iterdir()
    record.write_text(text)
    assert index.cut_out(source) == kept


def test_a_picture_without_a_figure_keeps_nothing_and_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ImageStore(tmp_path)
    source = store.put_input(_png(noise=True))
    assert CutOutIndex(store, "v1").cut_out(source).sha256 is None
    assert [file.name for file in store.files.walk(layout.INPUTS)] == [layout.input_name(source)]
    monkeypatch.setattr("resources.cutout_index.finest_cut_out", lambda _: pytest.fail("tried twice"))
    assert CutOutIndex(store, "v1").cut_out(source).sha256 is None


def test_what_is_no_image_is_told(tmp_path: Path) -> None:
    store = ImageStore(tmp_path)
    with pytest.raises(UnreadablePictureError, match="no readable image"):
        CutOutIndex(store, "v1").cut_out(store.put_input(b"no image at all"))
    with pytest.raises(UnreadablePictureError, match="not in the store"):
        CutOutIndex(store, "v1").cut_out("0" * 64)
