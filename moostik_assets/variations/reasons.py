"""Why an image is stale: the difference between the request that made it and the one of now, in a person's words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from moostik_assets.variations.prepare import PreparedVariation
from resources.image_store import StoredImage
from resources.rendering.request import ImageInput, Layer, RenderRequest, request_from_json

FIRST_IMAGE = "first image"
ASKED_AGAIN = "asked for again (--force)"
MADE_AGAIN = "made again: its image was damaged or gone from the store"
RECORDED_AGAIN = "the same image, recorded again"
RESTORED = "restored: pinned to an earlier version"

_HASH = re.compile("[0-9a-f]{40,64}")
_PLAIN_FIELDS = {"seed": "seed", "steps": "steps", "guidance": "guidance", "control": "control"}


def reasons_of_change(before: StoredImage, now: RenderRequest, variation: PreparedVariation) -> list[str]:
    """Reasons, each naming one thing that changed; empty where the two requests are equal."""
    try:
        then = request_from_json(before.request)
    except ValueError:
        return [f"recipe: schema {before.request.get('schema')} -> {now.schema}"]
    reasons = _prompt_reasons(before.facts.get("promptJson"), variation)
    for name, label in _PLAIN_FIELDS.items():
        old, new = getattr(then, name), getattr(now, name)
        if old != new:
            take = before.facts.get("take", 0)
            why = f" (take {take} -> {variation.take})" if name == "seed" and take != variation.take else ""
            reasons.append(f"{label}: {old} -> {new}{why}")
    if (then.width, then.height) != (now.width, now.height):
        reasons.append(f"size: {then.width}x{then.height} -> {now.width}x{now.height}")
    reasons += _reference_reasons(then.references, now.references)
    reasons += _renderer_reasons(then.renderer, now.renderer)
    if then.layers != now.layers:
        reasons.append(f"effects: {_kinds(then)} -> {_kinds(now)}")
    for name in ("background", "mask"):
        if getattr(then, name) != getattr(now, name):
            reasons.append(f"{name} replaced")
    if not reasons:
        others = ("prompt", "negative", "staging")
        reasons += [f"{name}: changed" for name in others if getattr(then, name) != getattr(now, name)]
    return reasons


def reason_of_image(before: StoredImage | None, now: RenderRequest, variation: PreparedVariation) -> str:
    """Why an image took the place of another one: what is said of it in the history."""
    if before is None:
        return "in place of an image that the store does not know any more"
    reasons = reasons_of_change(before, now, variation)
    take = before.facts.get("take", 0)
    if take != variation.take:
        reasons = [f"take {take} -> {variation.take}", *(why for why in reasons if not why.startswith("seed: "))]
    return "; ".join(reasons) or "its recipe is not the one that was published"


def _kinds(request: RenderRequest) -> str:
    return ", ".join(_effect(layer) for layer in request.layers) or "none"


def _effect(layer: Layer) -> str:
    details = ([f"{layer.strength:g}"] if layer.strength != 1 else []) + ([layer.colour] if layer.colour else [])
    return f"{layer.kind} ({', '.join(details)})" if details else layer.kind


def _prompt_reasons(before: Any, variation: PreparedVariation) -> list[str]:
    if not isinstance(before, Mapping):
        return []
    now = variation.seen.prompt.model_dump(exclude_defaults=True, mode="json")
    return [f"prompt: {path} changed" for path in _changed_paths(before, now, "") if path != "parameters.seed"]


def _changed_paths(before: Mapping[str, Any], now: Mapping[str, Any], prefix: str) -> list[str]:
    paths = []
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            paths += _changed_paths(old, new, f"{prefix}{name}.")
        else:
            paths.append(f"{prefix}{name}")
    return paths


def _reference_reasons(then: Sequence[ImageInput], now: Sequence[ImageInput]) -> list[str]:
    reasons = []
    groups = list(dict.fromkeys((image.role, image.entity) for image in (*then, *now)))
    for role, entity in groups:
        old = [image for image in then if (image.role, image.entity) == (role, entity)]
        new = [image for image in now if (image.role, image.entity) == (role, entity)]
        if old == new:
            continue
        if role == "previous":
            reasons.append(f"previous: the image of {entity} changed" if old and new else f"previous: {entity}")
        elif not old:
            reasons.append(f"reference {entity}: added")
        elif not new:
            reasons.append(f"reference {entity}: removed")
        elif sorted(map(repr, old)) == sorted(map(repr, new)):
            reasons.append(f"reference {entity}: order of its images changed")
        elif len(old) != len(new):
            reasons.append(f"reference {entity}: {len(old)} images -> {len(new)}")
        else:
            changed = [index for index, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
            reasons += [f"reference {entity}: image {index + 1} of {len(new)} replaced" for index in changed]
    if not reasons and tuple(then) != tuple(now):
        reasons.append("references: their order changed")
    return reasons


def _renderer_reasons(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    if then == now:
        return []
    if then.get("name") != now.get("name"):
        return [f"renderer: {then.get('name')} -> {now.get('name')}"]
    reasons = []
    old, new = dict(_leaves(then)), dict(_leaves(now))
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            label = f"renderer: {now.get('name')}" if name == "version" else f"renderer: {name}"
            reasons.append(f"{label} {_short(old.get(name))} -> {_short(new.get(name))}")
    return reasons


def _leaves(fingerprint: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a fingerprint by their dotted names."""
    for name, value in fingerprint.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _short(value: Any) -> Any:
    """A hash by its first characters; anything else as it is."""
    return value[:12] if isinstance(value, str) and _HASH.fullmatch(value) else value
