"""The asset `animatic`: an episode's images as a film, each shot as long as it is meant to be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from moostik_assets.galleries.animatic import animatic_frames, animatic_size
from moostik_assets.galleries.animatic_timing import FPS, Held, held_images
from moostik_assets.galleries.assets import GALLERIES, sheet_to_show
from moostik_assets.galleries.entries import SheetEntry
from moostik_assets.partitions import Partitions, partition_mapping
from moostik_assets.recording import Selection, selected
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import StudioResource
from resources.canonical import sha256_of_json
from resources.ledger import EmitEvent, Entry, Ledger
from resources.thumbnails import thumbnail_markdown
from resources.video import NoVideo, write_video

ANIMATIC = "animatic"
CODE_VERSION = "1"
INPUTS = {"variation_image": False}


def animatic_path(studio: Studio, episode_id: str) -> Path:
    """Where an episode's animatic lies: in the output, or beside Dagster's home where that is an object store."""
    root = studio.settings.output_root if studio.settings.output_is_local else studio.settings.state_root
    return Path(str(root)) / GALLERIES / episode_id / "animatic.mp4"


def record_animatic(studio: Studio, episode_id: str, ledger: Ledger, emit: EmitEvent) -> dict[str, Any]:
    """Make an episode's animatic, unless it stands as it would be made; gives its path, seconds and missing images.

    Raises:
        NoVideo: PyAV is not installed, or the episode has no shots.
    """
    episode = studio.catalogue.episodes[episode_id]
    held = held_images(episode, sheet_to_show(studio, episode))
    if not held:
        raise NoVideo(f"{episode_id} has no shots to make an animatic of")
    path = animatic_path(studio, episode_id)
    missing = [one.entry.key for one in held if one.entry.image is None]
    entry = Entry(
        episode_id,
        sha256_of_json([[one.entry.key, one.entry.recipe, one.entry.image is not None, one.frames] for one in held]),
        {"variation_image": [one.entry.key for one in held]},
    )
    recorder = ledger.recorder(emit, ANIMATIC, CODE_VERSION, INPUTS, [entry])
    found = {
        "path": str(path),
        "seconds": round(sum(one.frames for one in held) / FPS, 2),
        "images": len(held),
        "missing": missing,
    }
    if recorder.stands(entry) and path.exists():
        return found
    size = animatic_size(held)
    write_video(path, animatic_frames(held, size, lambda shown: _published(studio, shown)), FPS, size)
    metadata = _metadata(studio, held, found, size)
    recorder.record(Entry(entry.partition, entry.version, entry.inputs, lambda: metadata), anyway=True)
    return found


def _published(studio: Studio, entry: SheetEntry) -> bytes | None:
    try:
        return None if entry.image is None else studio.store.published_path(entry.key).read_bytes()
    except OSError:
        return None


def _metadata(studio: Studio, held: list[Held], found: dict[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    poster = next((data for one in held if (data := _published(studio, one.entry)) is not None), None)
    shown = {} if poster is None else {"poster": dg.MetadataValue.md(thumbnail_markdown(poster, max_width=320))}
    return {
        **shown,
        "video": dg.MetadataValue.path(found["path"]),
        "seconds": float(found["seconds"]),
        "size": f"{size[0]} x {size[1]}, {FPS} frames a second",
        "images": found["images"],
        "missing": ", ".join(found["missing"]) or "none",
    }


def build_animatic_assets(partitions: Partitions) -> list[dg.AssetsDefinition]:
    """The animatic of each episode."""

    @dg.multi_asset(
        name=ANIMATIC,
        specs=[
            dg.AssetSpec(
                ANIMATIC,
                description="An episode's images as a film, each shot as long as it is meant to be.",
                partitions_def=partitions.episodes,
                deps=[
                    dg.AssetDep("variation_image", partition_mapping=partition_mapping(partitions.variation_episodes))
                ],
                group_name="galleries",
                kinds={"video"},
                owners=["team:render"],
                tags={"moostik/stage": "gallery"},
                code_version=CODE_VERSION,
                skippable=True,
            )
        ],
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def animatic(
        context: dg.AssetExecutionContext, config: Selection, studio: StudioResource
    ) -> Iterator[dg.MaterializeResult]:
        ledger = Ledger(context.instance)
        for key in selected(context, config):
            if key not in studio.studio.catalogue.episodes:
                continue
            try:
                found = record_animatic(studio.studio, key, ledger, context.log_event)
            except NoVideo as error:
                raise dg.Failure(str(error), allow_retries=False) from error
            context.log.info("%s: %s s, %s", key, found["seconds"], found["path"])
        yield from ()

    return [animatic]
