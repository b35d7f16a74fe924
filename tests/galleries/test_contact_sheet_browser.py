"""The page in a real browser, where this system has one."""

import shutil
import subprocess
from pathlib import Path

import pytest
from gallery_cases import entry, episode, png_of, sheet_of_entries
from test_contact_sheet_html import HOSTILE, Page, hostile_sheet

from moostik_assets.galleries.contact_sheet_html import contact_sheet_html
from moostik_assets.galleries.entries import ReferenceNote, Sheet

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

URLS = ("javascript:alert(1)", "https://example.org/a.png", "data:text/html,x", " https://example.org/b", "file:///etc")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this system")


def opened(sheet: Sheet, tmp_path: Path, place: str) -> Page:
    """The page as the browser has it once its script has run, opened at a #place."""
    assert BROWSER is not None
    path = tmp_path / "sheet.html"
    path.write_text(contact_sheet_html(sheet), encoding="utf-8")
    image = tmp_path / "ep0" / "shot-001" / "wide.png"
    image.parent.mkdir(parents=True)
    image.write_bytes(png_of((200, 30, 30)))
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=2000", "--dump-dom", f"{path.as_uri()}#{place}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return Page(done.stdout.decode())


def test_a_link_to_an_image_opens_it_with_how_it_was_made(tmp_path: Path):
    page = opened(episode(2), tmp_path, "ep0/shot-002/medium")
    assert "open" in page.all("dialog", id="viewer")[0]
    assert "2 shots, 6 variations: 6 completed · 2 s of rendering · $0.06" in page.texts["p"]
    shown = page.texts["div"]
    assert {"a lamp in a garden, medium", "1002", f"{2:064x}", "ep0/shot-002/medium"} <= set(shown)
    assert "references/odile.png" in page.texts["span"]
    assert [image["src"] for image in page.all("img")].count("./ep0/shot-002/medium.png") >= 2


def test_a_page_with_no_place_shows_the_grid_alone(tmp_path: Path):
    page = opened(episode(1), tmp_path, "")
    assert "open" not in page.all("dialog", id="viewer")[0]
    assert "hidden" not in page.all("form", role="search")[0]
    assert "image file not found" in page.texts["span"]  # medium and close_up have no file


def test_hostile_data_is_shown_and_never_run(tmp_path: Path):
    sheet = hostile_sheet(HOSTILE)
    references = tuple(ReferenceNote("odile", "character", url) for url in URLS)
    shown = entry(3, prompt=HOSTILE, error=HOSTILE, notes=(HOSTILE,), references=references)
    page = opened(sheet_of_entries(*sheet.entries, shown), tmp_path, "ep0/shot-003/wide")
    assert "open" in page.all("dialog", id="viewer")[0]
    assert len(page.all("script")) == 2
    assert not [found for found in page.all("img") if "onerror" in found]
    assert page.texts["div"].count(HOSTILE) >= 2
    links = {link["href"] for link in page.all("a") if link.get("rel")}
    assert links == {"https://example.org/a.png"}
