"""The reaper: nothing that was asked for is lost to a killed process, and nothing is tried for ever.

Each tick ends the runs whose process died. Then it looks at the runs that ended badly since its last tick, or gave way,
and asks for what they left undone: at once where a process died, after a pause where images failed, when nobody more
urgent waits where they gave way. A run that a person cancelled, or that the command made, is not asked for again.
"""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.events import RunFailureReason
from dagster._core.storage.tags import RUN_FAILURE_REASON_TAG

from moostik_assets.automation.approval import give_up, superseded, waiting_runs
from moostik_assets.automation.giving_way import more_urgent_waits
from moostik_assets.automation.priorities import GAVE_WAY_TAG, priority_of
from moostik_assets.automation.reaping import reap_dead_runs, reap_runs_that_never_began
from moostik_assets.automation.runs import SOURCE, SOURCE_TAG
from moostik_assets.automation.signatures import watched_catalogue
from moostik_assets.automation.undone import Undone
from moostik_assets.partitions import Partitions
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.image_failures import ImageFailure, ImageFailures
from resources.rendering.base import RendererUnavailable

SECONDS_BETWEEN_TICKS = 5
SECONDS_OF_OVERLAP = 10.0
"""A run that ended is looked for this long: its end may be dated before the tick that could not see it yet."""
SECONDS_TO_LOOK_BACK = 3600.0
"""At the very first tick."""
RUNS_A_TICK = 20
MOST_FRUITLESS = 6
"""Runs in a row that end before they have done anything: then something else is broken, and a person must look."""
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0
_KILLED = {
    None,
    RunFailureReason.UNEXPECTED_TERMINATION.value,
    RunFailureReason.START_TIMEOUT.value,
    RunFailureReason.RUN_WORKER_RESTART.value,
    RunFailureReason.UNKNOWN.value,
}
"""Reasons that say nothing of the work itself; None: it could not be launched, or its process was found dead."""


@dataclass(frozen=True)
class ReaperCursor:
    """What the reaper remembers between two ticks. Times in seconds since the epoch."""

    since: float
    """Runs that ended before are done with."""
    handled: dict[str, float] = field(default_factory=dict)
    """Runs that were looked at, with the time of their end, as long as `since` does not rule them out."""
    waiting: dict[str, float] = field(default_factory=dict)
    """Runs whose rest is to be asked for, not before that time."""

    def to_text(self) -> str:
        """The text that Dagster keeps."""
        return json.dumps({"since": self.since, "handled": self.handled, "waiting": self.waiting}, sort_keys=True)


def reaper_cursor(text: str | None, now: float) -> ReaperCursor:
    """The cursor of a text; where it is none, one that looks back a little."""
    try:
        found: Any = json.loads(text) if text else {}
        return ReaperCursor(float(found["since"]), dict(found["handled"]), dict(found["waiting"]))
    except (ValueError, KeyError, TypeError):
        return ReaperCursor(now - SECONDS_TO_LOOK_BACK)


