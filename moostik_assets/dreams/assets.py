"""The asset `dream_sequence`: a night of frames a partition, recorded once it is whole."""

import time
from collections.abc import Iterator
from datetime import date

import dagster as dg
from pydantic import Field

from moostik_assets.automation.giving_way import GivingWay
from moostik_assets.automation.priorities import priority_of
from moostik_assets.catalogue.models import Catalogue
from moostik_assets.dreams.ability import dream_mode
from moostik_assets.dreams.dressing import dress
from moostik_assets.dreams.keeping import keep_manifest, keep_video, night_metadata, night_version
from moostik_assets.dreams.neighbour import Neighbour, busy_reason
from moostik_assets.dreams.night import DreamFailed, Night
from moostik_assets.dreams.partitions import nights
from moostik_assets.dreams.preparing import Prepared, Preparing
from moostik_assets.dreams.progress import report_frame
from moostik_assets.dreams.remembering import remember_new_images
from moostik_assets.dreams.rotation import NothingToDreamOf
from moostik_assets.recording import Selection, selected
from moostik_assets.settings import GPU_POOL
from moostik_assets.spending.limits import Limit
from moostik_assets.spending.opening import open_purse
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from resources.ledger import Entry, Ledger

DREAM_SEQUENCE = "dream_sequence"
CODE_VERSION = "1"
FRAMES_BETWEEN_MANIFESTS = 24


class DreamSelection(Selection):
    """What nights a run dreams, and how."""

    mode: str = Field(default="", description="img2img, interpolate or hybrid; empty: as the series says")
    prepare: bool | None = Field(default=None, description="Whether to prepare the day; unset: as the series says")


def build_dream_assets(catalogue: Catalogue, until: date | None = None) -> list[dg.AssetsDefinition]:
    """The asset of this room; `until`: a night that is among its partitions, however far ahead."""

    @dg.multi_asset(
        name=DREAM_SEQUENCE,
        specs=[
            dg.AssetSpec(
                DREAM_SEQUENCE,
                description="A night: keyframes from what the series has to dream of, and the frames between them.",
                partitions_def=nights(catalogue.series.dream_settings, until),
                group_name="dreams",
                kinds={"image"},
                owners=["team:dreams"],
                tags={"moostik/stage": "dream"},
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        pool=GPU_POOL,
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=1),
    )
    def dream_sequence(
        context: dg.AssetExecutionContext, config: DreamSelection, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult]:
        for name in selected(context, config):
            with studio.studio.on_day(date.fromisoformat(name)):
                _dream(context, config, studio.studio, date.fromisoformat(name))
        yield from ()

    return [dream_sequence]


def _dream(context: dg.AssetExecutionContext, config: DreamSelection, studio: Studio, day: date) -> None:
    started = time.monotonic()
    settings = studio.catalogue.series.dream_settings
    mode = dream_mode(studio, settings, config.mode)
    run = context.run
    giving_way = GivingWay(context.instance, run.run_id, priority_of(run.tags))
    neighbour = Neighbour(giving_way, lambda: busy_reason(studio.settings, settings, at_work=True))
    ledger = Ledger(context.instance)
    purse = open_purse(studio.settings, ledger, context.log_event, Limit(settings.usd, "dreams.usd in series.json"))
    night = Night(studio, day, settings, mode, neighbour, context.log.info, purse)
    try:
        dress(night, ledger, context.log_event, context.log)
        for one in night.run():
            report_frame(one, len(night.made), night.total)
            if len(night.made) % FRAMES_BETWEEN_MANIFESTS == 0:
                keep_manifest(night)
    except (DreamFailed, NothingToDreamOf) as error:
        night.tell("failed", str(error))
        raise dg.Failure(str(error), allow_retries=False) from error
    except BaseException:
        night.tell("stopped", "interrupted")
        raise
    if night.made:
        keep_manifest(night)
    if night.stopped:
        _say_why(context, neighbour, night)
        return
    video, why_no_video = keep_video(night)
    night.tell("done", why_no_video)
    if why_no_video:
        context.log.warning(why_no_video)
    dreamt = time.monotonic() - started
    prepared = _prepared(context, config, studio, ledger, night, neighbour)
    prepared.embeddings = remember_new_images(studio)
    entry = Entry(
        night.name,
        night_version(night.made),
        metadata=lambda: {
            **night_metadata(night, video, why_no_video, dreamt),
            "prepared": dg.MetadataValue.json(prepared.to_json()),
        },
    )
    ledger.recorder(context.log_event, DREAM_SEQUENCE, CODE_VERSION, {}, [entry]).record(entry, anyway=True)
    context.log.info("%s: %d frames, %s", night.name, len(night.made), video or why_no_video)


def _say_why(context: dg.AssetExecutionContext, neighbour: Neighbour, night: Night) -> None:
    night.tell("stopped", "somebody more urgent waits" if neighbour.giving_way.gave_way else "")
    if neighbour.cancelled:
        raise dg.DagsterExecutionInterruptedError("the run was cancelled")
    if neighbour.tired:
        raise dg.Failure(f"{night.name}: the card was busy with others for too long", allow_retries=False)
    context.log.info(
        "a more urgent run waits: stopped after %d of %d frames; the rest is asked for later",
        len(night.made),
        night.total,
    )


def _prepared(
    context: dg.AssetExecutionContext,
    config: DreamSelection,
    studio: Studio,
    ledger: Ledger,
    night: Night,
    neighbour: Neighbour,
) -> Prepared:
    wanted = night.settings.prepare if config.prepare is None else config.prepare
    if not wanted:
        return Prepared(why="not asked for")

    def stop() -> bool:
        return neighbour(lambda reason: context.log.info("waiting: %s", reason) if reason else None)

    limit = Limit(night.settings.prepare_usd, "dreams.prepareUsd in series.json")
    purse = open_purse(studio.settings, ledger, context.log_event, limit)
    return Preparing(studio, night.day, night.settings, ledger, context.log_event, stop, purse).run()
