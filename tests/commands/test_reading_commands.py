"""The commands that only look: what they say, in JSON and in words, and that they change nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.moostik_command import Moostik
from tests.small_series import SHOTS, VARIATION_COUNT, edit, edit_shot

LOOKING = (
    ("check", "ep0"),
    ("clusters", "ep0"),
    ("references", "ep0"),
    ("prompts", "ep0"),
    ("plan",),
    ("plan", "ep0"),
    ("doctor",),
    ("gc", "--dry-run"),
)


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("line", LOOKING, ids=" ".join)
def test_json_is_one_document_on_stdout_and_nothing_is_rendered(bare_series: Moostik, line: tuple[str, ...]) -> None:
    before = tree(bare_series.data)
    answer = bare_series(*line, "--json").expect(0)
    document, end = json.JSONDecoder().raw_decode(answer.out)
    assert answer.out[end:].strip() == ""
    assert document
    assert bare_series(*line).expect(0).out.strip()
    assert tree(bare_series.data) == before
    assert not (bare_series.output / "episodes").exists()
    assert not (bare_series.output / "dagster").exists()


def test_check_as_a_process(series: Moostik) -> None:
    answer = series.process("check", "ep0", "--json").expect(0)
    assert answer.document == {
        "ready": False,
        "canProceedWithWarnings": True,
        "warnings": [
            "ep0/shot-003 and 1 more shot: the reference images of location 'pier' are not validated; "
            'set "validated": true in locations.json once they are approved',
            "ep0/shot-004: character 'cleo' has no reference image; name one in its referenceImages in characters.json",
        ],
        "errors": [],
        "missingCharacterRefs": ["cleo"],
        "missingLocationRefs": [],
        "unvalidatedRefs": ["pier"],
        "stats": {
            "totalShots": 5,
            "totalCharacters": 3,
            "totalLocations": 2,
            "charactersWithRefs": 2,
            "locationsWithRefs": 2,
            "validatedCharacters": 3,
            "validatedLocations": 1,
        },
    }


def test_check_of_some_shots(series: Moostik) -> None:
    assert series("check", "ep0", "--shots", "shot-001,shot-005", "--json").expect(0).document["ready"] is True
    edit_shot(series.data, "shot-003", {"characterIds": ["bobb"]})
    answer = series("check", "ep0", "--json").expect(1).document
    assert answer["canProceedWithWarnings"] is False
    (error,) = answer["errors"]
    assert error.startswith("ep0/shot-003: unknown character 'bobb'")
    assert error.count("bob") == 2
    series("check", "ep0", "--shots", "shot-001").expect(0)


def test_clusters_are_those_of_the_design(series_of_parts: Moostik) -> None:
    found = {cluster["id"]: cluster for cluster in series_of_parts("clusters", "ep0", "--json").expect(0).document}
    assert found.keys() >= {"act-1", "act-2", "loc-hut-shot-001", "loc-pier-shot-003", "seq-part-1", "seq-part-2"}
    act = found["act-1"]
    assert act.keys() == {
        "id", "name", "type", "shotIds", "sharedCharacterIds", "sharedLocationIds", "coherenceRules",
    }  # fmt: skip
    assert act["name"] == "Acte 1: Going"
    assert act["shotIds"] == list(SHOTS[:3])
    assert act["coherenceRules"] == {
        "mustShareLighting": False,
        "mustShareAtmosphere": True,
        "sequentialGeneration": False,
    }
    assert found["seq-part-1"]["coherenceRules"]["sequentialGeneration"] is True
    characters = [cluster for cluster in found.values() if cluster["type"] == "characters"]
    assert [(c["shotIds"], c["sharedCharacterIds"]) for c in characters] == [(["shot-001", "shot-002"], ["ada"])]


def test_references_are_in_order_and_without_fallback_only_validated_ones(series: Moostik) -> None:
    found = series("references", "ep0", "--json").expect(0).document
    assert list(found) == list(SHOTS)
    one = found["shot-002"]
    assert one.keys() == {"characters", "locations", "allImageUrls", "totalCount", "validatedCount", "warnings"}
    names = ["ada-1", "bob-1", "hut-1", "ada-2"]
    assert one["allImageUrls"] == [f"references/{name}.png" for name in names]
    assert (one["totalCount"], one["validatedCount"]) == (4, 4)
    assert found["shot-003"]["allImageUrls"] == ["references/bob-1.png", "references/pier-1.png"]
    strict = series("references", "ep0", "--no-fallback", "--json").expect(0).document
    assert strict["shot-003"]["allImageUrls"] == ["references/bob-1.png"]


def test_prompts_say_everything_of_a_request(series: Moostik) -> None:
    found = series("prompts", "ep0", "--json").expect(0).document
    assert list(found) == list(SHOTS)
    assert list(found["shot-005"]) == ["wide", "凝視"]
    every = [prompt for angles in found.values() for prompt in angles.values()]
    assert len(every) == VARIATION_COUNT
    for prompt in every:
        assert prompt.keys() >= {"text", "negative", "seed", "width", "height", "recipe", "truncated"}
        assert (prompt["width"], prompt["height"]) == (64, 36)
    for name in ("recipe", "seed", "text"):
        assert len({prompt[name] for prompt in every}) == VARIATION_COUNT


def test_plan_of_what_was_never_rendered(series: Moostik) -> None:
    found = series("plan", "--json").expect(0).document
    assert (found["total"], found["current"], len(found["missing"]), found["stale"]) == (11, 0, 11, [])
    of_sketch = {"renderer": "sketch", "images": 11, "backgrounds": 0, "seconds": 1.1, "usd": 0.0}
    assert found["estimate"] == {"seconds": 1.1, "usd": 0.0, "renderers": [of_sketch]}
    assert series("plan", "--renderer", "costly", "--json").expect(0).document["estimate"]["usd"] == 5.5
    assert "11 variations: 0 current, 11 missing" in series("plan").expect(0).out


Change = dict[str, Any]


@pytest.mark.parametrize(
    ("shot", "change", "keys", "reason"),
    [
        ("shot-001", {"prompt": {"lighting": {"key": "moon"}}}, 2, "prompt: lighting.key changed"),
        ("shot-001", {"prompt": {"negative": ["blur"]}}, 2, "prompt: negative changed"),
        ("shot-001", {"prompt": {"deliverable": {"aspect_ratio": "1:1"}}}, 2, "size: 64x36 -> 48x48"),
        ("shot-002", {"variations": [{"cameraAngle": "wide", "seed": 5}]}, 1, "seed: "),
        ("shot-003", {"characterIds": ["bob", "ada"]}, 2, "reference ada: added"),
        ("shot-002", {"characterIds": ["ada"]}, 3, "reference bob: removed"),
        ("shot-004", {"prompt": {"parameters": {"steps": 3}}}, 2, "steps: None -> 3"),
    ],
)
def test_plan_says_why_in_words(rendered: Moostik, shot: str, change: Change, keys: int, reason: str) -> None:
    edit_shot(rendered.data, shot, change)
    stale = rendered("plan", "--json").expect(0).document["stale"]
    assert [one["key"].split("/")[1] for one in stale] == [shot] * keys
    for one in stale:
        assert any(why.startswith(reason) for why in one["reasons"]), one


def test_plan_says_that_the_renderer_changed(rendered: Moostik) -> None:
    other = rendered("plan", "--renderer", "costly", "--json").expect(0).document["stale"]
    assert {reason for one in other for reason in one["reasons"]} == {"renderer: sketch -> costly"}
    newer = rendered("plan", "--json", env={"SKETCH_VERSION": "2"}).expect(0).document["stale"]
    assert {reason for one in newer for reason in one["reasons"]} == {"renderer: sketch 1 -> 2"}
    assert len(newer) == VARIATION_COUNT


def test_plan_says_that_a_seed_changed_with_the_series(rendered: Moostik) -> None:
    edit(rendered.data / "series.json", lambda series: series.update(seed=8))
    stale = rendered("plan", "--json").expect(0).document["stale"]
    assert len(stale) == VARIATION_COUNT
    assert all(len(one["reasons"]) == 1 and one["reasons"][0].startswith("seed: ") for one in stale)


def test_json_loses_no_character_on_a_terminal_that_cannot_show_it(series: Moostik) -> None:
    answer = series.process("prompts", "ep0", "--json", env={"PYTHONIOENCODING": "ascii"}).expect(0)
    assert list(answer.document["shot-005"]) == ["wide", "凝視"]
    series.process("prompts", "ep0", env={"PYTHONIOENCODING": "ascii"}).expect(0)


def test_a_reader_that_goes_away_is_no_fault(series: Moostik) -> None:
    """`moostik prompts ep0 | head -1`."""
    process = series.start("prompts", "ep0", "--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_doctor_tells_what_is_missing(series: Moostik) -> None:
    found = series("doctor", "--json").expect(0).document
    states = {one["what"]: one["state"] for one in found["findings"]}
    assert found["ok"] is True
    assert states["renderer sketch"] == "ok"
    assert states["renderer keyless"] == states["renderer unbuildable"] == states["renderer outdated"] == "note"
    broken = series("doctor", "--json", env={"MOOSTIK_RENDERER": "keyless"}).expect(1).document
    assert broken["ok"] is False
    faults = [one["says"] for one in broken["findings"] if one["state"] == "fault"]
    assert faults == ["keyless: no API key; set KEYLESS_TOKEN"]
