"""A night from the command: one run in this process, with progress."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from moostik_assets.automation.dagster_home import instance_of_command, ready_dagster_home
from moostik_assets.automation.gpu_pool import set_gpu_slots_once
from moostik_assets.automation.reaping import reap_dead_runs
from moostik_assets.automation.runs import RunFailed, run_partitions, slots_taken
from moostik_assets.commands.session import INTERRUPTED, say
from moostik_assets.definitions import build_definitions
from moostik_assets.dreams.ability import dream_mode
from moostik_assets.dreams.assets import DREAM_SEQUENCE
from moostik_assets.dreams.keeping import VIDEO, injections
from moostik_assets.dreams.night import Made
from moostik_assets.dreams.partitions import nights
from moostik_assets.dreams.progress import listening_to_frames
from moostik_assets.dreams.shown import MANIFEST, night_folder
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import lend

SECONDS_BETWEEN_LINES = 2.0


@dataclass
class DreamResult:
    """What a night came to. Time in seconds."""

    day: str
    folder: str
    video: str = ""
    manifest: str = ""
    rendered: int = 0
    reused: int = 0
    seconds: float = 0.0
    injections: tuple[dict[str, Any], ...] = ()
    error: str = ""
    interrupted: bool = False

    def to_json(self) -> dict[str, Any]:
        """The document of `moostik dream --json`."""
        return {
            "date": self.day,
            "frames": self.rendered + self.reused,
            "rendered": self.rendered,
            "reused": self.reused,
            "seconds": round(self.seconds, 3),
            "injections": list(self.injections),
            "folder": self.folder,
            "manifest": self.manifest or None,
            "video": self.video or None,
            **({"error": self.error} if self.error else {}),
            **({"interrupted": True} if self.interrupted else {}),
        }

    def text(self) -> str:
        """What was dreamt, and where to look."""
        lines = [f"{self.day}: {self.rendered} frames rendered, {self.reused} reused in {self.seconds:.1f} s"]
        for one in self.injections:
            span = f"frames {one['from']} to {one['until']}"
            lines.append(f"  {span} remember {one['key']} ({one['why']}, similarity {one['similarity']:.2f})")
        if self.error:
            lines.append(f"  {self.error}")
        if self.interrupted:
            lines.append("Interrupted. What was finished is kept: run the same command again to go on.")
        lines.append(f"video: {self.video}" if self.video else f"frames: {self.folder}")
        return "\n".join(lines)


def dream_night(studio: Studio, day: date, *, mode: str, prepare: bool) -> DreamResult:
    """Dream a night in this process, against the Dagster instance."""
    started = time.monotonic()
    settings = studio.catalogue.series.dream_settings
    dream_mode(studio, settings, mode)
    home = studio.settings.dagster_home
    ready_dagster_home(home)
    name = day.isoformat()
    folder = night_folder(studio, name)
    result = DreamResult(name, str(folder))
    made: list[Made] = []
    with instance_of_command(home) as instance, lend(studio):
        set_gpu_slots_once(instance, studio.settings, say)
        for run_id in reap_dead_runs(instance, studio.settings):
            say(f"an earlier run was killed ({run_id[:8]}); its slot is free again")
        if slots_taken(instance):
            say("another run holds the gpu pool; waiting for it")
        try:
            with (
                FrameProgress() as progress,
                listening_to_frames(progress.tell),
                listening_to_frames(lambda one, *_: made.append(one)),
            ):
                run_partitions(
                    build_definitions(studio.settings.model_copy(update={"today": day}), studio.catalogue),
                    instance,
                    home,
                    assets=[DREAM_SEQUENCE],
                    op=DREAM_SEQUENCE,
                    keys=[name],
                    all_keys=nights(settings, day).get_partition_keys(),
                    config={"mode": mode, "prepare": prepare},
                )
            result.video = str(folder / VIDEO) if (folder / VIDEO).exists() else ""
        except RunFailed as failed:
            result.error = str(failed)
        except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
            signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
            result.interrupted = True
    result.manifest = str(manifest) if (manifest := folder / MANIFEST).exists() else ""
    result.rendered = sum(one.rendered for one in made)
    result.reused = len(made) - result.rendered
    result.injections = tuple(injections(made))
    result.seconds = time.monotonic() - started
    return result


class FrameProgress:
    """A bar on a terminal, plain lines elsewhere. Use as a context manager; `tell` is a listener."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._last_line = 0.0

    def __enter__(self) -> "FrameProgress":
        if sys.stderr.isatty():
            columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            words = TextColumn("{task.fields[prompt]}", markup=False)
            console = Console(stderr=True)
            self._bar = Progress(TextColumn("dreaming"), *columns, words, console=console, transient=True)
            self._bar.start()
        return self

    def tell(self, one: Made, done: int, total: int) -> None:
        """Show one more frame."""
        remembers = f"(remembers {one.injected.image.key}) " if one.injected is not None else ""
        if self._bar is not None:
            if self._task is None:
                self._task = self._bar.add_task("dreaming", total=total, prompt="")
            self._bar.update(self._task, completed=done, total=total, prompt=f"{remembers}{one.prompt[:60]}")
        elif done == total or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            say(f"[{done}/{total}] {remembers}{one.prompt}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
