from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.models import Character
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.enrichment import enrich
from moostik_assets.references.resolution import resolve_references


def _character(name: str, images: list[str], shown: str | None = None) -> Character:
    return Character.model_validate({"id": name, "name": shown or name.title(), "referenceImages": images})


def _prompt(*subjects: dict) -> Prompt:
    return Prompt.model_validate({"goal": "g", "subjects": subjects})


def test_subjects_match_by_id_else_by_exact_name_and_the_rest_is_reported() -> None:
    cast = [_character("mama", ["m1", "m2"]), _character("papy", ["p1"]), _character("koko", ["k1"])]
    prompt = _prompt({"name": "Papy"}, {"id": "mama", "name": "Koko"}, {"name": "koko"}, {"name": "A lamp"})
    found = enrich(prompt, cast, resolve_references(cast, []))
    assert [subject.reference_image for subject in found.prompt.subjects] == ["p1", "m1", "", ""]
    assert found.unmatched == ("koko",)
    assert found.prompt.goal == "g"


def test_an_unknown_id_still_matches_by_name() -> None:
    cast = [_character("mama", ["m1"])]
    found = enrich(_prompt({"id": "the-mother", "name": "Mama"}), cast, resolve_references(cast, []))
    assert found.prompt.subjects[0].reference_image == "m1"


def test_a_nameless_subject_is_nobody() -> None:
    nameless = Character.model_validate({"id": "x", "referenceImages": ["x1"]})
    found = enrich(_prompt({"description": "a lamp"}), [nameless], resolve_references([nameless], []))
    assert found.prompt.subjects[0].reference_image == ""
    assert found.unmatched == ("x",)


def test_the_resolved_image_wins_over_one_in_the_prompt_and_only_where_there_is_one() -> None:
    cast = [_character("mama", ["m1"]), _character("papy", [])]
    prompt = _prompt({"id": "mama", "reference_image": "old"}, {"id": "papy", "reference_image": "own"})
    found = enrich(prompt, cast, resolve_references(cast, []))
    assert [subject.reference_image for subject in found.prompt.subjects] == ["m1", "own"]
    assert found.unmatched == ()
    none_chosen = enrich(prompt, cast, resolve_references(cast, [], limit=0))
    assert none_chosen.prompt is prompt


def test_an_image_of_two_characters_is_set_for_both() -> None:
    cast = [_character("pip", ["both"]), _character("pop", ["both"])]
    found = enrich(_prompt({"id": "pip"}, {"id": "pop"}), cast, resolve_references(cast, []))
    assert [subject.reference_image for subject in found.prompt.subjects] == ["both", "both"]


_subjects = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.sampled_from(["mama", "papy", "other"]),
            "name": st.sampled_from(["Mama", "Papy", "mama", ""]),
            "reference_image": st.sampled_from(["", "own"]),
        },
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(_subjects, st.booleans())
def test_enrichment_never_changes_its_input_and_changes_nothing_but_images(subjects: list, drawn: bool) -> None:
    cast = [_character("mama", ["m1"]), _character("papy", ["p1"] if drawn else [])]
    prompt = _prompt(*subjects)
    before = prompt.model_copy(deep=True)
    found = enrich(prompt, cast, resolve_references(cast, []))
    assert prompt == before
    without_images = {"subjects": {"__all__": {"reference_image"}}}
    assert found.prompt.model_dump(exclude=without_images) == before.model_dump(exclude=without_images)
    assert enrich(found.prompt, cast, resolve_references(cast, [])).prompt is found.prompt
    for subject, own in zip(found.prompt.subjects, before.subjects, strict=True):
        who = own.id if own.id in ("mama", "papy") else {"Mama": "mama", "Papy": "papy"}.get(own.name)
        expected = {"mama": "m1", "papy": "p1" if drawn else None}.get(who or "")
        assert subject.reference_image == (expected or own.reference_image)
        assert who is None or who not in found.unmatched
