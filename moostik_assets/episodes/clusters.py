"""Clusters: groups of shots that must stay coherent, by act, by place, by cast and by part."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from moostik_assets.catalogue.models import Act, Episode, Shot

ClusterType = Literal["act", "location", "characters", "sequence"]


@dataclass(frozen=True, slots=True)
class CoherenceRules:
    """What the shots of a cluster must share, and whether each builds on the one before."""

    must_share_lighting: bool = False
    must_share_atmosphere: bool = False
    sequential_generation: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of shots. Ids are distinct within an episode."""

    id: str
    name: str
    type: ClusterType
    shot_ids: tuple[str, ...]
    shared_character_ids: tuple[str, ...]
    shared_location_ids: tuple[str, ...]
    rules: CoherenceRules

    def to_json(self) -> dict[str, Any]:
        """One item of what `moostik clusters` prints."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "shotIds": list(self.shot_ids),
            "sharedCharacterIds": list(self.shared_character_ids),
            "sharedLocationIds": list(self.shared_location_ids),
            "coherenceRules": {
                "mustShareLighting": self.rules.must_share_lighting,
                "mustShareAtmosphere": self.rules.must_share_atmosphere,
                "sequentialGeneration": self.rules.sequential_generation,
            },
        }


_RULES: dict[ClusterType, CoherenceRules] = {
    "act": CoherenceRules(must_share_atmosphere=True),
    "location": CoherenceRules(must_share_lighting=True, must_share_atmosphere=True),
    "characters": CoherenceRules(),
    "sequence": CoherenceRules(sequential_generation=True),
}


def clusters(episode: Episode) -> list[Cluster]:
    """The clusters of an episode: of its acts, its places, its casts, its parts, in this order.

    Shots that an act names and the episode lacks are ignored. Time grows with the number of ids that the shots name.
    """
    by_id = {shot.id: shot for shot in episode.shots}
    found = [
        *_act_clusters(episode, by_id),
        *_location_clusters(episode.shots),
        *_character_clusters(episode.shots),
        *_sequence_clusters(episode, by_id),
    ]
    return _with_distinct_ids(found)


def _act_clusters(episode: Episode, by_id: dict[str, Shot]) -> Iterable[Cluster]:
    for act in episode.acts:
        number = _act_number(act)
        name = f"Acte {number}: {act.title}" if act.title else f"Acte {number}"
        yield _cluster(f"act-{number}", name, "act", _known_shots(act.shot_ids, by_id))


def _location_clusters(shots: Sequence[Shot]) -> Iterable[Cluster]:
    run: list[Shot] = []
    place: str | None = None
    for shot in (*shots, None):
        here = _first_location(shot) if shot is not None else None
        if run and here != place:
            if len(run) > 1:
                yield _cluster(f"loc-{place}-{run[0].id}", str(place), "location", run)
            run = []
        place = here
        if shot is not None and here is not None:
            run.append(shot)


def _character_clusters(shots: Sequence[Shot]) -> Iterable[Cluster]:
    # A new cluster begins only where no character of the shot is common to an earlier one, and common sets only
    # shrink: so a character is common to at most one cluster at a time, and a dict finds it.
    members: list[list[Shot]] = []
    common: list[tuple[str, ...]] = []
    owner: dict[str, int] = {}
    for shot in shots:
        cast = tuple(dict.fromkeys(shot.character_ids))
        if not cast:
            continue
        joined = min((owner[one] for one in cast if one in owner), default=None)
        if joined is None:
            owner.update(dict.fromkeys(cast, len(members)))
            members.append([shot])
            common.append(cast)
            continue
        members[joined].append(shot)
        present = set(cast)
        for one in common[joined]:
            if one not in present:
                del owner[one]
        common[joined] = tuple(one for one in common[joined] if one in present)
    kept = [(group, cast) for group, cast in zip(members, common, strict=True) if len(group) > 1]
    for n, (group, cast) in enumerate(kept, start=1):
        yield replace(_cluster(f"chars-{n}", ", ".join(cast), "characters", group), shared_character_ids=cast)


def _sequence_clusters(episode: Episode, by_id: dict[str, Shot]) -> Iterable[Cluster]:
    acts = {act.id: act for act in episode.acts}
    for part in episode.parts:
        named = [
            shot_id for act_id in dict.fromkeys(part.act_ids) if act_id in acts for shot_id in acts[act_id].shot_ids
        ]
        yield _cluster(f"seq-{part.id}", part.title, "sequence", _known_shots(named, by_id))


def _cluster(cluster_id: str, name: str, kind: ClusterType, shots: Sequence[Shot]) -> Cluster:
    return Cluster(
        id=cluster_id,
        name=name,
        type=kind,
        shot_ids=tuple(shot.id for shot in shots),
        shared_character_ids=_shared([shot.character_ids for shot in shots]),
        shared_location_ids=_shared([shot.location_ids for shot in shots]),
        rules=_RULES[kind],
    )


def _shared(named_by_shots: Sequence[Iterable[str]]) -> tuple[str, ...]:
    """Ids named by at least two of the shots, in first-seen order; of one shot, by that one."""
    count = Counter(one for ids in named_by_shots for one in dict.fromkeys(ids))
    enough = min(2, len(named_by_shots))
    return tuple(one for one, times in count.items() if times >= enough)


def _known_shots(shot_ids: Iterable[str], by_id: dict[str, Shot]) -> list[Shot]:
    return [by_id[shot_id] for shot_id in dict.fromkeys(shot_ids) if shot_id in by_id]


def _first_location(shot: Shot) -> str | None:
    return shot.location_ids[0] if shot.location_ids else None


def _act_number(act: Act) -> str:
    if act.number is None:
        return act.id.removeprefix("act-")
    return str(int(act.number)) if act.number.is_integer() else str(act.number)


def _with_distinct_ids(found: list[Cluster]) -> list[Cluster]:
    # Two acts of one number would be one partition: the later gets a suffix.
    ids = {cluster.id for cluster in found}
    seen: Counter[str] = Counter()
    distinct = []
    for cluster in found:
        seen[cluster.id] += 1
        cluster_id = cluster.id
        if seen[cluster.id] > 1:
            while (cluster_id := f"{cluster.id}-{seen[cluster.id]}") in ids:
                seen[cluster.id] += 1
            ids.add(cluster_id)
        distinct.append(cluster if cluster_id == cluster.id else replace(cluster, id=cluster_id))
    return distinct
