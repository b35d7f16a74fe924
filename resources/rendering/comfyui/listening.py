"""Listening to one server's websocket: hints that a job moved on. What counts is the server's history."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from resources.rendering.comfyui.server import ComfyServer

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""Previews come as binary frames, and are ignored."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

Hear = Callable[[str, dict[str, Any]], None]
"""Called with the kind of a message and its data; and with "connected" after each (re)connection."""


class Listener:
    """A thread that keeps a websocket open, and opens it again when it breaks."""

    def __init__(self, server: ComfyServer, client_id: str, hear: Hear) -> None:
        self._server, self._client_id, self._hear = server, client_id, hear
        self._closing = False
        self._connected = False
        self._tries = 0
        self._changed = threading.Condition()
        self._socket: Any = None
        self._thread = threading.Thread(target=self._run, name=f"comfyui-listener-{server.name}", daemon=True)
        self._thread.start()

    def connected(self, seconds: float) -> bool:
        """Whether the websocket is open. Where it is not, it is tried now, for at most so long."""
        with self._changed:
            tries = self._tries
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._connected or self._closing or self._tries > tries, seconds)
            return self._connected

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        socket = self._socket
        if socket is not None:
            socket.close()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        # Imported here: the extra `comfyui` brings it, and `plan` has no need of it.
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        # Its log of a failed handshake holds the whole URL, password and all.
        quiet = logging.getLogger("moostik.comfyui.websocket")
        quiet.disabled = True
        url = f"{self._server.websocket_url}?clientId={quote(self._client_id)}"
        pause = FIRST_PAUSE_SECONDS
        while not self._closing:
            try:
                with connect(
                    url,
                    open_timeout=5,
                    close_timeout=1,
                    max_size=MAX_MESSAGE_BYTES,
                    proxy=None if self._server.is_local else True,
                    logger=quiet,
                ) as socket:
                    self._socket = socket
                    self._now(connected=True)
                    pause = FIRST_PAUSE_SECONDS
                    self._hear("connected", {})
                    for message in socket:
                        self._heard(message)
            except (OSError, WebSocketException):
                pass
            self._now(connected=False)
            with self._changed:
                if not self._closing:
                    self._changed.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _now(self, *, connected: bool) -> None:
        with self._changed:
            self._connected = connected
            self._tries += not connected
            self._changed.notify_all()

    def _heard(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return
        try:
            found = json.loads(message)
        except ValueError:
            return
        if isinstance(found, dict) and isinstance(found.get("data"), dict):
            self._hear(str(found.get("type")), found["data"])
