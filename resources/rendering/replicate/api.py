"""The Replicate HTTP API, as far as it is needed, and what its answers mean for money.

The client library of Replicate is not used: 1.0.7 orders without a timeout, throws away when a 429 wants us back, and
cannot read a prediction that is `aborted`. Source: https://replicate.com/docs/reference/http
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx

from resources.rendering.replicate.refusals import ApiRefusal, pause_after, refusal_of, transport_refusal

Result = TypeVar("Result")

TIMEOUT = httpx.Timeout(30.0, connect=5.0, read=60.0)
UPLOAD_TIMEOUT = httpx.Timeout(120.0, connect=5.0)
LONGEST_SITTING_OUT_SECONDS = 300.0
"""Of 429s, by a request that only looks."""
PAGES_LOOKED_THROUGH = 5
"""Of the list of recent predictions, 100 a page."""


class Stopped(Exception):
    """Nobody waits for the image any more."""


class Turnstile:
    """Lets orders pass one by one: some time apart, and none before a 429 wants us back."""

    def __init__(self, spacing: float, stop: threading.Event) -> None:
        self._spacing, self._stop = spacing, stop
        self._next = 0.0
        self._lock = threading.Lock()

    def wait_for_turn(self) -> None:
        """Return when it is this thread's turn.

        Raises:
            Stopped: nobody waits any more.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                if now >= self._next:
                    self._next = now + self._spacing
                    return
                left = self._next - now
            if self._stop.wait(left):
                raise Stopped

    def close_for(self, seconds: float) -> None:
        """Let nobody pass for a while."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


class ReplicateApi:
    """One connection to the API. Any number of threads may use it.

    Each method is one request, without a retry, but those that only look: these are repeated where that may help.
    """

    def __init__(self, base_url: str, token: str, waits: tuple[float, ...], stop: threading.Event) -> None:
        self._token, self._waits, self._stop = token, waits, stop
        self._http = httpx.Client(
            base_url=base_url,
            timeout=TIMEOUT,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "moostik-assets"},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
        )

    def create(self, model: str, version: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Order one prediction; this is what is paid.

        Raises:
            ApiRefusal: with `sure` unset, it may have been ordered all the same.
        """
        if version:
            made = self._sent("POST", "/v1/predictions", json={"version": version, "input": inputs})
        else:
            made = self._sent("POST", f"/v1/models/{model}/predictions", json={"input": inputs})
        if not made.get("id"):
            raise ApiRefusal("the API took an order, and did not name it", passing=True)
        return made

    def prediction(self, id_: str) -> dict[str, Any]:
        """How a prediction stands."""
        return self._looked(lambda: self._sent("GET", f"/v1/predictions/{id_}"))

    def recent_predictions(self) -> Iterator[dict[str, Any]]:
        """The latest predictions of the account, the newest first."""
        path = "/v1/predictions"
        for _ in range(PAGES_LOOKED_THROUGH):
            page = self._looked(lambda at=path: self._sent("GET", at))
            yield from page.get("results") or ()
            following = page.get("next")
            if not following:
                return
            path = httpx.URL(following).raw_path.decode("ascii")

    def model(self, name: str) -> dict[str, Any]:
        """What there is to know of a model."""
        return self._looked(lambda: self._sent("GET", f"/v1/models/{name}"))

    def version(self, name: str, version: str) -> dict[str, Any]:
        """What there is to know of one version of a model."""
        return self._looked(lambda: self._sent("GET", f"/v1/models/{name}/versions/{version}"))

    def upload(self, name: str, data: bytes, kind: str) -> str:
        """Lend a file to the API for a day; gives its URL there."""
        answer = self._looked(
            lambda: self._sent("POST", "/v1/files", files={"content": (name, data, kind)}, timeout=UPLOAD_TIMEOUT)
        )
        url = (answer.get("urls") or {}).get("get")
        if not isinstance(url, str):
            raise ApiRefusal("the API took a file, and did not say where it is", sure=True)
        return url

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _looked(self, look: Callable[[], Result]) -> Result:
        pauses, deadline = iter(self._waits), time.monotonic() + LONGEST_SITTING_OUT_SECONDS
        while True:
            try:
                return look()
            except ApiRefusal as refusal:
                pause = pause_after(refusal, pauses)
                if pause is None or time.monotonic() + pause > deadline:
                    raise
            if self._stop.wait(pause):
                raise Stopped

    def _sent(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **content)
        except httpx.HTTPError as fault:
            raise transport_refusal(fault, self._token) from None
        except RuntimeError:  # the connections were closed meanwhile
            raise Stopped from None
        if not response.is_success:
            raise refusal_of(response, self._token)
        try:
            document = response.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise ApiRefusal(f"{method} {path.partition('?')[0]}: the answer is no JSON object", passing=True)
        return document
