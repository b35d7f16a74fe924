import json
import random
from pathlib import Path
from typing import Any

import pytest
from catalogue_folders import character, episode, shot, write_folder, write_image

from moostik_assets.catalogue.fingerprints import (
    episode_fingerprint,
    image_path,
    sheet_fingerprint,
    theme_fingerprint,
    world_state_fingerprint,
)
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.models import Theme
from resources.canonical import sha256_of_json
from resources.file_hashes import FileHashes

THEME = {"name": "xmas", "mood": "calm", "palette": ["#fff", "#000"], "decorations": [{"item": "star"}]}
SHOT = shot(prompt={"camera": {"angle": "low", "format": "35mm"}}, variations=[{"cameraAngle": "wide", "seed": 5}])


def prints(folder: Path, **files: Any) -> dict[str, str]:
    """The fingerprint of every entity of a folder written anew."""
    base: dict[str, Any] = {
        "characters": [character(referenceImages=["a.png", "b.png", "https://example.org/c.png", "gone.png"])],
        "locations": [{"id": "kitchen", "decorationMask": "mask.png"}],
        "themes": [THEME],
        "world_state": {"theme": "xmas", "locations": {"kitchen": "neutral"}},
        "ep0": episode(shots=[SHOT]),
    }
    loaded = load_catalogue(write_folder(folder, **{**base, **files}))
    assert loaded.errors == ()
    catalogue, hashes = loaded.catalogue, FileHashes()
    return {
        "mama": sheet_fingerprint(catalogue.characters["mama"], loaded, hashes),
        "kitchen": sheet_fingerprint(catalogue.locations["kitchen"], loaded, hashes),
        "xmas": theme_fingerprint(catalogue.themes["xmas"]),
        "world": world_state_fingerprint(catalogue.world_state),
        "ep0": episode_fingerprint(catalogue.episodes["ep0"]),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, colour in (("a", "red"), ("b", "blue"), ("mask", "white")):
        write_image(tmp_path / f"{name}.png", colour)
    return tmp_path


def changed(folder: Path, **files: Any) -> set[str]:
    before = prints(folder)
    after = prints(folder, **files)
    return {name for name in before if before[name] != after[name]}


def shuffled(value: Any) -> Any:
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    if not isinstance(value, dict):
        return value
    items = [(key, shuffled(item)) for key, item in value.items()]
    random.Random(len(items)).shuffle(items)
    return {"future": {"x": 1}, **dict(items)}


def test_key_order_spaces_unknown_fields_and_written_defaults_do_not_count(folder: Path) -> None:
    files = {
        "characters": [character(referenceImages=["a.png", "b.png", "https://example.org/c.png", "gone.png"], role="")],
        "themes": {"themes": [{**THEME, "fx": None, "displayName": ""}]},
        "ep0": episode(shots=[{**SHOT, "durationSeconds": None, "theme": None}], acts=[]),
    }
    assert changed(folder, **{name: json.dumps(shuffled(value), indent=4) for name, value in files.items()}) == set()


def test_each_fingerprint_follows_its_own_content(folder: Path) -> None:
    assert changed(folder, ep0=episode(shots=[{**SHOT, "prompt": {"camera": {"angle": "high"}}}])) == {"ep0"}
    assert changed(folder, ep0=episode(shots=[{**SHOT, "variations": [{"cameraAngle": "wide"}]}])) == {"ep0"}
    assert changed(folder, themes=[{**THEME, "palette": ["#000", "#fff"]}]) == {"xmas"}
    assert changed(folder, world_state={"theme": "xmas"}) == {"world"}
    assert changed(folder, locations=[{"id": "kitchen"}]) == {"kitchen"}
    order = ["b.png", "a.png", "https://example.org/c.png", "gone.png"]
    assert changed(folder, characters=[character(referenceImages=order)]) == {"mama"}
    images = ["a.png", "b.png", "https://example.org/c.png", "gone.png"]
    assert changed(folder, characters=[character(referenceImages=images, validated=False)]) == {"mama"}


def test_the_bytes_of_an_image_count_and_a_missing_one_that_appears(folder: Path) -> None:
    first = prints(folder)
    write_image(folder / "b.png", "green")
    second = prints(folder)
    write_image(folder / "gone.png")
    third = prints(folder)
    write_image(folder / "mask.png", "grey")
    fourth = prints(folder)
    assert len({first["mama"], second["mama"], third["mama"]}) == 3
    assert first["kitchen"] == third["kitchen"] != fourth["kitchen"]
    assert third["mama"] == fourth["mama"]


def test_a_character_and_a_location_with_the_same_fields_differ(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, characters=[{"id": "a"}], locations=[{"id": "a"}]))
    catalogue = loaded.catalogue
    assert sheet_fingerprint(catalogue.characters["a"], loaded, FileHashes()) != sheet_fingerprint(
        catalogue.locations["a"], loaded, FileHashes()
    )


def test_a_field_with_its_default_does_not_count_so_that_models_can_grow() -> None:
    assert theme_fingerprint(Theme(name="xmas", mood="calm")) == sha256_of_json({"name": "xmas", "mood": "calm"})


def test_the_path_of_an_image_stays_in_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    image = write_image(data / "a.png")
    write_image(tmp_path / "secret.png")
    (data / "link.png").symlink_to(tmp_path / "secret.png")
    (data / "near.png").symlink_to(image)
    assert image_path(data, "a.png") == image.resolve()
    assert image_path(data, "sub/../a.png") == image.resolve()
    assert image_path(data, "near.png") == image.resolve()
    assert image_path(data, "gone.png") == (data / "gone.png").resolve()
    for outside in (
        "../secret.png",
        "link.png",
        "/etc/hosts",
        "http://x/a.png",
        "HTTPS://x/a.png",
        "",
        "a\0b",
        "../data2",
    ):
        assert image_path(data, outside) is None
