"""The command that makes an episode's animatic."""

from typing import Any

import typer

from moostik_assets.commands.reading import EpisodeName, Json
from moostik_assets.commands.session import Refusal, answer, answering, episode_named, open_studio


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(animatic)


def animatic(context: typer.Context, episode: EpisodeName, as_json: Json = False) -> None:
    """Make a film of an episode's images, each shot as long as it is meant to be."""
    with answering(as_json), open_studio(context) as studio:
        found = episode_named(studio.catalogue, episode)
        from moostik_assets.automation.dagster_home import instance_of_command, ready_dagster_home
        from moostik_assets.galleries.assets_animatic import record_animatic
        from resources.ledger import Ledger
        from resources.video import NoVideo

        home = studio.settings.dagster_home
        ready_dagster_home(home)
        with instance_of_command(home) as instance:
            try:
                made = record_animatic(studio, found.id, Ledger(instance), instance.report_runless_asset_event)
            except NoVideo as error:
                raise Refusal(str(error)) from None
        answer(as_json, made, lambda: _text(made))


def _text(made: dict[str, Any]) -> str:
    missing = made["missing"]
    lines = [f"{made['images']} images, {made['seconds']:g} s: {made['path']}"]
    if missing:
        lines.append(f"{len(missing)} of them are not rendered yet, and are cards: {', '.join(missing[:5])}")
    return "\n".join(lines)
