"""Progress of a night, told to whoever listens in this process (the command's progress bar)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moostik_assets.dreams.night import Made

Listener = Callable[[Made, int, int], None]
"""Called with each frame, how many are there, and how many there will be."""

_listeners: list[Listener] = []


@contextmanager
def listening_to_frames(listener: Listener) -> Iterator[None]:
    """Have `listener` called while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report_frame(made: Made, done: int, total: int) -> None:
    """Tell the listeners of one frame."""
    for listener in _listeners:
        listener(made, done, total)
