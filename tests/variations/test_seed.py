"""Seeds: 31 bits that tell every take of every variation from every other, and stay."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.models import Catalogue, Episode, Series, Shot, Variation
from moostik_assets.catalogue.prompt import Parameters, Prompt
from moostik_assets.variations.seed import series_seeds, variation_seed

BASE = {"series_seed": 7, "episode": "ep0", "shot": "shot-001", "angle": "wide"}


def test_seeds_are_those_of_yesterday() -> None:
    """Whoever changes the formula makes every image of every series anew."""
    assert variation_seed(**BASE) == 988084428
    assert variation_seed(**BASE, take=1) == 364645666
    assert variation_seed(**BASE, prompt_seed=42) == 1639051368


@pytest.mark.parametrize(
    "other",
    [
        {"series_seed": 8},
        {"episode": "ep1"},
        {"shot": "shot-002"},
        {"angle": "close_up"},
        {"take": 1},
        {"prompt_seed": 0},
        {"episode": "ep0shot", "shot": "-001"},
    ],
)
def test_every_part_of_a_variation_counts(other: dict) -> None:
    assert variation_seed(**{**BASE, **other}) != variation_seed(**BASE)


def test_a_seed_of_its_own_is_taken_as_it_is_for_the_first_take() -> None:
    assert variation_seed(**BASE, own=123) == variation_seed(**BASE, own=123, prompt_seed=9) == 123
    assert variation_seed(**BASE, own=2**31 + 5) == 5
    takes = {variation_seed(**BASE, own=123, take=take) for take in range(6)}
    assert len(takes) == 6


@given(st.integers(0, 2**63 - 1), st.text(max_size=9), st.text(max_size=9), st.text(max_size=9), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_seed_is_31_bits_of_anything(series: int, episode: str, shot: str, angle: str, take: int) -> None:
    seed = variation_seed(series_seed=series, episode=episode, shot=shot, angle=angle, take=take)
    assert 0 <= seed < 2**31
    assert seed == variation_seed(series_seed=series, episode=episode, shot=shot, angle=angle, take=take)


def test_a_long_series_has_as_few_equal_seeds_as_chance_allows() -> None:
    """40 shots of 5 angles in 3 episodes with equal shot ids, all pinned to one seed by their prompts: all distinct."""
    prompt = Prompt(parameters=Parameters(seed=42))
    shots = tuple(Shot(id=f"shot-{number:03d}", prompt=prompt) for number in range(40))
    catalogue = Catalogue(
        series=Series(seed=1), episodes={id_: Episode(id=id_, shots=shots) for id_ in ("a", "b", "c")}
    )
    seeds = Counter(seed for _, seed in series_seeds(catalogue))
    assert sum(seeds.values()) == len(seeds) == 600


def test_what_a_person_pins_twice_is_shared_and_told() -> None:
    from moostik_assets.variations.checks import distinct_seeds_result

    angles = (Variation(camera_angle="wide", seed=5), Variation(camera_angle="medium", seed=5))
    catalogue = Catalogue(episodes={"e": Episode(id="e", shots=(Shot(id="s", variations=angles),))})
    result = distinct_seeds_result(catalogue)
    assert not result.passed
    assert result.metadata["shared"].value == ["e/s/wide and e/s/medium share seed 5"]
