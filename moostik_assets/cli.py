"""The `moostik` command."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from moostik_assets.commands import (
    animatic,
    approval,
    cost,
    dreaming,
    history,
    layers,
    masks,
    reading,
    renderers,
    rendering,
    similar,
    upkeep,
    world,
)
from moostik_assets.commands.session import Options

app = typer.Typer(
    name="moostik",
    help="Reproducible images of an animated series: what would be rendered and why, rendering, and the web UI.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="The catalogue's folder [MOOSTIK_DATA, else data]")] = None,
    output: Annotated[str | None, typer.Option(help="Where images go [MOOSTIK_OUTPUT, else output]")] = None,
) -> None:
    """Reproducible images of an animated series: what would be rendered and why, rendering, and the web UI."""
    context.obj = Options(data, output)


ROOMS = (
    reading,
    rendering,
    history,
    layers,
    masks,
    world,
    approval,
    renderers,
    animatic,
    dreaming,
    cost,
    similar,
    upkeep,
)

for room in ROOMS:
    room.register(app)


def main() -> None:
    """Entry point of the `moostik` script."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    app()


if __name__ == "__main__":
    main()
