"""Lists of entities in a file: each one checked by itself, so that a broken one leaves the others be."""

from collections.abc import Callable
from typing import Any, TypeVar

from moostik_assets.catalogue.errors import Place, name_shown
from moostik_assets.catalogue.fields import CatalogueModel
from moostik_assets.catalogue.json_file import JsonFile

Model = TypeVar("Model", bound=CatalogueModel)

Read = Callable[[Any, Place], Model | None]
"""Gives the entity of a JSON value; None where it is broken, with the errors written down at the place."""

MAX_ENTITIES = 100_000
"""No asset can have more partitions."""


Entities = tuple[dict[str, Model], set[str]]
"""The entities of a list by id, in its order, and the ids of those that are left out."""


def entities_of_file(
    file: JsonFile, key: str, kind: str, read: Read[Model], at: Place, id_key: str = "id"
) -> Entities[Model] | None:
    """The entities of a file that is a list, or an object with the list under `key`; None where it is neither."""
    wrapped = isinstance(file.value, dict)
    if wrapped and key not in file.value:
        at.error(file.value, f"must be a list of {key}, or an object with such a list as its {key!r}")
        return None
    outside = [flaw for flaw in file.flaws if wrapped and (len(flaw.path) < 2 or flaw.path[0] != key)]
    for flaw in outside:
        at.at(*flaw.path).error(flaw.value, flaw.reason)
    items = file.value[key] if wrapped else file.value
    found = entities(file, items, kind, read, at.at(key) if wrapped else at, id_key)
    return None if outside else found


def entities(
    file: JsonFile, items: Any, kind: str, read: Read[Model], at: Place, id_key: str = "id"
) -> Entities[Model] | None:
    """The entities of the list that stands at `at`; None where it is no list, or too long.

    `kind` is what an id follows in a name for people, such as "character ". Nulls are passed over.
    Of two entities whose ids are the same but for case, the first one is kept.
    """
    if items is None:
        items = []
    if not isinstance(items, list):
        at.error(items, "must be a list")
        return None
    if len(items) > MAX_ENTITIES:
        at.error(None, f"holds {len(items):,} items; at most {MAX_ENTITIES:,} are read")
        return None
    found: dict[str, Model] = {}
    folded: dict[str, str] = {}
    left_out: set[str] = set()
    for index, item in enumerate(items):
        if item is None:
            continue
        label = _label(kind, item, index, id_key)
        place = at.at(index).of(entity=at.entity or label, left_out=label)
        entity = read(item, place)
        if _is_flawed(file, place) or entity is None:
            if isinstance(item, dict) and isinstance(item.get(id_key), str):
                left_out.add(item[id_key])
            continue
        name = getattr(entity, id_key)
        earlier = folded.setdefault(name.casefold(), name)
        if name in found or earlier is not name:
            place.at(id_key).of(left_out=f"the later {label}").error(name, same_path(earlier, name))
        else:
            found[name] = entity
    return found, left_out - found.keys()


def same_path(earlier: str, name: str) -> str:
    """Why two names cannot both stand: on some file systems names that differ by case alone are one path."""
    if earlier == name:
        return "stands twice, and the first one is kept; give this one a name of its own"
    return f"differs from {earlier!r} by case alone, and both would share a path; rename one of them"


def _is_flawed(file: JsonFile, place: Place) -> bool:
    """Whether the JSON itself is flawed at a place or below it."""
    flaws = file.flaws_below(*place.path) if file.flaws else []
    for flaw in flaws:
        place.at(*flaw.path[len(place.path) :]).error(flaw.value, flaw.reason)
    return bool(flaws)


def _label(kind: str, item: Any, index: int, id_key: str) -> str:
    """ "character mama"; where it has no text for an id, "character number 4"."""
    name = item.get(id_key) if isinstance(item, dict) else None
    return f"{kind}{name_shown(name)}" if isinstance(name, str) and name else f"{kind}number {index + 1}"
