"""`moostik render`, `replay` and `take`: what they do, and what they answer."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from moostik_assets.cli import app
from resources.canonical import sha256_of_bytes
from tests.dagster_state import not_fresh
from tests.moostik_command import Moostik
from tests.small_series import JAPANESE_ANGLE, VARIATION_COUNT, edit, published_bytes, write_json


def rendered_keys(moostik: Moostik) -> set[str]:
    return {path.removesuffix(".png") for path in published_bytes(moostik.output)}


def test_render_as_a_process_twice(series: Moostik) -> None:
    first = series.process("render", "ep0", "--json").expect(0)
    assert first.document == {
        "rendered": VARIATION_COUNT,
        "reused": 0,
        "failed": [],
        "seconds": pytest.approx(0, abs=90),
    }
    assert f"[{VARIATION_COUNT}/{VARIATION_COUNT}] rendered" in first.err
    before = published_bytes(series.output)
    assert len(before) == VARIATION_COUNT
    again = series.process("render", "ep0").expect(0)
    assert again.out.startswith(f"0 rendered, {VARIATION_COUNT} reused, 0 failed")
    page = series.output / "galleries" / "ep0" / "contact_sheet.html"
    assert str(page) in again.out
    assert page.is_file()
    assert published_bytes(series.output) == before


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        (("--shots", "shot-002"), {f"ep0/shot-002/{angle}" for angle in ("wide", "close_up", "low_angle")}),
        (("--shots", "shot-003, shot-001", "--angles", "wide"), {"ep0/shot-001/wide", "ep0/shot-003/wide"}),
        (("--angles", "low_angle"), {"ep0/shot-002/low_angle"}),
        (("--angles", JAPANESE_ANGLE), {"ep0/shot-005/angle-2bb398"}),
        (("--angles", "angle-2bb398"), {"ep0/shot-005/angle-2bb398"}),
    ],
)
def test_only_what_is_asked_for_is_rendered(series: Moostik, options: tuple[str, ...], keys: set[str]) -> None:
    assert series("render", "ep0", *options, "--json").expect(0).document["rendered"] == len(keys)
    assert rendered_keys(series) == keys


def test_force_renders_again_and_gives_the_same_bytes(rendered: Moostik, tmp_path: Path) -> None:
    before = published_bytes(rendered.output)
    log = tmp_path / "log"
    options = ("render", "ep0", "--shots", "shot-002", "--force", "--json")
    answer = rendered(*options, env={"SKETCH_LOG": str(log)}).expect(0).document
    assert (answer["rendered"], answer["reused"]) == (3, 0)
    assert len(log.read_text().split()) == 3
    assert published_bytes(rendered.output) == before
    assert not_fresh(rendered) == {}


def test_another_output_gives_the_same_bytes(rendered: Moostik, tmp_path: Path) -> None:
    other = Moostik(rendered.data, tmp_path / "somewhere" / "else, with spaces & ümläuts")
    other.warm("render").expect(0)
    assert published_bytes(other.output) == published_bytes(rendered.output)


def test_an_output_may_be_named_by_the_url_of_a_file(series: Moostik, rendered_bytes: dict[str, bytes]) -> None:
    line = ["--data", str(series.data), "--output", series.output.as_uri(), "render"]
    result = CliRunner().invoke(app, line, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    assert published_bytes(series.output) == rendered_bytes


def test_an_output_that_was_moved_is_current_where_it_lies_now(rendered: Moostik, tmp_path: Path) -> None:
    moved = Moostik(rendered.data, tmp_path / "moved")
    rendered.output.rename(moved.output)
    assert moved("render", "--json").expect(0).document["reused"] == VARIATION_COUNT
    assert not_fresh(moved) == {}
    assert not rendered.output.exists()


def test_no_more_is_spent_than_allowed(series: Moostik) -> None:
    answer = series("render", "--renderer", "costly", "--max-cost", "1.6", "--json").expect(1).document
    assert (answer["rendered"], len(answer["failed"])) == (3, VARIATION_COUNT - 3)
    assert "1.6 USD" in answer["reasons"][answer["failed"][0]]
    rest = series("render", "--renderer", "costly", "--max-cost", "inf", "--json").expect(0).document
    assert (rest["rendered"], rest["reused"]) == (VARIATION_COUNT - 3, 3)
    assert series("render", "--max-cost", "nan").code == 2


def test_a_renderer_in_place_of_one_that_is_not_installed(series: Moostik) -> None:
    edit(series.data / "series.json", lambda found: found.update(renderer="of-another-studio"))
    assert series("render", "--renderer", "sketch", "--json").expect(0).document["rendered"] == VARIATION_COUNT
    assert "of-another-studio" in series("render", "--json").expect(1).document["error"]


def test_a_renderer_in_place_of_the_series_own_and_back(rendered: Moostik) -> None:
    before = published_bytes(rendered.output)
    other = rendered("render", "--renderer", "costly", "--shots", "shot-001", "--json").expect(0).document
    assert other["rendered"] == 2
    assert published_bytes(rendered.output) != before
    back = rendered("render", "--json").expect(0).document
    assert (back["rendered"], back["reused"]) == (0, VARIATION_COUNT)
    assert published_bytes(rendered.output) == before
    assert not_fresh(rendered) == {}


def test_the_whole_series_is_rendered_where_no_episode_is_named(series: Moostik) -> None:
    episode = json.loads((series.data / "episodes" / "ep0.json").read_text(encoding="utf-8"))
    write_json(series.data / "episodes" / "ep0.5.json", {**episode, "id": "ep0.5", "number": 0.5})
    assert series("render", "--json").expect(0).document["rendered"] == 2 * VARIATION_COUNT
    assert len(set(published_bytes(series.output).values())) == 2 * VARIATION_COUNT
    assert series("render", "ep0.5", "--json").expect(0).document["reused"] == VARIATION_COUNT
    assert series("render", "--shots", "shot-001", "--json").expect(0).document["reused"] == 4


def test_an_empty_series_is_nothing_to_do(series: Moostik) -> None:
    write_json(series.data / "episodes" / "ep0.json", {"id": "ep0", "number": 0, "title": "Nothing", "shots": []})
    assert series("render", "--json").expect(0).document["rendered"] == 0
    assert series("plan", "--json").expect(0).document["total"] == 0
    series("check", "ep0").expect(0)


def test_replay_makes_the_same_bytes_from_the_file_alone(rendered: Moostik, tmp_path: Path) -> None:
    image = rendered.output / "episodes" / "ep0" / "shot-002" / "wide.png"
    kept = tmp_path / "again.png"
    answer = rendered.warm("replay", str(image), "--save", str(kept), "--json").expect(0).document
    sha256 = sha256_of_bytes(image.read_bytes())
    assert (answer["identical"], answer["sha256"], answer["replayed"]) == (True, sha256, sha256)
    assert kept.read_bytes() == image.read_bytes()
    elsewhere = tmp_path / "sent by mail.png"
    elsewhere.write_bytes(image.read_bytes())
    assert rendered("replay", str(elsewhere)).expect(0).out.endswith("identical, byte for byte\n")


def test_replay_says_what_differs_or_lacks(rendered: Moostik, tmp_path: Path) -> None:
    image = rendered.output / "episodes" / "ep0" / "shot-002" / "wide.png"
    newer = rendered("replay", str(image), "--json", env={"SKETCH_VERSION": "2"}).expect(0).document
    assert newer["rendererChanged"] == "version 1 -> 2"
    touched = tmp_path / "touched.png"
    data = bytearray(image.read_bytes())
    data[-30] ^= 1
    touched.write_bytes(data)
    assert rendered("replay", str(touched), "--json").expect(1).document["identical"] is False
    bare = Moostik(rendered.data, tmp_path / "bare")
    answer = bare("replay", str(image), "--json").expect(1).document
    assert "the store does not hold what it was made from: character ada" in answer["error"]


@pytest.mark.parametrize("name", ["nothing", "folder", "text", "plate"])
def test_replay_of_what_is_no_image_of_ours(rendered: Moostik, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("hello")
    (tmp_path / "plate").write_bytes((rendered.data / "references" / "hut-1.png").read_bytes())
    answer = rendered("replay", str(tmp_path / name), "--json").expect(1).document
    assert answer["identical"] is False
    assert answer["error"]


def test_another_take_is_another_image_and_the_first_comes_back(rendered: Moostik) -> None:
    key = "ep0/shot-001/wide"
    before = published_bytes(rendered.output)
    seed = rendered("prompts", "ep0", "--json").document["shot-001"]["wide"]["seed"]
    assert rendered("take", key, "--json").expect(0).document == {"key": key, "take": 1, "before": 0}
    (stale,) = rendered("plan", "--json").expect(0).document["stale"]
    assert stale["key"] == key
    assert any("take 0 -> 1" in reason for reason in stale["reasons"])
    assert rendered("render", "--json").expect(0).document["rendered"] == 1
    after = published_bytes(rendered.output)
    assert {path for path in after if after[path] != before[path]} == {f"{key}.png"}
    prompt = rendered("prompts", "ep0", "--json").document["shot-001"]["wide"]
    assert (prompt["take"], prompt["seed"] != seed) == (1, True)
    assert rendered("take", key, "--json").expect(0).document["take"] == 2
    rendered("take", key, "--number", "0").expect(0)
    assert rendered("render", "--json").expect(0).document["rendered"] == 0
    assert published_bytes(rendered.output) == before
    assert not_fresh(rendered) == {}


def test_take_leaves_the_other_decisions_as_they_are(series: Moostik) -> None:
    write_json(series.data / "decisions.json", {"takes": {"ep0/shot-002/wide": 3}, "notes": {"a": [1]}})
    series("take", "ep0/shot-001/wide").expect(0)
    document = json.loads((series.data / "decisions.json").read_text(encoding="utf-8"))
    assert document == {"takes": {"ep0/shot-002/wide": 3, "ep0/shot-001/wide": 1}, "notes": {"a": [1]}}


def test_gc_keeps_what_is_shown_and_what_the_catalogue_asks_for(rendered: Moostik) -> None:
    rendered("take", "ep0/shot-001/wide").expect(0)
    rendered("render").expect(0)
    before = published_bytes(rendered.output)
    dry = rendered("gc", "--older-than", "0", "--dry-run", "--json").expect(0).document
    assert dry["dryRun"] is True
    rendered("gc", "--older-than", "0", "--json").expect(0)
    assert published_bytes(rendered.output) == before
    assert rendered("plan", "--json").expect(0).document["current"] == VARIATION_COUNT
