"""The asset `character_cutout`: a character's references for a theme, cut out. A picture that cannot be is not used."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from moostik_assets.catalogue.image_paths import is_url
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import Selection, selected
from moostik_assets.references.outfits import dressed
from moostik_assets.references.sheets import observe_sheets
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from moostik_assets.world.cutouts import (
    FOLDER,
    CutOutJob,
    CutOutResult,
    CutOutSource,
    cutout_job,
    cutouts_version,
    published_cutout,
    refusals,
)
from resources.checkerboard import checkerboard_strip
from resources.cutout_index import CutOutIndex
from resources.finest_cutout import MIN_QUALITY, method_version
from resources.ledger import Entry, Ledger
from resources.rendering.preview.pictures import UnreadablePictureError
from resources.store import layout
from resources.thumbnails import jpeg_markdown

CODE_VERSION = "1"
INPUTS = {"character_sheet": True, "theme_sheet": True}
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
        yield from cut_out_characters(context, studio.studio, selected(context, config))

    return [character_cutout]


def cut_out_characters(
    context: dg.AssetExecutionContext, studio: Studio, keys: Sequence[str]
) -> Iterator[dg.AssetCheckResult]:
    """Cut out what is not kept yet, publish and record each partition; those with a picture that cannot be, fail."""
    for url, error in _fetch(studio, keys):
        context.log.warning("reference %s cannot be had: %s", url.partition("?")[0], error)
    jobs = [job for key in keys if (job := cutout_job(studio.catalogue, key, studio.image_hash)) is not None]
    ledger = Ledger(context.instance)
    observe_sheets(studio, ledger, context.log_event, dict.fromkeys(job.character for job in jobs), [])
    entries = [_entry(job, []) for job in jobs]
    recorder = ledger.recorder(context.log_event, "character_cutout", CODE_VERSION, INPUTS, entries)
    index = CutOutIndex(studio.store, method_version())
    unchanged: list[Entry] = []
    failed: list[str] = []
    for job in jobs:
        results = [_cut_out(studio, index, source) for source in job.sources]
        publish_cutouts(studio, job, results)
        refused = list(refusals(job, results, MIN_QUALITY))
        for message in refused:
            context.log.error("%s", message)
        for reference in job.missing:
            context.log.warning("%s: %s cannot be had, and is left out", job.key, reference.partition("?")[0])
        failed += refused
        if not refused:
            entry = _entry(job, results, index, studio)
            if not recorder.record(entry):
                unchanged.append(entry)
    if failed:
        # Dagster counts a partition of a failed run without an event of that run as failed.
        for entry in unchanged:
            recorder.record(entry, anyway=True)
    yield _quality_result(len(jobs), failed)
    if failed:
        raise dg.Failure("; ".join(failed[:10]), metadata={"images": len(failed)}, allow_retries=False)


def _fetch(studio: Studio, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Fetch the URLs that are not in the store yet; gives those that could not be, and why."""
    if not studio.settings.fetch:
        return
    wanted: dict[str, None] = {}
    for key in keys:
        name, _, theme = key.partition("/")
        character = studio.catalogue.characters.get(name)
        if character is not None:
            wanted |= dict.fromkeys(r for r in dressed(character, theme).reference_images if is_url(r))
    urls = [url for url in wanted if studio.fetcher.known(url) is None]
    for url, result in (studio.fetcher.fetch(urls) if urls else {}).items():
        if result.error:
            yield url, result.error


def _cut_out(studio: Studio, index: CutOutIndex, source: CutOutSource) -> CutOutResult:
    try:
        path = studio.image_path(source.reference)
        if path is not None:
            studio.store.put_input_file(path, source.sha256)
        return CutOutResult(source, index.cut_out(source.sha256))
    except (UnreadablePictureError, OSError, ValueError) as error:
        return CutOutResult(source, None, str(error))


def publish_cutouts(studio: Studio, job: CutOutJob, results: Sequence[CutOutResult]) -> None:
    """Show the cut-outs of a job under output/cutouts, and take away what is none of them (any more)."""
    files = studio.store.files
    shown = set()
    for result in results:
        if result.kept is not None and result.kept.sha256 is not None:
            name = published_cutout(job.key, result.source.number)
            files.publish(layout.input_name(result.kept.sha256), name)
            shown.add(name)
    for file in list(files.walk(f"{FOLDER}/{job.key}")):
        if file.name not in shown and not layout.is_temp(file.name):
            files.remove(file.name)


def _entry(
    job: CutOutJob, results: list[CutOutResult], index: CutOutIndex | None = None, studio: Studio | None = None
) -> Entry:
    inputs = {"character_sheet": [job.character], "theme_sheet": [job.theme]}
    if index is None or studio is None:
        return Entry(job.key, cutouts_version(results), inputs)
    return Entry(job.key, cutouts_version(results), inputs, lambda: _metadata(job, results, index, studio))


def _metadata(job: CutOutJob, results: list[CutOutResult], index: CutOutIndex, studio: Studio) -> dict[str, Any]:
    kept = [(result.source, result.kept) for result in results if result.kept is not None]
    strip = checkerboard_strip(index.image(cut) for _, cut in kept)
    images = [
        {
            "image": str(studio.store.files.path(published_cutout(job.key, source.number))),
            "source": source.reference,
            "method": cut.method,
            "quality": cut.quality,
            "coverage": cut.coverage,
            "size": f"{cut.width} x {cut.height}",
            "sha256": cut.sha256,
        }
        for source, cut in kept
    ]
    return {
        **({"thumbnail": dg.MetadataValue.md(jpeg_markdown(strip))} if strip is not None else {}),
        "images": len(kept),
        "method": ", ".join(dict.fromkeys(cut.method for _, cut in kept)) or "none",
        "quality": min((cut.quality for _, cut in kept), default=0.0),
        "coverage": round(sum(cut.coverage for _, cut in kept) / max(len(kept), 1), 4),
        "source": ", ".join(source.reference for source, _ in kept) or "no reference image",
        "outfit": job.theme if job.in_outfit else "none: as it always is",
        "cut-outs": dg.MetadataValue.json(images),
        "not to be had": ", ".join(job.missing) or "nothing",
    }


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
