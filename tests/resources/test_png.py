import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_store_cases import png_of
from PIL import Image

from resources.png import SIGNATURE, TruncatedPngError, check_png, png_size, read_text, with_text


def chunk(kind: bytes, data: bytes, crc: int | None = None) -> bytes:
    found = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", found)


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 4, 8, 2, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0" * 100))
END = chunk(b"IEND", b"")


def test_pillow_reads_the_text_and_the_same_pixels() -> None:
    plain = png_of(5, (13, 7))
    texted = with_text(plain, "moostik", '{"prompt":"Noël « 雪 » 🎄"}')
    with Image.open(io.BytesIO(texted)) as image, Image.open(io.BytesIO(plain)) as former:
        image.load()
        assert image.info["moostik"] == '{"prompt":"Noël « 雪 » 🎄"}'
        assert image.tobytes() == former.tobytes()
    assert png_size(texted) == (13, 7)
    check_png(texted)


def test_the_text_stands_directly_after_the_header_and_is_not_compressed() -> None:
    assert with_text(SIGNATURE + HEADER + PIXELS + END, "moostik", "é") == (
        SIGNATURE + HEADER + chunk(b"iTXt", b"moostik\0\0\0\0\0\xc3\xa9") + PIXELS + END
    )


def test_a_text_of_the_same_keyword_is_replaced_and_others_stay() -> None:
    once = with_text(png_of(1), "moostik", "first")
    other = with_text(once, "moostik2", "other")
    twice = with_text(other, "moostik", "second")
    assert (read_text(twice, "moostik"), read_text(twice, "moostik2")) == ("second", "other")
    assert b"first" not in twice
    assert with_text(twice, "moostik", "second") == twice


def test_no_text_is_none() -> None:
    assert read_text(png_of(1), "moostik") is None
    assert read_text(with_text(png_of(1), "moostik", "x"), "moosti") is None


@settings(max_examples=60)
@given(st.text(st.characters(exclude_characters="\0")))
def test_any_text_comes_back(text: str) -> None:
    texted = with_text(png_of(1), "moostik", text)
    check_png(texted)
    assert read_text(texted, "moostik") == text


def test_a_lone_surrogate_comes_back() -> None:
    assert read_text(with_text(png_of(1), "moostik", "a\ud800b"), "moostik") == "a\ud800b"


def test_the_head_of_a_file_is_enough() -> None:
    texted = with_text(png_of(1), "moostik", "word " * 50)
    end = texted.index(b"IDAT")
    for length in range(len(texted) + 1):
        if length < end - 4:
            if length >= texted.index(b"word") + 250 + 4:
                assert read_text(texted[:length], "moostik") == "word " * 50
            else:
                with pytest.raises(ValueError, match=r"cut short|not a PNG"):
                    read_text(texted[:length], "moostik")
        else:
            assert read_text(texted[:length], "moostik") == "word " * 50


def test_a_cut_before_the_pixels_is_not_taken_for_no_text() -> None:
    with_profile = (
        SIGNATURE + HEADER + chunk(b"iCCP", b"x" * 1000) + chunk(b"iTXt", b"moostik\0\0\0\0\0a") + PIXELS + END
    )
    with pytest.raises(TruncatedPngError):
        read_text(with_profile[:500], "moostik")
    assert read_text(with_profile, "moostik") == "a"
    plain = png_of(1)
    assert read_text(plain[: plain.index(b"IDAT") + 6], "moostik") is None


def test_every_flipped_byte_and_every_cut_is_found() -> None:
    texted = with_text(png_of(1), "moostik", "a text")
    for at in range(len(texted)):
        broken = bytearray(texted)
        broken[at] ^= 0x20 if at % 2 else 0x01
        with pytest.raises(ValueError, match="PNG"):
            check_png(bytes(broken))
        with pytest.raises(ValueError, match="PNG"):
            check_png(texted[:at])
    check_png(texted + b"trailing bytes are no matter")


def test_what_follows_the_end_is_left_out_of_a_texted_png() -> None:
    assert with_text(png_of(1) + b"garbage", "moostik", "x") == with_text(png_of(1), "moostik", "x")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"moostik\0\0\0\0\0a\xff", "not UTF-8"),
        (b"moostik\0\1\0\0\0" + zlib.compress(b"a"), "compressed"),
        (b"moostik\0\0", "malformed"),
        (b"moostik", "malformed"),
        (b"moostik\0\0\0en", "malformed"),
    ],
)
def test_a_hostile_text_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_text(SIGNATURE + HEADER + chunk(b"iTXt", body) + PIXELS + END, "moostik")


def test_a_text_with_a_wrong_crc_is_refused() -> None:
    with pytest.raises(ValueError, match="wrong CRC in iTXt"):
        read_text(SIGNATURE + HEADER + chunk(b"iTXt", b"moostik\0\0\0\0\0a", crc=1) + PIXELS + END, "moostik")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a PNG"),
        (b"GIF89a" * 10, "not a PNG"),
        (SIGNATURE[:4], "cut short"),
        (SIGNATURE, "cut short"),
        (SIGNATURE + END, "broken order"),
        (SIGNATURE + HEADER + END, "no IDAT"),
        (SIGNATURE + HEADER + HEADER + PIXELS + END, "broken order"),
        (SIGNATURE + HEADER + PIXELS, "before IEND"),
        (SIGNATURE + HEADER + b"\xff\xff\xff\xffIDAT" + PIXELS, "4294967295 bytes long"),
        (SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 0, 4, 8, 2, 0, 0, 0)) + PIXELS + END, "0 x 4"),
        (SIGNATURE + chunk(b"IHDR", b""), "broken order"),
    ],
)
def test_a_broken_png_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_png(data)


@settings(max_examples=200)
@given(st.binary(max_size=200), st.integers(0, 80))
def test_garbage_is_a_value_error_and_nothing_else(garbage: bytes, at: int) -> None:
    good = with_text(png_of(1), "moostik", "text")
    for data in (garbage, SIGNATURE + garbage, good[:at] + garbage, good[:at] + garbage + good[at:]):
        for read in (lambda png: read_text(png, "moostik"), png_size, check_png, lambda png: with_text(png, "a", "b")):
            with suppress(ValueError):
                read(data)


@pytest.mark.parametrize("keyword", ["", "a" * 80, "é\u4e00", " a", "a  b", "a\0b"])
def test_a_bad_keyword_is_refused(keyword: str) -> None:
    with pytest.raises(ValueError, match="keyword"):
        with_text(png_of(1), keyword, "text")


def test_nul_in_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        with_text(png_of(1), "moostik", "a\0b")
