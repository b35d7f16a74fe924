"""Commands that make images: render, replay, take."""

from pathlib import Path
from typing import Annotated, Any

import typer

from moostik_assets.catalogue.decisions import write_take
from moostik_assets.catalogue.models import Episode
from moostik_assets.catalogue.variation_keys import all_variation_keys, angle_key, variation_key, variations_of
from moostik_assets.commands.reading import EpisodeOrSeries, Json, RendererName
from moostik_assets.commands.session import (
    INTERRUPTED,
    SAYS_NO,
    Refusal,
    answer,
    answering,
    episodes_named,
    open_studio,
    say,
    shots_named,
    split_names,
    wrong_name,
)
from moostik_assets.episodes.readiness import readiness
from moostik_assets.studio import Studio
from moostik_assets.variations.replay import replayed


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (render, replay, take):
        app.command()(command)


def render(
    context: typer.Context,
    episode: EpisodeOrSeries = None,
    shots: Annotated[str | None, typer.Option(help="Only these shots: a,b")] = None,
    angles: Annotated[str | None, typer.Option(help="Only these camera angles: wide,close_up")] = None,
    renderer: RendererName = None,
    force: Annotated[bool, typer.Option("--force", help="Render again what is in the store already")] = False,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="Stop before the image that would pass this many US dollars")
    ] = None,
    as_json: Json = False,
) -> None:
    """Render what is missing or stale; what is current is reused."""
    with answering(as_json), open_studio(context) as studio:
        found = episodes_named(studio.catalogue, episode)
        keys = _keys(studio, found, shots, angles)
        _refuse_unready(studio, found, keys, as_json)
        from moostik_assets.commands.render_session import render_keys

        result = render_keys(studio, keys, renderer=renderer, force=force, max_cost=max_cost)
        answer(as_json, result.to_json(), lambda: result.text(studio))
        if result.interrupted:
            raise typer.Exit(INTERRUPTED)
        if result.failed or result.error:
            raise typer.Exit(SAYS_NO)


def _keys(studio: Studio, episodes: list[Episode], shots: str | None, angles: str | None) -> list[str]:
    shot_ids = shots_named(episodes, shots)
    series = studio.catalogue.series
    asked = [
        (variation_key(e, shot, v.camera_angle), v.camera_angle)
        for e in episodes
        for shot in e.shots
        if shot_ids is None or shot.id in shot_ids
        for v in variations_of(series, shot)
    ]
    names = split_names(angles)
    if names is None:
        return [key for key, _ in asked]
    known = dict.fromkeys(angle for _, angle in asked)
    by_key = {angle_key(angle): angle for angle in known}
    wanted = {name if name in known else by_key.get(name) or wrong_name("angle", name, known) for name in names}
    return [key for key, angle in asked if angle in wanted]


def _refuse_unready(studio: Studio, episodes: list[Episode], keys: list[str], as_json: bool) -> None:
    asked: dict[str, set[str]] = {}
    for key in keys:
        id_, shot, _ = key.split("/", 2)
        asked.setdefault(id_, set()).add(shot)
    checked = [readiness(e, studio.catalogue, asked[e.id]) for e in episodes if e.id in asked]
    errors = [error for result in checked for error in result.errors]
    if errors:
        raise Refusal(
            "nothing was rendered: some of the asked shots cannot be",
            [*errors, "ask for the others with --shots, or mend the catalogue"],
            document={"rendered": 0, "reused": 0, "failed": [], "seconds": 0.0, "errors": errors},
        )
    for warning in (warning for result in checked for warning in result.warnings):
        say(f"warning: {warning}")


def replay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PNG that was rendered here")],
    save: Annotated[Path | None, typer.Option(help="Keep the new image in this file")] = None,
    as_json: Json = False,
) -> None:
    """Render an image again from the recipe that it carries, and compare."""
    with answering(as_json):
        settings = context.obj.settings()
        with Studio(settings) as studio:
            result = replayed(studio, file)
            if save is not None and result.png is not None:
                save.write_bytes(result.png)
            answer(as_json, result.to_json(), result.text)
            if not result.identical:
                raise typer.Exit(SAYS_NO)


def take(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A variation, such as ep0/shot-001/wide")],
    number: Annotated[int | None, typer.Option(min=0, help="This take; without it, the next one")] = None,
    as_json: Json = False,
) -> None:
    """Ask for another take of a variation: another seed, until you like it. Take 0 is the first.

    An earlier version that `moostik restore` keeps to is given up for it.
    """
    with answering(as_json), open_studio(context) as studio:
        keys = all_variation_keys(studio.catalogue)
        if key not in keys:
            wrong_name("variation", key, keys)
        before = studio.catalogue.decisions.takes.get(key, 0)
        after = before + 1 if number is None else number
        write_take(studio.loaded.data_dir, key, after)
        unpinned = studio.catalogue.decisions.pinned.get(key)
        document: dict[str, Any] = {"key": key, "take": after, "before": before}
        if unpinned is not None:
            document["unpinned"] = unpinned
        episode, shot, _ = key.split("/", 2)
        hint = f"moostik render {episode} --shots {shot}"
        freed = "" if unpinned is None else f" (it is no longer pinned to {unpinned[:12]})"
        answer(as_json, document, lambda: f"{key}: take {before} -> {after}{freed}; render it with: {hint}")
