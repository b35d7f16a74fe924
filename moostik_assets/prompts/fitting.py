"""Fitting: a text that is too long for a renderer loses what matters least."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from moostik_assets.prompts.sections import Section
from moostik_assets.prompts.sentences import ended

IMPORTANCE = (
    "angle",
    "goal",
    "subjects",
    "invariants",
    "scene",
    "theme",
    "must_include",
    "lighting",
    "composition",
    "lettering",
    "avoid",
    "camera",
    "task",
    "deliverable",
)
"""Sections, the most important first; the last goes first."""

_NEVER_CUT = frozenset({"lettering"})
"""Half a sign is a wrong sign: it goes whole."""
_MIN_WORDS = 4
"""A section cut shorter says little but its label; then it goes whole. The two most important may be cut to one."""

# Scripts that write no spaces (Chinese, Japanese) can be cut at every character.
_WORD = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+")
_DANGLING = " ,;:.([{\"'“‘«-"


def text_within(
    sections: Sequence[Section], limit: int | None, count: Callable[[str], int]
) -> tuple[str, tuple[str, ...]]:
    """The text of some sections, and the names of those that were dropped or cut so that `count(text) <= limit`.

    Whole sections are dropped, the least important first, until the rest fits; of the last one as many words are
    kept as there is room for. Where not even one word fits, the text is "".
    """
    text = " ".join(section.text for section in sections)
    if limit is None or not sections or count(text) <= limit:
        return text, ()
    expendable = sorted(sections, key=lambda section: IMPORTANCE.index(section.name), reverse=True)

    def without(dropped: int, cut: str = "") -> str:
        """The text without so many sections, but with `cut` in place of the last of them."""
        shorter = {**dict.fromkeys(expendable[:dropped], ""), expendable[dropped - 1]: cut}
        return " ".join(said for section in sections if (said := shorter.get(section, section.text)))

    fewest, dropped = 1, len(sections)
    while fewest < dropped:
        tried = (fewest + dropped) // 2
        if count(without(tried)) <= limit:
            dropped = tried
        else:
            fewest = tried + 1
    cut = _longest_cut(expendable[dropped - 1], lambda cut: count(without(dropped, cut)) <= limit)
    gone = expendable[:dropped]
    return without(dropped, cut), tuple(section.name for section in sections if section in gone)


@lru_cache(maxsize=128)  # a negative is mostly the same from shot to shot, and tokenizers are slow
def list_within(items: str, limit: int | None, count: Callable[[str], int]) -> str:
    """As many of the first items of a list with commas as fit."""
    if limit is None or not items or count(items) <= limit:
        return items
    found = items.split(", ")
    return _longest(1, len(found) - 1, lambda n: ", ".join(found[:n]), lambda some: count(some) <= limit)


def _longest_cut(section: Section, fits: Callable[[str], bool]) -> str:
    """As many of its first words as fit; "" where too few do."""
    if section.name in _NEVER_CUT:
        return ""
    ends = [word.end() for word in _WORD.finditer(section.text)]
    fewest = 1 if section.name in IMPORTANCE[:2] else _MIN_WORDS
    return _longest(fewest, len(ends) - 1, lambda n: ended(section.text[: ends[n - 1]].rstrip(_DANGLING)), fits)


def _longest(fewest: int, most: int, made_of: Callable[[int], str], fits: Callable[[str], bool]) -> str:
    """What is made of the most pieces and fits, found by halving; "" where nothing fits."""
    longest = ""
    while fewest <= most:
        pieces = (fewest + most) // 2
        made = made_of(pieces)
        if fits(made):
            longest, fewest = made, pieces + 1
        else:
            most = pieces - 1
    return longest
