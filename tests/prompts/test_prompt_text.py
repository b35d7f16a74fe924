import json
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from prompt_cases import SERIES, THEME, angles, filled_prompt, prompts, variation

from moostik_assets.catalogue.models import Series, Theme
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.angles import angle_of
from moostik_assets.prompts.overrides import variation_prompt
from moostik_assets.prompts.text import prompt_text, words

PROMPT = Prompt.model_validate(
    {
        "task": "Paint a frame.",
        "goal": "Show the bar; it is late",
        "deliverable": {"type": "still", "aspect_ratio": "21:9", "resolution": "4K"},
        "invariants": ["Paper-cut.", "thumb-sized people"],
        "subjects": [
            {"name": "Papy", "priority": 2, "description": "an old mosquito"},
            {"id": "mama-reine", "priority": 1, "importance": "primary", "description": "a queen.", "action": "waits,"},
        ],
        "scene": {"location": "the bar", "time": "night", "atmosphere": ["fog", " ", "embers."], "materials": ["zinc"]},
        "composition": {"framing": "wide shot", "layout": "two thirds dark"},
        "camera": {"format": "stage", "lens_mm": 24, "aperture": 2.8, "angle": "eye level"},
        "lighting": {"key": "a lamp", "notes": "one lamp only!"},
        "text": {"strings": ["BAR...", 'a "b"'], "font_style": "neon", "rules": "nowhere else"},
        "negative": ["outlines", "Watermark"],
        "constraints": {"must_include": ["a jar", "a fly"], "must_not_include": ["people"]},
        "parameters": {"seed": 4711, "steps": 31, "guidance_strength": 6.75},
    }
)


def test_the_whole_text_of_a_prompt() -> None:
    found = prompt_text(PROMPT, angle="wide", series=SERIES, theme=THEME)
    assert found.text == (
        "Wide shot: whole figures from head to toe, with the place around them. "
        "Show the bar; it is late. "
        "Paint a frame. "
        "Mama Reine (primary): a queen; waits. Papy: an old mosquito. "
        "Setting: the bar, night. Atmosphere: fog, embers. Materials: zinc. "
        "Theme: Noël. hushed. Palette: #ff0000. Backgrounds: snow on ledges. Characters: scarves. "
        "Framing: wide shot. Layout: two thirds dark. "
        "Camera: stage; 24 mm lens; f/2.8; eye level. "
        "Key light: a lamp. Light: one lamp only! "
        'Lettering in the picture: "BAR...", "a \'b\'". Style of the lettering: neon. '
        "Rules of the lettering: nowhere else. "
        "Must include: a jar; a fly. "
        "Always: Paper-cut; thumb-sized people; warm lamps. "
        "Deliverable: still, 21:9, 4K."
    )
    assert found.negative == "outlines, Watermark, people"
    assert found.truncated == ()


def test_without_a_negative_of_its_own_the_renderer_is_told_in_the_text() -> None:
    found = prompt_text(PROMPT, angle="wide", series=SERIES, separate_negative=False)
    assert found.text.endswith("Deliverable: still, 21:9, 4K. Avoid: outlines, Watermark, people.")
    assert found.negative == ""


def test_every_field_is_used() -> None:
    prompt, written = filled_prompt()
    assert len(written) > 40
    found = prompt_text(prompt, angle="wide", series=SERIES)
    # The image itself is in the request; a name stands for its id; the deliverable's ratio is the one used.
    unused = {"subjects[0].reference_image", "subjects[1].reference_image", "subjects[0].id", "subjects[1].id"}
    unused.add("parameters.aspect_ratio")
    missing = {path for path, word in written.items() if word not in found.text and word not in found.negative}
    assert missing == unused
    assert {path for path, word in written.items() if word in found.negative} == {
        f"{name}[{n}]" for name in ("negative", "constraints.must_not_include") for n in range(2)
    }


def test_an_empty_prompt_is_its_angle_alone() -> None:
    found = prompt_text(Prompt(), angle="pov", series=Series(), theme=Theme(name="neutral"))
    assert (found.text, found.negative, found.truncated) == (angle_of("pov").sentence, "", ())


def test_what_matters_least_goes_first_and_the_last_one_is_cut_at_a_word() -> None:
    whole = prompt_text(PROMPT, angle="wide", series=SERIES, limit=1000)
    assert whole.truncated == ()
    size = words(whole.text)
    assert prompt_text(PROMPT, angle="wide", series=SERIES, limit=size).truncated == ()
    shorter = prompt_text(PROMPT, angle="wide", series=SERIES, limit=size - 1)
    assert shorter.truncated == ("deliverable",)
    assert shorter.text == whole.text.removesuffix(" Deliverable: still, 21:9, 4K.")
    cut = prompt_text(PROMPT, angle="wide", series=SERIES, limit=23)
    assert cut.text == (
        "Wide shot: whole figures from head to toe, with the place around them. Show the bar; it is late. "
        "Mama Reine (primary): a."
    )
    assert words(cut.text) == 23
    assert cut.truncated[:3] == ("task", "subjects", "scene")
    goal = prompt_text(PROMPT, angle="wide", series=SERIES, limit=15)
    assert goal.text.endswith("around them. Show the.")
    assert goal.truncated[0] == "goal"
    assert prompt_text(PROMPT, angle="wide", series=SERIES, limit=2).text == "Wide shot."
    assert prompt_text(PROMPT, angle="wide", series=SERIES, limit=0).text == ""


