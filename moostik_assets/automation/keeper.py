"""The processes of one `moostik up`, found by a mark in their environment; and the keeper, which ends them all.

The keeper is a small process beside `moostik up`. It waits for the end of a pipe, which comes when `moostik up` ends,
however it ends; then it ends every process that bears the mark: servers, code servers, run workers, renderers.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

MARK = "MOOSTIK_UP"
"""Environment variable: `<id of one moostik up>:<its DAGSTER_HOME>`."""
SECONDS_TO_STOP = 12.0
_POLL_SECONDS = 0.1


def marked_processes(mark: str, *, ends_with: bool = False) -> list[int]:
    """The processes of this user that bear a mark (or one that ends like this), oldest first; Linux only."""
    found = []
    own = os.getpid()
    for entry in Path("/proc").iterdir() if Path("/proc/self/environ").exists() else ():
        if not entry.name.isdigit() or int(entry.name) == own:
            continue
        with suppress(OSError):
            for variable in (entry / "environ").read_bytes().split(b"\0"):
                name, _, value = variable.partition(b"=")
                if name == MARK.encode():
                    text = value.decode(errors="surrogateescape")
                    if (text.endswith(mark) if ends_with else text == mark) and _lives(entry):
                        found.append(int(entry.name))
                    break
    return sorted(found)


def _lives(entry: Path) -> bool:
    return (entry / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"


def end_marked(mark: str, *, ends_with: bool = False, seconds: float = SECONDS_TO_STOP) -> list[int]:
    """Ask them all to end, kill those that have not after a while; gives those that were asked.

    Run workers that are asked note down what they have finished.
    """
    asked: set[int] = set()
    deadline = time.monotonic() + seconds
    while found := marked_processes(mark, ends_with=ends_with):
        late = time.monotonic() >= deadline
        for pid in found:
            if late or pid not in asked:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                asked.add(pid)
        time.sleep(_POLL_SECONDS)
    return sorted(asked)


def start_keeper(mark: str) -> "subprocess.Popen[bytes]":
    """A keeper for the processes with that mark. It ends them when this process ends."""
    return subprocess.Popen(
        [sys.executable, "-m", "moostik_assets.automation.keeper", mark],
        stdin=subprocess.PIPE,
        start_new_session=True,
        # Without the mark, which it would have to spare.
        env={name: value for name, value in os.environ.items() if name != MARK},
    )


def _keep(mark: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while sys.stdin.buffer.read(1):
        pass
    end_marked(mark)


if __name__ == "__main__":
    _keep(sys.argv[1])
