"""Dreams keep out of the way: of more urgent runs, of what else uses the card, of games."""

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import PARTITION_NAME_TAG

from moostik_assets.automation.giving_way import GivingWay
from moostik_assets.automation.priorities import AGAIN_TAG, DREAMS, GAVE_WAY_TAG, IMMEDIATE, run_tags
from moostik_assets.automation.reaper import ReaperTick
from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.dreams.assets import DREAM_SEQUENCE
from moostik_assets.dreams.neighbour import Neighbour, busy_reason
from moostik_assets.dreams.progress import listening_to_frames
from moostik_assets.dreams.schedule import build_dream_schedule, cron
from moostik_assets.partitions import build_partitions
from moostik_assets.settings import Settings
from tests.dagster_state import definitions_of, instance_of, latest_events
from tests.dreams.dream_series import DAY, FRAMES, dreamt, night_bytes, write_dreaming
from tests.moostik_command import Moostik

URGENT = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def dreamer(series: Moostik) -> Moostik:
    write_dreaming(series.data)
    return series


def pretend_card(folder: Path, percent: int, mebibytes: int, process: str = "") -> Path:
    """An nvidia-smi that is a real program, first on the path: a card, and a process on it."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    card = f"GPU-1, {percent}, {mebibytes}"
    program.write_text(f'#!/bin/sh\ncase "$1" in *compute-apps*) echo "{process}";; *) echo "{card}";; esac\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    if not os.environ["PATH"].startswith(str(folder)):
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return program


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program named `a-long-named-game.exe`, running."""
    program = tmp_path / "a-long-named-game.exe"
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([program, "60"]) as process:
        time.sleep(0.1)
        yield process
        process.kill()


@pytest.mark.parametrize(
    ("percent", "mebibytes", "process", "at_work", "says"),
    [
        (10, 500, "", False, ""),
        (80, 500, "GPU-1, 1, /opt/blender, 400", False, "GPU 0 is busy by blender: 80 % load, and 30 % is the limit"),
        (0, 9000, "", False, "GPU 0 is in use: 8.8 GiB held, and 2.0 GiB is the limit"),
        (100, 9000, "", True, ""),  # what nobody else is listed for is our own
        (0, 9000, "GPU-1, 1, C:\\games/game.exe, 8000", True, "GPU 0 is in use by game.exe: 7.8 GiB held"),
        (100, 9000, "GPU-1, OURS, python, 8900", True, ""),
    ],
)
def test_a_card_in_use_is_left_alone(
    tmp_path: Path, percent: int, mebibytes: int, process: str, at_work: bool, says: str
) -> None:
    pretend_card(tmp_path / "bin", percent, mebibytes, process.replace("OURS", str(os.getpid())))
    found = busy_reason(Settings(), DreamSettings(busy_processes=()), at_work=at_work)
    assert found.startswith(says) if says else found == ""


def test_a_game_that_runs_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    names = DreamSettings(busy_processes=("Tetris", "A-Long-Named-Game"))
    assert busy_reason(Settings(), names, at_work=False) == "A-Long-Named-Game is running"
    assert busy_reason(Settings(dream_busy_processes="tetris"), names, at_work=False) == ""
    sleeper.kill()
    sleeper.wait()
    assert busy_reason(Settings(), names, at_work=False) == ""


def ticked(dreamer: Moostik, at: datetime) -> dg.RunRequest | dg.SkipReason:
    schedule = build_dream_schedule(
        Settings(data=dreamer.data, output=str(dreamer.output)), load_catalogue(dreamer.data).catalogue
    )
    result = schedule(dg.build_schedule_context(scheduled_execution_time=at))
    assert isinstance(result, dg.RunRequest | dg.SkipReason)
    return result


