"""Inputs of the preview renderer's tests, drawn on the spot: a plate, figures with and without alpha, requests."""

import hashlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from resources.rendering.base import RendererContext
from resources.rendering.preview import PreviewRenderer
from resources.rendering.request import Figure, ImageInput, Layer, RenderRequest, Staging

CORAL = (236, 74, 60)


class Folder:
    """Reads images by their sha256 from a folder; can be pickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, sha256: str) -> bytes:
        try:
            return (self.path / sha256).read_bytes()
        except FileNotFoundError:
            raise KeyError(sha256) from None


def put(folder: Path, data: bytes | Image.Image) -> str:
    if isinstance(data, Image.Image):
        held = io.BytesIO()
        data.save(held, "PNG")
        data = held.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    (folder / sha256).write_bytes(data)
    return sha256


def plate(horizon: float = 0.5, size: tuple[int, int] = (800, 450)) -> Image.Image:
    image = Image.new("RGB", size, (96, 118, 168))
    pen = ImageDraw.Draw(image)
    pen.rectangle([0, round(size[1] * horizon), *size], fill=(86, 92, 70))
    for x in range(0, size[0], 40):
        pen.rectangle([x, size[1] * horizon - 60, x + 22, size[1] * horizon], fill=(128, 110, 130))
        pen.line([(size[0] / 2, size[1] * horizon), (x * 3 - size[0], size[1])], fill=(70, 76, 60), width=3)
    for x in range(100, size[0], 200):  # lamps
        pen.ellipse([x, 60, x + 30, 90], fill=(255, 244, 190))
    return image


def full_figure(colour: tuple[int, int, int] = CORAL, ground: tuple[int, ...] = (0, 0, 0, 0)) -> Image.Image:
    """A person of 300 x 600 with margins of 30: the body is 540 high, and looks right."""
    image = Image.new("RGBA", (300, 600), ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse([85, 30, 215, 170], fill=(*colour, 255))
    pen.rounded_rectangle([75, 150, 225, 440], radius=40, fill=(*colour, 255))
    for x in (100, 165):
        pen.rectangle([x, 420, x + 35, 570], fill=(*colour, 255))
    for x in (150, 188):
        pen.ellipse([x - 14, 80, x + 14, 108], fill=(255, 255, 255, 255))
        pen.ellipse([x - 4, 86, x + 10, 104], fill=(10, 10, 10, 255))
    return image


def bust(colour: tuple[int, int, int] = CORAL) -> Image.Image:
    return full_figure(colour).crop((0, 0, 300, 330))


def request_of(
    folder: Path,
    angle: str = "wide",
    cast: tuple[str, ...] = ("odile",),
    seed: int = 7,
    size: tuple[int, int] = (640, 360),
    layers: tuple[str, ...] = (),
    likenesses: tuple[Image.Image, ...] | None = None,
    **staging: Any,
) -> RenderRequest:
    """A request whose cast has a full figure and a bust each, in front of one plate."""
    references, figures = [], []
    for index, name in enumerate(cast):
        pictures = likenesses or (full_figure((200 - 30 * index, 70 + 20 * index, 60)), bust())
        indexes = []
        for picture in pictures:
            indexes.append(len(references))
            references.append(ImageInput("character", name, sha256=put(folder, picture)))
        figures.append(Figure(name, name.title(), references=tuple(indexes)))
    references.append(ImageInput("location", "square", sha256=put(folder, plate())))
    return RenderRequest(
        "a square",
        "",
        seed,
        *size,
        {"name": "preview"},
        references=tuple(references),
        layers=tuple(Layer(kind) for kind in layers),
        staging=Staging(angle, location="square", figures=tuple(figures), **staging),
    )


def renderer_in(folder: Path, **options: Any) -> PreviewRenderer:
    return PreviewRenderer(RendererContext(Folder(folder), folder, options))


def opened(png: bytes | None) -> Image.Image:
    assert png is not None
    image = Image.open(io.BytesIO(png))
    image.load()
    return image
