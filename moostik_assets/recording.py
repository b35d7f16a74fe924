"""Assets that are cheap to know: each partition is a version and metadata computed from the catalogue, and an event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
from pydantic import Field

from moostik_assets.studio import Studio
from resources.ledger import EmitEvent, Entry, Ledger, Recorder


class Selection(dg.Config):
    """Which of a run's partitions are meant; a range of partitions may hold more than was asked for."""

    only: list[str] = Field(default=[], description="Keys of the range that are meant; empty: all of them")


def selected(context: dg.AssetExecutionContext, config: Selection) -> list[str]:
    """The partition keys of this run, or those of them that the config names."""
    keys = list(context.partition_keys)
    if not config.only:
        return keys
    wanted = set(config.only)
    return [key for key in keys if key in wanted]


@dataclass(frozen=True)
class RecordedAsset:
    """An asset whose partitions are recorded from the catalogue."""

    name: str
    code_version: str
    entries: Callable[[Studio, Sequence[str]], list[Entry]]
    """The entries of some partitions; those that are no longer in the catalogue are left out."""
    inputs: Mapping[str, bool] = field(default_factory=dict)
    """Input asset -> whether it is external (observed)."""

    def record(self, studio: Studio, ledger: Ledger, emit: EmitEvent, keys: Sequence[str]) -> int:
        """Write the events of those partitions whose version, code or inputs changed; gives their number."""
        recorder, entries = self._recorder(studio, ledger, emit, keys)
        return sum(recorder.record(entry) for entry in entries)

    def pending(self, studio: Studio, ledger: Ledger, keys: Sequence[str]) -> list[str]:
        """The partitions that `record` would write an event for."""
        recorder, entries = self._recorder(studio, ledger, _no_event, keys)
        return [entry.partition for entry in entries if not recorder.stands(entry)]

    def _recorder(
        self, studio: Studio, ledger: Ledger, emit: EmitEvent, keys: Sequence[str]
    ) -> tuple[Recorder, list[Entry]]:
        entries = self.entries(studio, keys)
        return ledger.recorder(emit, self.name, self.code_version, self.inputs, entries), entries


def _no_event(_: object) -> None:
    raise AssertionError("looking must not write")
