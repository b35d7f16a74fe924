"""What the sensors compare between two looks: a stamp of the files, and a signature of each episode's content."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from moostik_assets.catalogue.fingerprints import episode_fingerprint, theme_fingerprint, world_state_fingerprint
from moostik_assets.catalogue.image_paths import is_url
from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.models import Catalogue, Episode, Location
from moostik_assets.catalogue.theme_in_force import on_day
from moostik_assets.references.resolution import cast_of
from moostik_assets.references.sheets import character_versions, location_versions
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_json


def catalogue_files(data_dir: Path) -> list[Path]:
    """The JSON files of a data folder, sorted; those that are not there are left out."""
    try:
        found = [entry.path for entry in os.scandir(data_dir) if entry.name.endswith(".json")]
        episodes = data_dir / "episodes"
        if episodes.is_dir():
            found += [entry.path for entry in os.scandir(episodes) if entry.name.endswith(".json")]
    except OSError:
        return []
    return [Path(path) for path in sorted(found)]


def reference_files(loaded: LoadedCatalogue) -> list[Path]:
    """The files that the catalogue names as images, sorted, each once; there or not."""
    found = set()
    catalogue = loaded.catalogue
    for entity in (*catalogue.characters.values(), *catalogue.locations.values()):
        more = [entity.decoration_mask] if isinstance(entity, Location) else entity.outfit_images
        names = [*entity.reference_images, *more]
        found.update(loaded.data_dir / name for name in names if name and not is_url(name))
    return sorted(found)


def stamp_of(files: Iterable[Path]) -> str:
    """A stamp of files that changes when one of them is touched: cheap, and no proof that its content changed."""
    stamps = []
    for path in files:
        try:
            found = path.stat()
            stamps.append([str(path), found.st_size, found.st_mtime_ns, found.st_ino])
        except OSError:
            stamps.append([str(path), None])
    return sha256_of_json(stamps)


def stamp_of_day(stamp: str, catalogue: Catalogue, day: date) -> str:
    """A stamp of files that changes, too, when the calendar brings another theme; the same where nothing follows it."""
    then = on_day(catalogue, day)
    return stamp if then is catalogue else sha256_of_json([stamp, world_state_fingerprint(then.world_state)])


@dataclass(frozen=True)
class _Look:
    loaded: LoadedCatalogue
    stamp: str


_last_look: dict[Path, _Look] = {}


def watched_catalogue(data_dir: Path) -> tuple[LoadedCatalogue, str]:
    """The catalogue and the stamp of all of its files. It is read again only where the stamp is another one."""
    before = _last_look.get(data_dir)
    json_files = catalogue_files(data_dir)
    if before is not None and stamp_of([*json_files, *reference_files(before.loaded)]) == before.stamp:
        return before.loaded, before.stamp
    # The stamp is taken first: what changes while the files are read is seen at the next look.
    first = stamp_of(json_files)
    loaded = load_catalogue(data_dir)
    stamp = stamp_of([*json_files, *reference_files(loaded)])
    if stamp_of(catalogue_files(data_dir)) == first:
        _last_look[data_dir] = _Look(loaded, stamp)
    return loaded, stamp


def story_signature(catalogue: Catalogue, episode: Episode) -> str:
    """Everything about an episode that people write, but for its cast's sheets and the world's state."""
    prefix = f"{episode.id}/"
    taken, pinned = catalogue.decisions.takes, catalogue.decisions.pinned
    decided = [{key: made[key] for key in made if key.startswith(prefix)} for made in (taken, pinned)]
    named = {shot.theme for shot in episode.shots if shot.theme}
    themes = {name: theme_fingerprint(catalogue.themes[name]) for name in sorted(named) if name in catalogue.themes}
    return sha256_of_json([episode_fingerprint(episode), catalogue.series.model_dump(mode="json"), decided, themes])


def cast_signature(studio: Studio, episode: Episode) -> str:
    """The sheets of an episode's characters and locations, with the bytes of their images."""
    characters: dict[str, None] = {}
    locations: dict[str, None] = {}
    for shot in episode.shots:
        cast, places = cast_of(shot, studio.catalogue)
        characters.update(dict.fromkeys(character.id for character in cast))
        locations.update(dict.fromkeys(place.id for place in places))
    return sha256_of_json([character_versions(studio, characters), location_versions(studio, locations)])


def sheet_versions(studio: Studio) -> dict[str, str]:
    """Versions of all sheets, by names that a character and a location of the same id do not share."""
    catalogue = studio.catalogue
    characters = character_versions(studio, catalogue.characters)
    locations = location_versions(studio, catalogue.locations)
    return {
        **{_character(id_): version for id_, version in characters.items()},
        **{_location(id_): version for id_, version in locations.items()},
    }


def shots_with(episode: Episode, sheets: Collection[str]) -> set[str]:
    """The ids of an episode's shots that name one of some sheets (by the names of `sheet_versions`)."""
    return {
        shot.id
        for shot in episode.shots
        if any(_character(id_) in sheets for id_ in shot.character_ids)
        or any(_location(id_) in sheets for id_ in shot.location_ids)
    }


def _character(id_: str) -> str:
    return f"character/{id_}"


def _location(id_: str) -> str:
    return f"location/{id_}"


def world_signature(catalogue: Catalogue) -> str:
    """The world's state, and the definitions of the themes that are in force somewhere."""
    state = catalogue.world_state
    names = sorted({state.theme, *state.locations.values()})
    themes = {name: theme_fingerprint(catalogue.themes[name]) for name in names if name in catalogue.themes}
    return sha256_of_json([world_state_fingerprint(state), themes])
