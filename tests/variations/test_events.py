"""Each image has its event, and Dagster's own resolver tells fresh from stale by it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from tests.dagster_state import (
    event_counts,
    instance_of,
    latest_events,
    materialize,
    materialize_shots,
    metadata_of,
    not_fresh,
    tags_of,
)
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, draw_figure, edit_shot, published_bytes

SHOT_2 = {"ep0/shot-002/wide", "ep0/shot-002/close_up", "ep0/shot-002/low_angle"}


def images(moostik: Moostik) -> dict[str, tuple[int, float]]:
    """Inode and time of each published image."""
    root = moostik.output / "episodes"
    return {
        path.relative_to(root).with_suffix("").as_posix(): (path.stat().st_ino, path.stat().st_ctime)
        for path in root.rglob("*.png")
    }


def versions(moostik: Moostik) -> dict[str, str]:
    with instance_of(moostik) as instance:
        found = latest_events(instance, "variation_image").items()
        return {key: tags_of(record)["dagster/data_version"] for key, record in found}


def test_every_image_has_one_event_that_says_what_it_is_and_was_made_from(rendered: Moostik) -> None:
    prompts = rendered("prompts", "ep0", "--json").expect(0).document
    by_key = {prompt["key"]: prompt for angles in prompts.values() for prompt in angles.values()}
    with instance_of(rendered) as instance:
        assert event_counts(instance, "variation_image") == dict.fromkeys(by_key, 1)
        prompt_events = latest_events(instance, "enriched_prompt")
        for key, record in latest_events(instance, "variation_image").items():
            path = rendered.output / "episodes" / f"{key}.png"
            sha256 = sha256_of_bytes(path.read_bytes())
            shot = prompt_events[key.rpartition("/")[0]]
            tags, metadata = tags_of(record), metadata_of(record)
            assert tags["dagster/data_version"] == sha256
            assert tags["dagster/data_version_is_user_provided"] == "true"
            assert tags["dagster/code_version"]
            assert tags["dagster/input_data_version/enriched_prompt"] == tags_of(shot)["dagster/data_version"]
            assert tags["dagster/input_event_pointer/enriched_prompt"] == str(shot.storage_id)
            assert metadata["sha256"] == sha256
            assert metadata["seed"] == by_key[key]["seed"]
            assert metadata["recipe"] == by_key[key]["recipe"]
            assert metadata["prompt"] == by_key[key]["text"]
            assert metadata["renderer"] == "sketch"
            assert metadata["thumbnail"].startswith("![")
            assert len(metadata["thumbnail"]) < 20_000


def test_after_a_render_everything_is_fresh(rendered: Moostik) -> None:
    assert not_fresh(rendered) == {}


def test_an_edited_prompt_makes_exactly_its_variations_stale_and_only_they_are_rendered(rendered: Moostik) -> None:
    before, files = versions(rendered), images(rendered)
    with instance_of(rendered) as instance:
        ids = {key: record.storage_id for key, record in latest_events(instance, "variation_image").items()}
    edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Somebody else entirely"}})
    materialize_shots(rendered, "ep0/shot-001", "ep0/shot-005")
    assert not_fresh(rendered).get("variation_image") == dict.fromkeys(SHOT_2, "STALE")
    plan = rendered("plan", "ep0", "--json").expect(0).document
    assert {stale["key"]: stale["reasons"] for stale in plan["stale"]} == {
        key: ["prompt: goal changed"] for key in SHOT_2
    }

    answer = rendered("render", "ep0", "--json").expect(0).document
    assert (answer["rendered"], answer["reused"]) == (3, VARIATION_COUNT - 3)
    assert not_fresh(rendered) == {}
    after, files_after = versions(rendered), images(rendered)
    assert {key for key in after if after[key] != before[key]} == SHOT_2
    assert {key for key in files_after if files_after[key] != files[key]} == SHOT_2
    with instance_of(rendered) as instance:
        ids_after = {key: record.storage_id for key, record in latest_events(instance, "variation_image").items()}
    assert {key for key in ids_after if ids_after[key] != ids[key]} == SHOT_2


def test_an_edited_prompt_and_render_alone_leave_everything_fresh(rendered: Moostik) -> None:
    edit_shot(rendered.data, "shot-004", {"prompt": {"goal": "The other way round"}})
    assert rendered("render", "--json").expect(0).document["rendered"] == 2
    assert not_fresh(rendered) == {}
    assert rendered("render", "--json").expect(0).document == {
        "rendered": 0,
        "reused": VARIATION_COUNT,
        "failed": [],
        "seconds": pytest.approx(0, abs=30),
    }


def test_a_new_name_of_a_shot_touches_no_image_but_its_slate(rendered: Moostik) -> None:
    """The name stands on the slate of its own frames, nowhere else."""
    edit_shot(rendered.data, "shot-004", {"name": "Renamed", "description": "new words"})
    assert rendered("render", "--json").expect(0).document["rendered"] == 2
    assert not_fresh(rendered) == {}


def test_a_replaced_reference_is_told_for_exactly_the_variations_that_use_it(rendered: Moostik) -> None:
    draw_figure(rendered.data / "references" / "ada-2.png", "#00ff00")
    plan = rendered("plan", "--json").expect(0).document
    of_ada = {f"ep0/shot-001/{angle}" for angle in ("wide", "close_up")} | SHOT_2
    reason = ["reference ada: image 2 of 2 replaced"]
    assert {stale["key"]: stale["reasons"] for stale in plan["stale"]} == dict.fromkeys(of_ada, reason)
    assert (plan["missing"], plan["current"]) == ([], VARIATION_COUNT - len(of_ada))
    assert rendered("render", "--json").expect(0).document["rendered"] == len(of_ada)
    assert not_fresh(rendered) == {}


def test_a_reference_put_back_finds_its_images_again(rendered: Moostik) -> None:
    before = published_bytes(rendered.output)
    path = rendered.data / "references" / "bob-1.png"
    old = path.read_bytes()
    draw_figure(path, "#00ff00")
    assert rendered("render", "--json").expect(0).document["rendered"] == 5
    path.write_bytes(old)
    plan = rendered("plan", "--json").expect(0).document
    assert len(plan["stale"]) == len(plan["reusable"]) == 5
    assert rendered("render", "--json").expect(0).document == {
        "rendered": 0,
        "reused": VARIATION_COUNT,
        "failed": [],
        "seconds": pytest.approx(0, abs=30),
    }
    assert published_bytes(rendered.output) == before
    assert not_fresh(rendered) == {}


def test_a_sheet_whose_words_changed_touches_only_what_shows_it(rendered: Moostik) -> None:
    """A theme that nobody uses changes: no image does, and nothing is left stale."""
    themes = rendered.data / "themes.json"
    themes.write_text(themes.read_text().replace("#223344", "#443322"))
    answer = rendered("render", "--json").expect(0).document
    assert answer["rendered"] == 0
    assert not_fresh(rendered) == {}


def test_a_run_in_process_gives_the_same_files_and_events(series: Moostik, rendered: Moostik) -> None:
    materialize(series, ["variation_image"], "ep0/shot-001/wide", "ep0/shot-005/angle-2bb398")
    assert published_bytes(series.output) == published_bytes(rendered.output)
    assert versions(series) == versions(rendered)
    assert not_fresh(series).keys() <= {"episode", "cluster", "contact_sheet"}
    assert series("render", "--json").expect(0).document["rendered"] == 0
    assert not_fresh(series) == {}


def test_dagster_asset_materialize_gives_the_same_image_and_event(series: Moostik, rendered: Moostik) -> None:
    key = "ep0/shot-002/low_angle"
    environment = series.environment(
        {
            "MOOSTIK_DATA": str(series.data),
            "MOOSTIK_OUTPUT": str(series.output),
            "DAGSTER_HOME": str(series.output / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
    )
    line = [
        "asset",
        "materialize",
        "--select",
        "variation_image",
        "--partition",
        key,
        "-m",
        "moostik_assets.definitions",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "dagster", *line], env=environment, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert published_bytes(series.output) == {f"{key}.png": published_bytes(rendered.output)[f"{key}.png"]}
    assert versions(series) == {key: versions(rendered)[key]}
    assert series("render", "ep0", "--shots", "shot-002", "--json").expect(0).document["rendered"] == 2


def test_a_png_carries_its_request(rendered: Moostik) -> None:
    from resources.image_store import KEYWORD
    from resources.png import read_text

    prompts = rendered("prompts", "ep0", "--json").expect(0).document
    for angles in prompts.values():
        for prompt in angles.values():
            text = read_text((rendered.output / "episodes" / f"{prompt['key']}.png").read_bytes(), KEYWORD)
            assert text is not None
            assert sha256_of_bytes(text.encode()) == prompt["recipe"]
            assert json.loads(text)["seed"] == prompt["seed"]
            for word in (str(rendered.data), str(rendered.output), os.uname().nodename):
                assert word not in text


def test_no_request_names_a_path_a_host_or_a_clock(rendered: Moostik, tmp_path: Path) -> None:
    with Studio(Settings(data=rendered.data, output=str(rendered.output))) as studio:
        recipes = {image.recipe_id: image.request for image in studio.store.iter_recipes()}
    assert len(recipes) == VARIATION_COUNT
    assert str(tmp_path) not in json.dumps(list(recipes.values()))
