"""`moostik up` as a person runs it, and the supervision of a server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moostik_assets.automation.keeper import marked_processes
from moostik_assets.automation.supervision import FAILED_STARTS, CannotStart, Server
from tests.moostik_command import Moostik

SECONDS = 120.0


def until(found: Callable[[], Any], seconds: float = SECONDS) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert value, f"not within {seconds} s"
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """A running `moostik up`."""

    def __init__(self, series: Moostik, log: Path) -> None:
        self.home = series.output / "dagster"
        self.port = free_port()
        self.log = log
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                series.command("up", "--port", str(self.port)),
                env=series.environment(),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def answers(self) -> bool:
        query = "{workspaceOrError{... on Workspace{locationEntries{locationOrLoadError{__typename}}}}}"
        address = f"http://127.0.0.1:{self.port}/graphql"
        request = urllib.request.Request(
            address, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=3) as answer:
                [entry] = json.load(answer)["data"]["workspaceOrError"]["locationEntries"]
        except (OSError, ValueError):
            return False
        return entry["locationOrLoadError"]["__typename"] == "RepositoryLocation"

    def processes(self) -> list[int]:
        return marked_processes(f":{self.home}", ends_with=True)

    def those(self, part: str) -> list[int]:
        found = []
        for pid in self.processes():
            try:
                if part.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
            except OSError:
                continue
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_up_keeps_its_servers_running_and_ends_them_all(series: Moostik, tmp_path: Path) -> None:
    up = Up(series, tmp_path / "up.log")
    try:
        until(up.answers)
        refused = series.process("up", "--port", str(free_port())).expect(1)
        assert f"`moostik up` runs already for {up.home}" in refused.err
        assert f"http://127.0.0.1:{up.port}" in refused.err
        for part in ("api\0grpc", "dagster._daemon"):
            [victim] = up.those(part)
            os.kill(victim, signal.SIGKILL)
            until(lambda part=part, victim=victim: any(pid != victim for pid in up.those(part)))
        until(up.answers)
        assert "the code server did not answer any more; starting it again in 1 s" in up.said()
        assert "the daemon ended (killed by SIGKILL); starting it again in 1 s" in up.said()
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(timeout=SECONDS) == 0
        assert up.processes() == []
    finally:
        up.end()


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_nothing_outlives_an_up_that_was_killed(series: Moostik, tmp_path: Path) -> None:
    up = Up(series, tmp_path / "up.log")
    try:
        until(lambda: len(up.processes()) >= 4)
        up.process.kill()
        up.process.wait()
        until(lambda: not up.processes())
    finally:
        up.end()


def server(tmp_path: Path, source: str, said: list[str], answers: Callable[[], bool] | None = None) -> Server:
    (tmp_path / "pretend.py").write_text(source)
    return Server("server", ["pretend"], {**os.environ, "PYTHONPATH": str(tmp_path)}, said.append, answers)


def test_a_server_that_cannot_start_is_given_up_with_what_it_said(tmp_path: Path) -> None:
    said: list[str] = []
    found = server(tmp_path, "raise SystemExit('no licence for this port')", said)
    with pytest.raises(CannotStart, match=f"{FAILED_STARTS} times in a row(.|\n)*no licence for this port"):
        until(found.look)
    assert [line for line in said if "starting it again" in line] == [
        "moostik: the server ended (exit code 1); starting it again in 1 s",
        "moostik: the server ended (exit code 1); starting it again in 2 s",
    ]


def test_a_server_that_works_is_started_again_as_often_as_it_is_killed(tmp_path: Path) -> None:
    said: list[str] = []
    found = server(tmp_path, "import time; time.sleep(60)", said, lambda: True)
    for _ in range(2):
        until(lambda: found.look() or (found.process is not None and found.ready))
        assert found.process is not None
        found.process.kill()
        found.process.wait()
        until(lambda: found.look() or found.process is None)
    assert sum("killed by SIGKILL" in line for line in said) == 2


def test_a_server_that_hangs_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moostik_assets.automation.supervision.SECONDS_BETWEEN_LOOKS", 0.05)
    said: list[str] = []
    answers = [True]
    found = server(tmp_path, "import time; time.sleep(60)", said, lambda: answers[0])
    until(lambda: found.look() or found.ready)
    first = found.process
    answers[0] = False
    until(lambda: found.look() or found.process is None)
    assert first is not None
    assert first.poll() == -signal.SIGKILL
    assert said == ["moostik: the server did not answer any more; starting it again in 1 s"]
