"""What the options come to on this machine, found out without importing torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from resources.file_hashes import FileHashes
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.adapters import image_encoder_beside
from resources.rendering.diffusion.devices import best_device, precision
from resources.rendering.diffusion.families import (
    FAMILIES,
    FLUX_SCHNELL_PROMPT_LIMIT,
    FLUX_SCHNELL_STEPS,
    LCM_STEPS,
    Family,
)
from resources.rendering.diffusion.options import DiffusersOptions
from resources.rendering.diffusion.places import CONFIGS, Fetch, fetched_configs, fetched_model, fetched_pipeline, found
from resources.rendering.diffusion.requirements import check_controlnet, minor_version, opencv_version
from resources.rendering.diffusion.schedulers import scheduler_identity, scheduler_of
from resources.rendering.diffusion.weights import (
    INDEX,
    ModelFiles,
    family_of_file,
    file_identity,
    model_identity,
    model_weights,
    pipeline_files,
    read_json,
    single_file,
)
from resources.rendering.preview.encode import deflate_probe

VERSION = 2
"""Raised with every change that may change an image's bytes."""
_PACKAGES = ("torch", "diffusers", "transformers")
_SINGLE_FILES = (".safetensors", ".ckpt")


@dataclass(frozen=True)
class Setup:
    """A model, what goes with it, and how it runs."""

    options: DiffusersOptions
    files: ModelFiles
    device: str
    dtype: str
    scheduler: tuple[str, Mapping[str, Any]]
    """Class name and config."""
    controlnets: Mapping[str, Path]
    """Folders by kind."""
    depth_model: Path | None
    ip_adapter: Path | None
    image_encoder: Path | None
    loras: tuple[tuple[Path, float], ...]

    @property
    def family(self) -> Family:
        """The model's family."""
        return self.files.family

    @property
    def pixels(self) -> int:
        """Area of an image: as asked, else the size that the model was made for."""
        if self.options.pixels is not None:
            return self.options.pixels
        if self.family.denoiser == "transformer":
            return self.family.pixels
        sample = self.files.config("unet").get("sample_size")
        if not isinstance(sample, int):
            return self.family.pixels
        return (sample * self.vae_factor) ** 2

    @property
    def vae_factor(self) -> int:
        """Pixels along a side of one latent."""
        return 2 ** (len(self.files.config("vae").get("block_out_channels", [0] * 4)) - 1)

    @property
    def schnell(self) -> bool:
        """Whether it is a FLUX that was distilled for few steps."""
        transformer = self.family.denoiser == "transformer"
        return transformer and not self.files.config("transformer").get("guidance_embeds", False)

    @property
    def consistent(self) -> bool:
        """Whether its UNet is a latent consistency model: few steps, guidance as an input, no negative prompt.

        Source: S. Luo and others, Latent Consistency Models, 2023, section 4.2.
        """
        return self.family.denoiser == "unet" and self.files.config("unet").get("time_cond_proj_dim") is not None

    @property
    def steps(self) -> int:
        """Steps where a request names none."""
        few = FLUX_SCHNELL_STEPS if self.schnell else LCM_STEPS if self.consistent else None
        return self.options.steps or few or self.family.steps

    @property
    def guidance(self) -> float:
        """Guidance where a request names none."""
        return self.family.guidance if self.options.guidance is None else self.options.guidance

    @property
    def prompt_limit(self) -> int | None:
        """Tokens that are read of a prompt; None: all."""
        return FLUX_SCHNELL_PROMPT_LIMIT if self.schnell else self.family.prompt_limit

    @property
    def reads_negative(self) -> bool:
        """Whether a negative prompt is read."""
        if self.family.denoiser == "unet":
            return not self.consistent
        return self.options.true_guidance > 1

    @property
    def needs_opencv(self) -> bool:
        """Whether a ControlNet is shown what OpenCV finds: edges, or a depth that no model estimates."""
        return "canny" in self.controlnets or ("depth" in self.controlnets and self.depth_model is None)

    @property
    def model_bytes(self) -> int:
        """Bytes of the model's weights in memory."""
        return sum(self.component_bytes.values())

    @property
    def component_bytes(self) -> dict[str, int]:
        """Bytes of each component's weights in memory."""
        each = 4 if self.dtype == "float32" else 2
        return {name: count * each for name, count in self.files.parameters.items()}

    def fingerprint(self, hashes: FileHashes) -> dict[str, Any]:
        """Everything but the request that decides pixels. No path is in it."""
        options = self.options
        return {
            "name": "diffusers",
            "version": VERSION,
            "family": self.family.name,
            "model": self.files.identity(hashes),
            "scheduler": scheduler_identity(*self.scheduler),
            "steps": self.steps,
            "guidance": self.guidance,
            "pixels": self.pixels,
            "dtype": self.dtype,
            "device": self.device,
            "mode": options.mode if options.mode == "exact" else f"throughput, {options.batch} at once",
            "backgroundStrength": options.background_strength,
            "bakeStrength": options.bake_strength,
            "deflate": deflate_probe(),
            **{name: minor_version(name) for name in _PACKAGES},
            **self._additions(hashes),
        }

    def _additions(self, hashes: FileHashes) -> dict[str, Any]:
        """What is there only where it was asked for: an option that is not used changes no recipe."""
        options, found = self.options, {}
        for kind, folder in self.controlnets.items():
            found[f"controlnet_{kind}"] = model_identity(folder, hashes)
        if self.controlnets:
            found["controlnetScale"] = options.controlnet_scale
        if self.needs_opencv:
            found["opencv"] = opencv_version()
        if self.depth_model is not None:
            found["depthModel"] = model_identity(self.depth_model, hashes)
        if self.ip_adapter is not None and self.image_encoder is not None:
            found["ipAdapter"] = file_identity(self.ip_adapter, hashes)
            found["imageEncoder"] = model_identity(self.image_encoder, hashes)
            found["ipAdapterScale"] = options.ip_adapter_scale
        if self.loras:
            found["loras"] = [[file_identity(file, hashes), weight] for file, weight in self.loras]
        if self.family.denoiser == "transformer":
            found["trueGuidance"] = options.true_guidance
        if self.device == "cpu":
            found["cpuThreads"] = options.cpu_threads
        if options.vae_tiling:
            found["vaeTiling"] = True
        if options.compile:
            found["compile"] = True
        return found


