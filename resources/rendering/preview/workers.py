"""Worker processes that stay warm, and die with the process that started them.

Each worker is a fresh interpreter that imports no more than it is sent: `multiprocessing` would first import the main
module of the program again, which for a Dagster run takes longer than ten frames. A thread of the pool keeps one
worker each; it writes a job to the worker's standard input and reads the result from its standard output.
"""

import contextlib
import ctypes
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

_LENGTH = struct.Struct(">Q")
_WATCH_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1
_BOOT = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import sys, pickle, struct; i = sys.stdin.buffer; "
    "sys.path[:] = pickle.loads(i.read(struct.unpack('>Q', i.read(8))[0])); "
    "from resources.rendering.preview.workers import serve; serve()"
)


class WorkerDiedError(Exception):
    """A worker process ended in the middle of a job, and so did the one that took the job over."""


class WorkerPool:
    """Up to `count` worker processes, started as jobs come, that each call `work` on one job after the other.

    `work`, the jobs and the results travel pickled.
    """

    def __init__(self, count: int, work: Callable[[Any], Any]) -> None:
        self._work = pickle.dumps(work)
        self._keepers = ThreadPoolExecutor(count, thread_name_prefix="preview")
        self._own = threading.local()
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._closed = False

    def submit(self, job: Any) -> "Future[Any]":
        """The result to come. It raises WorkerDiedError where the job's worker was killed twice."""
        return self._keepers.submit(self._done, job)

    def close(self) -> None:
        """End all workers, at once, with what they have in hand."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.kill()
        self._keepers.shutdown(wait=True, cancel_futures=True)

    @property
    def process_ids(self) -> list[int]:
        """The ids of the worker processes alive."""
        with self._lock:
            return sorted(worker.process.pid for worker in self._workers if worker.process.poll() is None)

    def _done(self, job: Any) -> Any:
        for last_try in (False, True):
            worker = self._worker()
            try:
                return worker.call(job)
            except (EOFError, BrokenPipeError, ConnectionError) as error:
                code = worker.kill()
                with self._lock:
                    self._workers.discard(worker)
                self._own.worker = None
                if last_try or self._closed:
                    raise WorkerDiedError(
                        f"its worker process was ended (exit {code}), and so was the next; is memory short?"
                    ) from error
        raise AssertionError("the second try returns or raises")

    def _worker(self) -> "_Worker":
        worker = getattr(self._own, "worker", None)
        if worker is None:
            with self._lock:
                if self._closed:
                    raise WorkerDiedError("the renderer was closed")
                worker = self._own.worker = _Worker(self._work)
                self._workers.add(worker)
        return worker


class _Worker:
    """One worker process, as its keeper sees it."""

    def __init__(self, work: bytes) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # One core a worker; numpy's linear algebra, which is not used, would start threads of its own.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._greeting = [pickle.dumps(sys.path), struct.pack(">Q", os.getpid()), work]

    def call(self, job: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        message = pickle.dumps(job)
        while self._greeting:
            _send(self.process.stdin, self._greeting.pop(0))
        _send(self.process.stdin, message)
        failed, result = pickle.loads(_received(self.process.stdout))
        if failed:
            raise RuntimeError(result)
        return result

    def kill(self) -> int:
        """Ends the process and gives its exit code."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code


def serve() -> None:
    """The worker's side: jobs from standard input, results to standard output, until the input ends."""
    jobs = sys.stdin.buffer
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints goes to the log, not between the results
    _die_with_parent(struct.unpack(">Q", _received(jobs))[0])
    work = None
    greeting = _received(jobs)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            job = _received(jobs)
            try:
                work = work or pickle.loads(greeting)
                answer = pickle.dumps((False, work(pickle.loads(job))))
            except Exception as error:
                answer = pickle.dumps((True, f"{type(error).__name__}: {error}"))
            _send(results, answer)
    os._exit(0)


def _die_with_parent(parent: int) -> None:
    """On Linux the kernel ends this process with the thread that started it; elsewhere, and should that fail, it looks
    every second whether its parent is still there. (The end of its input tells it, too, once it is idle.)"""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """One message; EOFError where the other side is gone."""
    return _exactly(pipe, _LENGTH.unpack(_exactly(pipe, _LENGTH.size))[0])


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if data is None or len(data) < length:
        raise EOFError
    return data
