"""What the tests of the renderer share: a renderer on a tiny model, requests, and a store of their inputs."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from resources.rendering.base import Rendered, RendererContext
from resources.rendering.diffusion import DiffusersRenderer
from resources.rendering.request import ImageInput, ImageRole, RenderRequest
from tests.resources.rendering.diffusion.tiny_models import picture

SIZE = 64


@dataclass
class Desk:
    """Images by hash, and renderers that read them."""

    scratch: Path
    images: dict[str, bytes] = field(default_factory=dict)

    def renderer(self, model: Path | str, **options: Any) -> DiffusersRenderer:
        texts = {"model": model, "pixels": SIZE * SIZE, "steps": 2, "cpu_threads": 1, **options}
        context = RendererContext(self.images.__getitem__, self.scratch, {k: str(v) for k, v in texts.items()})
        return DiffusersRenderer(context)

    def put(self, values: np.ndarray) -> str:
        buffer = io.BytesIO()
        Image.fromarray(values).save(buffer, "PNG")
        sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
        self.images[sha256] = buffer.getvalue()
        return sha256

    def picture(self, role: ImageRole, seed: int = 0, size: tuple[int, int] = (SIZE, SIZE)) -> ImageInput:
        return ImageInput(role, "kitchen", sha256=self.put(picture(*size, seed)))


def request_for(renderer: DiffusersRenderer, **fields: Any) -> RenderRequest:
    given = {"prompt": "a wide shot of mama", "negative": "night", "seed": 5, "width": SIZE, "height": SIZE}
    return RenderRequest(**{**given, "renderer": renderer.fingerprint(), **fields})


def rendered(renderer: DiffusersRenderer, *requests: RenderRequest) -> list[Rendered]:
    found = list(renderer.render(requests))
    assert [one.error for one in found] == [None] * len(requests)
    return found


def png(renderer: DiffusersRenderer, request: RenderRequest) -> bytes:
    (one,) = rendered(renderer, request)
    assert one.png is not None
    return one.png


def pixels(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)))


def pngs(found: Sequence[Rendered]) -> list[bytes | None]:
    return [one.png for one in found]
