"""Any renderer, run by Ray: the same recipes and the same pixels, from several GPUs or machines at once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from resources.gpu import free_vram_bytes
from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.ray.actor import RenderingActor
from resources.rendering.ray.cluster import join, leave, need_ray, ray_module
from resources.rendering.ray.fleet import Fleet
from resources.rendering.ray.inputs import LentInputs
from resources.rendering.ray.options import PREFIX, RayOptions
from resources.rendering.registry import create_renderer
from resources.rendering.request import RenderRequest


class RayRenderer:
    """Runs the renderer of a name in Ray's actors, each of which makes one image at a time.

    The same renderer stands in this process as well: it says what it is and can do, and counts prompts, without
    rendering anything. An actor whose own says something else is not used.

    Example:
        >>> renderer = RayRenderer("diffusers", context, RayOptions(actors=4, address="auto"))
    """

    def __init__(self, name: str, context: RendererContext, options: RayOptions) -> None:
        self._name = name
        self._context = context
        self._options = options
        self._own = create_renderer(name, context)
        self._joined = False
        self._fleet: Fleet | None = None

    def __getattr__(self, name: str) -> Any:
        """What a renderer has beyond the protocol (`count_prompt`, `layers`) is that of the one in this process."""
        return getattr(self._own, name)

    @property
    def capabilities(self) -> Capabilities:
        """Those of the renderer, as many at once as there are actors. One run has all of them, so it needs one slot."""
        return replace(self._own.capabilities, parallel=self._parallel, vram_bytes=0)

    def fingerprint(self) -> dict[str, Any]:
        """The renderer's own: who carried the request changes no pixel."""
        return self._own.fingerprint()

    def validate(self) -> None:
        """Look at the renderer here, and at the cluster; a local one starts with the first image.

        Raises:
            RendererUnavailable: Ray is not installed, there is no such cluster or no room in it, or the renderer cannot
                work.
        """
        need_ray()
        self._own.validate()
        if self._own.capabilities.usd_per_image > 0:
            raise RendererUnavailable(
                f"ray: {self._name} is paid by the image, and its work is done elsewhere; take it out of "
                f"{PREFIX}RENDERERS"
            )
        if self._options.address != "local":
            self._join()

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Each image as it is done, whoever makes it."""
        if self._fleet is None:
            self._fleet = Fleet(self._join(), self._started, LentInputs(self._context.read_image).of)
        yield from self._fleet.render(requests)

    def close(self) -> None:
        """End the actors, and Ray where it was started here."""
        fleet, self._fleet = self._fleet, None
        if fleet is not None:
            fleet.close()
        if self._joined:
            self._joined = False
            leave()
        self._own.close()

    @cached_property
    def _gpus_each(self) -> float:
        asked = self._options.gpus_per_actor
        return asked if asked is not None else float(self._own.capabilities.vram_bytes > 0)

    @property
    def _parallel(self) -> int:
        if self._fleet is not None:
            return self._fleet.count
        return self._options.actors or self._here

    @cached_property
    def _here(self) -> int:
        """What this machine alone would run: a guess that needs no Ray."""
        places = len(free_vram_bytes()) / self._gpus_each if self._gpus_each else (os.cpu_count() or 1) // 2
        return max(1, int(places))

    def _join(self) -> int:
        """Be part of the cluster, and give the number of actors that it shall have."""
        if not self._joined:
            asked = self._options.actors
            cores = max(asked, os.cpu_count() or 1) if asked is not None else None
            join(self._options.address, cores)
            self._joined = True
        return actor_count(self._options.actors, self._gpus_each, ray_module().cluster_resources())

    def _started(self) -> Any:
        kind = ray_module().remote(RenderingActor)
        chosen = kind.options(num_cpus=1, num_gpus=self._gpus_each, max_restarts=0, scheduling_strategy="SPREAD")
        return chosen.remote(self._name, self._context.scratch, self._context.options, self.fingerprint())


def actor_count(asked: int | None, gpus_each: float, resources: dict[str, float]) -> int:
    """How many actors: as asked, else one for each share of a GPU, or for two cores where none needs a GPU.

    Raises:
        RendererUnavailable: the cluster has no place for so many.
    """
    gpus, cores = resources.get("GPU", 0.0), int(resources.get("CPU", 0.0))
    places = min(cores, int(gpus / gpus_each)) if gpus_each else cores
    count = asked or (places if gpus_each else max(1, places // 2))
    if count > places or places == 0:
        each = f"a core and {gpus_each:g} GPU each" if gpus_each else "a core each"
        raise RendererUnavailable(
            f"ray: the cluster has {cores} cores and {gpus:g} GPUs, which is room for {places} actors of {each}; "
            f"{f'{count} are asked for, see {PREFIX}ACTORS' if asked else f'see {PREFIX}GPUS_PER_ACTOR'}"
        )
    return count
