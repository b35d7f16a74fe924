"""Progress of long work, told to whoever listens in this process (the command's progress bar)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moostik_assets.variations.render import Outcome

Listener = Callable[["Outcome", int, int], None]
"""Called with each outcome, how many are done, and how many there are."""

_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have `listener` called while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report_progress(outcome: "Outcome", done: int, total: int) -> None:
    """Tell the listeners of one image."""
    for listener in _listeners:
        listener(outcome, done, total)
