"""What the tests of the ComfyUI renderer share: servers on loopback, and renderers set up for them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from resources.canonical import sha256_of_bytes
from resources.rendering.base import RendererContext
from resources.rendering.comfyui import ComfyUIRenderer
from resources.rendering.request import ImageInput, RenderRequest
from tests.resources.rendering.comfyui.loopback_comfyui import LoopbackComfyUI

CHECKPOINT = "sd_xl_base_1.0.safetensors"


class Room:
    """A renderer on some servers, as a person sets it up; images to read are put into `images`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.images: dict[str, bytes] = {}
        self.closing: list[Callable[[], None]] = []

    def server(self, name: str = "a") -> LoopbackComfyUI:
        server = LoopbackComfyUI(self.folder / name).start()
        self.closing.append(server.stop)
        return server

    def renderer(self, *servers: LoopbackComfyUI, **options: Any) -> ComfyUIRenderer:
        given = {"servers": ",".join(server.url for server in servers) or "http://127.0.0.1:1", **options}
        if "workflow" not in given and "family" not in given:
            given.setdefault("checkpoint", CHECKPOINT)
        renderer = ComfyUIRenderer(RendererContext(self.images.__getitem__, self.folder / "scratch", given))
        self.closing.insert(0, renderer.close)
        return renderer

    def requests(self, renderer: ComfyUIRenderer, count: int, **fields: Any) -> list[RenderRequest]:
        common = {"negative": "blur", "width": 64, "height": 48, "renderer": renderer.fingerprint(), **fields}
        return [RenderRequest(prompt=f"a (paper) moth {number}", seed=number, **common) for number in range(count)]

    def image(self, role: Any, png: bytes) -> ImageInput:
        sha256 = sha256_of_bytes(png)
        self.images[sha256] = png
        return ImageInput(role, "hut", sha256=sha256)

    @property
    def saved_jobs(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "scratch" / "jobs").glob("*.json"))


def eventually(truth: Callable[[], Any], patience: float = 10.0) -> None:
    deadline = time.monotonic() + patience
    while not truth():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.005)
