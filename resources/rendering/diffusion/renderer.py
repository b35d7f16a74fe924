"""The diffusers renderer: any model of the families SD 1.5, SDXL and FLUX, in this process."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from time import perf_counter
from typing import Any

from PIL import Image

from resources.file_hashes import FileHashes
from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.diffusion.batches import batches
from resources.rendering.diffusion.memory import (
    WORKING_BYTES_PER_PIXEL,
    free_bytes,
    give_back,
    gpu_bytes,
    is_out_of_memory,
    what_fits,
)
from resources.rendering.diffusion.options import DiffusersOptions, parsed_options
from resources.rendering.diffusion.prompt_encodings import prompt_counter
from resources.rendering.diffusion.setup import Setup, setup_of
from resources.rendering.preview.encode import png_of
from resources.rendering.request import RenderRequest
from resources.thumbnails import jpeg_thumbnail

MAX_SHOWN_REFERENCES = 4
"""An IP-Adapter takes more, but each one is seen the less."""
_SHORT_ID = 12


class DiffusersRenderer:
    """Renders with a model on this machine, which stays loaded until `close`. Options: see `DiffusersOptions`.

    Exact mode (the default): each image is made alone, with a scheduler and a generator of its own, so that its bytes
    depend on its request alone. The same request gives the same bytes on the same kind of machine: other GPUs, other
    versions of torch and other CPUs round differently.

    Throughput mode: `batch` images of one size and length of prompt at once. A batch is always full (the last one is
    repeated in the empty places), and its size is part of the recipe; but the last bits of a pixel may still depend on
    the place in the batch and on the neighbours, which the notes name. So a replay is promised to look the same, not to
    be the same byte for byte.
    """

    def __init__(self, context: RendererContext) -> None:
        self._context = context
        self._hashes = FileHashes(context.scratch / "file-hashes.json")
        self._loaded: Any = None

    @cached_property
    def _options(self) -> DiffusersOptions:
        return parsed_options(self._context.options)

    @cached_property
    def _setup(self) -> Setup:
        return setup_of(self._options)

    @cached_property
    def _fingerprint(self) -> dict[str, Any]:
        found = self._setup.fingerprint(self._hashes)
        self._hashes.save()
        return found

    @cached_property
    def _counter(self) -> Callable[[str], int]:
        return prompt_counter(self._setup.files.configs, self._setup.family)

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, with its model and what was configured beside it.

        Raises:
            RendererUnavailable: the model, or something that goes with it, is missing.
        """
        setup = self._setup
        on_gpu = setup.device == "cuda"
        working = setup.pixels * WORKING_BYTES_PER_PIXEL
        return Capabilities(
            seed=True,
            negative=setup.reads_negative,
            max_references=MAX_SHOWN_REFERENCES if setup.ip_adapter is not None else 0,
            control=tuple(setup.controlnets),
            inpaint=True,
            img2img=True,
            max_prompt=setup.prompt_limit,
            bakes=True,
            dreams=("img2img", "interpolate", "hybrid"),
            pixels=setup.pixels,
            size_multiple=setup.family.size_multiple,
            seconds_per_image=setup.family.seconds_per_image,
            vram_bytes=gpu_bytes(self._options.offload, setup.component_bytes, working) if on_gpu else 0,
        )

    def fingerprint(self) -> dict[str, Any]:
        """Versions, hashes of all weights and configs, scheduler, precision, device, mode.

        Raises:
            RendererUnavailable: the model, or something that goes with it, is missing.
        """
        return dict(self._fingerprint)

    def validate(self) -> None:
        """Look at the options, the packages, and that all files of the model are there and whole; nothing is loaded.

        Raises:
            RendererUnavailable: something is missing; names it, and the command that fetches it.
        """
        _ = self._fingerprint

    def count_prompt(self, text: str) -> int:
        """Tokens of a prompt, counted with the model's own tokenizer."""
        return self._counter(text)

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Each image as it is done; one that cannot be made as a Rendered with the reason."""
        if self._options.mode == "exact":
            for request in requests:
                yield self._alone(request)
            return
        keyed = ((self._batch_key(request), request) for request in requests)
        for together in batches(keyed, self._options.batch):
            if self._batch_key(together[0]) is None:
                yield self._alone(together[0])
            else:
                yield from self._at_once(together)

    def close(self) -> None:
        """Give the model's memory back."""
        model, self._loaded = self._loaded, None
        if model is not None and not isinstance(model, RendererUnavailable):
            model.close()

    def _model(self) -> Any:
        """The model, loaded when it is first needed. One that cannot be loaded is not tried again for each image."""
        if self._loaded is None:
            from resources.rendering.diffusion.pipelines import LoadedModel

            try:
                self._loaded = LoadedModel(self._setup)
            except RendererUnavailable as unavailable:
                self._loaded = unavailable
            except Exception as error:  # on the way to its device: of torch, accelerate or the driver
                self._loaded = self._not_loaded(error)
        if isinstance(self._loaded, RendererUnavailable):
            raise self._loaded
        return self._loaded

    def _not_loaded(self, error: Exception) -> RendererUnavailable:
        give_back(self._setup.device)
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        if is_out_of_memory(error):
            on_gpu = self._setup.device == "cuda" and self._options.offload != "sequential"
            how = "set MOOSTIK_DIFFUSERS_OFFLOAD=sequential" if on_gpu else "end what else uses memory"
            said = f"memory ran out while it was loaded ({said}); {how}, or take a smaller model"
        return RendererUnavailable(f"diffusers: {self._setup.files.root} cannot be loaded: {said}")

    def _batch_key(self, request: RenderRequest) -> Hashable | None:
        """Requests of equal keys can be painted at once; None: alone."""
        if request.baking is not None or request.dreaming is not None or self._setup.ip_adapter is not None:
            return None
        try:
            model = self._model()
            guidance = self._setup.guidance if request.guidance is None else request.guidance
            length = model.prompts.length(request.prompt, request.negative, model.guided(guidance))
        except RendererUnavailable:
            return None
        over = request.background is not None
        return request.width, request.height, request.steps, request.guidance, over, length

    def _alone(self, request: RenderRequest) -> Rendered:
        return self._made([request], padded_to=1)[0]

    def _at_once(self, requests: Sequence[RenderRequest]) -> list[Rendered]:
        made = self._made(requests, padded_to=self._options.batch)
        if not any(one.error for one in made) or len(requests) == 1:
            return made
        # One bad input fails its whole batch: made alone, the others do not suffer for it.
        return [self._made([request], padded_to=self._options.batch)[0] for request in requests]

    def _made(self, requests: Sequence[RenderRequest], padded_to: int) -> list[Rendered]:
        """The requests painted at once; all of them failed where the batch fails."""
        began = perf_counter()
        notes: list[str] = []
        try:
            pictures = self._painted(requests, padded_to, notes)
        except Exception as error:  # the next image may be fine: an image's fault never stops the others
            text, seconds = self._said(error, requests[0]), (perf_counter() - began) / len(requests)
            return [Rendered(request, error=f"diffusers: {text}", seconds=seconds) for request in requests]
        if padded_to > 1:
            names = ", ".join(request.recipe_id[:_SHORT_ID] for request in requests)
            notes.append(f"made in a batch of {padded_to} ({names}): the same up to rounding only")
        seconds = (perf_counter() - began) / len(requests)
        said = tuple(dict.fromkeys(notes))
        return [
            Rendered(request, png=png_of(picture), seconds=seconds, notes=said, thumbnail=jpeg_thumbnail(picture))
            for request, picture in zip(requests, pictures, strict=True)
        ]

    def _painted(self, requests: Sequence[RenderRequest], padded_to: int, notes: list[str]) -> list[Image.Image]:
        """The pictures; where memory ran out, tried once more with a smaller working set."""
        model = self._model()
        try:
            return self._tried(model, requests, padded_to, notes)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            first_error = str(error).splitlines()[0]
        # Outside the except block, whose traceback holds on to the tensors of the first try.
        give_back(model.device.type)
        with model.smaller():
            pictures = self._tried(model, requests, padded_to, notes)
        notes.append(f"memory ran out once ({first_error}): decoded in tiles, whose pixels differ slightly")
        return pictures

    def _tried(
        self, model: Any, requests: Sequence[RenderRequest], padded_to: int, notes: list[str]
    ) -> list[Image.Image]:
        import torch

        from resources.rendering.diffusion.determinism import deterministic
        from resources.rendering.diffusion.dreaming import dream_frame
        from resources.rendering.diffusion.frames import call_of, finished, painted

        read_image = self._context.read_image
        pixels = padded_to * requests[0].width * requests[0].height
        with torch.inference_mode(), deterministic(notes, self._options.cpu_threads), model.measuring(pixels):
            if requests[0].dreaming is not None:
                return [dream_frame(model, request, read_image, notes) for request in requests]
            calls = [call_of(model, request, read_image) for request in requests]
            padding = padded_to - len(calls)
            seeds = [request.seed for request in requests]
            made = painted(model, [*calls, *calls[-1:] * padding], [*seeds, *seeds[-1:] * padding])
            for call in calls:
                notes += call.notes
            pairs = zip(calls, requests, made[: len(calls)], strict=True)
            return [finished(call, request, picture) for call, request, picture in pairs]

    def _said(self, error: Exception, request: RenderRequest) -> str:
        """An error in a person's words; where memory ran out, what would fit."""
        text = str(error) or type(error).__name__
        if isinstance(error, RendererUnavailable):
            return text.removeprefix("diffusers: ")
        if not is_out_of_memory(error):
            return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
        model = self._model()
        give_back(model.device.type)
        free = free_bytes(model.device.type) or 0
        size = what_fits(request.width, request.height, free, model.bytes_per_pixel, model.family.size_multiple)
        smaller = f"about {size[0]} x {size[1]} would fit" if size else "not even a small image would fit"
        more = "; or set MOOSTIK_DIFFUSERS_OFFLOAD=sequential" if model.device.type == "cuda" else ""
        return (
            f"out of memory at {request.width} x {request.height}, also with a smaller working set; "
            f"{free / 1e9:.1f} GB are free: {smaller}{more}"
        )
