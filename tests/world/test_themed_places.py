"""Places dressed for a theme, as runs do it: backgrounds before images, exceptions, the way back, masks respected."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest
from PIL import Image

from resources.canonical import sha256_of_bytes
from resources.decoration_mask import checked_mask
from resources.image_store import KEYWORD
from resources.png import read_text
from resources.rendering.preview.bake import bake
from resources.rendering.request import BakedDecoration, Baking
from tests.dagster_state import definitions_of, instance_of, latest_events, materialize, metadata_of, not_fresh
from tests.moostik_command import Moostik
from tests.small_series import edit, edit_shot

DEMO = Path(__file__).parents[2] / "data"
IN_THE_HUT = 2 + 3
ON_THE_PIER = 2 + 2


@pytest.fixture
def dressed(rendered: Moostik) -> Moostik:
    """The small series with a renderer that dresses places, rendered in the neutral theme."""
    edit(rendered.data / "series.json", lambda found: found.update(backgroundRenderer="preview"))
    edit(rendered.data / "locations.json", lambda found: found[1].update(validated=True))
    rendered("render").expect(0)
    return rendered


def _request(moostik: Moostik, key: str) -> Any:
    text = read_text((moostik.output / "episodes" / f"{key}.png").read_bytes(), KEYWORD)
    assert text is not None
    return json.loads(text)


def _rendered(moostik: Moostik) -> int:
    return moostik("render", "--json").expect(0).document["rendered"]


def _status(moostik: Moostik, asset: str) -> dict[str, str]:
    with instance_of(moostik) as instance:
        graph = definitions_of(moostik).resolve_asset_graph()
        resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
        keys = latest_events(instance, asset)
        return {key: resolver.get_status(dg.AssetKey(asset), key).value for key in keys}


def test_a_theme_dresses_its_places_once_then_the_images_before_them_and_the_way_back_is_free(dressed: Moostik) -> None:
    dressed("theme", "storm").expect(0)
    plan = dressed("plan", "--json").expect(0).document
    assert plan["waits"]["ep0/shot-001/wide"] == "baked_background hut/storm"
    assert plan["waits"]["ep0/shot-003/wide"] == "baked_background pier/storm"
    # Shot 5 is nowhere, but in the world: its words and its rain are the storm's.
    assert _rendered(dressed) == IN_THE_HUT + ON_THE_PIER + 2
    background = sha256_of_bytes((dressed.output / "backgrounds" / "hut" / "storm.png").read_bytes())
    angles = [_request(dressed, f"ep0/shot-002/{angle}") for angle in ("wide", "close_up", "low_angle")]
    assert {request["background"]["sha256"] for request in angles} == {background}, "one plate for all angles"
    assert len({request["staging"]["framing"] + request["staging"]["angle"] for request in angles}) == 3
    with instance_of(dressed) as instance:
        bakes = latest_events(instance, "baked_background")
        active = metadata_of(latest_events(instance, "active_background")["hut"])
        shown = metadata_of(bakes["hut/storm"])
    assert set(bakes) >= {"hut/storm", "pier/storm"}
    assert (active["theme"], active["warning"]) == ("storm", "none")
    assert shown["structure kept"] >= shown["threshold"]
    assert shown["master, baked, and their edges"].startswith("![")
    assert len(shown["master, baked, and their edges"]) < 20_000
    assert not_fresh(dressed) == {}
    dressed("theme", "neutral", "--location", "pier").expect(0)
    assert _rendered(dressed) == 0, "the pier's images of before"
    assert _request(dressed, "ep0/shot-003/wide").get("background") is None
    assert _request(dressed, "ep0/shot-001/wide")["background"]["sha256"] == background
    dressed("theme", "--location", "pier", "--reset").expect(0)
    dressed("theme", "neutral").expect(0)
    assert _rendered(dressed) == 0
    assert not_fresh(dressed) == {}


def test_a_shot_that_pins_a_theme_leaves_what_stands_in_the_place_alone(dressed: Moostik) -> None:
    edit_shot(dressed.data, "shot-001", {"theme": "storm"})
    assert _rendered(dressed) == 2
    background = sha256_of_bytes((dressed.output / "backgrounds" / "hut" / "storm.png").read_bytes())
    assert _request(dressed, "ep0/shot-001/wide")["background"]["sha256"] == background
    assert not_fresh(dressed) == {}
    assert set(_status(dressed, "active_background").values()) == {"FRESH"}
    materialize(dressed, ["baked_background"], "pier/storm", "pier/storm")
    assert set(_status(dressed, "active_background").values()) == {"FRESH"}, "baked by hand, for another theme"
    assert not_fresh(dressed) == {}


def test_a_place_whose_mask_is_wrong_is_seen_as_its_master_and_that_is_said(dressed: Moostik) -> None:
    Image.new("L", (80, 90), 255).save(dressed.data / "references" / "mask.png")
    edit(dressed.data / "locations.json", lambda found: found[0].update(decorationMask="references/mask.png"))
    dressed("theme", "storm").expect(0)
    answer = dressed("render", "--shots", "shot-001", "--json").expect(0)
    assert answer.document["rendered"] == 2
    with instance_of(dressed) as instance:
        notes = metadata_of(latest_events(instance, "variation_image")["ep0/shot-001/wide"])["notes"]
        active = metadata_of(latest_events(instance, "active_background")["hut"])
    assert "hut is not dressed for storm yet: the master stands in" in notes
    assert active["warning"] == "not baked yet: the master stands in"


@pytest.mark.parametrize("mode", ["hard", ""])
def test_in_a_place_of_the_demo_nothing_is_put_where_its_mask_is_black(mode: str) -> None:
    place = DEMO / "references" / "locations" / "post-office"
    plate = Image.open(place / "wide.png").convert("RGB")
    mask = checked_mask((place / "decoration-mask.png").read_bytes(), plate.size)
    themes = json.loads((DEMO / "themes.json").read_text(encoding="utf-8"))
    theme = next(one for one in themes if one["name"] == "frost-fair")
    baking = Baking(
        theme="frost-fair",
        mood=theme["mood"],
        palette=tuple(theme["palette"]),
        style=theme["backgroundStyleSuffix"],
        decorations=tuple(BakedDecoration(one["item"], one["description"]) for one in theme["decorations"][:3]),
        fx=("snow",),
        mask_mode=mode,
    )
    image, objects = bake(plate, mask, baking, 7, [])
    black = np.asarray(mask) == 0
    before, after = np.asarray(plate).astype(int), np.asarray(image).astype(int)
    assert not np.asarray(objects)[np.asarray(mask) < 128].any()
    assert int((np.asarray(objects) > 128).sum()) > 2000, "and it is dressed"
    if mode == "hard":
        assert np.array_equal(before[black], after[black])
        return
    # Soft: the room's light and weather change; what is drawn in it does not. Its edges stay where they are.
    assert np.abs(before - after)[black].max() > 0
    bare, _ = bake(plate, Image.new("L", plate.size, 0), baking, 7, [])
    # Beyond the glow of what was put into the white, black is as in a room that was given nothing.
    far = black & ~_near(np.asarray(objects) > 0, 120)
    assert np.abs(np.asarray(bare).astype(int) - after)[far].mean() < 1.0


def _near(mask: np.ndarray, reach: int) -> np.ndarray:
    small = Image.fromarray(mask).convert("L").reduce(8).point([0] + [255] * 255)
    wide = small.resize((small.width * 8, small.height * 8))
    grown = np.asarray(wide)[: mask.shape[0], : mask.shape[1]] > 0
    for axis in (0, 1):
        step = 1
        while step < reach:
            grown = grown | np.roll(grown, step, axis) | np.roll(grown, -step, axis)
            step *= 2
    padded = np.ones(mask.shape, bool)
    padded[: grown.shape[0], : grown.shape[1]] = grown
    return padded
