import json
import time
from pathlib import Path

import pytest
from catalogue_folders import character, episode, shot, write_folder, write_image

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.variation_keys import all_variation_keys
from resources.canonical import sha256_of_bytes


def test_the_three_files_are_enough(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path))
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert list(loaded.catalogue.characters) == ["mama"]
    assert list(loaded.catalogue.themes) == ["neutral"]
    assert loaded.catalogue.world_state.theme == "neutral"
    assert all_variation_keys(loaded.catalogue)[:2] == ["ep0/shot-001/wide", "ep0/shot-001/medium"]
    assert loaded.files == {
        name: sha256_of_bytes((tmp_path / name).read_bytes())
        for name in ("characters.json", "locations.json", "episodes/ep0.json")
    }


def test_the_demo_series_has_no_error() -> None:
    loaded = load_catalogue(Path(__file__).parents[2] / "data")
    assert [str(error) for error in loaded.errors] == []
    assert loaded.catalogue.episodes


def test_sheets_may_be_missing(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, characters=None, locations=None))
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert list(loaded.catalogue.episodes) == ["ep0"]


def test_a_catalogue_without_episodes_is_a_warning(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, ep0=None))
    assert loaded.errors == ()
    assert [warning.file for warning in loaded.warnings] == ["episodes"]


@pytest.mark.parametrize("kind", ["missing", "empty", "a file", "other files"])
def test_a_folder_that_is_no_catalogue_says_what_one_needs(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "data"
    if kind == "a file":
        folder.write_text("{}")
    elif kind != "missing":
        folder.mkdir()
    if kind == "other files":
        (folder / "notes.json").write_text("{}")
    (error,) = load_catalogue(folder).errors
    assert str(folder) in str(error)
    assert "characters.json, locations.json and episodes/<id>.json" in error.reason


def test_unknown_fields_nulls_and_old_outputs_are_no_mistake(tmp_path: Path) -> None:
    variation = {
        "id": "v1",
        "cameraAngle": "wide",
        "customPrompt": None,
        "promptOverrides": None,
        "seed": None,
        "status": "completed",
        "imageUrl": "https://example.org/x.png",
        "localPath": "/srv/x.png",
    }
    prompt = {
        "goal": None,
        "subjects": [None, {"name": "Mama", "priority": None}],
        "camera": {"lens_mm": 35},
        "scene": None,
        "negative": ["blur", None, ""],
        "invariants": "one alone",
        "future": {"a": [1]},
    }
    loaded = load_catalogue(
        write_folder(
            tmp_path,
            series={"id": None, "seed": None, "defaultCameraAngles": None, "aspectRatio": None, "dreams": None},
            characters={"version": 3, "characters": [None, character(visualTraits=None, validated=None, createdAt=1)]},
            locations=[{"id": "kitchen", "name": None, "decorationMask": None, "atmosphericElements": None}],
            themes=None,
            world_state={"theme": None, "locations": {"kitchen": None}},
            decisions={"takes": None},
            ep0=episode(
                parts=None,
                acts=[None],
                shots=[
                    None,
                    shot(prompt=prompt, variations=[None, variation], durationSeconds=None),
                    shot(id="b", prompt=None),
                ],
            ),
        )
    )
    assert (loaded.errors, loaded.warnings) == ((), ())
    first, second = loaded.catalogue.episodes["ep0"].shots
    assert [subject.name for subject in first.prompt.subjects] == ["Mama"]
    assert first.prompt.camera.lens_mm == "35"
    assert (first.prompt.negative, first.prompt.invariants) == (("blur",), ("one alone",))
    assert [variation.camera_angle for variation in first.variations or ()] == ["wide"]
    assert second.variations is None
    assert loaded.catalogue.series.aspect_ratio == "16:9"


def test_reference_images_as_text_objects_and_urls(tmp_path: Path) -> None:
    write_image(tmp_path / "references" / "a.png")
    write_image(tmp_path / "références" / "été.jpg")
    images = [
        *[
            "references/a.png",
            {"url": "https://example.org/b.png"},
            {"path": "références/été.jpg", "url": "http://x/y"},
        ],
        *[None, ""],
    ]
    loaded = load_catalogue(write_folder(tmp_path, characters=[character(referenceImages=images)]))
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert loaded.catalogue.characters["mama"].reference_images == (
        *("references/a.png", "https://example.org/b.png", "références/été.jpg"),
    )


def test_french_and_japanese_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = json.dumps(
        episode(title="L'été à Tire-Ville", shots=[shot(name="夜の蚊", variations=[{"cameraAngle": "低い角度"}])]),
        ensure_ascii=False,
    )
    loaded = load_catalogue(write_folder(tmp_path, ep0=b"\xef\xbb\xbf" + text.encode()))
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert loaded.catalogue.episodes["ep0"].title == "L'été à Tire-Ville"
    assert loaded.catalogue.episodes["ep0"].shots[0].name == "夜の蚊"
    assert all(key.isascii() for key in all_variation_keys(loaded.catalogue))


def test_an_escaped_emoji_stays_what_it_is(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, characters=json.dumps([character(name="🦟 Mama")])))
    assert (loaded.errors, loaded.warnings) == ((), ())
    assert loaded.catalogue.characters["mama"].name == "🦟 Mama"


