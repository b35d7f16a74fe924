"""The command that dreams a night: dream."""

from datetime import date, datetime
from typing import Annotated, get_args

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import (
    INTERRUPTED,
    SAYS_NO,
    WRONG_USAGE,
    Refusal,
    answer,
    answering,
    open_studio,
    wrong_name,
)
from moostik_assets.studio import Studio
from resources.rendering.request import DreamMode


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dream)


def dream(
    context: typer.Context,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="The night of this day, such as 2026-11-21")
    ] = None,
    mode: Annotated[str, typer.Option(help="img2img, interpolate or hybrid [as the series says]")] = "",
    prepare: Annotated[bool, typer.Option("--prepare", help="Prepare the day after it, as the schedule does")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be dreamt, and whether the schedule would")
    ] = False,
    as_json: Json = False,
) -> None:
    """Dream a night: keyframes of what the series has to dream of, the frames between them, and a video.

    A night that was dreamt is not made again: its frames are reused, and are the same, byte for byte.
    """
    with answering(as_json), open_studio(context) as studio:
        if not studio.settings.dreams:
            raise Refusal("MOOSTIK_DREAMS is off: there are no dreams here")
        if mode and mode not in get_args(DreamMode):
            wrong_name("mode", mode, get_args(DreamMode))
        night = _night(studio, day, dry_run)
        if dry_run:
            from moostik_assets.dreams.dry_run import dry_run_text, planned_night

            document = planned_night(studio, night, mode)
            answer(as_json, document, lambda: dry_run_text(document))
            return
        from moostik_assets.commands.dream_session import dream_night

        result = dream_night(studio, night, mode=mode, prepare=prepare)
        answer(as_json, result.to_json(), result.text)
        if result.interrupted:
            raise typer.Exit(INTERRUPTED)
        if result.error:
            raise typer.Exit(SAYS_NO)


def _night(studio: Studio, text: str | None, dry_run: bool) -> date:
    """The night asked for; without one, that of the settings' day, else of today."""
    from moostik_assets.dreams.partitions import FIRST_NIGHT, LAST_NIGHT

    today = studio.settings.today or datetime.now(studio.catalogue.series.dream_settings.time_zone).date()
    try:
        night = today if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--date {text!r}: must be a day such as {today.isoformat()}", code=WRONG_USAGE) from None
    if not dry_run and not FIRST_NIGHT <= night <= LAST_NIGHT:
        what, limits = "MOOSTIK_TODAY" if text is None else "--date", f"{FIRST_NIGHT} to {LAST_NIGHT}"
        raise Refusal(f"{what} {night}: nights can be dreamt from {limits}; --dry-run shows any", code=WRONG_USAGE)
    return night
