"""The day after: what is missing is made within the minutes and the money, and the rest is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from moostik_assets.dreams.preparing import Prepared, Preparing, coming_themes
from moostik_assets.settings import Settings
from moostik_assets.spending.limits import Limit
from moostik_assets.spending.opening import open_purse
from moostik_assets.studio import Studio
from resources.ledger import Ledger
from tests.dagster_state import instance_of, latest_events
from tests.dreams.dream_series import write_dreaming
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, edit, edit_shot

DAY = date(2026, 11, 20)


@pytest.fixture
def dreamer(series: Moostik) -> Moostik:
    write_dreaming(series.data)
    edit(series.data / "themes.json", lambda themes: [{**themes[0], "from": "12-01", "until": "12-24"}])
    return series


@contextmanager
def opened(dreamer: Moostik, renderer: str = "") -> Iterator[tuple[Studio, dg.DagsterInstance]]:
    settings = Settings(data=dreamer.data, output=str(dreamer.output), renderer=renderer)
    with instance_of(dreamer) as instance, Studio(settings) as studio:
        yield studio, instance


def prepared(studio: Studio, instance: dg.DagsterInstance, stop: Any = lambda: False, **changes: Any) -> Prepared:
    settings = studio.catalogue.series.dream_settings.model_copy(update=changes)
    emit, ledger = instance.report_runless_asset_event, Ledger(instance)
    purse = open_purse(studio.settings, ledger, emit, Limit(settings.prepare_usd, "dreams.prepareUsd"))
    return Preparing(studio, DAY, settings, ledger, emit, stop, purse).run()


def test_what_is_missing_is_made_and_what_comes_is_dressed(dreamer: Moostik) -> None:
    with opened(dreamer) as (studio, instance):
        done = prepared(studio, instance)
        assert sorted(done.backgrounds) == ["hut/storm", "pier/storm"]
        assert len(done.variations) == VARIATION_COUNT
        assert (done.left, done.failed, done.why) == ([], {}, "")
        assert len(latest_events(instance, "variation_image")) == VARIATION_COUNT
        again = prepared(studio, instance)
        assert (again.backgrounds, again.variations) == ([], [])


def test_what_nobody_has_seen_comes_before_what_is_stale(dreamer: Moostik) -> None:
    with opened(dreamer) as (studio, instance):
        prepared(studio, instance)
    edit_shot(dreamer.data, "shot-001", {"prompt": {"goal": "Another moment"}})
    edit_shot(dreamer.data, "shot-004", {"variations": [{"cameraAngle": "wide"}, {"cameraAngle": "pov"}]})
    with opened(dreamer) as (studio, instance):
        done = prepared(studio, instance)
    assert done.variations == ["ep0/shot-004/pov", "ep0/shot-001/wide", "ep0/shot-001/close_up"]


def test_when_the_minutes_are_over_the_rest_is_named(dreamer: Moostik) -> None:
    with opened(dreamer) as (studio, instance):
        done = prepared(studio, instance, prepare_minutes=0)
        assert (done.variations, done.backgrounds, done.why) == ([], [], "the 0 minutes were over")
        assert len(done.left) == VARIATION_COUNT + 2
        looks = iter([False] * 5)
        done = prepared(studio, instance, stop=lambda: next(looks, True))
        assert done.why == "somebody more urgent waits"
        assert 0 < len(done.variations) < VARIATION_COUNT
        assert len(done.variations) + len(done.left) + len(done.backgrounds) == VARIATION_COUNT + 2


def test_money_is_not_spent_beyond_the_budget(dreamer: Moostik) -> None:
    with opened(dreamer, "costly") as (studio, instance):
        done = prepared(studio, instance)
        assert (done.variations, done.usd) == ([], 0.0)
        assert (len(done.left), done.why) == (VARIATION_COUNT, "they would cost more than 0 USD")
        done = prepared(studio, instance, prepare_usd=1.2)
        assert (len(done.variations), done.usd) == (2, 1.0)
        assert len(done.left) == VARIATION_COUNT - 2


def test_the_calendar_says_which_themes_come(dreamer: Moostik, tmp_path: Path) -> None:
    with opened(dreamer) as (studio, _):
        assert coming_themes(studio.catalogue, date(2026, 11, 16), 14) == ["neutral"]
        assert coming_themes(studio.catalogue, date(2026, 11, 17), 14) == ["neutral", "storm"]
