"""The `moostik` command as a person runs it: a process of its own, or the same entry point in this process."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from moostik_assets.cli import app
from tests.warm_process import WarmProcess, run_command

PLUGINS = Path(__file__).parent / "plugins"
TIMEOUT_SECONDS = 90.0


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code (negative: the signal that ended it)."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    def expect(self, code: int) -> "Answer":
        """This answer, if it has that exit code and no traceback."""
        said = f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"
        assert self.code == code, said
        assert "Traceback" not in self.err, said
        return self


@dataclass(frozen=True)
class Moostik:
    """The command on one series and one output folder."""

    data: Path
    output: Path

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """A clean environment: nothing of MOOSTIK_* and DAGSTER_* but what is given here."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOOSTIK_", "DAGSTER_"))}
        paths = [str(PLUGINS), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**clean, "PYTHONPATH": os.pathsep.join(paths), "MOOSTIK_WORKERS": "2", **(extra or {})}

    def command(self, *arguments: str) -> list[str]:
        """The command line."""
        options = ["--data", str(self.data), "--output", str(self.output)]
        return [sys.executable, "-m", "moostik_assets.cli", *options, *arguments]

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start it in a session of its own, so that what it leaves behind can be found and ended."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def process(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Run it as a process."""
        return finished(self.start(*arguments, env=env))

    def start_warm(self, *arguments: str, env: Mapping[str, str] | None = None) -> WarmProcess:
        """Start it in a process and a session of its own that need not import everything first."""
        return WarmProcess(run_command, self.command(*arguments)[3:], env=self.environment(env))

    def warm(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Run it as such a process."""
        return finished(self.start_warm(*arguments, env=env))

    def __call__(self, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        """Run it in this process, which is faster."""
        given = {name: None for name in os.environ if name.startswith(("MOOSTIK_", "DAGSTER_"))}
        wanted = {**given, "DAGSTER_HOME": None, "DAGSTER_DISABLE_TELEMETRY": "1", **(env or {})}
        line = ["--data", str(self.data), "--output", str(self.output), *arguments]
        result = CliRunner().invoke(app, line, env=wanted, catch_exceptions=False)
        return Answer(result.exit_code, result.stdout, result.stderr)


def finished(process: "subprocess.Popen[str] | WarmProcess", timeout: float = TIMEOUT_SECONDS) -> Answer:
    """Wait for its end, and kill it with all of its children where it does not come."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"still running after {timeout} s\n--- stdout\n{out}\n--- stderr\n{err}") from None
    return Answer(process.wait(), out, err)


def left_behind(session: int, patience: float = 5.0) -> list[int]:
    """Process ids that still live in the session of an ended command, once they had time to notice."""
    deadline = time.monotonic() + patience
    while (found := members(session)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def members(session: int) -> list[int]:
    """Process ids that live in a session now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found.append(int(entry.name))
    return found
