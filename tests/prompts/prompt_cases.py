"""Prompts for the tests, drawn or filled to the last field."""

import typing
from itertools import count
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from moostik_assets.catalogue.models import Series, Theme, Variation
from moostik_assets.catalogue.prompt import Prompt

SERIES = Series.model_validate({"invariants": ["paper-cut", "warm lamps"], "negative": ["watermark"]})
THEME = Theme.model_validate(
    {
        "name": "noel",
        "displayName": "Noël",
        "mood": "hushed",
        "palette": ["#ff0000"],
        "backgroundStyleSuffix": "snow on ledges",
        "characterStyleSuffix": "scarves",
    }
)

_words = st.text(alphabet="abé ,.!?;:\n\x00\"'(-é無", max_size=12)
_lists = st.lists(_words, max_size=3)


def _object(*names: str, **lists: st.SearchStrategy) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={**dict.fromkeys(names, _words), **lists})


_subject = _object("name", "description", "importance", "action", priority=st.integers(0, 3) | st.none())
raw_prompts = st.fixed_dictionaries(
    {},
    optional={
        "task": _words,
        "goal": _words,
        "deliverable": _object("type", "aspect_ratio", "resolution"),
        "invariants": _lists,
        "subjects": st.lists(_subject, max_size=3),
        "scene": _object("location", "time", atmosphere=_lists, materials=_lists),
        "composition": _object("framing", "layout", "depth"),
        "camera": _object("format", "lens_mm", "aperture", "angle"),
        "lighting": _object("key", "fill", "rim", "notes"),
        "text": _object("font_style", "rules", strings=_lists),
        "negative": _lists,
        "constraints": _object(must_include=_lists, must_not_include=_lists),
    },
)
prompts = raw_prompts.map(Prompt.model_validate)

angles = st.one_of(
    st.sampled_from(
        ["wide", "Wide", "wide shot", "wide_shot", "close_up", "close-up", "Close Up", "closeup", "!!!", "-", "a b"]
    ),
    st.text(alphabet='aA_- .()"\\:\n\u202eé', min_size=1, max_size=6).filter(str.strip),
)


def variation(angle: str, **fields: Any) -> Variation:
    return Variation.model_validate({"cameraAngle": angle, **fields})


def filled_prompt() -> tuple[Prompt, dict[str, str]]:
    """A prompt with another word in every field that holds text, and path -> word."""
    words: dict[str, str] = {}
    numbers = count()

    def word(path: str) -> str:
        words[path] = f"word{next(numbers):03d}x"
        return words[path]

    def filled(model: type[BaseModel], path: str) -> dict[str, Any]:
        return {name: value(field.annotation, f"{path}{name}") for name, field in model.model_fields.items()}

    def value(kind: Any, path: str) -> Any:
        if typing.get_origin(kind) is tuple:
            inner = typing.get_args(kind)[0]
            return [value(inner, f"{path}[{n}]") for n in range(2)]
        if typing.get_origin(kind) is typing.Annotated:
            return value(typing.get_args(kind)[0], path)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return filled(kind, f"{path}.")
        return word(path) if kind is str else None

    return Prompt.model_validate(filled(Prompt, "")), words
