"""A person's own workflow: an API-format file whose nodes are named as slots in their titles (`moostik:prompt`)."""

import copy
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from resources.canonical import sha256_of_json
from resources.rendering.base import MAX_REFERENCES, RendererUnavailable
from resources.rendering.comfyui.graph import Drawing, Graph, Scene, is_link, plain_text

MAX_FILE_BYTES = 16_000_000
PREFIX = "moostik:"
SLOT_INPUTS: dict[str, tuple[str, ...]] = {
    "prompt": ("text", "text_g", "text_l", "clip_l", "t5xxl", "value", "string", "prompt"),
    "negative": ("text", "text_g", "text_l", "clip_l", "t5xxl", "value", "string", "negative_prompt"),
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "size": ("width", "height"),
    "steps": ("steps", "value"),
    "guidance": ("cfg", "guidance", "value"),
    "background": ("image",),
    "control": ("image",),
    "mask": ("image",),
    "output": (),
}
"""The inputs that a slot fills, where its node has them."""
IMAGE_SLOTS = ("background", "control", "mask")
SAVING_NODES = ("SaveImage", "PreviewImage")
_SLOT = re.compile(re.escape(PREFIX) + r"([A-Za-z0-9_-]+)")
_REFERENCE = re.compile(r"reference-([1-9][0-9]?)")


@dataclass(frozen=True)
class Slot:
    """A place in the graph that an image fills."""

    name: str
    node: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Workflow:
    """A person's graph, with its slots."""

    graph: Graph
    slots: tuple[Slot, ...]
    output: str

    def has(self, name: str) -> bool:
        """Whether it has a slot of that name; of a size, width and height may stand apart."""
        names = {slot.name for slot in self.slots}
        return name in names or (name == "size" and {"width", "height"} <= names)

    @property
    def references(self) -> int:
        """How many reference images it takes."""
        return sum(_REFERENCE.fullmatch(slot.name) is not None for slot in self.slots)

    @property
    def fingerprint(self) -> str:
        """sha256 of what decides its pixels: nodes and slots, but not what the slots held when it was saved."""
        nodes = {}
        for id_, node in self.graph.items():
            filled = {name for slot in self.slots if slot.node == id_ for name in slot.inputs}
            kept = {name: value for name, value in node["inputs"].items() if name not in filled}
            nodes[id_] = {"class_type": node["class_type"], "inputs": kept}
        slots = sorted([slot.name, slot.node, *slot.inputs] for slot in self.slots)
        return sha256_of_json({"nodes": nodes, "slots": slots, "output": self.output})

    def filled(self, scene: Scene, *, weights: bool = False) -> Drawing:
        """The graph of one image. `weights`: parentheses in texts are the encoder's to read."""
        graph = {
            id_: {"class_type": node["class_type"], "inputs": copy.deepcopy(node["inputs"])}
            for id_, node in self.graph.items()
        }
        values = {
            "prompt": scene.prompt if weights else plain_text(scene.prompt),
            "negative": scene.negative if weights else plain_text(scene.negative),
            "seed": scene.seed,
            "steps": scene.steps,
            "guidance": scene.guidance,
            "background": scene.background,
            "control": scene.control,
            "mask": scene.mask,
        }
        for slot in self.slots:
            numbered = _REFERENCE.fullmatch(slot.name)
            inputs = graph[slot.node]["inputs"]
            for name in slot.inputs:
                if slot.name in ("width", "height", "size"):
                    inputs[name] = scene.height if "height" in (name, slot.name) else scene.width
                elif numbered is not None:
                    inputs[name] = scene.references[int(numbered[1]) - 1]
                elif values.get(slot.name) is not None:
                    inputs[name] = values[slot.name]
        return Drawing(graph, self.output)


