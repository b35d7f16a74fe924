"""The asset `character_cutout`: a character's references for a theme, cut out. A picture that cannot be is not used."""

from collections.abc import Iterator, Sequence

import dagster as dg

from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import Selection, selected
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from moostik_assets.world.cutout_record import CODE_VERSION, cut_out_characters, fetched
from resources.finest_cutout import MIN_QUALITY
from resources.ledger import Ledger

SHOWN = 50


def build_cutout_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The asset of the cut-outs."""

    @dg.multi_asset(
        name="character_cutout",
        specs=[
            dg.AssetSpec(
                "character_cutout",
                description="A character's images for a theme, without their ground: RGBA, the sources untouched.",
                partitions_def=partitions.cutouts,
                deps=[
                    dg.AssetDep("character_sheet", partition_mapping=partition_mapping(partitions.character_cutouts)),
                    dg.AssetDep("theme_sheet", partition_mapping=partition_mapping(partitions.theme_cutouts)),
                ],
                group_name="world",
                kinds={"image"},
                owners=["team:render"],
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "cut_out_quality",
                asset="character_cutout",
                description="Every image of the characters could be cut out well enough to be shown.",
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def character_cutout(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.AssetCheckResult]:
        yield from materialized_cutouts(context, studio.studio, selected(context, config))

    return [character_cutout]


def materialized_cutouts(
    context: dg.AssetExecutionContext, studio: Studio, keys: Sequence[str]
) -> Iterator[dg.AssetCheckResult]:
    """Cut out what is not kept yet, publish and record each partition; those with a picture that cannot be, fail."""
    for url, error in fetched(studio, keys):
        context.log.warning("reference %s cannot be had: %s", url.partition("?")[0], error)
    done = cut_out_characters(studio, keys, Ledger(context.instance), context.log_event)
    for message in done.refused:
        context.log.error("%s", message)
    for message in done.missing:
        context.log.warning("%s", message)
    if done.refused:
        # Dagster counts a partition of a failed run without an event of that run as failed.
        for entry in done.unchanged:
            done.recorder.record(entry, anyway=True)
    yield _quality_result(done.partitions, done.refused)
    if done.refused:
        said = "; ".join(done.refused[:10])
        raise dg.Failure(said, metadata={"images": len(done.refused)}, allow_retries=False)


def _quality_result(partitions: int, failed: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key="character_cutout",
        check_name="cut_out_quality",
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "partitions": partitions,
            "quality needed": MIN_QUALITY,
            "not passed on": dg.MetadataValue.json(failed[:SHOWN]),
        },
    )