def test_the_schedule_asks_for_the_night_of_its_zone(bare_series: Moostik) -> None:
    write_dreaming(bare_series.data, zone="Pacific/Auckland", at="01:30")
    request = ticked(bare_series, datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
    assert isinstance(request, dg.RunRequest)
    assert (request.partition_key, request.run_key) == ("2026-11-21", "dreaming-2026-11-21")
    assert request.tags["dagster/priority"] == "0"
    assert cron(DreamSettings(at="01:30")) == "30 1,2,3 * * *"
    assert cron(DreamSettings(at="23:05")) == "5 23 * * *"


def test_the_schedule_is_skipped_with_its_reason(bare_series: Moostik, tmp_path: Path) -> None:
    write_dreaming(bare_series.data)
    at = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    pretend_card(tmp_path / "bin", 97, 500)
    skipped = ticked(bare_series, at)
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == "no dream of 2026-11-20 for now: GPU 0 is busy: 97 % load, and 30 % is the limit"
    os.environ["MOOSTIK_RENDERER"] = "sketch"
    skipped = ticked(bare_series, at)
    assert isinstance(skipped, dg.SkipReason)
    assert "the renderer sketch makes no dream frames" in (skipped.skip_message or "")


def test_off_removes_the_asset_and_the_schedule(bare_series: Moostik) -> None:
    write_dreaming(bare_series.data)
    assert [one.name for one in definitions_of(bare_series).schedules or ()] == ["dreaming"]
    os.environ["MOOSTIK_DREAMS"] = "off"
    defs = definitions_of(bare_series)
    assert not defs.schedules
    assert dg.AssetKey(DREAM_SEQUENCE) not in {spec.key for spec in defs.resolve_all_asset_specs()}


def dream(instance: dg.DagsterInstance, dreamer: Moostik, tags: dict[str, str]) -> dg.ExecuteInProcessResult:
    return (
        definitions_of(dreamer)
        .resolve_implicit_global_asset_job_def()
        .execute_in_process(
            instance=instance, asset_selection=[dg.AssetKey(DREAM_SEQUENCE)], tags=tags, raise_on_error=False
        )
    )


def test_a_dream_gives_way_and_its_rest_comes_later_with_the_same_bytes(dreamer: Moostik, tmp_path: Path) -> None:
    os.environ["REVERIE_SECONDS"] = "0.3"
    with instance_of(dreamer) as instance:
        urgent = dg.DagsterRun(job_name="job", run_id=URGENT, tags=run_tags(IMMEDIATE, "test"))

        def somebody_comes(_: object, done: int, __: int) -> None:
            if done == 2:
                instance.add_run(urgent.with_status(dg.DagsterRunStatus.STARTING))

        with listening_to_frames(somebody_comes):
            result = dream(instance, dreamer, {**run_tags(DREAMS, "dreaming"), PARTITION_NAME_TAG: DAY.isoformat()})
        assert result.success
        run = instance.get_run_by_id(result.run_id)
        assert run is not None
        assert run.tags[GAVE_WAY_TAG] == "yes"
        assert latest_events(instance, DREAM_SEQUENCE) == {}
        assert 2 <= sum(name.startswith("frame") for name in night_bytes(dreamer.output)) < FRAMES
        tick = ReaperTick(
            Settings(data=dreamer.data, output=str(dreamer.output)),
            build_partitions(load_catalogue(dreamer.data).catalogue),
            instance,
            frozenset({DREAM_SEQUENCE}),
            lambda _: None,
        )
        waiting = tick.look(None)
        assert not waiting.run_requests
        instance.delete_run(URGENT)
        [request] = list(tick.look(waiting.cursor if isinstance(waiting.cursor, str) else None).run_requests or ())
        assert request.tags[AGAIN_TAG] == result.run_id
        assert request.tags["dagster/priority"] == "0"
        os.environ["REVERIE_SECONDS"] = "0"
        assert dream(instance, dreamer, dict(request.tags)).success
        assert list(latest_events(instance, DREAM_SEQUENCE)) == [DAY.isoformat()]
    dreamt(dreamer.data, tmp_path / "whole")
    assert night_bytes(dreamer.output) == night_bytes(tmp_path / "whole")


def test_a_busy_card_pauses_a_dream_between_two_frames(dreamer: Moostik, tmp_path: Path) -> None:
    told: list[str] = []
    reasons = iter(["a game is running", "a game is running", ""])
    with instance_of(dreamer) as instance:
        giving_way = GivingWay(instance, "me", DREAMS)
        neighbour = Neighbour(giving_way, lambda: next(reasons))
        night = dreamt(
            dreamer.data,
            dreamer.output,
            should_stop=lambda paused: neighbour(lambda why: (told.append(why), paused(why), None)[-1]),
        )
    assert told == ["a game is running", "a game is running", ""]
    assert not night.stopped
    dreamt(dreamer.data, tmp_path / "whole")
    assert night_bytes(dreamer.output) == night_bytes(tmp_path / "whole")
