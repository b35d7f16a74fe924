"""Small requests and PNGs, and a whole tree as one value, for the tests of the store."""

import io
from pathlib import Path

from PIL import Image

from resources.rendering.request import ImageInput, RenderRequest


def request_of(number: int, references: tuple[ImageInput, ...] = ()) -> RenderRequest:
    return RenderRequest(
        prompt=f"Mama at the hydraulic kitchen, « soir » {number} 🎄",
        negative="",
        seed=number,
        width=8,
        height=4,
        renderer={"name": "test", "version": 1},
        references=references,
    )


def png_of(number: int, size: tuple[int, int] = (8, 4)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (number % 256, number // 256 % 256, 77)).save(out, "PNG")
    return out.getvalue()


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, by its relative path."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
