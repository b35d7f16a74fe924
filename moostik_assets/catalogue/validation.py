"""Validation of one JSON value by its model: what pydantic finds, in words, at its JSON path."""

import re
import unicodedata
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from moostik_assets.catalogue.errors import Place, Step
from moostik_assets.catalogue.fields import MAX_ID_LENGTH

MAX_MISTAKES_OF_ONE_VALUE = 1000

Model = TypeVar("Model", bound=BaseModel)

Mistake = tuple[tuple[Step, ...], Any, str]
"""The path below the value, the offending value, and the reason."""

_KINDS = {
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number with fewer digits",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number that is finite and not too large",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def validated(model: type[Model], raw: Any, at: Place) -> Model | None:
    """The model of a JSON value; None where it does not fit, and `at` has every reason."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for steps, value, reason in mistakes(error, raw):
            at.at(*steps).error(value, reason)
        return None


def mistakes(error: ValidationError, raw: Any) -> list[Mistake]:
    """The path, value and reason of each mistake that pydantic found in `raw`."""
    if error.error_count() > MAX_MISTAKES_OF_ONE_VALUE:
        return [((), raw, f"holds {error.error_count():,} mistakes; is it what it should be?")]
    details = error.errors(include_url=False)
    found = []
    for detail in details:
        steps = tuple(step for step in detail["loc"] if step != "[key]")
        emptied = detail["type"] == "too_short" and any(
            other["loc"][: len(steps)] == steps for other in details if other is not detail
        )
        if not emptied:  # a list whose items are all wrong is not short: its items are what is told
            found.append((steps, None if detail["type"] == "missing" else detail["input"], _reason(detail)))
    return found


def _reason(detail: ErrorDetails) -> str:
    kind, limits = detail["type"], detail.get("ctx", {})
    match kind:
        case "missing":
            return "is missing" + _misspelt(str(detail["loc"][-1]), detail["input"])
        case "string_pattern_mismatch":
            return "must be made of A-Z, a-z, 0-9, '.', '_' and '-'" + _as_id(detail["input"])
        case "value_error":
            return str(limits["error"])
        case "greater_than_equal":
            return f"must be {limits['ge']} or more"
        case "less_than_equal":
            return f"must be {limits['le']} or less"
        case "too_long":
            return f"must hold at most {limits['max_length']:,} items"
        case "too_short":
            return f"must hold at least {limits['min_length']} item"
        case "string_too_long":
            return f"must be at most {limits['max_length']} characters"
        case "string_too_short":
            return "must not be empty"
    return _KINDS.get(kind) or detail["msg"][:1].lower() + detail["msg"][1:]


def _misspelt(key: str, parent: Any) -> str:
    """A key of the parent that may have been meant."""
    if not isinstance(parent, dict):
        return ""
    names = {str(name)[:100].casefold(): str(name)[:100] for name in list(parent)[:100]}
    close = get_close_matches(key.casefold(), names, n=1, cutoff=0.75)
    return f"; {names[close[0]]!r} is there: was {key!r} meant?" if close else ""


def _as_id(text: str) -> str:
    ascii_form = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode()
    suggestion = re.sub(r"[^A-Za-z0-9._]+", "-", ascii_form).strip("-.")[:MAX_ID_LENGTH]
    return f", such as {suggestion!r}" if suggestion else ""
