"""Options of the ComfyUI renderer: MOOSTIK_COMFYUI_<OPTION>, over `rendererOptions.comfyui` of series.json."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from resources.rendering.base import RendererUnavailable

ENVIRONMENT_PREFIX = "MOOSTIK_COMFYUI_"
IGNORED = ("workers",)
"""Given to every renderer; here the servers decide how many images are made at once."""


class ComfyUIOptions(BaseModel):
    """What decides how the ComfyUI renderer works. Values may be texts, as the environment gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    servers: str = Field(default="http://127.0.0.1:8188", description="Addresses of the servers, with commas between")
    workflow: str = Field(default="", description="API-format workflow file with moostik: slots, in place of a family")
    bake_workflow: str = Field(default="", description="Likewise, for dressing a place for a theme")

    family: Literal["sd15", "sdxl", "flux"] = Field(default="sdxl", description="Kind of the model named below")
    checkpoint: str = Field(default="", description="All-in-one file, by the name under which the server lists it")
    unet: str = Field(default="", description="FLUX in parts: the diffusion model's file")
    clip1: str = Field(default="", description="FLUX in parts: the first text encoder (T5)")
    clip2: str = Field(default="", description="FLUX in parts: the second text encoder (CLIP-L)")
    vae: str = Field(default="", description="VAE file; needed for FLUX in parts, else the checkpoint's own")
    weight_dtype: str = Field(default="default", description="FLUX in parts: precision, as UNETLoader names it")
    loras: str = Field(default="", description="LoRA files as name:weight, with commas between")

    sampler: str = Field(default="euler", description="As KSampler names it")
    scheduler: str = Field(default="", description="As KSampler names it; empty: normal, for FLUX simple")
    steps: int | None = Field(default=None, ge=1, le=1000, description="Where the prompt names none; else the family's")
    guidance: float | None = Field(default=None, ge=0, le=100, description="Likewise")
    pixels: int | None = Field(default=None, ge=4096, le=64_000_000, description="Area of an image; else the family's")
    prompt_weights: bool = Field(default=False, description="Read (word:1.2) in prompts as ComfyUI does")

    background_strength: float = Field(
        default=0.6, gt=0, le=1, description="How much is made anew over the background of a shot"
    )
    bake_strength: float = Field(
        default=0.6, gt=0, le=1, description="How much is made anew where a place is dressed for a theme"
    )
    controlnet_canny: str = Field(default="", description="ControlNet file for Canny edges; it lets places be dressed")
    controlnet_depth: str = Field(default="", description="ControlNet file for depth; likewise")
    controlnet_scale: float = Field(default=0.8, ge=0, le=2, description="How firmly a ControlNet holds the structure")
    depth_node: str = Field(
        default="DepthAnythingV2Preprocessor", description="Node that draws the depth map (comfyui_controlnet_aux)"
    )
    ip_adapter: str = Field(default="", description="IP-Adapter file; for FLUX a Redux style model: reads references")
    clip_vision: str = Field(default="", description="CLIP vision file of the IP-Adapter or style model")
    ip_adapter_scale: float = Field(default=0.6, ge=0, le=3, description="How much the reference images count")

    timeout: float = Field(default=1800, gt=0, description="Seconds that one image may take once it is being made")
    patience: float = Field(default=120, ge=0, description="Seconds that a render waits while no server answers")

    @field_validator("steps", "guidance", "pixels", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("servers", mode="before")
    @classmethod
    def _joined(cls, value: Any) -> Any:
        return ",".join(map(str, value)) if isinstance(value, list) else value

    @field_validator("servers")
    @classmethod
    def _addresses(cls, text: str) -> str:
        addresses = [address for part in text.split(",") if (address := part.strip().rstrip("/"))]
        if not addresses:
            raise ValueError("names no server; write http://127.0.0.1:8188")
        for number, address in enumerate(addresses, start=1):
            try:
                parts = urlsplit(address)
                good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
            except ValueError:
                good = False
            if not good:
                raise ValueError(f"address {number} of {len(addresses)} is no http(s) URL like http://127.0.0.1:8188")
        return ",".join(dict.fromkeys(addresses))

    @field_validator("loras")
    @classmethod
    def _readable_loras(cls, text: str) -> str:
        _named_weights(text)
        return text

    @model_validator(mode="after")
    def _models_named(self) -> Self:
        if self.bake_workflow and not self.workflow:
            raise ValueError("bake_workflow stands beside workflow, which is not set")
        in_parts = (self.unet, self.clip1, self.clip2, self.vae)
        if self.workflow or (self.family != "flux" and self.checkpoint):
            missing: list[str] = []
        elif self.family != "flux":
            missing = ["checkpoint"]
        else:
            names = ("unet", "clip1", "clip2", "vae")
            missing = [] if self.checkpoint else [n for n, value in zip(names, in_parts, strict=True) if not value]
        if missing:
            raise ValueError(
                f"{self.family} needs {', '.join(missing)}: set "
                f"{', '.join(ENVIRONMENT_PREFIX + name.upper() for name in missing)}"
                f" or a workflow of your own ({ENVIRONMENT_PREFIX}WORKFLOW)"
            )
        if self.ip_adapter and not self.clip_vision:
            raise ValueError("ip_adapter needs clip_vision, the file of its image encoder")
        return self

    @property
    def addresses(self) -> list[str]:
        """Base URLs of the servers, without a slash at the end."""
        return self.servers.split(",")

    @property
    def lora_weights(self) -> list[tuple[str, float]]:
        """LoRA files and their weights, in order."""
        return _named_weights(self.loras)

    @property
    def model_files(self) -> list[tuple[str, str]]:
        """The named model files, each with the folder that servers keep its kind in."""
        named = [("checkpoints", self.checkpoint), ("diffusion_models", self.unet), ("vae", self.vae)]
        named += [("loras", name) for name, _ in self.lora_weights]
        named += [("controlnet", name) for name in self.controlnets.values()]
        return [(folder, name) for folder, name in named if name]

    @property
    def controlnets(self) -> dict[str, str]:
        """The named ControlNets by kind, the better kind first."""
        named = {"depth": self.controlnet_depth, "canny": self.controlnet_canny}
        return {kind: name for kind, name in named.items() if name}


def _named_weights(text: str) -> list[tuple[str, float]]:
    found = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, colon, weight = entry.rpartition(":")
        try:
            found.append((name, float(weight)) if colon else (entry, 1.0))
        except ValueError:
            raise ValueError(f"{entry!r}: write name:weight, as style.safetensors:0.8") from None
    return found


def parsed_options(options: Mapping[str, Any]) -> ComfyUIOptions:
    """The options, checked.

    Raises:
        RendererUnavailable: an option is unknown, missing, or has an impossible value; each such one is named.
    """
    known = ComfyUIOptions.model_fields
    given = {name: value for name, value in options.items() if name not in IGNORED}
    faults = []
    for name in sorted(set(given) - set(known)):
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
        faults.append(f"no option {name} ({ENVIRONMENT_PREFIX}{name.upper()}); {hint}")
    try:
        parsed = ComfyUIOptions.model_validate({name: value for name, value in given.items() if name in known})
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            said = fault["msg"].removeprefix("Value error, ")
            if not fault["loc"]:
                faults.append(said)
                continue
            name = str(fault["loc"][0])
            # An address may hold a password.
            value = "" if name == "servers" else f" is {given[name]!r}"
            faults.append(f"option {name} ({ENVIRONMENT_PREFIX}{name.upper()}){value}: {said}")
        raise RendererUnavailable(f"comfyui: {'; '.join(faults)}") from None
    if faults:
        raise RendererUnavailable(f"comfyui: {'; '.join(faults)}")
    return parsed