def test_a_sign_is_whole_or_not_there() -> None:
    prompt = Prompt.model_validate({"text": {"strings": ["NO ENTRY AFTER DARK FOR ANY MOTH AT ALL"]}})
    for limit in range(30):
        text = prompt_text(prompt, angle="wide", series=Series(), limit=limit).text
        assert '"' not in text or "FOR ANY MOTH AT ALL" in text


def test_the_negative_is_held_to_the_limit_item_by_item() -> None:
    prompt = Prompt.model_validate({"negative": ["one two", "three four", "five"]})
    found = prompt_text(prompt, angle="wide", series=Series(), limit=4)
    assert found.negative == "one two, three four"
    assert found.truncated == ("angle", "negative")


def test_a_text_without_spaces_is_cut_between_its_characters() -> None:
    prompt = Prompt.model_validate({"goal": "夜の庭で蛍が嘘をつく" * 20})
    found = prompt_text(prompt, angle="wide", series=Series(), limit=120, count=len)
    assert 110 < len(found.text) <= 120
    assert found.truncated == ("goal",)


@pytest.mark.parametrize("limit", [None, 40])
def test_overlong_text_is_no_burden(limit: int | None) -> None:
    prompt = Prompt.model_validate({"goal": "word " * 200_000, "scene": {"location": "x" * 1_000_000}})
    found = prompt_text(prompt, angle="wide", series=Series(), limit=limit)
    assert limit is None or words(found.text) == limit


def _tokens(text: str) -> int:
    """Counts like a tokenizer: pieces of words, punctuation, a beginning and an end."""
    return 2 + len(re.findall(r"\w{1,3}|[^\w\s]", text))


@settings(max_examples=150, deadline=None)
@given(prompts, angles, st.integers(0, 90), st.sampled_from([words, _tokens, len]), st.booleans(), st.booleans())
def test_the_limit_always_holds(
    prompt: Prompt, angle: str, limit: int, count: Callable[[str], int], themed: bool, separate: bool
) -> None:
    theme = THEME if themed else None
    found = prompt_text(
        prompt, angle=angle, series=SERIES, theme=theme, limit=limit, count=count, separate_negative=separate
    )
    whole = prompt_text(prompt, angle=angle, series=SERIES, theme=theme, separate_negative=separate)
    assert found.text == "" or count(found.text) <= limit
    assert found.negative == "" or count(found.negative) <= limit
    fits = count(whole.text) <= limit and (not whole.negative or count(whole.negative) <= limit)
    assert (found == whole) == fits == (found.truncated == ())


@settings(max_examples=100, deadline=None)
@given(prompts, st.booleans())
def test_the_text_is_on_one_line_without_control_characters(prompt: Prompt, separate: bool) -> None:
    found = prompt_text(prompt, angle="wide", series=SERIES, separate_negative=separate)
    for text in (found.text, found.negative):
        assert "  " not in text
        assert text == text.strip()
        assert text.isprintable()


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([".", ",", ";", ":", "...", " . ", "!", "?", "…", '."']), st.booleans())
def test_punctuation_is_never_doubled(ending: str, separate: bool) -> None:
    prompt, written = filled_prompt()
    dumped = prompt.model_dump_json()
    for word in written.values():
        dumped = dumped.replace(f'"{word}"', json.dumps(word + ending))
    found = prompt_text(
        Prompt.model_validate_json(dumped), angle="wide", series=SERIES, theme=THEME, separate_negative=separate
    )
    lettering = re.compile(r"Lettering in the picture: .*? Style of the lettering")
    for text in (found.text, found.negative):
        assert not re.search(r"[.,;:!?…] *[.,;:]|[.!?…]\"\.", lettering.sub("Style", text))


@settings(max_examples=200, deadline=None)
@given(prompts, angles, angles, st.booleans())
def test_two_angles_of_a_shot_never_have_the_same_text(prompt: Prompt, one: str, other: str, custom: bool) -> None:
    assume(one != other)
    both = [
        variation(angle, customPrompt=prompt if custom else None, promptOverrides={"composition": {"framing": "same"}})
        for angle in (one, other)
    ]
    texts = {
        prompt_text(variation_prompt(prompt, found), angle=found.camera_angle, series=SERIES).text for found in both
    }
    assert len(texts) == 2
