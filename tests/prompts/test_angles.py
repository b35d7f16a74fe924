import pytest
from hypothesis import given, settings
from prompt_cases import angles

from moostik_assets.prompts.angles import KNOWN_ANGLES, angle_of, humanised


def test_the_angles_of_the_trade_are_known_and_each_is_its_own() -> None:
    for name in ("wide", "medium", "close_up", "low_angle", "extreme_wide", "establishing", "high_angle", "pov"):
        assert name in KNOWN_ANGLES
    found = [angle_of(name) for name in KNOWN_ANGLES]
    assert all(angle.known and angle.lens_mm and angle.framing and angle.sentence.endswith(".") for angle in found)
    for part in ("sentence", "framing"):
        assert len({getattr(angle, part) for angle in found}) == len(found)


@pytest.mark.parametrize("name", ["close-up", "Close Up", "closeup", "CLOSE_UP", "close_up_shot", "CU"])
def test_other_spellings_have_the_same_grammar_and_say_how_they_were_written(name: str) -> None:
    found, known = angle_of(name), angle_of("close_up")
    assert (found.framing, found.lens_mm, found.known) == (known.framing, known.lens_mm, True)
    assert found.sentence == f'{known.sentence[:-1]} (angle "{name}").'


def test_accents_do_not_matter() -> None:
    assert angle_of("Contre-plongée").framing == angle_of("low_angle").framing


@pytest.mark.parametrize(
    ("name", "framing", "sentence"),
    [
        ("through_the_keyhole", "through the keyhole", "Camera angle: through the keyhole."),
        ("through-the-keyhole", "through the keyhole", 'Camera angle: through the keyhole ("through-the-keyhole").'),
        ("through the keyhole", "through the keyhole", 'Camera angle: "through the keyhole".'),
        ("au ras de l'eau", "au ras de l'eau", 'Camera angle: "au ras de l\'eau".'),
        ("鍵穴から", "鍵穴から", "Camera angle: 鍵穴から."),
        ("!!!", "!!!", 'Camera angle: "!!!".'),
        ("_", "_", 'Camera angle: "_".'),
        ("a\nb", "a b", 'Camera angle: a b ("a\\nb").'),
    ],
)
def test_an_unknown_angle_is_humanised_and_used_as_it_is(name: str, framing: str, sentence: str) -> None:
    found = angle_of(name)
    assert (found.framing, found.sentence, found.lens_mm, found.known) == (framing, sentence, None, False)


def test_humanised() -> None:
    assert humanised("madame-vesp") == "madame vesp"
    assert humanised("__") == ""


@settings(max_examples=400, deadline=None)
@given(angles, angles)
def test_no_sentence_begins_another(one: str, other: str) -> None:
    if one != other:
        assert not angle_of(one).sentence.startswith(angle_of(other).sentence)
    assert angle_of(one).sentence.isprintable()
