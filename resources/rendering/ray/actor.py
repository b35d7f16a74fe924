"""What runs in an actor: one renderer, kept warm, that takes one request at a time."""

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resources.rendering.base import Rendered, Renderer, RendererContext
from resources.rendering.ray.cluster import ray_module
from resources.rendering.registry import create_renderer
from resources.rendering.request import RenderRequest


class RenderingActor:
    """A renderer in a process of its own, perhaps on another machine; built by `prepare`."""

    def __init__(self, name: str, scratch: Path, options: Mapping[str, Any], fingerprint: Mapping[str, Any]) -> None:
        self._name = name
        self._scratch = scratch
        self._options = dict(options)
        self._fingerprint = dict(fingerprint)
        self._inputs: Mapping[str, Any] = {}
        self._renderer: Renderer | None = None

    def prepare(self) -> str:
        """Build the renderer. Gives why it cannot work here, or would give other pixels than recipes say; "" else."""
        try:
            renderer = create_renderer(self._name, RendererContext(self._read_image, self._scratch, self._options))
            renderer.validate()
            found = renderer.fingerprint()
        except Exception as error:  # a plug-in may raise anything
            return f"{platform.node()}: {error or type(error).__name__}"
        for name in sorted(found.keys() | self._fingerprint.keys()):
            here, there = found.get(name), self._fingerprint.get(name)
            if here != there:
                return f"{platform.node()}: its {self._name} has {name} {here!r}, and the machine that asks {there!r}"
        self._renderer = renderer
        return ""

    def render(self, request: RenderRequest, inputs: Mapping[str, Any]) -> Rendered:
        """One image. `inputs`: where the bytes of its inputs are in the object store, by sha256."""
        assert self._renderer is not None
        self._inputs = inputs
        try:
            for rendered in self._renderer.render([request]):
                return rendered
        except Exception as error:
            return Rendered(request, error=f"the renderer broke off: {type(error).__name__}: {error}")
        return Rendered(request, error="the renderer gave nothing back for it")

    def _read_image(self, sha256: str) -> bytes:
        return ray_module().get(self._inputs[sha256])
