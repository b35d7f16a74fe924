"""A world whose theme is "auto" follows the dates of its themes, and the sensors notice when a day brings another."""

from datetime import date

import pytest

from moostik_assets.catalogue.models import Catalogue
from moostik_assets.catalogue.theme_in_force import on_day, theme_of_place
from moostik_assets.commands.session import WRONG_USAGE
from tests.automation.test_change_sensors import sensor, why
from tests.moostik_command import Moostik
from tests.small_series import edit, write_json

WINTER = {"name": "winter", "from": "12-20", "until": "01-06"}
FAIR = {"name": "fair", "from": "2026-12-24", "until": "2026-12-26"}
SUMMER = {"name": "summer", "from": "06-21", "until": "06-21"}


def _world(*themes: dict[str, str], theme: str = "auto", **places: str) -> Catalogue:
    state = {"theme": theme, "locations": places}
    return Catalogue.model_validate({"themes": {one["name"]: one for one in themes}, "worldState": state})


@pytest.mark.parametrize(
    ("day", "theme"),
    [
        ("2026-12-19", "neutral"),
        ("2026-12-20", "winter"),
        ("2026-12-31", "winter"),
        ("2027-01-01", "winter"),
        ("2027-01-06", "winter"),
        ("2027-01-07", "neutral"),
        ("2028-02-29", "neutral"),
        ("2027-06-21", "summer"),
        ("2027-06-22", "neutral"),
    ],
)
def test_each_day_has_the_theme_whose_dates_hold_it_over_new_year_too(day: str, theme: str) -> None:
    found = on_day(_world(WINTER, SUMMER, hut="auto", pier="summer"), date.fromisoformat(day))
    assert found.world_state.theme == theme
    assert theme_of_place(found, "hut") == theme
    assert theme_of_place(found, "pier") == "summer"


def test_of_two_themes_that_hold_a_day_the_first_of_the_file_stands() -> None:
    day, year_after = date(2026, 12, 25), date(2027, 12, 25)
    assert on_day(_world(FAIR, WINTER), day).world_state.theme == "fair"
    assert on_day(_world(WINTER, FAIR), day).world_state.theme == "winter"
    assert on_day(_world(FAIR, WINTER), year_after).world_state.theme == "winter", "a whole date is of one year"


def test_a_world_that_names_its_theme_follows_no_calendar() -> None:
    world = _world(WINTER, theme="neutral")
    assert on_day(world, date(2026, 12, 25)) is world


def test_the_command_reads_the_day_and_says_what_is_in_force(bare_series: Moostik) -> None:
    edit(bare_series.data / "themes.json", lambda found: found[0].update({"from": "12-20", "until": "01-06"}))
    bare_series("theme", "auto").expect(0)
    for day, theme in (("2027-01-02", "storm"), ("2027-03-01", "neutral")):
        found = bare_series("theme", "--json", env={"MOOSTIK_TODAY": day}).expect(0).document
        assert (found["theme"], found["locations"]["hut"]) == (theme, theme)
    refused = bare_series("theme", env={"MOOSTIK_TODAY": "soon"}).expect(WRONG_USAGE)
    assert "MOOSTIK_TODAY" in refused.err


def test_a_new_day_is_noticed_though_no_file_was_touched(rendered: Moostik) -> None:
    edit(rendered.data / "themes.json", lambda found: found[0].update({"from": "12-20", "until": "01-06"}))
    write_json(rendered.data / "world_state.json", {"theme": "auto"})
    with sensor(rendered, "world_state_sensor", today=date(2026, 12, 18)) as look:
        first = look(None)
    with sensor(rendered, "world_state_sensor", today=date(2026, 12, 19)) as look:
        assert why(look(first.cursor)) == "nothing changed"
    with sensor(rendered, "world_state_sensor", today=date(2026, 12, 20)) as look:
        storm = look(first.cursor)
    assert [request.tags["dagster/priority"] for request in storm.run_requests or []] == ["10"]
    with sensor(rendered, "world_state_sensor", today=date(2026, 12, 21)) as look:
        assert why(look(storm.cursor)) == "nothing changed"
