from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from resources.rendering.comfyui import bench, fleet
from tests.resources.rendering.comfyui.comfyui_room import Room


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(bench, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(fleet, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(fleet, "PROBE_SECONDS", 0.05)
    found = Room(tmp_path)
    with stamina.set_testing(True, attempts=4):  # no pauses between tries
        yield found
        for close in found.closing:
            close()
