"""The seed of a variation: 31 bits that no other variation of the series shares by accident."""

import hashlib
from collections.abc import Iterator

from moostik_assets.catalogue.models import Catalogue, Episode, Shot, Variation
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.catalogue.variation_keys import variation_key, variations_of
from moostik_assets.prompts.overrides import variation_prompt
from resources.canonical import canonical_json

SEED_BITS = 31


def variation_seed(
    *,
    series_seed: int,
    episode: str,
    shot: str,
    angle: str,
    take: int = 0,
    own: int | None = None,
    prompt_seed: int | None = None,
) -> int:
    """Seed in 0..2**31-1 of one take of a variation.

    Take 0 of a variation with a seed of its `own` is that seed (its lowest 31 bits). Otherwise 31 bits of
    blake2b over the key, the take and the series' seed, mixed with the seed that the prompt pins, where it does.
    """
    if own is not None and take == 0:
        return own & ((1 << SEED_BITS) - 1)
    parts = [series_seed, episode, shot, angle, take]
    if own is not None or prompt_seed is not None:
        parts += [own, prompt_seed]
    digest = hashlib.blake2b(canonical_json(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - SEED_BITS)


def seed_of(catalogue: Catalogue, episode: Episode, shot: Shot, variation: Variation, prompt: Prompt) -> int:
    """The seed of a variation of the catalogue, at the take that a person decided on."""
    key = variation_key(episode, shot, variation.camera_angle)
    return variation_seed(
        series_seed=catalogue.series.seed,
        episode=episode.id,
        shot=shot.id,
        angle=variation.camera_angle,
        take=catalogue.decisions.takes.get(key, 0),
        own=variation.seed,
        prompt_seed=prompt.parameters.seed,
    )


def series_seeds(catalogue: Catalogue) -> Iterator[tuple[str, int]]:
    """The key and seed of every variation of the series."""
    for episode in catalogue.episodes.values():
        for shot in episode.shots:
            for variation in variations_of(catalogue.series, shot):
                prompt = variation_prompt(shot.prompt, variation)
                yield (
                    variation_key(episode, shot, variation.camera_angle),
                    seed_of(catalogue, episode, shot, variation, prompt),
                )
