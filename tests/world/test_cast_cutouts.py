"""Images are composed of cut-outs: what their recipes name, what is made on demand, and what Dagster calls stale."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD
from resources.png import read_text
from resources.store import layout
from tests.dagster_state import DATA_VERSION, event_counts, instance_of, latest_events, metadata_of, not_fresh, tags_of
from tests.moostik_command import Moostik
from tests.small_series import draw_figure, edit

BOBS = {f"ep0/shot-002/{angle}" for angle in ("wide", "close_up", "low_angle")} | {
    "ep0/shot-003/wide",
    "ep0/shot-003/close_up",
}
SHOTS = ("--shots", "shot-002,shot-003")


def _on_paper(path: Path, colour: str) -> bytes:
    """A figure on a plain ground, without alpha; gives the file's bytes."""
    picture = Image.new("RGB", (120, 200), "#f2ead8")
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 180), fill=colour)
    picture.save(path)
    return path.read_bytes()


def _busy(path: Path) -> None:
    picture = Image.effect_noise((120, 200), 100).convert("RGB")
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 180), fill="#886644")
    picture.save(path)


def _references(moostik: Moostik, key: str) -> dict[str, str]:
    """Character -> hash of the picture that its image was composed of (the last one, of several)."""
    text = read_text((moostik.output / "episodes" / f"{key}.png").read_bytes(), KEYWORD)
    assert text is not None
    return {i["entity"]: i["sha256"] for i in json.loads(text)["references"] if i["role"] == "character"}


def _figures(moostik: Moostik, key: str) -> dict[str, list[int]]:
    text = read_text((moostik.output / "episodes" / f"{key}.png").read_bytes(), KEYWORD)
    assert text is not None
    return {figure["id"]: figure.get("references", []) for figure in json.loads(text)["staging"]["figures"]}


def test_a_figure_with_alpha_of_its_own_is_its_own_cut_out_byte_for_byte(rendered: Moostik) -> None:
    source = (rendered.data / "references" / "bob-1.png").read_bytes()
    assert (rendered.output / "cutouts" / "bob" / "neutral" / "1.png").read_bytes() == source
    assert _references(rendered, "ep0/shot-003/wide")["bob"] == sha256_of_bytes(source)
    with instance_of(rendered) as instance:
        assert set(event_counts(instance, "character_cutout")) == {f"{name}/neutral" for name in ("ada", "bob", "cleo")}
    # Its recipe is known before anything was cut out.
    again = rendered("prompts", "ep0", "--json").expect(0).document
    assert not any("waitsFor" in prompt for angles in again.values() for prompt in angles.values())


def test_a_figure_on_paper_waits_for_its_cut_out_and_is_composed_of_it(rendered: Moostik) -> None:
    source = _on_paper(rendered.data / "references" / "bob-1.png", "#3333aa")
    plan = rendered("plan", "--json").expect(0).document
    assert set(plan["waits"]) == BOBS
    assert set(plan["waits"].values()) == {"character_cutout bob/neutral"}
    rendered_now = rendered("render", "--json").expect(0).document
    assert rendered_now["rendered"] == len(BOBS)
    cut = (rendered.output / "cutouts" / "bob" / "neutral" / "1.png").read_bytes()
    assert Image.open(rendered.output / "cutouts" / "bob" / "neutral" / "1.png").mode == "RGBA"
    for key in BOBS:
        assert _references(rendered, key)["bob"] == sha256_of_bytes(cut) != sha256_of_bytes(source)
    assert not_fresh(rendered) == {}
    with instance_of(rendered) as instance:
        events = latest_events(instance, "variation_image")
        cutouts = latest_events(instance, "character_cutout")
    tags = tags_of(events["ep0/shot-003/wide"])
    assert tags["dagster/input_data_version/character_cutout"] == tags_of(cutouts["bob/neutral"])[DATA_VERSION]
    assert tags["dagster/input_event_pointer/character_cutout"] == str(cutouts["bob/neutral"].storage_id)
    again = rendered("render", "--json").expect(0).document
    assert (again["rendered"], again["reused"]) == (0, 11)
    assert rendered("plan", "--json").expect(0).document["waits"] == {}


def test_what_cannot_be_cut_out_is_not_shown_and_that_is_said(rendered: Moostik) -> None:
    _busy(rendered.data / "references" / "bob-1.png")
    result = rendered("render", *SHOTS, "--json").expect(0).document
    assert (result["rendered"], result["failed"]) == (len(BOBS), [])
    assert _figures(rendered, "ep0/shot-002/wide") == {"ada": [0, 3], "bob": []}
    with instance_of(rendered) as instance:
        notes = metadata_of(latest_events(instance, "variation_image")["ep0/shot-003/wide"])["notes"]
    assert "bob: references/bob-1.png cannot be cut out, and is not shown" in notes
    assert not list((rendered.output / "cutouts" / "bob").rglob("*.png")), "nor is the former one passed on"
    again = rendered("render", "--json").expect(0).document
    assert (again["rendered"], again["reused"]) == (0, 11)


def test_an_outfit_touches_its_character_alone_and_the_way_back_renders_nothing(rendered: Moostik) -> None:
    _on_paper(rendered.data / "references" / "coat.png", "#22aa22")
    outfit = {"theme": "storm", "description": "A coat", "referenceImages": ["references/coat.png"]}
    edit(rendered.data / "characters.json", lambda found: found[0].update(outfits=[outfit]))
    rendered("render", "--json").expect(0)
    with instance_of(rendered) as instance:
        before = event_counts(instance, "character_cutout")
    rendered("theme", "storm").expect(0)
    plan = rendered("plan", "--json").expect(0).document
    assert set(plan["waits"].values()) == {"character_cutout ada/storm"}
    rendered("render", "--json").expect(0)
    worn = sha256_of_bytes((rendered.output / "cutouts" / "ada" / "storm" / "1.png").read_bytes())
    assert _references(rendered, "ep0/shot-001/wide") == {"ada": worn}
    assert not_fresh(rendered) == {}
    draw_figure(rendered.data / "references" / "coat.png", "#44cc44")
    assert rendered("render", "--json").expect(0).document["rendered"] == 5, "those that show ada"
    rendered("theme", "neutral").expect(0)
    assert rendered("render", "--json").expect(0).document["rendered"] == 0
    assert not_fresh(rendered) == {}
    with instance_of(rendered) as instance:
        after = event_counts(instance, "character_cutout")
    assert {key: after[key] - before.get(key, 0) for key in after} == {
        "ada/neutral": 1, "bob/neutral": 0, "cleo/neutral": 0, "ada/storm": 2, "bob/storm": 1, "cleo/storm": 1
    }  # fmt: skip


def test_a_cut_out_that_is_gone_is_made_again_for_the_image_that_needs_it(
    rendered: Moostik, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_paper(rendered.data / "references" / "bob-1.png", "#3333aa")
    shot = ("--shots", "shot-003", "--angles", "wide")
    rendered("render", *shot).expect(0)
    sha256 = _references(rendered, "ep0/shot-003/wide")["bob"]
    (rendered.output / layout.input_name(sha256)).unlink()
    result = rendered("render", *shot, "--force", "--json").expect(0).document
    assert (result["rendered"], result["failed"]) == (1, [])
    assert sha256_of_bytes((rendered.output / layout.input_name(sha256)).read_bytes()) == sha256