def setup_of(options: DiffusersOptions) -> Setup:
    """What some options come to.

    Raises:
        RendererUnavailable: a package, the model, or what goes with it is missing; or they do not go together.
    """
    for package in (*_PACKAGES, "accelerate", *(["peft"] if options.loras else [])):
        minor_version(package)
    files = _model(options)
    family = files.family
    device = best_device() if options.device == "auto" else options.device
    if options.device not in ("auto", "cpu", best_device()):
        raise RendererUnavailable(
            f"diffusers: MOOSTIK_DIFFUSERS_DEVICE is {options.device}, which the installed torch does not have here; "
            f"auto takes {best_device()}"
        )
    fetch = _fetch_of_a_model(options)
    controlnets = {kind: found(at, f"controlnet_{kind}", fetch=fetch) for kind, at in options.controlnets.items()}
    for kind, folder in controlnets.items():
        check_controlnet(f"MOOSTIK_DIFFUSERS_CONTROLNET_{kind.upper()}", folder, files)
    ip_adapter = _file(options.ip_adapter, "ip_adapter") if options.ip_adapter else None
    for file, _ in options.lora_files:
        if not file.is_file():
            raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_LORAS names {file}, which is no file")
    setup = Setup(
        options=options,
        files=files,
        device=device,
        dtype=precision(options.dtype, device, family.half),
        scheduler=scheduler_of(options.scheduler, family, files.config("scheduler")),
        controlnets=controlnets,
        depth_model=found(options.depth_model, "depth_model", fetch=fetch) if options.depth_model else None,
        ip_adapter=ip_adapter,
        image_encoder=_image_encoder(options, ip_adapter) if ip_adapter is not None else None,
        loras=tuple((file.absolute(), weight) for file, weight in options.lora_files),
    )
    if setup.consistent and controlnets:
        # Of diffusers' pipelines those with a ControlNet, over a picture, do not give such a UNet its guidance.
        raise RendererUnavailable(
            f"diffusers: {options.model} is a latent consistency model, which takes no ControlNet here; "
            "take the plain model with an LCM LoRA (MOOSTIK_DIFFUSERS_LORAS, MOOSTIK_DIFFUSERS_SCHEDULER=lcm)"
        )
    return setup


def _model(options: DiffusersOptions) -> ModelFiles:
    if not options.model:
        raise RendererUnavailable(
            "diffusers: no model is named; set MOOSTIK_DIFFUSERS_MODEL (or rendererOptions.diffusers.model in "
            "series.json) to a folder with model_index.json, a .safetensors file, or a hub id"
        )
    whole = partial(pipeline_files, variant=options.variant, family=options.family)
    fetch = Fetch(partial(fetched_pipeline, variant=options.variant), whole) if options.download else None
    root = found(options.model, "model", revision=options.revision, fetch=fetch)
    if root.is_dir():
        return pipeline_files(root, options.variant, options.family)
    if root.suffix not in _SINGLE_FILES:
        raise RendererUnavailable(f"diffusers: {root} is neither a folder nor a {' or '.join(_SINGLE_FILES)} file")
    family = options.family if options.family != "auto" else family_of_file(root).name
    return single_file(root, _configs(options, family), family)


def _configs(options: DiffusersOptions, family: str) -> Path:
    where = options.config or FAMILIES[family].config_source
    fetch = Fetch(fetched_configs, lambda folder: read_json(folder / INDEX)) if options.download else None
    folder = found(where, "config", fetch=fetch, only=CONFIGS)
    if not folder.is_dir():
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_CONFIG names {folder}, which is no folder")
    return folder


def _image_encoder(options: DiffusersOptions, ip_adapter: Path) -> Path:
    if options.image_encoder:
        return found(options.image_encoder, "image_encoder", fetch=_fetch_of_a_model(options))
    beside = image_encoder_beside(ip_adapter)
    if beside is None:
        raise RendererUnavailable(
            f"diffusers: the IP-Adapter {ip_adapter.name} needs its CLIP image encoder, and none lies beside it; "
            "set MOOSTIK_DIFFUSERS_IMAGE_ENCODER to its folder"
        )
    return beside


def _fetch_of_a_model(options: DiffusersOptions) -> Fetch | None:
    return Fetch(fetched_model, model_weights) if options.download else None


def _file(where: str, option: str) -> Path:
    path = Path(where).expanduser()
    if not path.is_file():
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_{option.upper()} names {where}, which is no file")
    return path.absolute()
