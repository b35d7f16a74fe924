"""What a night is about: its scenes in order, a pure function of the day, the series, and the theme of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from moostik_assets.catalogue.dreams import TIMES_OF_DAY, DreamShot, TimeOfDay
from moostik_assets.catalogue.models import Catalogue
from moostik_assets.dreams.chances import night_seed, rank

ANGLES = ("extreme_wide", "wide", "medium", "low_angle", "establishing", "high_angle")
"""Of entries that name none."""
ALONE, ONE, TWO = 1.0, 1.5, 1.0
"""Weights, where nobody wrote a dreams.json, of a place with nobody in it, of one character, and of two."""


class NothingToDreamOf(Exception):
    """The catalogue has neither places nor characters, or no entry of dreams.json may come in this night."""


@dataclass(frozen=True)
class Scene:
    """What one keyframe shows."""

    index: int
    entry: DreamShot
    place: str
    """Id of its location, "" where the series has none."""
    angle: str
    time: TimeOfDay
    seed: int


def time_of_day(index: int, count: int) -> TimeOfDay:
    """The part of the night that a keyframe falls in: a dream begins at dusk and ends at dawn."""
    return TIMES_OF_DAY[index * len(TIMES_OF_DAY) // count]


def scenes(catalogue: Catalogue, day: date, count: int) -> list[Scene]:
    """The scenes of a night.

    No entry comes twice before each that may come has come once, and no two neighbours share a place where another
    entry could come.

    Raises:
        NothingToDreamOf: nothing may come at some part of this night.
    """
    found: list[Scene] = []
    used: set[str] = set()
    order = _order(catalogue, day)
    for index in range(count):
        time = time_of_day(index, count)
        may_come = [entry for entry in order if not entry.times or time in entry.times]
        if not may_come:
            raise NothingToDreamOf(_nothing(catalogue, time))
        fresh = [entry for entry in may_come if entry.id not in used]
        if not fresh:
            used -= {entry.id for entry in may_come}
            fresh = may_come
        before = found[-1] if found else None
        chosen = [(entry, _place(catalogue, entry, day, index, before.place if before else "")) for entry in fresh]
        entry, place = next((c for c in chosen if before is None or c[1] != before.place), chosen[0])
        used.add(entry.id)
        angles = entry.angles or ANGLES
        seed = night_seed(catalogue.series.seed, day.isoformat(), index)
        found.append(Scene(index, entry, place, angles[seed % len(angles)], time, seed))
    return found


def _order(catalogue: Catalogue, day: date) -> list[DreamShot]:
    """The entries that the theme of the world lets in, in the order of this night."""
    theme, seed = catalogue.world_state.theme, catalogue.series.seed
    entries = tuple(catalogue.dreams.values()) or default_entries(catalogue)
    let_in = [entry for entry in entries if not entry.themes or theme in entry.themes]
    return sorted(let_in, key=lambda entry: (rank(entry.weight, seed, day.isoformat(), theme, entry.id), entry.id))


def _place(catalogue: Catalogue, entry: DreamShot, day: date, index: int, before: str) -> str:
    places: Sequence[str] = entry.location_ids or tuple(catalogue.locations)
    places = [place for place in places if place != before] or places
    if not places:
        return ""
    return places[night_seed(catalogue.series.seed, day.isoformat(), index, entry.id, "place") % len(places)]


def default_entries(catalogue: Catalogue) -> tuple[DreamShot, ...]:
    """What there is to dream of where nobody wrote a dreams.json: each place, each character, each with the next."""
    cast = list(catalogue.characters.values())
    alone = [
        DreamShot(id=f"place.{place.id}", prompt=place.description, location_ids=(place.id,), weight=ALONE)
        for place in catalogue.locations.values()
    ]
    ones = [DreamShot(id=f"one.{c.id}", prompt=c.description, character_ids=(c.id,), weight=ONE) for c in cast]
    twos = [
        DreamShot(
            id=f"two.{a.id[:45]}.{b.id[:45]}",
            prompt=f"{a.name or a.id} and {b.name or b.id}, as if they had always been here",
            character_ids=(a.id, b.id),
            weight=TWO,
        )
        for a, b in pairwise(cast)
    ]
    return (*alone, *ones, *twos)


def _nothing(catalogue: Catalogue, time: TimeOfDay) -> str:
    if not catalogue.dreams:
        return "there is nothing to dream of: the catalogue has neither locations nor characters"
    theme = catalogue.world_state.theme
    return f"dreams.json has nothing to dream of for the theme {theme!r} at {time!r}: leave themes and times out of one"
