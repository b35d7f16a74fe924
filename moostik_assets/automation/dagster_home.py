"""A DAGSTER_HOME that is ready to use: written once, never over a person's own."""

import fcntl
import os
from pathlib import Path

import dagster as dg

from moostik_assets.settings import GPU_POOL

DAGSTER_YAML = """\
# Written by `moostik` into a new DAGSTER_HOME. Yours to change: it is never written again.
telemetry:
  enabled: false
event_log_storage:
  # One SQLite file with its connection kept open: each image has its own event, at once.
  module: resources.event_log
  class: WarmSqliteEventLogStorage
  config:
    base_dir: {base_dir}
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
concurrency:
  pools:
    granularity: op
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      # Runs that cost money wait here until a person launches them.
      - key: moostik/needs-approval
        limit: 0
run_monitoring:
  enabled: true
  poll_interval_seconds: 10
  free_slots_after_run_end_seconds: 10
"""
DEFAULT_GPU_SLOTS = 1


def ready_dagster_home(home: Path) -> None:
    """Create the home, its dagster.yaml and its storage where there is none, and point this process at it.

    Two processes that open a brand-new home at once can crash in its migrations; the first one in creates it here.
    """
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    marker = home / ".moostik-ready"
    if marker.exists():
        return
    with (home / ".moostik-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if marker.exists():
            return
        config = home / "dagster.yaml"
        if not config.exists():
            config.write_text(DAGSTER_YAML.format(base_dir=_yaml_text(str(home / "event_log"))), encoding="utf-8")
            # As `dagster` does once a person has closed the newsletter dialog that covers a new instance's UI.
            (home / ".nux").mkdir(exist_ok=True)
            (home / ".nux" / "nux.yaml").write_text("seen: 1\n", encoding="utf-8")
        with dg.DagsterInstance.get() as instance:
            instance.get_run_records(limit=1)
            instance.all_asset_keys()
            instance.all_instigator_state()
            limits = instance.event_log_storage.get_pool_limits()
            if all(limit.name != GPU_POOL for limit in limits):
                instance.event_log_storage.set_concurrency_slots(GPU_POOL, DEFAULT_GPU_SLOTS)
        marker.touch()


def _yaml_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
