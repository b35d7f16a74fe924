"""One episode file: its shots, acts and parts, each one checked by itself."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from moostik_assets.catalogue.entity_lists import Model, Read, entities
from moostik_assets.catalogue.errors import Place, Report, name_shown
from moostik_assets.catalogue.json_file import JsonFile
from moostik_assets.catalogue.models import Act, Episode, Part
from moostik_assets.catalogue.shots import ShotReader, ThemeNames
from moostik_assets.catalogue.validation import validated

_LISTS = ("parts", "acts", "shots")


def read_episode(file: JsonFile, name: str, report: Report, themes: ThemeNames) -> Episode | None:
    """The episode of a file, without its broken shots, acts and parts; None where the episode itself is broken."""
    raw, stem = file.value, PurePosixPath(name).stem
    own_id = raw.get("id") if isinstance(raw, dict) else None
    label = f"episode {name_shown(own_id if isinstance(own_id, str) and own_id else stem)}"
    at = report.place(name, label, label)
    flaws = [flaw for flaw in file.flaws if len(flaw.path) < 2 or flaw.path[0] not in _LISTS]
    for flaw in flaws:
        at.at(*flaw.path).error(flaw.value, flaw.reason)
    own = {key: item for key, item in raw.items() if key not in _LISTS} if isinstance(raw, dict) else raw
    episode = validated(Episode, own, at)
    if episode is None or flaws:
        return None
    if episode.id != stem:
        right = f"{episode.id}.json"
        at.at("id").warn(episode.id, f"the file is named {PurePosixPath(name).name}; name it {right}, or change the id")
    read_shot = ShotReader(themes)
    shots, missing = entities(file, raw.get("shots"), f"shot {episode.id}/", read_shot, at.at("shots")) or (None, set())
    if read_shot.waiting:
        reason = f"{len(read_shot.waiting)} shots have themes that themes.json does not give until it is set right"
        at.at("shots").of(left_out="each of them").error(read_shot.waiting, reason)
    read_act = _mentions_reader(Act, "shot_ids", "shotIds", "shot", shots or {}, missing)
    acts, missing = entities(file, raw.get("acts"), "act ", read_act, at.at("acts")) or (None, set())
    read_part = _mentions_reader(Part, "act_ids", "actIds", "act", acts or {}, missing)
    parts, _ = entities(file, raw.get("parts"), "part ", read_part, at.at("parts")) or (None, set())
    if shots is None or acts is None or parts is None:
        return None
    found = {"shots": tuple(shots.values()), "acts": tuple(acts.values()), "parts": tuple(parts.values())}
    return episode.model_copy(update=found)


def _mentions_reader(
    model: type[Model], field: str, key: str, kind: str, known: Mapping[str, Any], left_out: set[str]
) -> Read[Model]:
    """Reads acts or parts. A mention of what is not there is left out, and told unless that has been told."""

    def read(raw: Any, at: Place) -> Model | None:
        entity = validated(model, raw, at)
        if entity is None:
            return None
        kept: dict[str, None] = {}
        for name in getattr(entity, field):
            if name in known and name not in kept:
                kept[name] = None
                continue
            place = at.at(key, *_index(raw.get(key), name)).of(left_out="this mention")
            if name in kept:
                place.warn(name, f"names the {kind} a second time, and is passed over")
            elif name not in left_out:
                place.error(name, f"no such {kind} in this episode; {at.nearest(name, known)}")
        return entity.model_copy(update={field: tuple(kept)})

    return read


def _index(items: Any, name: str) -> tuple[int, ...]:
    """Where a name stands in the list as it was written."""
    return (items.index(name),) if isinstance(items, list) and name in items else ()
