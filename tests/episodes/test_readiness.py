import pytest
from episode_cases import catalogue, episode, shot

from moostik_assets.catalogue.models import Catalogue
from moostik_assets.episodes.readiness import readiness


@pytest.fixture
def cast() -> Catalogue:
    return catalogue(
        [
            {"id": "mama", "referenceImages": ["mama.png"], "validated": True},
            {"id": "papy", "referenceImages": ["papy.png"]},
            {"id": "koko", "referenceImages": [" ", ""], "validated": True},
        ],
        [
            {"id": "bar", "referenceImages": ["bar.png"], "validated": True},
            {"id": "tire-city"},
        ],
    )


def test_all_there_is_ready(cast: Catalogue) -> None:
    found = readiness(episode([shot(1, ["mama"], ["bar"]), shot(2, ["mama", "mama"])]), cast)
    assert found.ready
    assert found.can_proceed_with_warnings
    assert found.to_json() == {
        "ready": True,
        "canProceedWithWarnings": True,
        "warnings": [],
        "errors": [],
        "missingCharacterRefs": [],
        "missingLocationRefs": [],
        "unvalidatedRefs": [],
        "stats": {
            "totalShots": 2,
            "totalCharacters": 1,
            "totalLocations": 1,
            "charactersWithRefs": 1,
            "locationsWithRefs": 1,
            "validatedCharacters": 1,
            "validatedLocations": 1,
        },
    }


def test_an_unknown_id_is_an_error_that_names_shot_id_and_the_nearest_valid_one(cast: Catalogue) -> None:
    found = readiness(episode([shot(1, ["Mama_"], ["tire-cty"]), shot(2, ["xyzzy", "bar"])]), cast)
    assert not found.can_proceed_with_warnings
    mama, tire, xyzzy, bar = found.errors
    assert mama == "ep0/shot-001: unknown character 'Mama_'; nearest: 'mama'"
    assert tire == "ep0/shot-001: unknown location 'tire-cty'; nearest: 'tire-city'"
    assert "ep0/shot-002: unknown character 'xyzzy'" in xyzzy
    assert "'mama', 'papy', 'koko'" in xyzzy
    assert "that is a location: name it in locationIds" in bar
    assert found.missing_character_refs == found.missing_location_refs == found.unvalidated_refs == ()
    assert found.stats.total_characters == 3
    assert found.stats.characters_with_refs == 0


def test_warnings_are_one_per_entity_and_without_images_only_that_one(cast: Catalogue) -> None:
    found = readiness(
        episode([shot(1, ["papy", "koko"], ["tire-city"]), shot(2, ["koko", "papy"], ["tire-city"])]), cast
    )
    assert not found.ready
    assert found.can_proceed_with_warnings
    assert len(found.warnings) == 3
    papy, koko, tire = found.warnings
    assert papy.startswith("ep0/shot-001 and 1 more shot: the reference images of character 'papy' are not validated")
    assert "character 'koko' has no reference image" in koko
    assert "location 'tire-city' has no reference image" in tire
    assert found.missing_character_refs == ("koko",)
    assert found.missing_location_refs == ("tire-city",)
    assert found.unvalidated_refs == ("papy",)
    stats = found.stats
    assert (stats.total_characters, stats.characters_with_refs, stats.validated_characters) == (2, 1, 1)
    assert (stats.total_locations, stats.locations_with_refs, stats.validated_locations) == (1, 0, 0)


def test_an_id_that_a_shot_repeats_counts_once(cast: Catalogue) -> None:
    found = readiness(episode([shot(1, ["nobody", "nobody", "koko", "koko"])]), cast)
    assert len(found.errors) == 1
    assert found.warnings[0].startswith("ep0/shot-001: character 'koko'")
    assert found.stats.total_characters == 2


def test_only_the_shots_asked_for_are_checked(cast: Catalogue) -> None:
    broken = episode([shot(1, ["nobody"]), shot(2, ["mama"])])
    assert not readiness(broken, cast).ready
    assert readiness(broken, cast, ["shot-002"]).ready
    assert readiness(broken, cast, ["shot-002"]).stats.total_shots == 1
    assert readiness(broken, cast, []).stats.total_shots == 0


def test_a_shot_that_does_not_exist_is_an_error(cast: Catalogue) -> None:
    found = readiness(episode([shot(1, ["mama"])]), cast, ["shot-1", "shot-001"])
    assert found.errors == ("ep0: there is no shot 'shot-1'; nearest: 'shot-001'",)


def test_hostile_ids_are_shown_short_and_on_one_line(cast: Catalogue) -> None:
    found = readiness(episode([shot(1, ["a\n\x1b[31m" + "b" * 100_000])]), cast)
    (error,) = found.errors
    assert len(error) < 300
    assert error.isprintable()


def test_an_empty_catalogue_says_that_there_are_none() -> None:
    (error,) = readiness(episode([shot(1, ["mama"])]), Catalogue()).errors
    assert error == "ep0/shot-001: unknown character 'mama'; there are none at all"


def test_ten_thousand_unknown_ids_are_all_said_and_soon(cast: Catalogue) -> None:
    many = {f"figure-{n:04d}": cast.characters["mama"] for n in range(500)}
    big = cast.model_copy(update={"characters": many})
    found = readiness(episode([shot(n, [f"figure_x{n}"]) for n in range(10_000)]), big)
    assert len(found.errors) == 10_000
    assert sum("nearest" in error for error in found.errors) == 50
