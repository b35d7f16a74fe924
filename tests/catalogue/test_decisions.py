"""What a person decides, as the command writes it down and the catalogue reads it."""

import json
import threading
from pathlib import Path

import pytest

from moostik_assets.catalogue.decisions import write_pin, write_take
from moostik_assets.catalogue.loading import load_catalogue
from tests.catalogue.catalogue_folders import write_folder

RECIPE = "a1" * 32
KEY = "ep0/shot-001/wide"


def written(folder: Path) -> dict[str, object]:
    return json.loads((folder / "decisions.json").read_text(encoding="utf-8"))


def test_a_pin_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_folder(tmp_path)
    write_pin(tmp_path, KEY, RECIPE)
    loaded = load_catalogue(tmp_path)
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert loaded.catalogue.decisions.pinned == {KEY: RECIPE}


def test_what_else_is_decided_stays(tmp_path: Path) -> None:
    other = "ep0/shot-001/medium"
    write_folder(tmp_path, decisions={"takes": {other: 2}, "pinned": {other: RECIPE}, "of another tool": [1]})
    write_pin(tmp_path, KEY, RECIPE)
    assert written(tmp_path) == {
        "takes": {other: 2},
        "pinned": {KEY: RECIPE, other: RECIPE},
        "of another tool": [1],
    }
    write_pin(tmp_path, KEY, None)
    write_pin(tmp_path, other, None)
    assert written(tmp_path) == {"takes": {other: 2}, "of another tool": [1]}


def test_a_take_gives_up_the_pin_of_its_variation_alone(tmp_path: Path) -> None:
    other = "ep0/shot-001/medium"
    write_folder(tmp_path, decisions={"pinned": {KEY: RECIPE, other: RECIPE}})
    write_take(tmp_path, KEY, 1)
    assert written(tmp_path) == {"takes": {KEY: 1}, "pinned": {other: RECIPE}}


@pytest.mark.parametrize("recipe", ["A1" * 32, "a1" * 31, "g1" * 32, "", "a1" * 32 + "\n", "../" * 21 + "a"])
def test_a_pin_that_is_no_recipe_is_refused_and_the_others_stay(tmp_path: Path, recipe: str) -> None:
    good = "ep0/shot-001/medium"
    write_folder(tmp_path, decisions={"pinned": {KEY: recipe, good: RECIPE}})
    loaded = load_catalogue(tmp_path)
    (error,) = loaded.errors
    assert (error.file, "64 characters" in error.reason) == ("decisions.json", True)
    assert KEY in error.path
    assert loaded.catalogue.decisions.pinned == {good: RECIPE}


def test_a_pin_of_no_variation_is_a_warning_with_the_nearest(tmp_path: Path) -> None:
    write_folder(tmp_path, decisions={"pinned": {"ep0/shot-001/wid": RECIPE}})
    loaded = load_catalogue(tmp_path)
    (warning,) = loaded.warnings
    assert "pinned" in warning.path
    assert "'ep0/shot-001/wide'" in warning.reason


def test_decisions_taken_at_once_are_all_kept(tmp_path: Path) -> None:
    write_folder(tmp_path)
    keys = [f"ep0/shot-001/{index}" for index in range(24)]
    threads = [threading.Thread(target=write_pin, args=(tmp_path, key, RECIPE)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written(tmp_path)["pinned"] == dict.fromkeys(sorted(keys), RECIPE)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".decisions-")] == []


def test_a_file_that_is_no_object_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "decisions.json").write_text("[1]")
    with pytest.raises(ValueError, match=r"decisions\.json"):
        write_pin(tmp_path, KEY, RECIPE)
    assert (tmp_path / "decisions.json").read_text() == "[1]"
