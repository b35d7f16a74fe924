"""Sheets and images that the tests of this room share."""

import io
from typing import Any

from PIL import Image

from moostik_assets.galleries.entries import ReferenceNote, Sheet, SheetEntry

COLOURS = {"wide": (200, 30, 30), "medium": (30, 160, 30), "close_up": (30, 30, 200)}


def entry(shot: int = 1, angle: str = "wide", **changes: Any) -> SheetEntry:
    values: dict[str, Any] = {
        "key": f"ep0/shot-{shot:03}/{angle}",
        "shot_id": f"shot-{shot:03}",
        "shot_name": f"Shot number {shot}",
        "angle": angle,
        "image": f"ep0/shot-{shot:03}/{angle}.png",
        "width": 1280,
        "height": 720,
        "seed": 1000 + shot,
        "recipe": f"{shot:064x}",
        "prompt": f"a lamp in a garden, {angle}",
        "negative": "black outlines",
        "renderer": "preview 1",
        "references": (ReferenceNote("odile", "character", "references/odile.png", "ab" * 32),),
        "seconds": 0.25,
        "usd": 0.01,
    }
    return SheetEntry(**{**values, **changes})


def sheet_of_entries(*entries: SheetEntry, **changes: Any) -> Sheet:
    values: dict[str, Any] = {
        "series_title": "The Lantern Garden",
        "episode_id": "ep0",
        "episode_number": 0,
        "episode_title": "The Great Lamp",
    }
    return Sheet(**{**values, **changes}, entries=entries)


def episode(shots: int = 3, angles: tuple[str, ...] = ("wide", "medium", "close_up")) -> Sheet:
    return sheet_of_entries(*(entry(shot + 1, angle) for shot in range(shots) for angle in angles))


def png_of(colour: tuple[int, int, int], size: tuple[int, int] = (128, 72)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def read_colour(found: SheetEntry) -> bytes:
    return png_of(COLOURS[found.angle], (found.width // 10, found.height // 10))
