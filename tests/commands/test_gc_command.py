"""`moostik gc` on a real store: what nothing refers to goes by age and size; what anybody may ask for stays."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from resources.image_store import ImageStore
from tests.moostik_command import Moostik
from tests.small_series import edit_shot, published_bytes

WIDE, CLOSE = "ep0/shot-001/wide", "ep0/shot-001/close_up"
DAY = 86_400.0


@pytest.fixture
def with_history(rendered: Moostik) -> Moostik:
    """Three versions of the two images of a shot; of one of them, the first is pinned and shown."""
    for key_light in ("candle", "searchlight"):
        edit_shot(rendered.data, "shot-001", {"prompt": {"lighting": {"key": key_light}}})
        rendered("render", "ep0", "--shots", "shot-001").expect(0)
    rendered("restore", WIDE, "1").expect(0)
    return rendered


def history(moostik: Moostik, key: str) -> list[dict[str, Any]]:
    return moostik("history", key, "--json").expect(0).document


def available(moostik: Moostik, key: str) -> list[bool]:
    return [version["available"] for version in history(moostik, key)]


def gc(moostik: Moostik, *options: str) -> dict[str, Any]:
    return moostik("gc", *options, "--json").expect(0).document


def stored_files(moostik: Moostik) -> list[Path]:
    return sorted(path for path in (moostik.output / "store").rglob("*") if path.is_file())


def names_of(version: dict[str, Any]) -> set[str]:
    recipe, sha256 = version["recipe"], version["sha256"]
    return {f"store/recipes/{recipe[:2]}/{recipe}.json", f"store/objects/{sha256[:2]}/{sha256}.png"}


def last_used(moostik: Moostik, recipe: str, days_ago: float) -> None:
    when = time.time() - days_ago * DAY
    os.utime(moostik.output / "store" / "recipes" / recipe[:2] / f"{recipe}.json", (when, when))


def megabytes_kept(moostik: Moostik) -> float:
    folders = (moostik.output / "store" / "objects", moostik.output / "store" / "inputs")
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file()) / 1e6


def test_what_nothing_refers_to_goes_by_age_and_size_the_longest_unused_first(with_history: Moostik) -> None:
    series = with_history
    shown, planned = published_bytes(series.output), series("plan", "--json").expect(0).document
    wide, close = history(series, WIDE), history(series, CLOSE)
    assert gc(series)["removed"] == [], "all of it was used within the last 30 days"

    last_used(series, wide[1]["recipe"], days_ago=31)
    last_used(series, close[1]["recipe"], days_ago=29)
    files = stored_files(series)
    assert available(series, WIDE) == [True] * 4, "and looking is no use of an image"
    would = gc(series, "--dry-run")
    assert set(would["removed"]) == names_of(wide[1])
    assert would["dryRun"] is True
    assert stored_files(series) == files
    did = gc(series)
    assert (did["removed"], did["bytesFreed"], did["kept"]) == (would["removed"], would["bytesFreed"], would["kept"])
    assert available(series, WIDE) == [True, False, True, True]

    last_used(series, close[0]["recipe"], days_ago=2)
    last_used(series, close[1]["recipe"], days_ago=3)
    assert gc(series, "--older-than", "1", "--max-size", f"{megabytes_kept(series) + 1}")["removed"] == []
    little_less = f"{megabytes_kept(series) - 0.00001:.6f}"
    assert set(gc(series, "--older-than", "1", "--max-size", little_less)["removed"]) == names_of(close[1])
    assert set(gc(series, "--older-than", "0", "--max-size", "0")["removed"]) == names_of(close[0])
    assert available(series, CLOSE) == [False, False, True]

    assert gc(series, "--older-than", "0")["removed"] == []
    assert published_bytes(series.output) == shown
    assert series("plan", "--json").expect(0).document == planned
    assert ImageStore(series.output).find(wide[2]["recipe"]), "what the catalogue asks for, but for the pin"

    (series.output / "episodes" / f"{WIDE}.png").unlink()
    assert gc(series, "--older-than", "0")["removed"] == [], "the pin keeps it, shown or not"


@pytest.mark.parametrize("options", [("--older-than", "nan"), ("--max-size", "inf"), ("--older-than", "-1")])
def test_what_is_no_number_of_days_or_megabytes_is_refused(series: Moostik, options: tuple[str, str]) -> None:
    series("gc", *options).expect(2)
