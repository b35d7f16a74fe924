"""Runs as the daemon's workers do them: in a process of their own, each with a studio of its own."""

import os
import signal
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.automation.reaper import ReaperTick
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.definitions import build_definitions
from moostik_assets.partitions import build_partitions
from moostik_assets.settings import Settings
from resources.rendering.request import RenderRequest
from tests.moostik_command import Moostik
from tests.warm_process import WarmProcess

SECONDS_TO_END = 180
"""Enough for a worker on a busy machine."""
OURS = frozenset({"variation_image", "contact_sheet"})


def work(run_id: str, config: Mapping[str, Any], tags: Mapping[str, str]) -> None:
    """Work on a run, and exit with 1 where it fails; an image whose prompt holds SKETCH_KILLS kills the process."""
    from sketch_renderer import SketchRenderer  # type: ignore[import-not-found]

    sketched, deadly = SketchRenderer._sketched, os.environ.get("SKETCH_KILLS")

    def sketched_or_dead(renderer: Any, request: RenderRequest) -> Any:
        if deadly and deadly in request.prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        return sketched(renderer, request)

    SketchRenderer._sketched = sketched_or_dead
    with dg.DagsterInstance.get() as instance:
        result = (
            build_definitions(Settings())
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=instance,
                run_id=run_id,
                asset_selection=[dg.AssetKey("variation_image")],
                run_config=dict(config),
                tags=dict(tags),
                raise_on_error=False,
            )
        )
        sys.exit(not result.success)


class Workshop:
    """A series with an instance, on which runs are worked at and reaped."""

    def __init__(self, series: Moostik, log: Path) -> None:
        self.series, self.log = series, log
        self.settings = Settings(data=series.data, output=str(series.output))
        self.home = self.settings.dagster_home
        ready_dagster_home(self.home)
        self.instance = dg.DagsterInstance.get()
        self.partitions = build_partitions(load_catalogue(series.data).catalogue)
        self.said: list[str] = []

    @property
    def keys(self) -> Sequence[str]:
        return self.partitions.variations.get_partition_keys()

    def start(
        self,
        run_id: str | None = None,
        *,
        tags: Mapping[str, str] | None = None,
        config: Mapping[str, Any] | None = None,
        **sketch: str,
    ) -> tuple[str, WarmProcess]:
        """A worker on a run over all variations, or over those of the tags."""
        run_id = run_id or str(uuid.uuid4())
        whole = {ASSET_PARTITION_RANGE_START_TAG: self.keys[0], ASSET_PARTITION_RANGE_END_TAG: self.keys[-1]}
        environment = self.series.environment(
            {
                "DAGSTER_HOME": str(self.home),
                "MOOSTIK_DATA": str(self.series.data),
                "MOOSTIK_OUTPUT": str(self.series.output),
                "SKETCH_LOG": str(self.log),
                **{f"SKETCH_{name.upper()}": value for name, value in sketch.items()},
            }
        )
        return run_id, WarmProcess(work, run_id, config or {}, {**whole, **(tags or {})}, env=environment)

    def work(self, **options: Any) -> tuple[str, int]:
        """The same, to its end; the run id, and the exit code."""
        run_id, process = self.start(**options)
        return run_id, process.wait(timeout=SECONDS_TO_END)

    def until_rendered(self, images: int, process: WarmProcess) -> None:
        """Wait until a worker has made so many images."""
        deadline = time.monotonic() + SECONDS_TO_END
        while len(self.rendered()) < images:
            assert process.poll() is None, f"it ended before it had made {images} images"
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def work_on(self, request: dg.RunRequest, **sketch: str) -> tuple[str, int]:
        """A worker on what the reaper asked for, to its end."""
        return self.work(tags=dict(request.tags), config=dict(request.run_config), **sketch)

    def reap(self, cursor: str | None, *, now: float) -> tuple[list[dg.RunRequest], str]:
        """One tick of the reaper."""
        tick = ReaperTick(self.settings, self.partitions, self.instance, OURS, self.said.append, now)
        result = tick.look(cursor)
        assert isinstance(result.cursor, str)
        return list(result.run_requests or ()), result.cursor

    def rendered(self) -> list[str]:
        """Recipe ids in the order of the renders."""
        return self.log.read_text(encoding="utf-8").split() if self.log.exists() else []

    def status(self, run_id: str) -> dg.DagsterRunStatus:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run.status

    def ended(self, run_id: str) -> float:
        """When a run ended, in seconds since the epoch."""
        [record] = self.instance.get_run_records(dg.RunsFilter(run_ids=[run_id]))
        return record.update_timestamp.timestamp()

    def slots(self) -> int:
        return len(self.instance.event_log_storage.get_concurrency_info("gpu").claimed_slots)
