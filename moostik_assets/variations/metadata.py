"""What the UI shows of an image: its thumbnail, where it lies, and everything that it was made from."""

from pathlib import Path
from typing import Any

import dagster as dg

from moostik_assets.studio import Studio
from moostik_assets.variations.render import Outcome
from resources.thumbnails import jpeg_markdown, thumbnail_markdown


def variation_metadata(studio: Studio, outcome: Outcome) -> dict[str, Any]:
    """Metadata of an image's event; the thumbnail stays under 20 kB."""
    variation, image, request = outcome.variation, outcome.image, outcome.request
    assert image is not None
    assert request is not None
    path = studio.store.published_path(variation.key)
    facts = image.facts
    seconds = facts.get("seconds", outcome.seconds)
    take, truncated = variation.take, list(variation.seen.text.truncated)
    if variation.pinned == image.recipe_id:
        take, truncated = int(facts.get("take", take)), list(facts.get("truncated", ()))
    notes = [*([variation.pin_note] if variation.pin_note else []), *variation.notes, *facts.get("notes", ())]
    metadata: dict[str, Any] = {
        "image": dg.MetadataValue.path(str(path)),
        "recipe": image.recipe_id,
        "sha256": image.sha256,
        "seed": request.seed,
        "take": take,
        "renderer": str(request.renderer.get("name", "")),
        "seconds": float(seconds) if seconds is not None else 0.0,
        "usd": float(facts.get("usd") or 0.0),
        "status": outcome.status,
        "reason": outcome.reason or "not said",
        "size": f"{image.width} x {image.height}",
        "prompt": dg.MetadataValue.text(request.prompt),
        "negative": dg.MetadataValue.text(request.negative),
        "references": dg.MetadataValue.json([_reference(image) for image in request.references]),
        "truncated": ", ".join(truncated) or "nothing",
        "notes": dg.MetadataValue.json(list(dict.fromkeys(notes))),
    }
    thumbnail = _thumbnail(outcome, Path(str(path)))
    return metadata if thumbnail is None else {"thumbnail": dg.MetadataValue.md(thumbnail), **metadata}


def _reference(image: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in (("role", image.role), ("of", image.entity), ("sha256", image.sha256), ("url", image.url))
        if value
    }


def _thumbnail(outcome: Outcome, path: Path) -> str | None:
    if outcome.thumbnail is not None:
        return jpeg_markdown(outcome.thumbnail)
    try:
        return thumbnail_markdown(outcome.png if outcome.png is not None else path.read_bytes())
    except (OSError, ValueError):
        return None
