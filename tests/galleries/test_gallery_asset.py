"""The asset `contact_sheet`: three files and one event, made again where what they show has changed."""

import io

import pandas as pd
import pytest
from PIL import Image

from tests.dagster_state import event_counts, instance_of, latest_events, materialize, metadata_of, not_fresh
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, edit, edit_shot

NAMES = ("contact_sheet.png", "contact_sheet.html", "variations.parquet")


def files(moostik: Moostik) -> dict[str, bytes]:
    folder = moostik.output / "galleries" / "ep0"
    assert {path.name for path in folder.iterdir()} == set(NAMES)
    return {name: (folder / name).read_bytes() for name in NAMES}


def test_a_render_leaves_a_picture_a_page_and_a_table(rendered: Moostik) -> None:
    found = files(rendered)
    with Image.open(io.BytesIO(found["contact_sheet.png"])) as image:
        image.load()
    page = found["contact_sheet.html"].decode()
    for path in (rendered.output / "episodes").rglob("*.png"):
        assert f"../../episodes/{path.relative_to(rendered.output / 'episodes').as_posix()}" in page
    table = pd.read_parquet(io.BytesIO(found["variations.parquet"]))
    assert len(table) == VARIATION_COUNT
    with instance_of(rendered) as instance:
        metadata = metadata_of(latest_events(instance, "contact_sheet")["ep0"])
    assert metadata["images"] == "5 shots, 11 variations: 11 completed"
    assert metadata["completed"] == VARIATION_COUNT


def test_it_is_made_again_only_where_what_it_shows_changed(rendered: Moostik) -> None:
    before = files(rendered)
    rendered("render").expect(0)
    with instance_of(rendered) as instance:
        assert event_counts(instance, "contact_sheet") == {"ep0": 1}
    edit(rendered.data / "episodes" / "ep0.json", lambda episode: episode.update(title="A better title"))
    assert rendered("render", "--json").expect(0).document["rendered"] == 0
    assert "A better title" in files(rendered)["contact_sheet.html"].decode()
    assert files(rendered) != before
    with instance_of(rendered) as instance:
        assert event_counts(instance, "contact_sheet") == {"ep0": 2}
    assert not_fresh(rendered) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_deleted_is_made_again_as_it_was(rendered: Moostik, name: str) -> None:
    before = files(rendered)
    (rendered.output / "galleries" / "ep0" / name).unlink()
    rendered("render").expect(0)
    assert files(rendered) == before


def test_a_failed_image_still_shows_the_former_one_and_says_that_it_is_old(rendered: Moostik) -> None:
    edit_shot(rendered.data, "shot-004", {"prompt": {"goal": "Moment of failure"}})
    rendered("render", env={"SKETCH_FAILS": "Moment of failure"}).expect(1)
    materialize(rendered, ["contact_sheet"], "ep0", "ep0")
    page = files(rendered)["contact_sheet.html"].decode()
    assert "../../episodes/ep0/shot-004/wide.png" in page
    assert "out of date" in page


def test_a_sheet_of_what_was_never_rendered_says_so(series: Moostik) -> None:
    series("render", "--shots", "shot-001").expect(0)
    with instance_of(series) as instance:
        metadata = metadata_of(latest_events(instance, "contact_sheet")["ep0"])
    assert metadata["images"] == "5 shots, 11 variations: 2 completed, 9 pending"
