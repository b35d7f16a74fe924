"""The actors: each holds the renderer warm and has one request in hand; one that ends is replaced."""

import itertools
import logging
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from resources.rendering.base import Rendered
from resources.rendering.ray.cluster import ray_module
from resources.rendering.request import RenderRequest

MOST_TRIES = 2
PATIENCE_SECONDS = 30.0
_MEMORY_HINT = "is memory short on its machine?"
_SETUP_HINT = "is moostik-assets installed on its machine, in this version, and memory enough?"

_log = logging.getLogger(__name__)


@dataclass
class _Job:
    request: RenderRequest
    tries: int = 0
    actor: Any = None
    abandoned: bool = False
    """Nobody waits for its image any more; its actor is still at it."""


class Fleet:
    """Up to `count` actors, which `start` makes."""

    def __init__(self, count: int, start: Callable[[], Any], inputs_of: Callable[[RenderRequest], dict[str, Any]]):
        self.count = count
        self._start = start
        self._inputs_of = inputs_of
        self._preparing: dict[Any, Any] = {}
        self._idle: list[Any] = []
        self._flying: dict[Any, _Job] = {}
        self._fault = ""

    def render(self, requests: Iterable[RenderRequest]) -> Generator[Rendered, None, None]:
        """Each image as it is done. No more requests are taken than there are actors ready for them."""
        coming = (_Job(request) for request in requests)
        again: deque[_Job] = deque()
        if not (self._preparing or self._idle or self._flying):
            for _ in range(self.count):
                self._add()
        try:
            while True:
                while self._idle and (job := again.popleft() if again else next(coming, None)) is not None:
                    self._hand(job)
                owed = again or any(not job.abandoned for job in self._flying.values())
                if self._idle and not owed:
                    return
                if not (self._idle or self._flying or self._preparing):
                    for job in itertools.chain(again, coming):
                        yield Rendered(job.request, error=f"ray: no actor can work; {self._fault}")
                    return
                yield from self._done(again)
        finally:
            for job in self._flying.values():
                job.abandoned = True

    def close(self) -> None:
        """End all actors, at once, with what they have in hand."""
        ray = ray_module()
        for actor in (*self._preparing.values(), *self._idle, *(job.actor for job in self._flying.values())):
            ray.kill(actor)
        self._preparing, self._idle, self._flying = {}, [], {}

    def _add(self) -> None:
        actor = self._start()
        self._preparing[actor.prepare.remote()] = actor

    def _hand(self, job: _Job) -> None:
        job.actor, job.tries = self._idle.pop(), job.tries + 1
        self._flying[job.actor.render.remote(job.request, self._inputs_of(job.request))] = job

    def _done(self, again: deque[_Job]) -> Iterator[Rendered]:
        """Wait until something is; what must be tried once more is put into `again`."""
        done, _ = ray_module().wait([*self._flying, *self._preparing], num_returns=1, timeout=PATIENCE_SECONDS)
        if not done and not self._idle and not self._flying:
            _log.warning("ray: no actor is ready yet; are all places of the cluster taken, or is the model large?")
        for answer in done:
            if answer in self._preparing:
                self._prepared(answer, self._preparing.pop(answer))
            else:
                yield from self._rendered(answer, self._flying.pop(answer), again)

    def _prepared(self, answer: Any, actor: Any) -> None:
        ray = ray_module()
        try:
            fault = ray.get(answer)
        except ray.exceptions.RayError as error:
            fault = f"one ended while the renderer was built: {_said(error)}; {_SETUP_HINT}"
        if not fault:
            self._idle.append(actor)
            return
        self._fault = fault
        _log.warning("ray: an actor less: %s", fault)
        ray.kill(actor)

    def _rendered(self, answer: Any, job: _Job, again: deque[_Job]) -> Iterator[Rendered]:
        ray = ray_module()
        try:
            rendered = ray.get(answer)
            self._idle.append(job.actor)
        except ray.exceptions.RayActorError as error:
            # It may live behind a broken line: with its replacement there would be one too many.
            ray.kill(job.actor)
            self._add()
            if job.tries < MOST_TRIES and not job.abandoned:
                _log.warning("ray: the actor that made %s ended; another one makes it", job.request.recipe_id[:12])
                again.append(job)
                return
            why = f"ray: its actor ended, and so did the next: {_said(error)}; {_MEMORY_HINT}"
            rendered = Rendered(job.request, error=why)
        except ray.exceptions.RayError as error:
            self._idle.append(job.actor)
            rendered = Rendered(job.request, error=f"ray: {_said(error)}")
        if not job.abandoned:
            yield rendered


def _said(error: Exception) -> str:
    """The cause, which Ray puts last, behind the traceback or the particulars; of its advice, the first sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].split(" Some common causes")[0] if lines else type(error).__name__
