import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from upath import UPath

import resources
from resources.claims import Claims

RECIPE = "ab" * 32
HOLD = """
import sys, time, os
from pathlib import Path
from resources.claims import Claims
claim = Claims(Path(sys.argv[1])).claim(sys.argv[2])
child = os.fork() if sys.argv[3:] else None
if child == 0:
    time.sleep(60)
print("none" if claim is None else f"held {child}", flush=True)
sys.stdin.readline()
"""
CONTEND = """
import os, sys, time
from pathlib import Path
from resources.claims import Claims
claims = Claims(Path(sys.argv[1]))
busy = Path(sys.argv[2])
end = time.monotonic() + 1.0
got = 0
while time.monotonic() < end:
    claim = claims.claim("cd" * 32)
    if claim is None:
        continue
    os.close(os.open(busy, os.O_CREAT | os.O_EXCL))  # fails where somebody else is inside
    busy.unlink()
    got += 1
    claim.release()
print(got)
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(resources.__file__).parents[1])}


@contextmanager
def holder(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", HOLD, str(folder), RECIPE, *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_one_at_a_time_and_again_after_release(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "claims")
    first = claims.claim(RECIPE)
    assert first is not None
    assert claims.claim(RECIPE) is None
    assert Claims(tmp_path / "claims").claim(RECIPE) is None
    assert claims.claim("cd" * 32) is not None
    first.release()
    first.release()
    with claims.claim(RECIPE) or pytest.fail("released, but not to be had"):
        assert claims.claim(RECIPE) is None
    assert claims.claim(RECIPE) is not None


def test_no_file_is_left_after_release(tmp_path: Path) -> None:
    claim = Claims(tmp_path).claim(RECIPE)
    assert claim is not None
    assert len(list(tmp_path.iterdir())) == 1
    claim.release()
    assert list(tmp_path.iterdir()) == []


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    with holder(tmp_path) as (process, said):
        assert said == "held None"
        assert claims.claim(RECIPE) is None
        process.kill()
        process.wait()
        claim = claims.claim(RECIPE)
        assert claim is not None
        claim.release()
    assert list(tmp_path.iterdir()) == []


def test_a_forked_worker_does_not_hold_the_claim_of_its_killed_parent(tmp_path: Path) -> None:
    with holder(tmp_path, "fork") as (process, said):
        child = int(said.removeprefix("held "))
        try:
            assert Claims(tmp_path).claim(RECIPE) is None
            process.kill()
            process.wait()
            os.kill(child, 0)
            deadline = time.monotonic() + 2
            while (claim := Claims(tmp_path).claim(RECIPE)) is None and time.monotonic() < deadline:
                time.sleep(0.02)
            assert claim is not None
        finally:
            os.kill(child, 9)


def test_processes_that_contend_are_never_inside_together(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CONTEND, str(tmp_path / "claims"), str(tmp_path / "busy")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) for _ in range(3)]
    counts = [process.communicate(timeout=30)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sum(int(count) for count in counts) > 20


def test_threads_are_kept_apart_too(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    got = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        got.append(claims.claim(RECIPE))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in got) == 1


def test_sweep_takes_the_files_of_the_dead_only(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    dead = tmp_path / f"{'cd' * 32}.lock"
    dead.touch()
    held = claims.claim(RECIPE)
    assert held is not None
    assert claims.sweep(older_than_seconds=3600) == []
    assert claims.sweep(older_than_seconds=0) == [dead.name]
    assert claims.claim(RECIPE) is None


@pytest.mark.parametrize("folder", [None, UPath("memory://somewhere/claims")])
def test_everybody_gets_everything_where_there_is_no_local_folder(folder: UPath | None) -> None:
    claims = Claims(folder)
    for claim in (claims.claim(RECIPE), claims.claim(RECIPE)):
        assert claim is not None
        claim.release()
    assert claims.sweep(0) == []


@pytest.mark.parametrize("recipe_id", ["", "../x", "a/b", ".", "a" * 300, "é"])
def test_a_recipe_id_that_is_no_file_name_is_refused(tmp_path: Path, recipe_id: str) -> None:
    with pytest.raises(ValueError, match="recipe id"):
        Claims(tmp_path).claim(recipe_id)
