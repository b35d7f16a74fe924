"""Coherence: what shots inherit from their clusters, where they contradict each other, and who follows whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from moostik_assets.catalogue.models import Episode, Shot
from moostik_assets.catalogue.prompt import Lighting
from moostik_assets.episodes.clusters import Cluster, ClusterType

ORDER_OF_INHERITANCE: tuple[ClusterType, ...] = ("location", "act", "characters", "sequence")
"""The nearer cluster first: what holds in the same place, before what holds in the same act."""

_LIGHTS = ("key", "fill", "rim", "notes")
_LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two shots of a cluster that must share something and do not."""

    cluster_id: str
    field: Literal["lighting", "atmosphere"]
    shot_ids: tuple[str, str]
    message: str

    def to_json(self) -> dict[str, Any]:
        """A JSON object, for the metadata of a check."""
        return {
            "clusterId": self.cluster_id,
            "field": self.field,
            "shotIds": list(self.shot_ids),
            "message": self.message,
        }


def coherent_shots(episode: Episode, clusters: Sequence[Cluster]) -> dict[str, Shot]:
    """The episode's shots by id, with the lighting and atmosphere that they inherit.

    A shot with no lighting of its own takes the whole lighting of its cluster's first shot that has one of its own,
    where the cluster must share it; atmosphere likewise. A shot in several clusters asks them in
    `ORDER_OF_INHERITANCE` (its place before its act), and takes from the first that has something to give.
    A shot that inherits nothing is the same object as before.
    """
    shots = {shot.id: shot for shot in episode.shots}
    light: dict[str, Lighting] = {}
    air: dict[str, tuple[str, ...]] = {}
    for cluster in sorted(clusters, key=lambda cluster: ORDER_OF_INHERITANCE.index(cluster.type)):
        members = [shots[shot_id] for shot_id in cluster.shot_ids if shot_id in shots]
        if cluster.rules.must_share_lighting:
            giver = next((shot for shot in members if has_lighting(shot)), None)
            if giver is not None:
                for shot in members:
                    light.setdefault(shot.id, giver.prompt.lighting)
        if cluster.rules.must_share_atmosphere:
            giver = next((shot for shot in members if has_atmosphere(shot)), None)
            if giver is not None:
                for shot in members:
                    air.setdefault(shot.id, giver.prompt.scene.atmosphere)
    return {shot_id: _lit(shot, light.get(shot_id), air.get(shot_id)) for shot_id, shot in shots.items()}


def has_lighting(shot: Shot) -> bool:
    """Whether the shot's own prompt says anything about light."""
    return any(getattr(shot.prompt.lighting, name).strip() for name in _LIGHTS)


def has_atmosphere(shot: Shot) -> bool:
    """Whether the shot's own prompt says anything about the atmosphere."""
    return any(item.strip() for item in shot.prompt.scene.atmosphere)


def coherence_conflicts(episode: Episode, clusters: Iterable[Cluster]) -> list[Conflict]:
    """Where shots of a cluster state different light or atmosphere that the cluster must share.

    Each shot is held against the first shot of the cluster that states the same thing (for light: the same one of
    key, fill, rim and notes). What only one of the two states is no conflict; nor are case, spaces or, for
    atmosphere, the order.
    """
    shots = {shot.id: shot for shot in episode.shots}
    found = []
    for cluster in clusters:
        members = [shots[shot_id] for shot_id in cluster.shot_ids if shot_id in shots]
        if cluster.rules.must_share_lighting:
            stated = [(shot, _stated_lights(shot)) for shot in members]
            found += _conflicts(episode.id, cluster, "lighting", stated)
        if cluster.rules.must_share_atmosphere:
            stated = [(shot, _stated_atmosphere(shot)) for shot in members]
            found += _conflicts(episode.id, cluster, "atmosphere", stated)
    return found


def previous_shots(clusters: Iterable[Cluster]) -> dict[str, str]:
    """Shot id -> id of the shot before it in its sequential cluster; a shot that begins one is left out.

    A shot in several sequential clusters belongs to the first, so that no chain ever bites its own tail.
    """
    previous: dict[str, str] = {}
    placed: set[str] = set()
    for cluster in clusters:
        if not cluster.rules.sequential_generation:
            continue
        before: str | None = None
        for shot_id in cluster.shot_ids:
            if shot_id not in placed and before is not None:
                previous[shot_id] = before
            placed.add(shot_id)
            before = shot_id
    return previous


def _lit(shot: Shot, light: Lighting | None, air: tuple[str, ...] | None) -> Shot:
    changes: dict[str, Any] = {}
    if light is not None and not has_lighting(shot):
        changes["lighting"] = light
    if air is not None and not has_atmosphere(shot):
        changes["scene"] = shot.prompt.scene.model_copy(update={"atmosphere": air})
    if not changes:
        return shot
    return shot.model_copy(update={"prompt": shot.prompt.model_copy(update=changes)})


def _stated_lights(shot: Shot) -> dict[str, tuple[object, str]]:
    lights = {name: " ".join(getattr(shot.prompt.lighting, name).split()) for name in _LIGHTS}
    return {name: (text.casefold(), f"{name} {_shown(text)}") for name, text in lights.items() if text}


def _stated_atmosphere(shot: Shot) -> dict[str, tuple[object, str]]:
    items = [" ".join(item.split()) for item in shot.prompt.scene.atmosphere if item.strip()]
    if not items:
        return {}
    return {"atmosphere": (frozenset(item.casefold() for item in items), _shown(", ".join(items)))}


def _conflicts(
    episode_id: str,
    cluster: Cluster,
    field: Literal["lighting", "atmosphere"],
    stated: Iterable[tuple[Shot, Mapping[str, tuple[object, str]]]],
) -> Iterable[Conflict]:
    first: dict[str, tuple[Shot, object, str]] = {}
    for shot, values in stated:
        against: dict[str, list[tuple[str, str]]] = {}
        for name, (value, said) in values.items():
            other, expected, other_said = first.setdefault(name, (shot, value, said))
            if value != expected:
                against.setdefault(other.id, []).append((other_said, said))
        for other_id, pairs in against.items():
            theirs, ours = ("; ".join(side) for side in zip(*pairs, strict=True))
            yield Conflict(
                cluster_id=cluster.id,
                field=field,
                shot_ids=(other_id, shot.id),
                message=f"{episode_id}/{cluster.id}: its shots must share {field}, but {other_id} has {theirs} "
                f"and {shot.id} has {ours}",
            )


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")
