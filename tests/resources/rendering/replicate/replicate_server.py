"""A loopback server that speaks the Replicate API, with faults on demand, and counts what would have been paid.

As a process of its own: `python replicate_server.py [SECONDS OF A PREDICTION]` prints its URL; GET /_state tells.
"""

import hashlib
import io
import itertools
import json
import re
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageDraw

TOKEN = "r8_LoopbackSecret0123456789abcdef"
VERSION = "a" * 64
PAGE = 100
HANG_SECONDS = 20.0
INPUTS = {
    "google/nano-banana-pro": "prompt image_input aspect_ratio resolution output_format safety_filter_level",
    "black-forest-labs/flux-dev": "prompt seed num_inference_steps guidance aspect_ratio output_format num_outputs "
    "go_fast megapixels image prompt_strength",
    "black-forest-labs/flux-kontext-pro": "prompt input_image aspect_ratio seed output_format prompt_upsampling",
    "studio/painter": "text avoid seed width height pictures plate keep style",
}
SIZES = {"16:9": (344, 192), "1:1": (256, 256), "21:9": (392, 168)}


class ReplicateServer:
    """`faults[kind]` is a queue, one taken by each request of that kind (create, get, list, output, upload, model).

    429 (with Retry-After), 429-body, 500, html; drop: the connection ends without an answer; hang: likewise, but late;
    for create also ordered-500, ordered-drop, ordered-hang: the prediction is made all the same; for output also
    truncated.
    `fates` is a queue of failed, canceled or aborted, one for each prediction.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.faults: dict[str, deque[str]] = defaultdict(deque)
        self.fates: deque[str] = deque()
        self.predictions: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.created_at: list[float] = []
        self.most_in_flight = 0
        self.tokens_elsewhere = 0
        self.expired = False
        self.retry_after = "0"
        self.lock = threading.Lock()
        self._ids = (f"{number:026x}" for number in itertools.count(1))
        outer = self

        class Handler(_Handler):
            server_state = outer

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda request, client_address: None  # a client that went away
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def payments(self) -> int:
        """How many predictions were made."""
        return len(self.predictions)

    def order(self, model: str, version: str, inputs: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            id_ = next(self._ids)
            now = datetime.now(UTC)
            self.predictions[id_] = {
                "id": id_,
                "model": model,
                "version": version,
                "input": inputs,
                "created_at": now.isoformat().replace("+00:00", "Z"),
                "fate": self.fates.popleft() if self.fates else "succeeded",
                "ready": time.monotonic() + self.seconds,
            }
            self.created_at.append(time.monotonic())
            running = sum(p["ready"] > time.monotonic() for p in self.predictions.values())
            self.most_in_flight = max(self.most_in_flight, running)
        return self.shown(id_)

    def shown(self, id_: str) -> dict[str, Any]:
        made = self.predictions[id_]
        status = made["fate"] if time.monotonic() >= made["ready"] else "processing"
        found = {name: made[name] for name in ("id", "model", "version", "input", "created_at")}
        found |= {"status": status, "output": None, "error": None, "logs": "", "metrics": {}}
        found["urls"] = {"get": f"{self.url}/v1/predictions/{id_}", "cancel": f"{self.url}/v1/predictions/{id_}/cancel"}
        if status == "succeeded":
            found["output"] = f"{self.url}/outputs/{id_}.png?signature=hidden"
            found["metrics"] = {"predict_time": 2.5}
        elif status == "failed":
            found["error"] = "NSFW content detected"
        return found

    def image(self, id_: str) -> bytes:
        inputs = self.predictions[id_]["input"]
        size = SIZES.get(str(inputs.get("aspect_ratio", "16:9")), (344, 192))
        digest = hashlib.sha256(json.dumps([id_, inputs], sort_keys=True).encode()).digest()
        image = Image.new("RGB", size, tuple(digest[:3]))
        ImageDraw.Draw(image).ellipse((20, 20, size[0] - 20, size[1] - 20), fill=tuple(digest[3:6]))
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_state: ReplicateServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> bool | None:
        path = self.path.partition("?")[0]
        state = self.server_state
        if path == "/_state":
            return self._answer({"payments": state.payments, "mostInFlight": state.most_in_flight})
        if path.startswith("/outputs/"):
            state.tokens_elsewhere += "authorization" in self.headers
            return self._fault("output", path) or self._output(path.removeprefix("/outputs/").removesuffix(".png"))
        if not self._known():
            return None
        if path == "/v1/predictions":
            return self._fault("list", path) or self._list()
        if found := re.fullmatch(r"/v1/predictions/(\w+)", path):
            there = found[1] in state.predictions
            shown = (
                (lambda: self._answer(state.shown(found[1]))) if there else (lambda: self._refuse(404, "Not found."))
            )
            return self._fault("get", path) or shown()
        if found := re.fullmatch(r"/v1/models/([\w.-]+/[\w.-]+)(/versions/\w+)?", path):
            return self._fault("model", path) or self._model(found[1], bool(found[2]))
        return self._refuse(404, "Not found.")

    def do_POST(self) -> bool | None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not self._known():
            return None
        if self.path == "/v1/files":
            return self._fault("upload", self.path) or self._upload(body)
        model = re.fullmatch(r"/v1/models/([\w.-]+/[\w.-]+)/predictions", self.path)
        if model or self.path == "/v1/predictions":
            asked = json.loads(body)
            name = model[1] if model else "studio/painter"
            unknown = set(asked["input"]) - set(INPUTS.get(name, "").split())
            if unknown:
                return self._refuse(422, f"- input: {sorted(unknown)} unknown")
            fault = self._taken("create")
            made = None
            if not fault or fault.startswith("ordered"):
                made = self.server_state.order(name, asked.get("version", "hidden"), asked["input"])
            return self._faulty(fault.removeprefix("ordered-"), "create") or self._answer(made, 201)
        if found := re.fullmatch(r"/v1/predictions/(\w+)/cancel", self.path):
            self.server_state.predictions[found[1]]["fate"] = "canceled"
            return self._answer(self.server_state.shown(found[1]))
        return self._refuse(404, "Not found.")

    def _known(self) -> bool:
        if self.headers.get("authorization") == f"Bearer {TOKEN}":
            return True
        self._refuse(401, f"You did not pass a valid token: {self.headers.get('authorization')}")
        return False

    def _taken(self, kind: str) -> str:
        state = self.server_state
        with state.lock:
            state.asked[kind] += 1
            return state.faults[kind].popleft() if state.faults[kind] else ""

    def _fault(self, kind: str, path: str) -> bool:
        return self._faulty(self._taken(kind), path)

    def _faulty(self, fault: str, path: str) -> bool:
        """Whether the request was answered by a fault."""
        if fault == "hang":
            time.sleep(HANG_SECONDS)
        if fault in ("drop", "hang"):
            self.close_connection = True
        elif fault == "429":
            self._refuse(429, "Request was throttled.", **{"retry-after": self.server_state.retry_after})
        elif fault == "429-body":
            self._refuse(429, "Request was throttled. Your rate limit resets in ~0.1s.")
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><html>Bad gateway</html>", "text/html")
        elif fault == "truncated":
            data = self.server_state.image(path.removeprefix("/outputs/").removesuffix(".png"))
            self._send(200, data[: len(data) // 2], "image/png")
        elif fault.isdecimal():
            self._refuse(int(fault), "")
        return bool(fault)

    def _output(self, id_: str) -> None:
        if self.server_state.expired or id_ not in self.server_state.predictions:
            return self._send(404, b"gone", "text/plain")
        return self._send(200, self.server_state.image(id_), "image/png")

    def _list(self) -> None:
        ids = list(reversed(self.server_state.predictions))
        start = int((re.search(r"cursor=(\d+)", self.path) or [0, "0"])[1])
        more = f"{self.server_state.url}/v1/predictions?cursor={start + PAGE}" if start + PAGE < len(ids) else None
        results = [self.server_state.shown(id_) for id_ in ids[start : start + PAGE]]
        self._answer({"previous": None, "next": more, "results": results})

    def _model(self, name: str, versioned: bool) -> None:
        if name not in INPUTS:
            return self._refuse(404, "The requested resource could not be found.")
        required = ["text" if name == "studio/painter" else "prompt"]
        schema = {"properties": {field: {} for field in INPUTS[name].split()}, "required": required}
        version = {"id": VERSION, "openapi_schema": {"components": {"schemas": {"Input": schema}}}}
        owner, _, short = name.partition("/")
        return self._answer(version if versioned else {"owner": owner, "name": short, "latest_version": version})

    def _upload(self, body: bytes) -> None:
        id_ = hashlib.sha256(body).hexdigest()[:24]
        self.server_state.files[id_] = body
        self._answer({"id": id_, "urls": {"get": f"{self.server_state.url}/v1/files/{id_}"}}, 201)

    def _refuse(self, status: int, detail: str, **headers: str) -> None:
        self._answer({"detail": detail, "status": status}, status, **headers)

    def _answer(self, document: Any, status: int = 200, **headers: str) -> None:
        self._send(status, json.dumps(document).encode(), "application/json", **headers)

    def _send(self, status: int, data: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    server = ReplicateServer(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    print(server.url, flush=True)
    threading.Event().wait()
