import io
from dataclasses import replace

import pytest
from gallery_cases import COLOURS, entry, episode, png_of, read_colour, sheet_of_entries
from PIL import Image
from test_contact_sheet_layout import frames_of

from moostik_assets.galleries import typefaces
from moostik_assets.galleries.contact_sheet_layout import layout_of
from moostik_assets.galleries.contact_sheet_png import contact_sheet_png
from moostik_assets.galleries.entries import Sheet, SheetEntry

MAT = (240, 239, 236)


def drawn(sheet: Sheet, read=read_colour) -> Image.Image:
    return Image.open(io.BytesIO(contact_sheet_png(sheet, read, thumbnail_width=160))).convert("RGB")


def centres(sheet: Sheet) -> dict[str, tuple[int, int]]:
    layout = layout_of(sheet, 160)
    half = layout.sizes.frame_width // 2, layout.sizes.frame_height // 2
    return {found.key: (x + half[0], y + half[1]) for found, x, y in frames_of(layout)}


def colours_in(image: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.crop(box).getcolors(1 << 20) or []}  # type: ignore[misc]


def test_each_frame_holds_its_own_image():
    sheet = episode()
    page = drawn(sheet)
    for found in sheet.entries:
        assert page.getpixel(centres(sheet)[found.key]) == COLOURS[found.angle]


def test_the_bytes_are_the_same_every_time():
    assert contact_sheet_png(episode(), read_colour) == contact_sheet_png(episode(), read_colour)


def test_other_shapes_sit_whole_in_the_middle_of_their_frame():
    sheet = sheet_of_entries(entry(1), entry(1, "medium"), entry(1, "close_up", width=720, height=1280))
    page, (x, y) = drawn(sheet), centres(sheet)["ep0/shot-001/close_up"]
    assert page.getpixel((x, y - 44)) == page.getpixel((x, y + 43)) == COLOURS["close_up"]
    assert page.getpixel((x - 40, y)) == page.getpixel((x + 40, y)) == MAT


def test_only_entries_with_an_image_are_read_each_once_and_in_order():
    sheet = sheet_of_entries(entry(1), entry(1, "medium", image=None, status="pending"), entry(2))
    asked: list[str] = []

    def read(found: SheetEntry) -> bytes:
        asked.append(found.key)
        return read_colour(found)

    drawn(sheet, read)
    assert asked == ["ep0/shot-001/wide", "ep0/shot-002/wide"]


@pytest.mark.parametrize("data", [None, b"", b"not an image", png_of((9, 9, 9))[:60]])
def test_an_image_that_cannot_be_read_leaves_a_quiet_frame_with_words(data: bytes | None):
    sheet = episode(1)
    page = drawn(sheet, lambda found: data if found.angle == "medium" else read_colour(found))
    x, y = centres(sheet)["ep0/shot-001/medium"]
    found = colours_in(page, (x - 60, y - 10, x + 60, y + 10))
    assert MAT in found
    assert len(found) > 1  # the words
    assert page.getpixel(centres(sheet)["ep0/shot-001/wide"]) == COLOURS["wide"]


def test_a_failure_is_framed_in_red_and_keeps_its_former_image():
    good = episode(1)
    failed = [replace(found, status="failed", error="out of memory") for found in good.entries]
    sheet = replace(good, entries=(failed[0], replace(failed[1], image=None), good.entries[2]))
    page, layout = drawn(sheet, lambda found: png_of(COLOURS[found.angle], (1280, 720))), layout_of(sheet, 160)
    corners = [page.getpixel((x, y)) for _, x, y in frames_of(layout)]
    assert corners == [(178, 58, 40), (178, 58, 40), COLOURS["close_up"]]
    assert page.getpixel(centres(sheet)["ep0/shot-001/wide"]) == COLOURS["wide"]


def test_names_of_shot_and_angle_are_on_the_page():
    plain = drawn(episode(1))
    for changed in (entry(1, shot_name="Another name"), entry(1, take=2), entry(1, angle="low_angle")):
        other = drawn(sheet_of_entries(changed, *episode(1).entries[1:]), lambda _: png_of(COLOURS["wide"]))
        assert other.size == plain.size
        assert other.tobytes() != drawn(episode(1), lambda _: png_of(COLOURS["wide"])).tobytes()


@pytest.mark.parametrize("text", ["", "   ", "\ud800", "\x00\x1b[31m", "é" * 5000, "灯籠の庭", "👻🎬", "العربية"])
def test_any_text_can_stand_in_any_place(text: str):
    hostile = entry(1, text, shot_id=text, shot_name=text, key=text, status="failed", error=text, image=None)
    sheet = sheet_of_entries(hostile, series_title=text, episode_title=text, episode_id=text, episode_number=None)
    assert drawn(sheet).width == 720


def test_plain_english_needs_no_typeface_of_the_system(monkeypatch: pytest.MonkeyPatch):
    here = contact_sheet_png(episode(), read_colour)
    monkeypatch.setattr(typefaces, "SYSTEM_TYPEFACES", ())
    assert contact_sheet_png(episode(), read_colour) == here


def test_an_episode_with_nothing_in_it_is_a_page_with_its_title():
    page = drawn(sheet_of_entries())
    assert len(colours_in(page, (0, 0, page.width, page.height))) > 10


@pytest.mark.parametrize("width", [0, -5, 23, 2049])
def test_a_width_out_of_range_is_refused_with_the_range(width: int):
    with pytest.raises(ValueError, match=f"{width}.*24 to 2048"):
        contact_sheet_png(episode(1), read_colour, thumbnail_width=width)


def test_a_page_of_many_frames_stays_within_its_pixels():
    sheet = episode(120)
    data = contact_sheet_png(sheet, lambda _: None, max_pixels=2_000_000)
    width, height = Image.open(io.BytesIO(data)).size
    assert 1_500_000 < width * height <= 2_000_000