@pytest.mark.parametrize("written", [r"\ud83e", r"\udd9f", r"\udd9f\ud83e", r"\\\ud83e", r"\\ud83e\udd9f"])
def test_half_a_character_is_replaced_and_told(tmp_path: Path, written: str) -> None:
    text = json.dumps([character(name="MAMA!")]).replace("MAMA!", written)
    loaded = load_catalogue(write_folder(tmp_path, characters=text))
    (warning,) = loaded.warnings
    assert (loaded.errors, warning.file, warning.path) == ((), "characters.json", "$[0].name")
    name = loaded.catalogue.characters["mama"].name
    assert "\ufffd" in name
    name.encode()
    json.dumps(warning.to_json(), ensure_ascii=False).encode()


def test_episodes_come_by_number_then_id(tmp_path: Path) -> None:
    numbers = {"zero": 0, "half": 0.5, "b-two": 2, "a-two": 2, "none": None}
    files = {name: episode(id=name, number=number) for name, number in numbers.items()}
    loaded = load_catalogue(write_folder(tmp_path, ep0=None, **files))
    assert list(loaded.catalogue.episodes) == ["zero", "half", "a-two", "b-two", "none"]


def test_all_mistakes_of_all_files_are_reported_together(tmp_path: Path) -> None:
    loaded = load_catalogue(
        write_folder(
            tmp_path,
            series={"seed": -1, "title": "Kept"},
            characters=[character(id="ma ma"), character(id="ok"), character(validated="perhaps")],
            locations='[{"id": "kitchen", "id": "cellar"}]',
            themes="[{]",
            ep0=episode(
                shots=[shot(id=5), shot(), shot(id="b", prompt={"camera": 3, "parameters": {"steps": "many"}})],
                acts=[{"id": "a", "shotIds": ["shot-01", "b"]}],
            ),
            ep1={"title": "no id"},
        )
    )
    assert {(error.file, error.path) for error in loaded.errors} == {
        ("series.json", "$.seed"),
        ("characters.json", "$[0].id"),
        ("characters.json", "$[2].validated"),
        ("locations.json", "$[0].id"),
        ("themes.json", "$"),
        ("episodes/ep0.json", "$.shots[0].id"),
        ("episodes/ep0.json", "$.shots[2].prompt.camera"),
        ("episodes/ep0.json", "$.shots[2].prompt.parameters.steps"),
        ("episodes/ep0.json", "$.acts[0].shotIds[0]"),
        ("episodes/ep1.json", "$.id"),
    }
    catalogue = loaded.catalogue
    assert (catalogue.series.title, catalogue.series.seed) == ("Kept", 0)
    assert list(catalogue.characters) == ["ok"]
    assert list(catalogue.locations) == []
    assert [shot.id for shot in catalogue.episodes["ep0"].shots] == ["shot-001"]
    assert catalogue.episodes["ep0"].acts[0].shot_ids == ()
    assert list(catalogue.episodes) == ["ep0"]


def test_too_many_mistakes_are_counted(tmp_path: Path) -> None:
    started = time.perf_counter()
    shots = [shot(id=f"s{index}", theme=f"theme-{index}") for index in range(3000)]
    loaded = load_catalogue(write_folder(tmp_path, ep0=episode(shots=shots)))
    assert len(loaded.errors) == 1001
    assert loaded.errors[-1].reason == "2000 more of this kind are not listed"
    assert time.perf_counter() - started < 5


def test_a_theme_that_is_left_out_takes_its_shots_with_one_error(tmp_path: Path) -> None:
    shots = [shot(id=f"s{index}", theme="christmas" if index else "neutral") for index in range(4)]
    for themes in ("{", [{"name": "christmas", "mood": {}}]):
        loaded = load_catalogue(write_folder(tmp_path, themes=themes, ep0=episode(shots=shots)))
        assert [shot.id for shot in loaded.catalogue.episodes["ep0"].shots] == ["s0"]
        assert [error.file for error in loaded.errors] == ["themes.json", "episodes/ep0.json"]
        assert loaded.errors[1].value == ["s1", "s2", "s3"]


