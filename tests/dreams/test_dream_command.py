"""`moostik dream`, as a person runs it, killed, twice at once; and what Dagster is told of a night."""

import json
import signal
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.partitions import nights
from tests.dagster_state import instance_of, latest_events, metadata_of
from tests.dreams.dream_series import DAY, FRAMES, night_bytes, write_dreaming
from tests.moostik_command import Moostik, finished
from tests.small_series import edit, write_series

NIGHT = ("dream", "--date", DAY.isoformat())


@pytest.fixture
def dreamer(series: Moostik) -> Moostik:
    """The series with a home that is ready, made one that dreams."""
    write_dreaming(series.data)
    return series


def test_a_night_is_dreamt_recorded_and_shown(dreamer: Moostik) -> None:
    said = dreamer(*NIGHT, "--json").expect(0).document
    assert (said["rendered"], said["reused"], said["date"]) == (FRAMES, 0, "2026-11-20")
    folder = dreamer.output / "dreams" / "2026-11-20"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["complete"], manifest["mode"], len(manifest["frames"])) == (True, "hybrid", FRAMES)
    entry = manifest["frames"][1]
    assert (entry["frame"], entry["file"], entry["kind"]) == (2, "frame-0002.png", "between")
    assert [source["role"] for source in entry["sources"]] == ["keyframe", "keyframe", "previous"]
    import av

    with av.open(str(said["video"]), "r") as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height, float(stream.average_rate or 0)) == (64, 36, 8.0)
        assert sum(1 for _ in video.decode(stream)) == FRAMES
    status = json.loads((dreamer.output / "dreams" / "status.json").read_text())
    assert (status["state"], status["frame"], status["cacheImages"]) == ("done", FRAMES, FRAMES)
    assert (dreamer.output / "dreams" / "current.png").read_bytes() == (folder / f"frame-{FRAMES:04}.png").read_bytes()
    with instance_of(dreamer) as instance:
        event = latest_events(instance, "dream_sequence")["2026-11-20"]
    told = metadata_of(event)
    assert told["strip"].startswith("![thumbnail](data:image/jpeg;base64,")
    assert len(told["strip"]) <= 20_000
    assert (told["frames"], told["prepared"]["why"]) == (FRAMES, "not asked for")
    assert told["prepared"]["embeddings"] > 0


def test_a_killed_night_goes_on_to_the_bytes_of_an_undisturbed_one(dreamer: Moostik, tmp_path: Path) -> None:
    log = {"REVERIE_LOG": str(tmp_path / "log")}
    assert dreamer.warm(*NIGHT, env={**log, "MOOSTIK_CRASH_AT": "recipe-written:8"}).code == -signal.SIGKILL
    before = json.loads((dreamer.output / "dreams" / "status.json").read_text())
    assert before["state"] == "dreaming"
    said = dreamer(*NIGHT, "--json", env=log).expect(0).document
    assert said["reused"] == 8
    whole = Moostik(dreamer.data, tmp_path / "whole")
    whole(*NIGHT).expect(0)
    assert night_bytes(dreamer.output) == night_bytes(whole.output)
    recipes = (tmp_path / "log").read_text().split()
    assert len(recipes) == len(set(recipes)) == FRAMES


def test_two_at_once_make_every_frame_once(dreamer: Moostik, tmp_path: Path) -> None:
    log = {"REVERIE_LOG": str(tmp_path / "log"), "REVERIE_SECONDS": "0.05"}
    processes = [dreamer.start_warm(*NIGHT, "--json", env=log) for _ in range(2)]
    said = [finished(process).expect(0).document for process in processes]
    assert sum(one["rendered"] for one in said) == FRAMES
    assert len((tmp_path / "log").read_text().split()) == FRAMES


def test_a_dry_run_says_what_would_be_dreamt_and_makes_nothing(bare_series: Moostik) -> None:
    write_dreaming(bare_series.data)
    said = bare_series("dream", "--dry-run", "--json", "--date", "2030-02-03").expect(0).document
    assert (said["wouldDream"], said["mode"], said["frames"]) == (True, "hybrid", FRAMES)
    assert len(said["keyframes"]) == 4
    assert "would be dreamt now" in bare_series("dream", "--dry-run").expect(0).out
    busy = bare_series("dream", "--dry-run", "--json", env={"MOOSTIK_DREAM_BUSY_PROCESSES": f"x,{_own_name()}"})
    assert (busy.document["wouldDream"], busy.document["reason"]) == (False, f"{_own_name()} is running")
    assert not bare_series.output.exists() or not list(bare_series.output.rglob("*.png"))


