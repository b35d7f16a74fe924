"""The ComfyUI renderer: requests in, images out, as each is done, on all servers of its list."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.comfyui.draughtsman import Draughtsman
from resources.rendering.comfyui.image_job import ImageJob
from resources.rendering.comfyui.job_book import JobBook
from resources.rendering.comfyui.options import ENVIRONMENT_PREFIX, parsed_options
from resources.rendering.request import RenderRequest

if TYPE_CHECKING:
    from resources.rendering.comfyui.bench import Bench
    from resources.rendering.comfyui.fleet import Fleet

VERSION = 1
"""Raised with every change of the graphs, or of what is made of their images, that may change pixels."""
_LOOK_SECONDS = 0.5

_log = logging.getLogger("dagster.builtin.comfyui")
"""A child of the logger that Dagster takes into the log of the run that is under way."""


class ComfyUIRenderer:
    """Has ComfyUI servers make images, by graphs for SD 1.5, SDXL and FLUX or by a person's own workflow.

    Options: see `ComfyUIOptions` and docs/comfyui.md. What it has queued survives its process: the jobs' ids are in
    the context's scratch folder, and the next render takes up what the servers have finished meanwhile.
    """

    api_version = 1

    def __init__(self, context: RendererContext) -> None:
        self._context = context
        self._options = parsed_options(context.options)
        self._draughtsman = Draughtsman(self._options)
        self._fleet: Fleet | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return self._draughtsman.capabilities

    def fingerprint(self) -> dict[str, Any]:
        """Name, version, and what of the options decides pixels. It asks no server, and names none."""
        return {"name": "comfyui", "version": VERSION, **self._draughtsman.fingerprint}

    def validate(self) -> None:
        """See that a server answers that has every node and model of the graphs.

        Raises:
            RendererUnavailable: none does; what each of them lacks is named.
        """
        if find_spec("websockets") is None:
            raise RendererUnavailable("comfyui: websockets is not installed; pip install 'moostik-assets[comfyui]'")
        benches = self._servers().benches
        with ThreadPoolExecutor(len(benches)) as pool:
            faults = list(pool.map(self._look, benches))
        if all(faults):
            raise RendererUnavailable(f"comfyui: {'; '.join(faults)}")
        for fault in filter(None, faults):
            _log.warning("comfyui: %s; it is left out", fault)
        self._compare([bench for bench, fault in zip(benches, faults, strict=True) if not fault])

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Each image as it is done; ending the iterator early takes what is unfinished from the servers."""
        from resources.rendering.comfyui.bench import Task

        fleet, book = self._servers(), self._book()
        coming = iter(requests)
        results: SimpleQueue[str | Rendered] = SimpleQueue()
        flying: dict[str, Task] = {}
        try:
            while True:
                while len(flying) < fleet.room and (request := next(coming, None)) is not None:
                    saved = book.find(request.recipe_id)
                    task = Task(request, results, home=saved.server if saved is not None else "")
                    flying[request.recipe_id] = task
                    fleet.add(task)
                if not flying:
                    return
                try:
                    result = results.get(timeout=_LOOK_SECONDS)
                except Empty:
                    if (reason := fleet.hopeless(self._options.patience)) is not None:
                        fleet.give_up(reason)
                    continue
                if isinstance(result, str):
                    _log.info("comfyui %s", result)
                    continue
                flying.pop(result.request.recipe_id)
                try:
                    yield result
                finally:  # whoever took it has stored it by now
                    book.forget(result.request.recipe_id)
        finally:
            fleet.stop(flying.values())

    def close(self) -> None:
        """End the threads, close the connections."""
        fleet, self._fleet = self._fleet, None
        if fleet is not None:
            fleet.close()

    def _servers(self) -> "Fleet":
        # Imported here: httpx costs 150 ms, and `plan` has no need of it.
        from resources.rendering.comfyui.bench import Bench
        from resources.rendering.comfyui.fleet import Fleet
        from resources.rendering.comfyui.server import ComfyServer

        if self._fleet is None:
            book, timeout = self._book(), self._options.timeout
            servers = [ComfyServer(address) for address in self._options.addresses]
            benches = [Bench(server, book, self._job, timeout) for server in servers]
            self._fleet = Fleet(benches, self._lacks)
        return self._fleet

    def _book(self) -> JobBook:
        return JobBook(self._context.scratch / "jobs")

    def _job(self, request: RenderRequest) -> ImageJob:
        return self._draughtsman.job(request, self._context.read_image)

    def _look(self, bench: "Bench") -> str:
        """Why a server cannot be used; "" where it can."""
        from resources.rendering.comfyui.server import ServerGone, ServerRefused

        try:
            bench.unfit = self._lacks(bench)
        except ServerGone as gone:
            return f"{gone}; start ComfyUI there, or name its address in {ENVIRONMENT_PREFIX}SERVERS"
        except ServerRefused as refused:
            bench.unfit = str(refused)
        return f"{bench.server.name}: {bench.unfit}" if bench.unfit else ""

    def _compare(self, benches: "list[Bench]") -> None:
        """Warn of servers that have different files under one name: which of them makes an image is left to chance."""
        if len(benches) < 2 or self._options.workflow:
            return
        for folder, name in self._options.model_files:
            headers = {bench.server.name: bench.server.model_header(folder, name) for bench in benches}
            if len(set(filter(None, headers.values()))) > 1:
                _log.warning("comfyui: %s is not the same file on all servers (%s)", name, ", ".join(headers))

    def _lacks(self, bench: "Bench") -> str:
        from resources.rendering.comfyui.checking import graph_faults

        return "; ".join(graph_faults(self._draughtsman.samples(), bench.server.object_info()))
