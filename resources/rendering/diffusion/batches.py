"""Throughput mode: which requests are painted at once."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[tuple[Hashable | None, Item]], size: int) -> Iterator[list[Item]]:
    """Items of equal keys together, `size` at a time; those of key None alone. At the end, what is left of each.

    An item waits for others of its key while items of other keys pass; order is kept within a key.
    """
    waiting: dict[Hashable, list[Item]] = {}
    for key, item in items:
        if key is None:
            yield [item]
            continue
        together = waiting.setdefault(key, [])
        together.append(item)
        if len(together) == size:
            yield waiting.pop(key)
    yield from waiting.values()
