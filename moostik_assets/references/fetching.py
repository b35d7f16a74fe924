"""Which reference URLs some shots need, and fetching those that are not in the store yet."""

from collections.abc import Collection

from moostik_assets.catalogue.image_paths import is_url
from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.catalogue.theme_in_force import theme_name_of_shot
from moostik_assets.references.outfits import dressed
from moostik_assets.references.resolution import cast_of
from moostik_assets.studio import Studio
from resources.reference_fetch import FetchResult


def reference_urls(catalogue: Catalogue, episode: Episode, shot_ids: Collection[str] | None = None) -> list[str]:
    """The URLs among the reference images of the asked shots' cast (None: of all shots), each once."""
    wanted = None if shot_ids is None else set(shot_ids)
    found: dict[str, None] = {}
    for shot in episode.shots:
        if wanted is None or shot.id in wanted:
            characters, locations = cast_of(shot, catalogue)
            theme = theme_name_of_shot(catalogue, shot)
            cast = (*(dressed(character, theme) for character in characters), *locations)
            found |= dict.fromkeys(r for entity in cast for r in entity.reference_images)
    return [reference for reference in found if is_url(reference)]


def urls_to_fetch(studio: Studio, episode: Episode, shot_ids: Collection[str] | None = None) -> list[str]:
    """Those of an episode's reference URLs whose bytes are not in the store."""
    return [url for url in reference_urls(studio.catalogue, episode, shot_ids) if studio.fetcher.known(url) is None]


def fetch_missing(studio: Studio, episode: Episode, shot_ids: Collection[str] | None = None) -> dict[str, FetchResult]:
    """Fetch what is not in the store yet, where the settings allow the network."""
    urls = urls_to_fetch(studio, episode, shot_ids) if studio.settings.fetch else []
    return studio.fetcher.fetch(urls) if urls else {}
