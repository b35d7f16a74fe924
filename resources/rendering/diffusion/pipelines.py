"""A model in memory: its pipelines, which share all parts, on its device."""

import inspect
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.adapters import ReferenceEncodings, load_adapters
from resources.rendering.diffusion.determinism import prepare_environment
from resources.rendering.diffusion.families import Family, PipelineKind
from resources.rendering.diffusion.memory import (
    WORKING_BYTES_PER_PIXEL,
    Offload,
    free_bytes,
    give_back,
    is_out_of_memory,
    offload_for,
)
from resources.rendering.diffusion.options import DiffusersOptions
from resources.rendering.diffusion.prompt_encodings import PromptEncodings
from resources.rendering.diffusion.schedulers import new_scheduler
from resources.rendering.diffusion.setup import Setup
from resources.rendering.diffusion.weights import model_variant

_SMALL_TILE = 512
"""Side in pixels of the VAE's tiles where memory ran out."""


class LoadedModel:
    """A model and what goes with it, ready to render.

    Raises:
        RendererUnavailable: its files cannot be loaded, or the device is not there.
    """

    def __init__(self, setup: Setup) -> None:
        import torch

        prepare_environment()
        _silence_libraries()
        self.setup = setup
        self.device = torch.device(setup.device)
        self.dtype: torch.dtype = getattr(torch, setup.dtype)
        self._check_device(torch)
        self.base = self._loaded()
        self._pipelines: dict[tuple[PipelineKind, str | None], Any] = {}
        self._controlnets: dict[str, Any] = {}
        self._placed: Any = None
        self.offload: Offload = self._offload()
        self._prepare()
        self._place(self.base)
        self.prompts = PromptEncodings(self.base, self.family, setup.prompt_limit, self.options.true_guidance)
        scale = self.options.ip_adapter_scale
        self.references = ReferenceEncodings(self.base, scale) if setup.ip_adapter is not None else None
        self.bytes_per_pixel = WORKING_BYTES_PER_PIXEL * (2.0 if setup.dtype == "float32" else 1.0)

    @property
    def family(self) -> Family:
        """The model's family."""
        return self.setup.family

    @property
    def options(self) -> DiffusersOptions:
        """The options that it was loaded with."""
        return self.setup.options

    def guided(self, guidance: float) -> bool:
        """Whether the pipelines of a UNet work with a negative beside the prompt at this guidance."""
        return guidance > 1 and not self.setup.consistent

    def pipeline(self, kind: PipelineKind, control: str | None = None) -> Any:
        """The pipeline of a kind, with a scheduler that has made no image yet; `control`: which ControlNet it has."""
        pipe = self.base if kind == "txt2img" else self._pipelines.get((kind, control))
        if pipe is None:
            more = {} if control is None else {"controlnet": self._controlnet(control)}
            pipe = self._pipelines[(kind, control)] = self._built(self.family.pipelines[kind], more)
        self._place(pipe)
        pipe.scheduler = new_scheduler(*self.setup.scheduler)
        return pipe

    def control_mode(self, kind: str) -> int | None:
        """What a ControlNet of FLUX for several kinds calls this one; None where it is for one kind."""
        if self.family.denoiser == "unet" or not self._controlnet(kind).config.get("num_mode"):
            return None
        return _UNION_MODES[kind]

    @contextmanager
    def smaller(self) -> Iterator[None]:
        """A smaller working set for one image: the VAE in tiles, and parts of the model off the GPU."""
        vae = self.base.vae
        names = ("tile_sample_min_size", "tile_latent_min_size", "use_tiling", "use_slicing")
        before = {name: getattr(vae, name) for name in names if hasattr(vae, name)}
        if self.device.type == "cuda" and self.offload != "sequential":
            self.offload, self._placed = ("model" if self.offload == "none" else "sequential"), None
        vae.enable_tiling()
        vae.enable_slicing()
        if hasattr(vae, "tile_sample_min_size") and vae.tile_sample_min_size > _SMALL_TILE:
            vae.tile_sample_min_size = _SMALL_TILE
            vae.tile_latent_min_size = _SMALL_TILE // self.setup.vae_factor
        try:
            yield
        finally:
            # The next image must not depend on what happened to this one.
            for name, value in before.items():
                setattr(vae, name, value)

    @contextmanager
    def measuring(self, pixels: int) -> Iterator[None]:
        """Learn from an image of so many pixels how much GPU memory one takes."""
        import torch

        if self.device.type != "cuda":
            yield
            return
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        yield
        self.bytes_per_pixel = (torch.cuda.max_memory_allocated() - before) / pixels

    def close(self) -> None:
        """Give the memory back."""
        for pipe in (self.base, *self._pipelines.values()):
            if self.offload != "none":
                pipe.remove_all_hooks()
        self._pipelines.clear()
        self._controlnets.clear()
        del self.base, self.prompts, self.references
        self._placed = None
        give_back(self.device.type)

    def _check_device(self, torch: Any) -> None:
        there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
        if not there[self.device.type]:
            raise RendererUnavailable(
                f"diffusers: torch {torch.__version__} cannot use {self.device.type} here; "
                "set MOOSTIK_DIFFUSERS_DEVICE=cpu, or install torch for this GPU"
            )

    def _loaded(self) -> Any:
        files = self.setup.files
        cls = _class(self.family.pipelines["txt2img"])
        unused = dict.fromkeys(set(inspect.signature(cls.__init__).parameters) & set(_ABSENT))
        common: dict[str, Any] = {"local_files_only": True, **unused}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # of diffusers, for those who write models
                pipe = self._read(cls, common)
        except _UNREADABLE as error:
            if is_out_of_memory(error):
                raise
            raise RendererUnavailable(f"diffusers: {files.root} cannot be loaded: {_first_line(error)}") from error
        load_adapters(pipe, self.setup.ip_adapter, self.setup.image_encoder, self.setup.loras)
        return self._quiet(pipe)

    def _read(self, cls: Any, common: dict[str, Any]) -> Any:
        files = self.setup.files
        if files.single:
            return cls.from_single_file(str(files.root), config=str(files.configs), torch_dtype=self.dtype, **common)
        return cls.from_pretrained(str(files.root), dtype=self.dtype, variant=files.variant, **common)

    def _built(self, class_name: str, more: dict[str, Any]) -> Any:
        """Another pipeline of the same parts, whose weights are not copied or converted."""
        cls = _class(class_name)
        wanted = set(inspect.signature(cls.__init__).parameters)
        parts = {name: part for name, part in self.base.components.items() if name in wanted}
        flags = {"requires_safety_checker": False, "add_watermarker": False}
        flags["force_zeros_for_empty_prompt"] = self.base.config.get("force_zeros_for_empty_prompt", True)
        return self._quiet(cls(**parts, **more, **{name: flag for name, flag in flags.items() if name in wanted}))

    def _quiet(self, pipe: Any) -> Any:
        pipe.set_progress_bar_config(disable=True)
        if hasattr(pipe, "watermark"):
            pipe.watermark = None
        return pipe

    def _controlnet(self, kind: str) -> Any:
        if kind not in self._controlnets:
            self._controlnets[kind] = self._loaded_controlnet(kind)
        return self._controlnets[kind]

    def _loaded_controlnet(self, kind: str) -> Any:
        folder = self.setup.controlnets[kind]
        try:
            net = _class(self.family.controlnet).from_pretrained(
                str(folder), dtype=self.dtype, variant=model_variant(folder), local_files_only=True
            )
        except _UNREADABLE as error:
            raise ValueError(f"the ControlNet for {kind} in {folder} cannot be loaded: {_first_line(error)}") from error
        return net.to(self.device) if self.offload == "none" else net

    def _offload(self) -> Offload:
        if self.device.type != "cuda":
            return "none"
        if self.options.offload != "auto":
            return self.options.offload
        working = self.setup.pixels * WORKING_BYTES_PER_PIXEL
        return offload_for(free_bytes("cuda") or 0, self.setup.component_bytes, working)

    def _prepare(self) -> None:
        if self.options.vae_tiling:
            self.base.vae.enable_tiling()
        if self.options.compile:
            from torch._inductor import config

            config.deterministic = True
            denoiser = getattr(self.base, self.family.denoiser)
            denoiser.compile_repeated_blocks(fullgraph=True)

    def _place(self, pipe: Any) -> None:
        """Have a pipeline's parts where they run. Where parts are moved to and fro, hooks belong to one pipeline."""
        if self._placed is not None and self._placed() is pipe:
            return
        if self.offload == "none":
            pipe.to(self.device, silence_dtype_warnings=True)
        elif self.offload == "model":
            pipe.enable_model_cpu_offload(device=self.device)
        else:
            pipe.enable_sequential_cpu_offload(device=self.device)
        self._placed = weakref.ref(pipe)


_UNREADABLE = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError)
"""What diffusers and transformers raise over files that are no model, or not of this version."""
_UNION_MODES = {"canny": 0, "depth": 2}
"""Of the union ControlNets of InstantX and Shakker Labs for FLUX.1."""
_ABSENT = ("safety_checker", "feature_extractor", "image_encoder")


def _class(name: str) -> Any:
    return getattr(import_module("diffusers"), name)


def _silence_libraries() -> None:
    """No progress bars, and no warnings of what is meant to be so; errors come as exceptions."""
    from transformers.utils import logging as of_transformers

    of_transformers.set_verbosity_error()
    of_transformers.disable_progress_bar()
    from diffusers.utils import logging as of_diffusers

    of_diffusers.set_verbosity_error()
    of_diffusers.disable_progress_bar()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
