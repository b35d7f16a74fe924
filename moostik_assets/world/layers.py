"""The layers of a published image: made again from its own recipe, and written as files for an image editor."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moostik_assets.catalogue.variation_keys import angle_key
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD, StoredImage
from resources.png import with_text
from resources.rendering.preview.layers import HALD_LEVEL, NamedLayer
from resources.rendering.request import RenderRequest, request_from_json

MANIFEST = "manifest.json"
FIRST_STEP = 10
"""Numbers of the files: 00, 10, 20, ... so that a person's own layers fit between them."""
BLENDS = {
    "normal": "laid over what is under it, by its alpha",
    "lighten": "the lighter of both in each channel, by its alpha",
    "screen": "screened over what is under it",
    "multiply": "multiplied with what is under it",
    "grain-merge": "added, less 128 (in GIMP: grain merge)",
    "adjustment": f"each colour by itself: a Hald CLUT of level {HALD_LEVEL}, to be applied to the picture below",
}
_LAYER_FILE = re.compile(r"\d{2,4}-[A-Za-z0-9._-]{1,240}\.png")


class NoLayers(Exception):
    """There are no layers to be had of an image; says why, and what to do."""


@dataclass(frozen=True)
class PublishedLayers:
    """The layers of what is published under a key."""

    key: str
    image: StoredImage
    request: RenderRequest
    layers: list[NamedLayer]
    notes: tuple[str, ...]
    identical: bool
    """Whether the recipe gives today what is published, byte for byte."""


def published_layers(studio: Studio, key: str) -> PublishedLayers:
    """The layers of a variation's published image.

    Raises:
        NoLayers: nothing is published, its recipe cannot be read, an input of it is gone, or its renderer makes
            images in one piece.
        RendererUnavailable: its renderer is not installed.
    """
    image = _published(studio, key)
    try:
        request = request_from_json(image.request)
    except ValueError as error:
        raise NoLayers(f"{key}: its recipe cannot be read any more ({error}); render it again") from error
    name = str(request.renderer.get("name", ""))
    make = getattr(studio.renderer(name), "layers", None)
    if make is None:
        raise NoLayers(f"{key} was made by {name}, which makes an image in one piece: it has no layers")
    lacking = [
        f"{one.role} {one.entity} ({one.sha256[:12]})"
        for one in (*request.references, *([request.background] if request.background else []))
        if one.sha256 is not None and not _is_there(studio, one.sha256)
    ]
    if lacking:
        names = ", ".join(lacking)
        raise NoLayers(f"{key}: the store does not hold what it was made from any more ({names}); render it again")
    notes: list[str] = []
    layers = make(request, notes)
    png = studio.render_request(request)
    again = sha256_of_bytes(with_text(png, KEYWORD, request.canonical)) if isinstance(png, bytes) else None
    return PublishedLayers(key, image, request, layers, tuple(notes), again == image.sha256)


def _published(studio: Studio, key: str) -> StoredImage:
    recipe = studio.store.published(key)
    if recipe is None:
        episode, _, shot = key.rpartition("/")[0].partition("/")
        raise NoLayers(f"nothing is published under {key}; moostik render {episode} --shots {shot}")
    image = studio.store.find(recipe)
    if image is None:
        raise NoLayers(f"{key}: its recipe {recipe[:12]} is gone from the store; render it again")
    return image


def _is_there(studio: Studio, sha256: str) -> bool:
    try:
        studio.store.read(sha256)
    except KeyError:
        return False
    return True


def file_names(layers: list[NamedLayer]) -> list[str]:
    """`00-background.png`, `10-odile.png`, ... in their order, as many digits as sort them."""
    digits = len(str(FIRST_STEP * max(len(layers) - 1, 1)))
    return [f"{FIRST_STEP * index:0{digits}d}-{angle_key(layer.name)}.png" for index, layer in enumerate(layers)]


def write_layers(made: PublishedLayers, folder: Path) -> dict[str, Any]:
    """Write each layer, and last the manifest, which it gives back. Layers of an earlier call are taken away first."""
    folder.mkdir(parents=True, exist_ok=True)
    _take_away_earlier(folder)
    files = file_names(made.layers)
    for layer, name in zip(made.layers, files, strict=True):
        layer.image.save(folder / name, "PNG", compress_level=3)
    manifest = {
        "key": made.key,
        "recipe": made.image.recipe_id,
        "image": made.image.sha256,
        "identical": made.identical,
        "width": made.request.width,
        "height": made.request.height,
        "layers": [
            {"file": name, "name": layer.name, "blend": layer.blend, "size": list(layer.image.size)}
            for layer, name in zip(made.layers, files, strict=True)
        ],
        "blends": {blend: BLENDS[blend] for blend in dict.fromkeys(layer.blend for layer in made.layers)},
        "notes": list(made.notes),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return manifest


def _take_away_earlier(folder: Path) -> None:
    """Only files that a manifest of ours names: the folder may hold a person's own."""
    manifest = folder / MANIFEST
    try:
        listed = [layer["file"] for layer in json.loads(manifest.read_text(encoding="utf-8"))["layers"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return
    manifest.unlink()
    for name in listed:
        if isinstance(name, str) and _LAYER_FILE.fullmatch(name):
            (folder / name).unlink(missing_ok=True)
