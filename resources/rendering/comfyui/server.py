"""One ComfyUI server over HTTP: what it can do, uploads, its queue and history, its images.

Protocol: server.py of ComfyUI (https://github.com/comfyanonymous/ComfyUI), routes /object_info, /upload/image, /prompt,
/queue, /history, /view, /interrupt, /free.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina
from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks

from resources.canonical import canonical_json
from resources.png import TruncatedPngError, check_png
from resources.rendering.comfyui.graph import UPLOAD_FOLDER, Graph

TRIES = 4
"""One try and three retries."""
FIRST_WAIT_SECONDS = 1.0
"""It doubles each time, with jitter, where the server does not say when to come back."""
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 60.0
MAX_WAIT_SECONDS = 60.0
"""A server that wants a longer pause than this counts as gone."""
RECENT_HISTORY = 200
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

Value = TypeVar("Value")

# Where structlog is installed, stamina prints retries to stdout, which belongs to the command's JSON.
set_on_retry_hooks([LoggingOnRetryHook])


class ServerGone(Exception):
    """The server does not answer (any more); another one may."""


class ServerRefused(Exception):
    """The server answers, and says no: this image cannot be made as it was asked for."""


class _Fault(Exception):
    """A fault of the network, or one that the server says will pass; `again`: try again, or after so many seconds."""

    def __init__(self, text: str, again: bool | float = True) -> None:
        super().__init__(text)
        self.again = again


def _whether_again(error: Exception) -> bool | float:
    return error.again if isinstance(error, _Fault) else False


class ComfyServer:
    """A server by its base URL. Every method may raise ServerGone or ServerRefused; all are safe between threads."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
        self.name = host + (f":{parts.port}" if parts.port else "") + parts.path
        """The address without user and password, and so what is shown and saved."""
        self.websocket_url = f"{'wss' if parts.scheme == 'https' else 'ws'}://{address.partition('://')[2]}/ws"
        self.is_local = parts.hostname in _LOOPBACK
        auth = httpx.BasicAuth(parts.username, parts.password or "") if parts.username else None
        timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        self._http = httpx.Client(
            base_url=f"{parts.scheme}://{self.name}", auth=auth, timeout=timeout, trust_env=not self.is_local
        )
        self._uploaded: set[str] = set()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def answers(self) -> bool:
        """Whether it answers now; one quick look."""
        try:
            return self._http.get("/system_stats", timeout=CONNECT_SECONDS).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def forget_uploads(self) -> None:
        """Upload everything anew from here on: the server may have come back with an empty disk."""
        self._uploaded.clear()

    def object_info(self) -> dict[str, Any]:
        """Its node classes, each with its inputs."""
        found = self._json("GET", "/object_info")
        if not isinstance(found, dict) or not isinstance(found.get("KSampler", {}), dict) or not found:
            raise ServerRefused("what answers at /object_info is no ComfyUI server")
        return found

    def model_header(self, folder: str, name: str) -> str:
        """What a model file's header says of itself, as canonical JSON; "" where the server does not tell."""
        try:
            return canonical_json(self._json("GET", f"/view_metadata/{folder}", params={"filename": name}))
        except (ServerGone, ServerRefused):
            return ""

    def upload(self, name: str, data: bytes) -> bool:
        """Put an image into its input folder, once; the name comes from its content. Gives whether it was sent."""
        if name in self._uploaded:
            return False
        said = self._json(
            "POST",
            "/upload/image",
            files={"image": (name, data, "image/png")},
            data={"subfolder": UPLOAD_FOLDER, "type": "input", "overwrite": "true"},
        )
        stored = said.get("name") if isinstance(said, dict) else None
        if stored != name:
            raise ServerRefused(f"stored the upload {name} as {stored!r}")
        self._uploaded.add(name)
        return True

    def queue(self, graph: Graph, prompt_id: str, client_id: str, marker: str) -> str:
        """Queue a graph; gives the id under which the server runs it (older ones choose their own).

        Where an answer is lost, the server is asked whether it has the job before it is queued again.
        """
        body = {"prompt": graph, "prompt_id": prompt_id, "client_id": client_id}
        tries = 0

        def post() -> str:
            nonlocal tries
            tries += 1
            if tries > 1 and (known := self._known(prompt_id, marker)) is not None:
                return known
            said = self._answer("POST", "/prompt", json=body).json()
            return str(said["prompt_id"])

        try:
            return self._tried(post)
        except (ValueError, KeyError, TypeError):
            raise ServerRefused("answered /prompt with something that is no prompt_id") from None

    def history(self, prompt_id: str) -> dict[str, Any] | None:
        """The record of a finished job; None while there is none."""
        found = self._json("GET", f"/history/{prompt_id}")
        record = found.get(prompt_id) if isinstance(found, dict) else None
        return record if isinstance(record, dict) else None

    def queued(self) -> dict[str, str]:
        """What waits ("pending") or is being made ("running"), by prompt id."""
        return {id_: state for id_, state, _ in self._queue()}

    def found(self, prompt_id: str, marker: str) -> str | None:
        """The id of a job that it has queued, runs, or has finished; None where it knows of none.

        `marker`: a text that only this job's graph holds, for servers that chose another id.
        """
        return self._tried(lambda: self._known(prompt_id, marker))

    def cancel(self, prompt_id: str) -> None:
        """Take a job out of the queue; interrupt it only if it is the one being made."""
        self._tried(lambda: self._answer("POST", "/queue", json={"delete": [prompt_id]}))
        if self.queued().get(prompt_id) == "running":
            self._tried(lambda: self._answer("POST", "/interrupt", json={"prompt_id": prompt_id}))

    def free(self) -> None:
        """Have it unload its models and free GPU memory."""
        self._tried(lambda: self._answer("POST", "/free", json={"unload_models": True, "free_memory": True}))

    def image(self, place: Mapping[str, str]) -> bytes:
        """The bytes of an image of its output folder, a whole PNG. `place`: filename, subfolder, type."""

        def view() -> bytes:
            png = self._answer("GET", "/view", params=dict(place)).content
            try:
                check_png(png)
            except TruncatedPngError as error:
                raise _Fault(f"{place.get('filename')}: {error}") from error
            except ValueError as error:
                raise ServerRefused(f"{place.get('filename')} is no PNG: {error}") from error
            return png

        return self._tried(view)

    def _queue(self) -> list[tuple[str, str, Any]]:
        found = self._json("GET", "/queue")
        try:
            states = (("running", found["queue_running"]), ("pending", found["queue_pending"]))
            return [(str(entry[1]), state, entry[2]) for state, entries in states for entry in entries]
        except (KeyError, TypeError, IndexError):
            raise ServerRefused("answered /queue with something that is no queue") from None

    def _known(self, prompt_id: str, marker: str) -> str | None:
        for id_, _, graph in self._queue():
            if id_ == prompt_id or marker in str(graph):
                return id_
        if self.history(prompt_id) is not None:
            return prompt_id
        recent = self._json("GET", "/history", params={"max_items": RECENT_HISTORY})
        recent = recent if isinstance(recent, dict) else {}
        return next((str(id_) for id_, record in recent.items() if marker in str(record)), None)

    def _json(self, method: str, path: str, **arguments: Any) -> Any:
        answer = self._tried(lambda: self._answer(method, path, **arguments))
        try:
            return answer.json()
        except ValueError:
            raise ServerRefused(f"answered {path} with no JSON; is it a ComfyUI server?") from None

    def _tried(self, call: Callable[[], Value]) -> Value:
        try:
            for attempt in stamina.retry_context(
                on=_whether_again,
                attempts=TRIES,
                timeout=None,
                wait_initial=FIRST_WAIT_SECONDS,
                wait_max=4 * FIRST_WAIT_SECONDS,
                wait_jitter=FIRST_WAIT_SECONDS / 2,
            ):
                with attempt:
                    return call()
        except _Fault as fault:
            raise ServerGone(f"{self.name}: {fault}") from fault
        raise AssertionError("a retry loop ends by a return or an exception")

    def _answer(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **arguments)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ServerGone(f"{self.name} does not answer ({_short(error)})") from error
        except httpx.TransportError as error:
            raise _Fault(f"the transfer broke off ({_short(error)})") from error
        except httpx.HTTPError as error:
            raise ServerRefused(f"answered {path} with what cannot be read ({_short(error)})") from error
        if answer.is_success:
            return answer
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.status_code >= 500:
            raise _Fault(f"HTTP {answer.status_code} at {path}", _pause(answer.headers.get("retry-after", "")))
        raise ServerRefused(_refusal(answer, path))


def _short(error: Exception) -> str:
    return str(error).split("\n")[0][:100] or type(error).__name__


def _pause(header: str) -> bool | float:
    """What a Retry-After header asks for (RFC 9110, section 10.2.3): seconds; True where there is none."""
    if header.strip().isdecimal():
        seconds = float(header)
    else:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return True
        seconds = max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return seconds if seconds <= MAX_WAIT_SECONDS else False


def _refusal(answer: httpx.Response, path: str) -> str:
    """What a server says of a graph that it does not take: the fault of each node."""
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return f"wants a user and password (HTTP {answer.status_code}): write http://user:password@host:port"
    try:
        document = answer.json()
        said = [str(document["error"]["message"])]
        for id_, node in (document.get("node_errors") or {}).items():
            for fault in node["errors"]:
                said.append(f"node {id_} ({node['class_type']}): {fault['message']}: {fault.get('details', '')}")
        return "; ".join(said)[:1000]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"HTTP {answer.status_code} at {path}; is it a ComfyUI server?"
