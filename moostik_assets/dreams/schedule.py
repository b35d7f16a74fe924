"""The schedule `dreaming`: every night at its hour, skipped while the machine is busy with anything else."""

from datetime import UTC, datetime

import dagster as dg

from moostik_assets.automation.priorities import DREAMS, run_tags
from moostik_assets.automation.signatures import watched_catalogue
from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.catalogue.models import Catalogue
from moostik_assets.dreams.ability import dream_mode
from moostik_assets.dreams.assets import DREAM_SEQUENCE
from moostik_assets.dreams.neighbour import busy_reason
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.rendering.base import RendererUnavailable

NAME = "dreaming"
TRIES = 3
"""A night that is skipped is tried again after one hour and after two, as long as it is the same day."""


def cron(settings: DreamSettings) -> str:
    """`0 3,4,5 * * *` for 03:00."""
    hour, minute = map(int, settings.at.split(":"))
    return f"{minute} {','.join(str(one) for one in range(hour, min(hour + TRIES, 24)))} * * *"


def skip_reason(studio: Studio) -> str:
    """Why no dream would begin now, "" where one would."""
    settings = studio.catalogue.series.dream_settings
    try:
        dream_mode(studio, settings)
    except RendererUnavailable as error:
        return str(error)
    return busy_reason(studio.settings, settings, at_work=False)


def build_dream_schedule(settings: Settings, catalogue: Catalogue) -> dg.ScheduleDefinition:
    """The schedule, running by default."""
    dreams = catalogue.series.dream_settings

    @dg.schedule(
        name=NAME,
        description="Dreams at night, and prepares the day. Skipped while the GPU is busy with anything else.",
        cron_schedule=cron(dreams),
        execution_timezone=dreams.zone,
        target=dg.AssetSelection.assets(DREAM_SEQUENCE),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def dreaming(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        at = context.scheduled_execution_time if context._scheduled_execution_time else datetime.now(UTC)
        night = at.astimezone(dreams.time_zone).date().isoformat()
        loaded, _ = watched_catalogue(settings.data_root)
        with Studio(settings, loaded) as studio:
            reason = skip_reason(studio)
        if reason:
            return dg.SkipReason(f"no dream of {night} for now: {reason}")
        return dg.RunRequest(run_key=f"{NAME}-{night}", partition_key=night, tags=run_tags(DREAMS, NAME))

    return dreaming
