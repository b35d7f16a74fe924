"""A graph held against what a server says of its nodes (/object_info), before anything is queued."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from resources.rendering.comfyui.graph import Drawing, is_link

NAMES_SHOWN = 3


def graph_faults(drawings: Iterable[Drawing], object_info: Mapping[str, Any]) -> list[str]:
    """What a server lacks to make these graphs, each once: node classes, models and other names, needed inputs."""
    found: dict[str, None] = {}
    for drawing in drawings:
        for id_, node in drawing.graph.items():
            for fault in _node_faults(id_, node, object_info):
                found[fault] = None
    return list(found)


def _node_faults(id_: str, node: Mapping[str, Any], object_info: Mapping[str, Any]) -> Iterator[str]:
    kind = node["class_type"]
    described = object_info.get(kind)
    if not isinstance(described, dict):
        near = get_close_matches(kind, object_info, n=NAMES_SHOWN)
        hint = f"; the nearest it has: {', '.join(near)}" if near else ""
        yield f"it has no node {kind}{hint} (a custom node may have to be installed)"
        return
    sections = described.get("input")
    sections = sections if isinstance(sections, dict) else {}
    for name in sections.get("required") or {}:
        if name not in node["inputs"] and not any(key.startswith(f"{name}.") for key in node["inputs"]):
            yield f"node {id_} ({kind}) lacks its input {name}"
    for name, value in node["inputs"].items():
        allowed = _allowed(sections, name)
        if allowed is not None and not is_link(value) and value not in allowed:
            yield _not_allowed(kind, name, value, allowed)


def _allowed(sections: Mapping[str, Any], name: str) -> list[Any] | None:
    """The names that an input takes; None where it takes anything, or a file that is uploaded first.

    Older servers give the list itself, newer ones "COMBO" with a list of options.
    """
    for section in ("required", "optional"):
        spec = (sections.get(section) or {}).get(name)
        if isinstance(spec, list) and spec:
            settings = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
            if settings.get("image_upload") or settings.get("remote"):
                return None
            if isinstance(spec[0], list):
                return spec[0]
            if spec[0] == "COMBO" and isinstance(settings.get("options"), list):
                return settings["options"]
    return None


def _not_allowed(kind: str, name: str, value: Any, allowed: list[Any]) -> str:
    names = [str(one) for one in allowed]
    same = [one for one in names if one.replace("\\", "/").rpartition("/")[2].lower() == _file(value)]
    near = same or get_close_matches(str(value), names, n=NAMES_SHOWN) or names[:NAMES_SHOWN]
    hint = f"the nearest it has: {', '.join(near)}" if near else "it has none at all"
    return f"{name} of {kind} is {value!r}, which the server does not have; {hint}"


def _file(value: Any) -> str:
    return str(value).replace("\\", "/").rpartition("/")[2].lower()