def test_a_broken_variation_costs_itself_alone(tmp_path: Path) -> None:
    variations = [{"cameraAngle": "wide"}, {"cameraAngle": " "}, {"cameraAngle": "pov", "seed": 2**63 - 1}]
    loaded = load_catalogue(write_folder(tmp_path, ep0=episode(shots=[shot(variations=variations)])))
    (error,) = loaded.errors
    assert (error.path, error.entity) == ("$.shots[0].variations[1].cameraAngle", "episode ep0")
    assert error.left_out == "variation 2 of shot ep0/shot-001"
    assert all_variation_keys(loaded.catalogue) == ["ep0/shot-001/wide", "ep0/shot-001/pov"]


def test_with_no_variation_left_the_default_angles_do_not_step_in(tmp_path: Path) -> None:
    for variation in ({"cameraAngle": ""}, {"cameraAngle": "wide", "promptOverrides": {"camera": "wide"}}):
        loaded = load_catalogue(write_folder(tmp_path, ep0=episode(shots=[shot(variations=[variation])])))
        assert loaded.catalogue.episodes["ep0"].shots == ()
        assert {error.left_out for error in loaded.errors} >= {"shot ep0/shot-001"}


def test_overrides_keep_what_a_prompt_knows(tmp_path: Path) -> None:
    overrides = {"lightning": {"key": "moon"}, "camera": {"lens": 35, "lens_mm": 85}, "goal": None, "zzz": 1}
    variations = [{"cameraAngle": "wide", "promptOverrides": overrides}]
    loaded = load_catalogue(write_folder(tmp_path, ep0=episode(shots=[shot(variations=variations)])))
    kept = loaded.catalogue.episodes["ep0"].shots[0].variations
    assert kept is not None
    assert kept[0].prompt_overrides == {"camera": {"lens_mm": 85}, "goal": None}
    assert loaded.errors == ()
    assert {warning.path.rpartition(".")[2]: warning.reason.rpartition("; ")[2] for warning in loaded.warnings} == {
        "lightning": "did you mean 'lighting'?",
        "lens": "did you mean 'lens_mm'?",
    }


def test_a_missing_image_is_only_a_warning(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, characters=[character(referenceImages=[None, "gone/x.png"])]))
    (warning,) = loaded.warnings
    assert (loaded.errors, warning.path, warning.value) == ((), "$[0].referenceImages[1]", "gone/x.png")
    assert warning.entity == "character mama"
    assert list(loaded.catalogue.characters) == ["mama"]


def test_an_unknown_character_of_a_shot_is_left_to_readiness(tmp_path: Path) -> None:
    loaded = load_catalogue(write_folder(tmp_path, ep0=episode(shots=[shot(characterIds=["nobody"])])))
    assert (loaded.errors, loaded.warnings) == ((), ())


def test_takes_of_variations_that_there_are_not_are_told(tmp_path: Path) -> None:
    takes = {"ep0/shot-001/wide": 2, "ep0/shot-001/wid": 1}
    loaded = load_catalogue(write_folder(tmp_path, decisions={"takes": takes}))
    (warning,) = loaded.warnings
    assert warning.path == "$.takes['ep0/shot-001/wid']".replace("'", '"')
    assert "did you mean 'ep0/shot-001/wide'" in warning.reason
    assert loaded.catalogue.decisions.takes == takes


def test_an_episode_of_28_shots_and_a_series_of_1000_load_fast(tmp_path: Path) -> None:
    def shots(count: int) -> list[dict[str, object]]:
        variations = [{"cameraAngle": angle, "promptOverrides": {"camera": {"angle": angle}}} for angle in "abcde"]
        prompt = {"goal": "x", "subjects": [{"id": "mama"}] * 3, "negative": ["a"] * 9, "scene": {"atmosphere": ["b"]}}
        return [shot(id=f"s{index}", prompt=prompt, variations=variations) for index in range(count)]

    folder = write_folder(tmp_path, ep0=episode(shots=shots(28)))
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        assert load_catalogue(folder).errors == ()
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.04
    write_folder(tmp_path, **{f"ep{number}": episode(id=f"ep{number}", shots=shots(100)) for number in range(10)})
    started = time.perf_counter()
    assert len(all_variation_keys(load_catalogue(folder).catalogue)) == 5000
    assert time.perf_counter() - started < 0.6 * 4  # four times the budget of 10,000 shots in 6 s: machines are shared
