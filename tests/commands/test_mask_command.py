"""`moostik mask`: a mask is proposed beside the catalogue, never in it unasked; the one that is named is looked at."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.moostik_command import Moostik
from tests.small_series import edit


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _name_mask(series: Moostik, name: str) -> None:
    edit(series.data / "locations.json", lambda found: found[0].update(decorationMask=name))


def test_a_mask_of_the_plates_size_is_proposed_and_the_catalogue_stays_as_it_is(bare_series: Moostik) -> None:
    before = _files(bare_series.data)
    found = bare_series("mask", "hut", "--json").expect(0).document
    assert _files(bare_series.data) == before
    path = Path(found["mask"])
    assert path == bare_series.output / "masks" / "hut" / "hut-1-decoration-mask.png"
    mask = Image.open(path)
    assert (mask.mode, mask.size, mask.format) == ("L", (160, 90), "PNG")
    assert set(np.unique(np.asarray(mask)).tolist()) <= {0, 255}
    assert found["white"] == pytest.approx((np.asarray(mask) >= 128).mean(), abs=1e-4)
    assert Image.open(found["overlay"]).size == (160, 90)
    again = bare_series("mask", "hut").expect(1)
    assert "--force" in again.err
    assert "Traceback" not in again.err
    bare_series("mask", "hut", "--force").expect(0)


def test_what_it_says_to_do_next_works(bare_series: Moostik) -> None:
    target = bare_series.data / "references" / "hut-mask.png"
    found = bare_series("mask", "hut", "--out", str(target), "--json").expect(0).document
    assert 'write "decorationMask": "references/hut-mask.png" in the entry of hut' in found["next"]
    _name_mask(bare_series, "references/hut-mask.png")
    checked = bare_series("mask", "hut", "--check", "--json").expect(0).document
    assert (checked["decorationMask"], checked["width"], checked["height"]) == ("references/hut-mask.png", 160, 90)
    assert "mask" not in checked


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Image.new("L", (80, 90)), "80 x 90 pixels; it must be an 8-bit grey PNG of 160 x 90"),
        (Image.new("RGB", (160, 90), "#ff0000"), "in colour (#FF0000 at 0, 0"),
        (Image.new("I;16", (160, 90)), "16-bit"),
    ],
    ids=["size", "colour", "16 bits"],
)
def test_a_mask_that_is_none_is_refused_with_its_file_and_what_would_be_right(
    bare_series: Moostik, picture: Image.Image, said: str
) -> None:
    picture.save(bare_series.data / "references" / "broken.png")
    _name_mask(bare_series, "references/broken.png")
    refused = bare_series("mask", "hut", "--check").expect(1)
    assert "hut: decorationMask references/broken.png" in refused.err
    assert said in refused.err


def test_wrong_names_and_places_are_said(bare_series: Moostik) -> None:
    assert "did you mean 'hut'?" in bare_series("mask", "hutt").expect(2).err
    assert "names no decorationMask" in bare_series("mask", "pier", "--check").expect(1).err
    assert "ends with .png" in bare_series("mask", "pier", "--out", "mask.jpg").expect(2).err
    assert "cannot be written" in bare_series("mask", "pier", "--out", "/proc/none/mask.png").expect(1).err
    (bare_series.data / "references" / "pier-1.png").unlink()
    assert "no reference image" in bare_series("mask", "pier").expect(1).err
