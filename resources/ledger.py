"""The ledger: one event per partition in Dagster's event log, with its exact data version and provenance.

Dagster tells fresh from stale by tags on the latest event of a partition: its own data version, its code version, and
for each input asset the version used and a pointer to the event that it was read from. `MaterializeResult` stamps one
version on all partitions of a run and is recorded only at the end of a step; here each partition gets its own, at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)

from resources.canonical import sha256_of_json
from resources.crash_points import crash_point

EmitEvent = Callable[[dg.AssetMaterialization | dg.AssetObservation], None]
"""Writes one event: `context.log_event` in a step, `instance.report_runless_asset_event` outside."""

MAX_PARTITIONS_IN_A_QUERY = 500
NO_PARTITION = ""
"""Stands for the one partition of an asset that has none."""


@dataclass(frozen=True)
class Standing:
    """What the event log says of an asset's partitions now: tags of the latest event, and its storage id."""

    tags: Mapping[str, Mapping[str, str]]
    storage_ids: Mapping[str, int]

    def version(self, partition: str) -> str | None:
        """The data version of a partition, None where it has no event."""
        return self.tags.get(partition, {}).get(DATA_VERSION_TAG)


@dataclass(frozen=True)
class Entry:
    """A partition to be recorded: its data version, and per input asset the input's partitions."""

    partition: str
    version: str
    inputs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    metadata: Callable[[], Mapping[str, Any]] = dict
    """Built only where an event is written."""


class Ledger:
    """Reads and writes the events of partitions in one Dagster instance."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance

    @property
    def instance(self) -> dg.DagsterInstance:
        """The instance whose events these are."""
        return self._instance

    def standing(self, asset: str, partitions: Iterable[str] | None, *, observed: bool = False) -> Standing:
        """The data versions and storage ids of some partitions of an asset (None: of all)."""
        asked = None if partitions is None else list(dict.fromkeys(partitions))
        if asked == []:
            return Standing({}, {})
        if asked == [NO_PARTITION]:
            return self._standing_of_unpartitioned(asset, observed)
        if asked is not None and len(asked) > MAX_PARTITIONS_IN_A_QUERY:
            asked = None
        kind = dg.DagsterEventType.ASSET_OBSERVATION if observed else dg.DagsterEventType.ASSET_MATERIALIZATION
        key = dg.AssetKey(asset)
        storage = self._instance.event_log_storage
        return Standing(
            tags=storage.get_latest_tags_by_partition(key, kind, [DATA_VERSION_TAG], asked),
            storage_ids=storage.get_latest_storage_id_by_partition(key, kind, set(asked) if asked else None),
        )

    def provenance(self, asset: str, partitions: Iterable[str]) -> Standing:
        """What stands for some partitions of an asset, with all tags of their latest events."""
        wanted = set(partitions)
        ids = {p: id_ for p, id_ in self.standing(asset, wanted).storage_ids.items() if p in wanted}
        tags: dict[str, Mapping[str, str]] = {}
        pending = sorted(ids.values())
        for start in range(0, len(pending), MAX_PARTITIONS_IN_A_QUERY):
            chunk = pending[start : start + MAX_PARTITIONS_IN_A_QUERY]
            found = self._instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), storage_ids=chunk), limit=len(chunk)
            )
            for record in found.records:
                event = record.asset_materialization
                if event is not None and event.partition is not None:
                    tags[event.partition] = dict(event.tags or {})
        return Standing(tags, ids)

    def _standing_of_unpartitioned(self, asset: str, observed: bool) -> Standing:
        record = self._instance.get_latest_data_version_record(dg.AssetKey(asset), is_source=observed)
        if record is None:
            return Standing({}, {})
        event = record.asset_observation if observed else record.asset_materialization
        return Standing({NO_PARTITION: dict(event.tags or {}) if event else {}}, {NO_PARTITION: record.storage_id})

    def observe(self, emit: EmitEvent, asset: str, versions: Mapping[str, str]) -> list[str]:
        """Record the versions of an external asset's partitions; gives those that were new or had changed."""
        before = self.standing(asset, versions, observed=True)
        changed = [partition for partition, version in versions.items() if before.version(partition) != version]
        for partition in changed:
            tags = {DATA_VERSION_TAG: versions[partition], DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
            emit(dg.AssetObservation(asset, partition=None if partition == NO_PARTITION else partition, tags=tags))
        return changed

    def recorder(
        self, emit: EmitEvent, asset: str, code_version: str, inputs: Mapping[str, bool], entries: Iterable[Entry]
    ) -> "Recorder":
        """A recorder for some entries of an asset; `inputs`: input asset -> whether it is observed (external)."""
        entries = list(entries)
        standing = self.provenance(asset, [entry.partition for entry in entries])
        upstream = {
            name: self.standing(name, {p for entry in entries for p in entry.inputs.get(name, ())}, observed=observed)
            for name, observed in inputs.items()
        }
        return Recorder(emit, asset, code_version, standing, upstream)


@dataclass
class Recorder:
    """Writes the events of one asset's partitions, each as soon as it is known."""

    emit: EmitEvent
    asset: str
    code_version: str
    standing: Standing
    upstream: Mapping[str, Standing]

    def record(self, entry: Entry, *, anyway: bool = False) -> bool:
        """Write the event of a partition, unless what stands says the same; gives whether it was written."""
        if not anyway and self.stands(entry):
            return False
        tags = {**self._versions(entry), DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}
        for name, standing in self.upstream.items():
            ids = [standing.storage_ids[p] for p in entry.inputs.get(name, ()) if p in standing.storage_ids]
            # One pointer stands for all of the input's partitions: Dagster looks for newer events after it.
            tags[get_input_event_pointer_tag(dg.AssetKey(name))] = str(max(ids)) if ids else "NULL"
        partition = None if entry.partition == NO_PARTITION else entry.partition
        self.emit(dg.AssetMaterialization(self.asset, partition=partition, metadata=dict(entry.metadata()), tags=tags))
        crash_point("event-logged")
        return True

    def stands(self, entry: Entry) -> bool:
        """Whether the latest event of the partition says the same versions: its own, its code's, its inputs'."""
        stands = self.standing.tags.get(entry.partition, {})
        return all(stands.get(name) == value for name, value in self._versions(entry).items())

    def _versions(self, entry: Entry) -> dict[str, str]:
        tags = {DATA_VERSION_TAG: entry.version, CODE_VERSION_TAG: self.code_version}
        for name, standing in self.upstream.items():
            versions = [standing.version(partition) for partition in entry.inputs.get(name, ())]
            tags[get_input_data_version_tag(dg.AssetKey(name))] = _joined_version(versions)
        return tags


def _joined_version(versions: Sequence[str | None]) -> str:
    if len(versions) == 1:
        return versions[0] or "NULL"
    return sha256_of_json(list(versions))
