"""Runs that wait for a person's decision on what they cost: which there are, for what, and how they are let go.

Such a run lies in Dagster's queue with a tag that the limits of the home hold back. To approve it is to give the tag
another value, in one write: whoever is killed around it leaves a run that waits, or one that starts, and never two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import dagster as dg
from dagster._utils.tags import TagConcurrencyLimitsCounter

from moostik_assets.automation.priorities import APPROVAL_TAG, APPROVED, WAITING
from moostik_assets.automation.undone import VARIATION, Undone


@dataclass(frozen=True)
class WaitingRun:
    """A run that waits for a decision. `asked_at` in seconds since the epoch."""

    run: dg.DagsterRun
    asked_at: float
    variations: Sequence[str]
    """Every variation, in the order of the catalogue."""

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The variations that it was asked for and that still exist."""
        return tuple(Undone(self.run, self.variations).asked())

    @property
    def startable(self) -> bool:
        """Whether the ends of its range still exist; without them Dagster cannot start it."""
        return Undone(self.run, self.variations).has_its_range


def waiting_runs(instance: dg.DagsterInstance, variations: Sequence[str]) -> list[WaitingRun]:
    """The runs over variations that wait for a decision, oldest first."""
    filters = dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED], tags={APPROVAL_TAG: WAITING})
    return [
        WaitingRun(record.dagster_run, record.create_timestamp.timestamp(), variations)
        for record in instance.get_run_records(filters, ascending=True)
        if record.dagster_run.asset_selection == {dg.AssetKey(VARIATION)}
    ]


def keys_of(waiting: Iterable[WaitingRun]) -> set[str]:
    """The variations that will be made once their run is approved: nobody needs to ask for them again."""
    return {key for found in waiting if found.startable for key in found.keys}


def holds_back(instance: dg.DagsterInstance, value: str = WAITING) -> bool:
    """Whether a run whose approval tag has that value stays in the queue of this instance."""
    queue = instance.get_concurrency_config().run_queue_config
    if queue is None:
        return False
    limits = TagConcurrencyLimitsCounter(queue.tag_concurrency_limits or [], [])
    return limits.is_blocked(dg.DagsterRun(job_name=VARIATION, tags={APPROVAL_TAG: value}))


def approve(instance: dg.DagsterInstance, waiting: WaitingRun) -> None:
    """Let it start. What it renders is decided when it does: by then another image may be asked for, or none."""
    instance.add_run_tags(waiting.run.run_id, {APPROVAL_TAG: APPROVED})


def give_up(instance: dg.DagsterInstance, waiting: WaitingRun, why: str) -> None:
    """Cancel it; nothing asks for its images again until something about them is changed."""
    run = instance.get_run_by_id(waiting.run.run_id)
    if run is not None and run.status == dg.DagsterRunStatus.QUEUED:
        instance.report_run_canceling(run, why)
        instance.report_run_canceled(run, why)


def superseded(waiting: Sequence[WaitingRun]) -> list[WaitingRun]:
    """Those of some waiting runs, oldest first, all of whose images newer ones will make."""
    found: list[WaitingRun] = []
    newer: set[str] = set()
    for one in reversed(waiting):
        if newer.issuperset(one.keys):
            found.append(one)
        newer |= keys_of([one])
    return found
