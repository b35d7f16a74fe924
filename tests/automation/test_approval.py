"""Runs that cost money wait until a person has decided; what waits already is not asked for again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from moostik_assets.automation.approval import holds_back, waiting_runs
from moostik_assets.automation.priorities import APPROVED
from moostik_assets.automation.reaper import ReaperTick
from moostik_assets.settings import Settings
from tests.automation.test_change_sensors import asked, loaded_partitions, sensor, why
from tests.moostik_command import Moostik
from tests.small_series import edit, edit_shot

ORIGIN = RemoteJobOrigin(
    RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("moostik_assets"), "__repository__"), "__ASSET_JOB"
)


@pytest.fixture
def costly(rendered: Moostik, monkeypatch: pytest.MonkeyPatch) -> Moostik:
    """The rendered series, whose next images cost half a dollar each."""
    from sketch_renderer import SketchRenderer  # type: ignore[import-not-found]

    monkeypatch.setattr(SketchRenderer, "usd_per_image", 0.5)
    return rendered


@contextmanager
def instance_of(moostik: Moostik) -> Iterator[dg.DagsterInstance]:
    """The instance below its output, while another one may be open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(moostik.output / "dagster"))
        with dg.DagsterInstance.get() as instance:
            yield instance


def queued(moostik: Moostik, request: dg.RunRequest, run_id: str) -> None:
    """Put a request into the queue, as the daemon does."""
    with instance_of(moostik) as instance:
        run = dg.DagsterRun(
            job_name="__ASSET_JOB",
            run_id=run_id,
            run_config=request.run_config,
            tags=request.tags,
            asset_selection=frozenset(request.asset_selection or ()),
            remote_job_origin=ORIGIN,
        )
        instance.add_run(run.with_status(dg.DagsterRunStatus.QUEUED))


def edited(moostik: Moostik, look: Any, cursor: str | None, shot: str, run_id: str, goal: str = "Another") -> Any:
    """Edit a shot, have the sensor look, put what it asks for into the queue; the tick's result."""
    edit_shot(moostik.data, shot, {"prompt": {"goal": goal}})
    result = look(cursor)
    for request in result.run_requests or ():
        queued(moostik, request, run_id)
    return result


def dequeued(moostik: Moostik) -> list[str]:
    """The runs that Dagster's own daemon would launch now."""
    from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon

    with instance_of(moostik) as instance:
        found = QueuedRunCoordinatorDaemon(interval_seconds=1)._get_runs_to_dequeue(
            instance, instance.get_concurrency_config(), None
        )
        return [run.run_id for run in found]


def status(moostik: Moostik, run_id: str) -> dg.DagsterRunStatus:
    with instance_of(moostik) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        return run.status


def without_shot_2(episode: dict[str, Any]) -> None:
    del episode["shots"][1]
    for act in episode["acts"]:
        act["shotIds"] = [shot for shot in act["shotIds"] if shot != "shot-002"]


def test_a_waiting_run_is_listed_held_back_and_let_go(costly: Moostik) -> None:
    with sensor(costly, "catalogue_sensor") as look:
        first = look(None)
        edited(costly, look, first.cursor, "shot-002", "run-2")
    assert dequeued(costly) == []
    listed = costly("approve", "--list", "--json").expect(0).document
    assert listed["usd"] == 1.5
    [waiting] = listed["waiting"]
    assert (waiting["run"], waiting["usd"], waiting["cause"]) == ("run-2", 1.5, "catalogue_sensor")
    assert waiting["reasons"] == ["prompt: goal changed"]
    assert len(waiting["images"]) == 3
    assert "run-2  3 images, 1.50 USD: ep0/shot-002 (asked by catalogue_sensor" in costly("approve").expect(0).out
    said = costly("approve", "run-").expect(0)
    assert said.out == "run-2  approved: 3 images, 1.50 USD\n"
    assert "`moostik up` is not running" in said.err
    assert dequeued(costly) == ["run-2"]
    assert costly("approve", "--json").expect(0).document == {"waiting": [], "usd": 0}


def test_what_waits_already_is_not_asked_for_again(costly: Moostik) -> None:
    with sensor(costly, "catalogue_sensor") as look:
        first = edited(costly, look, look(None).cursor, "shot-002", "run-2")
        again = edited(costly, look, first.cursor, "shot-002", "none", "Yet another")
        assert "wait for approval already: moostik approve --list" in why(again)
        other = edited(costly, look, again.cursor, "shot-003", "run-3")
        assert asked(costly, other) == {"ep0/shot-003/wide", "ep0/shot-003/close_up"}
    listed = costly("approve", "--json").expect(0).document
    assert [waiting["usd"] for waiting in listed["waiting"]] == [1.5, 1.0]


