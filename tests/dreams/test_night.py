"""A night by itself: the same bytes however it came about, nothing made twice, never half a file."""

import io
import json
import os
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from moostik_assets.dreams.frozen import one_of_each
from moostik_assets.dreams.night import DreamFailed
from resources.memory.memory import Remembered
from tests.dreams.dream_series import DAY, FRAMES, dreaming_studio, dreamt, night_bytes, write_dreaming
from tests.small_series import edit


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_dreaming(tmp_path / "data")


def rendered(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


@pytest.mark.parametrize("mode", ["hybrid", "interpolate", "img2img"])
def test_the_same_day_and_catalogue_give_the_same_bytes(data: Path, tmp_path: Path, mode: str) -> None:
    dreamt(data, tmp_path / "one", mode=mode)
    dreamt(data, tmp_path / "two", mode=mode)
    one = night_bytes(tmp_path / "one")
    assert one == night_bytes(tmp_path / "two")
    assert sorted(one) == [*(f"frame-{number:04}.png" for number in range(1, FRAMES + 1)), "manifest.json", "plan.json"]
    assert len(set(one.values())) == len(one)


def test_the_modes_and_the_days_give_other_frames(data: Path, tmp_path: Path) -> None:
    for name, options in {"a": {}, "b": {"mode": "interpolate"}, "c": {"day": DAY + timedelta(days=1)}}.items():
        dreamt(data, tmp_path / name, **options)
    a, b, c = (night_bytes(tmp_path / name, DAY + timedelta(days=name == "c")) for name in "abc")
    assert a["frame-0001.png"] == b["frame-0001.png"] != c["frame-0001.png"]
    assert a["frame-0002.png"] != b["frame-0002.png"]


def test_a_repeated_night_renders_nothing(data: Path, tmp_path: Path) -> None:
    os.environ["REVERIE_LOG"] = str(log := tmp_path / "log")
    dreamt(data, tmp_path / "out")
    before = night_bytes(tmp_path / "out")
    again = dreamt(data, tmp_path / "out")
    assert len(rendered(log)) == FRAMES
    assert not any(one.rendered for one in again.made)
    assert night_bytes(tmp_path / "out") == before


@pytest.mark.parametrize("mode", ["hybrid", "interpolate"])
def test_a_paused_and_resumed_night_has_the_bytes_of_an_undisturbed_one(data: Path, tmp_path: Path, mode: str) -> None:
    os.environ["REVERIE_LOG"] = str(log := tmp_path / "log")
    dreamt(data, tmp_path / "whole", mode=mode)
    log.unlink()
    for looks in range(1, 4):  # the first pause falls among the keyframes
        left = iter([False] * 2 * looks)
        assert dreamt(data, tmp_path / "paused", mode=mode, should_stop=lambda _, left=left: next(left, True)).stopped
        assert json.loads(night_bytes(tmp_path / "paused")["manifest.json"])["complete"] is False
    assert not dreamt(data, tmp_path / "paused", mode=mode).stopped
    assert night_bytes(tmp_path / "paused") == night_bytes(tmp_path / "whole")
    assert len(rendered(log)) == len(set(rendered(log))) == FRAMES


def test_a_frame_that_fails_ends_the_night_and_keeps_what_was_made(data: Path, tmp_path: Path) -> None:
    os.environ["REVERIE_FAILS"] = "0.740741"
    with pytest.raises(DreamFailed, match=r"frame 3 of 2026-11-20: asked to fail"):
        dreamt(data, tmp_path / "out")
    del os.environ["REVERIE_FAILS"]
    os.environ["REVERIE_LOG"] = str(log := tmp_path / "log")
    dreamt(data, tmp_path / "out")
    assert len(rendered(log)) == FRAMES - 5  # four keyframes and one frame between were there


def test_a_theme_that_the_calendar_brings_changes_that_night_alone(data: Path, tmp_path: Path) -> None:
    edit(data / "themes.json", lambda themes: [{**themes[0], "from": "12-01", "until": "12-24"}])
    (data / "world_state.json").write_text('{"theme": "auto"}')
    nights = {day: dreamt(data, tmp_path / "out", day) for day in (date(2026, 11, 30), date(2026, 12, 1))}
    found = {day: json.loads(night_bytes(tmp_path / "out", day)["manifest.json"])["theme"] for day in nights}
    assert list(found.values()) == ["neutral", "storm"]


def test_what_was_remembered_when_a_night_began_stays_so(data: Path, tmp_path: Path) -> None:
    edit(
        data / "series.json", lambda s: {**s, "dreams": {**s["dreams"], "injectionChance": 1, "injectionThreshold": -1}}
    )
    dreamt(data, tmp_path / "out", DAY)
    second = DAY + timedelta(days=1)
    night = dreamt(data, tmp_path / "out", second)
    injected = [one.injected for one in night.made if one.frame.kind == "between"]
    assert all(one is not None and one.why == "chance" for one in injected)
    assert all(one.image.key.startswith("2026-11-20/") for one in injected if one)
    before = night_bytes(tmp_path / "out", second)
    dreamt(data, tmp_path / "out", DAY - timedelta(days=1))  # makes more to remember
    dreamt(data, tmp_path / "out", second)
    assert night_bytes(tmp_path / "out", second) == before
    manifest = json.loads(before["manifest.json"])
    first = manifest["injections"][0]
    assert (first["from"], first["until"], first["why"]) == (2, 3, "chance")
    assert first["sha256"] in {source["sha256"] for source in manifest["frames"][1]["sources"]}


def test_frames_that_stand_still_are_woken_by_a_memory(data: Path, tmp_path: Path) -> None:
    settings = {"injectionChance": 0, "framesBetween": 16, "keyframes": 2}
    edit(data / "series.json", lambda s: {**s, "dreams": {**s["dreams"], **settings}})
    dreamt(data, tmp_path / "out", DAY)
    os.environ["REVERIE_STILL"] = "yes"
    night = dreamt(data, tmp_path / "out", DAY + timedelta(days=1))
    whys = [one.injected.why if one.injected else None for one in night.made if one.frame.stretch == 0][1:]
    assert whys == [None] * 12 + ["collapse"] * 4


def test_the_oldest_night_makes_room_in_the_cache(data: Path, tmp_path: Path) -> None:
    edit(data / "series.json", lambda s: {**s, "dreams": {**s["dreams"], "cacheImages": FRAMES + 2}})
    days = [DAY + timedelta(days=ahead) for ahead in range(2)]
    for day in days:
        dreamt(data, tmp_path / "out", day)
    first, second = (night_bytes(tmp_path / "out", day) for day in days)
    assert sum(name.startswith("frame") for name in second) == FRAMES
    assert sum(name.startswith("frame") for name in first) == 2
    assert "manifest.json" in first
    assert json.loads((tmp_path / "out" / "dreams" / "status.json").read_text())["cacheImages"] == FRAMES + 2


def test_a_night_comes_back_from_the_cache_where_the_store_forgot_it(data: Path, tmp_path: Path) -> None:
    os.environ["REVERIE_LOG"] = str(log := tmp_path / "log")
    before = dreamt(data, tmp_path / "out")
    shown = night_bytes(tmp_path / "out")
    with dreaming_studio(data, tmp_path / "out") as studio:
        assert len(studio.store.gc(set(), older_than_seconds=0).removed) == 0  # what is shown stays
        for one in before.made[-2:]:
            studio.store.unpublish_dream(f"2026-11-20/frame-{one.frame.number:04}")
        studio.store.unpublish_dream("current")
        (tmp_path / "out" / "dreams" / "cache").rename(tmp_path / "aside")
        assert studio.store.gc(set(), older_than_seconds=0).removed
        (tmp_path / "aside").rename(tmp_path / "out" / "dreams" / "cache")
    dreamt(data, tmp_path / "out")
    assert len(rendered(log)) == FRAMES
    assert night_bytes(tmp_path / "out") == shown


def test_a_reader_never_sees_half_a_file(data: Path, tmp_path: Path) -> None:
    os.environ["REVERIE_SECONDS"] = "0.01"
    folder = tmp_path / "out" / "dreams"
    over, seen, faults = threading.Event(), set(), []

    def read() -> None:
        while not over.is_set():
            for name in ("status.json", "current.png", f"{DAY.isoformat()}/manifest.json"):
                try:
                    found = (folder / name).read_bytes()
                except FileNotFoundError:
                    continue
                try:
                    seen.add(_looked(name, found))
                except (ValueError, OSError) as fault:
                    faults.append((name, fault))

    def _looked(name: str, found: bytes) -> Any:
        if name.endswith("json"):
            return name, len(json.loads(found))
        with Image.open(io.BytesIO(found)) as image:
            return name, hash(image.convert("RGB").tobytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        dreamt(data, tmp_path / "out")
    finally:
        over.set()
        reader.join()
    assert faults == []
    assert len({what for name, what in seen if name == "current.png"}) > 3


def test_of_many_frames_of_one_night_one_is_remembered() -> None:
    near = [("dream", "2026-11-18/0012"), ("dream", "2026-11-18/0013"), ("variation", "ep0/shot-001/wide")]
    near += [("dream", "2026-11-17/0012"), ("variation", "ep0/shot-001/pov")]
    found = one_of_each(Remembered("0" * 64, kind, key, 0.9) for kind, key in near)  # type: ignore[arg-type]
    assert [one.key for one in found] == ["2026-11-18/0012", "ep0/shot-001/wide", "2026-11-17/0012"]
