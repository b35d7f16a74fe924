"""What is kept beside a recipe: how, when and at what cost its image was made, and the words it was made from."""

from datetime import UTC, datetime
from typing import Any

from moostik_assets.variations.prepare import PreparedVariation
from resources.rendering.base import Rendered


def facts_of(variation: PreparedVariation, rendered: Rendered) -> dict[str, Any]:
    """JSON facts of one rendered image. None of them reaches a request: here a clock is allowed."""
    return {
        "key": variation.key,
        "renderer": rendered.request.renderer.get("name", ""),
        "seconds": round(rendered.seconds, 4),
        "usd": rendered.usd,
        "notes": list(dict.fromkeys((*variation.notes, *rendered.notes))),
        "truncated": list(variation.seen.text.truncated),
        "take": variation.take,
        "references": [image.reference for image in variation.shot.references.images],
        "promptJson": variation.seen.prompt.model_dump(exclude_defaults=True, mode="json"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
