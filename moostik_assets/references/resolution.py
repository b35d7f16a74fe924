"""Resolution: the reference images of a cast, in order of importance, at most as many as the renderer takes."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from moostik_assets.catalogue.models import Catalogue, Character, Entity, Location, Shot

MAX_REFERENCES = 14
_LONGEST_LIST = 20

EntityRole = Literal["character", "location"]


@dataclass(frozen=True, slots=True)
class ResolvedImage:
    """One chosen image, and the character or location that brought it."""

    role: EntityRole
    entity: str
    """Id of the character or location."""
    reference: str
    """A path relative to the data folder, or a URL."""
    primary: bool
    """Whether it is the first image of that entity."""
    validated: bool
    """Whether a validated entity of the cast names it."""


@dataclass(frozen=True, slots=True)
class ResolvedEntity:
    """A character or location of the cast, and those of its own images that were chosen, the first one first.

    An image that two entities name is chosen once, and stands here under both.
    """

    id: str
    name: str
    validated: bool
    images: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {"id": self.id, "name": self.name, "validated": self.validated, "images": list(self.images)}


@dataclass(frozen=True, slots=True)
class ResolvedReferences:
    """The references of a cast. `images` holds no string twice."""

    images: tuple[ResolvedImage, ...]
    characters: tuple[ResolvedEntity, ...]
    locations: tuple[ResolvedEntity, ...]
    warnings: tuple[str, ...]

    @property
    def validated_count(self) -> int:
        """How many of the chosen images are of validated entities."""
        return sum(image.validated for image in self.images)

    def to_json(self) -> dict[str, Any]:
        """What `moostik references` prints for a shot."""
        return {
            "characters": [entity.to_json() for entity in self.characters],
            "locations": [entity.to_json() for entity in self.locations],
            "allImageUrls": [image.reference for image in self.images],
            "totalCount": len(self.images),
            "validatedCount": self.validated_count,
            "warnings": list(self.warnings),
        }


def cast_of(shot: Shot, catalogue: Catalogue) -> tuple[tuple[Character, ...], tuple[Location, ...]]:
    """The characters and locations that a shot names, each once, in its order; unknown ids are skipped."""
    characters = (catalogue.characters.get(one) for one in dict.fromkeys(shot.character_ids))
    locations = (catalogue.locations.get(one) for one in dict.fromkeys(shot.location_ids))
    return tuple(one for one in characters if one is not None), tuple(one for one in locations if one is not None)


def resolve_references(
    characters: Sequence[Character],
    locations: Sequence[Location],
    *,
    limit: int = MAX_REFERENCES,
    fallback: bool = True,
) -> ResolvedReferences:
    """The reference images of a cast.

    In order: the primary (first) image of each validated character; of each validated location; of each other
    character; of each other location; then the remaining images of characters, and of locations, entity by entity.

    Args:
        characters: those of the shot, in its order.
        locations: likewise.
        limit: most images that may be chosen; none where it is not positive.
        fallback: whether images of entities that nobody has validated may be used.
    """
    cast = [
        *(_Member("character", one) for one in _each_once(characters)),
        *(_Member("location", one) for one in _each_once(locations)),
    ]
    usable = [member for member in cast if member.images and (fallback or member.entity.validated)]
    approved = frozenset(image for member in cast if member.entity.validated for image in member.images)
    ordered: dict[str, ResolvedImage] = {}
    for image in _in_order(usable, approved):
        ordered.setdefault(image.reference, image)
    images = tuple(ordered.values())
    chosen, dropped = images[: max(0, limit)], images[max(0, limit) :]
    warnings = [warning for member in cast for warning in _warnings(member, fallback, ordered)]
    if dropped:
        what = _few([f"{image.reference!r} of {image.role} {image.entity!r}" for image in dropped])
        warnings.append(f"{len(images)} reference images, and the limit is {max(0, limit)}: left out {what}")
    kept = frozenset(image.reference for image in chosen)
    return ResolvedReferences(
        images=chosen,
        characters=tuple(member.resolved(kept) for member in cast if member.role == "character"),
        locations=tuple(member.resolved(kept) for member in cast if member.role == "location"),
        warnings=tuple(warnings),
    )


def references_of_shots(
    shots: Iterable[Shot], catalogue: Catalogue, *, limit: int = MAX_REFERENCES, fallback: bool = True
) -> dict[str, ResolvedReferences]:
    """Shot id -> its references, resolved once for each distinct cast."""
    by_cast: dict[tuple[tuple[str, ...], tuple[str, ...]], ResolvedReferences] = {}
    found = {}
    for shot in shots:
        key = (shot.character_ids, shot.location_ids)
        if key not in by_cast:
            by_cast[key] = resolve_references(*cast_of(shot, catalogue), limit=limit, fallback=fallback)
        found[shot.id] = by_cast[key]
    return found


class _Member:
    """One of the cast, with its images, each once."""

    __slots__ = ("entity", "images", "role")

    def __init__(self, role: EntityRole, entity: Entity) -> None:
        self.role: EntityRole = role
        self.entity = entity
        self.images = tuple(dict.fromkeys(entity.reference_images))

    def image(self, position: int, approved: frozenset[str]) -> ResolvedImage:
        return ResolvedImage(
            role=self.role,
            entity=self.entity.id,
            reference=self.images[position],
            primary=position == 0,
            validated=self.images[position] in approved,
        )

    def resolved(self, kept: frozenset[str]) -> ResolvedEntity:
        images = tuple(image for image in self.images if image in kept)
        return ResolvedEntity(self.entity.id, self.entity.name, self.entity.validated, images)


def _in_order(cast: Sequence[_Member], approved: frozenset[str]) -> Iterator[ResolvedImage]:
    for validated in (True, False):
        for member in cast:
            if member.entity.validated == validated:
                yield member.image(0, approved)
    for member in cast:
        for position in range(1, len(member.images)):
            yield member.image(position, approved)


def _warnings(member: _Member, fallback: bool, usable: Container[str]) -> list[str]:
    who = f"{member.role} {member.entity.id!r}"
    if not member.images:
        return [f"{who} has no reference image"]
    if member.entity.validated:
        return []
    if fallback:
        return [f"{who} is not validated: its images are used all the same"]
    left_out = [repr(image) for image in member.images if image not in usable]
    return [f"{who} is not validated: left out {_few(left_out)}"] if left_out else []


def _few(items: Sequence[str]) -> str:
    shown = ", ".join(items[:_LONGEST_LIST])
    return shown if len(items) <= _LONGEST_LIST else f"{shown} and {len(items) - _LONGEST_LIST} more"


def _each_once(entities: Sequence[Entity]) -> list[Entity]:
    return list({entity.id: entity for entity in entities}.values())
