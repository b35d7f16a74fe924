"""Who hands an image to whom in a sequential cluster: the previous shot's image of the same angle."""

from collections.abc import Collection, Sequence

from moostik_assets.catalogue.models import Catalogue, Episode, Series, Shot
from moostik_assets.catalogue.variation_keys import variation_key, variations_of
from moostik_assets.episodes.clusters import Cluster
from moostik_assets.episodes.coherence import previous_shots


def sequence_predecessors(
    episode: Episode, series: Series, groups: Sequence[Cluster], blocked: Collection[str]
) -> dict[str, str]:
    """Variation key -> key of the variation whose image it takes, where the sequence has one.

    A shot of `blocked` (it cannot be rendered) hands nothing on: its successor takes from the shot before it.
    """
    previous = previous_shots(groups)
    shots = {shot.id: shot for shot in episode.shots}
    angles = {shot.id: {v.camera_angle for v in variations_of(series, shot)} for shot in episode.shots}
    found = {}
    for shot in episode.shots:
        before = previous.get(shot.id)
        seen = {shot.id}
        while before is not None and before in blocked and before not in seen:
            seen.add(before)
            before = previous.get(before)
        if before is None or before in blocked or before not in shots:
            continue
        for variation in variations_of(series, shot):
            if variation.camera_angle in angles[before]:
                key = variation_key(episode, shot, variation.camera_angle)
                found[key] = variation_key(episode, shots[before], variation.camera_angle)
    return found


def names_unknown_ids(shot: Shot, catalogue: Catalogue) -> bool:
    """Whether a shot names a character or location that the catalogue does not have: it cannot be rendered."""
    return any(id_ not in catalogue.characters for id_ in shot.character_ids) or any(
        id_ not in catalogue.locations for id_ in shot.location_ids
    )