def _own_name() -> str:
    return Path("/proc/self/comm").read_text().strip()


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "says"),
    [
        (("--date", "yesterday"), {}, 2, "--date 'yesterday': must be a day such as 20"),
        (("--date", "2019-12-31"), {}, 2, "--date 2019-12-31: nights can be dreamt from 2020-01-01 to 2099-12-31"),
        ((), {"MOOSTIK_TODAY": "2100-01-01"}, 2, "MOOSTIK_TODAY 2100-01-01: nights can be dreamt from"),
        (("--mode", "hybird"), {}, 2, "did you mean 'hybrid'?"),
        ((), {"MOOSTIK_DREAMS": "off"}, 1, "MOOSTIK_DREAMS is off"),
        ((), {"MOOSTIK_DREAMS": "0"}, 1, "MOOSTIK_DREAMS is off"),
        ((), {"MOOSTIK_RENDERER": "sketch"}, 1, "the renderer sketch makes no dream frames"),
    ],
)
def test_what_cannot_be_dreamt_is_refused(
    bare_series: Moostik, arguments: tuple[str, ...], environment: dict[str, str], code: int, says: str
) -> None:
    write_dreaming(bare_series.data)
    assert says in bare_series("dream", *arguments, env=environment).expect(code).err
    assert not (bare_series.output / "dreams").exists()


def test_a_frame_that_fails_is_named_and_the_rest_is_kept(dreamer: Moostik) -> None:
    failed = dreamer(*NIGHT, env={"REVERIE_FAILS": "0.740741"}).expect(1)
    assert "frame 3 of 2026-11-20: asked to fail" in failed.out
    assert json.loads((dreamer.output / "dreams" / "status.json").read_text())["state"] == "failed"


def test_what_stands_in_the_files_is_checked(bare_series: Moostik) -> None:
    write_series(bare_series.data, dreams={"at": "3 o'clock", "zone": "Mars", "keyframes": 1, "fps": 8})
    entries = [{"id": "a", "characterIds": ["adda"], "times": ["noon"]}, {"id": "b", "themes": ["strom"]}, {"id": "a"}]
    (bare_series.data / "dreams.json").write_text(json.dumps(entries))
    lines = bare_series("dream").expect(1).err
    for expected in (
        'series.json $.dreams.at = "3 o\'clock": must be a time of day such as 03:00',
        'series.json $.dreams.zone = "Mars": is no time zone',
        "series.json $.dreams.keyframes = 1: must be 2 or more",
        'dreams.json $[0].times[0] = "noon"',
        "dreams.json $[1].themes = \"strom\": no such theme; did you mean 'storm'?",
    ):
        assert expected in lines
    write_dreaming(bare_series.data, cacheImages=9)
    assert "a night of 10 frames does not fit into cacheImages = 9" in bare_series("dream").expect(1).err


@pytest.mark.parametrize("day", ["2020-02-29", "2098-12-24"])
def test_any_night_can_be_dreamt_long_gone_or_far_ahead(dreamer: Moostik, day: str) -> None:
    edit(dreamer.data / "series.json", lambda s: {**s, "dreams": {**s["dreams"], "keyframes": 2, "framesBetween": 1}})
    said = dreamer("dream", "--date", day, "--json").expect(0).document
    assert (said["date"], said["frames"]) == (day, 3)
    assert json.loads(Path(said["manifest"]).read_text())["date"] == day
    with instance_of(dreamer) as instance:
        assert list(latest_events(instance, "dream_sequence")) == [day]


def test_the_ui_offers_the_nights_of_the_coming_week() -> None:
    ahead = nights(DreamSettings()).get_partition_keys()[-1]
    assert (date.fromisoformat(ahead) - datetime.now(UTC).date()).days == 7


def test_the_night_of_the_settings_day_is_the_default(dreamer: Moostik) -> None:
    edit(dreamer.data / "series.json", lambda s: {**s, "dreams": {**s["dreams"], "keyframes": 2, "framesBetween": 1}})
    said = dreamer("dream", "--json", env={"MOOSTIK_TODAY": "2026-11-02"}).expect(0).document
    assert (said["date"], said["rendered"]) == (date(2026, 11, 2).isoformat(), 3)


def test_what_a_dream_is_like_is_shown_where_its_frames_lie(dreamer: Moostik) -> None:
    dreamer(*NIGHT).expect(0)
    folder = dreamer.output / "dreams" / DAY.isoformat()
    found = dreamer("similar", str(folder / "frame-0002.png"), "--json").expect(0).document["nearest"]
    frames = {one["key"]: one["path"] for one in found if one["kind"] == "dream"}
    assert frames
    for key, path in frames.items():
        assert path == str(folder / f"frame-{key.rpartition('/')[2]}.png")
