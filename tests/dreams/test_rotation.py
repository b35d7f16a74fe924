"""The scenes of a night: the same for the same day and catalogue, others on another day, in another theme."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from moostik_assets.catalogue.dreams import TIMES_OF_DAY, DreamShot
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.models import Catalogue, Character, Location, Series, Theme, WorldState
from moostik_assets.dreams.rotation import NothingToDreamOf, default_entries, scenes, time_of_day

DAY = date(2026, 11, 20)
DEMO = load_catalogue(Path("data")).catalogue


def catalogue(entries: list[DreamShot], theme: str = "neutral") -> Catalogue:
    return Catalogue(
        series=Series(seed=3),
        characters={name: Character(id=name, description=f"{name} herself") for name in ("ada", "bob")},
        locations={name: Location(id=name) for name in ("hut", "pier", "wood")},
        themes={name: Theme(name=name) for name in ("neutral", "storm")},
        world_state=WorldState(theme=theme),
        dreams={entry.id: entry for entry in entries},
    )


def test_a_night_is_a_function_of_its_day_and_no_two_nights_are_alike() -> None:
    nights = [scenes(DEMO, DAY + timedelta(days=ahead), 8) for ahead in range(30)]
    assert nights == [scenes(DEMO, DAY + timedelta(days=ahead), 8) for ahead in range(30)]
    assert len({tuple(scene.entry.id for scene in night) for night in nights}) == 30
    assert len({scene.seed for night in nights for scene in night}) == 30 * 8
    everything = {entry for entry, shot in DEMO.dreams.items() if not shot.themes}
    assert {scene.entry.id for night in nights for scene in night} == everything


def test_nothing_comes_twice_in_a_night_and_neighbours_stand_in_different_places() -> None:
    for ahead in range(60):
        night = scenes(DEMO, DAY + timedelta(days=ahead), 8)
        assert len({scene.entry.id for scene in night}) == 8
        assert all(a.place != b.place for a, b in pairwise(night))
        for scene in night:
            assert scene.place in (scene.entry.location_ids or DEMO.locations)
            assert not scene.entry.times or scene.time in scene.entry.times


def test_a_theme_brings_what_is_only_dreamt_in_it() -> None:
    entries = [DreamShot(id="always"), DreamShot(id="only-storm", themes=("storm",))]
    seen = {theme: {s.entry.id for s in scenes(catalogue(entries, theme), DAY, 4)} for theme in ("neutral", "storm")}
    assert seen == {"neutral": {"always"}, "storm": {"always", "only-storm"}}


def test_a_heavier_entry_comes_earlier_and_so_more_often() -> None:
    entries = [DreamShot(id="heavy", weight=9), DreamShot(id="light")]
    first = [scenes(catalogue(entries), DAY + timedelta(days=ahead), 2)[0].entry.id for ahead in range(400)]
    assert 0.86 < first.count("heavy") / 400 < 0.94


def test_a_night_goes_from_dusk_to_dawn() -> None:
    assert [time_of_day(index, 8) for index in range(8)] == [time for time in TIMES_OF_DAY for _ in range(2)]
    assert (time_of_day(0, 2), time_of_day(1, 2), time_of_day(2, 3)) == ("dusk", "small-hours", "small-hours")


def test_without_a_dreams_file_places_and_characters_are_dreamt_of() -> None:
    assert [entry.id for entry in default_entries(catalogue([]))] == [
        *("place.hut", "place.pier", "place.wood", "one.ada", "one.bob", "two.ada.bob")
    ]
    assert {scene.place for scene in scenes(catalogue([]), DAY, 6)} == {"hut", "pier", "wood"}


def test_a_night_with_nothing_in_it_says_so() -> None:
    with pytest.raises(NothingToDreamOf, match=r"neither locations nor characters"):
        scenes(Catalogue(), DAY, 2)
    with pytest.raises(NothingToDreamOf, match=r"dreams.json .* theme 'neutral' at 'dusk'"):
        scenes(catalogue([DreamShot(id="late", times=("dawn",))]), DAY, 4)
