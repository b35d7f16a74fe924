"""Before a night, and before the day, the cast is cut out: nobody is ever pasted as a rectangle, or left out."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from moostik_assets.dreams.preparing import Preparing
from moostik_assets.settings import Settings
from moostik_assets.spending.limits import Limit
from moostik_assets.spending.opening import open_purse
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD
from resources.ledger import Ledger
from resources.png import read_text
from tests.dagster_state import instance_of, latest_events
from tests.dreams.dream_series import DAY, write_dreaming
from tests.moostik_command import Moostik
from tests.small_series import edit

CUT = "cutouts/bob/neutral/1.png"


@pytest.fixture
def on_paper(series: Moostik) -> bytes:
    """A series whose dreams are of Bob, who was drawn on paper; gives the drawing."""
    write_dreaming(series.data, renderer="preview", keyframes=2, framesBetween=1)
    edit(series.data / "series.json", lambda s: {**s, "renderer": "preview"})
    picture = Image.new("RGB", (120, 200), "#f2ead8")
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 180), fill="#3333aa")
    path = series.data / "references" / "bob-1.png"
    picture.save(path)
    (series.data / "dreams.json").write_text(json.dumps([{"id": "bob", "characterIds": ["bob"]}]))
    return path.read_bytes()


def request_of(path: Path) -> dict[str, Any]:
    text = read_text(path.read_bytes(), KEYWORD)
    assert text is not None
    return json.loads(text)


def pictures_shown(request: dict[str, Any]) -> list[str]:
    """The pictures that the figures of a request are made of."""
    (figure,) = request["staging"]["figures"]
    return [request["references"][index]["sha256"] for index in figure.get("references", [])]


def test_a_night_is_composed_of_cut_outs_made_before_it(series: Moostik, on_paper: bytes) -> None:
    series("dream", "--date", DAY.isoformat()).expect(0)
    cut = (series.output / CUT).read_bytes()
    assert Image.open(series.output / CUT).mode == "RGBA"
    request = request_of(series.output / "dreams" / DAY.isoformat() / "frame-0001.png")
    assert pictures_shown(request) == [sha256_of_bytes(cut)] != [sha256_of_bytes(on_paper)]
    with instance_of(series) as instance:
        assert list(latest_events(instance, "character_cutout")) == ["bob/neutral"]


def test_the_day_is_prepared_with_its_cast_cut_out(series: Moostik, on_paper: bytes) -> None:
    settings = Settings(data=series.data, output=str(series.output), renderer="preview")
    with instance_of(series) as instance, Studio(settings) as studio:
        ledger, emit = Ledger(instance), instance.report_runless_asset_event
        purse = open_purse(settings, ledger, emit, Limit(0, "test"))
        dreams = studio.catalogue.series.dream_settings
        done = Preparing(studio, date(2026, 11, 20), dreams, ledger, emit, lambda: False, purse).run()
    assert (done.failed, done.not_cut_out) == ({}, [])
    cut = (series.output / CUT).read_bytes()
    request = request_of(series.output / "episodes" / "ep0" / "shot-003" / "wide.png")
    assert pictures_shown(request) == [sha256_of_bytes(cut)]
    assert series("plan", "--json").expect(0).document["missing"] == [], "nothing that would be made again at once"
