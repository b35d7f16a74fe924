"""A good neighbour: no dream begins, and none goes on, while others need the machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from moostik_assets.automation.giving_way import GivingWay
from moostik_assets.automation.priorities import DREAMS
from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.settings import Settings
from resources.gpu_load import gpu_loads, own_processes, running

SECONDS_BETWEEN_LOOKS = 5.0
"""At the card: to ask takes a tenth of a second."""
LONGEST_WAIT_SECONDS = 2 * 3600.0
"""For a card that others use: then the night ends where it is."""
_GIBIBYTE = 1 << 30


def busy_names(settings: Settings, dreams: DreamSettings) -> tuple[str, ...]:
    """Programs beside which nobody dreams: of this machine (MOOSTIK_DREAM_BUSY_PROCESSES), else of the series."""
    if settings.dream_busy_processes is None:
        return dreams.busy_processes
    return tuple(name.strip() for name in settings.dream_busy_processes.split(",") if name.strip())


def busy_reason(settings: Settings, dreams: DreamSettings, *, at_work: bool) -> str:
    """Why now is no time to dream, "" where it is; `at_work`: whether we use the card ourselves meanwhile."""
    found = running(busy_names(settings, dreams))
    if found:
        return f"{', '.join(found)} {'is' if len(found) == 1 else 'are'} running"
    own = own_processes() if at_work else None
    for number, load in enumerate(gpu_loads()):
        percent, held = load.of_others(own)
        names = sorted({p.name.rpartition("/")[2] for p in load.processes if own is None or p.pid not in own} - {""})
        by = f" by {', '.join(names[:3])}" if names else ""
        if percent > dreams.busy_percent:
            return f"GPU {number} is busy{by}: {percent:.0f} % load, and {dreams.busy_percent:g} % is the limit"
        if held > dreams.busy_bytes:
            limit = dreams.busy_bytes / _GIBIBYTE
            return f"GPU {number} is in use{by}: {held / _GIBIBYTE:.1f} GiB held, and {limit:.1f} GiB is the limit"
    return ""


@dataclass
class Neighbour:
    """Asked between two frames whether to stop. Where the card is busy with anything else, it waits."""

    giving_way: GivingWay
    busy: Callable[[], str]
    """`busy_reason`, of now."""
    tired: bool = False
    """Whether it waited for as long as it does, and the card was busy still."""
    _looked: float = field(default=float("-inf"))

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled the run."""
        return self.giving_way.cancelled

    def __call__(self, paused: Callable[[str], None]) -> bool:
        """Whether to stop now; `paused` is told why it waits, and "" once it goes on."""
        waits_since: float | None = None
        while not (self.tired or self.giving_way()):
            now = time.monotonic()
            if self.giving_way.priority > DREAMS or now - self._looked < SECONDS_BETWEEN_LOOKS:
                break
            reason = self.busy()
            if not reason:
                self._looked = now
                if waits_since is not None:
                    paused("")
                break
            waits_since = now if waits_since is None else waits_since
            paused(reason)
            self.tired = now - waits_since > LONGEST_WAIT_SECONDS
            time.sleep(1.0)
        return self.tired or self.cancelled or self.giving_way.gave_way
