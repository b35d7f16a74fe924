"""A DAGSTER_HOME is made whole, once, whoever is killed meanwhile and however many begin at once."""

import os
import signal
import time
from pathlib import Path

import dagster as dg
import pytest
import yaml

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.settings import GPU_POOL
from tests.conftest import copied
from tests.warm_process import WarmProcess


def ready_and_used(home: Path) -> None:
    ready_dagster_home(home)
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("kitchen"))
        assert instance.get_latest_materialization_event(dg.AssetKey("kitchen")) is not None
        print("ready", len(instance.event_log_storage.get_pool_limits()), flush=True)


def use(home: Path) -> WarmProcess:
    return WarmProcess(ready_and_used, home, env=os.environ)


def used(process: WarmProcess) -> list[str]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out.split()[-2:]


def test_a_new_home_is_complete(tmp_path: Path) -> None:
    home = tmp_path / "out" / "dagster"
    ready_dagster_home(home)
    config = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))
    assert config["telemetry"] == {"enabled": False}
    assert config["concurrency"]["pools"] == {"granularity": "op"}
    assert config["run_monitoring"]["free_slots_after_run_end_seconds"] > 0
    assert os.environ["DAGSTER_HOME"] == str(home)
    with dg.DagsterInstance.get() as instance:
        assert {limit.name: limit.limit for limit in instance.event_log_storage.get_pool_limits()} == {GPU_POOL: 1}


def test_a_persons_own_home_is_left_as_it_is(tmp_path: Path) -> None:
    own = "telemetry:\n  enabled: false\nconcurrency:\n  pools:\n    granularity: op\n"
    (tmp_path / "dagster.yaml").write_text(own)
    ready_dagster_home(tmp_path)
    with dg.DagsterInstance.get() as instance:
        instance.event_log_storage.set_concurrency_slots(GPU_POOL, 3)
    (tmp_path / ".moostik-ready").unlink()
    ready_dagster_home(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text() == own
    with dg.DagsterInstance.get() as instance:
        assert [limit.limit for limit in instance.event_log_storage.get_pool_limits()] == [3]


def test_a_home_that_was_moved_keeps_its_events(tmp_path: Path) -> None:
    ready_dagster_home(tmp_path / "before")
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("kitchen"))
    copied(tmp_path / "before", tmp_path / "after")
    ready_dagster_home(tmp_path / "after")
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("cellar"))
        assert {key.to_user_string() for key in instance.all_asset_keys()} == {"kitchen", "cellar"}
    ready_dagster_home(tmp_path / "before")
    with dg.DagsterInstance.get() as instance:
        assert {key.to_user_string() for key in instance.all_asset_keys()} == {"kitchen"}


def test_three_processes_make_one_home_at_once(tmp_path: Path) -> None:
    processes = [use(tmp_path / "dagster") for _ in range(3)]
    assert [used(process) for process in processes] == [["ready", "1"]] * 3


@pytest.mark.parametrize("database", ["runs.db", "event_log.db", "schedules.db"])
def test_a_home_whose_making_was_killed_is_made_by_the_next(tmp_path: Path, database: str) -> None:
    home = tmp_path / "dagster"
    process = use(home)
    while not any(tmp_path.rglob(database)) and process.poll() is None:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)  # the file is there, its tables are not
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert used(use(home)) == ["ready", "1"]
    assert [path.name for path in tmp_path.iterdir()] == ["dagster"]
