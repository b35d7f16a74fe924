"""A run's lock is held as long as its process lives, and no longer, however it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from moostik_assets.automation.liveness import alive, dead_runs, forget_dead, lock_path

HOLD = """
import sys, time
from pathlib import Path
from moostik_assets.automation.liveness import alive
with alive(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(home: Path, run_id: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home), run_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_killed_process_leaves_a_dead_run(tmp_path: Path) -> None:
    process = holder(tmp_path, "run-1")
    assert dead_runs(tmp_path) == []
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert dead_runs(tmp_path) == ["run-1"]
    forget_dead(tmp_path, "run-1")
    assert dead_runs(tmp_path) == []


def test_a_process_that_ends_leaves_nothing(tmp_path: Path) -> None:
    process = holder(tmp_path, "run-1")
    process.communicate(input="")
    assert not lock_path(tmp_path, "run-1").exists()


def test_work_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk"), alive(tmp_path, "run-1"):
        raise OSError("disk")
    assert list((tmp_path / "moostik-runs").iterdir()) == []


def test_a_run_of_two_processes_lives_as_long_as_one_of_them(tmp_path: Path) -> None:
    one, other = holder(tmp_path, "run-1"), holder(tmp_path, "run-1")
    one.send_signal(signal.SIGKILL)
    one.communicate()
    assert dead_runs(tmp_path) == []
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert dead_runs(tmp_path) == ["run-1"]


def test_a_child_that_outlives_its_parent_does_not_keep_the_run_alive(tmp_path: Path) -> None:
    fork = HOLD.replace(
        'print("held", flush=True)', "import os; os.fork() or time.sleep(20); print('held', flush=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", fork, str(tmp_path), "run-1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert dead_runs(tmp_path) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 15  # the child lives for 20 s; it lets go as soon as it is given a processor
    while dead_runs(tmp_path) == [] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert dead_runs(tmp_path) == ["run-1"]


@pytest.mark.parametrize("run_id", ["", "../x", "a/b", "a\0b", "x" * 200, "ü"])
def test_a_run_id_that_is_no_file_name_is_refused(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(ValueError, match="no run id"):
        lock_path(tmp_path, run_id)
