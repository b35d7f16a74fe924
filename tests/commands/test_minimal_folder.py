"""A folder of three kinds of file and nothing else, as real studios have them, goes all the way through."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copied
from tests.dagster_state import not_fresh
from tests.moostik_command import Moostik
from tests.small_series import published_bytes, write_json

NOBODY_LISTENS = "http://127.0.0.1:9"
DEFAULT_ANGLES = 5


def prompt(**parts: Any) -> dict[str, Any]:
    return {"task": "Generate a single cinematic still", "goal": "What happens here", **parts}


def shots_of_first_episode() -> list[dict[str, Any]]:
    return [
        {"id": "shot-001", "number": 1, "name": "No prompt at all", "characterIds": ["mama"], "locationIds": ["bar"]},
        {
            "id": "shot-002",
            "number": 2,
            "name": "A prompt that lacks most parts",
            "characterIds": ["mama", "papy"],
            "locationIds": ["bar"],
            "prompt": prompt(subjects=[{"name": "Papy", "description": "old"}], camera={"lens_mm": 35}, negative=None),
            "variations": [
                {
                    "id": "a",
                    "cameraAngle": "slow_dolly_in_reverse",
                    "status": "completed",
                    "imageUrl": "http://x/y.png",
                },
                {"id": "b", "cameraAngle": "凝視"},
                {"id": "c", "cameraAngle": "俯瞰"},
                {"id": "d", "cameraAngle": "Vue d’ensemble / nuit"},
            ],
        },
        {
            "id": "shot-003",
            "number": 3,
            "name": "Whole custom prompts",
            "sceneType": "interior",
            "characterIds": ["papy"],
            "locationIds": [],
            "prompt": prompt(),
            "variations": [
                {"cameraAngle": "wide", "customPrompt": prompt(goal="Papy sleeps", scene={"location": "his bed"})},
                {"cameraAngle": "medium", "customPrompt": prompt(goal="Papy dreams", lighting={"key": "moon"})},
            ],
        },
    ]


@pytest.fixture
def minimal(tmp_path: Path, ready_home: Path) -> Moostik:
    copied(ready_home, tmp_path / "output" / "dagster")
    data = tmp_path / "data"
    url = f"{NOBODY_LISTENS}/papy.png?token=secret"
    write_json(
        data / "characters.json",
        [
            {"id": "mama", "name": "Mama", "type": "hero", "description": "a mosquito", "mood": {"unknown": True}},
            {"id": "papy", "name": "Papy", "description": "older", "referenceImages": [url], "validated": True},
        ],
    )
    write_json(data / "locations.json", [{"id": "bar", "name": "Bar Tik", "architecturalFeatures": ["zinc"]}])
    first = {"id": "ep0", "number": 0, "title": "Zéro", "createdAt": "2024-01-01", "shots": shots_of_first_episode()}
    write_json(data / "episodes" / "ep0.json", first)
    same_ids = [{"id": "shot-001", "number": 1, "name": "Same id", "characterIds": [], "locationIds": ["bar"]}]
    write_json(data / "episodes" / "ep0.5.json", {"id": "ep0.5", "number": 0.5, "title": "Demi", "shots": same_ids})
    return Moostik(data, tmp_path / "output")


TOTAL = DEFAULT_ANGLES + 4 + 2 + DEFAULT_ANGLES
SKETCH = {"MOOSTIK_RENDERER": "sketch"}


def test_it_is_checked_planned_and_rendered_whole(minimal: Moostik) -> None:
    check = minimal("check", "ep0", "--json").expect(0).document
    assert (check["errors"], check["missingCharacterRefs"], check["missingLocationRefs"]) == ([], ["mama"], ["bar"])
    plan = minimal("plan", "--json", env=SKETCH).expect(0).document
    assert (plan["total"], len(plan["missing"]), plan["referencesToFetch"]) == (TOTAL, TOTAL, 1)
    answer = minimal.warm("render", "--json", env=SKETCH).expect(0)
    assert answer.document["rendered"] == TOTAL
    assert f"reference {NOBODY_LISTENS}/papy.png cannot be had" in answer.err
    assert "secret" not in answer.err
    images = published_bytes(minimal.output)
    assert len(set(images.values())) == TOTAL
    assert all(path.isascii() for path in images)
    again = minimal("render", "--json", env=SKETCH).expect(0).document
    assert (again["rendered"], again["reused"]) == (0, TOTAL)
    assert published_bytes(minimal.output) == images
    assert not_fresh(minimal) == {}

    other = Moostik(minimal.data, minimal.output.with_name("other"))
    other.process("render", env={**SKETCH, "PYTHONHASHSEED": "77"}).expect(0)
    assert published_bytes(other.output) == images


def test_the_preview_renderer_draws_it_the_same_twice(minimal: Moostik) -> None:
    (minimal.data / "episodes" / "ep0.5.json").unlink()
    options = ("render", "ep0", "--shots", "shot-002", "--json")
    assert minimal(*options).expect(0).document["rendered"] == 4
    other = Moostik(minimal.data, minimal.output.with_name("other"))
    other.process(*options, env={"PYTHONHASHSEED": "5", "MOOSTIK_WORKERS": "1"}).expect(0)
    images = published_bytes(minimal.output)
    assert len(set(images.values())) == 4
    assert published_bytes(other.output) == images


def test_seeds_are_distinct_over_the_series_and_stay(minimal: Moostik) -> None:
    seeds = {}
    for episode in ("ep0", "ep0.5"):
        for angles in minimal("prompts", episode, "--json").expect(0).document.values():
            seeds |= {prompt["key"]: prompt["seed"] for prompt in angles.values()}
    assert len(set(seeds.values())) == len(seeds) == TOTAL
    assert all(0 <= seed < 2**31 for seed in seeds.values())


def test_what_a_reference_that_cannot_be_had_leaves_in_the_recipe_is_its_url(minimal: Moostik) -> None:
    minimal("render", "ep0", "--shots", "shot-003", env=SKETCH).expect(0)
    found = [json.loads(path.read_text()) for path in (minimal.output / "store" / "recipes").rglob("*.json")]
    for record in found:
        (reference,) = record["request"]["references"]
        assert reference["url"].startswith(f"{NOBODY_LISTENS}/papy.png")
        assert "sha256" not in reference
