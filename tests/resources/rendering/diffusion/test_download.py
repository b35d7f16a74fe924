"""Models from a hub on loopback, through the hub's own client: what is fetched, and that else no socket is opened."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.rendering import Desk

pytest.importorskip("torch")

COMMIT = "c" * 40
MODEL, HALF, CONFIGS, NET = "little/tiny", "little/half", "little/configs", "little/net"


class LoopbackHub(ThreadingHTTPServer):
    """A hub of some folders by id; `sent` are the files whose bytes were asked for."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders, self.sent = folders, set[str]()
        super().__init__(("127.0.0.1", 0), _Answers)

    def files(self, hub_id: str) -> list[Path]:
        return sorted(path for path in self.folders[hub_id].rglob("*") if path.is_file())


class _Answers(BaseHTTPRequestHandler):
    server: LoopbackHub  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts[:2] != ["api", "models"]:
            return self._file(parts)
        hub_id = "/".join(parts[2:4])
        folder = self.server.folders.get(hub_id)
        if folder is None:
            return self._say(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        names = {path.relative_to(folder).as_posix(): path.stat().st_size for path in self.server.files(hub_id)}
        if "tree" in parts:
            answer = [{"type": "file", "oid": "0" * 40, "size": size, "path": name} for name, size in names.items()]
        else:
            answer = {"id": hub_id, "sha": COMMIT, "siblings": [{"rfilename": name} for name in names]}
        return self._say(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _file(self, parts: list[str]) -> None:
        hub_id, name = "/".join(parts[:2]), "/".join(parts[4:])
        file = self.server.folders[hub_id] / name
        if not file.is_file():
            return self._say(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        if self.command == "GET":
            self.server.sent.add(f"{hub_id}/{name}")
        data = file.read_bytes()
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        return self._say(200, data, {"ETag": etag, "X-Repo-Commit": COMMIT})

    def _say(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(folders: dict[str, Path]) -> Iterator[LoopbackHub]:
    with LoopbackHub(folders) as hub:
        thread = Thread(target=hub.serve_forever)
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()


@pytest.fixture
def folders(tiny_models: TinyModels, tmp_path: Path) -> dict[str, Path]:
    """As published: also weights in half precision, in one file, and of what is not loaded here."""
    model = Path(shutil.copytree(tiny_models.pipeline("sd15"), tmp_path / "published"))
    index = json.loads((model / "model_index.json").read_text())
    index["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    (model / "model_index.json").write_text(json.dumps(index))
    (model / "safety_checker").mkdir()
    (model / "safety_checker" / "model.safetensors").write_bytes(b"large")
    net = Path(shutil.copytree(tiny_models.controlnet("sd15"), tmp_path / "published-net"))
    for weights in [*model.rglob("*.safetensors"), *net.rglob("*.safetensors")]:
        shutil.copyfile(weights, weights.with_name(f"{weights.stem}.fp16.safetensors"))
    (model / "all-in-one.safetensors").write_bytes(b"larger")
    return {MODEL: model, HALF: model, CONFIGS: model, NET: net}


SCRIPT = """
import json, sys
from pathlib import Path
from resources.rendering.base import RendererContext, RendererUnavailable
from resources.rendering.diffusion import DiffusersRenderer

sockets = []
sys.addaudithook(lambda event, args: sockets.append(event) if event.startswith("socket.") else None)
for options in json.loads(sys.argv[1]):
    sockets.clear()
    renderer = DiffusersRenderer(RendererContext({}.__getitem__, Path(sys.argv[2]), options))
    try:
        said = renderer.fingerprint()["model"]
    except RendererUnavailable as unavailable:
        said = str(unavailable)
    print(json.dumps([said, bool(sockets)]))
"""


def asked(hub: LoopbackHub, home: Path, *runs: dict[str, str]) -> list[tuple[str, bool]]:
    """For each run with some options, one after the other: what it came to, and whether a socket was opened."""
    environment = {**os.environ, "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HF_HOME": str(home)}
    command = [sys.executable, "-c", SCRIPT, json.dumps(runs), str(home / "scratch")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert answer.returncode == 0, answer.stderr
    return [tuple(json.loads(line)) for line in answer.stdout.splitlines()]


def test_what_is_needed_is_fetched_once_and_nothing_without_being_asked_for(
    folders: dict[str, Path], tiny_models: TinyModels, tmp_path: Path
):
    wanted = {"model": MODEL, "controlnet_canny": NET}
    fetching = {**wanted, "download": "true"}
    half = {"model": HALF, "variant": "fp16", "download": "true"}
    single = {"model": str(tiny_models.checkpoint()), "config": CONFIGS, "download": "true"}
    gone = {"model": "little/gone", "download": "true"}
    with serving(folders) as hub:
        refused, fetched, again, missing, _, configured = asked(
            hub, tmp_path / "home", wanted, fetching, fetching, gone, half, single
        )
    assert "hf download little/tiny, or set MOOSTIK_DIFFUSERS_DOWNLOAD=true" in refused[0]
    assert not refused[1]
    desk = Desk(tmp_path)
    assert fetched == (desk.renderer(tiny_models.pipeline("sd15")).fingerprint()["model"], True)
    assert again == (fetched[0], False)
    assert "little/gone cannot be fetched" in missing[0]
    stems = ("text_encoder/model", "unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model")
    assert weights_sent(hub) == sorted(
        [f"{NET}/diffusion_pytorch_model.safetensors"]
        + [f"{MODEL}/{stem}.safetensors" for stem in stems]
        + [f"{HALF}/{stem}.fp16.safetensors" for stem in stems]
    )
    assert configured[0] == desk.renderer(single["model"], config=folders[MODEL]).fingerprint()["model"]


def weights_sent(hub: LoopbackHub) -> list[str]:
    return sorted(name for name in hub.sent if name.endswith(".safetensors"))
