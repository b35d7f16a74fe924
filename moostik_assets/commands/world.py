"""Commands about the world: theme."""

from typing import Annotated, Any

import typer

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.models import AUTO_THEME, Catalogue
from moostik_assets.catalogue.theme_in_force import theme_of_place
from moostik_assets.catalogue.world_file import write_theme
from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import WRONG_USAGE, Refusal, answer, answering, open_studio, wrong_name
from moostik_assets.studio import Studio


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(theme)


def theme(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help='A theme, or "auto" to follow the calendar')
    ] = None,
    location: Annotated[str | None, typer.Option(help="Only this place, as an exception from the world")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Take the exception of --location back")] = False,
    as_json: Json = False,
) -> None:
    """Read or set the theme of the world, or of one place.

    With `moostik up` running, the places that follow it are dressed anew, then the images before them.
    """
    with answering(as_json), open_studio(context) as studio:
        catalogue = studio.catalogue
        if location is not None and location not in catalogue.locations:
            wrong_name("location", location, catalogue.locations)
        if reset and (location is None or name is not None):
            raise Refusal("--reset goes with --location alone", code=WRONG_USAGE)
        if name is not None and name != AUTO_THEME and name not in catalogue.themes:
            wrong_name("theme", name, [*catalogue.themes, AUTO_THEME])
        if name is not None or reset:
            write_theme(studio.loaded.data_dir, name, location)
            with Studio(studio.settings, load_catalogue(studio.settings.data_root)) as after:
                catalogue = after.catalogue
        document = _document(catalogue)
        answer(as_json, document, lambda: _text(document))


def _document(catalogue: Catalogue) -> dict[str, Any]:
    return {
        "theme": catalogue.world_state.theme,
        "locations": {place: theme_of_place(catalogue, place) for place in catalogue.locations},
        "themes": [
            {
                "name": found.name,
                "displayName": found.display_name,
                "mood": found.mood,
                **({"from": found.dates[0], "until": found.dates[1]} if found.dates else {}),
            }
            for found in catalogue.themes.values()
        ],
    }


def _text(document: dict[str, Any]) -> str:
    lines = [f"the world: {document['theme']}"]
    lines += [f"  {place}: {name}" for place, name in document["locations"].items() if name != document["theme"]]
    lines.append("themes:")
    for found in document["themes"]:
        dates = f"  ({found['from']} to {found['until']})" if "from" in found else ""
        lines.append(f"  {found['name']:16} {found['displayName']}{dates}  {found['mood']}".rstrip())
    return "\n".join(lines)
