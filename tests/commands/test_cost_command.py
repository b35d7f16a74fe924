"""`moostik cost`: what was paid, from the event log and from the journal."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from moostik_assets.spending.journal import Journal, Payment
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT


@pytest.fixture
def paid(series: Moostik) -> Moostik:
    series("render", "--renderer", "costly").expect(0)
    return series


def test_it_sums_by_episode_shot_image_renderer_and_day(paid: Moostik) -> None:
    document = paid("cost", "--json", env={"MOOSTIK_BUDGET_USD": "20"}).expect(0).document
    assert (document["usd"], document["images"]) == (5.5, VARIATION_COUNT)
    (episode,) = document["episodes"]
    assert (episode["name"], episode["usd"], [shot["usd"] for shot in episode["shots"]]) == (
        "ep0", 5.5, [1.0, 1.5, 1.0, 1.0, 1.0],
    )  # fmt: skip
    assert episode["shots"][0]["variations"] == [
        {"name": "ep0/shot-001/close_up", "usd": 0.5, "images": 1},
        {"name": "ep0/shot-001/wide", "usd": 0.5, "images": 1},
    ]
    assert [found["name"] for found in document["renderers"]] == ["costly"]
    assert [found["name"] for found in document["days"]] == [str(datetime.now(UTC).date())]
    assert document["today"] == {"usd": 5.5, "limit": 20}
    text = paid("cost", "ep0", env={"MOOSTIK_BUDGET_USD": "20"}).expect(0).out
    assert text.startswith("5.50 USD in all, 11 images\n")
    assert "today: 5.50 of 20 USD" in text


def test_the_event_log_alone_is_enough_and_so_is_the_journal_alone(paid: Moostik) -> None:
    both = paid("cost", "--json").expect(0).document
    shutil.move(paid.output / "payments", paid.output / "elsewhere")
    assert paid("cost", "--json").expect(0).document == both
    shutil.move(paid.output / "elsewhere", paid.output / "payments")
    shutil.rmtree(paid.output / "dagster")
    assert paid("cost", "--json").expect(0).document == both


def test_since_a_day_and_what_failed_or_is_unsure(paid: Moostik) -> None:
    now = datetime.now(UTC)
    journal = Journal(paid.output / "payments")
    old = (now - timedelta(days=40)).isoformat()
    with journal.locked():
        for payment in (
            Payment("a", old, "variation_image", "ep9/shot-1/wide", "r1", "dear", 2.0, "paid"),
            Payment("b", old, "baked_background", "hut/storm", "r2", "dear", 1.0, "open"),
            Payment("c", old, "variation_image", "ep9/shot-1/wide", "r3", "dear", 9.0, "free"),
        ):
            journal.write(payment)
    document = paid("cost", "--json").expect(0).document
    assert (document["usd"], document["failed"], document["unsureUsd"]) == (8.5, 1, 1.0)
    assert [found["name"] for found in document["episodes"]] == ["backgrounds", "ep0", "ep9"]
    assert paid("cost", "ep9", "--json").expect(0).document["usd"] == 2.0
    text = paid("cost").expect(0).out
    assert "1 paid without an image, 1.00 USD of it perhaps not paid" in text
    assert paid("cost", "--since", str(now.date()), "--json").expect(0).document["usd"] == 5.5
    assert paid("cost", "ep9", "--since", str(now.date())).code == 2


def test_nothing_paid_and_wrong_usage(bare_series: Moostik) -> None:
    assert bare_series("cost").expect(0).out == "nothing was paid\n"
    assert bare_series("cost", "ep0", "--since", "2026-01-01").expect(0).out == "nothing was paid since 2026-01-01\n"
    assert "did you mean 'ep0'?" in bare_series("cost", "ep").expect(2).err
    assert "write it as 2026-11-21" in bare_series("cost", "--since", "yesterday").expect(2).err
    assert not (bare_series.output / "payments").exists()
