"""A sequence hands each image on to the next shot of the same angle."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD
from resources.png import read_text
from tests.dagster_state import not_fresh
from tests.moostik_command import Moostik, finished, left_behind
from tests.small_series import VARIATION_COUNT, edit_shot, published_bytes, write_series

HANDED_ON = {
    "ep0/shot-002/wide": "ep0/shot-001/wide",
    "ep0/shot-002/close_up": "ep0/shot-001/close_up",
    "ep0/shot-003/wide": "ep0/shot-002/wide",
    "ep0/shot-003/close_up": "ep0/shot-002/close_up",
    "ep0/shot-005/wide": "ep0/shot-004/wide",
}
"""Variation -> whose image it takes: parts are act by act, and shot-005 has no close-up, nor shot-001 a low angle."""


def published(moostik: Moostik, key: str) -> bytes:
    return (moostik.output / "episodes" / f"{key}.png").read_bytes()


def request_of(moostik: Moostik, key: str) -> dict[str, Any]:
    text = read_text(published(moostik, key), KEYWORD)
    assert text is not None
    return json.loads(text)


def test_the_hash_of_the_previous_image_stands_in_the_request(rendered_parts: Moostik) -> None:
    found = {}
    for path in (rendered_parts.output / "episodes").rglob("*.png"):
        key = path.relative_to(rendered_parts.output / "episodes").with_suffix("").as_posix()
        previous = [
            image for image in request_of(rendered_parts, key).get("references", ()) if image["role"] == "previous"
        ]
        assert len(previous) <= 1
        for image in previous:
            found[key] = image["sha256"]
            assert image["entity"] == HANDED_ON[key].split("/")[1]
    assert found == {key: sha256_of_bytes(published(rendered_parts, before)) for key, before in HANDED_ON.items()}


def test_plan_says_which_wait_for_which_and_prompts_agree(series_of_parts: Moostik) -> None:
    plan = series_of_parts("plan", "--json").expect(0).document
    assert plan["waits"] == HANDED_ON
    assert len(plan["missing"]) == VARIATION_COUNT
    prompts = series_of_parts("prompts", "ep0", "--json").expect(0).document
    waits = {p["key"]: p["waitsFor"] for angles in prompts.values() for p in angles.values() if "waitsFor" in p}
    assert waits == HANDED_ON


def test_after_a_render_nothing_waits(rendered_parts: Moostik) -> None:
    plan = rendered_parts("plan", "--json").expect(0).document
    assert (plan["waits"], plan["current"]) == ({}, VARIATION_COUNT)
    assert not_fresh(rendered_parts) == {}


def test_a_change_of_the_first_shot_is_handed_down_the_chain(rendered_parts: Moostik) -> None:
    edit_shot(rendered_parts.data, "shot-001", {"prompt": {"goal": "Another beginning"}})
    plan = rendered_parts("plan", "--json").expect(0).document
    chain = {f"ep0/{shot}/{angle}" for shot in ("shot-001", "shot-002", "shot-003") for angle in ("wide", "close_up")}
    stale = {one["key"]: one["reasons"] for one in plan["stale"]}
    assert stale.keys() == chain
    assert stale["ep0/shot-001/wide"] == ["prompt: goal changed"]
    assert any("waits for ep0/shot-001/wide" in reason for reason in stale["ep0/shot-002/wide"])
    assert rendered_parts("render", "--json").expect(0).document["rendered"] == len(chain)
    assert rendered_parts("plan", "--json").document["current"] == VARIATION_COUNT
    assert not_fresh(rendered_parts) == {}


def test_a_shot_alone_brings_those_before_it_along(series_of_parts: Moostik) -> None:
    answer = series_of_parts("render", "ep0", "--shots", "shot-003", "--angles", "wide", "--json").expect(0).document
    assert answer["failed"] == []
    assert set(published_bytes(series_of_parts.output)) == {f"ep0/shot-00{number}/wide.png" for number in (1, 2, 3)}
    whole = Moostik(series_of_parts.data, series_of_parts.output.with_name("whole"))
    whole("render").expect(0)
    assert published_bytes(series_of_parts.output).items() <= published_bytes(whole.output).items()


def test_what_follows_a_failed_image_is_told_so_and_the_rest_is_rendered(series_of_parts: Moostik) -> None:
    answer = series_of_parts("render", "--json", env={"SKETCH_FAILS": "Moment 2"}).expect(1).document
    assert answer["reasons"] == {
        **dict.fromkeys([f"ep0/shot-002/{angle}" for angle in ("wide", "close_up", "low_angle")], "asked to fail"),
        "ep0/shot-003/wide": "it takes the image of ep0/shot-002/wide, which failed: asked to fail",
        "ep0/shot-003/close_up": "it takes the image of ep0/shot-002/close_up, which failed: asked to fail",
    }
    assert answer["rendered"] == VARIATION_COUNT - 5
    mended = series_of_parts("render", "--json").expect(0).document
    assert (mended["rendered"], mended["reused"]) == (5, VARIATION_COUNT - 5)
    assert not_fresh(series_of_parts) == {}


def test_a_failed_image_leaves_the_former_one_where_it_was(rendered_parts: Moostik) -> None:
    before = published(rendered_parts, "ep0/shot-004/wide")
    edit_shot(rendered_parts.data, "shot-004", {"prompt": {"goal": "Moment of failure"}})
    rendered_parts("render", env={"SKETCH_FAILS": "Moment of failure"}).expect(1)
    assert published(rendered_parts, "ep0/shot-004/wide") == before
    assert rendered_parts("plan", "--json").expect(0).document["stale"]


def test_a_renderer_that_breaks_off_fails_what_it_owes_and_says_why(series: Moostik) -> None:
    answer = series("render", "--json", env={"SKETCH_BREAKS": "Moment 4"}).expect(1).document
    assert answer["rendered"] == 7
    assert set(answer["reasons"].values()) == {"the renderer broke off: RuntimeError: asked to break off"}
    assert series("render", "--json").expect(0).document["rendered"] == 4


def test_a_renderer_that_gives_no_whole_png_fails_that_image_only(series: Moostik) -> None:
    answer = series("render", "--json", env={"SKETCH_GARBLES": "Moment 4"}).expect(1).document
    assert answer["failed"] == ["ep0/shot-004/wide", "ep0/shot-004/close_up"]
    assert answer["rendered"] == VARIATION_COUNT - 2
    assert series("render", "--json").expect(0).document["rendered"] == 2


def wait_for_images(moostik: Moostik, count: int) -> None:
    """Wait until so many images are published."""
    deadline = time.monotonic() + 60
    while len(list((moostik.output / "episodes").rglob("*.png"))) < count and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("renderer", ["sketch", "preview"])
def test_ctrl_c_ends_it_cleanly_and_says_how_to_go_on(tmp_path: Path, renderer: str) -> None:
    moostik = Moostik(write_series(tmp_path / "data", renderer=renderer), tmp_path / "output")
    process = moostik.start("render", "ep0", env={"SKETCH_SECONDS": "0.4"})
    wait_for_images(moostik, 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    answer = finished(process).expect(130)
    assert "run the same command again to go on" in answer.out
    made = len(list((moostik.output / "store" / "recipes").rglob("*.json")))
    assert 0 < made < VARIATION_COUNT
    assert left_behind(process.pid) == []
    again = moostik("render", "ep0", "--json").expect(0).document
    assert (again["rendered"], again["reused"]) == (VARIATION_COUNT - made, made)
    assert not_fresh(moostik) == {}


def test_a_second_ctrl_c_is_no_traceback_either(series: Moostik) -> None:
    process = series.start("render", "ep0", env={"SKETCH_SECONDS": "0.4"})
    wait_for_images(series, 1)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    answer = finished(process)
    assert answer.code in (130, -signal.SIGINT), answer
    assert "Traceback" not in answer.err, answer.err
    assert series("render", "ep0", "--json").expect(0).document["failed"] == []
