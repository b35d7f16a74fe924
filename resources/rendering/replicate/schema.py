"""Whether a model has the inputs that its mapping names, by the schema that the API gives of it."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from resources.rendering.base import RendererUnavailable
from resources.rendering.replicate.mapping import InputMapping


def check_inputs(model: str, mapping: InputMapping, version: Mapping[str, Any] | None) -> None:
    """Compare the names; a version without a schema is taken at its word.

    Raises:
        RendererUnavailable: the model has no such input, or wants one that nothing is mapped to.
    """
    found = _input_schema(version)
    if found is None:
        return
    properties = found["properties"]
    faults = []
    for name in mapping.fields:
        if name not in properties:
            near = get_close_matches(name, properties, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            faults.append(f"it has no input {name}{hint}")
    faults += [
        f"it wants {name}, to which nothing is mapped"
        for name in found.get("required") or ()
        if name not in mapping.fields
    ]
    if faults:
        there = ", ".join(sorted(properties))
        raise RendererUnavailable(
            f"replicate: the mapping does not fit {model}: {'; '.join(faults)} (its inputs: {there}); "
            "set the option mapping (MOOSTIK_REPLICATE_MAPPING)"
        )


def _input_schema(version: Mapping[str, Any] | None) -> dict[str, Any] | None:
    at: Any = version
    for name in ("openapi_schema", "components", "schemas", "Input"):
        at = at.get(name) if isinstance(at, dict) else None
    return at if isinstance(at, dict) and isinstance(at.get("properties"), dict) else None
