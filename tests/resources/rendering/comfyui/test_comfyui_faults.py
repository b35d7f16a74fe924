"""What can go wrong between a render and its servers, and what becomes of the images."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from resources.rendering.base import Rendered
from resources.rendering.request import RenderRequest
from tests.resources.rendering.comfyui.comfyui_room import CHECKPOINT, Room, eventually
from tests.resources.rendering.comfyui.loopback_comfyui import FOREIGN


def errors(rendered: list[Rendered]) -> list[str]:
    return [one.error for one in rendered if one.error is not None]


@pytest.mark.parametrize(
    ("fault", "executed"),
    [
        ({"early_end": 2}, 3),
        ({"drop_socket": 1}, 3),
        ({"truncate": 1}, 3),
        ({"busy": 2}, 3),
        ({"broken": 1}, 3),
        ({"silent": True}, 3),
        ({"own_ids": True}, 3),
        ({"own_ids": True, "broken": 1}, 3),
        ({"lose": 1}, 3),
        ({"lose": 1, "early_end": 1}, 3),
        ({"out_of_memory": 1}, 3),
    ],
    ids=str,
)
def test_a_passing_fault_costs_no_image_and_repeats_none(room: Room, fault: dict[str, Any], executed: int) -> None:
    server = room.server()
    renderer = room.renderer(server)
    vars(server.faults).update(fault)
    rendered = list(renderer.render(room.requests(renderer, 3)))
    assert errors(rendered) == []
    assert len(rendered) == 3
    assert len(server.executed) == executed
    assert server.counts["freed"] == ("out_of_memory" in fault)
    assert room.saved_jobs == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"error": 1}, "(KSampler) failed: RuntimeError: no luck"),
        ({"out_of_memory": 2}, "OutOfMemoryError"),
        ({"no_images": 1}, "node 7 (SaveImage) gave no image"),
        ({"wrong_size": 1}, "gave an image of 32 x 24 pixels; 64 x 48 were asked for"),
        ({"lose": 4}, "lost 4 times"),
    ],
    ids=str,
)
def test_a_failed_image_says_why_and_stops_no_other(room: Room, fault: dict[str, int], said: str) -> None:
    server = room.server()
    renderer = room.renderer(server)
    first, *others = room.requests(renderer, 3)
    vars(server.faults).update(fault)
    (failed,) = renderer.render([first])
    assert failed.png is None
    assert said in (failed.error or "")
    assert errors(list(renderer.render(others))) == []
    assert room.saved_jobs == []


def test_a_server_started_again_in_the_middle_loses_nothing_and_repeats_nothing_finished(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server)
    server.faults.seconds = 0.15
    finished = []
    for number, rendered in enumerate(renderer.render(room.requests(renderer, 6))):
        finished.append(rendered)
        if number == 1:
            eventually(lambda: server.running)
            server.stop()
            server.start()
    assert errors(finished) == []
    assert len({one.request.recipe_id for one in finished}) == 6
    made = [marker.partition("-")[0] for marker in server.executed]
    assert [made.count(one.request.recipe_id[:16]) for one in finished[:2]] == [1, 1]
    assert len(made) <= 7  # one may have been made, and not fetched yet


def test_a_dead_server_is_left_out_and_taken_back(room: Room) -> None:
    one, other = room.server("one"), room.server("other")
    one.faults.seconds = other.faults.seconds = 0.1
    renderer = room.renderer(one, other)
    coming = renderer.render(room.requests(renderer, 24))
    finished = [next(coming)]
    while not (one.executed and other.executed):
        finished.append(next(coming))
    one.stop()
    before = len(one.executed)
    finished += [next(coming) for _ in range(6)]
    assert len(one.executed) == before
    one.start()
    other.faults.seconds = 0.4  # so that something is left for the one that is back
    finished += list(coming)
    assert errors(finished) == []
    assert len({rendered.request.recipe_id for rendered in finished}) == 24
    assert len(one.executed) > before


def test_without_any_server_the_images_fail_once_patience_ends(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server, patience=0.3)
    server.stop()
    rendered = list(renderer.render(room.requests(renderer, 3)))
    assert len(errors(rendered)) == 3
    assert "no server has answered for 0.3 s" in errors(rendered)[0]


def stopped_once(truth: Callable[[], Any], request: RenderRequest) -> Iterator[RenderRequest]:
    """Hands over one request, and ends the render once something is true."""
    yield request
    eventually(truth)
    raise KeyboardInterrupt


@pytest.mark.parametrize("ours_runs", [True, False])
def test_ending_early_takes_back_what_is_ours_and_leaves_other_peoples_jobs_alone(room: Room, ours_runs: bool) -> None:
    server = room.server()
    renderer = room.renderer(server)
    server.faults.seconds = 4.0
    if not ours_runs:
        server.submit_foreign()
    (request,) = room.requests(renderer, 1)
    coming = renderer.render(stopped_once(lambda: server.running if ours_runs else server.pending, request))
    with pytest.raises(KeyboardInterrupt):
        next(coming)
    assert server.counts["interrupts"] == ours_runs
    assert server.counts["deleted"] == (not ours_runs)
    assert room.saved_jobs == []
    if ours_runs:
        server.submit_foreign()
    server.faults.seconds = 0.01
    eventually(lambda: FOREIGN in server.history)
    assert server.history[FOREIGN]["status"]["status_str"] == "success"
    assert server.executed == []


def test_a_killed_process_leaves_jobs_that_the_next_one_takes_up(room: Room) -> None:
    server = room.server()
    server.faults.seconds = 1.5
    script = f"""
        import sys
        from pathlib import Path
        from resources.rendering.base import RendererContext
        from resources.rendering.comfyui import ComfyUIRenderer
        from resources.rendering.request import RenderRequest
        context = RendererContext(dict().__getitem__, Path({str(room.folder / "scratch")!r}),
                                  dict(servers={server.url!r}, checkpoint={CHECKPOINT!r}))
        renderer = ComfyUIRenderer(context)
        requests = [RenderRequest(prompt=f"a (paper) moth {{n}}", negative="blur", seed=n, width=64, height=48,
                                  renderer=renderer.fingerprint()) for n in range(3)]
        list(renderer.render(requests))
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)])
    eventually(lambda: server.running and server.pending)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert len(room.saved_jobs) == 2
    server.faults.seconds = 0.02
    renderer = room.renderer(server)
    rendered = list(renderer.render(room.requests(renderer, 3)))
    assert errors(rendered) == []
    assert server.counts["prompts"] == 3
    assert len(server.executed) == 3
    assert room.saved_jobs == []
