"""Frames of dreams: between two keyframes, out of the frame before, or both; and keyframes that remember an image."""

from collections import OrderedDict
from dataclasses import replace
from math import pi, sin
from typing import Any
from weakref import WeakKeyDictionary

from PIL import Image

from resources.rendering.diffusion.frames import Call, call_of, finished, painted
from resources.rendering.diffusion.inputs import ReadImage, picture_of, working_size
from resources.rendering.diffusion.latents import decoded, encoded, slerp
from resources.rendering.diffusion.pictures import covering
from resources.rendering.diffusion.pipelines import LoadedModel
from resources.rendering.request import Dreaming, ImageInput, ImageRole, RenderRequest

PULL = 0.35
"""Hybrid: how far a frame is drawn from the one before it to the way between the keyframes, where this way begins."""
MEMORY_SHARE = 0.5
"""How far a frame goes over to a remembered image that is put into it: a keyframe, or a frame half-way."""
MEMORY_STRENGTH = 0.6
"""How much of a remembered image is made anew for a keyframe that does not say it."""
LEAST_STRENGTH = 0.02
"""Below it nothing is made anew: noise so faint would need a schedule of more than 50 steps for one."""
_KEPT = 8


def dream_frame(model: LoadedModel, request: RenderRequest, read_image: ReadImage, notes: list[str]) -> Image.Image:
    """The frame of a request with `dreaming`, RGB, of the request's size.

    - `interpolate`: the spherical mean of the two keyframes' latents at `position`, decoded: at 0 and 1 the keyframes
      themselves, but for what the VAE loses.
    - `img2img`: made anew from the frame before, as far as `strength` says, for the mean of the two scenes' prompts.
    - `hybrid`: likewise, but begun between the frame before and the way between the keyframes, ever nearer to that way;
      and less and less is made anew towards both ends, so that the last frame is the second keyframe.

    A `memory` goes into what a frame begins with. Between keyframes it comes and goes with the position, most of it
    half-way. A keyframe (without `keyframe` images) is made from its memory, or from its text alone.

    Args:
        notes: what was left out is added to them; a memory that cannot be had is.

    Raises:
        ValueError: another input is missing, or no picture.
    """
    assert request.dreaming is not None
    start, strength = _beginning(model, request, request.dreaming, read_image, notes)
    own = tuple(image for image in request.references if image.role in ("character", "location"))
    if start is None:
        call = call_of(model, replace(request, references=own), read_image)
        notes += call.notes
        return finished(call, request, painted(model, [call], [request.seed])[0])
    if strength < LEAST_STRENGTH:
        size = (request.width, request.height)
        return Image.fromarray(decoded(model.base.vae, start)[0]).resize(size, Image.Resampling.LANCZOS)
    call = call_of(model, replace(request, references=own, background=None), read_image)
    notes += call.notes
    call = _made_anew(call, start, strength)
    call.arguments.update(_mixed_prompts(model, request.dreaming, model.guided(call.shared["guidance_scale"])))
    return finished(call, request, painted(model, [call], [request.seed])[0])


def _beginning(
    model: LoadedModel, request: RenderRequest, dreaming: Dreaming, read_image: ReadImage, notes: list[str]
) -> tuple[Any | None, float]:
    """The latents that a frame begins with, and how much of them is made anew. None: it begins with nothing."""
    size = working_size(request.width, request.height, model.setup.pixels, model.family.size_multiple)
    found: dict[ImageRole, list[Any]] = {"keyframe": [], "previous": [], "memory": []}
    for image in request.references:
        if image.role in found:
            try:
                found[image.role].append(_latents(model, image, size, read_image))
            except ValueError as error:
                if image.role != "memory":
                    raise
                notes.append(f"left out: {error}")
    keyframes, previous, memory = found["keyframe"], found["previous"], found["memory"]
    if not keyframes:
        before = previous[0] if previous and dreaming.mode != "interpolate" else None
        if memory:
            start = memory[0] if before is None else slerp(before, memory[0], MEMORY_SHARE)
            return start, dreaming.strength or MEMORY_STRENGTH
        return before, dreaming.strength
    position, strength = dreaming.position, dreaming.strength
    way = slerp(keyframes[0], keyframes[-1], position)
    if dreaming.mode == "interpolate":
        start, strength = way, 0.0
    elif dreaming.mode == "img2img":
        start = (previous or keyframes)[0]
        # The frame before holds what it remembered: it goes towards the way between the keyframes.
        start = slerp(start, way, position**3) if memory else start
    else:
        start = slerp(previous[0], way, pull(position)) if previous else way
        strength *= 4 * position * (1 - position)
    return (slerp(start, memory[0], MEMORY_SHARE * sin(pi * position)) if memory else start), strength


def _made_anew(call: Call, start: Any, strength: float) -> Call:
    """The same call, begun with latents. Of its steps, as many are made as the strength says: one at least."""
    steps = call.steps
    while int(steps * strength) < 1:
        steps += 1
    arguments, shared = {**call.arguments, "image": start}, {**call.shared, "strength": strength}
    return replace(call, kind="img2img", steps=steps, arguments=arguments, shared=shared)


def pull(position: float) -> float:
    """How far a hybrid frame is drawn to the way between the keyframes, 0..1: wholly at the end of it."""
    return PULL + (1 - PULL) * position * position


def _latents(model: LoadedModel, image: ImageInput, size: tuple[int, int], read_image: ReadImage) -> Any:
    """The latents of an image at a size; those of the last images are kept, as frames share their keyframes."""
    kept = _KEPT_LATENTS.setdefault(model, OrderedDict())
    # In tiles, where memory ran out, they are slightly others.
    key = (image.sha256, size, model.base.vae.use_tiling)
    if key not in kept:
        # Through the pipeline, which moves the VAE to its device where it is offloaded.
        device = model.pipeline("img2img")._execution_device
        pixels = _pixels(image, size, read_image)
        kept[key] = encoded(model.base.vae, [pixels], device)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


_KEPT_LATENTS: "WeakKeyDictionary[LoadedModel, OrderedDict[Any, Any]]" = WeakKeyDictionary()


def _pixels(image: ImageInput, size: tuple[int, int], read_image: ReadImage) -> Any:
    import numpy as np

    return np.asarray(covering(picture_of(image, read_image), *size))


def _mixed_prompts(model: LoadedModel, dreaming: Dreaming, guided: bool) -> dict[str, Any]:
    """What the prompts of the two scenes come to at the frame's position, token by token; {} where there are none."""
    if not dreaming.scenes:
        return {}
    first, last = (
        model.prompts.arguments(scene.prompt, scene.negative, guided)
        for scene in (dreaming.scenes[0], dreaming.scenes[-1])
    )
    empty = model.prompts.arguments("", "", guided)
    mixed = {}
    for name in first.keys() & last.keys():
        if not hasattr(first[name], "shape"):
            mixed[name] = first[name]
            continue
        a, b = _of_one_length(first[name], last[name], empty.get(name))
        mixed[name] = slerp(a.flatten(0, -2), b.flatten(0, -2), dreaming.position).reshape(a.shape)
    return mixed


def _of_one_length(a: Any, b: Any, empty: Any) -> tuple[Any, Any]:
    """Two encodings (1, tokens, width), the shorter one filled up with that of empty text."""
    import torch

    if a.shape == b.shape:
        return a, b
    length = max(a.shape[1], b.shape[1])
    filled = []
    for one in (a, b):
        copies = -(-(length - one.shape[1]) // empty.shape[1])
        filled.append(torch.cat([one, *[empty] * copies], dim=1)[:, :length])
    return filled[0], filled[1]
