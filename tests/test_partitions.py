"""Partitions come from the catalogue, and say who depends on whom."""

from pathlib import Path

import dagster as dg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.models import Catalogue, Character, Episode, Location, Shot
from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.partitions import Partitions, build_partitions, partition_mapping
from tests.small_series import SHOTS, VARIATION_COUNT, write_json, write_series


@pytest.fixture
def partitions(tmp_path: Path) -> Partitions:
    return build_partitions(load_catalogue(write_series(tmp_path)).catalogue)


def test_keys_are_flat_and_in_the_order_of_the_files(partitions: Partitions) -> None:
    assert partitions.episodes.get_partition_keys() == ["ep0"]
    assert partitions.shots.get_partition_keys() == [f"ep0/{shot}" for shot in SHOTS]
    assert partitions.characters.get_partition_keys() == ["ada", "bob", "cleo"]
    assert partitions.locations.get_partition_keys() == ["hut", "pier"]
    keys = partitions.variations.get_partition_keys()
    assert len(keys) == len(set(keys)) == VARIATION_COUNT
    assert keys[:3] == ["ep0/shot-001/wide", "ep0/shot-001/close_up", "ep0/shot-002/wide"]
    assert keys[-1] == "ep0/shot-005/angle-2bb398"


def test_a_character_leads_to_the_shots_that_it_is_in(partitions: Partitions) -> None:
    assert partitions.character_shots == {
        "ada": ["ep0/shot-001", "ep0/shot-002"],
        "bob": ["ep0/shot-002", "ep0/shot-003"],
        "cleo": ["ep0/shot-004"],
    }
    assert partitions.location_shots == {
        "hut": ["ep0/shot-001", "ep0/shot-002"],
        "pier": ["ep0/shot-003", "ep0/shot-004"],
    }
    assert partitions.inverse(partitions.character_shots)["ep0/shot-002"] == ["ada", "bob"]
    assert partitions.shot_variations["ep0/shot-003"] == ["ep0/shot-003/wide", "ep0/shot-003/close_up"]


def test_dagster_maps_by_these_tables_both_ways(partitions: Partitions) -> None:
    mapping = partition_mapping(partitions.character_shots)
    down = mapping.get_downstream_partitions_for_partitions(
        partitions.characters.subset_with_partition_keys(["bob"]), partitions.characters, partitions.shots
    )
    assert set(down.get_partition_keys()) == {"ep0/shot-002", "ep0/shot-003"}
    up = mapping.get_upstream_mapped_partitions_result_for_partitions(
        partitions.shots.subset_with_partition_keys(["ep0/shot-002"]), partitions.shots, partitions.characters
    )
    assert set(up.partitions_subset.get_partition_keys()) == {"ada", "bob"}


def test_equal_shot_ids_of_two_episodes_are_two_shots(tmp_path: Path) -> None:
    write_series(tmp_path)
    other = {
        "id": "special",
        "number": None,
        "title": "No number",
        "shots": [{"id": "shot-001", "characterIds": ["ada"]}],
    }
    write_json(tmp_path / "episodes" / "special.json", other)
    found = build_partitions(load_catalogue(tmp_path).catalogue)
    assert found.character_shots["ada"] == ["ep0/shot-001", "ep0/shot-002", "special/shot-001"]
    assert found.variation_episodes["special/shot-001/wide"] == ["special"]


def test_unknown_and_repeated_ids_lead_nowhere() -> None:
    shot = Shot(id="s", character_ids=("ada", "ada", "ghost"), location_ids=("nowhere",))
    catalogue = Catalogue(characters={"ada": Character(id="ada")}, episodes={"e": Episode(id="e", shots=(shot,))})
    found = build_partitions(catalogue)
    assert (found.character_shots, found.location_shots) == ({"ada": ["e/s"]}, {})


def test_an_empty_catalogue_has_definitions(tmp_path: Path) -> None:
    found = build_partitions(Catalogue())
    assert found.variations.get_partition_keys() == []
    assert isinstance(partition_mapping(found.character_shots), dg.StaticPartitionMapping)


IDS = st.lists(st.sampled_from("abcdef"), max_size=4)


@given(st.lists(st.tuples(IDS, IDS), max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_table_speaks_of_known_keys_only(casts: list[tuple[list[str], list[str]]]) -> None:
    shots = tuple(
        Shot(id=f"s{index}", character_ids=tuple(characters), location_ids=tuple(locations))
        for index, (characters, locations) in enumerate(casts)
    )
    catalogue = Catalogue(
        characters={id_: Character(id=id_) for id_ in "abc"},
        locations={id_: Location(id=id_) for id_ in "cde"},
        episodes={"e": Episode(id="e", shots=shots)},
    )
    found = build_partitions(catalogue)
    variations, shot_keys = set(found.variations.get_partition_keys()), set(found.shots.get_partition_keys())
    assert found.variations.get_partition_keys() == all_variation_keys(catalogue)
    for table, upstream, downstream in (
        (found.character_shots, set("abc"), shot_keys),
        (found.location_shots, set("cde"), shot_keys),
        (found.shot_variations, shot_keys, variations),
        (found.variation_episodes, variations, {"e"}),
        (found.location_variations, set("cde"), variations),
        (found.episode_clusters, {"e"}, set(found.clusters.get_partition_keys())),
    ):
        assert set(table) <= upstream
        assert {key for keys in table.values() for key in keys} <= downstream
        assert all(len(keys) == len(set(keys)) for keys in table.values())
