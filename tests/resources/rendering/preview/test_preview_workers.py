import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from preview_inputs import put, renderer_in, request_of

from resources.rendering.preview.workers import WorkerDiedError, WorkerPool
from resources.rendering.request import RenderRequest

_CRASHING_PARENT = """
import sys, time
from pathlib import Path
from preview_inputs import renderer_in, request_of
folder = Path(sys.argv[1])
renderer = renderer_in(folder, workers=2)
for done in renderer.render(request_of(folder, seed=i) for i in range(500)):
    print(*renderer._pool.process_ids, flush=True)
"""


class EndsItsProcess:
    """Work that ends its own process at the job "die", and at "die once" unless a mark tells that it did so before."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __call__(self, job: str) -> str:
        if job == "die" or (job == "die once" and not self.mark.exists()):
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if job == "fail":
            raise ValueError("a bad job")
        if job == "print":
            print("noise on standard output")
        return job.upper()


def _alive(process_id: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except FileNotFoundError:
        return False


def _wait_until(condition, seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def requests(tmp_path: Path) -> list[RenderRequest]:
    return [request_of(tmp_path, seed=i, size=(320, 180)) for i in range(12)]


def test_a_killed_worker_costs_nobody_but_a_second_try(tmp_path: Path) -> None:
    pool = WorkerPool(2, EndsItsProcess(tmp_path / "mark"))
    try:
        futures = [pool.submit(job) for job in ("a", "die once", "b", "die", "c", "print", "fail", "d")]
        results = [future.exception() or future.result() for future in futures]
    finally:
        pool.close()
    assert [r for r in results if isinstance(r, str)] == ["A", "DIE ONCE", "B", "C", "PRINT", "D"]
    assert isinstance(results[3], WorkerDiedError)
    assert "memory" in str(results[3])
    assert isinstance(results[6], RuntimeError)
    assert "a bad job" in str(results[6])


def test_workers_killed_in_mid_run_are_replaced(tmp_path: Path, requests: list[RenderRequest]) -> None:
    renderer = renderer_in(tmp_path, workers=2)
    done = []
    for rendered in renderer.render(requests):
        done.append(rendered)
        if len(done) == 3:
            assert renderer._pool is not None
            for process_id in renderer._pool.process_ids:
                os.kill(process_id, signal.SIGKILL)
    renderer.close()
    assert sorted(r.request.seed for r in done) == list(range(12))
    assert [r.error for r in done] == [None] * 12


def test_close_ends_the_workers(tmp_path: Path, requests: list[RenderRequest]) -> None:
    renderer = renderer_in(tmp_path, workers=2)
    stream = renderer.render(requests * 20)
    next(stream)
    assert renderer._pool is not None
    ids = renderer._pool.process_ids
    assert ids
    began = time.monotonic()
    renderer.close()
    assert time.monotonic() - began < 1.0
    assert not any(_alive(process_id) for process_id in ids)
    renderer.close()


def test_a_consumer_that_stops_early_leaves_few_frames_in_flight(tmp_path: Path, requests: list[RenderRequest]) -> None:
    taken = []

    def counted():
        for request in requests * 50:
            taken.append(request.seed)
            yield request

    renderer = renderer_in(tmp_path, workers=2)
    stream = renderer.render(counted())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert len(taken) <= 2 * 2 + 3
    assert [r.error for r in renderer.render(requests)] == [None] * 12, "the pool is warm, and works on"
    renderer.close()


def test_workers_outlive_an_interrupt_and_die_with_a_killed_parent(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    parent = subprocess.Popen(
        [sys.executable, "-c", _CRASHING_PARENT, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert parent.stdout is not None
        ids: list[int] = []
        for _ in range(6):
            ids = [int(word) for word in parent.stdout.readline().split()]
        assert len(ids) == 2
        for process_id in ids:
            os.kill(process_id, signal.SIGINT)
        for _ in range(6):
            assert [int(word) for word in parent.stdout.readline().split()] == ids
    finally:
        parent.kill()
        parent.wait()
        if parent.stdout is not None:
            parent.stdout.close()
    assert _wait_until(lambda: not any(_alive(process_id) for process_id in ids))


def test_one_bad_request_never_stops_the_others(tmp_path: Path, requests: list[RenderRequest]) -> None:
    from dataclasses import replace

    huge = replace(requests[0], width=100_000, height=100_000, seed=99)
    renderer = renderer_in(tmp_path, workers=2)
    done = {r.request.seed: r for r in renderer.render([requests[1], huge, *requests[2:6]])}
    renderer.close()
    assert done[99].png is None
    assert "100000 x 100000" in (done[99].error or "")
    assert [done[seed].error for seed in range(1, 6)] == [None] * 5


def test_garbage_for_every_input_still_gives_a_frame(tmp_path: Path) -> None:
    from dataclasses import replace

    request = request_of(tmp_path, "wide", ("odile", "brumo"))
    garbage = put(tmp_path, b"\x89PNG\r\n\x1a\nno image at all")
    missing = "0" * 64
    references = tuple(
        replace(image, sha256=garbage if index % 2 else missing) for index, image in enumerate(request.references)
    )
    (done,) = renderer_in(tmp_path).render([replace(request, references=references)])
    assert done.error is None
    notes = " ".join(done.notes)
    assert "no readable image" in notes
    assert "not in the store" in notes
    assert "odile: no usable reference; a stand-in figure is shown" in done.notes
    assert "square: no usable plate; a stand-in place is shown" in done.notes
