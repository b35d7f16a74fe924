from episode_cases import episode, episodes, shot
from hypothesis import given, settings

from moostik_assets.catalogue.models import Episode
from moostik_assets.episodes.clusters import clusters
from moostik_assets.episodes.coherence import (
    coherence_conflicts,
    coherent_shots,
    has_atmosphere,
    has_lighting,
    previous_shots,
)


def _lit(number: int, place: str, key: str = "", atmosphere: tuple[str, ...] = (), **light: str) -> dict:
    prompt = {"lighting": {"key": key, **light}, "scene": {"time": "dusk", "atmosphere": list(atmosphere)}}
    return shot(number, [], [place], prompt=prompt)


def _act(*numbers: int, number: int = 1) -> dict:
    return {"id": f"act-{number}", "number": number, "shotIds": [f"shot-{n:03d}" for n in numbers]}


def test_a_dark_shot_takes_the_whole_light_of_the_first_that_has_one_in_its_place() -> None:
    drawn = episode([_lit(1, "bar"), _lit(2, "bar", "moon", rim="red"), _lit(3, "bar", "neon"), _lit(4, "street")])
    found = coherent_shots(drawn, clusters(drawn))
    assert found["shot-001"].prompt.lighting == drawn.shots[1].prompt.lighting
    assert found["shot-001"].prompt.lighting.rim == "red"
    assert found["shot-003"].prompt.lighting.key == "neon"
    assert found["shot-004"] is drawn.shots[3]
    assert drawn.shots[0].prompt.lighting.key == ""


def test_atmosphere_comes_from_the_place_before_the_act() -> None:
    drawn = episode(
        [
            _lit(1, "street", atmosphere=("fog",)),
            _lit(2, "bar"),
            _lit(3, "bar", atmosphere=("smoke",)),
            _lit(4, "roof"),
        ],
        acts=[_act(1, 2, 3, 4)],
    )
    found = coherent_shots(drawn, clusters(drawn))
    assert found["shot-002"].prompt.scene.atmosphere == ("smoke",)
    assert found["shot-002"].prompt.scene.time == "dusk"
    assert found["shot-004"].prompt.scene.atmosphere == ("fog",)
    assert found["shot-004"].prompt.lighting.key == ""


def test_a_conflict_names_both_shots_and_both_values() -> None:
    drawn = episode(
        [_lit(1, "bar", "moon", fill="none"), _lit(2, "bar"), _lit(3, "bar", "neon"), _lit(4, "bar", " MOON")]
    )
    (conflict,) = coherence_conflicts(drawn, clusters(drawn))
    assert (conflict.cluster_id, conflict.field) == ("loc-bar-shot-001", "lighting")
    assert conflict.shot_ids == ("shot-001", "shot-003")
    for said in ("ep0/loc-bar-shot-001", "shot-001", "'moon'", "shot-003", "'neon'"):
        assert said in conflict.message
    assert conflict.to_json()["shotIds"] == ["shot-001", "shot-003"]


def test_atmospheres_in_another_order_are_the_same() -> None:
    drawn = episode(
        [_lit(n, str(n), atmosphere=air) for n, air in enumerate([("fog", "Ash"), ("ash", "fog "), ("fog",)], start=1)],
        acts=[_act(1, 2, 3)],
    )
    (conflict,) = coherence_conflicts(drawn, clusters(drawn))
    assert (conflict.cluster_id, conflict.field, conflict.shot_ids) == ("act-1", "atmosphere", ("shot-001", "shot-003"))


@settings(max_examples=100, deadline=None)
@given(episodes())
def test_inheritance_gives_every_shot_what_it_lacks_and_changes_nothing_else(drawn: Episode) -> None:
    groups = clusters(drawn)
    found = coherent_shots(drawn, groups)
    assert list(found) == [one.id for one in drawn.shots]
    for one in drawn.shots:
        after = found[one.id]
        if has_lighting(one):
            assert after.prompt.lighting is one.prompt.lighting
        if has_atmosphere(one):
            assert after.prompt.scene is one.prompt.scene
        if has_lighting(one) and has_atmosphere(one):
            assert after is one
    own = {one.id: one for one in drawn.shots}
    for group in groups:
        if group.rules.must_share_lighting and any(has_lighting(own[one]) for one in group.shot_ids):
            assert all(has_lighting(found[one]) for one in group.shot_ids)
        if group.rules.must_share_atmosphere and any(has_atmosphere(own[one]) for one in group.shot_ids):
            assert all(has_atmosphere(found[one]) for one in group.shot_ids)


def test_each_shot_follows_the_one_before_it_in_its_part() -> None:
    drawn = episode(
        [shot(n) for n in range(1, 6)],
        acts=[_act(1, 2, number=1), _act(3, 4, number=2), _act(5, number=3)],
        parts=[{"id": "p", "actIds": ["act-2", "act-1"]}, {"id": "q", "actIds": ["act-3"]}],
    )
    assert previous_shots(clusters(drawn)) == {"shot-004": "shot-003", "shot-001": "shot-004", "shot-002": "shot-001"}


def test_two_parts_that_tell_the_shots_the_other_way_round_make_no_circle() -> None:
    drawn = episode(
        [shot(1), shot(2), shot(3)],
        acts=[_act(1, 2, number=1), _act(2, 1, 3, number=2)],
        parts=[{"id": "p", "actIds": ["act-1"]}, {"id": "q", "actIds": ["act-2"]}],
    )
    assert previous_shots(clusters(drawn)) == {"shot-002": "shot-001", "shot-003": "shot-001"}


@settings(max_examples=60, deadline=None)
@given(episodes())
def test_following_the_previous_shots_always_ends(drawn: Episode) -> None:
    previous = previous_shots(clusters(drawn))
    for start in previous:
        walked, here = set(), start
        while here in previous:
            assert here not in walked
            walked.add(here)
            here = previous[here]
