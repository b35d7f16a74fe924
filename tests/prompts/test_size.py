import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moostik_assets.catalogue.models import Series
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.size import aspect_of, aspect_warnings, image_size


@pytest.mark.parametrize(
    ("aspect", "pixels", "multiple", "size"),
    [
        ("16:9", 921_600, 8, (1280, 720)),
        ("21:9", 921_600, 8, (1456, 624)),
        ("1:1", 921_600, 8, (960, 960)),
        ("9:16", 921_600, 8, (720, 1280)),
        ("4:3", 921_600, 8, (1088, 816)),
        ("16/9", 921_600, 8, (1280, 720)),
        ("16x9", 921_600, 8, (1280, 720)),
        (" 16 : 9 ", 921_600, 8, (1280, 720)),
        ("1920×1080", 921_600, 8, (1280, 720)),
        ("16:9", 1_048_576, 64, (1344, 768)),
        ("2.39:1", 921_600, 8, (1472, 616)),
        ("2,39:1", 921_600, 8, (1472, 616)),
        ("1.85", 921_600, 8, (1184, 640)),
        ("100:1", 921_600, 8, (1920, 480)),
        ("1:100", 921_600, 8, (480, 1920)),
        ("16:9", 10, 8, (8, 8)),
    ],
)
def test_sizes(aspect: str, pixels: int, multiple: int, size: tuple[int, int]) -> None:
    assert image_size(aspect, pixels, multiple) == size


@pytest.mark.parametrize(
    "aspect",
    ["", "wide", "16:", ":9", "0:9", "16:0", "-16:9", "1:2:3", "nan", "inf", "1e9:1", "9" * 5000, "16:9 or so"],
)
def test_what_cannot_be_read_is_named_with_examples(aspect: str) -> None:
    with pytest.raises(ValueError, match=r'write "16:9", "21:9"') as raised:
        image_size(aspect, 921_600, 8)
    assert repr(aspect[:40])[1:-1] in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(("pixels", "multiple"), [(0, 8), (-1, 8), (921_600, 0)])
def test_pixels_and_multiple_must_be_positive(pixels: int, multiple: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        image_size("16:9", pixels, multiple)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.floats(14, 60), st.sampled_from([1, 2, 8, 16, 32, 64]))
def test_sizes_are_multiples_within_the_area_and_of_the_ratio(
    across: int, down: int, side: float, multiple: int
) -> None:
    pixels = int((side * multiple) ** 2)
    width, height = image_size(f"{across}:{down}", pixels, multiple)
    assert width % multiple == height % multiple == 0
    assert 0.7 * pixels <= width * height <= pixels
    ratio = min(max(across / down, 0.25), 4)
    step = multiple / min(width, height)
    assert abs(width / height / ratio - 1) <= step


def _prompt(deliverable: str = "", parameters: str = "") -> Prompt:
    return Prompt.model_validate(
        {"deliverable": {"aspect_ratio": deliverable}, "parameters": {"aspect_ratio": parameters}}
    )


def test_the_deliverable_then_the_parameters_then_the_series() -> None:
    series = Series.model_validate({"aspectRatio": "4:3"})
    assert aspect_of(_prompt("21:9", "1:1"), series) == "21:9"
    assert aspect_of(_prompt("", "1:1"), series) == "1:1"
    assert aspect_of(_prompt(" "), series) == "4:3"
    assert aspect_of(_prompt(), Series.model_validate({"aspectRatio": ""})) == "16:9"
    assert aspect_warnings(_prompt("21:9", "unread"), series) == ()


def test_an_unreadable_one_is_passed_over_and_said() -> None:
    prompt = _prompt("scope", "1:1")
    assert aspect_of(prompt, Series()) == "1:1"
    (warning,) = aspect_warnings(prompt, Series())
    assert warning.startswith("deliverable.aspect_ratio of the prompt: aspect ratio 'scope' cannot be read; write ")
    assert warning.endswith("1:1 is used")
    nothing = aspect_warnings(_prompt("a", "b"), Series.model_validate({"aspectRatio": "c"}))
    assert len(nothing) == 3
    assert all(warning.endswith("16:9 is used") for warning in nothing)


def test_a_ratio_beyond_what_is_made_is_said() -> None:
    (warning,) = aspect_warnings(_prompt("9:1"), Series())
    assert "'9:1' is beyond 1:4 to 4:1" in warning
