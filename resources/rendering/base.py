"""The renderer protocol, version 1: what a renderer can do, is, and gives back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from resources.rendering.request import DreamMode, RenderRequest

API_VERSION = 1
MAX_REFERENCES = 14


@dataclass(frozen=True)
class Capabilities:
    """What a renderer can do; the rooms fit the request to it, and say what was dropped."""

    seed: bool = True
    negative: bool = True
    max_references: int = MAX_REFERENCES
    control: tuple[str, ...] = ()
    inpaint: bool = False
    img2img: bool = False
    max_prompt: int | None = None
    """Longest prompt, in what the renderer's `count_prompt` counts (words where it has none); None: no limit."""
    parallel: int = 1
    """Images in flight at once."""
    bakes: bool = False
    """Dresses a place for a theme: takes requests with `baking`."""
    composes: bool = False
    """Reads `RenderRequest.staging` and places the cast itself."""
    dreams: tuple[DreamMode, ...] = ()
    """Ways in which it makes the frames between two keyframes: takes requests with `dreaming`."""
    pixels: int = 1280 * 720
    """Area of an image, in pixels, that the size of a request is fitted to."""
    size_multiple: int = 8
    """Width and height are multiples of it."""
    usd_per_image: float = 0.0
    seconds_per_image: float = 1.0
    """A first guess; measured seconds replace it."""
    vram_bytes: int = 0
    """GPU memory that one worker needs; 0: none, or not known. The limit of the pool `gpu` follows from it."""


class RendererUnavailable(Exception):
    """The renderer cannot work at all (no key, no model, no server); says what to do."""


@dataclass(frozen=True)
class Rendered:
    """One request done: its PNG bytes, or why there are none. Time in seconds, cost in US dollars."""

    request: RenderRequest
    png: bytes | None = None
    error: str | None = None
    seconds: float = 0.0
    usd: float = 0.0
    notes: tuple[str, ...] = ()
    """What was left out or replaced (a reference that could not be had, no seed, ...), for the metadata."""
    thumbnail: bytes | None = None
    """A small JPEG (at most 256 pixels wide), where the renderer had the pixels at hand."""
    payment: str = ""
    """What the remote side calls the job that was paid, so that it is counted once however often it is told."""


@dataclass(frozen=True)
class RendererContext:
    """What a renderer is built with. `read_image` gives the bytes of an input by its sha256 (KeyError: not there).

    `read_image` can be pickled, so that worker processes can hold it.
    """

    read_image: Callable[[str], bytes]
    scratch: Path
    """A folder for what must survive a crash (job ids), made on demand."""
    options: dict[str, Any] = field(default_factory=dict)
    """Of the series (`rendererOptions`), and of the environment over them, where every value is a text."""


@runtime_checkable
class Renderer(Protocol):
    """Turns requests into images. Built by its entry point with a `RendererContext`."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def fingerprint(self) -> dict[str, Any]:
        """JSON that goes into each request: name, version, and whatever else decides its pixels."""
        ...

    def validate(self) -> None:
        """Raise RendererUnavailable before any work where it cannot work."""
        ...

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Give each image as it is done, in any order; a failed one as a Rendered with `error`, never an exception."""
        ...

    def close(self) -> None:
        """Free workers, memory, connections."""
        ...


def costs(renderer: Renderer) -> bool:
    """Whether its images are paid for."""
    return renderer.capabilities.usd_per_image > 0


@dataclass(frozen=True)
class Engine:
    """What requests are fitted to: a renderer's name, capabilities, fingerprint, and its way to count a prompt."""

    name: str
    capabilities: Capabilities
    fingerprint: dict[str, Any]
    count_prompt: Callable[[str], int] | None = None

    @property
    def reference_limit(self) -> int:
        """How many reference images a request may carry: the series' own limit of 14, or the renderer's."""
        return min(MAX_REFERENCES, self.capabilities.max_references)
