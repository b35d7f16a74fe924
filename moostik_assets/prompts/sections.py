"""Sections: each part of a prompt as sentences, in the one order that every text has."""

from collections.abc import Callable
from functools import lru_cache
from string import capwords
from typing import NamedTuple, ParamSpec, cast

from moostik_assets.catalogue.models import Series, Theme
from moostik_assets.catalogue.prompt import (
    Camera,
    Composition,
    Deliverable,
    LetteredText,
    Lighting,
    Prompt,
    Scene,
    Subject,
)
from moostik_assets.prompts.angles import angle_of, humanised
from moostik_assets.prompts.sentences import joined, labelled, one_line, paragraph, phrase, sentence

_SHOTS_KEPT = 128
"""Sections are kept for the other angles of the same shot, which come right after: a few shots are enough."""


_Part = ParamSpec("_Part")


def _kept(said: Callable[_Part, str]) -> Callable[_Part, str]:
    # The parts of a prompt are frozen, so they can be looked up by value; type checkers cannot see that they hash.
    return cast(Callable[_Part, str], lru_cache(maxsize=_SHOTS_KEPT)(said))


class Section(NamedTuple):
    """A part of the text."""

    name: str
    text: str


def sections_of(prompt: Prompt, angle: str, series: Series, theme: Theme | None) -> list[Section]:
    """The sections that say something: angle, goal, task, subjects, scene, theme, composition, camera, lighting,
    lettering, must_include, invariants, deliverable.

    Not in them: numbers that the renderer takes as such, `reference_image` (the request carries the image itself) and
    what must not be seen (see `negative_of`).
    """
    parts = (
        Section("angle", angle_of(angle).sentence),
        Section("goal", _said(prompt.goal)),
        Section("task", _said(prompt.task)),
        Section("subjects", _subjects(prompt.subjects)),
        Section("scene", _scene(prompt.scene)),
        Section("theme", _theme(theme) if theme is not None else ""),
        Section("composition", _composition(prompt.composition)),
        Section("camera", _camera(prompt.camera)),
        Section("lighting", _lighting(prompt.lighting)),
        Section("lettering", _lettering(prompt.text)),
        Section("must_include", _must_include(prompt.constraints.must_include)),
        Section("invariants", _invariants(prompt.invariants, series.invariants)),
        Section("deliverable", _deliverable(prompt.deliverable, prompt.parameters.aspect_ratio)),
    )
    return [section for section in parts if section.text]


@_kept
def negative_of(negative: tuple[str, ...], series: tuple[str, ...], must_not_include: tuple[str, ...]) -> str:
    """What must not be seen, each once, with commas: the prompt's, the series', the constraints'."""
    return joined((*negative, *series, *must_not_include))


@_kept
def _said(text: str) -> str:
    return sentence(text)


@_kept
def _subjects(subjects: tuple[Subject, ...]) -> str:
    by_priority = sorted(subjects, key=lambda subject: (subject.priority is None, subject.priority or 0))
    return paragraph(map(_subject, by_priority))


def _subject(subject: Subject) -> str:
    who = phrase(subject.name) or capwords(humanised(subject.id))
    importance = phrase(subject.importance)
    if who and importance:
        who = f"{who} ({importance})"
    what = joined((subject.description, subject.action), "; ")
    who = who or importance
    return labelled(who, what) if who and what else sentence(who or what)


@_kept
def _scene(scene: Scene) -> str:
    return paragraph(
        (
            labelled("Setting", joined((scene.location, scene.time))),
            labelled("Atmosphere", joined(scene.atmosphere)),
            labelled("Materials", joined(scene.materials)),
        )
    )


@_kept
def _theme(theme: Theme) -> str:
    said = (
        sentence(theme.mood),
        labelled("Palette", joined(theme.palette)),
        labelled("Backgrounds", phrase(theme.background_style_suffix)),
        labelled("Characters", phrase(theme.character_style_suffix)),
    )
    name = phrase(theme.display_name) or capwords(humanised(theme.name))
    return paragraph((labelled("Theme", name), *said)) if any(said) else ""


@_kept
def _composition(composition: Composition) -> str:
    return paragraph(
        (
            labelled("Framing", phrase(composition.framing)),
            labelled("Layout", phrase(composition.layout)),
            labelled("Depth", phrase(composition.depth)),
        )
    )


@_kept
def _camera(camera: Camera) -> str:
    return labelled(
        "Camera", joined((camera.format, _lens(camera.lens_mm), _aperture(camera.aperture), camera.angle), "; ")
    )


def _lens(written: str) -> str:
    lens = phrase(written)
    if _is_number(lens):
        return f"{lens.removesuffix('.0')} mm lens"
    return lens if not lens or "lens" in lens.casefold() else f"{lens} lens"


def _aperture(written: str) -> str:
    aperture = phrase(written)
    return f"f/{aperture}" if _is_number(aperture) else aperture


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


@_kept
def _lighting(lighting: Lighting) -> str:
    return paragraph(
        (
            labelled("Key light", phrase(lighting.key)),
            labelled("Fill light", phrase(lighting.fill)),
            labelled("Rim light", phrase(lighting.rim)),
            labelled("Light", phrase(lighting.notes)),
        )
    )


@_kept
def _lettering(text: LetteredText) -> str:
    # What is to be read in the picture is quoted as it was written, its punctuation too.
    lines = [one_line(line).replace('"', "'") for line in text.strings]
    return paragraph(
        (
            labelled("Lettering in the picture", ", ".join(f'"{line}"' for line in lines if line)),
            labelled("Style of the lettering", phrase(text.font_style)),
            labelled("Rules of the lettering", phrase(text.rules)),
        )
    )


@_kept
def _must_include(items: tuple[str, ...]) -> str:
    return labelled("Must include", joined(items, "; "))


@_kept
def _invariants(prompt: tuple[str, ...], series: tuple[str, ...]) -> str:
    return labelled("Always", joined((*prompt, *series), "; "))


@_kept
def _deliverable(deliverable: Deliverable, aspect_ratio: str) -> str:
    aspect = deliverable.aspect_ratio.strip() or aspect_ratio
    return labelled("Deliverable", joined((deliverable.type, aspect, deliverable.resolution)))
