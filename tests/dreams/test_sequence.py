"""The frames of a night and their requests."""

from datetime import date

import pytest

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.sequence import Frame, between_request, frames
from resources.rendering.request import DreamMode, ImageInput, RenderRequest, request_from_json

DAY = date(2026, 11, 20)
A, B = (RenderRequest(prompt=name, negative=f"no {name}", seed=1, width=64, height=36, renderer={}) for name in "ab")


def request(frame: Frame, mode: DreamMode = "hybrid", memory: ImageInput | None = None) -> RenderRequest:
    return between_request(
        frame,
        DAY,
        mode=mode,
        strength=0.4,
        series_seed=7,
        ends=(A, B),
        images=("a" * 64, "b" * 64),
        previous="c" * 64,
        memory=memory,
    )


def test_a_night_begins_and_ends_with_a_keyframe_and_lingers_at_each() -> None:
    found = frames(DreamSettings(keyframes=3, frames_between=4))
    assert [frame.number for frame in found] == list(range(1, 12))
    assert [frame.number for frame in found if frame.kind == "keyframe"] == [1, 6, 11]
    steps = [frame.position for frame in found[:5]]
    assert steps == sorted(steps)
    assert steps[1] - steps[0] < steps[3] - steps[2] > 0.25
    assert steps[2] == pytest.approx(1 - steps[3])


def test_each_mode_builds_on_what_it_needs() -> None:
    frame = Frame(12, "between", 2, 0.25)
    roles = {mode: [i.role for i in request(frame, mode).references] for mode in ("img2img", "interpolate", "hybrid")}
    assert roles["interpolate"] == ["keyframe", "keyframe"]
    assert roles["hybrid"] == roles["img2img"] == ["keyframe", "keyframe", "previous"]
    assert len({request(frame, mode).recipe_id for mode in ("img2img", "interpolate", "hybrid")}) == 3


def test_the_words_and_their_negatives_are_those_of_the_nearer_keyframe() -> None:
    early, late = request(Frame(2, "between", 0, 0.3)), request(Frame(3, "between", 0, 0.6))
    assert (early.prompt, early.negative, late.prompt, late.negative) == ("a", "no a", "b", "no b")


def test_every_frame_has_a_seed_of_its_own_and_survives_its_own_json() -> None:
    memory = ImageInput("memory", "ep0/shot-001/wide", sha256="d" * 64)
    made = [request(Frame(number, "between", 0, 0.5), memory=memory) for number in (2, 3)]
    assert made[0].seed != made[1].seed
    assert [request_from_json(one.to_json()).recipe_id for one in made] == [one.recipe_id for one in made]
    assert made[0].references[-1] == memory
