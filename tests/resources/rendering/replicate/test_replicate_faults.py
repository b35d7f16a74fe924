"""Whatever the network and the API do: each image is paid once, or said to have failed."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from PIL import Image
from replicate_cases import Build, a_request, only
from replicate_server import TOKEN, ReplicateServer

from resources.rendering.replicate.refusals import refusal_of

CREATE_FAULTS = ["429", "429-body", "500", "html", "drop", "ordered-500", "ordered-drop"]


@pytest.mark.parametrize("fault", CREATE_FAULTS)
def test_a_faulty_order_is_paid_once(server: ReplicateServer, build: Build, fault: str) -> None:
    server.faults["create"].append(fault)
    renderer = build()
    rendered = only(renderer, a_request(renderer))
    assert rendered.error is None
    assert server.payments == 1
    assert (rendered.usd, rendered.payment) == (0.15, next(iter(server.predictions)))


def test_storms_of_429_are_sat_out(server: ReplicateServer, build: Build) -> None:
    for kind, storm in (("create", 30), ("get", 30), ("list", 10), ("output", 3)):
        server.faults[kind].extend(["429"] * storm)
    server.faults["create"].append("ordered-drop")
    renderer = build()
    rendered = list(renderer.render([a_request(renderer, f"moth {n}") for n in range(6)]))
    assert [r.error for r in rendered] == [None] * 6
    assert server.payments == 6


def test_a_429_keeps_everybody_away_as_long_as_it_says(server: ReplicateServer, build: Build) -> None:
    server.retry_after = "1"
    server.faults["create"].append("429")
    renderer = build()
    started = time.monotonic()
    assert {r.error for r in renderer.render([a_request(renderer, f"moth {n}") for n in range(3)])} == {None}
    assert sum(at - started >= 1 for at in server.created_at) >= 1
    assert server.payments == 3


@pytest.mark.parametrize(("body", "header", "seconds"), [({}, "7", 7), ({"retry_after": 4}, "", 4), ({}, "soon", None)])
def test_when_a_429_wants_us_back(body: dict[str, int], header: str, seconds: float | None) -> None:
    refusal = refusal_of(httpx.Response(429, headers={"retry-after": header}, json=body), TOKEN)
    assert (refusal.retry_after, refusal.sure, refusal.passing) == (seconds, True, True)


def test_an_order_that_keeps_failing_costs_nothing_and_the_others_go_on(server: ReplicateServer, build: Build) -> None:
    renderer = build(in_flight="1")
    server.faults["create"].extend(["500"] * 4)
    rendered = list(renderer.render([a_request(renderer, f"moth {n}") for n in range(3)]))
    assert [bool(r.error) for r in rendered] == [True, False, False]
    assert (rendered[0].usd, server.payments) == (0.0, 2)
    assert "HTTP 500" in str(rendered[0].error)


def test_an_order_that_nobody_can_see_counts_at_its_upper_bound_and_is_found_later(
    server: ReplicateServer, build: Build
) -> None:
    server.faults["create"].append("ordered-drop")
    server.faults["list"].extend(["500"] * 4)
    renderer = build()
    lost = only(renderer, a_request(renderer))
    assert (lost.usd, lost.payment) == (0.15, "")
    assert "whether it was ordered cannot be seen" in str(lost.error)
    found = only(renderer, a_request(renderer))
    assert (found.error, server.payments) == (None, 1)


@pytest.mark.parametrize("fault", ["truncated", "html", "500", "drop", "429"])
def test_a_download_is_verified_and_fetched_again(server: ReplicateServer, build: Build, fault: str) -> None:
    server.faults["output"].append(fault)
    renderer = build()
    rendered = only(renderer, a_request(renderer))
    assert rendered.png is not None
    with Image.open(io.BytesIO(rendered.png)) as image:
        image.load()
        assert (image.size, image.mode) == ((320, 180), "RGB")
    assert (server.payments, server.tokens_elsewhere) == (1, 0)


def test_what_was_paid_and_could_not_be_fetched_is_fetched_by_the_next_run(
    server: ReplicateServer, build: Build
) -> None:
    renderer = build()
    request = a_request(renderer)
    server.expired = True
    failed = only(renderer, request)
    assert (failed.png, failed.usd, failed.payment) == (None, 0.15, renderer.paid_for(request.recipe_id))
    assert "run again within an hour" in str(failed.error)
    server.expired = False
    again = build()
    rendered = only(again, request)
    assert (rendered.error, rendered.payment, server.payments) == (None, failed.payment, 1)
    assert again.paid_for(request.recipe_id) is None


@pytest.mark.parametrize(("fate", "usd"), [("failed", 0.15), ("canceled", 0.15), ("aborted", 0.0)])
def test_a_prediction_that_gave_nothing_is_told_and_counted(
    server: ReplicateServer, build: Build, fate: str, usd: float
) -> None:
    server.fates.append(fate)
    renderer = build()
    request = a_request(renderer)
    rendered = only(renderer, request)
    assert (rendered.png, rendered.usd) == (None, usd)
    assert f"was {fate}" in str(rendered.error)
    assert only(renderer, request).png is not None
    assert server.payments == 2


def test_one_that_takes_too_long_is_left_alone_and_had_later(server: ReplicateServer, build: Build) -> None:
    server.seconds = 1.0
    hasty = build(patience="0.3")
    late = only(hasty, a_request(hasty))
    assert "is still processing after 0.3 s" in str(late.error)
    patient = build()
    assert only(patient, a_request(patient)).payment == late.payment
    assert server.payments == 1


def test_whoever_stops_early_finds_what_was_in_flight(server: ReplicateServer, build: Build) -> None:
    server.seconds = 0.3
    renderer = build()
    requests = [a_request(renderer, f"moth {n}") for n in range(6)]
    results = renderer.render(requests)
    first = next(results)
    results.close()  # type: ignore[attr-defined]
    assert server.payments == 6
    again = build()
    rest = [r for r in requests if r.recipe_id != first.request.recipe_id]
    assert [r.error for r in again.render(rest)] == [None] * 5
    assert server.payments == 6


def test_orders_are_some_time_apart_and_so_many_in_flight(server: ReplicateServer, build: Build) -> None:
    server.seconds = 0.4
    renderer = build(in_flight="3", spacing="0.05")
    assert {r.error for r in renderer.render([a_request(renderer, f"moth {n}") for n in range(8)])} == {None}
    assert server.most_in_flight == 3
    assert min(after - before for before, after in pairwise(server.created_at)) > 0.02


KILLED = """
import json, sys
from pathlib import Path
from resources.rendering.base import RendererContext
from resources.rendering.replicate import ReplicateRenderer
from resources.rendering.request import request_from_json
context = RendererContext(lambda _: b"", Path(sys.argv[1]), {"base_url": sys.argv[2], "spacing": "0"})
for _ in ReplicateRenderer(context).render(map(request_from_json, json.load(sys.stdin))):
    pass
