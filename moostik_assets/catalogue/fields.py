"""The kinds of field that the catalogue's models are made of, and how forgiving each is."""

import math
import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

ID_PATTERN = r"^[A-Za-z0-9._-]+$"
MAX_ID_LENGTH = 100
MAX_ANGLE_LENGTH = 100
MAX_LIST_LENGTH = 10_000
MAX_SEED = 2**63 - 1

_RECIPE_ID = re.compile(r"[0-9a-f]{64}")


def _id_that_stays_in_its_folder(value: str) -> str:
    if value == "." or ".." in value:  # (and Dagster refuses a partition key with three dots in a row)
        raise ValueError("must not be '.' or hold '..', which could climb out of the folder; use single dots")
    return value


def _text_of_scalar(value: Any) -> Any:
    if type(value) is str:  # nearly always: a large series has millions of texts
        return value
    if value is None:
        return ""
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return value
    return str(value) if isinstance(value, int | float) else value


def _list_of_one_or_none(value: Any) -> Any:
    if type(value) is list:
        return _not_too_long(value)
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) and not isinstance(value, bool) else value


def _list_or_none(value: Any) -> Any:
    return () if value is None else _not_too_long(value)


def _not_too_long(value: Any) -> Any:
    """Refused before its items are looked at: each could be a mistake of its own."""
    if isinstance(value, list) and len(value) > MAX_LIST_LENGTH:
        raise ValueError(f"must hold at most {MAX_LIST_LENGTH:,} items, not {len(value):,}")
    return value


def _without_empty(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in value if text) if "" in value else value


def _without_blank_models(value: tuple[BaseModel, ...]) -> tuple[BaseModel, ...]:
    return tuple(model for model in value if model.model_fields_set)


def _finite(value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank; a camera angle is a name such as 'wide', 'close_up' or one of your own")
    return value


def _recipe_id(value: str) -> str:
    if not _RECIPE_ID.fullmatch(value):
        raise ValueError("must be a recipe id: 64 characters of 0-9 and a-f; `moostik history` shows them")
    return value


def _reference_text(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    for key in ("path", "url"):
        if isinstance(value.get(key), str) and value[key]:
            return value[key]
    raise ValueError("an object here needs a 'path' (relative to the data folder) or a 'url'")


Id = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN, max_length=MAX_ID_LENGTH),
    AfterValidator(_id_that_stays_in_its_folder),
]
"""`[A-Za-z0-9._-]+`, at most 100 characters, never "." alone, never two dots in a row."""


def _a_day(value: str) -> str:
    date.fromisoformat(value if len(value) > len("12-01") else f"2024-{value}")
    return value


CalendarDay = Annotated[str, StringConstraints(pattern=r"^(\d{4}-)?\d{2}-\d{2}$"), AfterValidator(_a_day)]
"""`2026-12-01`, or `12-01` for every year."""

Text = Annotated[str, BeforeValidator(_text_of_scalar)]
"""Text; null is "", a number is its own text."""

ListOfOne = BeforeValidator(_list_of_one_or_none)
"""A list that may be one text alone; null is empty."""

Texts = Annotated[tuple[Text, ...], ListOfOne, AfterValidator(_without_empty)]
"""A list of texts; null is empty, one text alone is a list of one, empty texts and nulls in it are left out."""

Angle = Annotated[str, BeforeValidator(_text_of_scalar), Field(max_length=MAX_ANGLE_LENGTH), AfterValidator(_not_blank)]
"""The name of a camera angle: any text of 1 to 100 characters that is not blank."""

References = Annotated[
    tuple[Annotated[Text, BeforeValidator(_reference_text)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, dict) else value),
    ListOfOne,
    AfterValidator(lambda value: tuple(text for text in value if text.strip())),
]
"""Reference images: each a path or URL, or an object that has one as its `path` or `url`; blank ones are left out."""

Number = Annotated[float | None, AfterValidator(_finite)]
"""A finite number, or null."""

Flag = Annotated[bool, BeforeValidator(lambda value: False if value is None else value)]
"""True or false; null is false."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
"""A whole number from 0 to 2**63 - 1."""

RecipeId = Annotated[str, AfterValidator(_recipe_id)]
"""The sha256 of a request: 64 lower-case hex characters."""


class CatalogueModel(BaseModel):
    """Base of the models whose fields are camelCase in JSON. Unknown fields are left out, never an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore", allow_inf_nan=False
    )


class PromptModel(BaseModel):
    """Base of the parts of a prompt, whose fields are snake_case in JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


Nullable = BeforeValidator(lambda value: {} if value is None else value)
"""An object that may be null: then it is one with nothing in it."""

NullableList = BeforeValidator(_list_or_none)
"""A list that may be null: then it is empty."""

BoundedList = BeforeValidator(_not_too_long)
"""A list of at most MAX_LIST_LENGTH items."""

WithoutBlanks = AfterValidator(_without_blank_models)
"""Leaves out the objects of a list in which no field is set."""
