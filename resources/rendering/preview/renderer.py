"""The preview renderer: requests in, composed frames out, as each is done, on all cores."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from time import perf_counter
from typing import Any

import numpy as np
import PIL
from PIL import features

from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.preview.bake import baked
from resources.rendering.preview.compose import composed
from resources.rendering.preview.dream import dreamt
from resources.rendering.preview.encode import deflate_probe, png_of
from resources.rendering.preview.layers import NamedLayer, layers_of
from resources.rendering.preview.pictures import Pictures
from resources.rendering.preview.workers import WorkerDiedError, WorkerPool
from resources.rendering.request import RenderRequest
from resources.thumbnails import jpeg_thumbnail

VERSION = 2
"""Raised with every change that may change a frame's bytes."""
MAX_FRAME_PIXELS = 40_000_000
_INLINE = 2
"""So few requests are rendered in this process, where no workers run yet: starting them would take longer."""
_IN_FLIGHT_PER_WORKER = 2


class PreviewRenderer:
    """Composes storyboard frames from the location's plate and the cast's references.

    Option `workers`: how many worker processes at most (default: as many as cores; 1: none, all in this process).
    """

    def __init__(self, context: RendererContext) -> None:
        self._context = context
        self._workers = _workers_of(context.options.get("workers")) or 1
        self._pool: WorkerPool | None = None
        self._pictures: Pictures | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return Capabilities(
            seed=True,
            # Nothing that is drawn here could be unwanted: the negative prompt stays in the recipe, and does no harm.
            negative=True,
            max_references=14,
            control=(),
            inpaint=False,
            img2img=False,
            max_prompt=None,
            parallel=self._workers,
            bakes=True,
            composes=True,
            dreams=("hybrid", "interpolate", "img2img"),
            pixels=1280 * 720,
            seconds_per_image=0.15,
        )

    def fingerprint(self) -> dict[str, Any]:
        """Name and version, and what else decides the bytes: Pillow, numpy, and the deflate implementation."""
        return {
            "name": "preview",
            "version": VERSION,
            "pillow": PIL.__version__,
            "numpy": ".".join(np.__version__.split(".")[:2]),
            "deflate": deflate_probe(),
        }

    def validate(self) -> None:
        """Nothing can be missing but Pillow's font engine, which its wheels have.

        Raises:
            RendererUnavailable: Pillow was built without it, or the option `workers` is no number of workers.
        """
        option = self._context.options.get("workers")
        if _workers_of(option) is None:
            raise RendererUnavailable(f"preview: option workers is {option!r}; it takes a whole number from 1")
        if not features.check("freetype2"):
            raise RendererUnavailable("preview: this Pillow lacks FreeType; install its wheel (pip install pillow)")

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Each frame as it is done. One or two are made here, more by the worker processes, which stay warm."""
        coming = iter(requests)
        first = list(itertools.islice(coming, _INLINE + 1))
        if self._workers == 1 or (len(first) <= _INLINE and self._pool is None):
            for request in itertools.chain(first, coming):
                yield self._inline(request)
            return
        yield from self._by_workers(itertools.chain(first, coming))

    def layers(self, request: RenderRequest, notes: list[str]) -> list[NamedLayer]:
        """The layers of a request's frame, the lowest first; what the frame leaves out is added to the notes."""
        return layers_of(request, self._own_pictures(), notes)

    def close(self) -> None:
        """End the workers, at once; free the pictures."""
        pool, self._pool, self._pictures = self._pool, None, None
        if pool is not None:
            pool.close()

    def _inline(self, request: RenderRequest) -> Rendered:
        return rendered(request, self._own_pictures(), self._context.read_image)

    def _own_pictures(self) -> Pictures:
        if self._pictures is None:
            self._pictures = Pictures(self._context.read_image)
        return self._pictures

    def _by_workers(self, requests: Iterator[RenderRequest]) -> Iterator[Rendered]:
        if self._pool is None:
            self._pool = WorkerPool(self._workers, FrameMaker(self._context.read_image))
        pool = self._pool
        flying: dict[Future[Rendered], RenderRequest] = {}
        try:
            while True:
                room = self._workers * _IN_FLIGHT_PER_WORKER - len(flying)
                for request in itertools.islice(requests, room):
                    flying[pool.submit(request)] = request
                if not flying:
                    return
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    yield _outcome(future, flying.pop(future))
        finally:
            for future in flying:
                future.cancel()


def _outcome(future: "Future[Rendered]", request: RenderRequest) -> Rendered:
    try:
        return future.result()
    except WorkerDiedError as error:
        return Rendered(request, error=f"preview: {error}")
    except Exception as error:  # a request that cannot travel, a reader that cannot be rebuilt
        return Rendered(request, error=f"preview: {type(error).__name__}: {error}")


def _workers_of(option: Any) -> int | None:
    """The number of workers that an option asks for; None where it is no such number."""
    if option is None or option == "":
        return os.cpu_count() or 1
    try:
        count = int(option)
    except (TypeError, ValueError):
        return None
    return count if count >= 1 else None


class FrameMaker:
    """What a worker process is given: how to read inputs, from which it makes frames with pictures of its own."""

    def __init__(self, read_image: Callable[[str], bytes]) -> None:
        self._read_image = read_image
        self._pictures: Pictures | None = None

    def __call__(self, request: RenderRequest) -> Rendered:
        """One frame."""
        if self._pictures is None:
            self._pictures = Pictures(self._read_image)
        return rendered(request, self._pictures, self._read_image)


def rendered(request: RenderRequest, pictures: Pictures, read_image: Callable[[str], bytes]) -> Rendered:
    """The frame, or the baked plate, of a request as PNG bytes, or why there is none.

    A bake reads its inputs anew: a plate is baked once a theme, and `pictures` would scale a large one down.
    """
    began = perf_counter()
    if not (request.width >= 16 and request.height >= 16 and request.width * request.height <= MAX_FRAME_PIXELS):
        return Rendered(request, error=f"preview: no frame of {request.width} x {request.height} pixels can be drawn")
    try:
        if request.baking is not None:
            frame, notes = baked(request, read_image)
        else:
            frame, notes = (composed if request.dreaming is None else dreamt)(request, pictures)
        png, thumbnail = png_of(frame), jpeg_thumbnail(frame)
    except Exception as error:  # the next image may be fine: an image's fault never stops the others
        return Rendered(request, error=f"preview: {type(error).__name__}: {error}", seconds=perf_counter() - began)
    return Rendered(
        request,
        png=png,
        seconds=perf_counter() - began,
        notes=tuple(dict.fromkeys(notes)),
        thumbnail=thumbnail,
    )
