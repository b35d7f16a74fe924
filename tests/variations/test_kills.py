"""A render that is killed costs the image in hand: the same command again does the rest, and nothing else."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.crash_points import CRASH_POINTS
from tests.conftest import copied
from tests.dagster_state import event_counts, instance_of, latest_events, not_fresh, tags_of
from tests.moostik_command import Moostik, finished, left_behind, members
from tests.small_series import VARIATION_COUNT, published_bytes, write_json, write_series

ON_A_URL = "url-written"
POINTS = [
    "input-written:2",
    "object-written:4",
    "recipe-written:4",
    "published-temp-written:4",
    "published:4",
    "event-logged:1",
    "event-logged:25",
]
"""Each crash point at a passage in the middle of the work; the first events are those of episodes and shots.

A death at `x-temp-written` leaves what one at the point before leaves, and a temporary file: what becomes of each of
those, tests/resources/test_image_store_processes.py tries. Here stands the one that lies among what people open.
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "rendered.log"


def rendered_lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").split() if log.exists() else []


def recipes(output: Path) -> set[str]:
    return {path.stem for path in (output / "store" / "recipes").rglob("*.json")}


def stands_whole(moostik: Moostik, expected: dict[str, bytes]) -> None:
    """The tree is that of an undisturbed run, each partition has the event of its file, no slot of the pool is taken.

    A temporary file that a kill left in it stays until `moostik gc`: another process may be writing one right now.
    """
    found = {path: data for path, data in published_bytes(moostik.output).items() if "~moostik-" not in path}
    assert found == expected
    assert not_fresh(moostik) == {}
    with instance_of(moostik) as instance:
        events = latest_events(instance, "variation_image")
        assert len(events) == len(expected)
        info = instance.event_log_storage.get_concurrency_info("gpu")
        assert (info.claimed_slots, info.pending_steps) == ([], [])
        assert [run.run_id for run in instance.get_runs() if not run.is_finished] == []
        for key, record in events.items():
            recipe = tags_of(record)["dagster/data_version"]
            assert recipe in {path.stem for path in (moostik.output / "store" / "objects").rglob("*.png")}, key
    assert not list((moostik.output / "dagster" / "moostik-runs").iterdir())


def test_every_crash_point_is_tried() -> None:
    tried = {point.partition(":")[0] for point in [*POINTS, ON_A_URL]}
    assert {point for point in CRASH_POINTS if not point.endswith("-temp-written")} <= tried <= set(CRASH_POINTS)


@pytest.mark.parametrize("point", POINTS)
def test_a_render_killed_at_a_write_is_ended_by_the_next(
    series: Moostik, rendered_bytes: dict[str, bytes], log: Path, point: str
) -> None:
    killed = series.warm("render", "ep0", env={"MOOSTIK_CRASH_AT": point, "SKETCH_LOG": str(log)})
    assert killed.code == -signal.SIGKILL, killed.err
    for path, data in published_bytes(series.output).items():
        if "~moostik-" not in path:
            assert data == rendered_bytes[path]
    stored, once = recipes(series.output), rendered_lines(log)
    answer = series("render", "ep0", "--json", env={"SKETCH_LOG": str(log)}).expect(0).document
    again = rendered_lines(log)[len(once) :]
    assert set(again) == recipes(series.output) - stored
    assert len(again) == VARIATION_COUNT - len(stored)
    assert answer["rendered"] == len(again)
    assert answer["rendered"] + answer["reused"] == VARIATION_COUNT
    stands_whole(series, rendered_bytes)


def test_a_render_killed_while_it_notes_a_url_is_ended_by_the_next(series: Moostik) -> None:
    """The reference cannot be had; that it could not is what is being written."""
    character = {"id": "ada", "name": "Ada", "referenceImages": ["http://127.0.0.1:9/ada.png"], "validated": True}
    others = [{"id": id_, "name": id_} for id_ in ("bob", "cleo")]
    write_json(series.data / "characters.json", [character, *others])
    killed = series.warm("render", "ep0", env={"MOOSTIK_CRASH_AT": ON_A_URL})
    assert killed.code == -signal.SIGKILL, killed.err
    answer = series("render", "ep0", "--json").expect(0).document
    assert answer["rendered"] == VARIATION_COUNT
    assert not_fresh(series) == {}


def test_five_kills_at_random_moments_cost_no_finished_image(
    series: Moostik, rendered_bytes: dict[str, bytes], log: Path
) -> None:
    rng = random.Random(11)
    env = {"SKETCH_LOG": str(log), "SKETCH_SECONDS": "0.03"}
    kept: set[str] = set()
    kills = 0
    while kills < 5:
        process = series.start_warm("render", "ep0", env=env)
        for _ in _until_it_writes(process.pid, series.output):
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        assert finished(process).code in (-signal.SIGKILL, 0)
        assert left_behind(process.pid) == []
        kills += 1
        assert recipes(series.output) >= kept
        kept = recipes(series.output)
    answer = series("render", "ep0", "--json", env=env).expect(0).document
    assert answer["rendered"] == VARIATION_COUNT - len(kept)
    stands_whole(series, rendered_bytes)
    # Each kill may cost the image in hand, rendered but not stored yet.
    assert len(rendered_lines(log)) <= VARIATION_COUNT + kills


def _until_it_writes(pid: int, output: Path) -> Iterator[None]:
    """While the process has not begun its work on the event log (importing takes most of its time)."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        try:
            targets = [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            targets = []
        if any("event_log" in target for target in targets):
            return
        yield


def test_a_render_starts_no_process_that_could_outlive_it(series: Moostik) -> None:
    process = series.start("render", "ep0", env={"SKETCH_SECONDS": "0.1"})
    while not any((series.output / "episodes").rglob("*.png")) and process.poll() is None:
        time.sleep(0.01)
    assert members(process.pid) == [process.pid]
    finished(process).expect(0)


def test_a_kill_takes_the_workers_of_the_preview_renderer_along(tmp_path: Path, ready_home: Path) -> None:
    moostik = Moostik(write_series(tmp_path / "data", renderer="preview"), tmp_path / "output")
    copied(ready_home, moostik.output / "dagster")
    killed = moostik.start("render", "ep0", env={"MOOSTIK_CRASH_AT": "published:2"})
    assert finished(killed).code == -signal.SIGKILL
    assert left_behind(killed.pid) == []
    answer = moostik("render", "ep0", "--json").expect(0).document
    assert answer["rendered"] + answer["reused"] == VARIATION_COUNT
    assert len(recipes(moostik.output)) == VARIATION_COUNT
    with instance_of(moostik) as instance:
        assert set(event_counts(instance, "variation_image").values()) == {1}
