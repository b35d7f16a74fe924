"""What the options come to on this machine, found out without importing torch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from resources.file_hashes import FileHashes
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.adapters import image_encoder_beside
from resources.rendering.diffusion.devices import best_device, precision
from resources.rendering.diffusion.families import FAMILIES, FLUX_SCHNELL_PROMPT_LIMIT, FLUX_SCHNELL_STEPS, Family
from resources.rendering.diffusion.options import DiffusersOptions
from resources.rendering.diffusion.places import fetched_model, fetched_pipeline, found
from resources.rendering.diffusion.schedulers import scheduler_identity, scheduler_of
from resources.rendering.diffusion.weights import (
    ModelFiles,
    family_of_file,
    file_identity,
    model_identity,
    pipeline_files,
    single_file,
)
from resources.rendering.preview.encode import deflate_probe

VERSION = 1
"""Raised with every change that may change an image's bytes."""
_PACKAGES = ("torch", "diffusers", "transformers")
_SINGLE_FILES = (".safetensors", ".ckpt")
_CONFIGS = ("*.json", "*.txt", "*.model")


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
    def steps(self) -> int:
        """Steps where a request names none."""
        return self.options.steps or (FLUX_SCHNELL_STEPS if self.schnell else self.family.steps)

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
        return self.family.denoiser == "unet" or self.options.true_guidance > 1

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
            **{name: _minor(name) for name in _PACKAGES},
            **self._additions(hashes),
        }

    def _additions(self, hashes: FileHashes) -> dict[str, Any]:
        """What is there only where it was asked for: an option that is not used changes no recipe."""
        options, found = self.options, {}
        for kind, folder in self.controlnets.items():
            found[f"controlnet_{kind}"] = model_identity(folder, hashes)
        if self.controlnets:
            found["controlnetScale"] = options.controlnet_scale
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
    for package in _PACKAGES:
        _minor(package)
    needed = {"cv2": bool(options.controlnets), "peft": bool(options.loras)}
    for module, package in (("cv2", "opencv-python-headless"), ("peft", "peft")):
        if needed[module] and find_spec(module) is None:
            raise RendererUnavailable(
                f"diffusers: {package} is not installed; run: pip install 'moostik-assets[local]'"
            )
    files = _model(options)
    family = files.family
    device = best_device() if options.device == "auto" else options.device
    if options.device not in ("auto", "cpu", best_device()):
        raise RendererUnavailable(
            f"diffusers: MOOSTIK_DIFFUSERS_DEVICE is {options.device}, which the installed torch does not have here; "
            f"auto takes {best_device()}"
        )
    fetch = fetched_model if options.download else None
    controlnets = {kind: found(at, f"controlnet_{kind}", fetch=fetch) for kind, at in options.controlnets.items()}
    ip_adapter = _file(options.ip_adapter, "ip_adapter") if options.ip_adapter else None
    for file, _ in options.lora_files:
        if not file.is_file():
            raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_LORAS names {file}, which is no file")
    return Setup(
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


def _model(options: DiffusersOptions) -> ModelFiles:
    if not options.model:
        raise RendererUnavailable(
            "diffusers: no model is named; set MOOSTIK_DIFFUSERS_MODEL (or rendererOptions.diffusers.model in "
            "series.json) to a folder with model_index.json, a .safetensors file, or a hub id"
        )
    fetch = fetched_pipeline if options.download else None
    root = found(options.model, "model", revision=options.revision, fetch=fetch)
    if root.is_dir():
        return pipeline_files(root, options.variant, options.family)
    if root.suffix not in _SINGLE_FILES:
        raise RendererUnavailable(f"diffusers: {root} is neither a folder nor a {' or '.join(_SINGLE_FILES)} file")
    family = options.family if options.family != "auto" else family_of_file(root).name
    return single_file(root, _configs(options, family), family)


def _configs(options: DiffusersOptions, family: str) -> Path:
    where = options.config or FAMILIES[family].config_source
    folder = found(where, "config", fetch=fetched_model if options.download else None, only=_CONFIGS)
    if not folder.is_dir():
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_CONFIG names {folder}, which is no folder")
    return folder


def _image_encoder(options: DiffusersOptions, ip_adapter: Path) -> Path:
    if options.image_encoder:
        return found(options.image_encoder, "image_encoder", fetch=fetched_model if options.download else None)
    beside = image_encoder_beside(ip_adapter)
    if beside is None:
        raise RendererUnavailable(
            f"diffusers: the IP-Adapter {ip_adapter.name} needs its CLIP image encoder, and none lies beside it; "
            "set MOOSTIK_DIFFUSERS_IMAGE_ENCODER to its folder"
        )
    return beside


def _file(where: str, option: str) -> Path:
    path = Path(where).expanduser()
    if not path.is_file():
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_{option.upper()} names {where}, which is no file")
    return path.absolute()


def _minor(package: str) -> str:
    """`2.13` of an installed package; a build (+cu130, +cpu) is left out: the device says that.

    Raises:
        RendererUnavailable: it is not installed.
    """
    try:
        parts = re.findall(r"\d+", version(package))
    except PackageNotFoundError:
        raise RendererUnavailable(
            f"diffusers: {package} is not installed; run: pip install 'moostik-assets[local]'"
        ) from None
    return ".".join(parts[:2])
