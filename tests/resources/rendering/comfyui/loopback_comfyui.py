"""A ComfyUI server on loopback: its HTTP routes and websocket on one port, a queue, a history that dies with it.

It makes real pictures from the graphs, counts what it is asked, and has faults to be switched on. Input and output
folders outlive it, as do the lines of `executed.log`, one for each picture made.

    python -m tests.resources.rendering.comfyui.loopback_comfyui --folder /tmp/comfy --port 8188 --seconds 0.5
"""

import argparse
import asyncio
import contextlib
import email
import email.policy
import struct
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.resources.rendering.comfyui.loopback_nodes import SAVING, drawn, object_info, png_with_workflow

FOREIGN = "11111111-1111-4111-8111-111111111111"
STEPS = 4


@dataclass
class Faults:
    """What goes wrong; a number: so many times."""

    seconds: float = 0.02
    """What one picture takes."""
    early_end: int = 0
    drop_socket: int = 0
    lose: int = 0
    error: int = 0
    out_of_memory: int = 0
    truncate: int = 0
    no_images: int = 0
    wrong_size: int = 0
    busy: int = 0
    """HTTP 429 on /prompt."""
    broken: int = 0
    """HTTP 500 on /prompt after the job was queued."""
    own_ids: bool = False
    """As older servers, which choose the prompt id."""
    silent: bool = False
    """Nothing is ever said on the websocket."""
    without: list[str] = field(default_factory=list)
    """Node classes that it lacks."""

    model_hash: str = ""
    """What its checkpoint says of itself; "" nothing."""

    def strikes(self, name: str) -> bool:
        left = getattr(self, name)
        setattr(self, name, max(left - 1, 0))
        return left > 0


