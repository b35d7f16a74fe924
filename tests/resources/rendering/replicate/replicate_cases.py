"""Requests for the loopback server."""

from collections.abc import Callable
from typing import Any

from resources.rendering.base import Rendered
from resources.rendering.replicate import ReplicateRenderer
from resources.rendering.request import RenderRequest

Build = Callable[..., ReplicateRenderer]


def a_request(renderer: ReplicateRenderer, prompt: str = "a moth on a lamp", **fields: Any) -> RenderRequest:
    return RenderRequest(prompt, "", 7, 320, 180, renderer.fingerprint(), **fields)


def only(renderer: ReplicateRenderer, request: RenderRequest) -> Rendered:
    (rendered,) = renderer.render([request])
    return rendered
