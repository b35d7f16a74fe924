"""The asset `contact_sheet`: an episode's frames on one PNG, one HTML page and one table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from upath import UPath

from moostik_assets.catalogue.models import Episode
from moostik_assets.galleries.contact_sheet_html import contact_sheet_html
from moostik_assets.galleries.contact_sheet_png import contact_sheet_png
from moostik_assets.galleries.entries import Sheet, SheetEntry, counts_of, shots_of, summary
from moostik_assets.galleries.sheet import sheet_of
from moostik_assets.galleries.variation_table import variation_parquet
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import Selection, selected
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from moostik_assets.variations.plan import planned_variations
from moostik_assets.variations.wanted import variation_preparation
from resources.canonical import sha256_of_bytes, sha256_of_json
from resources.ledger import Entry, Ledger, Recorder
from resources.store.files import files_at
from resources.thumbnails import thumbnail_markdown

CODE_VERSION = "1"
INPUTS = {"variation_image": False}
GALLERIES = "galleries"


def contact_sheet_paths(studio: Studio, episode_id: str) -> dict[str, Path | UPath]:
    """Where the files of an episode's contact sheet lie: `png`, `html`, `table`."""
    folder = studio.settings.output_root / GALLERIES / episode_id
    return {
        "html": folder / "contact_sheet.html",
        "png": folder / "contact_sheet.png",
        "table": folder / "variations.parquet",
    }


def sheet_to_show(studio: Studio, episode: Episode) -> Sheet:
    """The sheet of what stands published for an episode now."""
    variations = variation_preparation(studio).variations(episode)
    return sheet_of(studio.catalogue, episode, planned_variations(variations, studio.store), studio.store)


def sheet_entry(sheet: Sheet) -> Entry:
    """What the ledger is told of a sheet: its version is what it shows."""
    version = sha256_of_json(
        [
            [e.key, e.shot_name, e.recipe, e.status, e.prompt, list(e.notes), [r.reference for r in e.references]]
            for e in sheet.entries
        ]
        + [sheet.series_title, sheet.episode_title, sheet.episode_number]
    )
    return Entry(sheet.episode_id, version, inputs={"variation_image": [entry.key for entry in sheet.entries]})


def sheet_recorder(ledger: Ledger, emit: Any, sheets: list[Sheet]) -> Recorder:
    """A recorder for the events of these sheets."""
    return ledger.recorder(emit, "contact_sheet", CODE_VERSION, INPUTS, [sheet_entry(sheet) for sheet in sheets])


def write_contact_sheet(studio: Studio, sheet: Sheet) -> dict[str, Any]:
    """Write the three files, each whole or not at all; gives the metadata for the UI."""

    def read(entry: SheetEntry) -> bytes | None:
        try:
            return studio.store.published_path(entry.key).read_bytes()
        except OSError:
            return None

    png = contact_sheet_png(sheet, read)
    html = contact_sheet_html(sheet).encode("utf-8", "replace")
    files = files_at(studio.settings.output_root)
    folder = f"{GALLERIES}/{sheet.episode_id}"
    for name, data in (
        ("contact_sheet.png", png),
        ("contact_sheet.html", html),
        ("variations.parquet", variation_parquet(sheet)),
    ):
        files.write(f"{folder}/{name}", data, "object")
    paths = contact_sheet_paths(studio, sheet.episode_id)
    page = paths["html"]
    link = Path(str(page)).as_uri() if studio.settings.output_is_local else str(page)
    return {
        "sheet": dg.MetadataValue.md(thumbnail_markdown(png, max_width=480)),
        "page": dg.MetadataValue.url(link),
        "page path": dg.MetadataValue.path(str(page)),
        "png": dg.MetadataValue.path(str(paths["png"])),
        "table": dg.MetadataValue.path(str(paths["table"])),
        "images": summary(sheet),
        "png sha256": sha256_of_bytes(png),
        "completed": counts_of(sheet)["completed"],
        "usd": float(sum(entry.usd or 0.0 for entry in sheet.entries)),
        "usd by shot": dg.MetadataValue.json(
            {shot.shot_id: round(sum(entry.usd or 0.0 for entry in shot.entries), 4) for shot in shots_of(sheet)}
        ),
    }


def build_gallery_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The assets of this room."""

    @dg.multi_asset(
        name="contact_sheet",
        specs=[
            dg.AssetSpec(
                "contact_sheet",
                description="An episode's frames side by side: a PNG to print, a page to step through, a table.",
                partitions_def=partitions.episodes,
                deps=[
                    dg.AssetDep("variation_image", partition_mapping=partition_mapping(partitions.variation_episodes))
                ],
                group_name="galleries",
                kinds={"image", "html", "parquet"},
                owners=["team:render"],
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def contact_sheet(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult]:
        episodes = studio.studio.catalogue.episodes
        keys = [key for key in selected(context, config) if key in episodes]
        sheets = [sheet_to_show(studio.studio, episodes[key]) for key in keys]
        recorder = sheet_recorder(Ledger(context.instance), context.log_event, sheets)
        for sheet in sheets:
            metadata = write_contact_sheet(studio.studio, sheet)
            entry = sheet_entry(sheet)
            recorder.record(Entry(entry.partition, entry.version, entry.inputs, lambda m=metadata: m), anyway=True)
        yield from ()

    return [contact_sheet]
