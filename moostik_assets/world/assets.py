"""The assets `baked_background` (place and theme) and `active_background` (what stands in a place now)."""

from collections.abc import Iterator, Sequence

import dagster as dg

from moostik_assets.catalogue.theme_in_force import theme_of_place
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import RecordedAsset, Selection, selected
from moostik_assets.references.sheets import world_version
from moostik_assets.settings import GPU_POOL
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from moostik_assets.world.backgrounds import Backgrounds
from moostik_assets.world.bake_metadata import kept_structure
from moostik_assets.world.bake_render import CODE_VERSION, Baked, bake_backgrounds, log_baked
from moostik_assets.world.baking import bake_key
from resources.ledger import NO_PARTITION, EmitEvent, Entry, Ledger
from resources.structure import MINIMUM_STRUCTURE

OWNERS = ["team:world"]
GROUP = "world"
CHUNK = 20


def _active_entries(studio: Studio, keys: Sequence[str]) -> list[Entry]:
    backgrounds = Backgrounds(studio, studio.background_engine())
    entries = []
    for location in keys:
        if location in studio.catalogue.locations:
            theme = theme_of_place(studio.catalogue, location)
            standing = backgrounds.standing(location, theme)
            # Of all themes: else Dagster would call a place stale once it is baked for another one that a shot pins.
            bakes = [bake_key(location, name) for name in studio.catalogue.themes]
            entries.append(
                Entry(
                    location,
                    backgrounds.version(location, theme),
                    inputs={"world_state": [NO_PARTITION], "baked_background": bakes},
                    metadata=lambda t=theme, s=standing: {"theme": t, "warning": _warning(s) or "none"},
                )
            )
    return entries


def _warning(standing: object) -> str:
    note = getattr(standing, "note", "")
    image = getattr(standing, "image", None)
    return note or ("not baked yet: the master stands in" if image is not None and image.recipe is not None else "")


ACTIVE_BACKGROUND = RecordedAsset(
    "active_background", "1", _active_entries, inputs={"world_state": True, "baked_background": False}
)


def record_active_backgrounds(studio: Studio, ledger: Ledger, emit: EmitEvent, locations: Sequence[str]) -> int:
    """Record what stands in some places now; gives the number of events."""
    ledger.observe(emit, "world_state", world_version(studio))
    return ACTIVE_BACKGROUND.record(studio, ledger, emit, locations)


def build_world_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The assets of this room."""

    @dg.multi_asset(
        name="baked_background",
        specs=[
            dg.AssetSpec(
                "baked_background",
                description="A place's plate, baked anew for a theme while its structure stays.",
                partitions_def=partitions.bakes,
                deps=[
                    dg.AssetDep("location_sheet", partition_mapping=partition_mapping(partitions.location_bakes)),
                    dg.AssetDep("theme_sheet", partition_mapping=partition_mapping(partitions.theme_bakes)),
                ],
                group_name=GROUP,
                kinds={"image"},
                owners=OWNERS,
                tags={"moostik/stage": "bake"},
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                "structure_kept",
                asset="baked_background",
                description=f"At least {MINIMUM_STRUCTURE:.0%} of the master's strong edges are still there.",
            )
        ],
        pool=GPU_POOL,
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=CHUNK),
    )
    def baked_background(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.AssetCheckResult]:
        pairs = [_pair(key) for key in selected(context, config)]
        ledger = Ledger(context.instance)
        done = bake_backgrounds(studio.studio, pairs, ledger, context.log_event, log_baked(context.log))
        places = list(dict.fromkeys(location for location, _ in pairs))
        record_active_backgrounds(studio.studio, ledger, context.log_event, places)
        yield structure_result(studio.studio, done)
        failed = [
            f"{baked.bake.key}: {baked.error}" for baked in done if baked.error and baked.bake.request is not None
        ]
        if failed:
            raise dg.Failure(f"{len(failed)} of {len(done)} backgrounds failed: {'; '.join(failed[:10])}")

    @dg.multi_asset(
        name="active_background",
        specs=[
            dg.AssetSpec(
                "active_background",
                description="What stands in a place now: the background of the theme in force there.",
                partitions_def=partitions.locations,
                deps=[
                    "world_state",
                    dg.AssetDep("baked_background", partition_mapping=partition_mapping(partitions.bake_locations)),
                ],
                group_name=GROUP,
                kinds={"image"},
                owners=OWNERS,
                code_version=ACTIVE_BACKGROUND.code_version,
                skippable=True,
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def active_background(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult]:
        keys = selected(context, config)
        written = record_active_backgrounds(studio.studio, Ledger(context.instance), context.log_event, keys)
        context.log.info("%d of %d places changed", written, len(keys))
        yield from ()

    return [baked_background, active_background]


def structure_result(studio: Studio, done: Sequence[Baked]) -> dg.AssetCheckResult:
    """Passed where each background of a run keeps enough of its master's structure."""
    scores = {b.bake.key: round(kept_structure(studio, b.bake, b.image), 3) for b in done if b.image is not None}
    low = {key: score for key, score in scores.items() if score < MINIMUM_STRUCTURE}
    return dg.AssetCheckResult(
        asset_key="baked_background",
        check_name="structure_kept",
        passed=not low,
        metadata={"threshold": float(MINIMUM_STRUCTURE), "kept": dg.MetadataValue.json(scores), "low": len(low)},
    )


def _pair(key: str) -> tuple[str, str]:
    location, theme = key.split("/", 1)
    return location, theme
