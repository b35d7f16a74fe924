"""Readiness: whether the shots of an episode have everything that they name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from moostik_assets.catalogue.models import Catalogue, Entity, Episode, Shot
from moostik_assets.catalogue.variation_keys import shot_key
from moostik_assets.episodes.nearest_ids import NearestIds

_LONGEST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ReadinessStats:
    """Distinct ids that the checked shots name, and how many of them have images or are approved."""

    total_shots: int
    total_characters: int
    total_locations: int
    characters_with_refs: int
    locations_with_refs: int
    validated_characters: int
    validated_locations: int

    def to_json(self) -> dict[str, int]:
        """A JSON object in camelCase."""
        return {_camel(field.name): getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between some shots and their images. The lists of ids are distinct, in first-seen order.

    An id that the catalogue lacks is an error; it stands in none of the three lists, which are about known entities.
    """

    errors: tuple[str, ...]
    """One for each shot and unknown id."""
    warnings: tuple[str, ...]
    """One for each character or location, whatever the number of its shots."""
    missing_character_refs: tuple[str, ...]
    missing_location_refs: tuple[str, ...]
    unvalidated_refs: tuple[str, ...]
    stats: ReadinessStats

    @property
    def ready(self) -> bool:
        """No error and no warning."""
        return not self.errors and not self.warnings

    @property
    def can_proceed_with_warnings(self) -> bool:
        """No error."""
        return not self.errors

    def to_json(self) -> dict[str, Any]:
        """The JSON object that `moostik check` prints."""
        return {
            "ready": self.ready,
            "canProceedWithWarnings": self.can_proceed_with_warnings,
            "warnings": list(self.warnings),
            "errors": list(self.errors),
            "missingCharacterRefs": list(self.missing_character_refs),
            "missingLocationRefs": list(self.missing_location_refs),
            "unvalidatedRefs": list(self.unvalidated_refs),
            "stats": self.stats.to_json(),
        }


def readiness(episode: Episode, catalogue: Catalogue, shot_ids: Collection[str] | None = None) -> Readiness:
    """The readiness of an episode's shots, or of those of them that are asked for.

    Args:
        episode: the episode.
        catalogue: where its characters and locations are looked up.
        shot_ids: the shots to check, None all of them. An id that the episode lacks is an error.
    """
    wanted = None if shot_ids is None else set(shot_ids)
    shots = [shot for shot in episode.shots if wanted is None or shot.id in wanted]
    errors = []
    if shot_ids is not None:
        known = NearestIds([shot.id for shot in episode.shots])
        errors = [
            f"{episode.id}: there is no shot {_shown(shot_id)}; {known.advice(shot_id)}"
            for shot_id in dict.fromkeys(shot_ids)
            if shot_id not in known
        ]
    uses = _Uses(episode, catalogue)
    for shot in shots:
        uses.add(shot)

    warnings, missing, unvalidated = [], {"character": [], "location": []}, []
    for (kind, entity_id), keys in uses.known.items():
        entity = uses.entities[kind][entity_id]
        others = len(keys) - 1
        where = keys[0] if others == 0 else f"{keys[0]} and {others} more shot{'s' if others > 1 else ''}"
        if not entity.reference_images:
            missing[kind].append(entity_id)
            warnings.append(
                f"{where}: {kind} {_shown(entity_id)} has no reference image; "
                f"name one in its referenceImages in {kind}s.json"
            )
        elif not entity.validated:
            if entity_id not in unvalidated:
                unvalidated.append(entity_id)
            warnings.append(
                f"{where}: the reference images of {kind} {_shown(entity_id)} are not validated; "
                f'set "validated": true in {kind}s.json once they are approved'
            )
    return Readiness(
        errors=tuple(errors + uses.errors),
        warnings=tuple(warnings),
        missing_character_refs=tuple(missing["character"]),
        missing_location_refs=tuple(missing["location"]),
        unvalidated_refs=tuple(unvalidated),
        stats=uses.stats(len(shots)),
    )


class _Uses:
    """Which known characters and locations some shots name, and what is wrong with the rest."""

    def __init__(self, episode: Episode, catalogue: Catalogue) -> None:
        self._episode = episode
        self.entities: dict[str, Mapping[str, Entity]] = {
            "character": catalogue.characters,
            "location": catalogue.locations,
        }
        self._nearest = {kind: NearestIds(found) for kind, found in self.entities.items()}
        self.known: dict[tuple[str, str], list[str]] = {}
        self.errors: list[str] = []
        self._named: dict[str, set[str]] = {"character": set(), "location": set()}

    def add(self, shot: Shot) -> None:
        key = shot_key(self._episode, shot)
        for kind, ids in (("character", shot.character_ids), ("location", shot.location_ids)):
            for entity_id in dict.fromkeys(ids):
                self._named[kind].add(entity_id)
                if entity_id in self.entities[kind]:
                    self.known.setdefault((kind, entity_id), []).append(key)
                else:
                    self.errors.append(f"{key}: unknown {kind} {_shown(entity_id)}; {self._advice(kind, entity_id)}")

    def _advice(self, kind: str, entity_id: str) -> str:
        other = "location" if kind == "character" else "character"
        if entity_id in self.entities[other]:
            return f"that is a {other}: name it in {other}Ids"
        return self._nearest[kind].advice(entity_id)

    def stats(self, total_shots: int) -> ReadinessStats:
        found = {
            kind: [self.entities[kind][one] for one in named if one in self.entities[kind]]
            for kind, named in self._named.items()
        }
        return ReadinessStats(
            total_shots=total_shots,
            total_characters=len(self._named["character"]),
            total_locations=len(self._named["location"]),
            characters_with_refs=sum(bool(entity.reference_images) for entity in found["character"]),
            locations_with_refs=sum(bool(entity.reference_images) for entity in found["location"]),
            validated_characters=sum(entity.validated for entity in found["character"]),
            validated_locations=sum(entity.validated for entity in found["location"]),
        )


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
