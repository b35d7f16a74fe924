"""Overrides: the prompt of one variation, from its shot's prompt, its angle and what was written for it alone."""

from typing import Any

from pydantic import BaseModel

from moostik_assets.catalogue.models import Variation
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.angles import Angle, angle_of


def variation_prompt(shot_prompt: Prompt, variation: Variation) -> Prompt:
    """The prompt of a variation: its overrides win over its angle, its angle over the shot.

    A `customPrompt` stands in place of the shot's prompt, and wins over the angle, which fills in what it leaves
    empty. Overrides are merged into objects field by field; a list takes the place of the whole list, null empties.

    Raises:
        pydantic.ValidationError: the overrides are not part of a prompt; the message names the path.
    """
    angle = angle_of(variation.camera_angle)
    custom = variation.custom_prompt
    prompt = _with_angle(shot_prompt, angle) if custom is None else _filled_in(custom, angle)
    return _merged(prompt, variation.prompt_overrides) if variation.prompt_overrides else prompt


def _with_angle(prompt: Prompt, angle: Angle) -> Prompt:
    changes: dict[str, Any] = {"composition": prompt.composition.model_copy(update={"framing": angle.framing})}
    camera = _camera_of(angle)
    if camera:
        changes["camera"] = prompt.camera.model_copy(update=camera)
    return prompt.model_copy(update=changes)


def _filled_in(prompt: Prompt, angle: Angle) -> Prompt:
    changes: dict[str, Any] = {}
    if not prompt.composition.framing.strip():
        changes["composition"] = prompt.composition.model_copy(update={"framing": angle.framing})
    camera = {name: value for name, value in _camera_of(angle).items() if not getattr(prompt.camera, name).strip()}
    if camera:
        changes["camera"] = prompt.camera.model_copy(update=camera)
    return prompt.model_copy(update=changes) if changes else prompt


def _camera_of(angle: Angle) -> dict[str, str]:
    camera = {}
    if angle.lens_mm is not None:
        camera["lens_mm"] = str(angle.lens_mm)
    if angle.camera_angle:
        camera["angle"] = angle.camera_angle
    return camera


def _merged(prompt: Prompt, overrides: dict[str, Any]) -> Prompt:
    # A prompt is two objects deep, so one level of merging is all there is. Parts left alone stay the same objects.
    fields: dict[str, Any] = {name: getattr(prompt, name) for name in Prompt.model_fields}
    for name, value in overrides.items():
        current = fields.get(name)
        if isinstance(value, dict) and isinstance(current, BaseModel):
            value = {**current.model_dump(), **value}
        fields[name] = value
    return Prompt.model_validate(fields)
