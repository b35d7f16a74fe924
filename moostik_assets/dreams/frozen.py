"""What a night remembers, decided once and written down: a dream that is resumed or repeated remembers the same.

`output/dreams/2026-11-21/plan.json` holds, for each keyframe, the remembered images nearest to it when the night began,
and which of them go into the stretch after it. It stands as long as the keyframes are the same; what is made or
forgotten later changes nothing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.injection import TOP, Injection, injection
from resources.canonical import sha256_of_json
from resources.memory.memory import Remembered


@dataclass(frozen=True)
class Frozen:
    """The candidates of each keyframe, best first, and what is injected into the stretch after each."""

    basis: str
    candidates: tuple[tuple[Remembered, ...], ...]
    injections: tuple[Injection | None, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of plan.json."""
        return {
            "basis": self.basis,
            "keyframes": [
                {
                    "remembered": [remembered_json(one) for one in candidates],
                    "injected": None if found is None else remembered_json(found.image),
                }
                for candidates, found in zip(self.candidates, self.injections, strict=True)
            ],
        }


def basis_of(recipes: Sequence[str], settings: DreamSettings, embedder: str) -> str:
    """What the choice depends on beside the memory itself: another basis, another choice."""
    return sha256_of_json([list(recipes), settings.injection_chance, settings.injection_threshold, embedder])


def chosen(
    basis: str, series_seed: int, day: str, candidates: Sequence[Sequence[Remembered]], settings: DreamSettings
) -> Frozen:
    """The injections of a night by chance. The last keyframe has no stretch after it."""
    found = [
        injection(
            moment(series_seed, day, f"keyframe-{index + 1}"),
            nearest,
            chance=settings.injection_chance,
            threshold=settings.injection_threshold,
        )
        for index, nearest in enumerate(candidates[:-1])
    ]
    return Frozen(basis, tuple(tuple(nearest[:TOP]) for nearest in candidates), (*found, None))


def one_of_each(nearest: Iterable[Remembered]) -> list[Remembered]:
    """The first of each night, shot or place: the frames next to one that is alike are as alike, and say no more."""
    found: dict[tuple[str, str], Remembered] = {}
    for image in nearest:
        found.setdefault((image.kind, image.key.rpartition("/")[0]), image)
    return list(found.values())


def moment(series_seed: int, day: str, what: str) -> str:
    """The name of a moment of a night, which seeds its chances."""
    return f"{series_seed}/{day}/{what}"


def frozen_of(data: bytes, basis: str) -> Frozen | None:
    """The choice that plan.json holds; None where it is another's, or no such file."""
    try:
        document = json.loads(data)
        if document["basis"] != basis:
            return None
        keyframes = document["keyframes"]
        candidates = tuple(tuple(Remembered(**one) for one in keyframe["remembered"]) for keyframe in keyframes)
        injected = [keyframe["injected"] for keyframe in keyframes]
        injections = tuple(None if one is None else Injection(Remembered(**one), "chance") for one in injected)
    except (ValueError, TypeError, KeyError):
        return None
    return Frozen(basis, candidates, injections)


def remembered_json(image: Remembered) -> dict[str, Any]:
    """A remembered image as JSON."""
    return {"sha256": image.sha256, "kind": image.kind, "key": image.key, "similarity": round(image.similarity, 4)}
