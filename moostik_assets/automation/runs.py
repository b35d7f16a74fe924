"""Runs of our assets in this process, against the Dagster instance, over a range of partitions."""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PRIORITY_TAG,
)

from moostik_assets.automation.liveness import alive
from moostik_assets.settings import GPU_POOL

SOURCE_TAG = "moostik/source"
SOURCE = "command"
IMMEDIATE = "20"


class RunFailed(Exception):
    """A run in this process failed; the message is Dagster's, for a person."""


def run_partitions(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    home: Path,
    *,
    assets: Sequence[str],
    op: str,
    keys: Sequence[str],
    all_keys: Sequence[str],
    config: Mapping[str, Any] | None = None,
) -> None:
    """Materialize some partitions of assets that share one step, as one run.

    The run covers the range from the first to the last of `keys` in the order of `all_keys`; where that range holds
    more, the run's config says which are meant.

    Raises:
        RunFailed: the run did not succeed.
        DagsterExecutionInterruptedError: it was interrupted.
    """
    order = {key: index for index, key in enumerate(all_keys)}
    wanted = sorted(keys, key=order.__getitem__)
    covered = order[wanted[-1]] - order[wanted[0]] + 1
    op_config = dict(config or {})
    if covered != len(wanted):
        op_config["only"] = list(wanted)
    run_id = str(uuid.uuid4())
    with alive(home, run_id):
        result = defs.resolve_implicit_global_asset_job_def().execute_in_process(
            instance=instance,
            run_id=run_id,
            asset_selection=[dg.AssetKey(name) for name in assets],
            run_config={
                "ops": {op: {"config": op_config}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            tags={
                ASSET_PARTITION_RANGE_START_TAG: wanted[0],
                ASSET_PARTITION_RANGE_END_TAG: wanted[-1],
                SOURCE_TAG: SOURCE,
                PRIORITY_TAG: IMMEDIATE,
            },
            raise_on_error=False,
        )
    if not result.success:
        if _was_interrupted(result):
            raise dg.DagsterExecutionInterruptedError
        raise RunFailed(_why(result))


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether Ctrl-C ended it: Dagster makes a failure of that."""
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__ for error in errors)


def _why(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            user = event.step_failure_data.user_failure_data
            if user is not None and user.description:
                return user.description
            while error is not None and error.cause is not None:
                error = error.cause
            return error.message.strip() if error is not None else "the step failed"
    return f"run {result.run_id} did not succeed; `moostik up` shows its log"


def slots_taken(instance: dg.DagsterInstance) -> int:
    """How many slots of the pool are taken now."""
    return len(instance.event_log_storage.get_concurrency_info(GPU_POOL).claimed_slots)
