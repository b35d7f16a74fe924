"""Versions of what people author: sheets of characters, locations and themes, and the world's state."""

from collections.abc import Iterable, Mapping

import dagster as dg

from moostik_assets.catalogue.fingerprints import sheet_fingerprint, theme_fingerprint, world_state_fingerprint
from moostik_assets.partitions import Partitions
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_json
from resources.ledger import NO_PARTITION, EmitEvent, Ledger

OWNERS = ["team:catalogue"]


def sheet_specs(partitions: Partitions) -> list[dg.AssetSpec]:
    """The external assets: authored by people, observed by the pipeline."""
    described = {
        "character_sheet": ("A character of characters.json with its reference images.", partitions.characters),
        "location_sheet": ("A location of locations.json with its reference images.", partitions.locations),
        "theme_sheet": ("A theme of themes.json: mood, palette, decorations, effects.", partitions.themes),
    }
    specs = [
        dg.AssetSpec(
            name,
            description=f"{text} Authored by people; its data version is the hash of its content.",
            partitions_def=partitions_def,
            group_name="catalogue",
            kinds={"json", "image"} if "images" in text else {"json"},
            owners=OWNERS,
        )
        for name, (text, partitions_def) in described.items()
    ]
    world = dg.AssetSpec(
        "world_state",
        description="The theme of the world, and exceptions by location (world_state.json). Authored by people.",
        group_name="catalogue",
        kinds={"json"},
        owners=OWNERS,
    )
    return [*specs, world]


def character_versions(studio: Studio, ids: Iterable[str]) -> dict[str, str]:
    """Character id -> hash of its entry and of the bytes of its images."""
    found = studio.catalogue.characters
    return {id_: sheet_fingerprint(found[id_], studio.loaded, studio.hashes) for id_ in ids if id_ in found}


def location_versions(studio: Studio, ids: Iterable[str]) -> dict[str, str]:
    """Location id -> hash of its entry and of the bytes of its images."""
    found = studio.catalogue.locations
    return {id_: sheet_fingerprint(found[id_], studio.loaded, studio.hashes) for id_ in ids if id_ in found}


def theme_versions(studio: Studio) -> dict[str, str]:
    """Theme name -> hash of its definition."""
    return {name: theme_fingerprint(theme) for name, theme in studio.catalogue.themes.items()}


def world_version(studio: Studio) -> Mapping[str, str]:
    """The version of the world's state, with the themes that it can call on."""
    state = world_state_fingerprint(studio.catalogue.world_state)
    return {NO_PARTITION: sha256_of_json([state, theme_versions(studio)])}


def observe_sheets(
    studio: Studio, ledger: Ledger, emit: EmitEvent, characters: Iterable[str], locations: Iterable[str]
) -> int:
    """Record what people changed in the sheets of a cast, in the themes and in the world; gives the number of events."""
    changed = ledger.observe(emit, "character_sheet", character_versions(studio, characters))
    changed += ledger.observe(emit, "location_sheet", location_versions(studio, locations))
    changed += ledger.observe(emit, "theme_sheet", theme_versions(studio))
    changed += ledger.observe(emit, "world_state", world_version(studio))
    return len(changed)
