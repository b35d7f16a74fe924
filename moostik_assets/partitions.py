"""Every partitions definition and partition mapping, static, built from the catalogue.

All keys are flat: only static partitions can carry a `StaticPartitionMapping`, which is what gives exact lineage from a
character to the shots that it appears in, in the UI and in the daemon.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dagster as dg

from moostik_assets.catalogue.models import NEUTRAL_THEME, Catalogue
from moostik_assets.catalogue.theme_in_force import theme_of_shot
from moostik_assets.catalogue.variation_keys import cluster_key, shot_key, variation_key, variations_of
from moostik_assets.episodes.clusters import clusters


@dataclass(frozen=True)
class Partitions:
    """The partitions of each asset, and who depends on whom: upstream key -> downstream keys."""

    characters: dg.StaticPartitionsDefinition
    locations: dg.StaticPartitionsDefinition
    themes: dg.StaticPartitionsDefinition
    episodes: dg.StaticPartitionsDefinition
    clusters: dg.StaticPartitionsDefinition
    shots: dg.StaticPartitionsDefinition
    variations: dg.StaticPartitionsDefinition
    episode_clusters: Mapping[str, list[str]]
    episode_shots: Mapping[str, list[str]]
    character_shots: Mapping[str, list[str]]
    location_shots: Mapping[str, list[str]]
    shot_variations: Mapping[str, list[str]]
    variation_episodes: Mapping[str, list[str]]
    bakes: dg.StaticPartitionsDefinition
    """`kitchen/christmas`: every place in every theme."""
    location_bakes: Mapping[str, list[str]]
    theme_bakes: Mapping[str, list[str]]
    bake_locations: Mapping[str, list[str]]
    cutouts: dg.StaticPartitionsDefinition
    """`mama/christmas`: every character in every theme."""
    character_cutouts: Mapping[str, list[str]]
    theme_cutouts: Mapping[str, list[str]]
    location_variations: Mapping[str, list[str]]
    """Place -> the variations before it that follow the world."""
    bake_variations: Mapping[str, list[str]]
    """Place and theme -> the variations that pin that theme."""
    cutout_variations: Mapping[str, list[str]]
    """Character and theme -> the variations that show them: the theme that is pinned, or in force as this is built."""

    def inverse(self, mapping: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
        """Downstream key -> upstream keys."""
        found: dict[str, list[str]] = defaultdict(list)
        for upstream, downstream in mapping.items():
            for key in downstream:
                found[key].append(upstream)
        return dict(found)


def partition_mapping(mapping: Mapping[str, list[str]]) -> dg.StaticPartitionMapping:
    """Dagster's mapping of an upstream -> downstream table."""
    return dg.StaticPartitionMapping({key: list(down) for key, down in mapping.items() if down})


def build_partitions(catalogue: Catalogue) -> Partitions:
    """The partitions of a catalogue, in the order of its files."""
    episode_clusters: dict[str, list[str]] = {}
    episode_shots: dict[str, list[str]] = {}
    shot_variations: dict[str, list[str]] = {}
    character_shots: dict[str, list[str]] = defaultdict(list)
    location_shots: dict[str, list[str]] = defaultdict(list)
    variation_episodes: dict[str, list[str]] = {}
    location_variations: dict[str, list[str]] = defaultdict(list)
    bake_variations: dict[str, list[str]] = defaultdict(list)
    cutout_variations: dict[str, list[str]] = defaultdict(list)
    for episode in catalogue.episodes.values():
        episode_clusters[episode.id] = list(
            dict.fromkeys(cluster_key(episode, cluster.id) for cluster in clusters(episode))
        )
        episode_shots[episode.id] = [shot_key(episode, shot) for shot in episode.shots]
        for shot in episode.shots:
            key = shot_key(episode, shot)
            keys = [variation_key(episode, shot, v.camera_angle) for v in variations_of(catalogue.series, shot)]
            shot_variations[key] = keys
            variation_episodes.update((variation, [episode.id]) for variation in keys)
            seen_in = theme_of_shot(catalogue, shot)
            theme = seen_in.name if seen_in is not None else NEUTRAL_THEME
            place = shot.location_ids[0] if shot.location_ids else None
            if place is not None and place in catalogue.locations:
                if shot.theme is None:
                    location_variations[place].extend(keys)
                else:
                    bake_variations[f"{place}/{shot.theme}"].extend(keys)
            for character in dict.fromkeys(shot.character_ids):
                if character in catalogue.characters:
                    character_shots[character].append(key)
                    cutout_variations[f"{character}/{theme}"].extend(keys)
            for location in dict.fromkeys(shot.location_ids):
                if location in catalogue.locations:
                    location_shots[location].append(key)
    location_bakes = {place: [f"{place}/{theme}" for theme in catalogue.themes] for place in catalogue.locations}
    character_cutouts = {one: [f"{one}/{theme}" for theme in catalogue.themes] for one in catalogue.characters}
    return Partitions(
        characters=dg.StaticPartitionsDefinition(list(catalogue.characters)),
        locations=dg.StaticPartitionsDefinition(list(catalogue.locations)),
        themes=dg.StaticPartitionsDefinition(list(catalogue.themes)),
        episodes=dg.StaticPartitionsDefinition(list(catalogue.episodes)),
        clusters=dg.StaticPartitionsDefinition([key for keys in episode_clusters.values() for key in keys]),
        shots=dg.StaticPartitionsDefinition([key for keys in episode_shots.values() for key in keys]),
        variations=dg.StaticPartitionsDefinition([key for keys in shot_variations.values() for key in keys]),
        episode_clusters=episode_clusters,
        episode_shots=episode_shots,
        character_shots=dict(character_shots),
        location_shots=dict(location_shots),
        shot_variations=shot_variations,
        variation_episodes=variation_episodes,
        bakes=dg.StaticPartitionsDefinition([key for keys in location_bakes.values() for key in keys]),
        location_bakes=location_bakes,
        theme_bakes={theme: [f"{place}/{theme}" for place in catalogue.locations] for theme in catalogue.themes},
        bake_locations={key: [place] for place, keys in location_bakes.items() for key in keys},
        cutouts=dg.StaticPartitionsDefinition([key for keys in character_cutouts.values() for key in keys]),
        character_cutouts=character_cutouts,
        theme_cutouts={theme: [f"{one}/{theme}" for one in catalogue.characters] for theme in catalogue.themes},
        location_variations=dict(location_variations),
        bake_variations=dict(bake_variations),
        cutout_variations=dict(cutout_variations),
    )
