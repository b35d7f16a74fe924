"""dreams.json, and `dreams` of series.json: what is checked of them beyond their models."""

from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from moostik_assets.catalogue.dreams import DreamSettings, DreamShot
from moostik_assets.catalogue.entity_lists import Read
from moostik_assets.catalogue.errors import Place
from moostik_assets.catalogue.shots import ThemeNames
from moostik_assets.catalogue.validation import mistakes, validated


def dream_reader(characters: Collection[str], locations: Collection[str], themes: ThemeNames) -> Read[DreamShot]:
    """Reads entries of dreams.json: one that names what there is not is left out."""

    def read(raw: Any, at: Place) -> DreamShot | None:
        shot = validated(DreamShot, raw, at)
        if shot is None:
            return None
        unknown = False
        for field, kind, named, known in (
            ("characterIds", "character", shot.character_ids, characters),
            ("locationIds", "location", shot.location_ids, locations),
            ("themes", "theme", shot.themes, themes.known),
        ):
            for name in named:
                if name not in known and not (field == "themes" and themes.is_left_out(name)):
                    unknown = True
                    at.at(field).error(name, f"no such {kind}; {at.nearest(name, known)}")
        return None if unknown else shot

    return read


def sound_dream_settings(raw: dict[str, Any], at: Place) -> dict[str, Any]:
    """The settings without those that are wrong, which are written down."""
    kept = dict(raw)
    while True:
        try:
            DreamSettings.model_validate(kept)
            return kept
        except ValidationError as error:
            found = mistakes(error, kept)
        for steps, value, reason in found:
            at.at(*steps).of(left_out=".".join(("dreams", *map(str, steps[:1])))).error(value, reason)
            if not steps:  # what is wrong is how they go together
                return {}
            kept.pop(str(steps[0]), None)
