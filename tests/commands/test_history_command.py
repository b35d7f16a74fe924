"""`moostik history` and `moostik restore`: what an image was is listed, and comes back when asked for."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moostik_assets.automation.affected import affected_variations
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations.wanted import variation_preparation
from resources.image_store import ImageStore
from tests.dagster_state import event_counts, instance_of, materialize, not_fresh
from tests.moostik_command import Moostik
from tests.small_series import edit, edit_shot

KEY = "ep0/shot-001/wide"
SHOT = ("render", "ep0", "--shots", "shot-001")


def history(moostik: Moostik, key: str = KEY) -> list[dict[str, Any]]:
    return moostik("history", key, "--json").expect(0).document


def shown(moostik: Moostik, key: str = KEY) -> bytes:
    return (moostik.output / "episodes" / f"{key}.png").read_bytes()


def decisions(moostik: Moostik) -> dict[str, Any]:
    path = moostik.data / "decisions.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def plan(moostik: Moostik) -> dict[str, Any]:
    return moostik("plan", "ep0", "--json").expect(0).document


def light(moostik: Moostik, key_light: str, shot: str = "shot-001") -> None:
    edit_shot(moostik.data, shot, {"prompt": {"lighting": {"key": key_light}}})


def forget(moostik: Moostik, recipe: str) -> None:
    """Lose an image of the store, as a disk may."""
    store = ImageStore(moostik.output)
    image = store.find(recipe)
    assert image is not None
    Path(str(store.object_path(image))).unlink()


def sheet(moostik: Moostik) -> str:
    return (moostik.output / "galleries" / "ep0" / "contact_sheet.html").read_text(encoding="utf-8")


def test_each_version_says_when_and_why_it_was_made_and_how_it_stands(rendered: Moostik) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    light(rendered, "candle")
    rendered(*SHOT).expect(0)
    rendered("take", KEY).expect(0)
    rendered(*SHOT).expect(0)
    rendered(*SHOT, "--force").expect(0)
    versions = history(rendered)
    assert [v["reason"] for v in versions] == ["first image", "prompt: lighting.key changed", "take 0 -> 1"]
    assert [v["version"] for v in versions] == [1, 2, 3]
    assert [v["published"] for v in versions] == [v["current"] for v in versions] == [False, False, True]
    assert all(v["available"] for v in versions)
    assert [v["take"] for v in versions] == [0, 0, 1]
    assert versions[0]["seed"] == versions[1]["seed"] != versions[2]["seed"]
    assert {v["renderer"] for v in versions} == {"sketch"}
    dates = [datetime.fromisoformat(v["date"]) for v in versions]
    assert dates == sorted(dates)
    assert before <= dates[1] <= dates[2] <= datetime.now(UTC) + timedelta(seconds=1)
    store = ImageStore(rendered.output)
    for version in versions:
        image = store.find(version["recipe"])
        assert image is not None
        assert image.sha256 == version["sha256"]
    with instance_of(rendered) as instance:
        assert all(instance.get_run_by_id(v["runId"]) for v in versions)
    text = rendered("history", KEY).expect(0).out
    assert "3 versions" in text
    assert text.splitlines()[-1].endswith("take 0 -> 1  [published]")
    rendered("restore", KEY, "2").expect(0)
    last = history(rendered)[-1]
    assert (last["version"], last["take"], last["seed"]) == (4, 0, versions[1]["seed"])


def test_events_that_repeat_an_image_are_one_version(rendered: Moostik) -> None:
    key = "ep0/shot-002/close_up"
    wide = {"cameraAngle": "wide", "promptOverrides": {"lighting": {"key": "candle"}}}
    edit_shot(rendered.data, "shot-002", {"variations": [wide, {"cameraAngle": "close_up"}]})
    rendered("render", "ep0").expect(0)
    with instance_of(rendered) as instance:
        assert event_counts(instance, "variation_image")[key] == 2, "the prompts of its shot have changed"
    assert [v["reason"] for v in history(rendered, key)] == ["first image"]


def test_what_is_out_of_date_or_was_never_rendered_is_said(rendered: Moostik, series: Moostik) -> None:
    light(rendered, "candle")
    (version,) = history(rendered)
    assert (version["published"], version["current"]) == (True, False)
    assert rendered("history", KEY).expect(0).out.rstrip().endswith("[published, out of date]")
    fresh = Moostik(rendered.data, rendered.output.parent / "elsewhere")
    assert history(fresh) == []
    assert "nothing was rendered yet" in fresh("history", KEY).expect(0).out
    assert not fresh.output.exists()


def test_a_shot_that_left_the_catalogue_keeps_its_history(rendered: Moostik) -> None:
    edit(rendered.data / "episodes" / "ep0.json", lambda document: document["shots"].pop(4))
    (version,) = history(rendered, "ep0/shot-005/wide")
    assert (version["published"], version["current"], version["available"]) == (True, False, True)
    answer = rendered("restore", "ep0/shot-005/wide", "1").expect(2)
    assert "no variation named 'ep0/shot-005/wide'" in answer.err


def test_an_earlier_version_is_shown_again_and_stays_whatever_changes(rendered: Moostik) -> None:
    first = shown(rendered)
    light(rendered, "candle")
    rendered(*SHOT).expect(0)
    second = shown(rendered)
    answer = rendered("restore", KEY, "1", "--json").expect(0).document
    recipe = history(rendered)[0]["recipe"]
    assert answer == {"key": KEY, "version": 1, "recipe": recipe, "published": True, "pinned": True}
    assert shown(rendered) == first
    assert decisions(rendered) == {"pinned": {KEY: recipe}}
    versions = history(rendered)
    assert [v["reason"] for v in versions][2:] == ["restored from version 1"]
    assert [(v["published"], v["current"]) for v in versions] == [(False, False), (False, False), (True, True)]
    assert "pinned to an earlier version" in sheet(rendered)
    assert "ep0/shot-001" not in json.dumps(not_fresh(rendered))

    light(rendered, "searchlight")
    planned = plan(rendered)
    assert planned["pinned"] == [KEY]
    assert [item["key"] for item in planned["stale"]] == ["ep0/shot-001/close_up"]
    with Studio(Settings(data=rendered.data, output=str(rendered.output))) as studio:
        affected = affected_variations(variation_preparation(studio), studio.catalogue.episodes["ep0"], [])
    assert affected.keys == ["ep0/shot-001/close_up"]
    done = rendered(*SHOT, "--force", "--json").expect(0).document
    assert (done["rendered"], done["reused"], done["pinned"]) == (1, 1, [KEY])
    materialize(rendered, ["variation_image"], KEY, KEY)
    assert shown(rendered) == first
    assert len(history(rendered)) == 3

    answer = rendered("restore", KEY, "--latest", "--json").expect(0).document
    assert (answer["published"], answer["pinned"], answer["version"]) == (True, False, 4)
    assert shown(rendered) not in (first, second)
    assert decisions(rendered) == {}
    assert history(rendered)[3]["reason"] == "no longer pinned: what the catalogue asks for"
    assert "pinned to an earlier version" not in sheet(rendered)
    assert plan(rendered)["pinned"] == []


def test_what_the_catalogue_asks_for_and_a_new_take_are_no_pins(rendered: Moostik) -> None:
    first = shown(rendered)
    light(rendered, "candle")
    rendered(*SHOT).expect(0)
    rendered("restore", KEY, "1").expect(0)
    light(rendered, "lamp")
    assert plan(rendered)["pinned"] == []
    rendered("restore", KEY, "2").expect(0)
    assert set(decisions(rendered)["pinned"]) == {KEY}
    recipe = history(rendered)[0]["recipe"]
    answer = rendered("restore", KEY, recipe[:6].upper(), "--json").expect(0).document
    assert (answer["published"], answer["pinned"], answer["recipe"]) == (True, False, recipe)
    assert decisions(rendered) == {}
    assert shown(rendered) == first

    rendered("restore", KEY, "2").expect(0)
    pinned = decisions(rendered)["pinned"][KEY]
    assert f"no longer pinned to {pinned[:12]}" in rendered("take", KEY).expect(0).out
    assert decisions(rendered) == {"takes": {KEY: 1}}
    assert plan(rendered)["pinned"] == []
    assert "unpinned" not in rendered("take", KEY, "--json").expect(0).document


def test_a_pinned_image_that_is_gone_makes_way_for_the_ordinary_one(rendered: Moostik) -> None:
    light(rendered, "candle")
    rendered(*SHOT).expect(0)
    second = shown(rendered)
    rendered("restore", KEY, "1").expect(0)
    recipe = decisions(rendered)["pinned"][KEY]
    forget(rendered, recipe)
    planned = plan(rendered)
    assert planned["pinned"] == []
    (note,) = planned["notes"]
    assert KEY in note
    assert recipe[:12] in note
    assert "gone from the store" in note
    rendered(*SHOT).expect(0)
    assert shown(rendered) == second
    assert "gone from the store" in sheet(rendered)
    versions = history(rendered)
    assert [v["available"] for v in versions] == [False, True, False, True]
    answer = rendered("restore", KEY, "1").expect(1)
    assert "gone from the store; still there: 2, 4" in answer.err
    assert decisions(rendered)["pinned"] == {KEY: recipe}
    assert "note: " in rendered("history", KEY).expect(0).out
    rendered("restore", KEY, "--latest").expect(0)
    assert plan(rendered)["notes"] == []


def test_a_sequence_builds_on_a_pinned_image_and_stops_at_it(rendered_parts: Moostik) -> None:
    series, follower = rendered_parts, "ep0/shot-002/wide"
    opening, before = shown(series), shown(series, follower)
    light(series, "candle")
    series("render", "ep0", "--angles", "wide").expect(0)
    by_candle = shown(series)
    assert shown(series, follower) != before
    series("restore", KEY, "1").expect(0)
    assert shown(series) == opening
    stale = {item["key"]: item["reasons"] for item in plan(series)["stale"]}
    assert stale[follower] == ["previous: the image of shot-001 changed"]
    series("render", "ep0", "--angles", "wide").expect(0)
    assert shown(series, follower) == before

    series("restore", KEY, "--latest").expect(0)
    assert shown(series) == by_candle
    light(series, "searchlight")
    answer = series("restore", follower, "2", "--json").expect(0)
    assert (answer.document["published"], answer.document["pinned"]) == (True, True)
    assert shown(series) == by_candle, "the shot before it is out of date, and nobody asked for it"
    light(series, "candle")
    assert plan(series)["pinned"] == [], "the sequence gives that image anyway"


def test_what_cannot_be_is_refused_in_words(rendered: Moostik) -> None:
    recipe = history(rendered)[0]["recipe"]
    refused = [
        (("history", "ep0/shot-001/wyde"), "did you mean 'ep0/shot-001/wide'?"),
        (("history", "../../../etc/passwd"), "no variation named"),
        (("history", "ep0"), "no variation named"),
        (("restore", "ep0/shot-001/wyde", "1"), "did you mean 'ep0/shot-001/wide'?"),
        (("restore", KEY), "say which version, or --latest"),
        (("restore", KEY, "1", "--latest"), "say which version, or --latest"),
        (("restore", KEY, "2"), "has no version '2'; there is 1 ("),
        (("restore", KEY, "0"), "has no version '0'"),
        (("restore", KEY, "abcdef0"), "has no version 'abcdef0'"),
        (("restore", KEY, ""), "has no version ''"),
        (("restore", KEY, "１"), "has no version '１'"),
        (("restore", KEY, recipe[:5]), f"has no version '{recipe[:5]}'"),
        (("restore", KEY, recipe + "0"), "has no version"),
    ]
    for arguments, says in refused:
        answer = rendered(*arguments, "--json").expect(2)
        assert says in answer.err
        assert "error" in answer.document
    fresh = Moostik(rendered.data, rendered.output.parent / "elsewhere")
    assert "has no version yet" in fresh("restore", KEY, "1").expect(1).err
    assert decisions(rendered) == {}


def test_a_shot_that_cannot_be_rendered_is_not_decided_on(rendered: Moostik) -> None:
    light(rendered, "candle")
    rendered(*SHOT).expect(0)
    edit_shot(rendered.data, "shot-001", {"characterIds": ["nobody"]})
    answer = rendered("restore", KEY, "1").expect(1)
    assert "nobody" in answer.err
    assert decisions(rendered) == {}
