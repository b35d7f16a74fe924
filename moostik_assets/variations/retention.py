"""What the store must never forget: the recipes that somebody may ask for at any time."""

from moostik_assets.studio import Studio
from moostik_assets.variations.plan import planned_variations
from moostik_assets.variations.wanted import SeriesPreparation, variation_preparation


def recipes_to_keep(studio: Studio) -> set[str]:
    """What the catalogue asks for now, with and without the pins, and what is pinned; the store adds what is shown."""
    pinned = set(studio.catalogue.decisions.pinned.values())
    preparations = [variation_preparation(studio)]
    if pinned:
        preparations.append(SeriesPreparation(studio, with_pins=False))
    return pinned | {
        item.request.recipe_id
        for found in preparations
        for episode in studio.catalogue.episodes.values()
        for item in planned_variations(found.variations(episode), studio.store)
    }
