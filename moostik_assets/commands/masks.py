"""The command about decoration masks: mask."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import WRONG_USAGE, Refusal, answer, answering, open_studio, wrong_name

if TYPE_CHECKING:
    from moostik_assets.world.mask_proposal import PlaceMask

LITTLE, MUCH = 0.01, 0.8
"""Shares of white below and above which a person may have mixed up black and white."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(mask)


def mask(
    context: typer.Context,
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="A place of locations.json")],
    out: Annotated[Path | None, typer.Option(help="The PNG to write [<output>/masks/LOCATION/PLATE-...]")] = None,
    check: Annotated[bool, typer.Option("--check", help="Look at the mask that the place has already")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there")] = False,
    as_json: Json = False,
) -> None:
    """Propose a decoration mask for a place, to be edited: white may be dressed, black keeps decorations out.

    Beside it goes a picture of the mask over the plate. The catalogue is not changed.
    """
    from moostik_assets.world import mask_proposal as room

    with answering(as_json), open_studio(context) as studio:
        places = studio.catalogue.locations
        if location not in places:
            wrong_name("location", location, places)
        if check and (out is not None or force):
            raise Refusal("--check writes no mask: it goes without --out and --force", code=WRONG_USAGE)
        place = places[location]
        try:
            found = (room.checked_place_mask if check else room.proposed_place_mask)(studio, place)
        except room.NoMask as error:
            raise Refusal(str(error)) from error
        target = (
            out.expanduser()
            if out is not None
            else room.default_mask_path(studio, place, "named" if check else found.master)
        )
        overlay = room.overlay_path(target)
        files = {"overlay": str(overlay)} if check else {"mask": str(target), "overlay": str(overlay)}
        _write(found, None if check else target, overlay, force=force)
        document: dict[str, Any] = {
            "location": location,
            "master": found.master,
            "width": found.mask.width,
            "height": found.mask.height,
            "white": round(found.white, 4),
            "maskMode": place.mask_mode or "soft",
            **files,
            **({"decorationMask": place.decoration_mask} if check else {}),
            **({"next": room.how_to_name(studio, place, target)} if not check else {}),
            **({"warning": warning} if (warning := _warning(found.white)) else {}),
        }
        answer(as_json, document, lambda: _text(document))


def _write(found: "PlaceMask", target: Path | None, overlay: Path, *, force: bool) -> None:
    if target is not None:
        if target.suffix.lower() != ".png":
            raise Refusal(f"--out {target}: a mask is a PNG; give a name that ends with .png", code=WRONG_USAGE)
        if target.exists() and not force:
            raise Refusal(f"{target} is there already, and may be edited by now; --force writes over it")
    try:
        overlay.parent.mkdir(parents=True, exist_ok=True)
        if target is not None:
            found.mask.save(target, "PNG", compress_level=6)
        found.overlay().save(overlay, "JPEG", quality=88)
    except OSError as error:
        raise Refusal(f"{error.filename or target or overlay} cannot be written: {error.strerror or error}") from error


def _warning(white: float) -> str:
    if white < LITTLE:
        return f"only {white:.1%} of it is white: hardly anything may be dressed"
    return f"{white:.0%} of it is white: is it black where nothing may stand?" if white > MUCH else ""


def _text(document: dict[str, Any]) -> str:
    size = f"{document['width']} x {document['height']}"
    lines = [f"{document['location']}: {size}, {document['white']:.0%} may be dressed, {document['maskMode']} mode"]
    lines += [f"  {name:8} {document[name]}" for name in ("decorationMask", "mask", "overlay") if name in document]
    lines += [f"  next: {document['next']}"] if "next" in document else ["  it is sound"]
    return "\n".join([*lines, *([f"warning: {document['warning']}"] if "warning" in document else [])])
