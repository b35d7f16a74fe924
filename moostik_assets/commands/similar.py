"""The command that looks for images like another one: similar."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import Refusal, answer, answering, open_studio, say, wrong_name
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from resources.embedder import EmbedderUnavailable
from resources.image_probe import BrokenImageError, probe_image
from resources.memory.memory import Memory, Remembered
from resources.store import layout

PICTURE = "similar.png"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(similar)


def similar(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An image file, or a variation or background: kitchen/christmas")
    ],
    count: Annotated[int, typer.Option(min=1, max=100, help="How many to show")] = 5,
    as_json: Json = False,
) -> None:
    """Show the images of this output that are most alike to one, the best first; 1 is the same, about 0 nothing alike.

    The first time, every image is looked at; later only new ones. A picture of them is kept in <output>/similar.png.
    """
    with answering(as_json), open_studio(context) as studio:
        asked = _asked(studio, file)
        try:
            memory, nearest = _nearest(studio, asked, count)
        except EmbedderUnavailable as error:
            raise Refusal(str(error)) from error
        except ValueError as error:
            raise Refusal(f"{file}: {error}") from error
        document: dict[str, Any] = {
            "of": file,
            "embedder": memory.embedder.name,
            "remembered": len(memory.known()),
            "nearest": [
                {"key": one.key, "kind": one.kind, "similarity": one.similarity, "path": _path(studio, one)}
                | {"sha256": one.sha256}
                for one in nearest
            ],
        }
        if nearest:
            document["picture"] = _picture(studio, asked, nearest)
        answer(as_json, document, lambda: _text(document))


@dataclass(frozen=True)
class _Asked:
    name: str
    image: bytes


def _asked(studio: Studio, file: str) -> _Asked:
    """What a path or a key shows."""
    path = Path(file).expanduser()
    if file and path.exists():
        try:
            probe_image(path)
        except BrokenImageError as error:
            raise Refusal(f"{file}: {error}") from error
        return _Asked(path.name, path.read_bytes())
    for of_key in (studio.store.published_path, studio.store.background_path):
        try:
            return _Asked(file, of_key(file).read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            continue
    keys = all_variation_keys(studio.catalogue)
    if file in keys:
        raise Refusal(f"nothing is published under {file}; moostik render makes it")
    wrong_name("file or variation", file, keys)


def _nearest(studio: Studio, asked: _Asked, count: int) -> tuple[Memory, list[Remembered]]:
    from moostik_assets.dreams.remembering import memory_of, remember_new_images

    memory = memory_of(studio)
    vector = memory.embedder.embed([asked.image])[0]
    with _Looking() as looking:
        remember_new_images(studio, looking.tell, memory)
    itself = sha256_of_bytes(asked.image)
    found = memory.nearest(vector, count + 1)
    return memory, [one for one in found if one.sha256 != itself][:count]


class _Looking:
    """How far the looking at new images is: a bar on a terminal, a line elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._said = False
        columns = (TextColumn("looking at images"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())

    def __enter__(self) -> "_Looking":
        self._bar.start()
        return self

    def tell(self, done: int, total: int) -> None:
        """Show how many of how many are done."""
        if self._bar.disable:
            if not self._said:
                say(f"looking at {total} new image{'s' if total > 1 else ''}")
            self._said = True
        else:
            if not self._bar.tasks:
                self._bar.add_task("", total=total)
            self._bar.update(self._bar.task_ids[0], completed=done)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _path(studio: Studio, one: Remembered) -> str:
    """Where it is shown under its key; else, of a former take or theme, where it lies in the store."""
    files = studio.store.files
    named = {"variation": layout.published_name, "background": layout.background_name, "dream": _frame_name}
    try:
        name = named[one.kind](one.key)
        if files.sha256(name) == one.sha256:
            return str(files.path(name))
    except (FileNotFoundError, ValueError):
        pass
    return str(files.path(layout.object_name(one.sha256)))


def _frame_name(key: str) -> str:
    """`dreams/2026-11-20/frame-0012.png` for 2026-11-20/0012."""
    night, _, number = key.rpartition("/")
    return layout.dream_name(f"{night}/frame-{number}")


def _picture(studio: Studio, asked: _Asked, nearest: list[Remembered]) -> str:
    from moostik_assets.dreams.strip import Alike, strip_png

    alike = [Alike(studio.store.read(one.sha256), one.key, one.kind, one.similarity) for one in nearest]
    studio.store.files.write(PICTURE, strip_png(asked.image, asked.name, alike), "input")
    return str(studio.store.files.path(PICTURE))


def _text(document: dict[str, Any]) -> str:
    if not document["nearest"]:
        return "no other image is remembered; moostik render makes some"
    lines = [f"{one['similarity']:6.3f}  {one['kind']:10} {one['key']:32} {one['path']}" for one in document["nearest"]]
    return "\n".join([*lines, f"of {document['remembered']} images; shown in {document['picture']}"])
