"""The frames of a night: which are keyframes, what lies between them, and the request of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.chances import night_seed
from resources.rendering.request import Dreaming, DreamMode, ImageInput, RenderRequest

MODES: tuple[DreamMode, ...] = ("hybrid", "interpolate", "img2img")
"""The preferred one first."""
DIGITS = 6
"""Of a position."""


@dataclass(frozen=True)
class Frame:
    """One frame of a night. Numbers count from 1; a stretch is what lies between two keyframes."""

    number: int
    kind: Literal["keyframe", "between"]
    stretch: int
    """Index of the keyframe that it is, or that its stretch begins with."""
    position: float = 0.0
    """0 at that keyframe, 1 at the next one."""


def frames(settings: DreamSettings) -> list[Frame]:
    """Every frame of a night, in order; the last one is a keyframe."""
    found: list[Frame] = []
    for stretch in range(settings.keyframes):
        found.append(Frame(len(found) + 1, "keyframe", stretch))
        if stretch + 1 < settings.keyframes:
            for step in range(1, settings.frames_between + 1):
                position = round(eased(step / (settings.frames_between + 1)), DIGITS)
                found.append(Frame(len(found) + 1, "between", stretch, position))
    return found


def eased(time: float) -> float:
    """A dream lingers at its keyframes: the cubic that starts and ends at rest ("smoothstep")."""
    return time * time * (3.0 - 2.0 * time)


def between_request(
    frame: Frame,
    day: date,
    *,
    mode: DreamMode,
    strength: float,
    series_seed: int,
    ends: tuple[RenderRequest, RenderRequest],
    images: tuple[str, str],
    previous: str,
    memory: ImageInput | None = None,
) -> RenderRequest:
    """The request of a frame between two keyframes.

    Args:
        ends: requests of the two keyframes.
        images: sha256 of their images.
        previous: sha256 of the frame before it, which `interpolate` does not look at.
        memory: a remembered image. A renderer has it come and go with the position, most of it half-way.
    """
    nearer = ends[0] if frame.position < 0.5 else ends[1]
    references: Sequence[ImageInput] = (
        ImageInput("keyframe", f"keyframe-{frame.stretch + 1}", sha256=images[0]),
        ImageInput("keyframe", f"keyframe-{frame.stretch + 2}", sha256=images[1]),
        *([] if mode == "interpolate" else [ImageInput("previous", f"frame-{frame.number - 1:04}", sha256=previous)]),
        *([] if memory is None else [memory]),
    )
    return replace(
        nearer,
        seed=night_seed(series_seed, day.isoformat(), "frame", frame.number),
        references=tuple(references),
        background=None,
        mask=None,
        control=None,
        layers=(),
        staging=None,
        dreaming=Dreaming(mode, frame.position, 0.0 if mode == "interpolate" else strength, ends),
    )
