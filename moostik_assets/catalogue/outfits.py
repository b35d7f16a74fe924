"""What is checked of a character's outfits: one for a theme, themes that there are, images that are images."""

from typing import Any

from moostik_assets.catalogue.entity_lists import Read
from moostik_assets.catalogue.errors import Place
from moostik_assets.catalogue.image_paths import ReferenceCheck
from moostik_assets.catalogue.models import Character, Outfit
from moostik_assets.catalogue.sheets import index_of_reference, sheet_reader, tell_of_flaw
from moostik_assets.catalogue.shots import ThemeNames


def character_reader(reference_flaw: ReferenceCheck, themes: ThemeNames) -> Read[Character]:
    """Reads characters. A broken outfit leaves the character out: else it would be shown in the wrong clothes."""
    read_sheet = sheet_reader(Character, reference_flaw)

    def read(raw: Any, at: Place) -> Character | None:
        character = read_sheet(raw, at)
        if character is None or not character.outfits:
            return character
        kept: list[Outfit] = []
        usable = True
        for index, outfit in enumerate(character.outfits):
            place = at.at("outfits", index)
            if any(other.theme == outfit.theme for other in character.outfits[:index]):
                place.at("theme").error(outfit.theme, "has an outfit already; a character has one for each theme")
                usable = False
            elif outfit.theme in themes.known:
                usable &= _images_are_usable(outfit, raw["outfits"][index], reference_flaw, place)
                kept.append(outfit)
            elif not themes.is_left_out(outfit.theme):
                place.at("theme").error(outfit.theme, f"no such theme; {at.nearest(outfit.theme, themes.known)}")
                usable = False
        # An outfit for a theme with a mistake of its own goes with it, and that mistake is told where it stands.
        return character.model_copy(update={"outfits": tuple(kept)}) if usable else None

    return read


def _images_are_usable(outfit: Outfit, raw: Any, reference_flaw: ReferenceCheck, at: Place) -> bool:
    if not outfit.description.strip() and not outfit.reference_images:
        at.warn(outfit.theme, "changes nothing: it has neither a description nor a reference image")
    usable = True
    for reference in outfit.reference_images:
        if flaw := reference_flaw(reference):
            usable &= tell_of_flaw(flaw, reference, at.at("referenceImages", *index_of_reference(raw, reference)))
    return usable
