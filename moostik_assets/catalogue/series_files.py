"""series.json, world_state.json and decisions.json: objects whose broken fields fall back to their defaults."""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import ValidationError

from moostik_assets.catalogue.dream_files import sound_dream_settings
from moostik_assets.catalogue.entity_lists import same_path
from moostik_assets.catalogue.errors import Place, Step
from moostik_assets.catalogue.fields import CatalogueModel
from moostik_assets.catalogue.json_file import JsonFile
from moostik_assets.catalogue.models import AUTO_THEME, NEUTRAL_THEME, Catalogue, Decisions, Series, WorldState
from moostik_assets.catalogue.shots import ThemeNames
from moostik_assets.catalogue.validation import mistakes
from moostik_assets.catalogue.variation_keys import all_variation_keys, angle_key

MAX_SETTING_DEPTH = 20

_OBJECTS_OF_NAMES = ("locations", "takes", "pinned")

Model = TypeVar("Model", bound=CatalogueModel)


def read_series(file: JsonFile, at: Place) -> Series:
    """The series; a default angle that would share a path with another one is left out."""
    series = _without_broken_fields(Series, file, at)
    for name, alias in (("dreams", "dreams"), ("renderer_options", "rendererOptions")):
        flaw = _flaw_of_settings(getattr(series, name))
        if flaw:
            at.at(alias).of(left_out=alias).error(None, flaw)
            series = series.model_copy(update={name: {}})
    series = series.model_copy(update={"dreams": sound_dream_settings(series.dreams, at.at("dreams"))})
    angles: dict[str, str] = {}
    for angle in series.default_camera_angles:
        folded = angle_key(angle).casefold()
        if folded in angles:
            at.at("defaultCameraAngles").of(left_out="the later one").error(angle, same_path(angles[folded], angle))
        angles.setdefault(folded, angle)
    return series.model_copy(update={"default_camera_angles": tuple(angles.values())})


def read_world_state(file: JsonFile, at: Place, themes: ThemeNames, location_ids: Collection[str]) -> WorldState:
    """The world state; where it names a theme that there is not, the world (or the place) keeps the neutral one."""
    state = _without_broken_fields(WorldState, file, at)
    kept = {}
    for location, theme in state.locations.items():
        place = at.at("locations", location).of(left_out=f"the theme of {location}")
        if location not in location_ids:
            place.warn(theme, f"no such location; {at.nearest(location, location_ids)}")
        if _is_known(theme, themes, place):
            kept[location] = theme
    theme = state.theme if _is_known(state.theme, themes, at.at("theme").of(left_out="theme")) else NEUTRAL_THEME
    return state.model_copy(update={"theme": theme, "locations": kept})


def read_decisions(file: JsonFile, at: Place) -> Decisions:
    """The decisions that people took."""
    return _without_broken_fields(Decisions, file, at)


def tell_of_idle_decisions(catalogue: Catalogue, at: Place) -> None:
    """Warn of decisions about variations that there are not."""
    decided = {"takes": catalogue.decisions.takes, "pinned": catalogue.decisions.pinned}
    keys = set(all_variation_keys(catalogue)) if any(decided.values()) else set()
    for name, decisions in decided.items():
        for key in decisions:
            if key not in keys:
                shot = key.rpartition("/")[0]
                near = [known for known in sorted(keys) if known.startswith(f"{shot}/")] or list(catalogue.episodes)
                at.at(name, key).warn(None, f"no such variation; {at.nearest(key, near)}")


def _is_known(theme: str, themes: ThemeNames, at: Place) -> bool:
    if theme in themes.known or theme == AUTO_THEME:
        return True
    near = "themes.json has to be set right" if themes.is_left_out(theme) else at.nearest(theme, themes.known)
    at.error(theme, f"no such theme; {near}")
    return False


def _without_broken_fields(model: type[Model], file: JsonFile, at: Place) -> Model:
    """The model of an object; a field that is broken is left out, of an object of names only the broken name."""
    if not isinstance(file.value, dict):
        at.error(file.value, "must be an object")
        return model()
    raw = dict(file.value)
    for flaw in file.flaws:
        at.at(*flaw.path).of(left_out=str(flaw.path[0])).error(flaw.value, flaw.reason)
        raw.pop(str(flaw.path[0]), None)
    raw = {key: _without_nulls(item) if key in _OBJECTS_OF_NAMES else item for key, item in raw.items()}
    while True:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            found = mistakes(error, raw)
        for steps, value, reason in found:
            at.at(*steps).of(left_out=".".join(map(str, steps[:2]))).error(value, reason)
            raw = _without(raw, steps)


def _without(raw: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    """The object without the field at the path, or only without a name of it where it is an object of names."""
    match steps:
        case ():
            return {}
        case (str(key), name, *_) if key in _OBJECTS_OF_NAMES and isinstance(raw.get(key), dict):
            return {**raw, key: {other: item for other, item in raw[key].items() if other != name}}
        case _:
            return {other: item for other, item in raw.items() if other != steps[0]}


def _without_nulls(item: Any) -> Any:
    return {key: value for key, value in item.items() if value is not None} if isinstance(item, dict) else item


def _flaw_of_settings(settings: dict[str, Any]) -> str:
    """Why free settings cannot be written as JSON again, "" where they can."""
    waiting: list[tuple[Any, int]] = [(settings, 1)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, float) and value - value != 0:
            return "holds a number that is too large"
        if isinstance(value, dict | list):
            if depth > MAX_SETTING_DEPTH:
                return f"nested deeper than {MAX_SETTING_DEPTH} levels"
            waiting += [(item, depth + 1) for item in (value.values() if isinstance(value, dict) else value)]
    return ""
