import base64
import contextlib
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from resources.thumbnails import thumbnail, thumbnail_markdown


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def decoded(markdown: str) -> Image.Image:
    start = "![thumbnail](data:image/jpeg;base64,"
    assert markdown.startswith(start)
    assert markdown.endswith(")")
    return Image.open(io.BytesIO(base64.b64decode(markdown[len(start) : -1], validate=True)))


NOISE = encoded(Image.effect_noise((1280, 720), 120).convert("RGB"))
PLAIN = encoded(Image.new("RGB", (1280, 720), (180, 90, 30)))


def test_a_frame_becomes_a_small_jpeg_inside_its_line():
    picture = decoded(thumbnail_markdown(PLAIN))
    assert (picture.format, picture.size) == ("JPEG", (256, 144))
    red, green, blue = picture.convert("RGB").getpixel((128, 72))  # type: ignore[misc]
    assert abs(red - 180) < 6
    assert abs(green - 90) < 6
    assert abs(blue - 30) < 6


@pytest.mark.parametrize("size", [(1280, 720), (100, 3000)])
@pytest.mark.parametrize("limit", [20_000, 2_000])
def test_the_line_never_exceeds_its_bytes(size: tuple[int, int], limit: int):
    markdown = thumbnail_markdown(encoded(Image.effect_noise(size, 120).convert("RGB")), max_bytes=limit)
    assert len(markdown.encode()) <= limit
    decoded(markdown).load()


def test_a_limit_with_no_room_is_an_error_that_says_what_is_enough():
    with pytest.raises(ValueError, match="100 bytes; 2,000"):
        thumbnail_markdown(NOISE, max_bytes=100)


def test_a_small_image_is_not_enlarged():
    assert thumbnail(encoded(Image.new("RGB", (40, 30))), 256, 256).size == (40, 30)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_kind_of_png_is_read(mode: str):
    found = thumbnail(encoded(Image.new("RGBA", (64, 64), (255, 255, 255, 255)).convert(mode)), 32, 32)
    assert (found.mode, found.size) == ("RGB", (32, 32))
    assert found.getpixel((16, 16)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_to_eight():
    found = thumbnail(encoded(Image.new("I;16", (64, 64), 0x4000)), 32, 32)
    assert (found.mode, found.getpixel((16, 16))) == ("RGB", (64, 64, 64))


def test_what_is_transparent_shows_a_dark_ground():
    assert thumbnail(encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0))), 32, 32).getpixel((9, 9)) == (24, 23, 21)


def test_a_jpeg_is_decoded_small():
    assert thumbnail(encoded(Image.new("RGB", (4000, 2000), (0, 128, 0)), "JPEG"), 200, 200).size == (200, 100)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", PLAIN[: len(PLAIN) // 2], b"<svg/>" * 99])
def test_what_is_no_image_is_a_value_error(data: bytes):
    with pytest.raises(ValueError, match="not an image"):
        thumbnail(data, 100, 100)


def test_a_bomb_is_refused_before_it_is_decoded():
    bomb = encoded(Image.new("1", (9000, 9000)))
    with pytest.raises(ValueError, match="9000 x 9000"):
        thumbnail(bomb, 100, 100)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_bytes_are_an_image_or_a_value_error(seed: int):
    chance = random.Random(seed)
    data = bytearray(encoded(Image.linear_gradient("L")))
    for _ in range(chance.randrange(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    with contextlib.suppress(ValueError):
        thumbnail(bytes(data), 64, 64)
