import time

from episode_cases import episode, episodes, shot
from hypothesis import given, settings

from moostik_assets.catalogue.models import Episode, Shot
from moostik_assets.episodes.clusters import Cluster, clusters


def test_each_kind_of_cluster_as_it_is_printed() -> None:
    found = clusters(
        episode(
            [
                shot(1, ["mama", "papy"], ["bar"]),
                shot(2, ["mama"], ["bar", "tire-city"]),
                shot(3, [], []),
                shot(4, ["koko"], ["bar"]),
            ],
            acts=[
                {
                    "id": "a",
                    "number": 1.0,
                    "title": "Avant",
                    "shotIds": ["shot-001", "shot-404", "shot-002", "shot-001"],
                },
                {"id": "b", "number": 0.5, "title": "Après", "shotIds": ["shot-004"]},
            ],
            parts=[{"id": "p", "title": "Tout", "actIds": ["b", "nowhere", "a"]}],
        )
    )
    act, half, place, cast, sequence = [cluster.to_json() for cluster in found]
    assert act == {
        "id": "act-1",
        "name": "Acte 1: Avant",
        "type": "act",
        "shotIds": ["shot-001", "shot-002"],
        "sharedCharacterIds": ["mama"],
        "sharedLocationIds": ["bar"],
        "coherenceRules": {"mustShareLighting": False, "mustShareAtmosphere": True, "sequentialGeneration": False},
    }
    assert (half["id"], half["name"], half["sharedCharacterIds"]) == ("act-0.5", "Acte 0.5: Après", ["koko"])
    assert place == {
        "id": "loc-bar-shot-001",
        "name": "bar",
        "type": "location",
        "shotIds": ["shot-001", "shot-002"],
        "sharedCharacterIds": ["mama"],
        "sharedLocationIds": ["bar"],
        "coherenceRules": {"mustShareLighting": True, "mustShareAtmosphere": True, "sequentialGeneration": False},
    }
    assert (cast["id"], cast["shotIds"], cast["sharedCharacterIds"]) == ("chars-1", ["shot-001", "shot-002"], ["mama"])
    assert cast["coherenceRules"] == dict.fromkeys(cast["coherenceRules"], False)
    assert (sequence["id"], sequence["name"]) == ("seq-p", "Tout")
    assert sequence["shotIds"] == ["shot-004", "shot-001", "shot-002"]
    assert sequence["coherenceRules"]["sequentialGeneration"]


def test_act_zero_is_an_act() -> None:
    (act,) = clusters(episode([], acts=[{"id": "a", "number": 0, "title": "Prologue"}]))
    assert (act.id, act.name, act.shot_ids) == ("act-0", "Acte 0: Prologue", ())


def test_a_shot_without_a_place_ends_the_run() -> None:
    found = clusters(episode([shot(n, [], [] if n == 3 else ["bar"]) for n in range(1, 6)]))
    assert [cluster.id for cluster in found] == ["loc-bar-shot-001", "loc-bar-shot-004"]


def test_the_common_cast_narrows_and_only_kept_clusters_are_counted() -> None:
    found = clusters(
        episode([shot(1, ["koko"]), shot(2, ["a", "b", "c"]), shot(3, ["c", "a"]), shot(4, ["b", "a"]), shot(5, ["c"])])
    )
    (cast,) = found
    assert (cast.id, cast.shot_ids, cast.shared_character_ids) == (
        "chars-1",
        ("shot-002", "shot-003", "shot-004"),
        ("a",),
    )


def test_ids_are_distinct_even_where_numbers_repeat() -> None:
    found = clusters(episode([], acts=[{"id": f"act-{n}", "number": n % 2 + 0.0} for n in range(6)]))
    assert [cluster.id for cluster in found] == ["act-0", "act-1", "act-0-2", "act-1-2", "act-0-3", "act-1-3"]


@settings(max_examples=150, deadline=None)
@given(episodes())
def test_the_indexed_clusters_are_those_of_the_definition(drawn: Episode) -> None:
    found = clusters(drawn)
    assert len({cluster.id for cluster in found}) == len(found)
    assert [_outline(cluster) for cluster in found] == _by_definition(drawn)


def test_ten_thousand_shots_take_a_moment() -> None:
    cast = [f"figure-{n}" for n in range(3_000)]
    shots = [shot(n, [cast[n * 7 % 3_000], cast[n * 13 % 3_000]], [f"place-{n // 3}"]) for n in range(10_000)]
    big = episode(shots, acts=[{"id": f"act-{n}", "number": 1, "shotIds": [one["id"]]} for n, one in enumerate(shots)])
    started = time.perf_counter()
    found = clusters(big)
    assert time.perf_counter() - started < 3
    assert len(found) > 10_000


def _outline(cluster: Cluster) -> tuple:
    """A cluster without its id, which may carry a suffix, and its shared ids as sets."""
    shared = (set(cluster.shared_character_ids), set(cluster.shared_location_ids))
    return (cluster.type, cluster.name, list(cluster.shot_ids), *shared)


def _by_definition(drawn: Episode) -> list[tuple]:
    """The clusters, written from the words of the definition, with no thought of speed."""
    shots = {one.id: one for one in drawn.shots}
    found = []
    for act in drawn.acts:
        members = [shots[one] for one in dict.fromkeys(act.shot_ids) if one in shots]
        found.append(("act", f"Acte {act.number:g}: {act.title}", members, None))
    run: list[Shot] = []
    runs = [run]
    for one in drawn.shots:
        places = one.location_ids
        if run and (not places or places[0] != run[0].location_ids[0]):
            run = []
            runs.append(run)
        if places:
            run.append(one)
    found += [("location", run[0].location_ids[0], run, None) for run in runs if len(run) > 1]
    groups: list[tuple[list[Shot], set[str]]] = []
    for one in drawn.shots:
        cast = set(one.character_ids)
        for members, common in groups:
            if common & cast:
                members.append(one)
                common &= cast
                break
        else:
            if cast:
                groups.append(([one], cast))
    for members, common in groups:
        if len(members) > 1:
            ordered = [one for one in dict.fromkeys(members[0].character_ids) if one in common]
            found.append(("characters", ", ".join(ordered), members, common))
    acts = {act.id: act for act in drawn.acts}
    for part in drawn.parts:
        ids = [one for act in dict.fromkeys(part.act_ids) if act in acts for one in acts[act].shot_ids]
        members = [shots[one] for one in dict.fromkeys(ids) if one in shots]
        found.append(("sequence", part.title, members, None))
    return [
        (
            kind,
            name,
            [one.id for one in members],
            common if common is not None else _shared([set(one.character_ids) for one in members]),
            _shared([set(one.location_ids) for one in members]),
        )
        for kind, name, members, common in found
    ]


def _shared(named: list[set[str]]) -> set[str]:
    every = set().union(*named)
    return {one for one in every if sum(one in ids for ids in named) >= (1 if len(named) == 1 else 2)}
