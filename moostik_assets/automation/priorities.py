"""Priorities of runs, as tags. The pool serves waiting runs in the order of `dagster/priority`, highest first."""

from collections.abc import Mapping

from dagster._core.storage.tags import PRIORITY_TAG

LIVE, IMMEDIATE, WORLD_STATE, DREAMS = 30, 20, 10, 0
"""P0 to P3 of section 10: live, immediate, world state, dreams."""

CAUSE_TAG = "moostik/cause"
"""What asked for a run: `command`, or a sensor's name."""
ATTEMPT_TAG = "moostik/attempt"
"""Which try at the same images a run is, from 1."""
AGAIN_TAG = "moostik/again"
"""On a run that does what another one left undone: the id of that run."""
FRUITLESS_TAG = "moostik/fruitless"
"""How many runs in a row, this one's forerunners, ended before they had done anything."""
GAVE_WAY_TAG = "moostik/gave-way"
"""On a run that stopped between two images for the sake of a more urgent one; its rest is asked for later."""
APPROVAL_TAG = "moostik/needs-approval"
"""On a run that costs money: while it is WAITING it stays in the queue, until a person has decided."""
WAITING, APPROVED = "yes", "approved"
"""Values of that tag."""
ESTIMATE_TAG = "moostik/estimate-usd"


def run_tags(priority: int, cause: str) -> dict[str, str]:
    """The tags of a run of ours."""
    return {PRIORITY_TAG: str(priority), CAUSE_TAG: cause}


def waits_for_approval(tags: Mapping[str, str]) -> bool:
    """Whether a run waits for a person's decision on what it costs."""
    return tags.get(APPROVAL_TAG) == WAITING


def priority_of(tags: Mapping[str, str]) -> int:
    """A run's priority; P1 where it has none (a person pressed a button)."""
    try:
        return int(tags.get(PRIORITY_TAG, IMMEDIATE))
    except ValueError:
        return IMMEDIATE
