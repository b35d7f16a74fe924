"""An episode's images as a film: how long each is held, what stands in for what is missing, made once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moostik_assets.catalogue.models import Episode, Shot
from moostik_assets.galleries.animatic_timing import FPS, held_images
from moostik_assets.galleries.entries import Sheet
from tests.galleries.gallery_cases import entry
from tests.moostik_command import Moostik
from tests.small_series import SHOTS, edit_shot


@given(st.lists(st.tuples(st.floats(0.1, 20), st.integers(1, 5)), min_size=1, max_size=12))
def test_shots_are_as_long_as_they_are_meant_to_be(shots: list[tuple[float, int]]) -> None:
    episode = Episode(
        id="ep0", shots=tuple(Shot(id=f"shot-{i:03}", duration_seconds=seconds) for i, (seconds, _) in enumerate(shots))
    )
    entries = tuple(entry(i, f"angle {a}") for i, (_, angles) in enumerate(shots) for a in range(angles))
    held = held_images(episode, Sheet("", "ep0", 0, "", entries))
    assert {one.entry.shot_id for one in held} == {f"shot-{i:03}" for i in range(len(shots))}
    assert all(one.frames >= 1 for one in held)
    wanted = sum(seconds for seconds, _ in shots) * FPS
    assert abs(sum(one.frames for one in held) - wanted) <= 1 + sum(one.frames == 1 for one in held)


def frames_of(path: str) -> tuple[int, int, int]:
    import av

    with av.open(path) as video:
        count = sum(1 for _ in video.decode(video=0))
        stream = video.streams.video[0]
        return count, stream.width, stream.height


def test_the_command_makes_a_film_once_and_again_when_an_image_changed(rendered: Moostik) -> None:
    edit_shot(rendered.data, "shot-001", {"durationSeconds": 1})
    for shot in SHOTS[2:]:
        edit_shot(rendered.data, shot, {"durationSeconds": 0.5})
    made = rendered("animatic", "ep0", "--json").expect(0).document
    assert made["missing"] == []
    assert made["seconds"] == pytest.approx(1 + 3 + 3 * 0.5)
    assert frames_of(made["path"]) == (round(made["seconds"] * FPS), 960, 544)
    first = (rendered.output / "galleries" / "ep0" / "animatic.mp4").stat()
    rendered("animatic", "ep0").expect(0)
    assert (rendered.output / "galleries" / "ep0" / "animatic.mp4").stat().st_mtime_ns == first.st_mtime_ns
    edit_shot(rendered.data, "shot-001", {"prompt": {"goal": "Something else"}})
    rendered("render").expect(0)
    rendered("animatic", "ep0").expect(0)
    assert (rendered.output / "galleries" / "ep0" / "animatic.mp4").stat().st_ino != first.st_ino


def test_what_is_not_rendered_is_a_card(series: Moostik) -> None:
    said = series("animatic", "ep0").expect(0).out
    assert "11 of them are not rendered yet, and are cards: ep0/shot-001/wide" in said
