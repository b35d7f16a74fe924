import contextlib
import io
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from resources.image_probe import BrokenImageError, ImageHeader, probe_image

SIZE = (37, 23)


def encoded(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    mode = "RGBA" if options.pop("alpha", False) else "RGB"
    Image.effect_noise(SIZE, 60).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


RIGHT = {
    "png": ("PNG", encoded("PNG")),
    "png with more after it": ("PNG", encoded("PNG") + b"trailer" * 9),
    "jpeg": ("JPEG", encoded("JPEG")),
    "progressive jpeg with exif": ("JPEG", encoded("JPEG", progressive=True, exif=b"Exif\0\0" + b"x" * 60_000)),
    "lossy webp": ("WebP", encoded("WEBP", quality=50)),
    "lossless webp": ("WebP", encoded("WEBP", lossless=True)),
    "webp with alpha": ("WebP", encoded("WEBP", alpha=True)),
    "webp with metadata": ("WebP", encoded("WEBP", lossless=True, exif=b"Exif\0\0x")),
    "gif": ("GIF", encoded("GIF")),
}


def probed(folder: Path, content: bytes) -> ImageHeader:
    path = folder / "image"
    path.write_bytes(content)
    return probe_image(path)


@pytest.mark.parametrize("name", RIGHT)
def test_format_and_size_of_a_right_image(tmp_path: Path, name: str) -> None:
    kind, content = RIGHT[name]
    assert probed(tmp_path, content) == ImageHeader(kind, *SIZE)


PNG = RIGHT["png"][1]
BROKEN = {
    "empty": (b"", "an empty file"),
    "text": (b"hello", "something else"),
    "svg": (b"<svg xmlns=", "is SVG, not a PNG, JPEG, WebP or GIF"),
    "html": (b"<!DOCTYPE html>", "is HTML"),
    "avif": (b"\0\0\0\x20ftypavif" + b"\0" * 30, "is avif"),
    "tiff": (b"II*\0" + b"\0" * 30, "is TIFF"),
    "git-lfs": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    "png cut": (PNG[:-30], "PNG cut off before its end"),
    "png cut in its header": (PNG[:20], "PNG cut off or broken in its header"),
    "png bomb": (PNG[:16] + struct.pack(">II", 50_000, 50_000) + PNG[24:], "50000 x 50000 pixels, more than"),
    "png of nothing": (PNG[:16] + struct.pack(">II", 0, 7) + PNG[24:], "there is nothing to see"),
    "png with a chunk that never ends": (PNG[:8] + b"\xff" * 4 + PNG[12:-12], "PNG cut off before its end"),
    "jpeg cut": (RIGHT["jpeg"][1][:30], "JPEG cut off"),
    "jpeg of fill bytes": (b"\xff\xd8" + b"\xff" * 9000, "JPEG cut off"),
    "jpeg of empty segments": (b"\xff\xd8" + b"\xff\xe0\0\2" * 9000, "JPEG cut off"),
    "webp cut": (RIGHT["lossy webp"][1][:-10], "WebP cut off before its end"),
    "webp of nothing": (b"RIFF\x18\0\0\0WEBPABCD" + b"\0" * 20, "broken header"),
    "webp bomb": (b"RIFF\x18\0\0\0WEBPVP8X" + b"\0" * 8 + b"\xff" * 12, "16777216 x 16777216 pixels"),
    "gif cut": (b"GIF89a\1\0", "GIF cut off"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_image_says_what_is_wrong(tmp_path: Path, name: str) -> None:
    content, reason = BROKEN[name]
    with pytest.raises(BrokenImageError, match=reason):
        probed(tmp_path, content)


def test_a_folder_a_missing_file_and_a_file_too_large(tmp_path: Path) -> None:
    with pytest.raises(BrokenImageError, match="is a folder"):
        probe_image(tmp_path)
    with pytest.raises(FileNotFoundError):
        probe_image(tmp_path / "gone.png")
    with open(tmp_path / "large", "wb") as stream:
        stream.truncate(300 * 1024 * 1024)
    with pytest.raises(BrokenImageError, match="bytes; at most"):
        probe_image(tmp_path / "large")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([content for _, content in RIGHT.values()]), st.data())
def test_damaged_bytes_are_an_image_or_a_broken_one(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    damaged = bytearray(content[: data.draw(st.integers(0, len(content)))])
    for _ in range(data.draw(st.integers(0, 4)) if damaged else 0):
        damaged[data.draw(st.integers(0, min(len(damaged) - 1, 40)))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BrokenImageError):
        header = probed(tmp_path_factory.getbasetemp(), bytes(damaged))
        assert 0 < header.width * header.height <= 100_000_000


def test_fifty_images_are_probed_within_50_ms(tmp_path: Path) -> None:
    paths = []
    for index, (_, content) in enumerate([*RIGHT.values()] * 6):
        paths.append(tmp_path / str(index))
        paths[-1].write_bytes(content)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        for path in paths:
            probe_image(path)
        seconds.append(time.perf_counter() - started)
    assert len(paths) > 50
    assert min(seconds) < 0.05
