"""One event a partition, with the provenance by which Dagster tells fresh from stale."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest

from resources.ledger import NO_PARTITION, Entry, Ledger, Recorder
from tests.conftest import copied

UP = dg.StaticPartitionsDefinition(["a", "b", "c"])
DOWN = dg.StaticPartitionsDefinition(["x", "y"])
MAPPING = dg.StaticPartitionMapping({"a": ["x"], "b": ["x", "y"]})


@pytest.fixture
def instance(tmp_path: Path, ready_home: Path) -> Iterator[dg.DagsterInstance]:
    os.environ["DAGSTER_HOME"] = str(copied(ready_home, tmp_path / "home"))
    with dg.DagsterInstance.get() as found:
        yield found


@pytest.fixture
def ledger(instance: dg.DagsterInstance) -> Ledger:
    return Ledger(instance)


def definitions() -> dg.Definitions:
    @dg.observable_source_asset(partitions_def=UP)
    def sheet() -> dg.DataVersionsByPartition:
        return dg.DataVersionsByPartition({})

    @dg.observable_source_asset
    def world() -> dg.DataVersion:
        return dg.DataVersion("")

    @dg.asset(
        partitions_def=DOWN,
        code_version="1",
        deps=[dg.AssetDep(sheet, partition_mapping=MAPPING), world],
    )
    def image() -> None: ...

    return dg.Definitions(assets=[sheet, world, image])


def statuses(instance: dg.DagsterInstance) -> dict[str, str]:
    graph = definitions().resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    return {key: resolver.get_status(dg.AssetKey("image"), key).value for key in DOWN.get_partition_keys()}


ENTRIES = (
    Entry("x", "vx", inputs={"sheet": ["a", "b"], "world": [NO_PARTITION]}),
    Entry("y", "vy", inputs={"sheet": ["b"], "world": [NO_PARTITION]}),
)


def recorder(instance: dg.DagsterInstance, entries: Any = ENTRIES, code_version: str = "1") -> Recorder:
    emit = instance.report_runless_asset_event
    return Ledger(instance).recorder(emit, "image", code_version, {"sheet": True, "world": True}, entries)


def observe(instance: dg.DagsterInstance, **versions: str) -> list[str]:
    found = Ledger(instance).observe(instance.report_runless_asset_event, "sheet", versions)
    return found + Ledger(instance).observe(instance.report_runless_asset_event, "world", {NO_PARTITION: "w1"})


def test_what_is_recorded_is_fresh_until_an_input_of_its_own_changes(instance: dg.DagsterInstance) -> None:
    observe(instance, a="1", b="1", c="1")
    found = recorder(instance)
    assert [found.record(entry) for entry in ENTRIES] == [True, True]
    assert statuses(instance) == {"x": "FRESH", "y": "FRESH"}
    assert observe(instance, c="2") == ["c"]
    assert statuses(instance) == {"x": "FRESH", "y": "FRESH"}
    assert observe(instance, a="2") == ["a"]
    assert statuses(instance) == {"x": "STALE", "y": "FRESH"}
    found = recorder(instance)
    assert [found.record(entry) for entry in ENTRIES] == [True, False]
    assert statuses(instance) == {"x": "FRESH", "y": "FRESH"}
    observe(instance, b="2")
    assert statuses(instance) == {"x": "STALE", "y": "STALE"}


def test_a_partition_is_recorded_again_only_where_something_about_it_changed(instance: dg.DagsterInstance) -> None:
    observe(instance, a="1", b="1")
    first = recorder(instance)
    for entry in ENTRIES:
        first.record(entry)
    assert not any(recorder(instance).record(entry) for entry in ENTRIES)
    assert recorder(instance).record(ENTRIES[0], anyway=True)
    assert recorder(instance).record(Entry("x", "other", inputs=ENTRIES[0].inputs))
    newer = recorder(instance, code_version="2")
    assert [newer.record(entry) for entry in ENTRIES] == [True, True]
    assert len(instance.fetch_materializations(dg.AssetKey("image"), limit=100).records) == 6


def test_an_input_that_was_never_recorded_makes_it_stale_once_it_is(instance: dg.DagsterInstance) -> None:
    observe(instance, b="1")
    for entry in ENTRIES:
        recorder(instance).record(entry)
    observe(instance, a="1")
    assert not recorder(instance).stands(ENTRIES[0])
    assert recorder(instance).stands(ENTRIES[1])


def test_metadata_is_built_only_where_an_event_is_written(instance: dg.DagsterInstance) -> None:
    built: list[str] = []

    def metadata() -> dict[str, str]:
        built.append("once")
        return {"words": "« ça » 🦟"}

    entry = Entry("x", "v", inputs=ENTRIES[0].inputs, metadata=metadata)
    assert recorder(instance, [entry]).record(entry)
    assert not recorder(instance, [entry]).record(entry)
    assert built == ["once"]
    (record,) = instance.fetch_materializations(dg.AssetKey("image"), limit=5).records
    assert record.asset_materialization is not None
    assert record.asset_materialization.metadata["words"].value == "« ça » 🦟"


def test_observations_are_written_once_per_version(ledger: Ledger, instance: dg.DagsterInstance) -> None:
    emit = instance.report_runless_asset_event
    assert ledger.observe(emit, "sheet", {"a": "1", "b": "1"}) == ["a", "b"]
    assert ledger.observe(emit, "sheet", {"a": "1", "b": "2", "c": "1"}) == ["b", "c"]
    assert ledger.observe(emit, "sheet", {"a": "1"}) == []
    assert ledger.observe(emit, "world", {NO_PARTITION: "w"}) == [NO_PARTITION]
    assert ledger.observe(emit, "world", {NO_PARTITION: "w"}) == []
    assert ledger.observe(emit, "sheet", {"b": "1"}) == ["b"]  # back again is a change too
    standing = ledger.standing("sheet", ["a", "b"], observed=True)
    assert (standing.version("a"), standing.version("b"), standing.version("z")) == ("1", "1", None)


def test_what_nobody_asks_for_is_not_looked_up(ledger: Ledger) -> None:
    standing = ledger.standing("sheet", [])
    assert (standing.tags, standing.storage_ids) == ({}, {})
    assert ledger.provenance("never", ["a"]).tags == {}


def test_more_partitions_than_a_query_takes(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.ledger.MAX_PARTITIONS_IN_A_QUERY", 20)
    entries = [Entry(f"p{number}", f"v{number}") for number in range(45)]
    emit = instance.report_runless_asset_event
    first = Ledger(instance).recorder(emit, "many", "1", {}, entries)
    assert sum(first.record(entry) for entry in entries) == len(entries)
    again = Ledger(instance).recorder(emit, "many", "1", {}, entries)
    assert not any(again.record(entry) for entry in entries)
    standing = Ledger(instance).standing("many", [entry.partition for entry in entries])
    assert standing.version("p41") == "v41"
