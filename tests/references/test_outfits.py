from typing import Any

from moostik_assets.catalogue.models import Catalogue, Character, Shot, Theme, WorldState
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.outfits import prompt_with_outfits
from moostik_assets.prompts.shots import ShotPreparation
from moostik_assets.references.fetching import reference_urls
from moostik_assets.references.outfits import dressed, outfit_of
from resources.rendering.base import Capabilities, Engine

_SCARF = {"theme": "frost", "description": "In a knitted scarf.", "referenceImages": ["s1", "s2"], "validated": True}


def _character(name: str = "mama", **fields: Any) -> Character:
    return Character.model_validate(
        {
            "id": name,
            "name": name.title(),
            "description": f"{name} the mouse",
            "referenceImages": [f"{name}-1"],
            **fields,
        }
    )


def _catalogue(theme: str = "neutral", **shot: Any) -> Catalogue:
    characters = {"mama": _character(outfits=[_SCARF]), "papy": _character("papy")}
    shots = [{"id": "s1", "characterIds": ["mama", "papy"], **shot}, {"id": "s2", "characterIds": ["mama"]}]
    return Catalogue.model_validate(
        {
            "characters": characters,
            "themes": {name: Theme(name=name) for name in ("neutral", "frost", "storm")},
            "worldState": WorldState(theme=theme),
            "episodes": {"ep0": {"id": "ep0", "shots": shots}},
        }
    )


def _prepared(catalogue: Catalogue) -> Any:
    preparation = ShotPreparation(catalogue, Engine("sketch", Capabilities(), {"name": "sketch"}))
    return preparation, preparation.shots(catalogue.episodes["ep0"])


def test_an_outfit_stands_in_for_what_it_has() -> None:
    mama = _character(outfits=[_SCARF, {"theme": "storm", "description": "Under an umbrella"}])
    worn = dressed(mama, "frost")
    assert (worn.description, worn.reference_images, worn.validated) == ("In a knitted scarf.", ("s1", "s2"), True)
    assert (worn.id, worn.name, worn.outfits) == ("mama", "Mama", mama.outfits)
    wet = dressed(mama, "storm")
    assert (wet.description, wet.reference_images, wet.validated) == ("Under an umbrella", ("mama-1",), False)
    assert dressed(mama, "neutral") is mama
    assert outfit_of(mama, "neutral") is None


def test_only_the_shots_in_that_theme_and_only_that_character_follow() -> None:
    _, before = _prepared(_catalogue())
    _, after = _prepared(_catalogue(theme="frost"))
    assert before[0].references.to_json()["allImageUrls"] == ["mama-1", "papy-1"]
    assert after[0].references.to_json()["allImageUrls"] == ["s1", "papy-1", "s2"]
    assert [c.reference_images for c in after[0].characters] == [("s1", "s2"), ("papy-1",)]
    _, pinned = _prepared(_catalogue(prompt={"goal": "g"}, theme="frost"))
    assert pinned[0].references.to_json()["allImageUrls"][0] == "s1"
    _, alone = _prepared(_catalogue().model_copy(update={"world_state": WorldState(theme="storm")}))
    assert alone[0].references == before[0].references


def test_one_cast_in_two_themes_is_resolved_twice() -> None:
    catalogue = _catalogue()
    episode = catalogue.episodes["ep0"]
    shots = (
        Shot.model_validate({"id": "s1", "characterIds": ["mama"], "theme": "frost"}),
        Shot.model_validate({"id": "s2", "characterIds": ["mama"]}),
    )
    episode = episode.model_copy(update={"shots": shots})
    found = ShotPreparation(catalogue, Engine("sketch", Capabilities(), {})).shots(episode)
    assert [shot.references.to_json()["allImageUrls"] for shot in found] == [["s1", "s2"], ["mama-1"]]


def test_the_subject_says_what_it_wears_once() -> None:
    cast = [_character(outfits=[_SCARF]), _character("papy")]
    prompt = Prompt.model_validate(
        {
            "subjects": [
                {"name": "Mama", "description": "A mouse."},
                {"id": "papy", "description": "Old"},
                {"id": "lamp"},
            ]
        }
    )
    said = prompt_with_outfits(prompt, cast, "frost")
    assert [s.description for s in said.subjects] == ["A mouse; In a knitted scarf", "Old", ""]
    assert prompt_with_outfits(said, cast, "frost") == said
    assert prompt_with_outfits(prompt, cast, "storm") is prompt
    assert prompt.subjects[0].description == "A mouse."


def test_a_written_prompt_and_a_custom_one_both_say_it() -> None:
    subjects = [{"id": "mama", "description": "A mouse"}]
    variations = [
        {"cameraAngle": "wide"},
        {"cameraAngle": "close_up", "customPrompt": {"goal": "g", "subjects": subjects}},
        {"cameraAngle": "low", "promptOverrides": {"goal": "other"}},
    ]
    catalogue = _catalogue(theme="frost", prompt={"goal": "g", "subjects": subjects}, variations=variations)
    preparation, (shot, _) = _prepared(catalogue)
    for angle in preparation.angles(shot):
        assert angle.text.text.count("knitted scarf") == 1, angle.text.text
        assert angle.prompt.subjects[0].reference_image == "s1"


def test_the_outfits_urls_are_fetched_where_it_is_worn() -> None:
    url = "https://example.org/scarf.png"
    catalogue = _catalogue(theme="frost")
    mama = _character(outfits=[{**_SCARF, "referenceImages": [url]}])
    catalogue = catalogue.model_copy(update={"characters": {"mama": mama}})
    assert reference_urls(catalogue, catalogue.episodes["ep0"]) == [url]
    neutral = catalogue.model_copy(update={"world_state": WorldState()})
    assert reference_urls(neutral, catalogue.episodes["ep0"]) == []
