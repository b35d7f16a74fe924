"""The asset `variation_image`: one image a partition, one event an image, as it lands."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import dagster as dg
from dagster._core.storage.tags import BACKFILL_ID_TAG
from pydantic import Field

from moostik_assets.automation.giving_way import GivingWay
from moostik_assets.automation.priorities import priority_of
from moostik_assets.automation.runs import SOURCE, SOURCE_TAG
from moostik_assets.episodes.readiness import readiness
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.progress import report_progress
from moostik_assets.prompts.assets import record_shots
from moostik_assets.recording import Selection, selected
from moostik_assets.references.fetching import fetch_missing
from moostik_assets.settings import GPU_POOL
from moostik_assets.spending.limits import Limit
from moostik_assets.spending.opening import open_purse
from moostik_assets.spending.purse import Purse
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from moostik_assets.variations.attempts import Attempts
from moostik_assets.variations.checks import distinct_seeds_result, readiness_result, whole_images_result
from moostik_assets.variations.in_hand import InHand
from moostik_assets.variations.metadata import variation_metadata
from moostik_assets.variations.prepare import PreparedVariation
from moostik_assets.variations.render import Outcome
from moostik_assets.variations.render_loops import RenderLoops
from moostik_assets.variations.unpaid import outcomes_unpaid, parted, unpaid_places
from moostik_assets.variations.wanted import (
    Wanted,
    inputs_keeper,
    shots_by_episode,
    variation_preparation,
    wanted_variations,
)
from moostik_assets.world.assets import record_active_backgrounds
from moostik_assets.world.bake_render import bake_backgrounds, log_baked
from moostik_assets.world.baking import bake_key
from moostik_assets.world.cutout_record import cut_out_cast, standing_cutouts
from resources.image_failures import ImageFailures
from resources.ledger import EmitEvent, Entry, Ledger, Recorder

CODE_VERSION = "1"
CHUNK = 100
"""Variations a run of a backfill: one run is one warm renderer."""
INPUTS = {
    "enriched_prompt": False,
    "resolved_references": False,
    "active_background": False,
    "baked_background": False,
}


class RenderSelection(Selection):
    """What a run renders, and how."""

    renderer: str = Field(default="", description="Renderer in place of the series' own")
    force: bool = Field(default=False, description="Render again what is in the store already")
    max_cost: float | None = Field(default=None, description="Stop before the image that would pass so many US dollars")
    reason: str = Field(default="", description="Why, for the history of what is asked for; empty: what has changed")


def variation_recorder(ledger: Ledger, emit: EmitEvent, variations: Sequence[PreparedVariation]) -> Recorder:
    """A recorder for the events of these variations; their shots' events must be up to date."""
    recorder = ledger.recorder(emit, "variation_image", CODE_VERSION, INPUTS, [_entry(v, "") for v in variations])
    cutouts = standing_cutouts(ledger, (key for v in variations for key in v.cutouts))
    return replace(recorder, upstream={**recorder.upstream, "character_cutout": cutouts})


def _entry(variation: PreparedVariation, sha256: str) -> Entry:
    shot = [variation.shot.key]
    inputs: dict[str, Sequence[str]] = {"enriched_prompt": shot, "resolved_references": shot}
    pinned, places = variation.shot.shot.theme, variation.shot.locations
    if places and pinned is None:
        inputs["active_background"] = [places[0].id]
    elif places:
        inputs["baked_background"] = [bake_key(places[0].id, pinned or "")]
    inputs["character_cutout"] = variation.cutouts
    return Entry(variation.key, sha256, inputs=inputs)


def variation_entry(studio: Studio, outcome: Outcome) -> Entry:
    """What the ledger is told of an image."""
    assert outcome.image is not None
    entry = _entry(outcome.variation, outcome.image.sha256)
    return Entry(entry.partition, entry.version, entry.inputs, lambda: variation_metadata(studio, outcome))


