"""The models that are ready to use: their inputs, and what an image costs at most."""

from dataclasses import dataclass

from resources.rendering.replicate.mapping import InputMapping

PRICES_AS_OF = "November 2025"
"""When the prices below were read off the models' pages; `usd_per_image` takes their place where they have changed."""

_FLUX_ASPECTS = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")


@dataclass(frozen=True)
class Resolution:
    """One size that a model can be asked for. `pixels`: area that requests are fitted to, less than what it gives."""

    pixels: int
    usd_per_image: float


@dataclass(frozen=True)
class ReadyModel:
    """A model whose inputs are known. Time in seconds."""

    mapping: InputMapping
    resolutions: dict[str, Resolution]
    """By the value of `resolution_input`; the first is the default."""
    resolution_input: str
    seconds_per_image: float
    max_prompt: int | None = None
    """In words."""


READY_MODELS: dict[str, ReadyModel] = {
    "google/nano-banana-pro": ReadyModel(
        mapping=InputMapping(
            aspect_ratio="aspect_ratio",
            aspect_ratios=("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"),
            references="image_input",
            references_limit=14,
            names_images=True,
            constants={"output_format": "png", "safety_filter_level": "block_only_high"},
        ),
        resolution_input="resolution",
        resolutions={
            "1K": Resolution(1280 * 720, 0.15),
            "2K": Resolution(2560 * 1440, 0.15),
            "4K": Resolution(5120 * 2880, 0.30),
        },
        seconds_per_image=35.0,
    ),
    "black-forest-labs/flux-kontext-pro": ReadyModel(
        mapping=InputMapping(
            seed="seed",
            aspect_ratio="aspect_ratio",
            aspect_ratios=_FLUX_ASPECTS,
            references="input_image",
            references_limit=1,
            constants={"output_format": "png", "prompt_upsampling": False},
        ),
        resolution_input="",
        resolutions={"1K": Resolution(1280 * 720, 0.04)},
        seconds_per_image=8.0,
        max_prompt=350,
    ),
    "black-forest-labs/flux-dev": ReadyModel(
        mapping=InputMapping(
            seed="seed",
            steps="num_inference_steps",
            guidance="guidance",
            aspect_ratio="aspect_ratio",
            aspect_ratios=_FLUX_ASPECTS,
            constants={"output_format": "png", "num_outputs": 1, "go_fast": False},
        ),
        resolution_input="megapixels",
        resolutions={"1": Resolution(1280 * 720, 0.025), "0.25": Resolution(640 * 360, 0.025)},
        seconds_per_image=8.0,
        max_prompt=350,
    ),
}
