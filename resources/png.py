"""PNG at the level of its chunks: a text put in and read out, the size, the integrity. Nothing is decoded.

Source: PNG (Third Edition), W3C 2025, sections 5 (datastream), 11.2 (critical chunks) and 11.3.3.4 (iTXt).
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_LENGTH = 2**31 - 1
_KEYWORD = re.compile(r"[!-~\xa1-\xff]+( [!-~\xa1-\xff]+)*")
_MAX_KEYWORD = 79


class TruncatedPngError(ValueError):
    """The bytes end before the image does; `kind` is that of the chunk that is cut, b"" where even that is cut off."""

    def __init__(self, message: str, kind: bytes = b"") -> None:
        super().__init__(message)
        self.kind = kind


class _Chunk(NamedTuple):
    kind: bytes
    data: memoryview
    raw: memoryview
    """Length, kind, data and CRC."""


def with_text(png: bytes, keyword: str, text: str) -> bytes:
    """The same image with one uncompressed iTXt chunk directly after IHDR, in place of any of that keyword.

    The result depends on its arguments alone. What follows IEND is left out.

    Raises:
        ValueError: not a PNG, cut short, a bad keyword, or a text that holds NUL (which iTXt cannot).
    """
    header = _text_header(keyword)
    if "\0" in text:
        raise ValueError(f"the text for {keyword!r} holds NUL, which a PNG text cannot")
    parts: list[bytes | memoryview] = [SIGNATURE]
    for index, chunk in enumerate(_chunks(png)):
        if chunk.kind == b"iTXt" and _keyword_of(chunk) == header.partition(b"\0")[0]:
            continue
        parts.append(chunk.raw)
        if index == 0:
            parts.append(_encode(b"iTXt", header + text.encode("utf-8", "surrogatepass")))
    return b"".join(parts)


def read_text(png: bytes, keyword: str) -> str | None:
    """The text of the first iTXt chunk of that keyword; None where there is none.

    The head of a file is enough, as long as the chunk is whole in it.

    Raises:
        TruncatedPngError: the bytes end inside an iTXt chunk, or before the pixels begin, and it was not found.
        ValueError: not a PNG, a bad CRC, a compressed text, or bytes that are not UTF-8.
    """
    wanted = _text_header(keyword).partition(b"\0")[0]
    pixels = False
    try:
        for chunk in _chunks(png):
            pixels = pixels or chunk.kind == b"IDAT"
            if chunk.kind == b"iTXt" and _keyword_of(chunk) == wanted:
                _check_crc(chunk)
                return _text_of(chunk, keyword)
    except TruncatedPngError as error:
        if error.kind != b"IDAT" and (not pixels or error.kind == b"iTXt"):
            raise
    return None


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, as IHDR says them.

    Raises:
        ValueError: not a PNG, a bad CRC, or a size of nothing.
    """
    header = next(_chunks(png))
    _check_crc(header)
    width, height = struct.unpack_from(">II", header.data)
    if not (0 < width <= _MAX_LENGTH and 0 < height <= _MAX_LENGTH):
        raise ValueError(f"a PNG of {width} x {height} pixels")
    return width, height


def check_png(png: bytes) -> None:
    """Walk the whole chain of chunks: IHDR first, every CRC right, pixels, IEND. What follows IEND is no matter.

    Raises:
        ValueError: with the reason.
    """
    png_size(png)
    kinds = set()
    for chunk in _chunks(png):
        _check_crc(chunk)
        kinds.add(chunk.kind)
    if b"IDAT" not in kinds:
        raise ValueError("a PNG without pixels (no IDAT)")


def _chunks(png: bytes) -> Iterator[_Chunk]:
    """Each chunk up to IEND, its CRC unchecked."""
    if not png.startswith(SIGNATURE):
        if png and SIGNATURE.startswith(png):
            raise TruncatedPngError("a PNG cut short in its signature")
        raise ValueError(f"not a PNG: it starts with {bytes(png[:8])!r}")
    view = memoryview(png)
    at = len(SIGNATURE)
    while True:
        if len(view) < at + 8:
            raise TruncatedPngError(f"a PNG cut short at byte {len(view)}, before IEND")
        length, kind = struct.unpack_from(">I4s", view, at)
        if not kind.isalpha():
            raise ValueError(f"a PNG with a broken chunk at byte {at}: kind {kind!r}")
        if length > _MAX_LENGTH:
            raise ValueError(f"a PNG with a broken chunk at byte {at}: {length} bytes long")
        if (at == len(SIGNATURE)) != (kind == b"IHDR") or (kind == b"IHDR" and length != 13):
            raise ValueError(f"a PNG with a broken order: {kind.decode()} of {length} bytes at byte {at}")
        end = at + 12 + length
        if len(view) < end:
            raise TruncatedPngError(f"a PNG cut short at byte {len(view)}, in {kind.decode()}", kind)
        yield _Chunk(kind, view[at + 8 : end - 4], view[at:end])
        if kind == b"IEND":
            return
        at = end


def _check_crc(chunk: _Chunk) -> None:
    (crc,) = struct.unpack(">I", chunk.raw[-4:])
    if zlib.crc32(chunk.raw[4:-4]) != crc:
        raise ValueError(f"a PNG with a wrong CRC in {chunk.kind.decode()}")


def _encode(kind: bytes, data: bytes) -> bytes:
    if len(data) > _MAX_LENGTH:
        raise ValueError(f"{len(data)} bytes do not fit into one PNG chunk")
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _text_header(keyword: str) -> bytes:
    """Keyword, not compressed, no language, no translated keyword."""
    if len(keyword) > _MAX_KEYWORD or not _KEYWORD.fullmatch(keyword):
        raise ValueError(f"{keyword!r} is no PNG keyword: 1 to 79 printable Latin-1 characters, no double spaces")
    return keyword.encode("latin-1") + b"\0\0\0\0\0"


def _keyword_of(chunk: _Chunk) -> bytes:
    return bytes(chunk.data[: _MAX_KEYWORD + 1]).partition(b"\0")[0]


def _text_of(chunk: _Chunk, keyword: str) -> str:
    rest = bytes(chunk.data)[len(keyword.encode("latin-1")) :]
    parts = rest[3:].split(b"\0", 2)
    if len(rest) < 3 or rest[0] != 0 or len(parts) != 3:
        raise ValueError(f"a PNG whose text {keyword!r} is malformed")
    if rest[1] != 0:
        raise ValueError(f"a PNG whose text {keyword!r} is compressed; it is written uncompressed")
    try:
        return parts[2].decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise ValueError(f"a PNG whose text {keyword!r} is not UTF-8") from error
