"""The model families, and what differs between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

PipelineKind = Literal["txt2img", "img2img", "inpaint", "control_img2img", "control_inpaint"]
ControlKind = Literal["canny", "depth"]


@dataclass(frozen=True)
class Family:
    """What a family's pipelines are called, and what they are made for."""

    name: str
    pipelines: Mapping[PipelineKind, str]
    """Class names in diffusers."""
    controlnet: str
    denoiser: Literal["unet", "transformer"]
    pixels: int
    """Area of an image where the model's config names no size."""
    size_multiple: int
    steps: int
    guidance: float
    half: Literal["float16", "bfloat16"]
    """Precision on a GPU."""
    prompt_limit: int | None
    """Tokens of a prompt; None: longer ones are read in chunks."""
    config_source: str
    """A hub id that has the configs and tokenizers of a single file."""
    seconds_per_image: float
    """On a current GPU: a first guess."""


SD15 = Family(
    name="sd15",
    pipelines={
        "txt2img": "StableDiffusionPipeline",
        "img2img": "StableDiffusionImg2ImgPipeline",
        "inpaint": "StableDiffusionInpaintPipeline",
        "control_img2img": "StableDiffusionControlNetImg2ImgPipeline",
        "control_inpaint": "StableDiffusionControlNetInpaintPipeline",
    },
    controlnet="ControlNetModel",
    denoiser="unet",
    pixels=512 * 512,
    size_multiple=8,
    steps=30,
    guidance=7.5,
    half="float16",
    prompt_limit=None,
    config_source="stable-diffusion-v1-5/stable-diffusion-v1-5",
    seconds_per_image=2.0,
)
SDXL = Family(
    name="sdxl",
    pipelines={
        "txt2img": "StableDiffusionXLPipeline",
        "img2img": "StableDiffusionXLImg2ImgPipeline",
        "inpaint": "StableDiffusionXLInpaintPipeline",
        "control_img2img": "StableDiffusionXLControlNetImg2ImgPipeline",
        "control_inpaint": "StableDiffusionXLControlNetInpaintPipeline",
    },
    controlnet="ControlNetModel",
    denoiser="unet",
    pixels=1024 * 1024,
    size_multiple=8,
    steps=30,
    guidance=5.0,
    half="float16",
    prompt_limit=None,
    config_source="stabilityai/stable-diffusion-xl-base-1.0",
    seconds_per_image=5.0,
)
FLUX = Family(
    name="flux",
    pipelines={
        "txt2img": "FluxPipeline",
        "img2img": "FluxImg2ImgPipeline",
        "inpaint": "FluxInpaintPipeline",
        "control_img2img": "FluxControlNetImg2ImgPipeline",
        "control_inpaint": "FluxControlNetInpaintPipeline",
    },
    controlnet="FluxControlNetModel",
    denoiser="transformer",
    pixels=1024 * 1024,
    size_multiple=16,
    steps=28,
    guidance=3.5,
    half="bfloat16",
    prompt_limit=512,
    config_source="black-forest-labs/FLUX.1-dev",
    seconds_per_image=15.0,
)
FAMILIES = {family.name: family for family in (SD15, SDXL, FLUX)}
FLUX_SCHNELL_STEPS = 4
FLUX_SCHNELL_PROMPT_LIMIT = 256
"""A FLUX without guidance embeddings was distilled for few steps and short prompts."""
LCM_STEPS = 4
"""A latent consistency model was distilled for few steps."""


def family_of_pipeline(class_name: str) -> Family | None:
    """The family whose text-to-image pipeline is called so; None where there is none."""
    return next((family for family in FAMILIES.values() if family.pipelines["txt2img"] == class_name), None)


def family_of_weights(names: Mapping[str, Any]) -> Family | None:
    """The family of a single file, by the names of its tensors; None where they are of none of them."""
    if any(name.startswith("conditioner.embedders.1.") for name in names):
        return SDXL
    if any("double_blocks." in name for name in names):
        return FLUX
    if any(name.startswith("cond_stage_model.") for name in names):
        return SD15
    return None
