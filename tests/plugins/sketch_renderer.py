"""A renderer for tests, found as a plug-in is: tiny images that depend on every byte of the request and its inputs.

SKETCH_LOG names a file that gets a line per image rendered, SKETCH_SECONDS is what each takes. A text in SKETCH_FAILS,
SKETCH_BREAKS or SKETCH_GARBLES has an image whose prompt holds it fail, end the renderer with an exception, or come
back as no PNG at all.
"""

import hashlib
import io
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from PIL import Image

from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.request import RenderRequest


def asked(variable: str, request: RenderRequest) -> bool:
    text = os.environ.get(variable)
    return bool(text) and str(text) in request.prompt


class SketchRenderer:
    """Ten coloured bands, from a hash of the request and of the bytes of its references."""

    api_version = 1
    name = "sketch"
    usd_per_image = 0.0

    def __init__(self, context: RendererContext) -> None:
        self._context = context

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            composes=True, pixels=64 * 36, size_multiple=4, usd_per_image=self.usd_per_image, seconds_per_image=0.1
        )

    def fingerprint(self) -> dict[str, Any]:
        return {"name": self.name, "version": int(os.environ.get("SKETCH_VERSION", "1"))}

    def validate(self) -> None:
        pass

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        for request in requests:
            time.sleep(float(os.environ.get("SKETCH_SECONDS", "0")))
            if asked("SKETCH_BREAKS", request):
                raise RuntimeError("asked to break off")
            if asked("SKETCH_FAILS", request):
                yield Rendered(request, error="asked to fail")
            elif asked("SKETCH_GARBLES", request):
                yield Rendered(request, png=b"\x89PNG\r\n\x1a\n and no more")
            else:
                yield self._sketched(request)

    def _sketched(self, request: RenderRequest) -> Rendered:
        digest = hashlib.sha256(request.canonical.encode("utf-8", "surrogatepass"))
        notes = []
        for image in request.references:
            if image.sha256 is None:
                notes.append(f"{image.entity}: no bytes")
            else:
                digest.update(self._context.read_image(image.sha256))
        image = Image.frombytes("RGB", (1, 10), digest.digest()[:30]).resize((request.width, request.height), 0)
        out = io.BytesIO()
        image.save(out, "PNG")
        if log := os.environ.get("SKETCH_LOG"):
            with open(log, "a", encoding="utf-8") as file:
                file.write(f"{request.recipe_id}\n")
        return Rendered(request, png=out.getvalue(), seconds=0.1, usd=self.usd_per_image, notes=tuple(notes))

    def close(self) -> None:
        pass


class CostlySketchRenderer(SketchRenderer):
    name = "costly"
    usd_per_image = 0.5


class SeedlessSketchRenderer(SketchRenderer):
    """Never makes the same image twice, as a model behind a counter does."""

    name = "seedless"

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, seed=False)

    def _sketched(self, request: RenderRequest) -> Rendered:
        rendered = super()._sketched(replace(request, seed=time.time_ns() % 2**31))
        return replace(rendered, request=request)


class OutdatedRenderer(SketchRenderer):
    api_version = 0


class UnbuildableRenderer(SketchRenderer):
    def __init__(self, context: RendererContext) -> None:
        raise OSError("its model folder is gone")


class KeylessRenderer(SketchRenderer):
    name = "keyless"

    def validate(self) -> None:
        raise RendererUnavailable("keyless: no API key; set KEYLESS_TOKEN")
