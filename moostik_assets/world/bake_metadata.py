"""What the UI shows of a baked background: the pair, their edge maps, how much of the structure was kept."""

import io
from typing import Any

import dagster as dg
from PIL import Image

from moostik_assets.studio import Studio
from moostik_assets.world.baking import Bake
from resources.image_store import StoredImage
from resources.structure import MINIMUM_STRUCTURE, edge_map, structure_kept
from resources.thumbnails import jpeg_markdown

PANEL = (240, 135)
PANEL_QUALITY = 70
_BRIGHTER = [min(255, v * 2) for v in range(256)]


def bake_metadata(studio: Studio, bake: Bake, image: StoredImage | None) -> dict[str, Any]:
    """Metadata of a background's event; the neutral theme is the master itself."""
    if image is None or bake.request is None or bake.master is None or bake.master.sha256 is None:
        return {"background": "the master itself", "theme": bake.theme, "location": bake.location}
    master = _opened(studio, bake.master.sha256)
    baked = _opened(studio, image.sha256)
    mask = _mask(studio, bake)
    kept = structure_kept(master, baked, mask)
    return {
        "master, baked, and their edges": dg.MetadataValue.md(jpeg_markdown(_panels(master, baked))),
        "structure kept": float(kept),
        "threshold": float(MINIMUM_STRUCTURE),
        "image": dg.MetadataValue.path(str(studio.store.background_path(bake.key))),
        "recipe": image.recipe_id,
        "sha256": image.sha256,
        "seed": bake.request.seed,
        "theme": bake.theme,
        "location": bake.location,
        "renderer": str(bake.request.renderer.get("name", "")),
        "seconds": float(image.facts.get("seconds") or 0.0),
        "usd": float(image.facts.get("usd") or 0.0),
        "prompt": dg.MetadataValue.text(bake.request.prompt),
        "notes": dg.MetadataValue.json(list(image.facts.get("notes", ()))),
    }


def kept_structure(studio: Studio, bake: Bake, image: StoredImage) -> float:
    """How much of the master's structure a baked background keeps, 0 to 1."""
    assert bake.master is not None
    assert bake.master.sha256 is not None
    return structure_kept(_opened(studio, bake.master.sha256), _opened(studio, image.sha256), _mask(studio, bake))


def _opened(studio: Studio, sha256: str) -> Image.Image:
    with Image.open(io.BytesIO(studio.store.read(sha256))) as image:
        return image.convert("RGB")


def _mask(studio: Studio, bake: Bake) -> Image.Image | None:
    if bake.request is None or bake.request.mask is None or bake.request.mask.sha256 is None:
        return None
    with Image.open(io.BytesIO(studio.store.read(bake.request.mask.sha256))) as image:
        return image.convert("L")


def _panels(master: Image.Image, baked: Image.Image) -> bytes:
    width, height = PANEL
    sheet = Image.new("RGB", (2 * width, 2 * height))
    for column, image in enumerate((master, baked)):
        sheet.paste(image.resize(PANEL), (column * width, 0))
        # Of the small picture: the lines of a large one would be lost when it is shrunk.
        edges = edge_map(image.resize(PANEL, Image.Resampling.BOX)).point(_BRIGHTER)
        sheet.paste(edges.convert("RGB"), (column * width, height))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=PANEL_QUALITY)
    return buffer.getvalue()
