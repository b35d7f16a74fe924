"""Crash points by name: a test kills its own process at a write boundary, and looks at what is left.

`MOOSTIK_CRASH_AT=object-written` kills at the first passage, `MOOSTIK_CRASH_AT=object-written:3` at the third.
"""

import os
import signal
from itertools import count

ENVIRONMENT_VARIABLE = "MOOSTIK_CRASH_AT"

CRASH_POINTS = (
    "input-temp-written",
    "input-written",
    "url-temp-written",
    "url-written",
    "object-temp-written",
    "object-written",
    "recipe-temp-written",
    "recipe-written",
    "published-temp-written",
    "published",
    "event-logged",
)
"""In the order in which one image passes them. `-temp-written`: the whole file is on disk under a temporary name;
`-written` and `published`: it bears its name, and its folder is on disk; `event-logged`: the ledger has the event."""


def _target(text: str | None) -> tuple[str, int] | None:
    if not text:
        return None
    name, _, passage = text.partition(":")
    if name not in CRASH_POINTS:
        raise ValueError(f"{ENVIRONMENT_VARIABLE}={text!r}: no such crash point; there are {', '.join(CRASH_POINTS)}")
    if passage and not (passage.isascii() and passage.isdigit() and int(passage) > 0):
        raise ValueError(f"{ENVIRONMENT_VARIABLE}={text!r}: after the colon stands the passage to die at, 1 or more")
    return name, int(passage or 1)


_TARGET = _target(os.environ.get(ENVIRONMENT_VARIABLE))
_passages = count(1)


def crash_point(name: str) -> None:
    """Kill this process with SIGKILL where the environment asks for it here; else do nothing."""
    if _TARGET is None:
        return
    if name == _TARGET[0] and next(_passages) == _TARGET[1]:
        os.kill(os.getpid(), signal.SIGKILL)
