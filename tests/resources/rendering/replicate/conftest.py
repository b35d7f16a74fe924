import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from replicate_cases import Build
from replicate_server import TOKEN, ReplicateServer

from resources.image_store import ImageStore
from resources.rendering.base import RendererContext
from resources.rendering.replicate import ReplicateRenderer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReplicateServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("REPLICATE_API_TOKEN", TOKEN)
    server = ReplicateServer()
    yield server
    server.stop()


@pytest.fixture
def build(server: ReplicateServer, tmp_path: Path) -> Iterator[Build]:
    """Builds a renderer on the loopback server, with short waits."""
    built: list[ReplicateRenderer] = []

    def renderer(**options: Any) -> ReplicateRenderer:
        given = {"base_url": server.url, "spacing": "0", "patience": "3", **options}
        context = RendererContext(ImageStore(tmp_path / "store").read, tmp_path / "scratch", given)
        built.append(ReplicateRenderer(context, waits=(0.01, 0.02, 0.04), poll=(0.01,)))
        return built[-1]

    yield renderer
    for one in built:
        one.close()
