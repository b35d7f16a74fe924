"""The command that takes an image apart: layers."""

from pathlib import Path
from typing import Annotated, Any

import typer

from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import Refusal, answer, answering, open_studio, say, wrong_name
from moostik_assets.studio import Studio

FOLDER = "layers"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(layers)


def layers(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A variation, such as ep0/shot-001/wide")],
    to: Annotated[Path | None, typer.Option(help="The folder to write to [<output>/layers/KEY]")] = None,
    as_json: Json = False,
) -> None:
    """Write the layers of a published image as PNGs, lowest first, for an image editor.

    They are made from the image's own recipe: background, each figure with its shadow, effects, light, grade, slate.
    """
    with answering(as_json), open_studio(context) as studio:
        folder = to.expanduser() if to is not None else _folder(studio, key)
        document = {**_written(studio, key, folder), "folder": str(folder)}
        if not document["identical"]:
            say("moostik: the renderer has changed since: the layers are not exactly those of what is published")
        answer(as_json, document, lambda: _text(document))


def _written(studio: Studio, key: str, folder: Path) -> dict[str, Any]:
    from moostik_assets.world.layers import NoLayers, published_layers, write_layers

    try:
        return write_layers(published_layers(studio, key), folder)
    except NoLayers as error:
        keys = all_variation_keys(studio.catalogue)
        if key not in keys:
            wrong_name("variation", key, keys)
        raise Refusal(str(error)) from error


def _folder(studio: Studio, key: str) -> Path:
    try:
        studio.store.published_path(key)
    except ValueError:  # a key that would climb out of the folder is none that there is
        wrong_name("variation", key, all_variation_keys(studio.catalogue))
    return studio.settings.state_root / FOLDER / key


def _text(document: dict[str, Any]) -> str:
    lines = [f"{document['folder']}: {len(document['layers'])} layers of {document['key']}"]
    lines += [f"  {layer['file']:36} {layer['blend']}" for layer in document["layers"]]
    return "\n".join([*lines, *(f"note: {note}" for note in document["notes"])])
