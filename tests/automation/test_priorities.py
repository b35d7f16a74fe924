"""Who counts as more urgent."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.automation.giving_way import GivingWay, more_urgent_waits
from moostik_assets.automation.priorities import APPROVAL_TAG, DREAMS, GAVE_WAY_TAG, IMMEDIATE, priority_of
from moostik_assets.settings import GPU_POOL


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    ready_dagster_home(tmp_path / "dagster")
    with dg.DagsterInstance.get() as found:
        yield found


def add(
    instance: dg.DagsterInstance,
    run_id: str,
    tags: Mapping[str, str],
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTING,
) -> None:
    instance.add_run(dg.DagsterRun(job_name="job", run_id=run_id, tags=tags).with_status(status))


@pytest.mark.parametrize(
    ("tags", "priority"), [({}, IMMEDIATE), ({"dagster/priority": "-3"}, -3), ({"dagster/priority": "soon"}, IMMEDIATE)]
)
def test_a_run_without_a_priority_is_somebody_who_pressed_a_button(tags: dict[str, str], priority: int) -> None:
    assert priority_of(tags) == priority


@pytest.mark.parametrize(
    ("tags", "urgent"),
    [
        ({"dagster/priority": "10"}, True),
        ({}, True),
        ({"dagster/priority": "0"}, False),
        ({"dagster/priority": "30", APPROVAL_TAG: "yes"}, False),
    ],
)
def test_whose_start_makes_dreams_give_way(instance: dg.DagsterInstance, tags: dict[str, str], urgent: bool) -> None:
    add(instance, "other", tags)
    assert more_urgent_waits(instance, DREAMS, besides="me") is urgent


def test_who_waits_for_the_pool_counts_and_who_works_does_not(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    add(instance, "me", {"dagster/priority": "0"}, dg.DagsterRunStatus.STARTED)
    add(instance, "other", {"dagster/priority": "20"}, dg.DagsterRunStatus.STARTED)
    assert storage.claim_concurrency_slot(GPU_POOL, "me", "step", 0).is_claimed
    assert not more_urgent_waits(instance, DREAMS, besides="me")
    assert not storage.claim_concurrency_slot(GPU_POOL, "other", "step", 20).is_claimed
    assert more_urgent_waits(instance, DREAMS, besides="me")


def test_dreams_look_before_their_first_image_and_stay_stopped(instance: dg.DagsterInstance) -> None:
    add(instance, "me", {"dagster/priority": "0"}, dg.DagsterRunStatus.STARTED)
    add(instance, "other", {"dagster/priority": "30"})
    stop = GivingWay(instance, "me", DREAMS)
    assert stop()
    run = instance.get_run_by_id("me")
    assert run is not None
    assert run.tags[GAVE_WAY_TAG] == "yes"
    assert stop()


def test_what_a_person_asked_for_gives_way_to_nobody(instance: dg.DagsterInstance) -> None:
    add(instance, "me", {}, dg.DagsterRunStatus.STARTED)
    add(instance, "other", {"dagster/priority": "30"})
    stop = GivingWay(instance, "me", IMMEDIATE, _looked=-1000.0)
    assert not stop()
    assert not stop.gave_way
