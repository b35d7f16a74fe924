"""Ctrl-C that is never lost: Python drops an exception that a signal raises inside a garbage collector's callback."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")
"""Names of what Ctrl-C raises, here and in a Dagster step; by name, so that Dagster need not be imported."""

REDELIVERY_SECONDS = 0.02


@contextmanager
def interrupts_delivered() -> Iterator[None]:
    """Deliver an interrupt again that was raised where Python can only print and drop it."""
    before = sys.unraisablehook
    sys.unraisablehook = _redelivering(before)
    try:
        yield
    finally:
        sys.unraisablehook = before


def _redelivering(before: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def hook(unraisable: Any) -> None:
        if getattr(unraisable.exc_type, "__name__", "") in INTERRUPTS:
            # A moment later, when the callback is over: raised within it, it would be dropped again.
            again = threading.Timer(REDELIVERY_SECONDS, os.kill, (os.getpid(), signal.SIGINT))
            again.daemon = True
            again.start()
        else:
            before(unraisable)

    return hook
