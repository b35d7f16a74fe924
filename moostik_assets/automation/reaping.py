"""Runs whose process died: they are failed, their slots freed, and what they had in hand is counted."""

from collections.abc import Callable, Collection
from pathlib import Path

import dagster as dg
from dagster._core.events import JobFailureData, RunFailureReason

from moostik_assets.automation.liveness import dead_runs, forget_dead, lock_path
from moostik_assets.settings import Settings
from moostik_assets.variations.in_hand import InHand, found_in_hand
from resources.image_failures import ImageFailures
from resources.image_store import ImageStore

SECONDS_TO_START = 45.0
"""From the launch of a run to its lock. Starting its process takes 3 to 10 seconds."""
DIED = "The process of this run was killed."
NEVER_BEGAN = "No process began to work on this run; it was killed, or never started."
DIED_WITH_IT = "the process that rendered it was killed; does it need more memory than there is?"
_BEGINNING = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def reap_dead_runs(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """End the runs whose process is dead, and count what it had in hand; gives the ids of those that were unfinished.

    Whoever is killed in the middle of this leaves the rest to the next one.
    """
    home = Path(instance.root_directory)
    reaped = []
    for run_id in dead_runs(home):
        if _ended(instance, run_id, DIED):
            reaped.append(run_id)
        count_in_hand(settings, run_id)
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)
        forget_dead(home, run_id)
    return reaped


def reap_runs_that_never_began(
    instance: dg.DagsterInstance, now: float, is_ours: Callable[[dg.DagsterRun], bool]
) -> list[str]:
    """End the runs of ours that were launched a while ago, and have no process that holds their lock."""
    home = Path(instance.root_directory)
    reaped = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_BEGINNING)):
        run = record.dagster_run
        if not is_ours(run) or now - record.update_timestamp.timestamp() < SECONDS_TO_START:
            continue
        if record.start_time is not None and now - record.start_time < SECONDS_TO_START:
            continue
        # A lock that is there is looked after by `reap_dead_runs`.
        if not lock_path(home, run.run_id).exists() and _ended(instance, run.run_id, NEVER_BEGAN):
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            reaped.append(run.run_id)
    return reaped


def _ended(instance: dg.DagsterInstance, run_id: str, why: str) -> bool:
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        return False
    if run.status == dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, why)
    else:
        reason = JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION)
        instance.report_run_failed(run, why, reason)
    return True


def count_in_hand(settings: Settings, run_id: str) -> Collection[str]:
    """Count an attempt for each image that a dead run had in hand and that is not in the store; gives their recipes."""
    found = found_in_hand(settings, run_id)
    if not found:
        return ()
    store = ImageStore(settings.output_root)
    failures = ImageFailures(store.files)
    suspects = [recipe for recipe in found if store.find(recipe, verify=False) is None]
    for recipe in suspects:
        failures.count(recipe, found[recipe], DIED_WITH_IT, run_id, died=True)
    InHand(settings, run_id).clear()
    return suspects