def test_a_ceiling_holds_for_each_change_by_itself(costly: Moostik) -> None:
    with sensor(costly, "catalogue_sensor", auto_render=1.0) as look:
        first = edited(costly, look, look(None).cursor, "shot-002", "run-2")
        second = edited(costly, look, first.cursor, "shot-003", "run-3")
    assert asked(costly, second) == {"ep0/shot-003/wide", "ep0/shot-003/close_up"}
    assert dequeued(costly) == ["run-3"]


def test_rejecting_cancels_and_a_later_change_asks_anew(costly: Moostik) -> None:
    with sensor(costly, "catalogue_sensor") as look:
        first = edited(costly, look, look(None).cursor, "shot-002", "run-2")
        assert costly("approve", "--reject", "run-2").expect(0).out == "run-2  given up\n"
        assert status(costly, "run-2") == dg.DagsterRunStatus.CANCELED
        assert edited(costly, look, first.cursor, "shot-002", "run-2b", "Yet another").run_requests


def test_nothing_is_paid_for_once_the_edit_was_taken_back(costly: Moostik) -> None:
    path = costly.data / "episodes" / "ep0.json"
    before = path.read_bytes()
    with sensor(costly, "catalogue_sensor") as look:
        edited(costly, look, look(None).cursor, "shot-002", "run-2")
    path.write_bytes(before)
    assert "run-2  nothing left to render" in costly("approve").expect(0).out
    done = costly("approve", "--all", "--json").expect(0).document
    assert [found["run"] for found in done["settled"]] == ["run-2"]
    assert status(costly, "run-2") == dg.DagsterRunStatus.CANCELED


def test_a_run_whose_shot_is_gone_gives_way_to_one_that_can_start(costly: Moostik) -> None:
    with sensor(costly, "catalogue_sensor") as look:
        edit_shot(costly.data, "shot-002", {"prompt": {"goal": "Another"}})
        first = edited(costly, look, look(None).cursor, "shot-003", "old")
    edit(costly.data / "episodes" / "ep0.json", without_shot_2)
    with sensor(costly, "catalogue_sensor") as look:  # the code location was loaded again
        assert "cannot start any more" in costly("approve").expect(0).out
        edit_shot(costly.data, "shot-005", {"prompt": {"goal": "Another"}})
        result = look(first.cursor)
        assert {"ep0/shot-003/wide", "ep0/shot-003/close_up"} <= asked(costly, result)
        for request in result.run_requests or ():
            queued(costly, request, "new")
    with instance_of(costly) as instance:
        partitions = loaded_partitions(costly)
        settings = Settings(data=costly.data, output=str(costly.output))
        ReaperTick(settings, partitions, instance, frozenset({"variation_image"}), lambda _: None).look(None)
        keys = partitions.variations.get_partition_keys()
        assert [found.run.run_id for found in waiting_runs(instance, keys)] == ["new"]


def test_a_home_that_holds_nothing_back_is_asked_for_nothing(costly: Moostik) -> None:
    home = costly.output / "dagster" / "dagster.yaml"
    text = home.read_text(encoding="utf-8")
    home.write_text(text.replace("moostik/needs-approval", "something/else"), encoding="utf-8")
    with sensor(costly, "catalogue_sensor") as look:
        result = edited(costly, look, look(None).cursor, "shot-002", "none")
    assert "this would cost about 1.50 USD and MOOSTIK_AUTO_RENDER is not set" in why(result)
    assert 'value: "yes", limit: 0' in why(result)


def test_a_home_that_would_hold_approved_runs_back_is_told_of(costly: Moostik) -> None:
    home = costly.output / "dagster" / "dagster.yaml"
    home.write_text(home.read_text(encoding="utf-8").replace('        value: "yes"\n', ""), encoding="utf-8")
    with instance_of(costly) as instance:
        assert holds_back(instance, APPROVED)
    with sensor(costly, "catalogue_sensor") as look:
        edited(costly, look, look(None).cursor, "shot-002", "run-2")
    refused = costly("approve", "--all").expect(1)
    assert f"{home}: its limit on the tag moostik/needs-approval has no value" in refused.err
    assert status(costly, "run-2") == dg.DagsterRunStatus.QUEUED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zzz"], "no waiting run begins with 'zzz' (there is none)"),
        (["zzz", "--all"], "one of them"),
        (["--reject"], "--reject: name the runs"),
        (["--reject", "--list"], "--reject: name the runs"),
    ],
)
def test_wrong_usage_is_told(series: Moostik, arguments: list[str], said: str) -> None:
    assert said in series("approve", *arguments).expect(2).err


def test_without_a_dagster_home_nothing_waits_and_none_is_made(bare_series: Moostik, tmp_path: Path) -> None:
    assert bare_series("approve").expect(0).out == "no run waits for approval\n"
    assert not (bare_series.output / "dagster").exists()
    assert json.loads(bare_series("approve", "--all", "--json").expect(0).out)["approved"] == []
