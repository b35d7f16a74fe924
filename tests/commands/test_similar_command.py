import shutil
from pathlib import Path

import pytest
from PIL import Image

from resources.image_store import ImageStore
from tests.moostik_command import Moostik
from tests.small_series import draw_plate, edit_shot

KEY = "ep0/shot-002/wide"


def stored(series: Moostik) -> set[str]:
    return {image.sha256 for image in ImageStore(series.output).iter_recipes()}


def test_the_nearest_of_a_variation_and_of_a_file(rendered: Moostik, tmp_path: Path) -> None:
    found = rendered("similar", KEY, "--json").document
    assert found["of"] == KEY
    assert found["remembered"] == len(stored(rendered)) > 5
    nearest = found["nearest"]
    assert len(nearest) == 5
    assert KEY not in [one["key"] for one in nearest]  # itself
    similarities = [one["similarity"] for one in nearest]
    assert similarities == sorted(similarities, reverse=True)
    for one in nearest:
        assert one["sha256"] in stored(rendered)
        assert one["path"] == str(rendered.output / "episodes" / f"{one['key']}.png")
    with Image.open(found["picture"]) as picture:
        assert picture.width > 1000

    copy = tmp_path / "anything.jpg"
    with Image.open(rendered.output / "episodes" / f"{KEY}.png") as image:
        image.convert("RGB").save(copy, quality=92)
    document = rendered("similar", str(copy), "--count", "2", "--json").document
    assert [one["key"] for one in document["nearest"]] == [KEY, nearest[0]["key"]]
    assert document["nearest"][0]["similarity"] > 0.97


def test_only_new_images_are_looked_at_and_gone_ones_are_forgotten(rendered: Moostik) -> None:
    count = len(stored(rendered))
    assert f"looking at {count} new images" in rendered("similar", KEY).expect(0).err
    assert "looking at" not in rendered("similar", KEY).expect(0).err
    edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Something else altogether"}})
    rendered("render", "ep0", "--shots", "shot-002").expect(0)
    answer = rendered("similar", KEY, "--count", "100").expect(0)
    assert "looking at 3 new images" in answer.err
    assert f"of {count + 3} images; shown in {rendered.output / 'similar.png'}" in answer.out
    assert f"{KEY} " in answer.out  # its former self, which lies in the store alone
    assert str(rendered.output / "store" / "objects") in answer.out
    rendered("gc", "--older-than", "0").expect(0)
    found = rendered("similar", KEY, "--count", "100", "--json").document
    assert found["remembered"] == len(stored(rendered)) < count + 3
    assert {one["sha256"] for one in found["nearest"]} <= stored(rendered)


def test_what_is_no_image_and_what_is_nothing_is_refused(rendered: Moostik, tmp_path: Path) -> None:
    text = tmp_path / "notes.png"
    text.write_text("no image")
    assert f"{text}: " in rendered("similar", str(text)).expect(1).err
    cut = tmp_path / "cut.png"
    cut.write_bytes((rendered.output / "episodes" / f"{KEY}.png").read_bytes()[:400])
    assert f"{cut}: " in rendered("similar", str(cut)).expect(1).err
    assert str(tmp_path) in rendered("similar", str(tmp_path)).expect(1).err
    assert f"did you mean '{KEY}'" in rendered("similar", "ep0/shot-002/wid").expect(2).err
    for key in ("", "../../nowhere", "a/" * 40):
        assert "no file or variation named" in rendered("similar", key).expect(2).err
    missing = {"MOOSTIK_CLIP_WEIGHTS": str(tmp_path / "none.pt")}
    assert "MOOSTIK_CLIP_WEIGHTS" in rendered("similar", KEY, env=missing).expect(1).err


def test_nothing_rendered_yet(series: Moostik) -> None:
    assert f"nothing is published under {KEY}; moostik render" in series("similar", KEY).expect(1).err
    answer = series("similar", str(draw_plate(series.data / "plate.png", "#884422"))).expect(0)
    assert "no other image is remembered" in answer.out


def test_a_damaged_memory_is_made_again(rendered: Moostik, caplog: pytest.LogCaptureFixture) -> None:
    before = rendered("similar", KEY, "--json").document
    memory = rendered.output / "memory"
    (part,) = memory.rglob("*.parquet")
    part.write_bytes(part.read_bytes()[:-100])
    assert rendered("similar", KEY, "--json").document == before
    assert f"removed from the memory: {part}" in caplog.text
    shutil.rmtree(memory)
    assert rendered("similar", KEY, "--json").document == before


def test_the_picture_holds_the_images(rendered: Moostik) -> None:
    found = rendered("similar", KEY, "--count", "1", "--json").document
    with Image.open(found["picture"]) as picture, Image.open(found["nearest"][0]["path"]) as nearest:
        left, upper = 704 + (320 - nearest.width) // 2, 32 + (180 - nearest.height) // 2
        shown = picture.crop((left, upper, left + nearest.width, upper + nearest.height))
        assert shown.convert("RGB").tobytes() == nearest.convert("RGB").tobytes()
