"""Few runs for many partitions: keys that lie close together share a range."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

MAX_GAP = 20
"""Keys that a range may run over without meaning them. Dagster writes an event for each, so there is a limit."""
MAX_KEYS = 100
"""Keys of one run: one run is one warm renderer, and what is lost when it is killed is asked for again as a whole."""


@dataclass(frozen=True)
class KeyRange:
    """A range of partitions, from `start` to `end` in the order of all, of which only `keys` are meant."""

    start: str
    end: str
    keys: tuple[str, ...]
    covers_more: bool

    @property
    def only(self) -> list[str]:
        """The run's `only` config: empty where every key of the range is meant."""
        return list(self.keys) if self.covers_more else []


def merged_ranges(wanted: Collection[str], all_keys: Sequence[str]) -> list[KeyRange]:
    """Ranges that together hold each wanted key once, in order; keys that are not among `all_keys` are left out."""
    chosen = set(wanted)
    places = [index for index, key in enumerate(all_keys) if key in chosen]
    groups: list[list[int]] = []
    for place in places:
        if groups and place - groups[-1][-1] <= MAX_GAP + 1 and len(groups[-1]) < MAX_KEYS:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [
        KeyRange(
            start=all_keys[group[0]],
            end=all_keys[group[-1]],
            keys=tuple(all_keys[place] for place in group),
            covers_more=group[-1] - group[0] + 1 != len(group),
        )
        for group in groups
    ]
