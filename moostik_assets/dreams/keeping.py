"""What stays of a night: its manifest, its video, and what the UI shows of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from moostik_assets.dreams.frozen import remembered_json
from moostik_assets.dreams.night import Made, Night
from moostik_assets.dreams.night_strip import shown_in_strip, strip_markdown
from moostik_assets.dreams.shown import frame_file, night_folder
from resources.canonical import sha256_of_json
from resources.video import NoVideo, write_video

VIDEO = "dream.mp4"


def night_version(made: Sequence[Made]) -> str:
    """The data version of a night: the hashes of its frames, in order."""
    return sha256_of_json([one.image.sha256 for one in in_order(made)])


def in_order(made: Sequence[Made]) -> list[Made]:
    """The frames of a night as they are watched."""
    return sorted(made, key=lambda one: one.frame.number)


def injections(made: Sequence[Made]) -> list[dict[str, Any]]:
    """What was put into a night: from which frame on, until which, what, why, how alike."""
    found: list[dict[str, Any]] = []
    for one in in_order(made):
        if one.injected is None:
            continue
        what = {"why": one.injected.why, **remembered_json(one.injected.image)}
        last = found[-1] if found else None
        if last is not None and last["until"] == one.frame.number - 1 and {**last, **what} == last:
            last["until"] = one.frame.number
        else:
            found.append({"from": one.frame.number, "until": one.frame.number, **what})
    return found


def keep_manifest(night: Night) -> None:
    """Write the manifest of the frames that are made."""
    first = in_order(night.made)[0]
    night.shown.manifest(
        {
            "date": night.name,
            "series": night.studio.catalogue.series.id,
            "theme": night.studio.catalogue.world_state.theme,
            "mode": night.mode,
            "renderer": first.request.renderer,
            "fps": night.settings.fps,
            "width": first.image.width,
            "height": first.image.height,
            "complete": len(night.made) == night.total,
            "video": VIDEO,
            "injections": injections(night.made),
        },
        [_entry(one) for one in in_order(night.made)],
    )


def _entry(one: Made) -> dict[str, Any]:
    frame = one.frame
    file = frame_file("", frame.number).removeprefix("/")
    return {
        "frame": frame.number,
        "file": f"{file}.png",
        "kind": frame.kind,
        "position": frame.position,
        "prompt": one.prompt,
        "seed": one.request.seed,
        "recipe": one.request.recipe_id,
        "sha256": one.image.sha256,
        "sources": [
            {"role": image.role, "of": image.entity, "sha256": image.sha256 or image.url}
            for image in one.request.references
        ],
        "similarity": round(one.similarity, 4),
        **({} if one.injected is None else {"injected": remembered_json(one.injected.image)["key"]}),
    }


def keep_video(night: Night) -> tuple[str, str]:
    """Write the video of a whole night; gives where it lies, or "" and why there is none."""
    folder = night_folder(night.studio, night.name)
    if not isinstance(folder, Path):
        return "", "no video: the output is no local folder; the frames are there"
    made = in_order(night.made)
    size = made[0].image.width, made[0].image.height
    try:
        write_video(folder / VIDEO, (night.studio.store.read(m.image.sha256) for m in made), night.settings.fps, size)
    except NoVideo as why:
        return "", str(why)
    return str(folder / VIDEO), ""


def night_metadata(night: Night, video: str, why_no_video: str, seconds: float) -> dict[str, Any]:
    """What the UI shows of a night."""
    made, put_in = in_order(night.made), injections(night.made)
    chosen = shown_in_strip([one.injected is not None for one in made])
    strip = strip_markdown(
        [(night.studio.store.read(made[i].image.sha256), made[i].injected is not None) for i in chosen]
    )
    keyframes = [one for one in made if one.frame.kind == "keyframe"]
    return {
        "strip": dg.MetadataValue.md(strip),
        "injections": dg.MetadataValue.md(_injections_table(put_in)),
        "keyframes": dg.MetadataValue.md("\n".join(f"{one.frame.number}. {one.prompt}" for one in keyframes)),
        "video": dg.MetadataValue.path(video) if video else why_no_video,
        "folder": dg.MetadataValue.path(str(night_folder(night.studio, night.name))),
        "frames": len(made),
        "rendered": sum(one.rendered for one in made),
        "reused": sum(not one.rendered for one in made),
        "seconds": round(seconds, 2),
        "usd": round(sum(float(one.image.facts.get("usd") or 0.0) for one in made if one.rendered), 4),
        "mode": night.mode,
        "theme": night.studio.catalogue.world_state.theme,
        "renderer": str(made[0].request.renderer.get("name", "")),
        "cache_images": len(night.cache),
        "cache_bytes": night.cache.total_bytes,
    }


def _injections_table(put_in: Sequence[dict[str, Any]]) -> str:
    if not put_in:
        return "none"
    rows = [f"| {i['from']}-{i['until']} | `{i['key']}` | {i['why']} | {i['similarity']:.3f} |" for i in put_in]
    return "\n".join(["| frames | remembered | why | similarity |", "| --- | --- | --- | --- |", *rows])
