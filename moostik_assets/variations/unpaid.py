"""Images whose background there is no money for: they are left, and the others are rendered."""

from collections.abc import Sequence

from moostik_assets.spending.purse import Purse
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import PreparedVariation
from moostik_assets.variations.render import Outcome
from moostik_assets.world.baking import bake_key


def unpaid_places(variations: Sequence[PreparedVariation], purse: Purse) -> set[tuple[str, str]]:
    """The places and themes of some variations that a limit of money kept from being baked."""
    return {v.bake for v in variations if v.bake is not None and bake_key(*v.bake) in purse.refused}


def parted(
    with_sequence: Sequence[PreparedVariation],
) -> tuple[list[PreparedVariation], list[PreparedVariation]]:
    """Those that can be rendered, and those that wait for a background, with what follows on them in a sequence.

    With the master in its place they would be paid now, and again later.
    """
    by_key = {variation.key: variation for variation in with_sequence}
    left: dict[str, bool] = {}
    for variation in with_sequence:
        chain: list[PreparedVariation] = []
        at: PreparedVariation | None = variation
        while at is not None and at.key not in left and at.pinned is None and not at.waits_for_bake:
            chain.append(at)
            at = by_key[at.previous] if at.previous is not None else None
        waits = at is not None and left.get(at.key, at.pinned is None)
        left.update({link.key: waits for link in [*chain, *([at] if at is not None else [])]})
    return [v for v in with_sequence if not left[v.key]], [v for v in with_sequence if left[v.key]]


def outcomes_unpaid(studio: Studio, left: Sequence[PreparedVariation], purse: Purse) -> list[Outcome]:
    """What is told of those that are left."""
    for variation in left:
        purse.refuse_as_well(studio.renderer(variation.renderer), variation.key)
    return [Outcome(variation, None, "failed", error=purse.refusal(), unpaid=True) for variation in left]
