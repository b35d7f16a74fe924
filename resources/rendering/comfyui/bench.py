"""Making images on one server: upload, queue, wait for the history, fetch, look."""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

from resources.rendering.base import Rendered
from resources.rendering.comfyui.graph import UPLOAD_FOLDER, Drawing, Graph
from resources.rendering.comfyui.image_job import ImageJob
from resources.rendering.comfyui.job_book import JobBook, SavedJob
from resources.rendering.comfyui.listening import Listener
from resources.rendering.comfyui.record import fault_of, images_of, seconds_of
from resources.rendering.comfyui.server import ComfyServer, ServerRefused
from resources.rendering.preview.encode import png_of
from resources.rendering.request import RenderRequest
from resources.thumbnails import jpeg_thumbnail

POLL_SECONDS = 2.0
"""Between looks into the history while the websocket says nothing."""
OPEN_SECONDS = 5.0
TIMES_QUEUED = 4
"""How often one image is queued before it fails: a server that was started again has lost its queue."""
TOLD_EVERY_SECONDS = 2.0
ENDS = ("execution_success", "execution_error", "execution_interrupted")

_log = logging.getLogger(__name__)


class Stopped(Exception):
    """Nobody waits for the image any more."""


@dataclass
class Task:
    """One request on its way; `results` gets lines of progress (str), and at last a Rendered."""

    request: RenderRequest
    results: "SimpleQueue[str | Rendered]"
    home: str = ""
    """Name of the server that has a job for it."""
    job: ImageJob | None = None
    wake: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False
    told: float = 0.0

    @property
    def recipe_id(self) -> str:
        """Recipe id of its request."""
        return self.request.recipe_id


