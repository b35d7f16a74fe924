import pytest

from moostik_assets.galleries import typefaces
from moostik_assets.galleries.typefaces import EMBEDDED, best_face, clean, drawable, draws


@pytest.fixture
def no_system_typefaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "SYSTEM_TYPEFACES", ("no-such-typeface.ttf", "/no/such/folder/face.ttc"))


def test_plain_english_is_drawn_with_the_embedded_typeface_everywhere():
    assert best_face("The lamps are late… 12·3, “Pip’s”") == EMBEDDED


def test_the_embedded_typeface_knows_what_it_lacks():
    assert draws(EMBEDDED, "e")
    assert draws(EMBEDDED, " ")
    assert not draws(EMBEDDED, "é")
    assert not draws(EMBEDDED, "灯")


@pytest.mark.parametrize("text", ["Grand-mère s’éveille, où ça ?", "灯籠の庭", "Здравствуй"])
def test_a_text_that_needs_another_typeface_gets_one_that_draws_all_of_it(text: str):
    face = best_face(text)
    if all(typefaces.font(name, 16) is None for name in typefaces.SYSTEM_TYPEFACES):
        pytest.skip("this system has none of the typefaces")
    if not all(draws(face, character) for character in text):
        able = [name for name in typefaces.SYSTEM_TYPEFACES if all(draws(name, character) for character in text)]
        assert able == [], f"{face!r} was chosen, though {able} could draw it"
        pytest.skip("no typeface of this system draws the text")
    assert face != EMBEDDED
    assert drawable(text, face) == text


@pytest.mark.usefixtures("no_system_typefaces")
def test_without_system_typefaces_what_can_be_drawn_is_kept():
    text = "Grand-mère, où ça"
    assert drawable(text, best_face(text)) == "Grand-mere, ou ca"
    assert drawable("灯 lamp 籠", best_face("灯 lamp 籠")) == "lamp"


def test_a_text_is_cleaned_to_one_composed_line():
    assert clean("e\u0301te\u0301\n\x00a\tb \ud800\u200b") == "été a b "
