from gallery_cases import entry, episode, sheet_of_entries
from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.galleries.contact_sheet_layout import MIN_FRAME_WIDTH, Layout, layout_of
from moostik_assets.galleries.entries import Sheet, SheetEntry

sheets = st.lists(st.lists(st.sampled_from("abcdefghijklmno"), min_size=1, max_size=15), max_size=30).map(
    lambda shots: sheet_of_entries(
        *(
            entry(index + 1, angle, key=f"ep0/{index}/{angle}-{at}", width=1280, height=(720, 548, 2276)[at % 3])
            for index, angles in enumerate(shots)
            for at, angle in enumerate(angles)
        )
    )
)


def frames_of(layout: Layout) -> list[tuple[SheetEntry, int, int]]:
    """Every frame with its top left corner."""
    sizes = layout.sizes
    return [
        (
            found,
            placed.x + column * (sizes.frame_width + sizes.gap),
            placed.y + sizes.label + row * (sizes.frame_height + sizes.caption),
        )
        for placed in layout.shots
        for row, slots in enumerate(placed.rows)
        for column, found in enumerate(slots)
        if found is not None
    ]


@settings(max_examples=30, deadline=None)
@given(sheets, st.integers(MIN_FRAME_WIDTH, 400))
def test_every_entry_has_one_frame_of_its_own_on_the_page(sheet: Sheet, width: int):
    layout = layout_of(sheet, width)
    frames = frames_of(layout)
    assert sorted(found.key for found, _, _ in frames) == sorted(found.key for found in sheet.entries)
    sizes = layout.sizes
    room = sizes.frame_width, sizes.frame_height + sizes.caption
    for _, x, y in frames:
        assert 0 <= x <= layout.width - room[0] - sizes.margin
        assert sizes.margin + sizes.header <= y <= layout.height - room[1]
    corners = sorted((x, y) for _, x, y in frames)
    for first, (x, y) in enumerate(corners):
        for other_x, other_y in corners[first + 1 :]:
            assert abs(x - other_x) >= room[0] or abs(y - other_y) >= room[1]


def test_an_angle_keeps_its_column_and_a_rare_one_takes_a_free_place():
    layout = layout_of(
        sheet_of_entries(*episode(3).entries, entry(4, "wide"), entry(4, "pov"), entry(4, "close_up")), 320
    )
    rows = [[slot and slot.angle for slot in placed.rows[0]] for placed in layout.shots]
    assert rows == [["wide", "medium", "close_up"]] * 3 + [["wide", "pov", "close_up"]]
    layout = layout_of(sheet_of_entries(*episode(3).entries, entry(4, "close_up")), 320)
    assert [slot and slot.angle for slot in layout.shots[3].rows[0]] == [None, None, "close_up"]


def test_frames_flow_where_one_shot_has_many_more_than_the_others():
    many = tuple(f"angle {number}" for number in range(10))
    layout = layout_of(sheet_of_entries(*episode(6).entries, *(entry(9, angle) for angle in many)), 320)
    assert [len(row) for row in layout.shots[-1].rows] == [4, 4, 2]
    assert all(len(placed.rows) == 1 for placed in layout.shots[:-1])


def test_a_long_episode_goes_on_in_another_stack_in_order():
    layout = layout_of(episode(40), 320)
    assert layout.height <= 2 * layout.width
    places = [(placed.x, placed.y) for placed in layout.shots]
    assert places == sorted(places)
    assert len({x for x, _ in places}) > 1


def test_frames_shrink_to_keep_the_page_within_its_pixels():
    layout = layout_of(episode(300, tuple(f"angle {number}" for number in range(10))), 320, max_pixels=12_000_000)
    assert 11_000_000 < layout.width * layout.height <= 12_000_000
    assert MIN_FRAME_WIDTH < layout.sizes.frame_width < 100
