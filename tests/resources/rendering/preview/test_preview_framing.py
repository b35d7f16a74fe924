from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops, ImageStat
from preview_inputs import bust, full_figure, opened, renderer_in, request_of

from resources.rendering.preview.blocking import Placed, placed_cast
from resources.rendering.preview.cast import CastMember, Likeness, likeness_for, measured
from resources.rendering.preview.framing import FRAMINGS, Framing, framing_of
from resources.rendering.request import Figure, Staging

_ASPECT = 16 / 9
_ART_HEIGHTS = {
    "extreme_wide": (0.08, 0.14),
    "establishing": (0.0, 0.10),
    "wide": (0.30, 0.40),
    "medium_wide": (0.5, 0.66),
    "low_angle": (1.0, 1.15),
    "high_angle": (0.15, 0.23),
    "over_the_shoulder": (0.55, 0.65),
}


def _likenesses() -> tuple[Likeness, ...]:
    back = full_figure()
    back.paste((236, 74, 60, 255), (120, 60, 215, 120))
    return (
        measured("full", full_figure()),
        measured("bust", bust()),
        measured("action", full_figure((40, 90, 200))),
        measured("back", back),
    )


def _placed(framing: Framing, count: int, seed: int = 3, horizon: float | None = None) -> list[Placed]:
    cast = [CastMember(Figure(f"c{i}", ""), _likenesses()) for i in range(count)]
    at = min(max(framing.horizon, 0.0), 1.0) if horizon is None else horizon
    return placed_cast(cast, framing, at, _ASPECT, seed, [])


def _lead(placed: list[Placed]) -> Placed:
    return next(each for each in placed if each.name == "c0")


