"""What an image file is, read from its header alone: no decoding, so that a bomb costs nothing.

Formats: PNG, JPEG, WebP and GIF (of an animation, the first frame is the image).
PNG: https://www.w3.org/TR/png-3/ ; JPEG: ITU-T T.81 annex B; WebP: RFC 9649; GIF: GIF89a specification.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_IMAGE_PIXELS = 100_000_000
MAX_IMAGE_BYTES = 256 * 1024 * 1024
MAX_JPEG_SEGMENTS = 2_000
"""Segments read before the one with the size: photographs have about twenty."""

_OTHER_KINDS = {
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"8BPS": "PSD",
    b"%PDF": "PDF",
    b"<svg": "SVG",
    b"<?xml": "SVG or other XML",
    b"<!DOC": "HTML",
    b"<html": "HTML",
    b"version https://git-lfs": "git-lfs pointer (run `git lfs pull`)",
}
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKERS_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class BrokenImageError(ValueError):
    """The file is no image that can be used; the message says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Format ("PNG", "JPEG", "WebP", "GIF") and size in pixels."""

    format: str
    width: int
    height: int


def probe_image(path: Path | str) -> ImageHeader:
    """The header of an image file.

    Raises:
        BrokenImageError: no image of a known format, cut off, or more than MAX_IMAGE_PIXELS or MAX_IMAGE_BYTES.
        FileNotFoundError: there is no such file.
        OSError: it cannot be read.
    """
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise BrokenImageError("is a folder or device; an image file is wanted")
    if status.st_size > MAX_IMAGE_BYTES:
        raise BrokenImageError(f"is {status.st_size:,} bytes; at most {MAX_IMAGE_BYTES:,} are read")
    with open(path, "rb") as stream:
        header = _header(stream, status.st_size)
    if header.width == 0 or header.height == 0:
        raise BrokenImageError(f"{header.format} of {header.width} x {header.height} pixels: there is nothing to see")
    if header.width * header.height > MAX_IMAGE_PIXELS:
        raise BrokenImageError(
            f"{header.format} of {header.width} x {header.height} pixels, more than {MAX_IMAGE_PIXELS:,}; scale it down"
        )
    return header


def _header(stream: BinaryIO, size: int) -> ImageHeader:
    start = stream.read(32)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(stream, start, size)
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg(stream)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _webp(start, size)
    if start.startswith((b"GIF87a", b"GIF89a")):
        if len(start) < 13:
            raise BrokenImageError("GIF cut off in its header")
        return ImageHeader("GIF", int.from_bytes(start[6:8], "little"), int.from_bytes(start[8:10], "little"))
    raise BrokenImageError(f"is {_kind(start)}, not a PNG, JPEG, WebP or GIF image")


def _kind(start: bytes) -> str:
    if not start:
        return "an empty file"
    if start[4:8] == b"ftyp":
        return f"{start[8:12].decode('ascii', 'replace').strip()} (HEIC, AVIF or video)"
    return next((kind for sign, kind in _OTHER_KINDS.items() if start.startswith(sign)), "something else")


def _png(stream: BinaryIO, start: bytes, size: int) -> ImageHeader:
    if len(start) < 32 or start[12:16] != b"IHDR":
        raise BrokenImageError("PNG cut off or broken in its header")
    stream.seek(max(0, size - 12))
    if stream.read(8)[4:] != b"IEND" and not _png_has_end(stream, size):
        raise BrokenImageError("PNG cut off before its end; copy or download it again")
    return ImageHeader("PNG", int.from_bytes(start[16:20], "big"), int.from_bytes(start[20:24], "big"))


def _png_has_end(stream: BinaryIO, size: int) -> bool:
    """Whether the chunks lead to IEND: some programs write more after it."""
    at = 8
    while at + 12 <= size:
        stream.seek(at)
        chunk = stream.read(8)
        if chunk[4:] == b"IEND":
            return True
        at += 12 + int.from_bytes(chunk[:4], "big")
    return False


def _jpeg(stream: BinaryIO) -> ImageHeader:
    stream.seek(2)
    for _ in range(MAX_JPEG_SEGMENTS):
        marker = stream.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            break
        if marker[1] == 0xFF:  # a fill byte: the marker follows it
            stream.seek(-1, os.SEEK_CUR)
            continue
        if marker[1] in _MARKERS_WITHOUT_LENGTH:
            continue
        length = int.from_bytes(stream.read(2), "big")
        if marker[1] in _FRAME_MARKERS:
            frame = stream.read(5)
            if len(frame) < 5:
                break
            return ImageHeader("JPEG", int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big"))
        if marker[1] == 0xDA or length < 2:  # picture data before any frame
            break
        stream.seek(length - 2, os.SEEK_CUR)
    raise BrokenImageError("JPEG cut off or broken before its size; copy or download it again")


def _webp(start: bytes, size: int) -> ImageHeader:
    if int.from_bytes(start[4:8], "little") + 8 > size or len(start) < 30:
        raise BrokenImageError("WebP cut off before its end; copy or download it again")
    chunk, body = start[12:16], start[20:]
    if chunk == b"VP8X":
        return ImageHeader("WebP", 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
    if chunk == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return ImageHeader("WebP", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return ImageHeader("WebP", width, height)
    raise BrokenImageError("WebP with a broken header")
