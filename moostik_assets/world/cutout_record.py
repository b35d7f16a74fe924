"""Cutting characters out: what is not kept yet is made, published, and recorded, one event a character and theme."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from moostik_assets.catalogue.image_paths import is_url
from moostik_assets.references.outfits import dressed
from moostik_assets.references.sheets import character_versions, theme_versions
from moostik_assets.studio import Studio
from moostik_assets.world.cutout_metadata import cutout_metadata
from moostik_assets.world.cutouts import (
    FOLDER,
    CutOutJob,
    CutOutResult,
    CutOutSource,
    cutout_job,
    cutout_key,
    cutouts_version,
    published_cutout,
    refusals,
)
from resources.cutout_index import CutOutIndex
from resources.finest_cutout import MIN_QUALITY, method_version
from resources.ledger import EmitEvent, Entry, Ledger, Recorder, Standing
from resources.rendering.preview.pictures import UnreadablePictureError
from resources.store import layout

CODE_VERSION = "1"
INPUTS = {"character_sheet": True, "theme_sheet": True}


@dataclass
class CutOutsDone:
    """What became of some partitions."""

    recorder: Recorder
    partitions: int = 0
    refused: list[str] = field(default_factory=list)
    """Why pictures are not passed on, and what to do; their partitions are not recorded."""
    missing: list[str] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    """Those whose latest event says the same."""


def cut_out_cast(studio: Studio, keys: Sequence[str], ledger: Ledger, emit: EmitEvent, log: Any) -> None:
    """Have the cut-outs that images are composed of; what cannot be cut out is told in the log."""
    done = cut_out_characters(studio, keys, ledger, emit, anew=False)
    for message in done.refused:
        log.warning("%s", message)


def cut_out_characters(
    studio: Studio, keys: Sequence[str], ledger: Ledger, emit: EmitEvent, *, anew: bool = True
) -> CutOutsDone:
    """Cut out what is not kept yet, publish and record each partition whose pictures all could be.

    `anew`: look at what is kept byte for byte, and publish it again; else what is recorded is taken as it is.
    """
    jobs = [job for key in keys if (job := cutout_job(studio.catalogue, key, studio.image_hash)) is not None]
    ledger.observe(emit, "character_sheet", character_versions(studio, dict.fromkeys(job.character for job in jobs)))
    ledger.observe(emit, "theme_sheet", theme_versions(studio))
    recorder = ledger.recorder(emit, "character_cutout", CODE_VERSION, INPUTS, [_entry(job, []) for job in jobs])
    index = CutOutIndex(studio.store, method_version(), studio.own_cut_outs)
    done = CutOutsDone(recorder, len(jobs))
    for job in jobs:
        results = [_cut_out(studio, index, source, anew) for source in job.sources]
        refused = list(refusals(job, results, MIN_QUALITY))
        done.refused += refused
        done.missing += [f"{job.key}: {name.partition('?')[0]} cannot be had, and is left out" for name in job.missing]
        entry = _entry(job, results, studio, index)
        if anew or refused or not recorder.stands(entry):
            publish_cutouts(studio, job, results, index)
        if not refused and not recorder.record(entry):
            done.unchanged.append(entry)
    return done


def fetched(studio: Studio, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
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


def standing_cutouts(ledger: Ledger, keys: Iterable[str]) -> Standing:
    """What stands for some cut-outs, each with the storage id of its character's latest event in any theme.

    An image's event then says that everything up to there is accounted for: which theme is in force changes, and
    Dagster's mapping, made when the code location was loaded, may name the cut-out of another theme.
    """
    wanted = dict.fromkeys(keys)
    if not wanted:
        return Standing({}, {})
    found = ledger.standing("character_cutout", None)
    latest: dict[str, int] = {}
    for key, storage_id in found.storage_ids.items():
        character = key.partition("/")[0]
        latest[character] = max(storage_id, latest.get(character, 0))
    ids = {key: latest[key.partition("/")[0]] for key in wanted if key in found.storage_ids}
    return Standing({key: found.tags[key] for key in wanted if key in found.tags}, ids)


def _cut_out(studio: Studio, index: CutOutIndex, source: CutOutSource, anew: bool) -> CutOutResult:
    try:
        kept = None if anew else index.known(source.sha256)
        if kept is None:
            path = studio.image_path(source.reference)
            if path is not None:
                studio.store.put_input_file(path, source.sha256)
            kept = index.cut_out(source.sha256)
        return CutOutResult(source, kept)
    except (UnreadablePictureError, OSError, ValueError) as error:
        return CutOutResult(source, None, str(error))


def publish_cutouts(studio: Studio, job: CutOutJob, results: Sequence[CutOutResult], index: CutOutIndex) -> None:
    """Show the cut-outs of a job under output/cutouts, and take away what is none of them (any more)."""
    files = studio.store.files
    shown = set()
    for result in results:
        if result.kept is not None and result.kept.sha256 is not None:
            if not studio.store.has_input(result.kept.sha256):
                _cut_out(studio, index, result.source, anew=True)
            name = published_cutout(job.key, result.source.number)
            files.publish(layout.input_name(result.kept.sha256), name)
            shown.add(name)
    for file in list(files.walk(f"{FOLDER}/{job.key}")):
        if file.name not in shown and not layout.is_temp(file.name):
            files.remove(file.name)


def _entry(
    job: CutOutJob, results: list[CutOutResult], studio: Studio | None = None, index: CutOutIndex | None = None
) -> Entry:
    inputs = {"character_sheet": [job.character], "theme_sheet": [job.theme]}
    if index is None or studio is None:
        return Entry(job.key, cutouts_version(results), inputs)
    return Entry(
        cutout_key(job.character, job.theme),
        cutouts_version(results),
        inputs,
        lambda: cutout_metadata(studio, job, results, index),
    )