def build_variation_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The asset of this room."""

    @dg.multi_asset(
        name="variation_image",
        specs=[
            dg.AssetSpec(
                "variation_image",
                description="One shot from one camera angle: one image, made from exactly what its recipe names.",
                partitions_def=partitions.variations,
                deps=[
                    dg.AssetDep("enriched_prompt", partition_mapping=partition_mapping(partitions.shot_variations)),
                    dg.AssetDep("resolved_references", partition_mapping=partition_mapping(partitions.shot_variations)),
                    dg.AssetDep(
                        "active_background", partition_mapping=partition_mapping(partitions.location_variations)
                    ),
                    dg.AssetDep("baked_background", partition_mapping=partition_mapping(partitions.bake_variations)),
                    dg.AssetDep("character_cutout", partition_mapping=partition_mapping(partitions.cutout_variations)),
                ],
                group_name="variations",
                kinds={"image"},
                owners=["team:render"],
                tags={"moostik/stage": "render"},
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "readiness",
                asset="variation_image",
                blocking=True,
                description="The asked shots name only characters and locations that exist. Nothing is rendered else.",
            ),
            dg.AssetCheckSpec(
                "whole_images", asset="variation_image", description="Every image is a whole PNG of the right size."
            ),
            dg.AssetCheckSpec(
                "distinct_seeds", asset="variation_image", description="No two variations of the series share a seed."
            ),
        ],
        pool=GPU_POOL,
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=CHUNK),
    )
    def variation_image(
        context: dg.AssetExecutionContext, config: RenderSelection, studio: StudioResource
    ) -> Iterator[dg.AssetCheckResult]:
        yield from render_variations(context, config, studio.studio)

    return [variation_image]


def render_variations(
    context: dg.AssetExecutionContext, config: RenderSelection, studio: Studio
) -> Iterator[dg.AssetCheckResult]:
    """Check, bring the events of the shots up to date, render what is missing, record each image as it lands."""
    with studio.rendering_with(config.renderer):
        yield from _render_variations(context, config, studio)


def _render_variations(
    context: dg.AssetExecutionContext, config: RenderSelection, studio: Studio
) -> Iterator[dg.AssetCheckResult]:
    keys = selected(context, config)
    catalogue = studio.catalogue
    by_episode = list(shots_by_episode(catalogue.episodes.values(), keys))
    checked = [readiness(episode, catalogue, shot_ids) for episode, shot_ids in by_episode]
    yield readiness_result(checked)
    errors = [error for found in checked for error in found.errors]
    if errors:
        raise dg.Failure(
            "Nothing was rendered: " + "; ".join(errors), metadata={"errors": len(errors)}, allow_retries=False
        )
    for episode, shot_ids in by_episode:
        for url, result in fetch_missing(studio, episode, shot_ids).items():
            if result.error:
                context.log.warning("reference %s cannot be had: %s", url.partition("?")[0], result.error)
    wanted = wanted_variations(variation_preparation(studio), keys)
    for key in wanted.gone:
        context.log.warning("%s is not in the catalogue any more; reload the code location", key)
    for name in dict.fromkeys(v.renderer for v in wanted.with_sequence if v.pinned is None):
        studio.renderer(name).validate()
    ledger = Ledger(context.instance)
    record_shots(studio, ledger, context.log_event, list(dict.fromkeys(v.shot.key for v in wanted.with_sequence)))
    of_command = context.run.tags.get(SOURCE_TAG) == SOURCE
    name = "--max-cost" if of_command else "max_cost of this run"
    limit = None if config.max_cost is None else Limit(config.max_cost, name)
    purse = open_purse(studio.settings, ledger, context.log_event, limit)
    wanted = _dressed(context, studio, ledger, wanted, keys, purse)
    affordable, unpaid = parted(wanted.with_sequence)
    recorder = variation_recorder(ledger, context.log_event, wanted.with_sequence)
    run = context.run
    stop = GivingWay(context.instance, run.run_id, priority_of(run.tags))
    in_hand = InHand(studio.settings, run.run_id)
    attempts = Attempts(ImageFailures(studio.store.files), in_hand, run.run_id, config.force)
    loops = RenderLoops(
        affordable,
        studio.store,
        studio.renderer,
        studio.store.claims,
        inputs_keeper(studio),
        purse,
        force=config.force,
        should_stop=stop,
        attempts=attempts,
    )
    done: list[Outcome] = []
    with attempts:
        for outcome in chain(loops.run(), outcomes_unpaid(studio, unpaid, purse)):
            if config.reason and outcome.variation.key in keys:
                outcome = replace(outcome, reason=config.reason)
            done.append(outcome)
            if outcome.image is not None:
                recorder.record(variation_entry(studio, outcome))
            elif not outcome.unpaid:
                context.log.error("%s failed: %s", outcome.variation.key, outcome.error)
            report_progress(outcome, len(done), len(wanted.with_sequence))
    if stop.cancelled:
        raise dg.DagsterExecutionInterruptedError("the run was cancelled")
    if stop.gave_way:
        context.log.info("a more urgent run waits: stopped after %d images; the rest is asked for later", len(done))
    failed = [outcome for outcome in done if outcome.status == "failed"]
    if failed or BACKFILL_ID_TAG in run.tags:
        # Dagster counts a partition without an event of the run itself as failed, in a failed run and in a backfill.
        for outcome in done:
            if outcome.status == "reused":
                recorder.record(variation_entry(studio, outcome), anyway=True)
    yield whole_images_result(studio, done)
    yield distinct_seeds_result(catalogue)
    context.log.info(
        "%d rendered, %d reused, %d failed of %d variations, for %.2f USD",
        sum(outcome.status == "rendered" for outcome in done),
        sum(outcome.status == "reused" for outcome in done),
        len(failed),
        len(done),
        purse.spent,
    )
    if failed:
        broken = [outcome for outcome in failed if not outcome.unpaid]
        first = "; ".join(f"{outcome.variation.key}: {outcome.error}" for outcome in broken[:10])
        said = [f"{len(broken)} of {len(done)} images failed: {first}"] if broken else []
        raise dg.Failure("; ".join(filter(None, [*said, purse.report()])), allow_retries=False)


def _dressed(
    context: dg.AssetExecutionContext,
    studio: Studio,
    ledger: Ledger,
    wanted: Wanted,
    keys: Sequence[str],
    purse: Purse,
) -> Wanted:
    """The wanted variations once their backgrounds are baked and their cast is cut out.

    Where a background cannot be baked, the master stands in; where a picture cannot be cut out, it is not shown. A
    background that there is no money for is still waited for.
    """
    cutouts = dict.fromkeys(key for v in wanted.with_sequence if v.pinned is None for key in v.cutouts)
    cut_out_cast(studio, list(cutouts), ledger, context.log_event, context.log)
    pairs = list(dict.fromkeys(v.bake for v in wanted.with_sequence if v.bake is not None and v.pinned is None))
    if pairs:
        bake_backgrounds(studio, pairs, ledger, context.log_event, log_baked(context.log), purse=purse)
    places = dict.fromkeys(v.shot.locations[0].id for v in wanted.with_sequence if v.shot.locations)
    record_active_backgrounds(studio, ledger, context.log_event, list(places))
    if not any(v.waits_for_bake or v.cutouts_awaited for v in wanted.with_sequence):
        return wanted
    unpaid = unpaid_places(wanted.with_sequence, purse)
    return wanted_variations(variation_preparation(studio, wait_for_bakes=False, awaited=unpaid), keys)