class LoopbackComfyUI:
    """One server. `start` and `stop` may be repeated: the port and the folders stay, queue and history do not."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.inputs, self.outputs = folder / "input", folder / "output"
        self.log = folder / "executed.log"
        self.inputs.mkdir(parents=True, exist_ok=True)
        self.port = port
        self.faults = Faults()
        self.counts: Counter[str] = Counter()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._forget()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def executed(self) -> list[str]:
        """The marker of each picture made, in order, over all of its lives."""
        return self.log.read_text().split() if self.log.exists() else []

    def _forget(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.running: dict[str, Any] | None = None
        self.history: dict[str, Any] = {}
        self.sockets: dict[str, WebSocket] = {}
        self.interrupted = False
        self.number = 0

    def start(self) -> "LoopbackComfyUI":
        self._forget()
        config = uvicorn.Config(
            self._app(), host="127.0.0.1", port=self.port, log_level="critical", timeout_graceful_shutdown=1
        )
        server = self._server = uvicorn.Server(config)
        thread = self._thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), f"port {self.port} cannot be had"
            time.sleep(0.005)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join()
            self._server = self._thread = None

    def submit_foreign(self) -> None:
        """Another person's job."""
        self.pending.append({"id": FOREIGN, "number": 0, "graph": {}, "client": "someone"})

    def _app(self) -> Starlette:
        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            work = asyncio.create_task(self._work())
            yield
            work.cancel()

        routes = [
            Route("/system_stats", lambda _: JSONResponse({"system": {"comfyui_version": "loopback"}})),
            Route("/object_info", lambda _: JSONResponse(object_info(self.faults.without))),
            Route("/view_metadata/checkpoints", self._metadata),
            Route("/upload/image", self._upload, methods=["POST"]),
            Route("/prompt", self._prompt, methods=["POST"]),
            Route("/queue", self._queue, methods=["GET", "POST"]),
            Route("/history", self._history_all),
            Route("/history/{id}", self._history),
            Route("/view", self._view),
            Route("/interrupt", self._interrupt, methods=["POST"]),
            Route("/free", self._free, methods=["POST"]),
            WebSocketRoute("/ws", self._ws),
        ]
        return Starlette(routes=routes, lifespan=lifespan)

    async def _ws(self, socket: WebSocket) -> None:
        await socket.accept()
        client = socket.query_params["clientId"]
        self.sockets[client] = socket
        self.counts["sockets"] += 1
        await socket.send_json({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}}})
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await socket.receive()

    async def _say(self, client: str, kind: str, data: dict[str, Any]) -> None:
        socket = self.sockets.get(client)
        if socket is None or self.faults.silent:
            return
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            # What a client has to live with: previews, other people's jobs, extensions that send what they like.
            await socket.send_bytes(struct.pack(">II", 1, 2) + b"\xff\xd8\xff preview")
            await socket.send_json({"type": "execution_success", "data": {"prompt_id": FOREIGN}})
            await socket.send_text("{crystools")
            await socket.send_json({"type": kind, "data": data})

    async def _upload(self, request: Request) -> Response:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + await request.body(), policy=email.policy.HTTP)
        parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}
        name = parts["image"].get_filename()
        folder = self.inputs / parts["subfolder"].get_content().strip()
        folder.mkdir(exist_ok=True)
        (folder / str(name)).write_bytes(parts["image"].get_payload(decode=True))
        self.counts["uploads"] += 1
        return JSONResponse({"name": name, "subfolder": folder.name, "type": "input"})

    async def _prompt(self, request: Request) -> Response:
        body = await request.json()
        graph = body["prompt"]
        self.counts["prompts"] += 1
        if body["client_id"] not in self.sockets:
            self.counts["prompts before the websocket"] += 1
        if self.faults.strikes("busy"):
            return JSONResponse({}, 429, {"retry-after": "0"})
        for id_, node in graph.items():
            if node["class_type"] not in object_info(self.faults.without):
                return JSONResponse({"error": {"message": f"no node {node['class_type']}"}, "node_errors": {}}, 400)
            if node["class_type"] == "LoadImage" and not (self.inputs / node["inputs"]["image"]).is_file():
                fault = {"message": "Custom validation failed for node", "details": "image - Invalid image file"}
                errors = {id_: {"class_type": "LoadImage", "errors": [fault]}}
                return JSONResponse({"error": {"message": "Prompt outputs failed"}, "node_errors": errors}, 400)
        self.number += 1
        own = f"00000000-0000-4000-8000-{self.number:012d}"
        id_ = own if self.faults.own_ids else body["prompt_id"]
        self.pending.append({"id": id_, "number": self.number, "graph": graph, "client": body["client_id"]})
        if self.faults.strikes("broken"):
            return JSONResponse({}, 500)
        return JSONResponse({"prompt_id": id_, "number": self.number, "node_errors": {}})

    async def _queue(self, request: Request) -> Response:
        if request.method == "POST":
            unwanted = (await request.json())["delete"]
            self.counts["deleted"] += sum(job["id"] in unwanted for job in self.pending)
            self.pending = [job for job in self.pending if job["id"] not in unwanted]
            return Response()
        running = [self.running] if self.running else []
        return JSONResponse(
            {"queue_running": [_entry(job) for job in running], "queue_pending": [_entry(job) for job in self.pending]}
        )

    async def _history(self, request: Request) -> Response:
        id_ = request.path_params["id"]
        return JSONResponse({id_: self.history[id_]} if id_ in self.history else {})

    async def _history_all(self, _: Request) -> Response:
        return JSONResponse(self.history)

    async def _view(self, request: Request) -> Response:
        where = request.query_params
        path = self.outputs / where.get("subfolder", "") / where["filename"]
        if not path.is_file():
            return Response(status_code=404)
        self.counts["views"] += 1
        data = path.read_bytes()
        return Response(data[: len(data) // 2] if self.faults.strikes("truncate") else data, media_type="image/png")

    async def _metadata(self, _: Request) -> Response:
        told = self.faults.model_hash
        return JSONResponse({"modelspec.hash_sha256": told}) if told else Response(status_code=404)

    async def _interrupt(self, _: Request) -> Response:
        self.counts["interrupts"] += 1
        self.interrupted = self.running is not None
        return Response()

    async def _free(self, _: Request) -> Response:
        self.counts["freed"] += 1
        return Response()

    async def _work(self) -> None:
        while True:
            if self.pending:
                self.running = job = self.pending.pop(0)
                await self._execute(job)
                self.running = None
                await self._say(job["client"], "executing", {"node": None, "prompt_id": job["id"]})
            await asyncio.sleep(0.002)

    async def _execute(self, job: dict[str, Any]) -> None:
        id_, graph, client = job["id"], job["graph"], job["client"]
        began = time.time_ns() // 1_000_000
        messages: list[Any] = [["execution_start", {"prompt_id": id_, "timestamp": began}]]
        await self._say(client, "execution_start", {"prompt_id": id_})
        if self.faults.strikes("early_end"):
            await self._say(client, "execution_success", {"prompt_id": id_})
        if self.faults.strikes("lose"):
            return
        sampler = next((key for key, node in graph.items() if node["class_type"] == "KSampler"), "1")
        for step in range(1, STEPS + 1):
            await asyncio.sleep(self.faults.seconds / STEPS)
            await self._say(client, "progress", {"value": step, "max": STEPS, "prompt_id": id_, "node": sampler})
            if self.faults.strikes("drop_socket"):
                await self.sockets.pop(client).close()
            if self.interrupted:
                self.interrupted = False
                messages.append(["execution_interrupted", {"prompt_id": id_}])
                self._record(job, {}, "error", messages)
                return
        for name, exception in (("error", "RuntimeError"), ("out_of_memory", "torch.OutOfMemoryError")):
            if self.faults.strikes(name):
                said = {"node_id": sampler, "node_type": "KSampler", "exception_type": exception}
                messages.append(["execution_error", {"prompt_id": id_, "exception_message": "no luck", **said}])
                self._record(job, {}, "error", messages)
                await self._say(client, "execution_error", {"prompt_id": id_, **said})
                return
        outputs = {key: self._saved(job, key) for key, node in graph.items() if node["class_type"] in SAVING}
        messages.append(["execution_success", {"prompt_id": id_, "timestamp": time.time_ns() // 1_000_000}])
        await self._say(client, "execution_success", {"prompt_id": id_})
        self._record(job, {} if self.faults.strikes("no_images") else outputs, "success", messages)

    def _saved(self, job: dict[str, Any], node: str) -> dict[str, Any]:
        prefix = job["graph"][node]["inputs"].get("filename_prefix", "ComfyUI_temp")
        image = drawn(job["graph"], node, self.inputs)
        if self.faults.strikes("wrong_size"):
            image = image.reduce(2)
        path = self.outputs / f"{prefix}_{job['number']:05d}_{node}_.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png_with_workflow(image, job["graph"], job["id"]))
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{prefix.rpartition('/')[2]}\n")
        subfolder = path.parent.relative_to(self.outputs).as_posix()
        return {
            "images": [{"filename": path.name, "subfolder": "" if subfolder == "." else subfolder, "type": "output"}]
        }

    def _record(self, job: dict[str, Any], outputs: dict[str, Any], status: str, messages: list[Any]) -> None:
        told = {"status_str": status, "completed": status == "success", "messages": messages}
        self.history[job["id"]] = {"prompt": _entry(job), "outputs": outputs, "status": told}


def _entry(job: dict[str, Any]) -> list[Any]:
    saving = [key for key, node in job["graph"].items() if node["class_type"] in SAVING]
    return [job["number"], job["id"], job["graph"], {"client_id": job["client"]}, saving]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8188)
    parser.add_argument("--seconds", type=float, default=0.5)
    given = parser.parse_args()
    server = LoopbackComfyUI(given.folder, given.port)
    server.faults.seconds = given.seconds
    server.start()
    print(f"serving {server.url}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
