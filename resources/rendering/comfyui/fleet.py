"""Several servers side by side: each takes what it can hold; a dead one is left out, and taken back."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from resources.rendering.base import Rendered
from resources.rendering.comfyui.bench import Bench, Stopped, Task
from resources.rendering.comfyui.job_book import SavedJob
from resources.rendering.comfyui.server import ServerGone, ServerRefused

QUEUED_PER_SERVER = 2
"""One that is made, and one that waits, so that the GPU never does."""
GRACE_SECONDS = 5.0
"""So long a job waits for its own server to come back before another one makes the image."""
PROBE_SECONDS = 0.5
STOP_SECONDS = 15.0
_LOOK_SECONDS = 0.5

_log = logging.getLogger(__name__)


class Fleet:
    """Worker threads, two a server, which take tasks as they are free."""

    def __init__(self, benches: Sequence[Bench], lacks: Callable[[Bench], str]) -> None:
        self.benches = list(benches)
        self._lacks = lacks
        self._waiting: list[Task] = []
        self._changed = threading.Condition()
        self._closing = False
        self._threads: list[threading.Thread] = []

    @property
    def room(self) -> int:
        """Tasks that may be under way at once."""
        return QUEUED_PER_SERVER * len(self.benches)

    def add(self, task: Task) -> None:
        """Have a task made by the first server that is free, or by the one that has a job for it."""
        with self._changed:
            if not self._threads:
                self._start()
            if not self._waiting:
                for bench in self.benches:  # patience begins anew with the work
                    bench.gone_since = None if bench.gone_since is None else time.monotonic()
            self._waiting.append(task)
            self._changed.notify_all()

    def stop(self, tasks: Iterable[Task]) -> None:
        """Take back tasks that nobody waits for: servers drop what they have queued, and interrupt what they make."""
        under_way = []
        with self._changed:
            for task in tasks:
                task.stopped = True
                task.wake.set()
                if task in self._waiting:
                    self._waiting.remove(task)
                else:
                    under_way.append(task)
        deadline = time.monotonic() + STOP_SECONDS
        for task in under_way:
            task.over.wait(max(0.0, deadline - time.monotonic()))

    def hopeless(self, patience: float) -> str | None:
        """Why no server will make what waits: none has answered for so many seconds, or none is fit. Else None."""
        fit = [bench for bench in self.benches if not bench.unfit]
        if not fit:
            return "; ".join(f"{bench.server.name}: {bench.unfit}" for bench in self.benches)
        now = time.monotonic()
        if any(bench.gone_since is None or now - bench.gone_since < patience for bench in fit):
            return None
        return f"no server has answered for {patience:g} s: " + "; ".join(bench.why_gone for bench in fit)

    def give_up(self, reason: str) -> None:
        """End all tasks that wait with an error."""
        with self._changed:
            lost, self._waiting = self._waiting, []
        for task in lost:
            self._finish(task, Rendered(task.request, error=f"comfyui: {reason}"))

    def close(self) -> None:
        """End the threads, close the connections."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)
        for bench in self.benches:
            bench.close()

    def _start(self) -> None:
        for bench in self.benches:
            for number in range(QUEUED_PER_SERVER):
                name = f"comfyui-{bench.server.name}-{number}"
                thread = threading.Thread(target=self._work, args=(bench,), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _work(self, bench: Bench) -> None:
        while (turn := self._turn(bench)) is not None:
            if turn == "probe":
                self._probe(bench)
            else:
                self._make(bench, turn)

    def _turn(self, bench: Bench) -> Task | Literal["probe"] | None:
        """What a thread does next: make an image, see whether its server is back, or end (None)."""
        with self._changed:
            while not self._closing:
                if bench.gone_since is not None and self._waiting and not bench.probing and not bench.unfit:
                    bench.probing = True
                    return "probe"
                if bench.gone_since is None and not bench.unfit:
                    for task in self._waiting:
                        if self._may_take(bench, task):
                            self._waiting.remove(task)
                            return task
                self._changed.wait(_LOOK_SECONDS if self._waiting else None)
        return None

    def _may_take(self, bench: Bench, task: Task) -> bool:
        home = next((other for other in self.benches if other.server.name == task.home), None)
        if home is None or home is bench or home.unfit:
            return True
        return home.gone_since is not None and time.monotonic() - home.gone_since > GRACE_SECONDS

    def _make(self, bench: Bench, task: Task) -> None:
        try:
            rendered = bench.make(task, self._moved)
        except Stopped:
            task.over.set()
        except ServerGone as gone:
            with self._changed:
                if bench.gone_since is None:
                    _log.warning("comfyui: %s; it is left out until it answers again", gone)
                    bench.gone_since, bench.why_gone = time.monotonic(), str(gone)
                if task.stopped:
                    task.over.set()
                else:
                    self._waiting.insert(0, task)
                self._changed.notify_all()
        except Exception as error:  # the next image may be fine: an image's fault never stops the others
            _log.debug("comfyui: %s", task.recipe_id, exc_info=True)
            text = f"comfyui {bench.server.name}: {type(error).__name__}: {error}"
            self._finish(task, Rendered(task.request, error=text))
        else:
            self._finish(task, rendered)

    def _finish(self, task: Task, rendered: Rendered) -> None:
        task.results.put(rendered)
        task.over.set()

    def _moved(self, job: SavedJob) -> None:
        for bench in self.benches:
            if bench.server.name == job.server:
                bench.abandoned.append(job.prompt_id)

    def _probe(self, bench: Bench) -> None:
        back = False
        try:
            back = bench.server.answers()
            if back:
                self._welcome(bench)
        except (ServerGone, ServerRefused):
            back = False
        finally:
            with self._changed:
                bench.probing = False
                if back:
                    _log.warning("comfyui: %s answers again", bench.server.name)
                    bench.gone_since = None
                    self._changed.notify_all()
                elif not self._closing:
                    self._changed.wait(PROBE_SECONDS)

    def _welcome(self, bench: Bench) -> None:
        """A server that is back may be another one: what it lacks is looked at, what it still does for us ended."""
        bench.server.forget_uploads()
        bench.unfit = self._lacks(bench)
        while bench.abandoned:
            bench.server.cancel(bench.abandoned[-1])
            bench.abandoned.pop()
