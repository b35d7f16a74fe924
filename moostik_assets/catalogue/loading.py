"""Loading the catalogue: every file of the data folder, and every mistake in them, together."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from moostik_assets.catalogue.dream_files import dream_reader
from moostik_assets.catalogue.entity_lists import Model, Read, entities_of_file, same_path
from moostik_assets.catalogue.episode_files import read_episode
from moostik_assets.catalogue.errors import CatalogueError, Report, name_shown
from moostik_assets.catalogue.image_paths import ReferenceCheck
from moostik_assets.catalogue.json_file import JsonFile, read_json
from moostik_assets.catalogue.models import (
    NEUTRAL_THEME,
    Catalogue,
    Decisions,
    Episode,
    Location,
    Series,
    Theme,
    WorldState,
)
from moostik_assets.catalogue.outfits import character_reader
from moostik_assets.catalogue.series_files import read_decisions, read_series, read_world_state, tell_of_idle_decisions
from moostik_assets.catalogue.sheets import sheet_reader, theme_reader
from moostik_assets.catalogue.shots import ThemeNames

NEEDS = "a catalogue is a folder with characters.json, locations.json and episodes/<id>.json"


@dataclass(frozen=True)
class LoadedCatalogue:
    """A catalogue as far as it is right, and what is wrong with the rest."""

    data_dir: Path
    catalogue: Catalogue
    errors: tuple[CatalogueError, ...] = ()
    warnings: tuple[CatalogueError, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """sha256 of each JSON file that was read, by its path relative to the data folder."""


def load_catalogue(data_dir: Path) -> LoadedCatalogue:
    """The catalogue of a data folder.

    Never raises for bad data and never reaches for the network: all mistakes of all files are reported together, and
    what is broken is left out (an entity, a shot, a variation; of series.json and the world state, a field).
    """
    return _Loading(Path(data_dir)).loaded()


class _Loading:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.report = Report()
        self.files: dict[str, str] = {}
        self.seen = False
        """Whether there is any file of a catalogue."""

    def loaded(self) -> LoadedCatalogue:
        catalogue = self.catalogue() if self.is_folder() else Catalogue()
        found = self.report.finished()
        return LoadedCatalogue(
            self.data_dir,
            catalogue,
            tuple(error for error in found if error.severity == "error"),
            tuple(error for error in found if error.severity == "warning"),
            self.files,
        )

    def is_folder(self) -> bool:
        try:
            os.listdir(self.data_dir)
        except (OSError, ValueError) as error:
            wrong = getattr(error, "strerror", None) or str(error)
            self.report.place(".").error(str(self.data_dir), f"cannot be read ({wrong}); {NEEDS}")
            return False
        return True

    def catalogue(self) -> Catalogue:
        place = self.report.place
        series = self.read("series.json", "series")
        check = ReferenceCheck(self.data_dir)
        locations, _, _ = self.list_of("locations", "location ", sheet_reader(Location, check))
        given, left_out, readable = self.list_of("themes", "theme ", theme_reader(locations), "name")
        themes = {**({} if NEUTRAL_THEME in given else {NEUTRAL_THEME: Theme(name=NEUTRAL_THEME)}), **given}
        names = ThemeNames(themes, frozenset(left_out), unreadable=not readable)
        characters, _, _ = self.list_of("characters", "character ", character_reader(check, names))
        dreams, _, _ = self.list_of("dreams", "dream ", dream_reader(characters, locations, names))
        state = self.read("world_state.json", "world state")
        decisions = self.read("decisions.json", "decisions")
        catalogue = Catalogue(
            series=read_series(series, place("series.json", "series")) if series else Series(),
            characters=characters,
            locations=locations,
            themes=themes,
            world_state=read_world_state(state, place("world_state.json", "world state"), names, locations)
            if state
            else WorldState(),
            decisions=read_decisions(decisions, place("decisions.json", "decisions")) if decisions else Decisions(),
            episodes=self.episodes(names),
            dreams=dreams,
        )
        if not self.seen:
            place(".").error(str(self.data_dir), f"holds no file of a catalogue; {NEEDS}")
        elif not any(error.file.startswith("episodes/") for error in self.report.found):
            tell_of_idle_decisions(catalogue, place("decisions.json", "decisions"))
        return catalogue

    def read(self, name: str, entity: str) -> JsonFile | None:
        """The JSON of a file; None where it is not there, or cannot be read and the report says why."""
        if not os.path.lexists(self.data_dir / name):
            return None
        self.seen = True
        file = read_json(self.data_dir, self.report.place(name, entity, entity))
        if file is not None:
            self.files[name] = file.sha256
        return file

    def list_of(
        self, key: str, kind: str, read: Read[Model], id_key: str = "id"
    ) -> tuple[dict[str, Model], set[str], bool]:
        """The entities of a file, the ids of those that are left out, and whether the file can be read."""
        name = f"{key}.json"
        file = self.read(name, key)
        if file is None:
            return {}, set(), not os.path.lexists(self.data_dir / name)
        found = entities_of_file(file, key, kind, read, self.report.place(name, left_out=key), id_key)
        return (*found, True) if found is not None else ({}, set(), False)

    def episodes(self, themes: ThemeNames) -> dict[str, Episode]:
        """The episodes by id, ordered by number, then id. Of two with one id, that of its own name is kept."""
        found: list[tuple[str, Episode]] = []
        for name in self.episode_files():
            label = f"episode {name_shown(PurePosixPath(name).stem)}"
            file = self.read(name, label)
            episode = None if file is None else read_episode(file, name, self.report, themes)
            if episode is not None:
                found.append((name, episode))
        found.sort(key=lambda item: (PurePosixPath(item[0]).stem != item[1].id, item[0]))
        kept: dict[str, tuple[str, Episode]] = {}
        for name, episode in found:
            earlier, other = kept.setdefault(episode.id.casefold(), (name, episode))
            if other is not episode:
                place = self.report.place(name, f"episode {episode.id}", "this file").at("id")
                place.error(episode.id, f"{earlier} has the id {other.id!r}: {same_path(other.id, episode.id)}")
        episodes = sorted((episode for _, episode in kept.values()), key=_order)
        return {episode.id: episode for episode in episodes}

    def episode_files(self) -> list[str]:
        folder = self.data_dir / "episodes"
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(".json") and name[0] != ".")
        except FileNotFoundError:
            names = []
        except OSError as error:
            self.seen = True
            self.report.place("episodes").error(None, f"cannot be read: {error.strerror}")
            return []
        if self.seen and not names:
            self.report.place("episodes").warn(None, "there is no episode; an episode is a file episodes/<id>.json")
        unsayable = [name for name in names if not name.isprintable()]
        for name in unsayable:
            self.report.place("episodes").error(name, "is a file name with characters that cannot be shown; rename it")
        return [f"episodes/{name}" for name in names if name not in unsayable]


def _order(episode: Episode) -> tuple[float, str]:
    return (math.inf if episode.number is None else episode.number, episode.id)
