import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from catalogue_folders import character, episode, shot, write_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.fingerprints import episode_fingerprint, theme_fingerprint, world_state_fingerprint
from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.variation_keys import all_variation_keys
from resources.canonical import canonical_json

FILES = ("series", "characters", "locations", "themes", "world_state", "decisions", "ep0", "ep1")
KEYS = (
    *("id", "name", "number", "shots", "acts", "parts", "shotIds", "actIds", "variations", "cameraAngle", "theme"),
    *("promptOverrides", "customPrompt", "prompt", "camera", "subjects", "parameters", "seed", "steps", "locations"),
    *("characters", "themes", "takes", "referenceImages", "decorationMask", "palette", "decorations", "dreams"),
    *("defaultCameraAngles", "default_camera_angles", "camera_angle", "text", "validated", "durationSeconds"),
)
NAMES = (
    "a",
    "A",
    "ep0",
    "neutral",
    "wide",
    "..",
    "../x",
    "",
    " ",
    "\0",
    "é",
    "夜",
    "\ud800",
    "http://",
    "/etc/passwd",
    "x" * 300,
)

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, 1.5, 2**63, 10**400, float("nan"), float("inf"), 1e308])
    | st.sampled_from(NAMES)
    | st.text(max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=30,
)


def sound(loaded: LoadedCatalogue) -> None:
    """What was loaded can be keyed, hashed and written as JSON; what was told can be printed."""
    catalogue = loaded.catalogue
    keys = all_variation_keys(catalogue)
    assert len({key.casefold() for key in keys}) == len(keys)
    assert all(key.isascii() and key.isprintable() and ".." not in key for key in keys)
    for entry in catalogue.episodes.values():
        episode_fingerprint(entry)
        shots = {shot.id for shot in entry.shots}
        acts = {act.id for act in entry.acts}
        assert all(set(act.shot_ids) <= shots for act in entry.acts)
        assert all(set(part.act_ids) <= acts for part in entry.parts)
        assert all(shot.theme is None or shot.theme in catalogue.themes for shot in entry.shots)
    for theme in catalogue.themes.values():
        theme_fingerprint(theme)
    world_state_fingerprint(catalogue.world_state)
    assert {catalogue.world_state.theme, *catalogue.world_state.locations.values()} <= set(catalogue.themes)
    canonical_json(catalogue.series.model_dump(mode="json")).encode()
    for told in (*loaded.errors, *loaded.warnings):
        assert str(told).isprintable()
        json.dumps(told.to_json(), allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), values, min_size=1, max_size=4))
def test_any_json_is_loaded_without_an_exception(files: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        sound(load_catalogue(write_folder(Path(folder), **{name: json.dumps(files[name]) for name in files})))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=200) | st.text(max_size=100, alphabet='{}[]":,\\ud8019azNI-.é\n'))
def test_any_bytes_are_loaded_without_an_exception(name: str, content: bytes | str) -> None:
    with TemporaryDirectory() as folder:
        sound(load_catalogue(write_folder(Path(folder), **{name: content})))


RIGHT = {
    "series": {"id": "s", "seed": 7, "defaultCameraAngles": ["wide"], "dreams": {"frames": 3}},
    "characters": [character(), character(id="papy", referenceImages=["x.png", {"url": "https://example.org/y"}])],
    "locations": [{"id": "kitchen", "decorationMask": "m.png"}],
    "themes": {"themes": [{"name": "xmas", "palette": ["#fff"], "decorations": [{"item": "star"}]}]},
    "world_state": {"theme": "xmas", "locations": {"kitchen": "neutral"}},
    "decisions": {"takes": {"ep0/shot-001/wide": 1}},
    "ep0": episode(
        shots=[
            shot(
                prompt={"camera": {"lens_mm": 35}, "subjects": [{"id": "mama"}], "parameters": {"seed": 3}},
                variations=[{"cameraAngle": "wide", "promptOverrides": {"scene": {"atmosphere": ["fog"]}}}],
                theme="xmas",
            ),
            shot(id="b"),
        ],
        acts=[{"id": "a", "shotIds": ["b"]}],
        parts=[{"id": "p", "actIds": ["a"]}],
    ),
}


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a value with each of its keys or indices."""
    found = []
    for step, item in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, step))
        if isinstance(item, dict | list):
            found += places(item)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_one_wrong_value_anywhere_costs_what_stands_around_it(tmp_path: Path, seed: int) -> None:
    wrong = [None, True, -1, 1.5, "", "../x", "\ud800", [], [[]], {}, {"id": {}}, 10**400, float("nan"), "Mama"]
    chosen = random.Random(seed)
    for index in range(25):
        files = json.loads(json.dumps(RIGHT))
        name = chosen.choice(list(files))
        container, step = chosen.choice(places(files[name]))
        container[step] = chosen.choice(wrong)
        texts = {name: json.dumps(value) for name, value in files.items()}
        loaded = load_catalogue(write_folder(tmp_path / str(index), **texts))
        sound(loaded)
        own = {f"{name}.json", f"episodes/{name}.json"}
        blamed = {told.file for told in (*loaded.errors, *loaded.warnings)} - {"characters.json", "locations.json"}
        if name not in {"themes", "characters", "locations", "series"} and "decisions.json" not in blamed:
            assert blamed <= own


def test_a_right_catalogue_has_only_its_missing_images_told(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, **RIGHT))
    assert loaded.errors == ()
    assert [warning.value for warning in loaded.warnings] == ["m.png", "x.png"]
