"""A DAGSTER_HOME that is ready to use: written once, never over a person's own."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

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
    base_dir: event_log  # in this folder
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1
    # A run whose code server is just being started again waits for it.
    max_user_code_failure_retries: 20
    user_code_failure_retry_delay: 3
concurrency:
  pools:
    granularity: op
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      # Runs that cost money wait here until `moostik approve` gives the tag another value.
      - key: moostik/needs-approval
        value: "yes"
        limit: 0
run_monitoring:
  enabled: true
  poll_interval_seconds: 10
  free_slots_after_run_end_seconds: 10
"""
DEFAULT_GPU_SLOTS = 1
MARKER = ".moostik-ready"
DAGSTER_YAML_FILE = "dagster.yaml"


class UnusableHomeError(OSError):
    """A DAGSTER_HOME whose instance cannot be opened: its dagster.yaml is wrong, or its database."""


def ready_dagster_home(home: Path) -> None:
    """Create the home, its dagster.yaml and its storage where there is none, and point this process at it.

    A new home gets its name when it is whole: two processes that open a brand-new one at once can crash in its
    migrations, and one whose process is killed half-way has tables missing for ever.

    Raises:
        UnusableHomeError: a home that is there cannot be opened.
    """
    home = home.absolute()
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    if not (home / MARKER).exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(home.parent):
            if not home.exists() or not any(home.iterdir()):
                _make(home)
            elif not (home / MARKER).exists():
                _create_storage(home)
    os.environ["DAGSTER_HOME"] = str(home)


def _make(home: Path) -> None:
    making = home.with_name(f"{home.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    (making / DAGSTER_YAML_FILE).write_text(DAGSTER_YAML, encoding="utf-8")
    # As `dagster` does once a person has closed the newsletter dialog that covers a new instance's UI.
    (making / ".nux").mkdir()
    (making / ".nux" / "nux.yaml").write_text("seen: 1\n", encoding="utf-8")
    _create_storage(making)
    making.rename(home)


def _create_storage(home: Path) -> None:
    os.environ["DAGSTER_HOME"] = str(home)
    with _told_of(home):
        instance = dg.DagsterInstance.get()
    with instance:
        instance.get_run_records(limit=1)
        instance.all_asset_keys()
        instance.all_instigator_state()
        limits = instance.event_log_storage.get_pool_limits()
        if all(limit.name != GPU_POOL for limit in limits):
            instance.event_log_storage.set_concurrency_slots(GPU_POOL, DEFAULT_GPU_SLOTS)
    (home / MARKER).touch()


def instance_of_command(home: Path) -> dg.DagsterInstance:
    """The instance of a ready home, for runs in the process of a command.

    They write to its terminal as they are. To keep a copy, Dagster starts four processes a run, of which a killed
    command can leave two behind for ever.

    Raises:
        UnusableHomeError: it cannot be opened.
    """
    uncopied = {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}
    with _told_of(home):
        return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides={"compute_logs": uncopied}))


@contextmanager
def _told_of(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # a person's own dagster.yaml may name any module, and be wrong in any way
        raise UnusableHomeError(f"the Dagster instance in {home} cannot be opened: {error}") from error


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
