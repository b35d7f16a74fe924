"""One shot: its variations, the overrides in them, and its theme."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from moostik_assets.catalogue.effects import tell_of_idle_effects
from moostik_assets.catalogue.entity_lists import same_path
from moostik_assets.catalogue.errors import Place, name_shown
from moostik_assets.catalogue.models import Shot, Variation
from moostik_assets.catalogue.overrides import mistakes_of_overrides, take_out_unknown
from moostik_assets.catalogue.validation import Mistake, mistakes
from moostik_assets.catalogue.variation_keys import angle_key

NONE_LEFT = "holds no variation that is right; set one right, or leave the list out for the default angles"


@dataclass(frozen=True)
class ThemeNames:
    """The themes that can be named, and those that are left out because of mistakes of their own."""

    known: Mapping[str, Any]
    left_out: frozenset[str] = frozenset()
    unreadable: bool = False
    """themes.json cannot be read at all: nobody knows which themes there would be."""

    def is_left_out(self, name: str) -> bool:
        """Whether an unknown theme is the fault of themes.json, where that is already told."""
        return self.unreadable or name in self.left_out


@dataclass
class ShotReader:
    """Reads the shots of one episode.

    A broken variation is left out, and the shot with it where no other is left: with none at all it would be
    rendered from the default angles, which nobody asked for.
    """

    themes: ThemeNames
    waiting: list[str] = field(default_factory=list)
    """Shots left out for no mistake of their own: their theme is."""

    def __call__(self, raw: Any, at: Place) -> Shot | None:
        """The shot of a JSON value; None where it is broken."""
        read = _shot_and_indices(raw, at)
        if read is None:
            return None
        shot, indices = read
        if shot.variations:
            kept = tuple(_kept(shot.variations, indices, at.at("variations")))
            if not kept:
                at.at("variations").error(None, NONE_LEFT)
                return None
            if len(kept) != len(shot.variations):
                shot = shot.model_copy(update={"variations": kept})
        tell_of_idle_effects(shot.fx, at.at("fx"))
        return shot if shot.theme is None or self._has_theme(shot.theme, shot.id, at) else None

    def _has_theme(self, theme: str, shot_id: str, at: Place) -> bool:
        if theme in self.themes.known:
            return True
        if self.themes.is_left_out(theme):
            self.waiting.append(shot_id)
        else:
            at.at("theme").error(theme, f"no such theme; {at.nearest(theme, self.themes.known)}")
        return False


def _shot_and_indices(raw: Any, at: Place) -> tuple[Shot, list[int]] | None:
    """The shot without the variations that are no variations, and where the others stand in the file."""
    try:
        shot = Shot.model_validate(raw)
        return shot, list(range(len(shot.variations or ())))
    except ValidationError as error:
        found = mistakes(error, raw)
    broken = set()
    whole = False
    for steps, value, reason in found:
        match steps:
            case ("variations", int(index), *_):
                broken.add(index)
                if raw["variations"][index] is not None:
                    at.at(*steps).of(left_out=f"variation {index + 1} of {at.left_out}").error(value, reason)
            case _:
                whole = True
                at.at(*steps).error(value, reason)
    if whole:
        return None
    kept = [index for index in range(len(raw["variations"])) if index not in broken]
    if not kept and any(raw["variations"]):
        at.at("variations").error(None, NONE_LEFT)
        return None
    return Shot.model_validate({**raw, "variations": [raw["variations"][index] for index in kept]}), kept


def _kept(variations: tuple[Variation, ...], indices: list[int], at: Place) -> Iterator[Variation]:
    """The variations whose angle no earlier one has, and whose overrides fit a prompt."""
    angles: dict[str, str] = {}
    for variation, index in zip(variations, indices, strict=True):
        angle, overrides = variation.camera_angle, variation.prompt_overrides
        wrong: list[Mistake] = []
        if overrides is not None:
            found = mistakes_of_overrides(overrides)
            wrong += [(("promptOverrides", *steps), value, reason) for steps, value, reason in found]
        folded = angle_key(angle).casefold()
        if folded in angles:
            wrong.append((("cameraAngle",), angle, same_path(angles[folded], angle)))
        angles.setdefault(folded, angle)
        for steps, value, reason in wrong:
            at.at(index, *steps).of(left_out=f"variation {name_shown(angle)} of {at.left_out}").error(value, reason)
        if wrong:
            continue
        for steps, known in take_out_unknown(overrides or {}):
            near = at.report.closest(str(steps[-1]), known)
            if near is not None:
                reason = f"is no part of a prompt, and is passed over; did you mean {near!r}?"
                at.at(index, "promptOverrides", *steps).warn(None, reason)
        yield variation
