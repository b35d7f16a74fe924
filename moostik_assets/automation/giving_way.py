"""When a run stops between two images: it was cancelled, or it is idle work and somebody more urgent waits."""

import time
from dataclasses import dataclass, field

import dagster as dg

from moostik_assets.automation.priorities import DREAMS, GAVE_WAY_TAG, priority_of, waits_for_approval
from moostik_assets.settings import GPU_POOL

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_LOOKS_OF_OTHERS = 3.0
"""Of work that gives way to nobody: it looks only whether it was cancelled."""
RUNS_LOOKED_AT = 100
_SOON = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING]


@dataclass
class GivingWay:
    """`RenderLoop.should_stop` of one run: a query or two a second at most."""

    instance: dg.DagsterInstance
    run_id: str
    priority: int
    cancelled: bool = False
    gave_way: bool = False
    _looked: float = field(default_factory=time.monotonic)
    _idle_looked: bool = False

    def __call__(self) -> bool:
        """Whether to stop now."""
        if self.cancelled or self.gave_way:
            return True
        idle = self.priority <= DREAMS
        now = time.monotonic()
        pause = SECONDS_BETWEEN_LOOKS if idle else SECONDS_BETWEEN_LOOKS_OF_OTHERS
        # Idle work that just got the slot looks at once: the urgent one may be on its way.
        if now - self._looked < pause and (self._idle_looked or not idle):
            return False
        self._looked, self._idle_looked = now, True
        run = self.instance.get_run_by_id(self.run_id)
        if run is not None and run.status in (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED):
            self.cancelled = True
        elif idle and more_urgent_waits(self.instance, self.priority, besides=self.run_id):
            self.gave_way = True
            self.instance.add_run_tags(self.run_id, {GAVE_WAY_TAG: "yes"})
        return self.cancelled or self.gave_way


def more_urgent_waits(instance: dg.DagsterInstance, priority: int, *, besides: str = "") -> bool:
    """Whether a run of higher priority waits for the pool, or in the queue, or is about to start."""
    storage = instance.event_log_storage
    pending = {step.run_id for step in storage.get_concurrency_info(GPU_POOL).pending_steps} - {besides}
    filters = [dg.RunsFilter(statuses=_SOON)]
    if pending:
        filters.append(dg.RunsFilter(run_ids=sorted(pending)))
    return any(
        run.run_id != besides and not waits_for_approval(run.tags) and priority_of(run.tags) > priority
        for chosen in filters
        for run in instance.get_runs(chosen, limit=RUNS_LOOKED_AT)
    )
