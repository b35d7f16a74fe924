"""The web server and the daemon, started together and ended together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.commands.session import Refusal, say
from moostik_assets.settings import Settings

MODULE = "moostik_assets.definitions"
STARTUP_SECONDS = 120.0
SECONDS_TO_STOP = 15.0
_PR_SET_PDEATHSIG = 1


def run_servers(settings: Settings, host: str, port: int) -> int:
    """Run both until a signal, or until one of them ends; gives the exit code.

    Raises:
        Refusal: the port is taken.
    """
    _refuse_taken_port(host, port)
    home = settings.dagster_home
    ready_dagster_home(home)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "MOOSTIK_DATA": str(settings.data_root),
        "MOOSTIK_OUTPUT": str(settings.output_root) if settings.output_is_local else settings.output,
    }
    commands = {
        "web server": ["dagster_webserver", "--host", host, "--port", str(port), "-m", MODULE],
        "daemon": ["dagster._daemon", "run", "-m", MODULE],
    }
    stopping = _Stop()
    servers = {name: _started(command, environment) for name, command in commands.items()}
    try:
        return _watched(servers, stopping, host, port)
    finally:
        _end(servers)


class _Stop:
    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port", code=1
            ) from error


def _started(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A process group of its own: its children (code servers, runs) end with it, and Ctrl-C reaches us alone.
    return subprocess.Popen(
        [sys.executable, "-m", *command], env=dict(environment), start_new_session=True, preexec_fn=_end_with_parent
    )


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _watched(servers: Mapping[str, subprocess.Popen[bytes]], stopping: _Stop, host: str, port: int) -> int:
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    since, said = time.monotonic(), False
    while not stopping.asked:
        for name, server in servers.items():
            if server.poll() is not None:
                say(f"moostik: the {name} ended with code {server.returncode}; stopping")
                return 1
        if not said and time.monotonic() - since < STARTUP_SECONDS and _answers(address):
            said = True
            say(f"\nThe web UI is at {address}   (Ctrl-C ends it)\n")
        time.sleep(0.3)
    say("moostik: stopping")
    return 0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/server_info", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def _end(servers: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for server in servers.values():
        _signal_group(server, signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_STOP
    for server in servers.values():
        with suppress(subprocess.TimeoutExpired):
            server.wait(max(0.1, deadline - time.monotonic()))
        _signal_group(server, signal.SIGKILL)
        server.wait()


def _signal_group(server: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, number)
