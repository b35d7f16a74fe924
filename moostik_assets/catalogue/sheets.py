"""What is checked of characters, locations and themes beyond their models: images, colours, places."""

import re
from collections.abc import Collection
from typing import Any, TypeVar

from moostik_assets.catalogue.effects import tell_of_idle_effects
from moostik_assets.catalogue.entity_lists import Read, same_path
from moostik_assets.catalogue.errors import Place
from moostik_assets.catalogue.image_paths import ReferenceCheck
from moostik_assets.catalogue.models import AUTO_THEME, NEUTRAL_THEME, Character, Location, Theme
from moostik_assets.catalogue.validation import validated

Sheet = TypeVar("Sheet", Character, Location)

_HEX_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


def sheet_reader(model: type[Sheet], reference_flaw: ReferenceCheck) -> Read[Sheet]:
    """Reads characters or locations: a broken image leaves the entity out, a missing one is a warning."""

    def read(raw: Any, at: Place) -> Sheet | None:
        sheet = validated(model, raw, at)
        if sheet is None:
            return None
        usable = True
        for reference in sheet.reference_images:
            if flaw := reference_flaw(reference):
                usable &= tell_of_flaw(flaw, reference, at.at("referenceImages", *index_of_reference(raw, reference)))
        if isinstance(sheet, Location) and sheet.decoration_mask and (flaw := reference_flaw(sheet.decoration_mask)):
            usable &= tell_of_flaw(flaw, sheet.decoration_mask, at.at("decorationMask"))
        return sheet if usable else None

    return read


def theme_reader(location_ids: Collection[str]) -> Read[Theme]:
    """Reads themes: leaves out what is no colour of a palette, tells of decorations for places that there are not."""

    def read(raw: Any, at: Place) -> Theme | None:
        theme = validated(Theme, raw, at)
        if theme is None:
            return None
        if theme.name == AUTO_THEME:
            at.at("name").error(theme.name, "means that the world follows the calendar; choose another name")
            return None
        if (theme.from_ is not None or theme.until is not None) and theme.dates is None:
            at.at("until").warn(theme.until, 'needs "from" and "until", both like 12-01 or both like 2026-12-01')
        if theme.name != NEUTRAL_THEME == theme.name.casefold():
            at.at("name").error(theme.name, same_path(NEUTRAL_THEME, theme.name))
            return None
        for index, decoration in enumerate(theme.decorations):
            if decoration.location and decoration.location not in location_ids:
                near = at.nearest(decoration.location, location_ids)
                at.at("decorations", index, "location").warn(decoration.location, f"no such location; {near}")
        tell_of_idle_effects(theme.fx, at.at("fx"))
        colours = tuple(colour for colour in theme.palette if _HEX_COLOUR.fullmatch(colour))
        for colour in theme.palette:
            if colour not in colours:
                at.at("palette").warn(colour, "is no colour such as #27375C, and is passed over")
        return theme if colours == theme.palette else theme.model_copy(update={"palette": colours})

    return read


def tell_of_flaw(flaw: tuple[str, str], reference: str, at: Place) -> bool:
    """Write the flaw down; whether the entity can do with it."""
    severity, reason = flaw
    if severity == "warning":
        at.warn(reference, reason)
    else:
        at.error(reference, reason)
    return severity == "warning"


def index_of_reference(raw: dict[str, Any], reference: str) -> tuple[int, ...]:
    """Where a reference stands in the list as it was written: the model's list is without the empty ones."""
    items = raw.get("referenceImages", raw.get("reference_images"))
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if item == reference or (isinstance(item, dict) and reference in (item.get("path"), item.get("url"))):
            return (index,)
    return ()
