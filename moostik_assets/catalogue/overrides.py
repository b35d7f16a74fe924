"""The prompt overrides of a variation: a partial prompt, to be laid over the prompt of its shot."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from moostik_assets.catalogue.errors import Step
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.catalogue.validation import Mistake, mistakes


def mistakes_of_overrides(overrides: dict[str, Any]) -> list[Mistake]:
    """Why overrides, laid over a prompt, give none.

    Every field of a prompt is optional and checked by itself, so that overrides fit over every prompt where they
    are a prompt themselves.
    """
    try:
        Prompt.model_validate(overrides)
    except ValidationError as error:
        return mistakes(error, overrides)
    return []


def take_out_unknown(
    values: dict[str, Any], model: type[BaseModel] = Prompt, steps: tuple[Step, ...] = ()
) -> Iterator[tuple[tuple[Step, ...], Collection[str]]]:
    """Take out of valid overrides, in place, what is no field of a prompt: its path, and the fields that there are."""
    parts = _parts_of(model)
    for key in [key for key in values if key not in parts]:
        del values[key]
        yield (*steps, key), parts
    for key, value in values.items():
        part = parts[key]
        if part is None:
            continue
        if isinstance(value, dict):
            yield from take_out_unknown(value, part, (*steps, key))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield from take_out_unknown(item, part, (*steps, key, index))


@cache
def _parts_of(model: type[BaseModel]) -> dict[str, type[BaseModel] | None]:
    """The fields of a prompt or of a part of one, each with the model that it is, or is a list of, if any."""
    return {name: next(iter(_models_in(field.annotation)), None) for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]
