"""Versions of what people author: sheets of characters, locations and themes, and the world's state."""

import warnings
from collections.abc import Iterable, Mapping

import dagster as dg

from moostik_assets.catalogue.fingerprints import sheet_fingerprint, theme_fingerprint, world_state_fingerprint
from moostik_assets.partitions import Partitions
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from resources.canonical import sha256_of_json
from resources.ledger import NO_PARTITION, EmitEvent, Ledger

GROUP = "catalogue"
AUTHORED = "Authored by people; its data version is the hash of its content."


def build_sheet_assets(partitions: Partitions) -> list[dg.SourceAsset]:
    """The external assets: authored by people, observed by the pipeline (and by hand, with the UI's "Observe")."""
    # Dagster marks observable assets as beta; a person who runs a command can do nothing with that.
    warnings.filterwarnings("ignore", category=dg.BetaWarning)

    @dg.observable_source_asset(
        description=f"A character of characters.json with its reference images. {AUTHORED}",
        partitions_def=partitions.characters,
        group_name=GROUP,
    )
    def character_sheet(studio: StudioResource) -> dg.DataVersionsByPartition:
        return dg.DataVersionsByPartition(character_versions(studio.studio, studio.studio.catalogue.characters))

    @dg.observable_source_asset(
        description=f"A location of locations.json with its reference images. {AUTHORED}",
        partitions_def=partitions.locations,
        group_name=GROUP,
    )
    def location_sheet(studio: StudioResource) -> dg.DataVersionsByPartition:
        return dg.DataVersionsByPartition(location_versions(studio.studio, studio.studio.catalogue.locations))

    @dg.observable_source_asset(
        description=f"A theme of themes.json: mood, palette, decorations, effects. {AUTHORED}",
        partitions_def=partitions.themes,
        group_name=GROUP,
    )
    def theme_sheet(studio: StudioResource) -> dg.DataVersionsByPartition:
        return dg.DataVersionsByPartition(theme_versions(studio.studio))

    @dg.observable_source_asset(
        description=f"The theme of the world, and exceptions by location (world_state.json). {AUTHORED}",
        group_name=GROUP,
    )
    def world_state(studio: StudioResource) -> dg.DataVersion:
        return dg.DataVersion(world_version(studio.studio)[NO_PARTITION])

    return [character_sheet, location_sheet, theme_sheet, world_state]


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
    """Record what people changed in a cast's sheets, the themes and the world; gives the number of events."""
    changed = ledger.observe(emit, "character_sheet", character_versions(studio, characters))
    changed += ledger.observe(emit, "location_sheet", location_versions(studio, locations))
    changed += ledger.observe(emit, "theme_sheet", theme_versions(studio))
    changed += ledger.observe(emit, "world_state", world_version(studio))
    return len(changed)
