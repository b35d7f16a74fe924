from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.models import Catalogue, Character, Location, Shot
from moostik_assets.references.resolution import cast_of, references_of_shots, resolve_references


def _character(name: str, images: list[str], validated: bool = True) -> Character:
    return Character.model_validate(
        {"id": name, "name": name.title(), "referenceImages": images, "validated": validated}
    )


def _location(name: str, images: list[str], validated: bool = True) -> Location:
    return Location.model_validate(
        {"id": name, "name": name.title(), "referenceImages": images, "validated": validated}
    )


def test_the_order_of_the_references() -> None:
    found = resolve_references(
        [_character("b", ["b1", "b2"], False), _character("a", ["a1", "a2", "a3"])],
        [_location("y", ["y1", "y2"], False), _location("x", ["x1", "x2"])],
    )
    assert found.to_json() == {
        "characters": [
            {"id": "b", "name": "B", "validated": False, "images": ["b1", "b2"]},
            {"id": "a", "name": "A", "validated": True, "images": ["a1", "a2", "a3"]},
        ],
        "locations": [
            {"id": "y", "name": "Y", "validated": False, "images": ["y1", "y2"]},
            {"id": "x", "name": "X", "validated": True, "images": ["x1", "x2"]},
        ],
        "allImageUrls": ["a1", "x1", "b1", "y1", "b2", "a2", "a3", "y2", "x2"],
        "totalCount": 9,
        "validatedCount": 5,
        "warnings": [
            "character 'b' is not validated: its images are used all the same",
            "location 'y' is not validated: its images are used all the same",
        ],
    }
    assert [image.primary for image in found.images] == [True] * 4 + [False] * 5


def test_without_fallback_only_validated_ones_and_the_others_are_said() -> None:
    found = resolve_references([_character("b", ["b1", "b2"], False), _character("a", ["a1"])], [], fallback=False)
    assert [image.reference for image in found.images] == ["a1"]
    assert found.characters[0].images == ()
    assert found.warnings == ("character 'b' is not validated: left out 'b1', 'b2'",)


def test_what_the_limit_drops_is_said_by_name() -> None:
    found = resolve_references([_character("a", [f"a{n}" for n in range(16)])], [_location("x", ["x1"])])
    assert len(found.images) == 14
    assert found.images[1].reference == "x1"
    (warning,) = found.warnings
    assert warning == (
        "17 reference images, and the limit is 14: "
        "left out 'a13' of character 'a', 'a14' of character 'a', 'a15' of character 'a'"
    )


def test_an_entity_without_images_is_said() -> None:
    found = resolve_references([_character("a", ["", "  "])], [])
    assert found.images == ()
    assert found.warnings == ("character 'a' has no reference image",)


def test_an_image_of_two_entities_is_chosen_once_and_stands_under_both() -> None:
    found = resolve_references([_character("a", ["both", "a2"], False), _character("b", ["b1", "both"])], [])
    assert [image.reference for image in found.images] == ["b1", "both", "a2"]
    assert (found.images[1].entity, found.images[1].primary, found.images[1].validated) == ("a", True, True)
    assert found.characters[0].images == ("both", "a2")
    assert found.characters[1].images == ("b1", "both")
    assert found.validated_count == 2
    approved = resolve_references([_character("a", ["both"], False), _character("b", ["both"])], [], fallback=False)
    assert approved.warnings == ()


def test_a_limit_of_none_at_all() -> None:
    assert resolve_references([_character("a", ["a1"])], [], limit=0).images == ()
    assert resolve_references([_character("a", ["a1"])], [], limit=-3).to_json()["totalCount"] == 0


_entities = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.lists(st.sampled_from(["1", "2", "3", "4", "5", ""]), max_size=4), st.booleans()
    ),
    max_size=4,
    unique_by=lambda drawn: drawn[0],
)


@settings(max_examples=150, deadline=None)
@given(_entities, _entities, st.integers(0, 16), st.booleans())
def test_order_limit_and_no_duplicates(cast: list, places: list, limit: int, fallback: bool) -> None:
    found = resolve_references(
        [_character(*one) for one in cast], [_location(*one) for one in places], limit=limit, fallback=fallback
    )
    expected = _by_definition(cast, places, fallback)
    assert [image.reference for image in found.images] == expected[:limit]
    assert any("limit" in warning for warning in found.warnings) == (len(expected) > limit)
    approved = {image for _, images, validated in (*cast, *places) if validated for image in images}
    assert found.validated_count == sum(image in approved for image in expected[:limit])
    owners = {("character", one[0]): one[1] for one in cast} | {("location", one[0]): one[1] for one in places}
    for image in found.images:
        assert image.reference in owners[image.role, image.entity]


def _by_definition(cast: list, places: list, fallback: bool) -> list[str]:
    """The order, written from the words of the definition."""
    cast, places = (
        [(name, [image for image in images if image], validated) for name, images, validated in group]
        for group in (cast, places)
    )
    order: list[str] = []
    for wanted in (True, False) if fallback else (True,):
        for group in (cast, places):
            order += [images[0] for _, images, validated in group if images and validated is wanted]
    for group in (cast, places):
        for _, images, validated in group:
            if validated or fallback:
                order += images[1:]
    return list(dict.fromkeys(order))


def _catalogue() -> Catalogue:
    return Catalogue(
        characters={"a": _character("a", ["a1"]), "b": _character("b", ["b1"])}, locations={"x": _location("x", ["x1"])}
    )


def _shot(number: int, cast: list[str], places: list[str]) -> Shot:
    fields: dict[str, Any] = {"id": f"shot-{number}", "characterIds": cast, "locationIds": places}
    return Shot.model_validate(fields)


def test_the_cast_of_a_shot_skips_unknown_ids_and_repetitions() -> None:
    characters, locations = cast_of(_shot(1, ["b", "nobody", "a", "b"], ["nowhere", "x"]), _catalogue())
    assert [one.id for one in characters] == ["b", "a"]
    assert [one.id for one in locations] == ["x"]


def test_one_cast_is_resolved_once() -> None:
    shots = [_shot(1, ["a"], ["x"]), _shot(2, ["b"], ["x"]), _shot(3, ["a"], ["x"])]
    found = references_of_shots(shots, _catalogue(), limit=1)
    assert found["shot-1"] is found["shot-3"]
    assert [image.reference for image in found["shot-2"].images] == ["b1"]
