from collections import Counter

import pytest

from moostik_assets.dreams.injection import collapsed, injection
from resources.memory.memory import Remembered


def remembered(*similarities: float) -> list[Remembered]:
    return [Remembered(f"{number:064x}", "variation", f"k{number}", s) for number, s in enumerate(similarities)]


def drawn(candidates: list[Remembered], count: int = 4000, **settings: float) -> Counter[str]:
    found = [injection(f"7/night/{number}", candidates, **settings) for number in range(count)]  # type: ignore[arg-type]
    assert all(one is None or one.why == "chance" for one in found)
    return Counter("" if one is None else one.image.key for one in found)


def test_the_chance_is_what_was_asked_for_and_the_more_alike_comes_more_often() -> None:
    found = drawn(remembered(0.71, 0.99, 0.85))
    assert 1 - found[""] / 4000 == pytest.approx(0.15, abs=0.02)
    often = drawn(remembered(0.7, 1.0), chance=1.0)
    assert often[""] == 0
    assert often["k1"] / often["k0"] == pytest.approx(1 / 0.7**2, rel=0.15)


def test_only_the_top_of_those_above_the_threshold() -> None:
    found = drawn(remembered(0.69, 0.7, 0.71, 0.75, 0.8, 0.9, 0.95), chance=1.0)
    assert set(found) == {"k2", "k3", "k4", "k5", "k6"}
    assert set(drawn(remembered(0.69, 0.2), chance=1.0)) == {""}
    assert set(drawn(remembered(0.4, 0.2), chance=1.0, threshold=0.3)) == {"k0"}
    assert set(drawn(remembered(0.9, 0.95), chance=0.0)) == {""}
    assert injection("s", [], chance=1.0) is None


def test_the_same_seed_gives_the_same_whatever_the_order() -> None:
    candidates = remembered(0.9, 0.8, 0.75, 0.9)
    for number in range(50):
        one = injection(f"s{number}", candidates, chance=0.5)
        assert one == injection(f"s{number}", candidates[::-1], chance=0.5)
    # Pinned: a night that is dreamt again years later is the same night.
    found = [injection(f"7/2026-11-21/{number}", candidates, chance=0.5) for number in range(8)]
    assert [one and one.image.key for one in found] == ["k0", "k3", None, "k2", None, None, "k0", "k3"]


def test_a_collapse_always_injects_something_that_changes_the_picture() -> None:
    def of(*similarities: float) -> set[str]:
        found = [injection(f"s{n}", remembered(*similarities), chance=0.0, collapsed=True) for n in range(200)]
        assert all(one is None or one.why == "collapse" for one in found)
        return {"" if one is None else one.image.key for one in found}

    assert of(0.99, 0.98, 0.8, 0.3) == {"k2"}
    assert of(0.99, 0.5, 0.3) == {"k1", "k2"}
    assert of(-0.2, -0.1) == {"k1"}
    assert of(0.99) == {""}


def test_frames_collapse_when_they_are_too_alike_for_too_long() -> None:
    assert not collapsed([0.99] * 11)
    assert collapsed([0.1] + [0.97] * 12)
    assert not collapsed([0.99] * 11 + [0.96])
    assert not collapsed([0.99] * 5 + [0.5] + [0.99] * 11)
    assert collapsed([0.9, 0.9], too_alike=0.9, for_frames=2)
