import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_cases import angles, prompts, variation

from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.angles import angle_of
from moostik_assets.prompts.overrides import variation_prompt

SHOT = Prompt.model_validate(
    {
        "goal": "g",
        "composition": {"framing": "shot framing", "layout": "shot layout"},
        "camera": {"lens_mm": 85, "angle": "shot angle", "aperture": "f/2"},
        "subjects": [{"id": "a"}, {"id": "b"}],
        "negative": ["x", "y"],
        "parameters": {"seed": 7, "steps": 30},
    }
)


def test_the_angle_wins_over_the_shot() -> None:
    low = variation_prompt(SHOT, variation("low_angle"))
    assert low.composition.framing == angle_of("low_angle").framing
    assert low.composition.layout == "shot layout"
    assert (low.camera.lens_mm, low.camera.angle) == ("28", "low angle, looking up")
    assert low.camera.aperture == "f/2"
    wide = variation_prompt(SHOT, variation("wide"))
    assert (wide.camera.lens_mm, wide.camera.angle) == ("24", "shot angle")
    unknown = variation_prompt(SHOT, variation("through_the_keyhole"))
    assert unknown.composition.framing == "through the keyhole"
    assert unknown.camera is SHOT.camera


def test_overrides_win_over_the_angle_field_by_field_and_lists_are_replaced() -> None:
    overrides = {
        "goal": "another",
        "composition": {"framing": "the eye"},
        "camera": {"lens_mm": 105},
        "subjects": [{"name": "c"}],
        "negative": None,
        "parameters": {"seed": None},
        "stranger": {"x": 1},
    }
    found = variation_prompt(SHOT, variation("low_angle", promptOverrides=overrides))
    assert found.goal == "another"
    assert (found.composition.framing, found.composition.layout) == ("the eye", "shot layout")
    assert (found.camera.lens_mm, found.camera.angle) == ("105", "low angle, looking up")
    assert [subject.name for subject in found.subjects] == ["c"]
    assert found.negative == ()
    assert (found.parameters.seed, found.parameters.steps) == (None, 30)


def test_a_custom_prompt_stands_in_place_of_the_shots_and_the_angle_fills_it_in() -> None:
    custom = {"goal": "own", "composition": {"framing": "own framing"}, "camera": {"aperture": "f/8"}}
    found = variation_prompt(SHOT, variation("low_angle", customPrompt=custom))
    assert (found.goal, found.subjects, found.negative) == ("own", (), ())
    assert found.composition.framing == "own framing"
    assert (found.camera.lens_mm, found.camera.angle, found.camera.aperture) == ("28", "low angle, looking up", "f/8")
    full = {"composition": {"framing": "f"}, "camera": {"lens_mm": 1, "angle": "a"}}
    both = variation("wide", customPrompt=full, promptOverrides={"camera": {"angle": "override"}})
    assert variation_prompt(SHOT, variation("wide", customPrompt=full)) == Prompt.model_validate(full)
    assert variation_prompt(SHOT, both).camera.angle == "override"


def test_overrides_that_are_no_prompt_say_where() -> None:
    with pytest.raises(ValueError, match=r"parameters\.steps"):
        variation_prompt(SHOT, variation("wide", promptOverrides={"parameters": {"steps": -1}}))
    with pytest.raises(ValueError, match="camera"):
        variation_prompt(SHOT, variation("wide", promptOverrides={"camera": "35mm"}))


_texts = st.sampled_from(["", " ", "override"])
_overrides = st.fixed_dictionaries(
    {},
    optional={
        "goal": _texts,
        "composition": st.fixed_dictionaries({}, optional=dict.fromkeys(("framing", "layout"), _texts)),
        "camera": st.fixed_dictionaries({}, optional=dict.fromkeys(("lens_mm", "angle", "format"), _texts)),
    },
)


@settings(max_examples=150, deadline=None)
@given(prompts, angles, _overrides, prompts | st.none())
def test_each_field_is_of_the_strongest_that_has_it(
    shot: Prompt, angle: str, overrides: dict, custom: Prompt | None
) -> None:
    before = shot.model_copy(deep=True)
    found = variation_prompt(shot, variation(angle, promptOverrides=overrides, customPrompt=custom))
    assert shot == before
    grammar = angle_of(angle)
    of_angle = {
        ("composition", "framing"): grammar.framing,
        ("camera", "lens_mm"): str(grammar.lens_mm or ""),
        ("camera", "angle"): grammar.camera_angle,
    }
    base = shot if custom is None else custom
    for name in ("composition", "camera"):
        for field in type(getattr(base, name)).model_fields:
            written = getattr(getattr(base, name), field)
            from_angle = of_angle.get((name, field), "")
            if field in overrides.get(name, {}):
                expected = overrides[name][field]
            elif custom is None:
                expected = from_angle or written
            else:
                expected = written if written.strip() else from_angle or written
            assert getattr(getattr(found, name), field) == expected
    assert found.goal == overrides.get("goal", base.goal)
    assert found.subjects == base.subjects
