"""The event log keeps one connection open, and is the file that Dagster's own storage reads."""

import os
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage

from resources.event_log import WarmSqliteEventLogStorage

YAML = """
event_log_storage:
  module: resources.event_log
  class: WarmSqliteEventLogStorage
  config:
    base_dir: {base_dir}
telemetry:
  enabled: false
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "dagster.yaml").write_text(YAML.format(base_dir="events"))
    os.environ["DAGSTER_HOME"] = str(tmp_path)
    return tmp_path


def test_a_relative_folder_lies_in_the_home(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, WarmSqliteEventLogStorage)
        instance.report_runless_asset_event(dg.AssetMaterialization("kitchen", partition="a"))
    assert (home / "events" / "event_log.db").is_file()
    elsewhere = home.with_name(f"{home.name}-moved")
    home.rename(elsewhere)
    os.environ["DAGSTER_HOME"] = str(elsewhere)
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("kitchen")) == {"a"}
    assert not home.exists()


def test_an_absolute_folder_is_where_it_says(home: Path, tmp_path: Path) -> None:
    (home / "dagster.yaml").write_text(YAML.format(base_dir=tmp_path / "far" / "away"))
    with dg.DagsterInstance.get() as instance:
        instance.all_asset_keys()
    assert (tmp_path / "far" / "away" / "event_log.db").is_file()


def test_a_relative_folder_of_no_home_is_refused(home: Path) -> None:
    del os.environ["DAGSTER_HOME"]
    with pytest.raises(ValueError, match="base_dir 'events' needs DAGSTER_HOME set"):
        dg.DagsterInstance.from_config(str(home))


def test_dagsters_own_storage_reads_what_it_wrote_and_the_other_way(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization("kitchen"))
    own = ConsolidatedSqliteEventLogStorage(str(home / "events"))
    try:
        assert [key.to_user_string() for key in own.all_asset_keys()] == ["kitchen"]
    finally:
        own.dispose()


def test_many_events_take_one_connection(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, WarmSqliteEventLogStorage)
        instance.report_runless_asset_event(dg.AssetMaterialization("kitchen", partition="0"))
        engine = storage._engine
        for number in range(20):
            instance.report_runless_asset_event(dg.AssetMaterialization("kitchen", partition=str(number)))
        assert storage._engine is engine
        assert len(instance.get_materialized_partitions(dg.AssetKey("kitchen"))) == 20
    assert storage._engine is None
