"""What Dagster's event log says of a rendered series: events, and which of them are stale, as its UI would show it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest

from moostik_assets.definitions import build_definitions
from moostik_assets.settings import Settings
from tests.moostik_command import Moostik

RECORDED = ("episode", "cluster", "shot", "resolved_references", "enriched_prompt", "variation_image", "contact_sheet")
DATA_VERSION = "dagster/data_version"


@contextmanager
def instance_of(moostik: Moostik) -> Iterator[dg.DagsterInstance]:
    """The instance that the command made below its output."""
    os.environ["DAGSTER_HOME"] = str(moostik.output / "dagster")
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        del os.environ["DAGSTER_HOME"]


def definitions_of(moostik: Moostik) -> dg.Definitions:
    """The code location of that series."""
    return build_definitions(Settings(data=moostik.data, output=str(moostik.output)))


def partition_keys(defs: dg.Definitions, asset: str) -> list[str]:
    """Every partition of an asset."""
    partitions = defs.resolve_asset_graph().get(dg.AssetKey(asset)).partitions_def
    return list(partitions.get_partition_keys()) if partitions is not None else []


def latest_events(instance: dg.DagsterInstance, asset: str) -> dict[str, dg.EventLogRecord]:
    """The latest materialization of each partition of an asset."""
    ids = instance.event_log_storage.get_latest_storage_id_by_partition(
        dg.AssetKey(asset), dg.DagsterEventType.ASSET_MATERIALIZATION
    )
    if not ids:
        return {}
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=list(ids.values())), limit=len(ids)
    ).records
    return {str(record.partition_key): record for record in records}


def event_counts(instance: dg.DagsterInstance, asset: str) -> dict[str, int]:
    """How many materializations each partition of an asset has."""
    counts = instance.event_log_storage.get_materialized_partitions
    found = dict.fromkeys(counts(dg.AssetKey(asset)), 0)
    records = instance.fetch_materializations(dg.AssetKey(asset), limit=10_000).records
    for record in records:
        found[str(record.partition_key)] += 1
    return found


def tags_of(record: dg.EventLogRecord) -> dict[str, str]:
    """The tags of a materialization."""
    materialization = record.asset_materialization
    assert materialization is not None
    return dict(materialization.tags or {})


def metadata_of(record: dg.EventLogRecord) -> dict[str, Any]:
    """The metadata of a materialization, as plain values."""
    materialization = record.asset_materialization
    assert materialization is not None
    return {name: value.value for name, value in materialization.metadata.items()}


def not_fresh(moostik: Moostik) -> dict[str, dict[str, str]]:
    """Asset -> partition -> status, of everything that Dagster does not call FRESH."""
    defs = definitions_of(moostik)
    graph = defs.resolve_asset_graph()
    with instance_of(moostik) as instance:
        resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
        found: dict[str, dict[str, str]] = {}
        for asset in RECORDED:
            for key in partition_keys(defs, asset):
                status = resolver.get_status(dg.AssetKey(asset), key)
                if status.value != "FRESH":
                    found.setdefault(asset, {})[key] = status.value
    return found


def materialize_shots(moostik: Moostik, first: str, last: str) -> None:
    """Materialize a range of shots as a person does in the UI: one run over the three assets of shots."""
    materialize(moostik, ["shot", "resolved_references", "enriched_prompt"], first, last)


def materialize(moostik: Moostik, assets: list[str], first: str, last: str) -> dg.ExecuteInProcessResult:
    """Materialize a range of partitions in one run of the implicit job."""
    with instance_of(moostik) as instance:
        result = (
            definitions_of(moostik)
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=instance,
                asset_selection=[dg.AssetKey(name) for name in assets],
                tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
                raise_on_error=False,
            )
        )
        assert result.success, [event for event in result.all_events if event.is_failure]
        return result
