"""The valid id that is nearest to one that somebody wrote."""

import difflib
import re
from collections.abc import Iterable
from functools import cached_property

_SEARCHES = 50
"""Wrong ids that a similar one is searched for: the search is slow, and nobody reads more of them."""
_LONGEST_SEARCHED = 100
_EXAMPLES = 5


class NearestIds:
    """Valid ids, and advice for someone who wrote another."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = tuple(ids)
        self._known = frozenset(self._ids)
        self._advice: dict[str, str] = {}

    def __contains__(self, found: str) -> bool:
        return found in self._known

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        return {_letters(one): one for one in reversed(self._ids)}

    def advice(self, wrong: str) -> str:
        """`nearest: 'mama'`, or that nothing is like it."""
        if wrong not in self._advice:
            nearest = self._by_letters.get(_letters(wrong))
            if nearest is None and len(self._advice) < _SEARCHES:
                nearest = next(iter(difflib.get_close_matches(wrong[:_LONGEST_SEARCHED], self._ids, n=1)), None)
            self._advice[wrong] = self._said(nearest)
        return self._advice[wrong]

    def _said(self, nearest: str | None) -> str:
        if nearest is not None:
            return f"nearest: {nearest!r}"
        if not self._ids:
            return "there are none at all"
        few = ", ".join(repr(one) for one in self._ids[:_EXAMPLES])
        return f"none is like it; there are: {few}{', ...' if len(self._ids) > _EXAMPLES else ''}"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
