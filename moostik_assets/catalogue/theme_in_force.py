"""Which theme is in force for a shot, for a place, on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from moostik_assets.catalogue.models import AUTO_THEME, NEUTRAL_THEME, Catalogue, Shot, Theme


def theme_of_place(catalogue: Catalogue, location: str) -> str:
    """Name of the theme that stands in a place now: its exception, else the world's."""
    state = catalogue.world_state
    return state.locations.get(location, state.theme)


def theme_name_of_shot(catalogue: Catalogue, shot: Shot) -> str:
    """Name of the theme of a shot: the one it pins, else that of its first place, else the world's."""
    if shot.theme:
        return shot.theme
    return theme_of_place(catalogue, shot.location_ids[0]) if shot.location_ids else catalogue.world_state.theme


def theme_of_shot(catalogue: Catalogue, shot: Shot) -> Theme | None:
    """The theme of a shot; None for the neutral one, which changes nothing."""
    name = theme_name_of_shot(catalogue, shot)
    return None if name == NEUTRAL_THEME else catalogue.themes.get(name)


def themes_of_day(themes: Iterable[Theme], day: date) -> list[str]:
    """Names of the themes whose dates hold a day, in their order. A theme without dates is never among them."""
    return [theme.name for theme in themes if theme.dates is not None and DateRange(*theme.dates).holds(day)]


def on_day(catalogue: Catalogue, day: date) -> Catalogue:
    """The catalogue with `auto` in the world's state replaced by the theme of a day (the first one that holds it)."""
    state = catalogue.world_state
    if AUTO_THEME not in (state.theme, *state.locations.values()):
        return catalogue
    name = next(iter(themes_of_day(catalogue.themes.values(), day)), NEUTRAL_THEME)
    locations: Mapping[str, str] = {
        place: name if theme == AUTO_THEME else theme for place, theme in state.locations.items()
    }
    world = state.model_copy(
        update={"theme": name if state.theme == AUTO_THEME else state.theme, "locations": locations}
    )
    return catalogue.model_copy(update={"world_state": world})


@dataclass(frozen=True)
class DateRange:
    """From one day until another, both included: `2026-12-01`, or `12-01` for every year (it may run over New Year)."""

    start: str
    end: str

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        yearly = len(self.start) == len("12-01")
        now = day.strftime("%m-%d") if yearly else day.isoformat()
        if yearly and self.start > self.end:
            return now >= self.start or now <= self.end
        return self.start <= now <= self.end
