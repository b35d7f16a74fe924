"""The command that decides on runs that cost money: approve."""

from typing import Annotated

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import WRONG_USAGE, Refusal, answering, open_studio


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(approve)


def approve(
    context: typer.Context,
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN...]", help="Runs that wait, by the beginning of their ids")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All runs that wait")] = False,
    only_list: Annotated[
        bool, typer.Option("--list", help="Only show what waits, for what, and what it costs")
    ] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Give the runs up in place of letting them start")] = False,
    as_json: Json = False,
) -> None:
    """Let runs start that cost money and wait for that; without a RUN, show them.

    What is rendered is decided when a run starts: an image that is there by then costs nothing.
    """
    with answering(as_json):
        named = runs or []
        if sum([bool(named), every, only_list]) > 1:
            raise Refusal("name the runs, or say --all, or --list: one of them", code=WRONG_USAGE)
        if reject and not (named or every):
            raise Refusal("--reject: name the runs that are to be given up, or say --all", code=WRONG_USAGE)
        with open_studio(context) as studio:
            from moostik_assets.commands.approval_session import decide, show

            if named or every:
                decide(studio, None if every else named, reject=reject, as_json=as_json)
            else:
                show(studio, as_json=as_json)