"""


@pytest.mark.parametrize("fault", ["", "ordered-hang"])
def test_a_kill_between_order_and_image_pays_nothing_twice(
    server: ReplicateServer, build: Build, tmp_path: Path, fault: str
) -> None:
    server.seconds = 30.0
    server.faults["create"].extend([fault] * 4)
    renderer = build()
    requests = [a_request(renderer, f"moth {n}") for n in range(4)]
    command = [sys.executable, "-c", KILLED, str(tmp_path / "scratch"), server.url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(__file__).parents[4], env=os.environ)
    assert process.stdin is not None
    process.stdin.write(json.dumps([request.to_json() for request in requests]).encode())
    process.stdin.close()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (server.payments < 4 or not _known_to_the_book(tmp_path, bool(fault))):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    server.faults["create"].clear()
    for prediction in server.predictions.values():
        prediction["ready"] = 0.0
    assert [r.error for r in renderer.render(requests)] == [None] * 4
    assert server.payments == 4


def _known_to_the_book(folder: Path, nameless: bool) -> bool:
    jobs = [json.loads(path.read_text()) for path in (folder / "scratch").glob("*.json")]
    return len(jobs) == 4 and (nameless or all(job["prediction"] for job in jobs))


@pytest.mark.parametrize("status", [401, 402, 404, 422])
def test_a_refusal_is_final_and_holds_no_secret(server: ReplicateServer, build: Build, status: int) -> None:
    server.faults["create"].append(str(status))
    renderer = build()
    rendered = only(renderer, a_request(renderer))
    assert (rendered.usd, server.payments, server.asked["create"]) == (0.0, 0, 1)
    assert str(status) in str(rendered.error)
    echo = refusal_of(httpx.Response(422, json={"detail": f"bad header: Bearer {TOKEN}"}), TOKEN)
    assert TOKEN not in str(echo)
