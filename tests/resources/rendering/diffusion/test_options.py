"""Options as people write them: texts of the environment, and what is wrong with them."""

from pathlib import Path

import pytest

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.families import FLUX, SDXL
from resources.rendering.diffusion.options import parsed_options
from resources.rendering.diffusion.schedulers import scheduler_of


def test_texts_become_values():
    found = parsed_options(
        {
            "model": "models/xl",
            "steps": "12",
            "guidance": "3.5",
            "download": "true",
            "loras": "a b.safetensors:0.8, /m/c.safetensors ,d:1",
            "controlnet_canny": "nets/canny",
            "workers": 4,
        }
    )
    assert (found.steps, found.guidance, found.download, found.mode) == (12, 3.5, True, "exact")
    assert found.lora_files == [(Path("a b.safetensors"), 0.8), (Path("/m/c.safetensors"), 1.0), (Path("d"), 1.0)]
    assert found.controlnets == {"canny": "nets/canny"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"guidence": "x"}, "no option guidence (MOOSTIK_DIFFUSERS_GUIDENCE); did you mean guidance?"),
        ({"steps": "many"}, "option steps (MOOSTIK_DIFFUSERS_STEPS) is 'many'"),
        ({"mode": "quick"}, "'exact' or 'throughput'"),
        ({"background_strength": "1.5"}, "less than or equal to 1"),
        ({"loras": "a.safetensors:strong"}, "write path:weight"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, str], said: str):
    with pytest.raises(RendererUnavailable) as fault:
        parsed_options(options)
    assert said in str(fault.value)


def test_schedulers_by_name():
    own = {"_class_name": "EulerDiscreteScheduler", "_diffusers_version": "0.30.0", "beta_start": 0.1}
    assert scheduler_of("auto", SDXL, own) == ("EulerDiscreteScheduler", {"beta_start": 0.1})
    name, config = scheduler_of("dpm++_karras", SDXL, own)
    assert (name, config["use_karras_sigmas"], config["beta_start"]) == ("DPMSolverMultistepScheduler", True, 0.1)
    with pytest.raises(RendererUnavailable, match="did you mean DDIMScheduler"):
        scheduler_of("DDIMSchedular", SDXL, own)
    with pytest.raises(RendererUnavailable, match="flux takes one of flow matching"):
        scheduler_of("ddim", FLUX, own)
