"""Server processes that are started again when they end by themselves."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
SECONDS_OF_A_FAILED_START = 15.0
"""A process that ends sooner, and never answered, could not start."""
FAILED_STARTS = 3
SECONDS_TO_START = 120.0
SECONDS_BETWEEN_LOOKS = 3.0
LOOKS_IN_VAIN = 4
LINES_KEPT = 30
_PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """A server failed to start again and again; the message holds its last lines."""


@dataclass
class Server:
    """One server process. `answers` is asked whether it works; None: its life is all that is looked at."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    answers: Callable[[], bool] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    ready: bool = False
    _failed_starts: int = 0
    _pause: float = FIRST_PAUSE_SECONDS
    _started: float = 0.0
    _start_at: float = 0.0
    _looked: float = 0.0
    _in_vain: int = 0
    _lines: "deque[str]" = field(default_factory=lambda: deque(maxlen=LINES_KEPT))

    def start(self) -> None:
        """Start it. Its output goes to stderr; the last lines are kept."""
        # A process group of its own: Ctrl-C reaches `moostik up` alone, which then ends its servers in good order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=_end_with_parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._started = time.monotonic()
        self.ready, self._in_vain = False, 0
        assert self.process.stdout is not None
        threading.Thread(target=self._pass_on, args=(self.process.stdout,), daemon=True).start()

    def _pass_on(self, output: IO[bytes]) -> None:
        with suppress(ValueError, OSError):
            for line in output:
                text = line.decode(errors="replace").rstrip("\n")
                self._lines.append(text)
                self.say(text)

    def look(self) -> None:
        """Start it again where it has ended, or no longer answers.

        Raises:
            CannotStart: it failed to start several times in a row.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self._start_at:
                self.start()
            return
        code = self.process.poll()
        if code is not None:
            self._ended(f"ended ({_ending(code)})", now)
        elif self.answers is None:
            if now - self._started > LONGEST_PAUSE_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
        elif now - self._looked >= SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self._ask(now)

    def _ask(self, now: float) -> None:
        assert self.answers is not None
        if self.answers():
            self.ready, self._in_vain, self._failed_starts = True, 0, 0
            if now - self._started > LONGEST_PAUSE_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            return
        self._in_vain += 1
        if (self.ready and self._in_vain >= LOOKS_IN_VAIN) or (now - self._started > SECONDS_TO_START):
            self.end(signal.SIGKILL)
            self._ended("did not answer any more", now)

    def _ended(self, how: str, now: float) -> None:
        if self.ready or now - self._started >= SECONDS_OF_A_FAILED_START:
            self._failed_starts = 0
        else:
            self._failed_starts += 1
        if self._failed_starts >= FAILED_STARTS:
            lines = "\n".join(f"    {line}" for line in self._lines)
            raise CannotStart(f"the {self.name} {how}, {FAILED_STARTS} times in a row; it said last:\n{lines}")
        self.say(f"moostik: the {self.name} {how}; starting it again in {self._pause:g} s")
        self.process, self._start_at = None, now + self._pause
        self._pause = min(LONGEST_PAUSE_SECONDS, 2 * self._pause)

    def end(self, number: signal.Signals) -> None:
        """Send it a signal; it alone: what it has started may have work to finish."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            if number == signal.SIGKILL:
                self.process.wait()


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"killed by {signal.Signals(-code).name}"
    return f"killed by signal {-code}"


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(1)
