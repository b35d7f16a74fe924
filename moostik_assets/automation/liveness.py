"""Whether the process that works on a run is alive: it holds a lock, which the kernel gives up however it dies."""

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RUN_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_held: set[int] = set()


@contextmanager
def alive(home: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of a run for as long as this process works on it.

    The file goes when the work has come to its end, well or not. Several processes may hold it (a run of several
    steps), and a process that was forked off meanwhile does not.
    """
    path = lock_path(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _locked(path)
    _held.add(descriptor)
    try:
        yield
    finally:
        _held.discard(descriptor)
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        descriptor = _joined(path)
        if descriptor is None:
            descriptor = _begun(path)
        if descriptor is not None:
            return descriptor


def _joined(path: Path) -> int | None:
    """The lock that another process of the run holds, held by this one as well."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_SH)  # whoever looks whether it is free holds it for a moment only
    try:
        if os.path.samestat(os.stat(path), os.fstat(descriptor)):
            return descriptor
    except FileNotFoundError:
        pass
    os.close(descriptor)
    return None


def _begun(path: Path) -> int | None:
    """A new lock. Its file gets its name when it is held: nobody ever finds it free while its process lives."""
    unseen = path.with_name(f"{path.stem}.{os.getpid()}-{threading.get_ident()}.new")
    descriptor = os.open(unseen, os.O_CREAT | os.O_RDWR, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        os.link(unseen, path)
    except FileExistsError:
        os.close(descriptor)
        return None
    finally:
        unseen.unlink(missing_ok=True)
    return descriptor


def lock_path(home: Path, run_id: str) -> Path:
    """Where the lock of a run lies."""
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"{run_id[:80]!r} is no run id")
    return home / "moostik-runs" / f"{run_id}.lock"


def dead_runs(home: Path) -> list[str]:
    """The runs whose process began and died: their lock is there, and free."""
    return [path.stem for path in sorted((home / "moostik-runs").glob("*.lock")) if _is_free(path)]


def _is_free(path: Path) -> bool:
    try:
        with path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except (FileNotFoundError, BlockingIOError):
        return False


def forget_dead(home: Path, run_id: str) -> None:
    """Remove what a dead run left of its lock."""
    lock_path(home, run_id).unlink(missing_ok=True)


def _let_go() -> None:
    # Closing a forked child's copy of the descriptor leaves the parent's lock as it is.
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
