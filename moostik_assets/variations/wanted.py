"""From keys to prepared variations: those asked for, and those before them in a sequence."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.prompts.shots import ShotPreparation
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import Preparation, PreparedVariation
from moostik_assets.world.backgrounds import Backgrounds
from moostik_assets.world.cast_cutouts import CastCutOuts
from resources.image_store import StoredImage
from resources.rendering.base import Engine
from resources.rendering.request import ImageInput, request_from_json

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """The variations that were asked for, and those before them in a sequence, whose images they build on."""

    asked: list[PreparedVariation]
    with_sequence: list[PreparedVariation]
    gone: list[str] = field(default_factory=list)
    """Keys that are not in the catalogue (any more)."""


@dataclass
class SeriesPreparation:
    """Prepares the variations of a studio, each episode's for its own renderer, or all for the one asked for."""

    studio: Studio
    asked: str | None = None
    wait_for_bakes: bool = True
    """Whether backgrounds and cut-outs that are not made yet are waited for."""
    with_pins: bool = True
    """Whether the earlier images that somebody decided on take the place of what the requests would give."""
    awaited: Collection[tuple[str, str]] = ()
    """Places and themes whose backgrounds are waited for all the same."""
    _by_renderer: dict[str, Preparation] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is prepared."""
        return self.studio.catalogue

    def of(self, episode: Episode) -> Preparation:
        """The preparation for the renderer of an episode."""
        name = self.studio.renderer_name(self.asked, episode)
        if name not in self._by_renderer:
            self._by_renderer[name] = self._for(self.studio.engine(name))
        return self._by_renderer[name]

    def variations(
        self, episode: Episode, shot_ids: Collection[str] | None = None, angles: Collection[str] | None = None
    ) -> list[PreparedVariation]:
        """The asked variations of an episode (None: all), in file order."""
        return self.of(episode).variations(episode, shot_ids, angles)

    def _for(self, engine: Engine) -> Preparation:
        studio = self.studio
        return Preparation(
            ShotPreparation(studio.catalogue, engine, studio.settings.reference_fallback),
            studio.image_hash,
            studio.settings.slate,
            lambda recipe: _earlier_image(studio, recipe) if self.with_pins else None,
            self._backgrounds.standing,
            self.wait_for_bakes,
            self._cutouts.picture,
            self.awaited,
        )

    @cached_property
    def _backgrounds(self) -> Backgrounds:
        return Backgrounds(self.studio, self.studio.background_engine(self.asked))

    @cached_property
    def _cutouts(self) -> CastCutOuts:
        return CastCutOuts(self.studio)


def variation_preparation(
    studio: Studio,
    renderer: str | None = None,
    *,
    wait_for_bakes: bool = True,
    awaited: Collection[tuple[str, str]] = (),
) -> SeriesPreparation:
    """Prepares the studio's variations for a renderer; None: each episode's for its own."""
    return SeriesPreparation(studio, renderer, wait_for_bakes, awaited=awaited)


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


def wanted_variations(preparation: SeriesPreparation, keys: Sequence[str]) -> Wanted:
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
    """The references of a variation, not cut out, each with the path or URL that the catalogue gives for it."""
    yield from zip(variation.sources, (i.reference for i in variation.shot.references.images), strict=True)


def inputs_keeper(studio: Studio) -> Callable[[Sequence[PreparedVariation]], None]:
    """Puts the bytes of variations' references, and of the cut-outs of them, where the renderer reads them."""
    cutouts = CastCutOuts(studio)

    def keep(variations: Sequence[PreparedVariation]) -> None:
        for variation in variations:
            studio.keep_inputs(catalogue_inputs(variation))
            cutouts.keep(list(zip(variation.base.references, variation.sources, strict=True)))

    return keep
