"""Steps: what is laid into a frame one after another. The frame and its layers are made from the same ones."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import Image

Blend = Literal["normal", "lighten", "screen", "multiply", "adjustment", "grain-merge"]
"""How a step's layer lies on what is under it, in the words of image editors. `normal` and `lighten` count by alpha.

`grain-merge` adds the layer and takes 128 away; an `adjustment` changes each colour by itself.
"""

Paint = Callable[[Image.Image, Image.Image], Image.Image]
"""Paints on a ground, which it may change, and gives the result. The second picture is the frame as it stands before
the step, which the step may look at: the ground itself where a frame is made, another one where its layer is."""


@dataclass(frozen=True)
class Step:
    """One step, and how the layer that it leaves lies on those under it."""

    name: str
    paint: Paint
    blend: Blend = "normal"
    layer: Callable[[], Image.Image] | None = None
    """Its layer, RGBA, where painting on plain grounds does not tell it."""


Painting = Generator[Step, Image.Image, None]
"""Gives steps, and is sent the frame as it stands after each."""


def painted(painting: Painting) -> Image.Image:
    """The frame after all steps, each painted over the one before it."""
    frame = Image.new("RGB", (1, 1))
    for step, send in _each(painting):
        frame = step.paint(frame, frame)
        send(frame)
    return frame


def stages(painting: Painting) -> Iterator[tuple[Step, Image.Image, Image.Image]]:
    """Each step with the frame before it and after it."""
    frame = Image.new("RGB", (1, 1))
    for step, send in _each(painting):
        after = step.paint(frame.copy(), frame)
        yield step, frame, after
        frame = after
        send(frame)


def _each(painting: Painting) -> Iterator[tuple[Step, Callable[[Image.Image], None]]]:
    told: list[Image.Image] = []
    step = next(painting, None)
    while step is not None:
        yield step, told.append
        try:
            step = painting.send(told.pop())
        except StopIteration:
            return
