from moostik_assets.catalogue.models import Character, Location, Shot
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.described import described_prompt

MAMA = Character.model_validate({"id": "mama", "name": "Mama", "description": "a queen"})
BAR = Location.model_validate({"id": "bar", "name": "The Bar", "description": "a jar", "atmosphericElements": ["fog"]})


def test_a_shot_without_a_prompt_is_told_by_the_catalogue() -> None:
    shot = Shot.model_validate(
        {"id": "s", "name": "n", "description": "They wait.", "prompt": {"lighting": {"key": "k"}}}
    )
    found = described_prompt(shot, [MAMA], [BAR])
    assert found == Prompt.model_validate(
        {
            "goal": "They wait.",
            "subjects": [{"id": "mama", "name": "Mama", "priority": 1, "description": "a queen"}],
            "scene": {"location": "The Bar: a jar", "atmosphere": ["fog"]},
            "lighting": {"key": "k"},
        }
    )
    assert described_prompt(Shot.model_validate({"id": "s", "name": "n"}), [], []).goal == "n"


def test_a_prompt_that_says_something_is_left_alone() -> None:
    for prompt in ({"goal": "g"}, {"task": "t"}, {"subjects": [{"name": "x"}]}):
        shot = Shot.model_validate({"id": "s", "description": "d", "prompt": prompt})
        assert described_prompt(shot, [MAMA], [BAR]) is shot.prompt
