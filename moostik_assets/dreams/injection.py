"""When a remembered image is put into a dream, and which one. Pure: the same seed and candidates, the same answer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from resources.memory.memory import Remembered

CHANCE = 0.15
THRESHOLD = 0.7
TOP = 5
TOO_ALIKE = 0.97
FOR_FRAMES = 12

_STEEPNESS = 2.0
"""Of the weight, a power of the similarity: a memory at 1.0 comes twice as often as one at 0.7."""


@dataclass(frozen=True)
class Injection:
    """A remembered image that goes into the dream."""

    image: Remembered
    why: Literal["chance", "collapse"]


def injection(
    seed: str,
    candidates: Sequence[Remembered],
    chance: float = CHANCE,
    threshold: float = THRESHOLD,
    top: int = TOP,
    collapsed: bool = False,
    too_alike: float = TOO_ALIKE,
) -> Injection | None:
    """The remembered image to be injected, if any.

    Of those at or above the threshold the `top` most alike can be chosen, each with a probability proportional to the
    square of its similarity. Where the dream has collapsed, one is injected for certain: then those that are as alike
    as the frames themselves are left out, for they would change nothing, and where none of the others reaches the
    threshold, the nearest of them can be chosen.

    Args:
        seed: names the moment, such as `7/2026-11-21/keyframe-3`.
        candidates: remembered images, in any order. Leave out those that the dream itself has just shown.
        chance: probability of an injection, 0 to 1.
    """
    ranked = sorted(candidates, key=lambda image: (-image.similarity, image.sha256))
    if collapsed:
        ranked = [image for image in ranked if image.similarity < too_alike]
        choice = [image for image in ranked if image.similarity >= threshold][:top] or ranked[:top]
    else:
        choice = [image for image in ranked if image.similarity >= threshold][:top]
    if not choice or not (collapsed or _draw(seed, "whether") < chance):
        return None
    return Injection(_chosen(choice, _draw(seed, "which")), "collapse" if collapsed else "chance")


def collapsed(similarities: Sequence[float], too_alike: float = TOO_ALIKE, for_frames: int = FOR_FRAMES) -> bool:
    """Whether each of the last `for_frames` frames was at least `too_alike` to the one before it.

    Args:
        similarities: of each frame to the one before it, in order.
    """
    return len(similarities) >= for_frames and min(similarities[-for_frames:]) >= too_alike


def _chosen(images: Sequence[Remembered], draw: float) -> Remembered:
    weights = [max(image.similarity, 0.0) ** _STEEPNESS for image in images]
    left = draw * sum(weights)
    for image, weight in zip(images, weights, strict=True):
        left -= weight
        if left < 0:
            return image
    return images[0]  # none of them has anything in common with the dream


def _draw(seed: str, what: str) -> float:
    """A number in [0, 1), evenly spread over seeds."""
    digest = hashlib.blake2b(f"{what}/{seed}".encode(), digest_size=7).digest()
    return (int.from_bytes(digest, "big") >> 3) / (1 << 53)
