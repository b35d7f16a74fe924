"""The recipe record: which image a recipe gave, and how it was made. One JSON file for each recipe."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from resources.canonical import sha256_of_json
from resources.store.layout import is_sha256


@dataclass(frozen=True)
class NotDeterministic:
    """One recipe gave two different images: something decides pixels that is not in the request."""

    recipe_id: str
    kept: str
    """sha256 of the image that was there first, and stays."""
    refused: str
    """sha256 of the image that came later."""

    def __str__(self) -> str:
        return (
            f"recipe {self.recipe_id} gave image {self.refused} after it had given {self.kept}; the first is kept. "
            "The renderer is not deterministic, or its fingerprint lacks what has changed"
        )


@dataclass(frozen=True)
class StoredImage:
    """An image of the store. Size in bytes, width and height in pixels."""

    recipe_id: str
    sha256: str
    size: int
    width: int
    height: int
    request: dict[str, Any]
    """The render request as JSON; `request_from_json` makes it whole."""
    facts: dict[str, Any] = field(default_factory=dict)
    """How it was made: renderer, seconds, usd, notes, key, created."""
    not_deterministic: NotDeterministic | None = None
    """Set by `put` where another image of the same recipe was there already; this is that one."""


def record_bytes(image: StoredImage) -> bytes:
    """The record file's bytes, fit for a person to read.

    Raises:
        ValueError: the facts hold NaN or an infinity.
        TypeError: the facts hold something that is not JSON.
    """
    record = {
        "recipe": image.recipe_id,
        "image": {"sha256": image.sha256, "bytes": image.size, "width": image.width, "height": image.height},
        "facts": image.facts,
        "request": image.request,
    }
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8", "surrogatepass")


def image_of_record(recipe_id: str, data: bytes) -> StoredImage:
    """The image that a record file names.

    Raises:
        ValueError: with the reason why the record cannot be believed.
    """
    try:
        record = json.loads(data.decode("utf-8", "surrogatepass"))
        found = record["image"]
        image = StoredImage(
            recipe_id=record["recipe"],
            sha256=found["sha256"],
            size=found["bytes"],
            width=found["width"],
            height=found["height"],
            request=record["request"],
            facts=record["facts"],
        )
        request_hash = sha256_of_json(image.request)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no recipe record ({type(error).__name__}: {error})") from error
    if not recipe_id == image.recipe_id == request_hash:
        raise ValueError(f"its request has the recipe id {request_hash}, not {recipe_id}")
    if not (isinstance(image.sha256, str) and is_sha256(image.sha256) and isinstance(image.facts, dict)):
        raise ValueError("it names no image")
    if not all(isinstance(number, int) for number in (image.size, image.width, image.height)):
        raise ValueError("it names an image of no size")
    return image


def hashes_in(value: Any) -> Iterator[str]:
    """Every `sha256` that a request names: what must stay for the image to be made again."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "sha256" and isinstance(part, str):
                yield part
            else:
                yield from hashes_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from hashes_in(part)
