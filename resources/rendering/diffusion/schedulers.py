"""Schedulers by name, and what of them decides the pixels."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from resources.canonical import sha256_of_json
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.families import Family

SHORT_NAMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "dpm++": ("DPMSolverMultistepScheduler", {}),
    "dpm++_karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "dpm++_sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_a": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "pndm": ("PNDMScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
}
_FLOW = "FlowMatch"
_HASH_DIGITS = 12


def scheduler_of(name: str, family: Family, config: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Class name and config of a scheduler: the model's own for "auto", else the named one with the model's config.

    Raises:
        RendererUnavailable: there is no such scheduler, or it does not suit the family.
    """
    own = {key: value for key, value in config.items() if not key.startswith("_")}
    if name == "auto":
        return str(config.get("_class_name", "")), own
    class_name, more = SHORT_NAMES.get(name.lower(), (name, {}))
    if class_name not in _classes():
        near = get_close_matches(name, [*SHORT_NAMES, *_classes()], n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(SHORT_NAMES)}, and those of diffusers"
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_SCHEDULER names {name!r}; {hint}")
    if class_name.startswith(_FLOW) != (family.denoiser == "transformer"):
        kind = f"one of flow matching ({_FLOW}...)" if family.denoiser == "transformer" else "no flow matching"
        raise RendererUnavailable(f"diffusers: MOOSTIK_DIFFUSERS_SCHEDULER is {name}; {family.name} takes {kind}")
    return class_name, {**own, **more}


def scheduler_identity(class_name: str, config: Mapping[str, Any]) -> str:
    """`EulerDiscreteScheduler 0123456789ab`: the class, and a hash of its config."""
    return f"{class_name} {sha256_of_json(dict(config))[:_HASH_DIGITS]}"


def new_scheduler(class_name: str, config: Mapping[str, Any]) -> Any:
    """A scheduler that has made no image yet: some keep state of the last one."""
    import diffusers

    return getattr(diffusers, class_name).from_config(dict(config))


@cache
def _classes() -> frozenset[str]:
    """The schedulers of the installed diffusers, read from its files: to import it takes seconds."""
    spec = find_spec("diffusers")
    if spec is None or spec.origin is None:
        return frozenset()
    files = (Path(spec.origin).parent / "schedulers").glob("scheduling_*.py")
    texts = (file.read_text(encoding="utf-8") for file in files if "flax" not in file.name)
    return frozenset(name for text in texts for name in re.findall(r"^class (\w+Scheduler)\(", text, re.MULTILINE))
