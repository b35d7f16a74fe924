"""What a killed, failed, or yielding run left undone is asked for again; what cannot be made is not tried for ever."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import BACKFILL_ID_TAG

from moostik_assets.automation.priorities import AGAIN_TAG, ATTEMPT_TAG, FRUITLESS_TAG, GAVE_WAY_TAG
from moostik_assets.automation.reaper import (
    LONGEST_PAUSE_SECONDS,
    MOST_FRUITLESS,
    SECONDS_TO_LOOK_BACK,
    pause_before,
    reaper_cursor,
)
from resources.image_failures import ImageFailures
from resources.store.files import Files, files_at
from tests.automation.run_worker import SECONDS_TO_END, Workshop
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, edit_shot, published_bytes

LATER = 1000.0
"""Past every pause."""
UNHURRIED = "1.0"
"""Seconds an image: whoever is to be interrupted has many more to make, however late the test comes to it."""


@pytest.fixture
def workshop(series: Moostik, tmp_path: Path) -> Iterator[Workshop]:
    found = Workshop(series, tmp_path / "log")
    yield found
    found.instance.dispose()


def killed_after(workshop: Workshop, images: int, **options: str) -> str:
    run_id, process = workshop.start(seconds=UNHURRIED, **options)  # type: ignore[arg-type]
    workshop.until_rendered(images, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return run_id


def test_a_killed_run_is_failed_and_its_rest_made_once(workshop: Workshop) -> None:
    run_id = killed_after(workshop, 3)
    assert (workshop.status(run_id), workshop.slots()) == (dg.DagsterRunStatus.STARTED, 1)
    requests, cursor = workshop.reap(None, now=time.time())
    assert (workshop.status(run_id), workshop.slots()) == (dg.DagsterRunStatus.FAILURE, 0)
    [request] = requests
    assert request.tags[AGAIN_TAG] == run_id
    assert request.tags[ATTEMPT_TAG] == "2"
    assert FRUITLESS_TAG not in request.tags
    assert workshop.reap(cursor, now=time.time() + LATER)[0] == []
    _, code = workshop.work_on(request)
    assert code == 0
    assert len(published_bytes(workshop.series.output)) == VARIATION_COUNT
    # At most the image in hand was begun twice; what was stored was not.
    assert len(workshop.rendered()) <= VARIATION_COUNT + 1
    assert len(set(workshop.rendered())) == VARIATION_COUNT
    assert not ImageFailures(workshop_store(workshop)).all()
    assert workshop.reap(cursor, now=time.time() + LATER)[0] == []


def workshop_store(workshop: Workshop) -> Files:
    return files_at(workshop.settings.output_root)


def test_a_run_that_was_asked_to_end_keeps_what_it_made_and_its_rest_is_asked_for(workshop: Workshop) -> None:
    run_id, process = workshop.start(seconds=UNHURRIED)
    workshop.until_rendered(2, process)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=SECONDS_TO_END)
    assert workshop.status(run_id) == dg.DagsterRunStatus.FAILURE
    [request], _ = workshop.reap(None, now=time.time())
    assert workshop.work_on(request)[1] == 0
    assert len(set(workshop.rendered())) == VARIATION_COUNT
    assert not ImageFailures(workshop_store(workshop)).all()


def test_failed_images_are_tried_three_times_and_then_quarantined(workshop: Workshop) -> None:
    run_id, code = workshop.work(fails="Moment 3")
    assert (code, workshop.status(run_id)) == (1, dg.DagsterRunStatus.FAILURE)
    cursor: str | None = None
    for attempt in (2, 3):
        requests, cursor = workshop.reap(cursor, now=workshop.ended(run_id))
        assert requests == [], "not before the pause"
        [request], cursor = workshop.reap(cursor, now=time.time() + LATER)
        assert request.tags[ATTEMPT_TAG] == str(attempt)
        assert request.run_config["ops"]["variation_image"]["config"]["only"] == []  # the range is exact
        run_id, code = workshop.work_on(request, fails="Moment 3")
        assert code == 1
    assert workshop.reap(cursor, now=time.time() + LATER)[0] == []
    assert len(workshop.rendered()) == VARIATION_COUNT - 2
    plan = workshop.series("plan", "--json").expect(0).document
    error = "asked to fail"
    quarantined = [{"key": f"ep0/shot-003/{angle}", "error": error} for angle in ("wide", "close_up")]
    assert plan["quarantined"] == quarantined
    refused = workshop.series("render", "--json").expect(1).document
    assert refused["reasons"]["ep0/shot-003/wide"] == (
        f"quarantined after 3 attempts: {error}; render it with --force to try again"
    )
    workshop.series("render", "--force", "--shots", "shot-003").expect(0)
    assert workshop.series("plan", "--json").expect(0).document["quarantined"] == []


def test_a_changed_recipe_is_not_quarantined(workshop: Workshop) -> None:
    for _ in range(3):
        workshop.series("render", "--shots", "shot-003", env={"SKETCH_FAILS": "Moment 3"}).expect(1)
    workshop.series("render", "--shots", "shot-003").expect(1)
    edit_shot(workshop.series.data, "shot-003", {"prompt": {"goal": "Another moment"}})
    workshop.series("render", "--shots", "shot-003").expect(0)


def test_an_image_that_kills_its_worker_is_found_and_the_others_go_on(workshop: Workshop) -> None:
    killer = {"kills": "Moment 3"}
    _, code = workshop.work(**killer)
    cursor: str | None = None
    for _ in range(4):
        assert code == -signal.SIGKILL
        requests, cursor = workshop.reap(cursor, now=time.time() + LATER)
        if not requests:
            break
        [request] = requests
        _, code = workshop.work_on(request, **killer)
        if code != -signal.SIGKILL:
            break
    failures = ImageFailures(workshop_store(workshop)).all().values()
    assert {f.key for f in failures if f.quarantined} <= {"ep0/shot-003/wide", "ep0/shot-003/close_up"}
    assert any(failure.quarantined and failure.attempts == 3 for failure in failures)
    # Everything but the two images of that prompt was made, each once.
    assert len(workshop.rendered()) == len(set(workshop.rendered())) == VARIATION_COUNT - 2


def test_a_cancelled_run_is_not_asked_for_again(workshop: Workshop) -> None:
    run_id = killed_after(workshop, 2)
    run = workshop.instance.get_run_by_id(run_id)
    assert run is not None
    workshop.instance.report_run_canceling(run)
    requests, cursor = workshop.reap(None, now=time.time())
    assert workshop.status(run_id) == dg.DagsterRunStatus.CANCELED
    assert (requests, workshop.slots()) == ([], 0)
    assert workshop.reap(cursor, now=time.time() + LATER)[0] == []


def test_a_worker_whose_run_is_cancelled_stops_by_itself(workshop: Workshop) -> None:
    run_id, process = workshop.start(seconds=UNHURRIED)
    workshop.until_rendered(1, process)
    run = workshop.instance.get_run_by_id(run_id)
    assert run is not None
    workshop.instance.report_run_canceling(run)
    process.wait(timeout=SECONDS_TO_END)
    assert workshop.status(run_id) == dg.DagsterRunStatus.CANCELED
    assert len(workshop.rendered()) < VARIATION_COUNT


def test_idle_work_gives_way_and_its_rest_waits_until_nobody_urgent_does(workshop: Workshop) -> None:
    idle = {"dagster/priority": "0"}
    run_id, process = workshop.start(tags=idle, seconds=UNHURRIED)
    workshop.until_rendered(1, process)
    job = dg.DagsterRun(job_name="__ASSET_JOB", run_id="urgent", tags={"dagster/priority": "30"})
    urgent = workshop.instance.add_run(job.with_status(dg.DagsterRunStatus.STARTING))
    assert process.wait(timeout=SECONDS_TO_END) == 0
    assert len(workshop.rendered()) < VARIATION_COUNT
    run = workshop.instance.get_run_by_id(run_id)
    assert run is not None
    assert (run.status, run.tags[GAVE_WAY_TAG]) == (dg.DagsterRunStatus.SUCCESS, "yes")
    requests, cursor = workshop.reap(None, now=time.time())
    assert requests == []
    workshop.instance.report_run_canceled(urgent)
    [request], _ = workshop.reap(cursor, now=time.time())
    assert request.tags["dagster/priority"] == "0"
    assert GAVE_WAY_TAG not in request.tags
    assert workshop.work_on(request)[1] == 0
    assert len(workshop.rendered()) == len(set(workshop.rendered())) == VARIATION_COUNT


def test_a_broken_catalogue_makes_the_rest_wait(workshop: Workshop) -> None:
    killed_after(workshop, 1)
    path = workshop.series.data / "characters.json"
    text = path.read_text(encoding="utf-8")
    path.write_text("{", encoding="utf-8")
    requests, cursor = workshop.reap(None, now=time.time())
    assert (requests, workshop.slots()) == ([], 0)
    path.write_text(text, encoding="utf-8")
    assert len(workshop.reap(cursor, now=time.time())[0]) == 1


def test_runs_that_never_get_anywhere_are_given_up_in_the_end(workshop: Workshop) -> None:
    def dead(fruitless: int) -> str:
        run = dg.DagsterRun(
            job_name="__ASSET_JOB",
            run_id=f"run-{fruitless}",
            asset_selection=frozenset({dg.AssetKey("variation_image")}),
            tags={"dagster/partition": "ep0/shot-001/wide", FRUITLESS_TAG: str(fruitless)},
        )
        workshop.instance.add_run(run.with_status(dg.DagsterRunStatus.STARTING))
        return run.run_id

    last, final = dead(MOST_FRUITLESS - 1), dead(MOST_FRUITLESS)
    assert workshop.reap(None, now=time.time())[0] == [], "they may just be starting"
    requests, _ = workshop.reap(None, now=time.time() + LATER)
    assert {workshop.status(run_id) for run_id in (last, final)} == {dg.DagsterRunStatus.FAILURE}
    assert [request.tags[AGAIN_TAG] for request in requests] == [last]
    assert requests[0].tags[FRUITLESS_TAG] == str(MOST_FRUITLESS)
    assert any(final in line and "not asked for again" in line for line in workshop.said)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"since": "x"}', json.dumps({"since": 1, "handled": 3})])
def test_a_cursor_that_cannot_be_read_looks_back_a_little(text: str | None) -> None:
    assert reaper_cursor(text, 5000.0).since == 5000.0 - SECONDS_TO_LOOK_BACK


def test_pauses_grow_and_end() -> None:
    pauses = [pause_before(failures) for failures in range(12)]
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_backfill_that_is_launched_again_counts_what_was_made_before(workshop: Workshop) -> None:
    """Dagster calls a backfill a success where each partition has an event of one of its runs."""
    first, process = workshop.start(tags={BACKFILL_ID_TAG: "first"}, seconds=UNHURRIED)
    workshop.until_rendered(2, process)
    run = workshop.instance.get_run_by_id(first)
    assert run is not None
    workshop.instance.report_run_canceling(run)
    process.wait(timeout=SECONDS_TO_END)
    made = len(workshop.rendered())
    assert made < VARIATION_COUNT
    again, code = workshop.work(tags={BACKFILL_ID_TAG: "second"})
    assert code == 0
    assert len(workshop.rendered()) == len(set(workshop.rendered())) == VARIATION_COUNT
    events = workshop.instance.all_logs(again, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    told = [event.partition for event in (entry.asset_materialization for entry in events) if event is not None]
    assert set(workshop.keys) <= set(told)
