"""A renderer for tests that dreams: tiny frames, blended from the images that a request names.

REVERIE_LOG names a file that gets a line per image rendered, REVERIE_SECONDS is what each takes; REVERIE_FAILS names
the position (such as 0.5) whose frame fails; REVERIE_STILL has every frame between be its first keyframe again.
"""

import hashlib
import io
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from resources.rendering.base import Capabilities, Rendered, RendererContext
from resources.rendering.request import ImageInput, RenderRequest

SIZE = (64, 36)


class ReverieRenderer:
    """Keyframes are a grid of colours from the request's hash; frames between are blends, with a little noise."""

    api_version = 1
    name = "reverie"

    def __init__(self, context: RendererContext) -> None:
        self._context = context

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            pixels=SIZE[0] * SIZE[1],
            size_multiple=4,
            dreams=("img2img", "interpolate", "hybrid"),
            parallel=3,
            bakes=True,
        )

    def fingerprint(self) -> dict[str, Any]:
        return {"name": self.name, "version": 1}

    def validate(self) -> None:
        pass

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        for request in requests:
            time.sleep(float(os.environ.get("REVERIE_SECONDS", "0")))
            if request.dreaming is not None and os.environ.get("REVERIE_FAILS") == f"{request.dreaming.position:g}":
                yield Rendered(request, error="asked to fail")
                continue
            pixels = _grid(request) if request.dreaming is None else self._between(request)
            out = io.BytesIO()
            Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8)).save(out, "PNG")
            if log := os.environ.get("REVERIE_LOG"):
                with open(log, "a", encoding="utf-8") as file:
                    file.write(f"{request.recipe_id}\n")
            yield Rendered(request, png=out.getvalue(), seconds=0.01)

    def _between(self, request: RenderRequest) -> np.ndarray:
        assert request.dreaming is not None
        by_role: dict[str, list[np.ndarray]] = {}
        for image in request.references:
            by_role.setdefault(image.role, []).append(self._pixels(image))
        first, second = by_role["keyframe"]
        if os.environ.get("REVERIE_STILL"):
            return first
        at = request.dreaming.position
        made = (1 - at) * first + at * second
        for before in by_role.get("previous", ()):
            made = (made + before) / 2
        for remembered in by_role.get("memory", ()):
            made = 0.7 * made + 0.3 * remembered
        return made + np.random.default_rng(request.seed).normal(0, 2, made.shape)

    def _pixels(self, image: ImageInput) -> np.ndarray:
        assert image.sha256 is not None
        with Image.open(io.BytesIO(self._context.read_image(image.sha256))) as found:
            return np.asarray(found.convert("RGB").resize(SIZE), dtype=np.float64)

    def close(self) -> None:
        pass


def _grid(request: RenderRequest) -> np.ndarray:
    digest = hashlib.sha512(request.canonical.encode()).digest()[:48]
    small = Image.fromarray(np.frombuffer(digest, dtype=np.uint8).reshape(4, 4, 3))
    return np.asarray(small.resize((request.width, request.height), Image.Resampling.BICUBIC), dtype=np.float64)
