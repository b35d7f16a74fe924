"""Which images a change of the catalogue touches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from moostik_assets.catalogue.models import Episode
from moostik_assets.episodes.readiness import readiness
from moostik_assets.studio import Studio
from moostik_assets.variations.plan import Planned, planned_variations
from moostik_assets.variations.wanted import variation_preparation
from resources.canonical import sha256_of_json


@dataclass(frozen=True)
class Affected:
    """The variations that are to be made again, and what each would cost at most in US dollars."""

    planned: Sequence[Planned]
    each_usd: Sequence[float]

    @property
    def usd(self) -> float:
        """What they would cost together, at most."""
        return sum(self.each_usd)

    def among(self, keys: Collection[str]) -> "Affected":
        """Those of some keys."""
        chosen = [pair for pair in zip(self.planned, self.each_usd, strict=True) if pair[0].variation.key in keys]
        return replace(self, planned=[item for item, _ in chosen], each_usd=[usd for _, usd in chosen])

    @property
    def keys(self) -> list[str]:
        """Their keys, in the order of the catalogue."""
        return [item.variation.key for item in self.planned]

    @property
    def shots(self) -> list[str]:
        """The keys of their shots, each once."""
        return list(dict.fromkeys(item.variation.shot.key for item in self.planned))

    @property
    def digest(self) -> str:
        """A hash of what is asked for: keys and recipes."""
        return sha256_of_json([[p.variation.key, p.request.recipe_id] for p in self.planned])


def affected_variations(studio: Studio, episodes: Sequence[Episode], new_keys: Collection[str]) -> Affected:
    """The variations of some episodes whose published image is out of date, and the new ones that have none.

    What nobody has asked for yet (no image, not new) is left alone, and so are shots that cannot be rendered.
    """
    new = set(new_keys)
    preparation = variation_preparation(studio)
    found: list[Planned] = []
    for episode in episodes:
        planned = planned_variations(preparation.variations(episode), studio.store)
        wanted = [p for p in planned if not p.current and (p.published is not None or p.variation.key in new)]
        unready: dict[str, bool] = {}
        for item in wanted:
            shot = item.variation.shot.shot.id
            if shot not in unready:
                unready[shot] = bool(readiness(episode, studio.catalogue, [shot]).errors)
            if not unready[shot]:
                found.append(item)
    each = [
        studio.renderer(item.variation.renderer).capabilities.usd_per_image if item.to_render else 0.0 for item in found
    ]
    return Affected(found, each)
