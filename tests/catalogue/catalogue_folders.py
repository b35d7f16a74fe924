"""Catalogue folders written for a test, and images of a few pixels to stand in them."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image


def character(**fields: Any) -> dict[str, Any]:
    return {"id": "mama", "name": "Mama", "referenceImages": [], "validated": True, **fields}


def shot(**fields: Any) -> dict[str, Any]:
    return {"id": "shot-001", "number": 1, "name": "Opening", "characterIds": ["mama"], "locationIds": [], **fields}


def episode(**fields: Any) -> dict[str, Any]:
    return {"id": "ep0", "number": 0, "title": "Pilot", "shots": [shot()], **fields}


def write_folder(folder: Path, **files: Any) -> Path:
    """A folder of a small catalogue; a keyword `themes` replaces themes.json, `ep0` the file episodes/ep0.json.

    Text and bytes are written as they are, None leaves a file out, anything else becomes JSON.
    """
    wanted: dict[str, Any] = {"characters": [character()], "locations": [], "ep0": episode(), **files}
    for name, content in wanted.items():
        top = name in {"series", "characters", "locations", "themes", "world_state", "decisions"}
        path = folder / f"{name}.json" if top else folder / "episodes" / f"{name}.json"
        if content is None:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def write_image(path: Path, colour: str = "orange", size: tuple[int, int] = (8, 6), **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path, **options)
    return path


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header claims any size, with next to no picture data."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )
