"""A process of its own that need not import everything first: a clean interpreter that has, forks it.

Four fifths of the time of a `moostik` process are imports. Where a test asks what becomes of a process that is killed,
or of two that run at once, its start proves nothing. Tests of starting, of interrupts, and of variables that Python
reads as it starts use a real one: `Moostik.process` and `Moostik.start`.
"""

import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

IMPORTED_BEFORE = (
    "alembic.command",
    "dagster._core.execution.execute_in_process",
    "dagster._core.executor.in_process",
    "dagster._core.storage.event_log.sqlite",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.root",
    "dagster._core.storage.runs.sqlite",
    "dagster._core.storage.schedules.sqlite",
    "moostik_assets.cli",
    "moostik_assets.commands.render_session",
    "moostik_assets.definitions",
    "pyarrow.parquet",
)
_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(list(IMPORTED_BEFORE))


class WarmProcess:
    """A function in a process and a session of its own; waited for and killed as a `subprocess.Popen` is."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, env: Mapping[str, str]) -> None:
        self._said = TemporaryDirectory()
        self._process = _FORKING.Process(
            target=_alone, args=(function, arguments, dict(env), self._said.name), daemon=True
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative where a signal ended it; None while it lives."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has one."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("a warm process", timeout or 0)
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it said on stdout and stderr, once it has ended."""
        self.wait(timeout)
        out, err = ((Path(self._said.name) / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return out, err

    def send_signal(self, number: int) -> None:
        """Send a signal to it, if it lives."""
        if self._process.is_alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def _alone(function: Callable[..., Any], arguments: tuple[Any, ...], env: Mapping[str, str], said: str) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        with (Path(said) / name).open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    # It reads its variable when it is imported, as the first thing of a process.
    importlib.reload(importlib.import_module("resources.crash_points"))
    function(*arguments)


def run_command(arguments: list[str]) -> None:
    """The `moostik` command with these arguments, as the script runs it."""
    from moostik_assets.cli import main

    sys.argv = ["moostik", *arguments]
    main()
