"""`moostik up`: a code server, the web server and the daemon, kept running and ended together."""

import fcntl
import json
import os
import signal
import socket
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

import dagster as dg
from dagster._grpc.client import DagsterGrpcClient

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.automation.gpu_pool import set_gpu_slots
from moostik_assets.automation.keeper import MARK, end_marked, marked_processes, start_keeper
from moostik_assets.automation.location import LOCATION, WEB_URL_VARIABLE
from moostik_assets.automation.supervision import CannotStart, Server
from moostik_assets.commands.session import Refusal, say
from moostik_assets.settings import Settings

MODULE = "moostik_assets.definitions"
SECONDS_FOR_CODE = 60.0
"""The others are started when the code server answers, or after this long, so that it can be seen what is wrong."""
SECONDS_OF_A_PING = 3
SECONDS_TO_STOP = 12.0
HEARTBEAT_SECONDS = "15"
"""A code server whose parent was killed ends after so long."""
UP_LOCK = "moostik-up.lock"
_POLL_SECONDS = 0.2
_LOOPBACK = "127.0.0.1"


def run_servers(settings: Settings, host: str, port: int) -> int:
    """Run them until a signal, or until one of them cannot be started; gives the exit code.

    Raises:
        Refusal: the port is taken, or another `moostik up` uses the same DAGSTER_HOME.
    """
    _refuse_taken_port(host, port)
    home = settings.dagster_home.absolute()
    ready_dagster_home(home)
    with _alone(home, host, port):
        _end_leftovers(home)
        _warn_of_open_host(host)
        _set_slots(settings)
        mark = f"{uuid.uuid4().hex}:{home}"
        stopping = _Stop()
        keeper = start_keeper(mark)
        try:
            return _Up(settings, home, host, port, mark).watch(stopping)
        except CannotStart as failed:
            say(f"moostik: {failed}")
            return 1
        finally:
            end_marked(mark, seconds=SECONDS_TO_STOP)
            assert keeper.stdin is not None
            with suppress(OSError):
                keeper.stdin.close()
            keeper.wait()


class _Up:
    """The three servers."""

    def __init__(self, settings: Settings, home: Path, host: str, port: int, mark: str) -> None:
        self._address = f"http://{_in_url(host)}:{port}"
        local = f"http://{_in_url(_LOOPBACK if _is_any(host) else host)}:{port}"
        self._code_port = _free_port()
        self._code = DagsterGrpcClient(port=self._code_port, host=_LOOPBACK)
        self._local = local
        workspace = _written_workspace(settings.state_root, self._code_port)
        environment = _environment(settings, home, mark, local)
        code = ["dagster", "code-server", "start", "-m", MODULE, "--host", _LOOPBACK, "--port", str(self._code_port)]
        code += ["--location-name", LOCATION, "--log-level", "warning", "--use-python-environment-entry-point"]
        web = ["dagster_webserver", "--host", host, "--port", str(port), "-w", str(workspace)]
        daemon = ["dagster._daemon", "run", "-w", str(workspace)]
        self.code_server = Server("code server", code, environment, say, self._code_answers)
        self.web_server = Server("web server", web, environment, say, self._web_answers)
        self.daemon = Server("daemon", daemon, environment, say)

    def watch(self, stopping: "_Stop") -> int:
        """Keep them running until a signal.

        Raises:
            CannotStart: one of them fails to start.
        """
        began, said = time.monotonic(), False
        self.code_server.start()
        while not stopping.asked:
            self.code_server.look()
            if self.code_server.ready or time.monotonic() - began > SECONDS_FOR_CODE:
                self.web_server.look()
                self.daemon.look()
            if not said and self.web_server.ready:
                said = True
                say(f"\nThe web UI is at {self._address}   (Ctrl-C ends it)\n")
            time.sleep(_POLL_SECONDS)
        say("moostik: stopping")
        return 0

    def _code_answers(self) -> bool:
        # The code server passes it on to its child, which holds the definitions: either may have been killed.
        try:
            return bool(self._code.get_server_id(timeout=SECONDS_OF_A_PING))
        except Exception:  # grpc's own, and dagster's several: whatever it is, it is no answer
            return False

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._local}/server_info", timeout=SECONDS_OF_A_PING) as answer:
                return answer.status == 200
        except OSError:
            return False


class _Stop:
    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def _environment(settings: Settings, home: Path, mark: str, web_url: str) -> Mapping[str, str]:
    return {
        **os.environ,
        MARK: mark,
        WEB_URL_VARIABLE: web_url,
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DAGSTER_GRPC_PROXY_HEARTBEAT_TTL_SECONDS": HEARTBEAT_SECONDS,
        "PYTHONUNBUFFERED": "1",
        "MOOSTIK_DATA": str(settings.data_root),
        "MOOSTIK_OUTPUT": str(settings.output_root) if settings.output_is_local else settings.output,
    }


def _written_workspace(state: Path, port: int) -> Path:
    """The workspace file of the web server and the daemon: our code server. (JSON is YAML.)"""
    server = {"host": _LOOPBACK, "port": port, "location_name": LOCATION}
    path = state / "workspace.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"load_from": [{"grpc_server": server}]}) + "\n", encoding="utf-8")
    return path


def up_is_running(home: Path) -> bool:
    """Whether a `moostik up` works for this home now."""
    try:
        with (home / UP_LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


@contextmanager
def _alone(home: Path, host: str, port: int) -> Iterator[None]:
    """Hold the home's lock: two daemons on one home would start everything twice."""
    with (home / UP_LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            other = lock.read().strip() or "somewhere"
            raise Refusal(f"`moostik up` runs already for {home}: {other}; stop that one first", code=1) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, http://{_in_url(host)}:{port}\n")
        lock.flush()
        yield


def _end_leftovers(home: Path) -> None:
    left = marked_processes(f":{home}", ends_with=True)
    if left:
        say(f"moostik: {len(left)} processes of an earlier `moostik up` still run; ending them first")
        end_marked(f":{home}", ends_with=True, seconds=SECONDS_TO_STOP)


def _set_slots(settings: Settings) -> None:
    with dg.DagsterInstance.get() as instance:
        set_gpu_slots(instance, settings, say)


def _warn_of_open_host(host: str) -> None:
    with suppress(ValueError):
        if ip_address(host).is_loopback:
            return
    if host != "localhost":
        say(
            f"moostik: warning: the web UI listens on {host} and has no password: "
            "whoever reaches it can start and cancel runs, and read this series"
        )


def _is_any(host: str) -> bool:
    return host in ("0.0.0.0", "::")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        return probe.getsockname()[1]


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or error
            raise Refusal(f"cannot listen on {host}:{port}: {reason}; choose another with --port", code=1) from error
