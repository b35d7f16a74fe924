import io

import pytest
from PIL import Image, ImageDraw

from resources.decoration_mask import checked_mask, proposed_mask

SIZE = (64, 36)


def png(image: Image.Image) -> bytes:
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def half_white(mode: str) -> Image.Image:
    image = Image.new("L", SIZE, 0)
    image.paste(255, (0, 0, 32, 36))
    image.putpixel((40, 4), 120)
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P"])
def test_what_is_in_truth_grey_is_taken_as_it_is(mode: str) -> None:
    mask = checked_mask(png(half_white(mode)), SIZE)
    assert mask.mode == "L"
    assert mask.tobytes() == half_white("L").tobytes()


def test_one_bit_becomes_black_and_white() -> None:
    mask = checked_mask(png(half_white("L").point([0] * 128 + [255] * 128).convert("1")), SIZE)
    assert (mask.mode, mask.getpixel((1, 1)), mask.getpixel((60, 1))) == ("L", 255, 0)


def test_levels_of_rounding_are_grey_and_a_tint_is_not() -> None:
    assert checked_mask(png(Image.new("RGB", SIZE, (200, 201, 203))), SIZE).getpixel((0, 0)) == 201
    tinted = half_white("RGB")
    tinted.putpixel((9, 7), (255, 40, 40))
    with pytest.raises(ValueError, match=r"in colour \(#FF2828 at 9, 7; mode RGB\).*8-bit grey PNG of 64 x 36"):
        checked_mask(png(tinted), SIZE)


def test_another_size_is_refused_with_the_right_one() -> None:
    with pytest.raises(ValueError, match=r"has 36 x 64 pixels; it must be an 8-bit grey PNG of 64 x 36 pixels"):
        checked_mask(png(Image.new("L", (36, 64))), SIZE)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"<svg/>", "no readable image"),
        (png(half_white("L"))[:60], "no readable image"),
        (png(Image.new("I;16", SIZE, 3000)), "mode I;16"),
        (png(Image.new("RGBA", SIZE, (255, 255, 255, 90))), "partly transparent"),
    ],
)
def test_what_is_no_mask_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=rf"decoration mask .*{why}.*it must be an 8-bit grey PNG"):
        checked_mask(data, SIZE)


def room() -> Image.Image:
    """A wall under a blue sky, a shelf on it, a floor, a flame."""
    image = Image.new("RGB", (960, 540), (60, 80, 150))
    pen = ImageDraw.Draw(image)
    pen.rectangle([0, 150, 960, 360], fill=(150, 110, 90))
    pen.rectangle([0, 360, 960, 540], fill=(80, 70, 60))
    pen.rectangle([120, 262, 420, 276], fill=(220, 190, 150))
    pen.ellipse([700, 440, 740, 490], fill=(255, 250, 220))
    return image


def test_a_shelf_and_the_sides_of_the_floor_are_proposed() -> None:
    mask = proposed_mask(room())
    assert (mask.mode, mask.size) == ("L", (960, 540))
    assert mask.getpixel((270, 250)) == 255  # on the shelf
    assert mask.getpixel((60, 500)) == 255
    assert mask.getpixel((900, 500)) == 255


def test_sky_flames_and_the_middle_of_the_floor_are_not_proposed() -> None:
    mask = proposed_mask(room())
    for left, top, right, foot in ((0, 0, 960, 140), (698, 438, 742, 492), (400, 380, 560, 540)):
        assert mask.crop((left, top, right, foot)).getextrema() == (0, 0)


def test_a_proposal_for_anything_is_black_and_white() -> None:
    for picture in (Image.new("L", (16, 16), 90), Image.new("RGBA", (40, 900)), Image.effect_noise((300, 70), 90)):
        mask = proposed_mask(picture)
        assert mask.size == picture.size
        assert set(mask.tobytes()) <= {0, 255}
