"""Sentences: what people wrote in fields, as plain text without double spaces or double punctuation."""

import re
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ENDED = re.compile(r"[.!?…][\"'”’»)\]]*$")
_TRAILING = " .,;:"
_LEADING = " ,;:"


def phrase(text: str) -> str:
    """The text on one line, without the punctuation at its ends that joining would double."""
    return one_line(text).rstrip(_TRAILING).lstrip(_LEADING)


def one_line(text: str) -> str:
    """The text without line breaks, control characters and double spaces."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_CONTROL.sub(" ", line).split())


def joined(parts: Iterable[str], separator: str = ", ") -> str:
    """The phrases of some texts, each once (case aside), empty ones left out."""
    found: dict[str, str] = {}
    for part in parts:
        said = phrase(part)
        if said:
            found.setdefault(said.casefold(), said)
    together = ""
    for said in found.values():
        if together:
            together += " " if together[-1] in "!?…" else separator
        together += said
    return together


def sentence(text: str) -> str:
    """The text as one sentence with its full stop; "" for one that says nothing."""
    return ended(phrase(text))


def labelled(label: str, said: str) -> str:
    """`Layout: jars lead in from both sides.`; "" where nothing is said."""
    return ended(f"{label}: {said}") if said else ""


def ended(text: str) -> str:
    """The text with a full stop, where it has no end of its own."""
    return text if not text or _ENDED.search(text) else f"{text}."


def paragraph(sentences: Iterable[str]) -> str:
    """The sentences that say something, one after another."""
    return " ".join(one for one in sentences if one)
