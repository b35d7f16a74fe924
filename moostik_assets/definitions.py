"""The Dagster code location: assembles what the rooms define."""

from datetime import date

import dagster as dg

from moostik_assets.automation.change_sensors import build_change_sensors
from moostik_assets.automation.reaper import build_reaper
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.models import Catalogue
from moostik_assets.catalogue.theme_in_force import on_day
from moostik_assets.dreams.assets import build_dream_assets
from moostik_assets.dreams.schedule import build_dream_schedule
from moostik_assets.episodes.assets import build_episode_assets
from moostik_assets.galleries.assets import build_gallery_assets
from moostik_assets.galleries.assets_animatic import build_animatic_assets
from moostik_assets.partitions import build_partitions
from moostik_assets.prompts.assets import build_shot_assets
from moostik_assets.references.sheets import build_sheet_assets
from moostik_assets.settings import Settings
from moostik_assets.studio_resource import StudioResource
from moostik_assets.variations.assets import build_variation_assets
from moostik_assets.world.assets import build_world_assets
from moostik_assets.world.assets_cutout import build_cutout_assets


def build_definitions(settings: Settings, catalogue: Catalogue | None = None) -> dg.Definitions:
    """The definitions of one series. What is broken in its catalogue is left out, and said by an asset check."""
    found = load_catalogue(settings.data_root).catalogue if catalogue is None else catalogue
    partitions = build_partitions(on_day(found, settings.today or date.today()))
    return dg.Definitions(
        assets=[
            *build_sheet_assets(partitions),
            *build_episode_assets(partitions),
            *build_shot_assets(partitions),
            *build_world_assets(partitions),
            *build_cutout_assets(partitions),
            *build_variation_assets(partitions),
            *build_gallery_assets(partitions),
            *build_animatic_assets(partitions),
            *(build_dream_assets(found, settings.today) if settings.dreams else []),
        ],
        schedules=[build_dream_schedule(settings, found)] if settings.dreams else [],
        sensors=[*build_change_sensors(settings, partitions), build_reaper(settings, partitions)],
        resources={"studio": StudioResource(data=str(settings.data), output=settings.output)},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the series that MOOSTIK_DATA and MOOSTIK_OUTPUT name."""
    return build_definitions(Settings())
