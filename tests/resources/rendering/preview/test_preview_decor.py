from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.rendering.preview.bake_treatment import Treatment, theme_colours, treatment_of
from resources.rendering.preview.decor_library import LIBRARY, Decor, inks_of, wish_of
from resources.rendering.request import BakedDecoration, Baking

INKS = inks_of(theme_colours(Baking("x", palette=("#1F3350", "#A9C7D9", "#FFFFFF", "#C8553D")), Treatment()))


def named(item: str, description: str = "", treatment: Treatment | None = None) -> str:
    return wish_of(BakedDecoration(item, description), treatment or Treatment(), []).decor.name


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("Paper stars", "paper stars"),
        ("étoiles de papier", "paper stars"),
        ("letter lanterns", "letter lantern"),
        ("guirlande de feuilles", "garland"),
        ("Couronne de sapin", "wreath"),
        ("stamp bunting", "stamps"),
        ("fanions", "bunting"),
        ("ice roses", "ice rose"),
        ("leaf tarpaulin", "tarpaulin"),
        ("bâche", "tarpaulin"),
        ("double moorings", "rope"),
        ("cordes et nœuds", "rope"),
        ("snow caps", "snow drift"),
        ("stalactites de glace", "icicles"),
        ("spice jars", "jar"),
        ("cadeaux", "gift"),
        ("sapin", "fir tree"),
        ("champignons", "mushroom"),
        ("storm lamp", "storm lamp"),
        ("lampions", "lantern"),
    ],
)
def test_words_in_two_languages_find_their_item(item: str, name: str) -> None:
    assert named(item) == name


def test_the_description_helps_where_the_item_does_not() -> None:
    assert named("something", "a red ribbon along the rim") == "ribbon"
    assert named("ribbon", "with a pumpkin on it") == "ribbon"


def test_what_is_unknown_gets_what_suits_the_theme_and_is_said() -> None:
    for treatment, name in (
        (Treatment(festival=1.0), "lantern"),
        (Treatment(wet=1.0), "rope"),
        (Treatment(frost=1.0), "paper stars"),
        (Treatment(), "bunting"),
    ):
        notes: list[str] = []
        assert wish_of(BakedDecoration("オーロラ"), treatment, notes).decor.name == name
        assert "オーロラ" in notes[0]


def test_numbers_are_understood() -> None:
    assert wish_of(BakedDecoration("answering lamp", "One lamp on the coping stone."), Treatment(), []).single
    assert wish_of(BakedDecoration("une seule bougie"), Treatment(), []).single
    many = wish_of(BakedDecoration("paper lanterns", "Hundreds of lanterns, one of them loose"), Treatment(), [])
    assert (many.single, many.many) == (False, True)


@pytest.mark.parametrize("decor", LIBRARY, ids=lambda decor: decor.name)
def test_every_item_is_drawn_whole_inside_its_sheet(decor: Decor) -> None:
    sheets = [decor.draw(Random(seed), INKS).image for seed in (1, 1, 2)]
    assert sheets[0].tobytes() == sheets[1].tobytes()
    alpha = np.asarray(sheets[0].getchannel("A"))
    assert (alpha > 128).mean() > 0.08
    colours = np.asarray(sheets[0].convert("RGB"))[alpha > 200]
    assert len(np.unique(colours, axis=0)) > (1 if decor.white else 8)  # shaded, not flat


def test_treatments_come_from_effects_style_and_name() -> None:
    assert treatment_of(Baking("a", fx=("snow",))).snow == 1.0
    assert treatment_of(Baking("fête des lampions")).festival > 0.5
    storm = treatment_of(Baking("b", style="storm, one lantern swinging"))
    assert (storm.wet > 0.5, storm.festival) == (True, 0.0)
    assert treatment_of(Baking("c", mood="Tempête de neige")).snow > 0.3
    assert treatment_of(Baking("Christmas")).festival > 0.3
    assert treatment_of(Baking("leafless")) == Treatment()


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Baking,
        theme=st.text(max_size=20),
        mood=st.text(max_size=40),
        palette=st.lists(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True) | st.text(max_size=8), max_size=9).map(
            tuple
        ),
        style=st.sampled_from(["", "snow", "storm and rain", "festival night", "brouillard"]),
    )
)
def test_any_theme_has_a_ramp_from_dark_to_pale_and_inks(baking: Baking) -> None:
    treatment = treatment_of(baking)
    colours = theme_colours(baking, treatment)
    grey = [(299 * r + 587 * g + 114 * b) // 1000 for r, g, b in colours.ramp]
    assert len(grey) >= 2
    assert grey == sorted(grey)
    assert colours.accents
    for ink in vars(inks_of(colours)).values():
        assert all(0 <= band <= 255 for band in ink)
