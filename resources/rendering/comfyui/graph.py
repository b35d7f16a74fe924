"""A ComfyUI graph in API format: nodes by id, each with a class and inputs; a link is [node id, output number]."""

from dataclasses import dataclass, field
from typing import Any

Graph = dict[str, dict[str, Any]]
Link = list[Any]

UPLOAD_FOLDER = "moostik"
"""Subfolder of the server's input folder, and of its output folder."""


@dataclass(frozen=True)
class Scene:
    """What one image asks of a graph. Images stand in it by their names on the server, "" where there is none."""

    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    steps: int | None
    guidance: float | None
    references: tuple[str, ...] = ()
    background: str = ""
    mask: str = ""
    control: str = ""
    """In a person's workflow the control image; in a graph of ours the kind of control."""
    soft_mask: bool = False


@dataclass(frozen=True)
class Drawing:
    """A graph, and the node of it whose first image is the one that was asked for."""

    graph: Graph
    output: str


@dataclass
class GraphBuilder:
    """Adds node after node; ids count from 1."""

    graph: Graph = field(default_factory=dict)

    def add(self, class_type: str, **inputs: Any) -> str:
        """A new node; gives its id."""
        node = str(len(self.graph) + 1)
        self.graph[node] = {"class_type": class_type, "inputs": inputs}
        return node

    def link(self, class_type: str, **inputs: Any) -> Link:
        """A new node; gives the link to its first output."""
        return [self.add(class_type, **inputs), 0]


def is_link(value: Any) -> bool:
    """Whether an input's value is a link to another node."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


def plain_text(text: str) -> str:
    """The text with its parentheses escaped: ComfyUI's encoders read them as weights."""
    return text.replace("\\(", "(").replace("\\)", ")").replace("(", "\\(").replace(")", "\\)")
