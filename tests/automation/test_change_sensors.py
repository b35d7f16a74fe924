"""The sensors that follow what people change: which runs they ask for, what they record, what they leave alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
import pytest

from moostik_assets.automation import change_sensors
from moostik_assets.automation.change_sensors import WATCHES, ChangeTick
from moostik_assets.automation.priorities import APPROVAL_TAG, ESTIMATE_TAG
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.partitions import Partitions, build_partitions
from moostik_assets.settings import Settings
from tests.dagster_state import definitions_of, instance_of, partition_keys
from tests.moostik_command import Moostik
from tests.small_series import draw_figure, edit, edit_shot, episode, write_json

SHOT_2 = {"ep0/shot-002/wide", "ep0/shot-002/close_up", "ep0/shot-002/low_angle"}
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")

Look = Callable[[str | None], dg.SensorResult]


def loaded_partitions(moostik: Moostik) -> Partitions:
    return build_partitions(load_catalogue(moostik.data).catalogue)


@contextmanager
def sensor(moostik: Moostik, name: str, partitions: Partitions | None = None, **settings: Any) -> Iterator[Look]:
    """One sensor over the series, as the daemon calls it; the partitions are those of when it was loaded."""
    watch = next(watch for watch in WATCHES if watch.name == name)
    found = Settings(data=moostik.data, output=str(moostik.output), **settings)
    with instance_of(moostik) as instance:
        loaded = partitions if partitions is not None else loaded_partitions(moostik)
        yield ChangeTick(watch, found, loaded, instance, lambda text: None).look


def asked(moostik: Moostik, result: dg.SensorResult) -> set[str]:
    """The keys that a tick asks for."""
    order = list(loaded_partitions(moostik).variations.get_partition_keys())
    keys: set[str] = set()
    for request in result.run_requests or []:
        config = request.run_config["ops"]["variation_image"]["config"]
        start, end = (order.index(request.tags[name]) for name in RANGE)
        covered = set(order[start : end + 1])
        assert set(config["only"]) <= covered
        keys |= set(config["only"]) or covered
    return keys


def why(result: dg.SensorResult) -> str:
    assert not result.run_requests
    assert isinstance(result.skip_reason, dg.SkipReason)
    return str(result.skip_reason.skip_message)


def test_an_edited_prompt_asks_for_its_variations_alone_and_once(rendered: Moostik) -> None:
    with sensor(rendered, "catalogue_sensor") as look:
        first = look(None)
        assert why(first) == "what changed touches no image"
        edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Another moment"}})
        second = look(first.cursor)
        assert asked(rendered, second) == SHOT_2
        assert [request.tags["dagster/priority"] for request in second.run_requests or []] == ["20"]
        assert why(look(second.cursor)) == "nothing changed"


def test_a_touched_file_does_nothing(rendered: Moostik) -> None:
    with sensor(rendered, "catalogue_sensor") as look:
        first = look(None)
        os.utime(rendered.data / "episodes" / "ep0.json")
        assert why(look(first.cursor)) == "files were touched, nothing in them changed"


def test_going_back_and_forth_asks_each_time_with_another_run_key(rendered: Moostik) -> None:
    with sensor(rendered, "catalogue_sensor") as look:
        cursor, keys = look(None).cursor, []
        before = json.loads((rendered.data / "episodes" / "ep0.json").read_text())["shots"][1]["prompt"]["goal"]
        for goal in ("Another moment", before, "Another moment"):
            edit_shot(rendered.data, "shot-002", {"prompt": {"goal": goal}})
            result = look(cursor)
            cursor = result.cursor
            keys += [request.run_key for request in result.run_requests or []]
    # The way back asks for nothing: what is published still is the image of that prompt.
    assert len(keys) == 2
    assert len(set(keys)) == 2


def test_a_crash_before_the_cursor_is_kept_asks_with_the_same_run_key(rendered: Moostik) -> None:
    with sensor(rendered, "catalogue_sensor") as look:
        first = look(None)
        edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Another moment"}})
        keys = [[request.run_key for request in look(first.cursor).run_requests or []] for _ in range(2)]
    assert keys[0] == keys[1] != []


def test_a_replaced_reference_asks_for_the_shots_that_resolve_to_it(rendered: Moostik) -> None:
    with sensor(rendered, "reference_sensor") as look:
        first = look(None)
        draw_figure(rendered.data / "references" / "bob-1.png", "#00ff00")
        result = look(first.cursor)
    assert asked(rendered, result) == {*SHOT_2, "ep0/shot-003/wide", "ep0/shot-003/close_up"}


def test_a_broken_file_is_told_and_its_repair_is_picked_up(rendered: Moostik) -> None:
    path = rendered.data / "episodes" / "ep0.json"
    with sensor(rendered, "catalogue_sensor") as look:
        first, good = look(None), path.read_text()
        path.write_text(good[:-40])
        broken = look(first.cursor)
        assert "episodes/ep0.json" in why(broken)
        assert "the last good one stays in force" in why(broken)
        assert "episodes/ep0.json" in why(look(broken.cursor))
        path.write_text(good)
        edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Another moment"}})
        assert asked(rendered, look(broken.cursor)) == SHOT_2


def test_a_new_shot_reloads_the_location_and_is_asked_for_after(
    rendered: Moostik, monkeypatch: pytest.MonkeyPatch
) -> None:
    reloads: list[str] = []
    monkeypatch.setattr(change_sensors, "reload_location", lambda: reloads.append("once") or "reloaded")
    before = loaded_partitions(rendered)
    with sensor(rendered, "catalogue_sensor", before) as look:
        first = look(None)
        edit(
            rendered.data / "episodes" / "ep0.json",
            lambda document: document["shots"].append({**document["shots"][0], "id": "shot-006", "number": 6}),
        )
        waiting = look(first.cursor)
        assert why(waiting) == "reloaded"
    with sensor(rendered, "catalogue_sensor") as look:  # the location has loaded the new partitions
        result = look(waiting.cursor)
        assert asked(rendered, result) == {"ep0/shot-006/wide", "ep0/shot-006/close_up"}
        assert why(look(result.cursor)) == "nothing changed"
    assert reloads == ["once"]


def test_a_theme_of_the_world_asks_for_what_follows_it_at_its_own_priority(rendered: Moostik) -> None:
    edit_shot(rendered.data, "shot-001", {"theme": "neutral"})
    with sensor(rendered, "world_state_sensor") as look:
        first = look(None)
        (rendered.data / "world_state.json").write_text('{"theme": "storm"}')
        result = look(first.cursor)
    assert {key.rsplit("/", 1)[0] for key in asked(rendered, result)} == {f"ep0/shot-00{n}" for n in (2, 3, 4, 5)}
    assert {request.tags["dagster/priority"] for request in result.run_requests or []} == {"10"}


def test_an_outfit_asks_for_its_character_in_its_theme_alone_and_at_once(rendered: Moostik) -> None:
    outfit = {"theme": "storm", "description": "a yellow oilskin", "referenceImages": ["references/ada-storm.png"]}
    draw_figure(rendered.data / "references" / "ada-storm.png", "#ffee00")
    edit(rendered.data / "characters.json", lambda cast: cast[0].update(outfits=[outfit]))
    for shot in ("shot-001", "shot-003"):  # hers, and one without her
        edit_shot(rendered.data, shot, {"theme": "storm"})
    rendered("render").expect(0)
    hers = {"ep0/shot-001/wide", "ep0/shot-001/close_up"}
    with sensor(rendered, "reference_sensor") as look:
        cursor = look(None).cursor
        for change in (
            lambda: edit(
                rendered.data / "characters.json", lambda cast: cast[0]["outfits"][0].update(description="red")
            ),
            lambda: draw_figure(rendered.data / "references" / "ada-storm.png", "#ff2200"),
        ):
            change()
            result = look(cursor)
            cursor = result.cursor
            assert asked(rendered, result) == hers
            assert {request.tags["dagster/priority"] for request in result.run_requests or []} == {"20"}


def test_a_tick_without_time_leaves_the_other_episodes_to_the_next(
    rendered: Moostik, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rendered.data / "episodes" / "ep0.json"
    write_json(first.with_name("ep1.json"), {**json.loads(first.read_text(encoding="utf-8")), "id": "ep1", "number": 1})
    rendered("render").expect(0)
    monkeypatch.setattr(change_sensors, "SECONDS_A_TICK", 0.0)
    with sensor(rendered, "reference_sensor") as look:
        cursor = look(look(None).cursor).cursor
        draw_figure(rendered.data / "references" / "bob-1.png", "#00ff00")
        ticks = []
        for _ in range(2):
            ticks.append(look(cursor))
            cursor = ticks[-1].cursor
        assert why(look(cursor)) == "nothing changed"
    bobs = ("shot-002/wide", "shot-002/close_up", "shot-002/low_angle", "shot-003/wide", "shot-003/close_up")
    assert [asked(rendered, tick) for tick in ticks] == [{f"{ep}/{key}" for key in bobs} for ep in ("ep0", "ep1")]


def test_new_shots_of_an_episode_that_had_to_wait_are_not_forgotten(
    rendered: Moostik, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sensor(rendered, "catalogue_sensor") as look:
        cursor = look(None).cursor
    path = rendered.data / "episodes" / "ep0.json"
    for name in ("ep1", "ep2"):
        document = {"id": name, "number": int(name[2:]), "title": name, "shots": episode()["shots"][:1]}
        write_json(path.with_name(f"{name}.json"), document)
    monkeypatch.setattr(change_sensors, "SECONDS_A_TICK", 0.0)
    ticks = []
    with sensor(rendered, "catalogue_sensor") as look:
        for _ in range(2):
            ticks.append(look(cursor))
            cursor = ticks[-1].cursor
        assert why(look(cursor)) == "nothing changed"
    assert [asked(rendered, tick) for tick in ticks] == [
        {f"{ep}/shot-001/wide", f"{ep}/shot-001/close_up"} for ep in ("ep1", "ep2")
    ]


@pytest.mark.parametrize(("ceiling", "waits"), [(None, True), (0.01, True), (100.0, False)])
def test_what_costs_money_waits_for_a_person_unless_a_ceiling_allows_it(
    rendered: Moostik, monkeypatch: pytest.MonkeyPatch, ceiling: float | None, waits: bool
) -> None:
    from sketch_renderer import SketchRenderer  # type: ignore[import-not-found]

    with sensor(rendered, "catalogue_sensor", auto_render=ceiling) as look:
        first = look(None)
        monkeypatch.setattr(SketchRenderer, "usd_per_image", 0.25)
        edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Another moment"}})
        requests = look(first.cursor).run_requests or []
    assert len(requests) == 1
    assert (APPROVAL_TAG in requests[0].tags) is waits
    if waits:
        assert float(requests[0].tags[ESTIMATE_TAG]) == pytest.approx(0.75)


def test_the_ui_says_stale_exactly_where_an_image_is(rendered: Moostik) -> None:
    """Asked by GraphQL, as the UI asks: after the edit was noticed, before anything is rendered again."""
    with sensor(rendered, "catalogue_sensor") as look:
        first = look(None)
        edit_shot(rendered.data, "shot-002", {"prompt": {"goal": "Another moment"}})
        look(first.cursor)
    stale = {asset: keys for asset, keys in _stale_by_graphql(rendered).items() if keys}
    assert stale == {"variation_image": SHOT_2}
    plan = rendered("plan", "--json").expect(0).document
    assert {found["key"] for found in plan["stale"]} == SHOT_2
    assert all(found["reasons"] == ["prompt: goal changed"] for found in plan["stale"])


def _stale_by_graphql(moostik: Moostik) -> dict[str, set[str]]:
    assets = ("episode", "cluster", "shot", "resolved_references", "enriched_prompt", "variation_image")
    defs = definitions_of(moostik)
    keys = {asset: partition_keys(defs, asset) for asset in assets}
    parts = [
        f'{asset}: assetNodeOrError(assetKey: {{path: ["{asset}"]}}) '
        f"{{ ... on AssetNode {{ staleStatusByPartition(partitions: {json.dumps(keys[asset])}) }} }}"
        for asset in assets
    ]
    environment = moostik.environment(
        {
            "MOOSTIK_DATA": str(moostik.data),
            "MOOSTIK_OUTPUT": str(moostik.output),
            "DAGSTER_HOME": str(moostik.output / "dagster"),
        }
    )
    ask = "from dagster_graphql.cli import main; main()"
    line = [sys.executable, "-c", ask, "-m", "moostik_assets.definitions", "-t"]
    done = subprocess.run(
        [*line, "{" + " ".join(parts) + "}"], env=environment, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    document, _ = json.JSONDecoder().raw_decode(done.stdout[done.stdout.index("{") :])
    answer = document["data"]
    return {
        asset: {
            key
            for key, status in zip(keys[asset], answer[asset]["staleStatusByPartition"], strict=True)
            if status == "STALE"
        }
        for asset in assets
    }
