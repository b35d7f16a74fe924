import base64
import hashlib
import json
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import Any, get_args
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from gallery_cases import entry, episode, sheet_of_entries
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moostik_assets.galleries.contact_sheet_html import contact_sheet_html
from moostik_assets.galleries.entries import ReferenceNote, Sheet, SheetEntry

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`--><!--&amp;{{x}}$title"
PAGE = "file:///output/episodes/sheet.html"


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of each kind of element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(data)

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key) == value for key, value in attributes.items())
        ]

    def data(self) -> dict[str, Any]:
        return json.loads(self.texts["script"][0])


def hostile_sheet(text: str) -> Sheet:
    note = ReferenceNote(text, text, text, text)
    hostile = SheetEntry(
        key=text, shot_id=text, shot_name=text, angle=text, image=text, width=1280, height=720, seed=1, recipe=text,
        prompt=text, negative=text, renderer=text, references=(note,), notes=(text,), error=text,
    )  # fmt: skip
    absent = replace(hostile, image=None, status="failed")
    return Sheet(text, text, 1, text, (hostile, absent))


def shape(html: str) -> list[tuple[str, list[str]]]:
    return [(tag, sorted(attributes)) for tag, attributes in Page(html).elements]


def test_every_variation_has_a_cell_in_its_shot():
    page = Page(contact_sheet_html(episode(3)))
    assert len(page.all("section", **{"class": "shot"})) == 3
    assert [image["src"] for image in page.all("img")] == [f"./{found.image}" for found in episode(3).entries]
    image = page.all("img")[0]
    assert (image["loading"], image["width"], image["height"]) == ("lazy", "1280", "720")
    assert image["alt"] == "Shot number 1, wide"


def test_the_viewer_has_everything_that_decided_the_image():
    found = entry(1, notes=("no seed",), error="late", status="failed", seed=2**63, take=4)
    data = Page(contact_sheet_html(sheet_of_entries(found))).data()
    shown = data["entries"][0]
    for name in ("key", "recipe", "renderer", "seconds", "usd", "status", "error", "take", "width", "height", "angle"):
        assert shown[name] == getattr(found, name), name
    assert shown["seed"] == "9223372036854775808"
    assert shown["notes"] == ["no seed"]
    assert data["pool"][shown["prompt"]] == found.prompt
    assert data["pool"][shown["negative"]] == found.negative
    assert data["pool"][shown["references"]] == [
        {"entity": "odile", "role": "character", "reference": "references/odile.png", "sha256": "ab" * 32}
    ]


def test_what_is_not_there_says_so_and_why():
    page = contact_sheet_html(
        sheet_of_entries(
            entry(1, image=None, status="pending"), entry(2, image=None, status="failed", error="no memory left")
        )
    )
    assert not Page(page).all("img")
    assert "pending" in Page(page).texts["span"]
    assert "no memory left" in Page(page).texts["small"]
    assert Page(page).all("a")[0]["href"] == "#ep0/shot-001/wide"


def test_hostile_text_changes_nothing_but_text():
    hostile, harmless = contact_sheet_html(hostile_sheet(HOSTILE)), contact_sheet_html(hostile_sheet("harmless"))
    assert shape(hostile) == shape(harmless)
    assert Page(hostile).data()["entries"][0]["renderer"] == HOSTILE
    assert HOSTILE in Page(hostile).texts["h1"][0]


@settings(max_examples=30, deadline=None)
@example("\ud800 \u2028 \x00 \r\n x")
@given(st.text(st.characters(), min_size=1).filter(lambda text: text.strip() and text.strip() == text))
def test_any_text_comes_through_whole(text: str):
    html = contact_sheet_html(hostile_sheet(text))
    assert shape(html) == shape(contact_sheet_html(hostile_sheet("harmless")))
    valid = text.encode("utf-8", "replace").decode()
    data = Page(html).data()
    assert data["entries"][0]["recipe"] == valid
    assert data["pool"][data["entries"][0]["references"]][0]["reference"] == valid
    html.encode()


@pytest.mark.parametrize(
    "path",
    ["a b/é#1?.png", "javascript:alert(1)", "//evil.example/x.png", "https://e.example/x", "100%.png", "..\\x"],
)
def test_an_image_path_is_never_more_than_a_path_beside_the_page(path: str):
    page = Page(contact_sheet_html(sheet_of_entries(entry(1, image=path))))
    for url in (page.all("img")[0]["src"], page.all("a")[0]["href"], page.data()["entries"][0]["image"]):
        whole = urlsplit(urljoin(PAGE, url))
        assert (whole.scheme, whole.netloc, whole.query, whole.fragment) == ("file", "", "", "")
        assert unquote(url or "") == f"./{path}"


def test_a_page_in_another_folder_reaches_its_images():
    page = Page(contact_sheet_html(sheet_of_entries(entry(1, image="../../episodes/ep0/shot-001/wide.png"))))
    assert urljoin("file:///out/galleries/ep0/x.html", page.all("img")[0]["src"]) == (
        "file:///out/episodes/ep0/shot-001/wide.png"
    )


def test_the_policy_lets_only_this_style_and_script_run():
    for sheet in (episode(), sheet_of_entries(entry(1, width=720, height=1280))):
        page = Page(contact_sheet_html(sheet))
        policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"] or ""
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        for name, text in (("style-src", page.texts["style"][0]), ("script-src", page.texts["script"][1])):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert rules[name] == f"'sha256-{digest}'"
        assert rules["default-src"] == "'none'"
        assert rules["img-src"] == "'self' file: data:"


def test_nothing_on_the_page_asks_the_network_or_carries_inline_code():
    page = Page(contact_sheet_html(episode()))
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "action", "srcset"):
            assert (attributes.get(name) or "./").startswith(("./", "#"))
    assert "url(" not in page.texts["style"][0]
    assert "@import" not in page.texts["style"][0]


def test_texts_that_entries_share_stand_once():
    prompt = "the same long prompt " * 50
    sheet = replace(episode(40), entries=tuple(replace(found, prompt=prompt) for found in episode(40).entries))
    assert contact_sheet_html(sheet).count(prompt) == 1


def test_numbers_that_json_cannot_say_are_left_out():
    sheet = sheet_of_entries(entry(1, seconds=float("nan"), usd=float("inf")), entry(2, width=0, height=-1))
    data = Page(contact_sheet_html(sheet)).data()["entries"]
    assert (data[0]["seconds"], data[0]["usd"]) == (None, None)
    assert (data[1]["width"], data[1]["height"]) == (1280, 720)


def test_totals_add_time_and_money_up():
    sheet = sheet_of_entries(entry(1, seconds=3000.0, usd=1.5), entry(2, seconds=4500.0, usd=0.255))
    assert "2 shots, 2 variations: 2 completed · 2 h 5 min of rendering · $1.75" in contact_sheet_html(sheet)


def test_filters_offer_what_the_episode_has():
    sheet = sheet_of_entries(entry(1), entry(2), entry(2, "low_angle", status="failed"))
    page = Page(contact_sheet_html(sheet))
    assert [option["value"] for option in page.all("option")] == ["", "wide", "low_angle"]
    assert [found["data-status"] for found in page.all("button") if "data-status" in found] == ["completed", "failed"]


def test_an_episode_with_nothing_in_it_says_so():
    page = contact_sheet_html(sheet_of_entries())
    assert "no images yet" in page
    assert Page(page).data() == {"pool": [], "entries": []}


def test_no_field_of_an_entry_is_forgotten():
    shown = Page(contact_sheet_html(episode(1))).data()["entries"][0]
    named = {"shot_name": "shot"}
    assert {named.get(field.name, field.name) for field in fields(SheetEntry)} <= set(shown)
    assert get_args(SheetEntry.__annotations__["status"]) == ("completed", "failed", "pending")
