"""What an event of one image costs: our SQLite storage with its connection kept, and Dagster's own two.

Each storage gets a fresh Dagster instance in a folder of its own; one run over many partitions logs one materialization
a partition, with the tags of a ledger entry and a thumbnail. Told: the event alone, and the whole run by partition.
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import Report, command_line, interleaved, median, quiet_stderr, ratio

STORAGES = {
    "ours": ("resources.event_log", "WarmSqliteEventLogStorage"),
    "consolidated": ("dagster.core.storage.event_log", "ConsolidatedSqliteEventLogStorage"),
    "default": ("dagster.core.storage.event_log", "SqliteEventLogStorage"),
}
THUMBNAIL_CHARACTERS = 6_000
TAGS = {
    "dagster/data_version": "0" * 64,
    "dagster/data_version_is_user_provided": "true",
    "dagster/code_version": "1",
    "dagster/input_data_version/enriched_prompt": "1" * 64,
    "dagster/input_event_pointer/enriched_prompt": "17",
    "dagster/input_data_version/resolved_references": "2" * 64,
    "dagster/input_event_pointer/resolved_references": "16",
}
DAGSTER_YAML = """\
telemetry:
  enabled: false
event_log_storage:
  module: {module}
  class: {name}
  config:
    base_dir: "{folder}"
"""


@dataclass(frozen=True)
class RunTimes:
    """Milliseconds of the clock."""

    event: float
    """One `log_event`, the median of the run."""
    run: float
    """The whole run, divided by its partitions."""


def timed_run(storage: str, partitions: int) -> RunTimes:
    """One run on a fresh instance with that event log."""
    import dagster as dg

    keys = [f"ep0/shot-{index:04}/wide" for index in range(partitions)]
    events: list[float] = []

    @dg.asset(
        partitions_def=dg.StaticPartitionsDefinition(keys),
        backfill_policy=dg.BackfillPolicy.single_run(),
        output_required=False,
    )
    def image(context: dg.AssetExecutionContext):
        for key in context.partition_keys:
            started = time.perf_counter()
            context.log_event(dg.AssetMaterialization("image", partition=key, tags=TAGS, metadata=_metadata()))
            events.append(time.perf_counter() - started)
        yield from ()

    module, name = STORAGES[storage]
    with tempfile.TemporaryDirectory(prefix="event-log-") as folder:
        home = Path(folder)
        text = DAGSTER_YAML.format(module=module, name=name, folder=home / "events")
        (home / "dagster.yaml").write_text(text, encoding="utf-8")
        with dg.DagsterInstance.from_config(folder) as instance:
            instance.all_asset_keys()  # the tables are made now
            started = time.perf_counter()
            result = dg.materialize([image], instance=instance, tags=_range_of(keys))
            seconds = time.perf_counter() - started
            assert result.success
            recorded = instance.get_materialized_partitions(dg.AssetKey("image"))
            if len(recorded) != partitions:
                raise RuntimeError(f"{storage}: {len(recorded)} of {partitions} events are in the log")
    return RunTimes(event=1000 * median(events), run=1000 * seconds / partitions)


def _metadata() -> Mapping[str, Any]:
    import dagster as dg

    return {
        "thumbnail": dg.MetadataValue.md(f"![thumbnail](data:image/jpeg;base64,{'A' * THUMBNAIL_CHARACTERS})"),
        "prompt": dg.MetadataValue.text("a lantern, a letter, a lane; " * 60),
        "recipe": "3" * 64,
        "seed": 20,
        "seconds": 0.1,
    }


def _range_of(keys: list[str]) -> dict[str, str]:
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}


def measured(partitions: int, repetitions: int) -> Report:
    """The report."""
    report = Report("event_log", {"partitions": partitions, "repetitions": repetitions})
    sides = {storage: lambda _, storage=storage: timed_run(storage, partitions) for storage in STORAGES}
    with quiet_stderr():
        times: dict[str, list[RunTimes]] = interleaved(sides, repetitions)
    for storage, found in times.items():
        class_ = STORAGES[storage][1]
        report.add(f"one event of an image, {class_}", median(t.event for t in found), "ms")
        report.add(f"a run by partition, {class_}", median(t.run for t in found), "ms")
    for other in ("consolidated", "default"):
        class_ = STORAGES[other][1]
        gain = ratio([t.event for t in times[other]], [t.event for t in times["ours"]])
        report.add(f"how much faster our event is than with {class_}", gain, "x")
    report.details = {storage: [vars(t) for t in found] for storage, found in times.items()}
    return report


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--partitions", type=int, default=150, help="partitions of the run, one event each")
    options.add_argument("--repetitions", type=int, default=5, help="runs of each storage, interleaved")
    asked = options.parse_args()
    measured(asked.partitions, asked.repetitions).show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
