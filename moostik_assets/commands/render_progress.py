"""Progress of a render: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from moostik_assets.commands.session import say
from moostik_assets.variations.render import Outcome

SECONDS_BETWEEN_LINES = 2.0


class RenderProgress:
    """Use as a context manager; `tell` is a progress listener."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._started = time.monotonic()
        self._last_line = 0.0

    def __enter__(self) -> "RenderProgress":
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("rendering"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[key]}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        return self

    def tell(self, outcome: Outcome, done: int, total: int) -> None:
        """Show one more image."""
        now = time.monotonic()
        rate = done / max(now - self._started, 1e-6)
        key = outcome.variation.key
        if outcome.unpaid:
            return  # said once, at the end, for all of them
        if outcome.status == "failed":
            say(f"failed {key}: {outcome.error}")
        if self._bar is not None:
            rate_text = f"{rate:.1f}/s"
            if self._task is None:
                self._task = self._bar.add_task("rendering", total=total, rate=rate_text, key=key)
            self._bar.update(self._task, completed=done, total=total, rate=rate_text, key=key)
        elif done == total or now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            left = (total - done) / rate
            say(f"[{done}/{total}] {outcome.status} {key}  {rate:.1f} images/s, {left:.0f} s left")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
