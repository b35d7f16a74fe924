"""What every command shares: its options, the open studio, how it answers and how it refuses."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.commands.interrupts import interrupts_delivered
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.rendering.base import RendererUnavailable

DONE, SAYS_NO, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
NAMES_SHOWN = 12
WARNINGS_SHOWN = 5


@dataclass(frozen=True)
class Options:
    """The options before the command's name."""

    data: Path | None
    output: str | None

    def settings(self) -> Settings:
        """The settings of the environment, with these options over them."""
        given = {name: value for name, value in (("data", self.data), ("output", self.output)) if value is not None}
        try:
            return Settings.model_validate({**Settings().model_dump(), **given})
        except ValidationError as error:
            first = error.errors()[0]
            name = "MOOSTIK_" + "_".join(str(part) for part in first["loc"]).upper()
            raise Refusal(f"{name} = {first.get('input')!r}: {first['msg']}", code=WRONG_USAGE) from error


class Refusal(Exception):
    """The command says no: a message, details by line, the exit code, and what stands in the JSON document."""

    def __init__(
        self,
        message: str,
        lines: Sequence[str] = (),
        *,
        code: int = SAYS_NO,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.lines, self.code = message, lines, code
        self.document = document or {"error": message, **({"errors": list(lines)} if lines else {})}


@contextmanager
def answering(as_json: bool) -> Iterator[None]:
    """Turn a refusal, a missing renderer or Ctrl-C into an exit code and a message: no traceback for a mistake."""
    try:
        with interrupts_delivered():
            yield
    except Refusal as refusal:
        if as_json:
            print_json(dict(refusal.document))
        say(f"moostik: {refusal.message}")
        for line in refusal.lines:
            say(f"  {line}")
        raise typer.Exit(refusal.code) from None
    except RendererUnavailable as error:
        if as_json:
            print_json({"error": str(error)})
        say(f"moostik: {error}")
        raise typer.Exit(SAYS_NO) from None
    except BrokenPipeError:
        raise typer.Exit(DONE) from None
    except OSError as error:  # a disk that is full, an output that is no folder, a file that is not ours to read
        where = f"{error.filename}: " if error.filename is not None else ""
        message = f"{where}{error.strerror or error}"
        if as_json:
            print_json({"error": message})
        say(f"moostik: {message}")
        raise typer.Exit(SAYS_NO) from None
    except KeyboardInterrupt:
        say("moostik: interrupted")
        raise typer.Exit(INTERRUPTED) from None


def say(text: str) -> None:
    """A line for a person, on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_json(document: Any) -> None:
    """The one JSON document, on stdout; escaped where its encoding cannot say every character."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(document, ensure_ascii=not unicode, indent=2), flush=True)


def answer(as_json: bool, document: Any, text: Callable[[], str]) -> None:
    """The result, as JSON or as text."""
    if as_json:
        print_json(document)
    else:
        print(text(), flush=True)


def sound_catalogue(settings: Settings) -> LoadedCatalogue:
    """The catalogue, or a refusal that lists all of its errors."""
    loaded = load_catalogue(settings.data_root)
    for warning in loaded.warnings[:WARNINGS_SHOWN]:
        say(f"warning: {warning}")
    if len(loaded.warnings) > WARNINGS_SHOWN:
        more = len(loaded.warnings) - WARNINGS_SHOWN
        say(f"warning: and {more} more of the catalogue; moostik doctor lists them all")
    if loaded.errors:
        count = len(loaded.errors)
        raise Refusal(
            f"the catalogue in {settings.data_root} has {count} error{'s' if count > 1 else ''}",
            [str(error) for error in loaded.errors],
            document={
                "error": "the catalogue has errors",
                "errors": [error.to_json() for error in loaded.errors],
            },
        )
    return loaded


@contextmanager
def open_studio(context: typer.Context) -> Iterator[Studio]:
    """The studio of a catalogue without errors, closed at the end."""
    settings = context.obj.settings()
    with Studio(settings, sound_catalogue(settings)) as studio:
        yield studio


def wrong_name(kind: str, name: str, names: Iterable[str]) -> NoReturn:
    """Refuse a name that the catalogue does not have, with the nearest one."""
    known = list(names)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    listed = ", ".join(known[:NAMES_SHOWN]) + (", ..." if len(known) > NAMES_SHOWN else "")
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise Refusal(f"no {kind} named {name!r}{hint} (there is {listed or 'none'})", code=WRONG_USAGE)


def episode_named(catalogue: Catalogue, name: str) -> Episode:
    """The episode of that id."""
    found = catalogue.episodes.get(name)
    return found if found is not None else wrong_name("episode", name, catalogue.episodes)


def episodes_named(catalogue: Catalogue, name: str | None) -> list[Episode]:
    """The episode of that id; without one, all of them."""
    return list(catalogue.episodes.values()) if name is None else [episode_named(catalogue, name)]


def split_names(text: str | None) -> list[str] | None:
    """`a,b` as a list; None stays None. A list of nothing is refused: it would be done, and nothing with it."""
    names = None if text is None else [name.strip() for name in text.split(",") if name.strip()]
    if names == []:
        raise Refusal(f"{text!r} names nothing; give one name or several, as in a,b", code=WRONG_USAGE)
    return names


def shots_named(episodes: Sequence[Episode], text: str | None) -> set[str] | None:
    """The shot ids of `--shots a,b`, each of which one of the episodes must have."""
    names = split_names(text)
    if names is None:
        return None
    known = list(dict.fromkeys(shot.id for episode in episodes for shot in episode.shots))
    for name in names:
        if name not in known:
            wrong_name("shot", name, known)
    return set(names)