def load_workflow(path: str, needed: tuple[str, ...]) -> Workflow:
    """The workflow of a file.

    Raises:
        RendererUnavailable: no readable API-format file, an unknown slot, a slot whose node cannot be filled, a link to
            a node that is not there, or a needed slot that is missing; the message names it.
    """
    try:
        return _workflow(_nodes(Path(path).expanduser()), needed)
    except ValueError as error:
        raise RendererUnavailable(f"comfyui: workflow {path}: {error}") from None


def _nodes(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError(f"is {path.stat().st_size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"is no JSON: {error}") from None
    if isinstance(document, dict) and isinstance(document.get("nodes"), list):
        raise ValueError("is in the editor's format; save it with Workflow > Export (API)")
    if not isinstance(document, dict) or not document:
        raise ValueError("is no workflow in API format (an object of nodes); save it with Workflow > Export (API)")
    return document


def _workflow(document: dict[str, Any], needed: tuple[str, ...]) -> Workflow:
    slots: list[Slot] = []
    for id_, node in document.items():
        well = isinstance(node, dict) and isinstance(node.get("class_type"), str)
        if not well or not isinstance(node.get("inputs"), dict):
            raise ValueError(f"node {id_!r} has no class_type and inputs; save it with Workflow > Export (API)")
        for name, value in node["inputs"].items():
            if is_link(value) and value[0] not in document:
                raise ValueError(
                    f"node {id_!r} ({node['class_type']}): {name} is linked to node {value[0]!r}, not there"
                )
        meta = node.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        slots += [_slot(name, id_, node) for name in _SLOT.findall(title if isinstance(title, str) else "")]
    _check_together(slots, needed)
    filling = tuple(slot for slot in slots if slot.name != "output")
    graph = {id_: {"class_type": node["class_type"], "inputs": node["inputs"]} for id_, node in document.items()}
    return Workflow(graph, filling, _output(document, slots))


def _slot(name: str, id_: str, node: dict[str, Any]) -> Slot:
    where = f"node {id_!r} ({node['class_type']})"
    numbered = _REFERENCE.fullmatch(name)
    if name not in SLOT_INPUTS and (numbered is None or int(numbered[1]) > MAX_REFERENCES):
        known = [*SLOT_INPUTS, "reference-1"]
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {PREFIX}{near[0]}?" if near else f"there are {', '.join(known)}"
        raise ValueError(f"{where}: no slot {PREFIX}{name}; {hint}")
    if name == "output":
        return Slot(name, id_, ())
    wanted = SLOT_INPUTS.get(name, ("image",))
    held = node["inputs"]
    found = tuple(one for one in wanted if one in held and not is_link(held[one]))
    if not found or (name == "size" and len(found) < 2):
        have = ", ".join(key for key, value in held.items() if not is_link(value)) or "none"
        joined = " and " if name == "size" else " or "
        raise ValueError(
            f"{where}: slot {PREFIX}{name} needs a value of its own, {joined.join(wanted)}; the node has {have}"
        )
    return Slot(name, id_, found)


def _check_together(slots: list[Slot], needed: tuple[str, ...]) -> None:
    names = {slot.name for slot in slots}
    for name in needed:
        if name not in names and not (name == "size" and {"width", "height"} <= names):
            raise ValueError(f"has no slot {PREFIX}{name}: give the node that holds it that title")
    numbers = sorted(int(found[1]) for name in names if (found := _REFERENCE.fullmatch(name)))
    if numbers != list(range(1, len(numbers) + 1)):
        given = ", ".join(f"{PREFIX}reference-{number}" for number in numbers)
        raise ValueError(f"its reference slots are {given}; they must count from 1 without a gap")


def _output(document: dict[str, Any], slots: list[Slot]) -> str:
    named = [slot.node for slot in slots if slot.name == "output"]
    found = named or [id_ for id_, node in document.items() if node["class_type"] in SAVING_NODES]
    if len(found) != 1:
        what = f"nodes {', '.join(map(repr, found))} could each be it" if found else "no SaveImage node is there"
        raise ValueError(f"give the one node that saves the image the title {PREFIX}output: {what}")
    return found[0]
