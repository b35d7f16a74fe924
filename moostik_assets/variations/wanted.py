"""From keys to prepared variations: those asked for, and those before them in a sequence."""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from moostik_assets.catalogue.models import Episode
from moostik_assets.prompts.shots import ShotPreparation
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import Preparation, PreparedVariation
from moostik_assets.world.backgrounds import Backgrounds
from resources.image_store import StoredImage
from resources.rendering.request import ImageInput, request_from_json

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """The variations that were asked for, and those before them in a sequence, whose images they build on."""

    asked: list[PreparedVariation]
    with_sequence: list[PreparedVariation]
    gone: list[str] = field(default_factory=list)
    """Keys that are not in the catalogue (any more)."""


def variation_preparation(studio: Studio, renderer: str | None = None, *, wait_for_bakes: bool = True) -> Preparation:
    """Prepares the studio's variations for a renderer."""
    engine = studio.engine(renderer)
    return Preparation(
        ShotPreparation(studio.catalogue, engine, studio.settings.reference_fallback),
        studio.image_hash,
        studio.settings.slate,
        lambda recipe: _earlier_image(studio, recipe),
        Backgrounds(studio, studio.background_engine(renderer)).standing,
        wait_for_bakes,
    )


def _earlier_image(studio: Studio, recipe: str) -> StoredImage | None:
    image = studio.store.find(recipe)
    if image is None:
        return None
    try:
        request_from_json(image.request)
    except ValueError as error:
        _log.warning("recipe %s cannot be read any more: %s", recipe, error)
        return None
    return image


def wanted_variations(preparation: Preparation, keys: Sequence[str]) -> Wanted:
    """The prepared variations of some keys, episode by episode."""
    asked, with_sequence = {}, {}
    for episode, shot_ids in shots_by_episode(preparation.catalogue.episodes.values(), keys):
        chosen = {key for key in keys if key.startswith(f"{episode.id}/")}
        prepared = {v.key: v for v in preparation.variations(episode, shot_ids)}
        if any(v.previous is not None and v.previous not in prepared for v in prepared.values()):
            prepared = {v.key: v for v in preparation.variations(episode)}
        for key, variation in prepared.items():
            if key in chosen:
                asked[key] = variation
                at = variation
                while at.key not in with_sequence:
                    with_sequence[at.key] = at
                    if at.previous is None or at.pinned:
                        break
                    at = prepared[at.previous]
    gone = [key for key in keys if key not in asked]
    return Wanted(list(asked.values()), list(with_sequence.values()), gone)


def shots_by_episode(episodes: Collection[Episode], keys: Sequence[str]) -> Iterator[tuple[Episode, set[str]]]:
    """The episodes that some variation keys belong to, each with the ids of the shots meant."""
    shots: dict[str, set[str]] = {}
    for key in keys:
        episode, shot, _ = key.split("/", 2)
        shots.setdefault(episode, set()).add(shot)
    for episode in episodes:
        if episode.id in shots:
            yield episode, shots[episode.id]


def catalogue_inputs(variation: PreparedVariation) -> Iterator[tuple[ImageInput, str]]:
    """The references of a variation's request, each with the path or URL that the catalogue gives for it."""
    yield from zip(variation.base.references, (i.reference for i in variation.shot.references.images), strict=True)
