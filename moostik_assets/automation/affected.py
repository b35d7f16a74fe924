"""Which images a change of the catalogue touches."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from moostik_assets.catalogue.models import Episode
from moostik_assets.episodes.readiness import readiness
from moostik_assets.variations.plan import Planned, planned_variations
from moostik_assets.variations.wanted import SeriesPreparation
from resources.canonical import sha256_of_json


@dataclass(frozen=True)
class Affected:
    """The variations that are to be made again, and what each would cost at most in US dollars."""

    planned: Sequence[Planned]
    each_usd: Sequence[float]
    bake_usd: float = 0.0
    """What each background costs that must be baked before them."""

    @property
    def usd(self) -> float:
        """What they would cost together, at most, with the backgrounds that they wait for."""
        variations = [item.variation for item in self.planned if item.to_render]
        bakes = {variation.bake for variation in variations if variation.waits_for_bake}
        return sum(self.each_usd) + len(bakes) * self.bake_usd

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


def together(found: Iterable[Affected]) -> Affected:
    """All of them, in their order."""
    listed = list(found)
    return Affected(
        [p for one in listed for p in one.planned],
        [usd for one in listed for usd in one.each_usd],
        max((one.bake_usd for one in listed), default=0.0),
    )


def affected_variations(
    preparation: SeriesPreparation, episode: Episode, new: Collection[str], shot_ids: Collection[str] | None = None
) -> Affected:
    """The variations of an episode whose published image is out of date, and the `new` ones that have none.

    What nobody has asked for yet (no image, not new) is left alone, and so are shots that cannot be rendered. With
    `shot_ids` only those shots are looked at, unless a sequence hands their images on to others.
    """
    studio = preparation.studio
    prepared = preparation.variations(episode, shot_ids)
    if shot_ids is not None and any(variation.previous is not None for variation in prepared):
        prepared = preparation.variations(episode)
    found: list[Planned] = []
    unready: dict[str, bool] = {}
    for item in planned_variations(prepared, studio.store):
        if item.current or (item.published is None and item.variation.key not in new):
            continue
        shot = item.variation.shot.shot.id
        if shot not in unready:
            unready[shot] = bool(readiness(episode, studio.catalogue, [shot]).errors)
        if not unready[shot]:
            found.append(item)
    price = {name: studio.renderer(name).capabilities.usd_per_image for name in {p.variation.renderer for p in found}}
    dressing = any(item.variation.waits_for_bake for item in found)
    return Affected(
        found,
        [price[item.variation.renderer] if item.to_render else 0.0 for item in found],
        studio.background_engine().capabilities.usd_per_image if dressing else 0.0,
    )
