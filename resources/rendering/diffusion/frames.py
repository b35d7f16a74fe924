"""One image, or a batch of like ones: the request as a call of the pipeline that suits it."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from resources.decoration_mask import checked_mask
from resources.rendering.diffusion.control_images import canny_image, depth_image
from resources.rendering.diffusion.families import PipelineKind
from resources.rendering.diffusion.inputs import ReadImage, picture_from, picture_of, working_size
from resources.rendering.diffusion.latents import encoded
from resources.rendering.diffusion.pictures import covering
from resources.rendering.diffusion.pipelines import LoadedModel
from resources.rendering.request import ImageInput, RenderRequest

_NEARLY_ALL = 0.9
_PICTURED = ("character", "location", "previous")
"""Roles of the references that an IP-Adapter is shown."""


@dataclass(frozen=True)
class Call:
    """A call of a pipeline for one image."""

    kind: PipelineKind
    size: tuple[int, int]
    """Width and height that it is painted at."""
    steps: int
    arguments: dict[str, Any]
    """What differs between images of a batch: embeddings, pictures."""
    shared: dict[str, Any]
    """What does not: numbers."""
    control: str | None = None
    plate: Image.Image | None = None
    """The master of a place that is dressed."""
    mask: Image.Image | None = None
    notes: list[str] = field(default_factory=list)


def call_of(model: LoadedModel, request: RenderRequest, read_image: ReadImage) -> Call:
    """How a request is rendered.

    Raises:
        ValueError: an input is missing, or no picture.
    """
    size = working_size(request.width, request.height, model.setup.pixels, model.family.size_multiple)
    steps = request.steps or model.setup.steps
    guidance = model.setup.guidance if request.guidance is None else request.guidance
    call = Call("txt2img", size, steps, {}, {"guidance_scale": guidance})
    if request.baking is not None:
        call = _dressing(model, request, call, read_image)
    elif request.background is not None:
        plate = covering(picture_of(request.background, read_image), *size)
        # As latents: of a picture, the pipeline would draw a sample of what the VAE thinks possible.
        latents = encoded(model.base.vae, [np.asarray(plate)], model.base._execution_device)
        call = _over(call, "img2img", latents, model.options.background_strength)
    if size != (request.width, request.height):
        made, asked = f"{size[0]} x {size[1]}", f"{request.width} x {request.height}"
        call.notes.append(f"painted at {made}, brought to {asked}")
    call.arguments.update(model.prompts.arguments(request.prompt, request.negative, model.guided(guidance)))
    if model.references is not None:
        images = _shown(model, request, read_image, call.notes)
        pipe = model.pipeline(call.kind, call.control)
        call.arguments.update(model.references.arguments(pipe, images, guided=model.guided(guidance)))
    return call


def _over(call: Call, kind: PipelineKind, picture: Any, strength: float) -> Call:
    """The same call, painted over a picture or its latents; of its steps, as many are made as the strength says."""
    steps = steps_over(call.steps, strength)
    arguments, shared = {**call.arguments, "image": picture}, {**call.shared, "strength": strength}
    return replace(call, kind=kind, steps=steps, arguments=arguments, shared=shared)


def steps_over(steps: int, strength: float) -> int:
    """So many steps at least that one is made, and one left out, unless nearly all of the picture is to go.

    Where none is left out, FLUX begins with nothing but noise, and never sees the picture.
    """
    while int(steps * strength) < 1 or (strength <= _NEARLY_ALL and steps * (1 - strength) < 1):
        steps += 1
    return steps


def _dressing(model: LoadedModel, request: RenderRequest, call: Call, read_image: ReadImage) -> Call:
    """A place dressed for a theme: a ControlNet holds its structure where there is one; the mask says where."""
    if request.background is None:
        raise ValueError("a place is to be dressed, and the request has no master plate")
    plate = picture_of(request.background, read_image)
    if plate.size != (request.width, request.height):
        asked = f"{request.width} x {request.height}"
        raise ValueError(
            f"the master of {request.background.entity} has {plate.width} x {plate.height} pixels, not {asked}"
        )
    mask = None
    if request.mask is not None and request.mask.sha256 is not None:
        mask = checked_mask(read_image(request.mask.sha256), (request.width, request.height))
    control = request.control if request.control in model.setup.controlnets else None
    if request.control and control is None:
        call.notes.append(f"no ControlNet for {request.control}: the strength alone keeps the structure")
    whole: PipelineKind = "img2img" if control is None else "control_img2img"
    masked: PipelineKind = "inpaint" if control is None else "control_inpaint"
    small = plate.resize(call.size, Image.Resampling.LANCZOS)
    kind = whole if mask is None else masked
    dressed = _over(call, kind, small, model.options.bake_strength)
    dressed = replace(dressed, control=control, plate=plate, mask=mask)
    if mask is not None:
        dressed.arguments["mask_image"] = mask.resize(call.size, Image.Resampling.BILINEAR)
    if control is not None:
        dressed.arguments["control_image"] = _control_image(model, control, small, call.notes)
        dressed.shared["controlnet_conditioning_scale"] = model.options.controlnet_scale
        dressed.shared["control_mode"] = model.control_mode(control)
    return dressed


def _shown(
    model: LoadedModel, request: RenderRequest, read_image: ReadImage, notes: list[str]
) -> list[tuple[str, bytes]]:
    """Hash and bytes of the references that the IP-Adapter is shown; one that cannot be had is noted."""
    found = []
    for image in request.references:
        if image.role in _PICTURED:
            data = _bytes_of(image, read_image)
            if data is None or image.sha256 is None:
                notes.append(f"reference {image.entity} left out: its bytes cannot be had")
            else:
                found.append((image.sha256, data))
    return found


def _bytes_of(image: ImageInput, read_image: ReadImage) -> bytes | None:
    if image.sha256 is None:
        return None
    try:
        return read_image(image.sha256)
    except KeyError:
        return None


def painted(model: LoadedModel, calls: Sequence[Call], seeds: Sequence[int]) -> list[Image.Image]:
    """The pictures of some calls of one kind, size and steps, made at once; each has a generator of its own.

    Raises:
        ValueError: the model gave no picture.
    """
    import torch

    first = calls[0]
    pipe = model.pipeline(first.kind, first.control)
    taken = inspect.signature(pipe.__call__).parameters
    arguments = {name: _together([call.arguments[name] for call in calls]) for name in first.arguments}
    arguments |= first.shared
    arguments |= {"width": first.size[0], "height": first.size[1], "num_inference_steps": first.steps}
    if model.family.denoiser == "transformer":
        arguments["max_sequence_length"] = model.setup.prompt_limit
    # On the CPU whatever the device: the noise of a seed is the same everywhere, and of each image its own.
    generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
    arguments["generator"] = generators if len(generators) > 1 else generators[0]
    found = pipe(**{name: value for name, value in arguments.items() if name in taken}, output_type="np").images
    return [picture_from(values) for values in found]


def _together(values: Sequence[Any]) -> Any:
    import torch

    if len(values) == 1:
        return values[0]
    return torch.cat(list(values)) if isinstance(values[0], torch.Tensor) else list(values)


def finished(call: Call, request: RenderRequest, picture: Image.Image) -> Image.Image:
    """The picture at the size that was asked for; where a mask is hard, with the master's own pixels outside it."""
    size = (request.width, request.height)
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    if request.baking is not None and request.baking.mask_mode == "hard" and call.mask is not None:
        assert call.plate is not None
        picture = Image.composite(picture, call.plate, call.mask)
    return picture


def _control_image(model: LoadedModel, kind: str, plate: Image.Image, notes: list[str]) -> Image.Image:
    if kind == "canny":
        return canny_image(plate)
    if model.setup.depth_model is None:
        notes.append("depth estimated from the picture's light and height, without a model")
    return depth_image(plate, model.setup.depth_model)
