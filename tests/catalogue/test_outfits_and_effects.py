from pathlib import Path
from typing import Any

import pytest
from catalogue_folders import character, episode, shot, write_folder, write_image

from moostik_assets.automation.signatures import reference_files
from moostik_assets.catalogue.fingerprints import sheet_fingerprint, theme_fingerprint
from moostik_assets.catalogue.loading import LoadedCatalogue, load_catalogue
from moostik_assets.catalogue.models import Theme
from resources.file_hashes import FileHashes

_FROST = {"themes": [{"name": "frost"}]}


def _with_outfits(folder: Path, *outfits: Any) -> LoadedCatalogue:
    return load_catalogue(write_folder(folder, characters=[character(outfits=list(outfits))], **_FROST))


def _fx(folder: Path, *effects: Any) -> LoadedCatalogue:
    return load_catalogue(write_folder(folder, ep0=episode(shots=[shot(fx=list(effects))])))


def test_outfits_are_read(tmp_path: Path) -> None:
    write_image(tmp_path / "scarf.png")
    loaded = _with_outfits(tmp_path, {"theme": "frost", "description": "Scarf", "referenceImages": "scarf.png"})
    assert (loaded.errors, loaded.warnings) == ((), ())
    (outfit,) = loaded.catalogue.characters["mama"].outfits
    assert (outfit.theme, outfit.reference_images, outfit.validated) == ("frost", ("scarf.png",), False)


@pytest.mark.parametrize(
    ("outfits", "path", "reason"),
    [
        ([{"theme": "frosst", "description": "x"}], "$[0].outfits[0].theme", "did you mean 'frost'?"),
        (
            [{"theme": "frost", "description": "x"}, {"theme": "frost", "description": "y"}],
            "$[0].outfits[1].theme",
            "has an outfit already",
        ),
        ([{"theme": "frost", "referenceImages": ["../x.png"]}], "$[0].outfits[0].referenceImages[0]", "leads out"),
        ([{"theme": "frost", "referenceImages": ["", "t.png"]}], "$[0].outfits[0].referenceImages[1]", "image"),
        ([{"description": "x"}], "$[0].outfits[0].theme", "is missing"),
        ([None], "$[0].outfits[0]", "must be an object"),
        ("frost", "$[0].outfits", "must be a list"),
    ],
)
def test_a_broken_outfit_leaves_its_character_out(tmp_path: Path, outfits: Any, path: str, reason: str) -> None:
    (tmp_path / "t.png").write_text("no image")
    loaded = load_catalogue(write_folder(tmp_path, characters=[character(outfits=outfits)], **_FROST))
    (error,) = loaded.errors
    assert (error.file, error.path) == ("characters.json", path)
    assert reason in error.reason
    assert loaded.catalogue.characters == {}


def test_an_outfits_missing_image_is_a_warning_and_so_is_an_empty_outfit(tmp_path: Path) -> None:
    loaded = _with_outfits(tmp_path, {"theme": "frost", "referenceImages": ["scarf.png"]}, {"theme": "neutral"})
    assert loaded.errors == ()
    assert [(w.path, w.value) for w in loaded.warnings] == [
        ("$[0].outfits[0].referenceImages[0]", "scarf.png"),
        ("$[0].outfits[1]", "neutral"),
    ]
    assert len(loaded.catalogue.characters["mama"].outfits) == 2


def test_an_outfit_for_a_theme_with_a_mistake_of_its_own_goes_with_it(tmp_path: Path) -> None:
    themes = [{"name": "frost", "palette": {"a": 1}}]
    folder = write_folder(tmp_path, characters=[character(outfits=[{"theme": "frost"}])], themes=themes)
    loaded = load_catalogue(folder)
    assert [error.file for error in loaded.errors] == ["themes.json"]
    assert loaded.catalogue.characters["mama"].outfits == ()


def test_a_sheets_version_follows_the_bytes_of_its_outfits(tmp_path: Path) -> None:
    hashes = FileHashes(tmp_path / "hashes.json")
    outfit = {"theme": "frost", "referenceImages": ["scarf.png"]}
    versions = []
    for colour in ("red", "blue"):
        write_image(tmp_path / "data" / "scarf.png", colour, (8 + len(colour), 6))
        loaded = _with_outfits(tmp_path / "data", outfit)
        versions.append(sheet_fingerprint(loaded.catalogue.characters["mama"], loaded, hashes))
        assert tmp_path / "data" / "scarf.png" in reference_files(loaded)
    assert versions[0] != versions[1]


def test_effects_are_names_or_objects(tmp_path: Path) -> None:
    loaded = _fx(tmp_path, "snow", {"kind": "fog", "strength": 0.5}, {"kind": "glow", "strength": None}, None, "")
    assert (loaded.errors, loaded.warnings) == ((), ())
    effects = loaded.catalogue.episodes["ep0"].shots[0].fx
    assert [(e.kind, e.strength) for e in effects] == [("snow", 1.0), ("fog", 0.5), ("glow", 1.0)]


@pytest.mark.parametrize(
    ("effect", "value", "reason"),
    [
        ("snwo", "snwo", "did you mean 'snow'?"),
        ({"kind": "colour_filter"}, "colour_filter", 'needs its "colour"'),
        ({"kind": "colour_filter", "colour": "orange"}, "orange", "such as #E8893B"),
    ],
)
def test_an_effect_that_nobody_draws_is_a_warning(tmp_path: Path, effect: Any, value: str, reason: str) -> None:
    loaded = _fx(tmp_path, "rain", effect)
    (warning,) = loaded.warnings
    assert loaded.errors == ()
    assert (warning.path, warning.value) == ("$.shots[0].fx", value)
    assert reason in warning.reason
    theme = load_catalogue(write_folder(tmp_path / "b", themes=[{"name": "frost", "fx": [effect]}]))
    assert [(w.file, w.path) for w in theme.warnings] == [("themes.json", "$[0].fx")]


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        ({"kind": "snow", "strength": 3}, "must be 2.0 or less"),
        ({"kind": "snow", "strength": -1}, "must be 0.0 or more"),
        ({"kind": "snow", "strength": "much"}, "must be a number"),
        ({"strength": 1}, "is missing"),
        (7, "the name of an effect"),
        ([], "the name of an effect"),
    ],
)
def test_a_broken_effect_is_an_error(tmp_path: Path, effect: Any, reason: str) -> None:
    (error,) = _fx(tmp_path, effect).errors
    assert error.path.startswith("$.shots[0].fx[0]")
    assert reason in error.reason


def test_both_spellings_of_an_effect_are_one_content() -> None:
    plain, spelt, strong = (
        theme_fingerprint(Theme.model_validate({"name": "frost", "fx": fx}))
        for fx in (["snow"], {"kind": "snow", "strength": 1.0, "colour": ""}, [{"kind": "snow", "strength": 2}])
    )
    assert plain == spelt != strong
    assert Theme.model_validate({"name": "frost", "fx": "snow"}).model_dump(mode="json")["fx"] == ["snow"]