def pause_before(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return 0.0 if failures <= 0 else min(LONGEST_PAUSE_SECONDS, PAUSE_SECONDS * 2.0 ** (failures - 1))


@dataclass(frozen=True)
class ReaperTick:
    """One look of the reaper."""

    settings: Settings
    partitions: Partitions
    instance: dg.DagsterInstance
    ours: frozenset[str]
    """Names of the assets whose runs hold a lock."""
    log: Callable[[str], None]
    now: float = field(default_factory=time.time)

    def look(self, text: str | None) -> dg.SensorResult:
        """Reap, and say what is asked for again."""
        for run_id in reap_dead_runs(self.instance, self.settings):
            self.log(f"run {run_id} failed: its process was killed")
        for run_id in reap_runs_that_never_began(self.instance, self.now, self._is_ours):
            self.log(f"run {run_id} failed: no process began to work on it")
        for found in superseded(waiting_runs(self.instance, self.partitions.variations.get_partition_keys())):
            give_up(self.instance, found, "A newer run that waits for approval makes all of its images.")
            self.log(f"run {found.run.run_id} is given up: a newer one that waits for approval makes all of its images")
        cursor = self._with_the_ended(reaper_cursor(text, self.now))
        requests: list[dg.RunRequest] = []
        due = [run_id for run_id, at in cursor.waiting.items() if at <= self.now][:RUNS_A_TICK]
        if due:
            requests, settled = self._asked_again(due)
            cursor = replace(cursor, waiting={r: at for r, at in cursor.waiting.items() if r not in settled})
        if requests:
            return dg.SensorResult(run_requests=requests, cursor=cursor.to_text())
        waiting = (
            f"{len(cursor.waiting)} runs wait to be asked for again" if cursor.waiting else "nothing is left undone"
        )
        return dg.SensorResult(skip_reason=dg.SkipReason(waiting), cursor=cursor.to_text())

    def _is_ours(self, run: dg.DagsterRun) -> bool:
        selection = run.asset_selection
        return bool(selection) and all(key.to_user_string() in self.ours for key in selection)

    def _with_the_ended(self, cursor: ReaperCursor) -> ReaperCursor:
        after = datetime.fromtimestamp(cursor.since - SECONDS_OF_OVERLAP, UTC)
        badly = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=after)
        gave_way = dg.RunsFilter(
            statuses=[dg.DagsterRunStatus.SUCCESS], tags={GAVE_WAY_TAG: "yes"}, updated_after=after
        )
        handled, waiting = dict(cursor.handled), dict(cursor.waiting)
        latest = cursor.since
        failures: list[ImageFailure] | None = None
        for filters in (badly, gave_way):
            for record in self.instance.get_run_records(filters):
                run, ended = record.dagster_run, record.update_timestamp.timestamp()
                latest = max(latest, ended)
                if run.run_id in handled or not self._is_ours(run) or run.tags.get(SOURCE_TAG) == SOURCE:
                    continue
                handled[run.run_id] = ended
                if failures is None:
                    failures = list(ImageFailures(_store_files(self.settings)).all().values())
                pause = self._pause_of(run, failures)
                if pause is not None:
                    waiting[run.run_id] = min(ended, self.now) + pause
        kept = {run_id: at for run_id, at in handled.items() if at >= latest - SECONDS_OF_OVERLAP}
        return ReaperCursor(latest, kept, waiting)

    def _pause_of(self, run: dg.DagsterRun, failures: Iterable[ImageFailure]) -> float | None:
        """Seconds until its rest is asked for; None where it is not."""
        if GAVE_WAY_TAG in run.tags:
            return 0.0
        if run.tags.get(RUN_FAILURE_REASON_TAG) in _KILLED:
            fruitless = Undone(run, ()).fruitless
            if fruitless >= MOST_FRUITLESS:
                self.log(
                    f"run {run.run_id} and {fruitless} before it ended before they had done anything: "
                    "it is not asked for again; its log in the web UI says why"
                )
                return None
            return pause_before(fruitless)
        tried = [failure.attempts for failure in failures if run.run_id in failure.runs and not failure.quarantined]
        return pause_before(max(tried)) if tried else None

    def _asked_again(self, due: Iterable[str]) -> tuple[list[dg.RunRequest], set[str]]:
        """The requests for the rest of some runs, and which runs are settled with them."""
        loaded, _ = watched_catalogue(self.settings.data_root)
        if loaded.errors:
            self.log(f"{len(loaded.errors)} errors in the catalogue: what is left undone waits for their repair")
            return [], set()
        requests: list[dg.RunRequest] = []
        settled: set[str] = set()
        variations = self.partitions.variations.get_partition_keys()
        with Studio(self.settings, loaded) as studio:
            for run_id in due:
                run = self.instance.get_run_by_id(run_id)
                if run is None:
                    settled.add(run_id)
                    continue
                if GAVE_WAY_TAG in run.tags and more_urgent_waits(self.instance, priority_of(run.tags)):
                    continue
                try:
                    found = Undone(run, variations).requests(studio, self.instance)
                except RendererUnavailable as unavailable:
                    self.log(f"the rest of run {run_id} cannot be asked for: {unavailable}")
                    found = []
                settled.add(run_id)
                requests += found
                self.log(f"run {run_id}: its rest is asked for again in {len(found)} runs")
        return requests, settled


def _store_files(settings: Settings) -> Any:
    from resources.store.files import files_at

    return files_at(settings.output_root)


def build_reaper(settings: Settings, partitions: Partitions) -> dg.SensorDefinition:
    """The sensor, running by default."""

    @dg.sensor(
        name="reaper",
        description="Ends runs whose process was killed, frees their slots, and asks for what they left undone.",
        # Not `target`, which makes one job of them all: assets of several partitions cannot share one.
        asset_selection=dg.AssetSelection.all(),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def reaper(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        assert context.repository_def is not None
        ours = frozenset(
            key.to_user_string()
            for key, asset in context.repository_def.assets_defs_by_key.items()
            if asset.is_executable and "studio" in asset.required_resource_keys
        )
        return ReaperTick(settings, partitions, context.instance, ours, context.log.info).look(context.cursor)

    return reaper