@pytest.mark.parametrize("name", _ART_HEIGHTS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lead_has_the_height_that_the_shot_grammar_asks_for(name: str, seed: int) -> None:
    low, high = _ART_HEIGHTS[name]
    assert low <= _lead(_placed(FRAMINGS[name], 1 if name != "over_the_shoulder" else 2, seed)).height <= high


def test_a_medium_shows_the_body_to_the_waist_and_a_close_up_the_head() -> None:
    medium, close = _lead(_placed(FRAMINGS["medium"], 1)), _lead(_placed(FRAMINGS["close_up"], 1))
    top = medium.feet - medium.height
    assert 0.85 <= 1 - top <= 1.05
    assert medium.likeness.key == "full"
    assert close.likeness.key == "bust"
    head = 140 / 300 * close.height  # of the 300 rows of the drawn bust, 140 are its head
    assert 0.5 <= head <= 0.75
    assert close.feet > 1.0, "the cut edge of a bust lies below the frame"


def test_a_lead_looks_into_the_room_before_it() -> None:
    lead = _lead(_placed(FRAMINGS["wide"], 1))
    assert lead.facing == 1
    assert lead.x < 0.42


@pytest.mark.parametrize("count", [2, 3, 5, 8])
@pytest.mark.parametrize("name", ["wide", "extreme_wide", "high_angle"])
def test_a_crowd_stands_apart_the_lead_nearest_and_largest(name: str, count: int) -> None:
    placed = _placed(FRAMINGS[name], count)
    assert len(placed) == count
    lead = _lead(placed)
    assert placed[-1] is lead, "the lead is painted last, over the others"
    for each in placed:
        assert each.height <= lead.height + 1e-9
        assert each.feet <= lead.feet + 1e-9
        half = each.height * each.likeness.aspect / _ASPECT / 2
        assert half * 0.2 <= each.x <= 1 - half * 0.2
    for one in placed:
        for other in placed:
            if one is not other:
                wide = min(each.height * each.likeness.aspect / _ASPECT for each in (one, other))
                assert abs(one.x - other.x) > 0.35 * wide, "nobody stands wholly before another"


def test_the_others_look_towards_the_lead() -> None:
    for seed in range(6):
        placed = _placed(FRAMINGS["wide"], 4, seed)
        lead = _lead(placed)
        assert [each.facing for each in placed if each is not lead] == [
            1 if each.x < lead.x else -1 for each in placed if each is not lead
        ]


def test_a_crowd_of_wide_figures_is_drawn_smaller_until_it_fits() -> None:
    wide = measured("wide", full_figure().resize((780, 600)))
    cast = [CastMember(Figure(f"c{i}", ""), (wide,)) for i in range(8)]
    placed = placed_cast(cast, FRAMINGS["pov"], 0.45, _ASPECT, 1, [])
    assert sum(each.height * each.likeness.aspect / _ASPECT for each in placed) <= 1.25
    assert _lead(placed).height < _lead(_placed(FRAMINGS["pov"], 1)).height


def test_feet_follow_the_ground_plane() -> None:
    placed = _placed(FRAMINGS["wide"], 4, horizon=0.45)
    slopes = {round((each.feet - 0.45) / each.height, 3) for each in placed}
    assert len(slopes) == 1


def test_colossal_figures_come_in_from_the_top() -> None:
    boots = full_figure().crop((0, 200, 300, 600))
    likeness = measured("boots", boots)
    assert likeness.kind == "colossal"
    cast = [CastMember(Figure("c0", ""), _likenesses()), CastMember(Figure("giant", ""), (likeness,))]
    placed = placed_cast(cast, FRAMINGS["wide"], 0.45, _ASPECT, 1, [])
    giant = next(each for each in placed if each.name == "giant")
    assert giant.feet - giant.height <= 0.0
    assert giant.height > 2 * _lead(placed).height


def test_likenesses_are_chosen_by_what_they_show() -> None:
    kinds = [likeness.kind for likeness in _likenesses()]
    assert kinds == ["full", "bust", "full", "full"]
    bust_first = CastMember(Figure("c", ""), (_likenesses()[1], _likenesses()[0]))
    assert likeness_for(bust_first, FRAMINGS["wide"], 1).kind == "full"
    assert likeness_for(bust_first, FRAMINGS["close_up"], 1).kind == "bust"
    acting = CastMember(Figure("c", "", action="runs"), _likenesses())
    chosen = {likeness_for(acting, FRAMINGS["wide"], seed).key for seed in range(40)}
    assert chosen == {"full", "action"}, "in action now and then, but never from behind"
    resting = CastMember(Figure("c", ""), _likenesses())
    assert {likeness_for(resting, FRAMINGS["wide"], seed).key for seed in range(40)} == {"full"}
    assert likeness_for(resting, FRAMINGS["over_the_shoulder"], 1, back=True).key == "back"


@pytest.mark.parametrize(
    ("angle", "name"),
    [
        ("wide", "wide"),
        ("Extreme Wide Shot", "extreme_wide"),
        ("très gros plan", "extreme_close_up"),
        ("gros-plan", "close_up"),
        ("contre-plongée", "low_angle"),
        ("plongée", "high_angle"),
        ("birds_eye", "high_angle"),
        ("over-the-shoulder", "over_the_shoulder"),
        ("insert", "insert"),
        ("macro", "insert"),
        ("two_shot", "medium"),
        ("through_the_keyhole", "keyhole"),
        ("dutch", "dutch"),
        ("through binoculars", "glasses"),
        ("真上から", "medium_wide"),
        ("", "medium_wide"),
    ],
)
def test_angles_are_known_by_their_words(angle: str, name: str) -> None:
    assert framing_of(Staging(angle)).name == name


def test_an_unknown_angle_takes_what_the_camera_words_say() -> None:
    assert framing_of(Staging("shot-b", camera_angle="low angle")).name == "low_angle"
    assert framing_of(Staging("shot-b", framing="close-up on her hands")).name == "close_up"


def test_a_longer_lens_brings_the_place_nearer() -> None:
    zooms = [framing_of(Staging("medium", lens_mm=lens)).zoom for lens in (24.0, None, 85.0)]
    assert zooms == sorted(zooms)
    assert zooms[0] < zooms[2]


@settings(max_examples=60, deadline=None)
@given(
    angle=st.one_of(st.sampled_from(sorted(FRAMINGS)), st.text(max_size=12)),
    count=st.integers(0, 9),
    seed=st.integers(0, 2**31 - 1),
    horizon=st.floats(-0.3, 1.3),
    aspect=st.sampled_from([16 / 9, 21 / 9, 4 / 3, 1.0, 9 / 16]),
)
def test_every_figure_placed_can_be_seen(angle: str, count: int, seed: int, horizon: float, aspect: float) -> None:
    framing = framing_of(Staging(angle))
    cast = [CastMember(Figure(f"c{i}", ""), _LIKENESSES) for i in range(count)]
    notes: list[str] = []
    placed = placed_cast(cast, framing, horizon, aspect, seed, notes)
    left_out = " ".join(notes).count("c")
    assert len({each.name for each in placed}) + left_out >= min(count, framing.crowd)
    for each in placed:
        assert 0.02 < each.height < 5
        assert -0.2 <= each.x <= 1.2
        assert each.feet > 0 and each.feet - each.height < 1  # noqa: PT018


_LIKENESSES = _likenesses()


def test_angles_of_one_shot_are_different_pictures(tmp_path: Path) -> None:
    requests = [request_of(tmp_path, angle, size=(320, 180)) for angle in (*FRAMINGS, "dutch", "keyhole")]
    frames = [opened(done.png) for done in renderer_in(tmp_path, workers=1).render(requests)]
    for index, frame in enumerate(frames):
        for other in frames[index + 1 :]:
            mean = ImageStat.Stat(ImageChops.difference(frame, other).convert("L")).mean[0]
            assert mean > 3, "two angles show the same"


def test_figures_are_painted_where_they_were_placed(tmp_path: Path) -> None:
    green = full_figure((30, 220, 40))
    request = request_of(tmp_path, "wide", seed=5, likenesses=(green,), size=(640, 360))
    (done,) = renderer_in(tmp_path).render([request])
    red, strong, blue = opened(done.png).split()
    seen = ImageChops.subtract(strong, ImageChops.lighter(red, blue)).point([0] * 45 + [255] * 211).getbbox()
    assert seen is not None
    assert 0.30 <= (seen[3] - seen[1]) / 360 <= 0.41
    assert (seen[0] + seen[2]) / 2 / 640 == pytest.approx(0.345, abs=0.03)
