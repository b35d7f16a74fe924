"""Options of the diffusers renderer: MOOSTIK_DIFFUSERS_<OPTION>, over `rendererOptions.diffusers` of series.json."""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from resources.rendering.base import RendererUnavailable

ENVIRONMENT_PREFIX = "MOOSTIK_DIFFUSERS_"
IGNORED = ("workers",)
"""Given to every renderer; one model is loaded once here, whatever it says."""


class DiffusersOptions(BaseModel):
    """What decides how the diffusers renderer works. Values may be texts, as the environment gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    model: str = Field(
        default="", description="Folder with model_index.json, a .safetensors or .ckpt file, or a hub id in the cache"
    )
    revision: str = Field(default="", description="Branch, tag or commit of a hub id; empty: main")
    variant: str = Field(
        default="",
        description="Variant of the weight files (fp16); empty: the plain ones, fp16 where there are no others",
    )
    config: str = Field(
        default="", description="For a single file: folder or hub id with the model's configs and tokenizers"
    )
    download: bool = Field(default=False, description="Fetch what is not in the hub cache")
    family: Literal["auto", "sd15", "sdxl", "flux"] = Field(default="auto", description="auto: by the model's files")
    device: Literal["auto", "cuda", "mps", "cpu"] = Field(default="auto", description="auto: the best there is")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        default="auto", description="auto: half precision on a GPU (bfloat16 for FLUX), float32 on the CPU"
    )
    scheduler: str = Field(
        default="auto",
        description="Class name, as EulerDiscreteScheduler, or a short name, as dpm++; auto: the model's",
    )
    steps: int | None = Field(default=None, ge=1, le=1000, description="Where the prompt names none; else the family's")
    guidance: float | None = Field(default=None, ge=0, le=100, description="Likewise")
    true_guidance: float = Field(
        default=1.0, ge=1, le=100, description="FLUX: above 1, negative prompts are read, at twice the time"
    )
    pixels: int | None = Field(
        default=None, ge=64, le=16_000_000, description="Area of an image; empty: what the model was made for"
    )
    mode: Literal["exact", "throughput"] = Field(
        default="exact", description="exact: each image alone; throughput: `batch` images at once"
    )
    batch: int = Field(default=4, ge=1, le=64, description="Images at once in throughput mode")
    background_strength: float = Field(
        default=0.6, ge=0.05, le=1, description="How much is made anew over the background of a shot"
    )
    bake_strength: float = Field(
        default=0.6, ge=0.05, le=1, description="How much is made anew where a place is dressed for a theme"
    )
    controlnet_canny: str = Field(default="", description="Folder or hub id of a ControlNet for Canny edges")
    controlnet_depth: str = Field(default="", description="Folder or hub id of a ControlNet for depth")
    controlnet_scale: float = Field(default=0.8, ge=0, le=2, description="How firmly a ControlNet holds the structure")
    depth_model: str = Field(
        default="",
        description="Folder of a depth estimator (transformers) for ControlNet depth; empty: a classical estimate",
    )
    ip_adapter: str = Field(default="", description="File of an IP-Adapter (.safetensors or .bin) for reference images")
    image_encoder: str = Field(
        default="", description="Folder of the IP-Adapter's CLIP image encoder; empty: beside it"
    )
    ip_adapter_scale: float = Field(default=0.6, ge=0, le=2, description="How much the reference images count")
    loras: str = Field(default="", description="LoRA files as path:weight, with commas between them")
    offload: Literal["auto", "none", "model", "sequential"] = Field(
        default="auto", description="What leaves the GPU while it is not used; auto: by its free memory"
    )
    cpu_threads: int = Field(
        default=4, ge=1, le=256, description="Threads on the CPU; their number decides the last bits of pixels"
    )
    vae_tiling: bool = Field(default=False, description="Decode in tiles: less memory, slightly other pixels")
    compile: bool = Field(default=False, description="torch.compile: a slow first image, faster ones after it")

    @field_validator("loras")
    @classmethod
    def _readable_loras(cls, text: str) -> str:
        lora_list(text)
        return text

    @field_validator("steps", "guidance", "pixels", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @property
    def lora_files(self) -> list[tuple[Path, float]]:
        """LoRA files and their weights."""
        return lora_list(self.loras)

    @property
    def controlnets(self) -> dict[str, str]:
        """The configured ControlNets by kind."""
        named = {"depth": self.controlnet_depth, "canny": self.controlnet_canny}
        return {kind: where for kind, where in named.items() if where}


def lora_list(text: str) -> list[tuple[Path, float]]:
    """`a.safetensors:0.8, b.safetensors` as paths and weights; a weight left out is 1.

    Raises:
        ValueError: an entry without a path, or with a weight that is no number.
    """
    found = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        path, colon, weight = entry.rpartition(":")
        if not colon or "/" in weight or "\\" in weight or weight.endswith((".safetensors", ".bin")):
            path, weight = entry, "1"
        try:
            found.append((Path(path).expanduser(), float(weight)))
        except ValueError:
            raise ValueError(f"{entry!r}: write path:weight, as style.safetensors:0.8") from None
    return found


def parsed_options(options: Mapping[str, Any]) -> DiffusersOptions:
    """The options, checked.

    Raises:
        RendererUnavailable: an option is unknown or has an impossible value; each such one is named.
    """
    known = DiffusersOptions.model_fields
    given = {name: value for name, value in options.items() if name not in IGNORED}
    faults = []
    for name in sorted(set(given) - set(known)):
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
        faults.append(f"no option {name} ({ENVIRONMENT_PREFIX}{name.upper()}); {hint}")
    try:
        parsed = DiffusersOptions.model_validate({name: value for name, value in given.items() if name in known})
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0])
            faults.append(f"option {name} ({ENVIRONMENT_PREFIX}{name.upper()}) is {fault['input']!r}: {fault['msg']}")
        raise RendererUnavailable(f"diffusers: {'; '.join(faults)}") from None
    if faults:
        raise RendererUnavailable(f"diffusers: {'; '.join(faults)}")
    return parsed