class Bench:
    """One server, and the jobs of ours on it."""

    def __init__(
        self,
        server: ComfyServer,
        book: JobBook,
        job_of: Callable[[RenderRequest], ImageJob],
        timeout: float,
    ) -> None:
        self.server = server
        self.gone_since: float | None = None
        """By time.monotonic(); None while it answers."""
        self.why_gone = ""
        self.unfit = ""
        """What it lacks for our graphs, "" nothing."""
        self.abandoned: list[str] = []
        """Jobs that another server has taken over meanwhile."""
        self.probing = False
        self._book, self._job_of, self._timeout = book, job_of, timeout
        self._client_id = uuid.uuid4().hex
        self._listener: Listener | None = None
        self._watched: dict[str, Task] = {}
        self._starting = threading.Lock()

    def close(self) -> None:
        """Close its connections."""
        if self._listener is not None:
            self._listener.close()
        self.server.close()

    def make(self, task: Task, moved: Callable[[SavedJob], None]) -> Rendered:
        """The image of a task. `moved` is told of a job that another server has for it.

        Raises:
            ServerGone: the server went; its job, where there is one, stays in the book.
            Stopped: the task was stopped, and its job taken from the server.
        """
        began = time.perf_counter()
        try:
            task.job = task.job or self._job_of(task.request)
            self._listening().connected(OPEN_SECONDS)
            return self._made(task, task.job, moved, began)
        except (ValueError, ServerRefused) as error:
            self._book.forget(task.recipe_id)
            text = f"comfyui {self.server.name}: {error}"
            return Rendered(task.request, error=text, seconds=time.perf_counter() - began)

    def _listening(self) -> Listener:
        with self._starting:
            if self._listener is None:
                self._listener = Listener(self.server, self._client_id, self._hear)
            return self._listener

    def _made(self, task: Task, job: ImageJob, moved: Callable[[SavedJob], None], began: float) -> Rendered:
        freed = False
        for _ in range(TIMES_QUEUED):
            prompt_id = self._attached(task, moved) or self._queued(task, job)
            record = self._ended(task, prompt_id)
            if record is None:
                task.results.put(f"{self.server.name} lost the job of {task.recipe_id[:12]}; it is queued again")
                self._book.forget(task.recipe_id)
                continue
            fault = fault_of(record)
            if fault is None:
                seconds = seconds_of(record)
                return self._fetched(task, job, record, time.perf_counter() - began if seconds is None else seconds)
            if not fault.out_of_memory or freed:
                raise ServerRefused(fault.text)
            self.server.free()
            self._book.forget(task.recipe_id)
            freed = True
        raise ServerRefused(f"the job was lost {TIMES_QUEUED} times; is the server started again and again?")

    def _attached(self, task: Task, moved: Callable[[SavedJob], None]) -> str | None:
        """The id of the job that the server has for it already, from before a crash or a fault."""
        saved = self._book.find(task.recipe_id)
        if saved is None:
            return None
        if saved.server != self.server.name:
            moved(saved)
            return None
        known = self.server.found(saved.prompt_id, saved.marker)
        if known is not None:
            self._watch(task, saved, known)
        return known

    def _queued(self, task: Task, job: ImageJob) -> str:
        prompt_id = str(uuid.uuid4())
        marker = f"{task.recipe_id[:16]}-{prompt_id[:8]}"
        saved = SavedJob(self.server.name, prompt_id, marker, time.time())
        graph = marked(job.drawing, marker)
        for last in (False, True):
            sent = [self.server.upload(name, png) for name, png in job.uploads.items()]
            self._watch(task, saved, prompt_id)
            known = ""
            try:
                known = self.server.queue(graph, prompt_id, self._client_id, marker)
            except ServerRefused:
                if last or all(sent):
                    raise
                self.server.forget_uploads()  # somebody may have emptied its input folder
                continue
            finally:
                if known != prompt_id:
                    del self._watched[prompt_id]
            if known != prompt_id:
                self._watch(task, saved, known)
            return known
        raise AssertionError("the second time returns or raises")

    def _watch(self, task: Task, saved: SavedJob, prompt_id: str) -> None:
        self._book.save(task.recipe_id, replace(saved, prompt_id=prompt_id))
        task.home, task.told = self.server.name, time.monotonic()
        self._watched[prompt_id] = task

    def _ended(self, task: Task, prompt_id: str) -> dict[str, Any] | None:
        """The history's record of the job once it is over; None where the server knows nothing of it any more."""
        running_since = time.monotonic()
        try:
            while True:
                if task.stopped:
                    self._book.forget(task.recipe_id)
                    self.server.cancel(prompt_id)
                    raise Stopped
                record = self.server.history(prompt_id)
                if record is not None:
                    return record
                state = self.server.queued().get(prompt_id)
                if state is None:  # it may have ended between the two looks
                    return self.server.history(prompt_id)
                if state == "pending":
                    running_since = time.monotonic()
                elif time.monotonic() - running_since > self._timeout:
                    self.server.cancel(prompt_id)
                    raise ServerRefused(f"the image was not done within {self._timeout:g} s (option timeout)")
                task.wake.wait(POLL_SECONDS)
                task.wake.clear()
        finally:
            self._watched.pop(prompt_id, None)

    def _fetched(self, task: Task, job: ImageJob, record: dict[str, Any], seconds: float) -> Rendered:
        images = images_of(record, job.drawing.output)
        if not images:
            node = job.drawing.graph[job.drawing.output]["class_type"]
            raise ServerRefused(f"the graph ended, but node {job.drawing.output} ({node}) gave no image")
        notes = list(job.notes)
        if len(images) > 1:
            notes.append(f"the graph gave {len(images)} images; the first is taken")
        image = job.finished(self.server.image(images[0]), notes)
        return Rendered(
            task.request,
            png=png_of(image),
            seconds=seconds,
            notes=tuple(dict.fromkeys(notes)),
            thumbnail=jpeg_thumbnail(image),
        )

    def _hear(self, kind: str, data: dict[str, Any]) -> None:
        """What the websocket says is a hint to look into the history, or progress; of other people's jobs nothing."""
        if kind == "connected":
            for task in list(self._watched.values()):
                task.wake.set()
            return
        prompt_id = data.get("prompt_id")
        task = self._watched.get(prompt_id) if isinstance(prompt_id, str) else None
        if task is None:
            return
        if kind in ENDS or (kind == "executing" and data.get("node") is None):
            task.wake.set()
        elif kind == "progress":
            self._tell(task, data)

    def _tell(self, task: Task, data: dict[str, Any]) -> None:
        now = time.monotonic()
        if task.job is None or now - task.told < TOLD_EVERY_SECONDS:
            return
        task.told = now
        node = task.job.drawing.graph.get(str(data.get("node")), {}).get("class_type", "a node")
        task.results.put(f"{self.server.name}: {task.recipe_id[:12]} {node} {data.get('value')}/{data.get('max')}")


def marked(drawing: Drawing, marker: str) -> Graph:
    """The graph with a file name of its own for its image: no former file is taken for it, and the job can be found."""
    output = drawing.graph[drawing.output]
    if "filename_prefix" not in output["inputs"]:
        return drawing.graph
    inputs = {**output["inputs"], "filename_prefix": f"{UPLOAD_FOLDER}/{marker}"}
    return {**drawing.graph, drawing.output: {**output, "inputs": inputs}}
