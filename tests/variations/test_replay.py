"""Images made again from what they carry; those of a renderer without seed are had again from the store alone."""

import shutil

from tests.moostik_command import Moostik

SEEDLESS = ("render", "ep0", "--shots", "shot-001", "--renderer", "seedless")


def test_an_image_without_seed_is_compared_with_the_store_and_never_made_anew(series: Moostik) -> None:
    series(*SEEDLESS).expect(0)
    wide = series.output / "episodes" / "ep0" / "shot-001" / "wide.png"
    found = series("replay", str(wide), "--json").expect(0).document
    assert (found["identical"], found["fromStore"]) == (True, True)
    assert "since the renderer takes no seed" in series("replay", str(wide)).expect(0).out


def test_where_the_store_has_lost_it_that_is_said(series: Moostik) -> None:
    series(*SEEDLESS).expect(0)
    wide = series.output / "episodes" / "ep0" / "shot-001" / "wide.png"
    shutil.rmtree(series.output / "store")
    assert "had again from the store alone" in series("replay", str(wide)).expect(1).out
