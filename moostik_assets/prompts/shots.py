"""A shot made ready: coherence applied, references resolved, prompt enriched, and its text from each angle."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from moostik_assets.catalogue.models import (
    NEUTRAL_THEME,
    Catalogue,
    Character,
    Episode,
    Location,
    Shot,
    Theme,
    Variation,
)
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.catalogue.theme_in_force import theme_name_of_shot, theme_of_shot
from moostik_assets.catalogue.variation_keys import shot_key, variations_of
from moostik_assets.episodes.clusters import Cluster, clusters
from moostik_assets.episodes.coherence import coherent_shots
from moostik_assets.prompts.described import described_prompt
from moostik_assets.prompts.enrichment import Enriched, enrich
from moostik_assets.prompts.outfits import prompt_with_outfits
from moostik_assets.prompts.overrides import variation_prompt
from moostik_assets.prompts.size import aspect_of, image_size
from moostik_assets.prompts.text import PromptText, prompt_text
from moostik_assets.references.outfits import dressed, outfit_of
from moostik_assets.references.resolution import ResolvedReferences, cast_of, resolve_references
from resources.rendering.base import Engine


@dataclass(frozen=True)
class PreparedShot:
    """A shot after coherence, with its references resolved and its prompt enriched."""

    key: str
    shot: Shot
    characters: tuple[Character, ...]
    """In the outfits of the theme in force."""
    locations: tuple[Location, ...]
    references: ResolvedReferences
    enriched: Enriched
    theme: Theme | None
    """The theme in force; None for the neutral one."""


@dataclass(frozen=True)
class AnglePrompt:
    """A shot's prompt from one angle, its text fitted to the engine, and the size of the image in pixels."""

    variation: Variation
    prompt: Prompt
    text: PromptText
    width: int
    height: int


@dataclass
class ShotPreparation:
    """Prepares the shots of a catalogue for one engine; each distinct cast is resolved once."""

    catalogue: Catalogue
    engine: Engine
    fallback: bool = True
    _casts: dict[tuple[tuple[str, ...], ...], ResolvedReferences] = field(default_factory=dict)
    """By the ids of the characters, what each wears, and the ids of the locations."""

    def shots(
        self, episode: Episode, shot_ids: Collection[str] | None = None, groups: Sequence[Cluster] | None = None
    ) -> list[PreparedShot]:
        """The asked shots of an episode (None: all) in file order; `groups`: its clusters, where known already."""
        coherent = coherent_shots(episode, clusters(episode) if groups is None else groups)
        wanted = None if shot_ids is None else set(shot_ids)
        return [
            self._prepared(episode, coherent[shot.id]) for shot in episode.shots if wanted is None or shot.id in wanted
        ]

    def angles(self, shot: PreparedShot) -> list[AnglePrompt]:
        """The shot's prompt from each of its angles."""
        return [self._angle(shot, variation) for variation in variations_of(self.catalogue.series, shot.shot)]

    def _prepared(self, episode: Episode, shot: Shot) -> PreparedShot:
        own, locations = cast_of(shot, self.catalogue)
        theme = theme_name_of_shot(self.catalogue, shot)
        characters = tuple(dressed(character, theme) for character in own)
        worn = tuple(theme if outfit_of(character, theme) is not None else "" for character in characters)
        cast = (tuple(c.id for c in characters), worn, tuple(p.id for p in locations))
        references = self._casts.get(cast)
        if references is None:
            limit = self.engine.reference_limit
            references = resolve_references(characters, locations, limit=limit, fallback=self.fallback)
            self._casts[cast] = references
        return PreparedShot(
            key=shot_key(episode, shot),
            shot=shot,
            characters=characters,
            locations=tuple(locations),
            references=references,
            enriched=enrich(
                prompt_with_outfits(described_prompt(shot, characters, locations), characters, theme),
                characters,
                references,
            ),
            theme=theme_of_shot(self.catalogue, shot),
        )

    def _angle(self, shot: PreparedShot, variation: Variation) -> AnglePrompt:
        series, capabilities = self.catalogue.series, self.engine.capabilities
        prompt = variation_prompt(shot.enriched.prompt, variation)
        if variation.custom_prompt is not None or variation.prompt_overrides:
            theme = shot.theme.name if shot.theme else NEUTRAL_THEME
            prompt = prompt_with_outfits(prompt, shot.characters, theme)
            prompt = enrich(prompt, shot.characters, shot.references).prompt
        counter: dict[str, Any] = {"count": self.engine.count_prompt} if self.engine.count_prompt else {}
        text = prompt_text(
            prompt,
            angle=variation.camera_angle,
            series=series,
            theme=shot.theme,
            limit=capabilities.max_prompt,
            separate_negative=capabilities.negative,
            **counter,
        )
        width, height = image_size(aspect_of(prompt, series), capabilities.pixels, capabilities.size_multiple)
        return AnglePrompt(variation, prompt, text, width, height)
