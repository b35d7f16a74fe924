"""Reading one JSON file that may be hostile: its size, encoding, syntax, NaN, duplicate keys and broken characters."""

import json
import math
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moostik_assets.catalogue.containment import real_path_inside
from moostik_assets.catalogue.errors import Place, Step
from resources.canonical import sha256_of_bytes

MAX_JSON_BYTES = 64 * 1024 * 1024
MAX_JSON_VALUES = 3_000_000
"""Commas and opening brackets in a file: what it costs to hold, however short each value is."""
MAX_FLAWS = 1000
MAX_INTEGER_DIGITS = 1000
"""A whole number with more digits is read as infinite, which every field that holds numbers refuses."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_LONE_SURROGATE_ESCAPE = re.compile(rf"{_HIGH}(?!{_LOW})|(?<!\\u[dD][89abAB][0-9a-fA-F]{{2}}){_LOW}")


class _NotJson(float):
    """A NaN or infinity written as such, which is not JSON."""


@dataclass(frozen=True)
class Flaw:
    """Something that JSON does not allow at a path; the entity around it is left out."""

    path: tuple[Step, ...]
    value: Any
    reason: str


@dataclass(frozen=True)
class JsonFile:
    """The value of a file, the flaws found in it, and the sha256 of its bytes."""

    value: Any
    sha256: str
    flaws: tuple[Flaw, ...] = field(default=())

    def flaws_below(self, *steps: Step) -> list[Flaw]:
        """The flaws at a path or below it."""
        return [flaw for flaw in self.flaws if flaw.path[: len(steps)] == steps]


def read_json(data_dir: Path, at: Place) -> JsonFile | None:
    """The JSON value of `data_dir / at.file`; None where it cannot be read, and `at` has the reason.

    Lone surrogates (half an emoji, as cutting a text leaves them) are replaced by U+FFFD, with a warning.
    """
    raw = _bytes_of(data_dir, at)
    if raw is None:
        return None
    text = _text_of(raw, at)
    if text is None:
        return None
    count = sum(map(text.count, ",[{"))
    if count > MAX_JSON_VALUES:
        at.error(None, f"holds about {count:,} values, and at most {MAX_JSON_VALUES:,} are read; split it")
        return None
    flawed = _Flawed()
    try:
        value = json.loads(
            text,
            object_pairs_hook=flawed.object_of_pairs,
            parse_constant=flawed.constant,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        at.error(text[error.pos : error.pos + 40] or None, _syntax_reason(text, error))
        return None
    except RecursionError:
        at.error(None, "nested too deep; a catalogue file needs fewer than twenty levels")
        return None
    if flawed.count > MAX_FLAWS:
        reason = f"holds {flawed.count:,} keys that stand twice in one object, or numbers that are not JSON"
        at.error(None, reason)
        return None
    broken_text = _SURROGATE_ESCAPE.search(text) and _LONE_SURROGATE_ESCAPE.search(text.replace("\\\\", "  "))
    flaws = flawed.flaws(value, at) if flawed.count or broken_text else ()
    return JsonFile(value, sha256_of_bytes(raw), tuple(flaws))


def _bytes_of(data_dir: Path, at: Place) -> bytes | None:
    try:
        real = real_path_inside(data_dir, at.file)
        if real is None:
            at.error(None, "is a link out of the data folder; put the file itself there")
            return None
        status = os.stat(real)
        if not stat.S_ISREG(status.st_mode):
            at.error(None, "is not a file; a JSON file is wanted here")
            return None
        if status.st_size <= MAX_JSON_BYTES:
            with open(real, "rb") as stream:
                raw = stream.read(MAX_JSON_BYTES + 1)
            if len(raw) <= MAX_JSON_BYTES:
                return raw
    except (OSError, ValueError) as error:
        at.error(None, f"cannot be read: {getattr(error, 'strerror', None) or error}")
        return None
    at.error(None, f"is {status.st_size:,} bytes, and at most {MAX_JSON_BYTES:,} are read; split it")
    return None


def _text_of(raw: bytes, at: Place) -> str | None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        at.error(None, "is UTF-16; save it as UTF-8")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        at.error(None, f"is not UTF-8: byte 0x{raw[error.start]:02x} in line {line}; save it as UTF-8")
        return None


def _syntax_reason(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "is empty; an empty list is [] and an empty object {}"
    message = error.msg[:1].lower() + error.msg[1:]
    return f"is not JSON: {message} at line {error.lineno}, column {error.colno}"


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_INTEGER_DIGITS else math.inf


class _Flawed:
    """What the JSON reader meets that has no path yet; a walk over the whole value, only then, finds the paths."""

    def __init__(self) -> None:
        self.count = 0
        self._duplicates: dict[int, tuple[dict[str, Any], list[str]]] = {}

    def object_of_pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.count += 1
            seen: set[str] = set()
            twice = [key for key, _ in pairs if key in seen or seen.add(key)]
            self._duplicates[id(found)] = (found, list(dict.fromkeys(twice)))  # keeps it alive: its id stays its own
        return found

    def constant(self, name: str) -> float:
        self.count += 1
        return _NotJson(name)

    def flaws(self, root: Any, at: Place) -> list[Flaw]:
        found: list[Flaw] = []
        holder = [root]
        waiting: list[tuple[Any, tuple[Step, ...]]] = [(holder, ())]
        while waiting:
            container, path = waiting.pop()
            if id(container) in self._duplicates:
                reason = "the key stands twice in one object; keep one of them"
                found += [Flaw((*path, key), None, reason) for key in self._duplicates[id(container)][1]]
            if isinstance(container, dict):
                _repair_keys(container, at.at(*path))
            for step, item in list(container.items() if isinstance(container, dict) else enumerate(container)):
                below = path if container is holder else (*path, step)
                if isinstance(item, dict | list):
                    waiting.append((item, below))
                elif isinstance(item, str) and _SURROGATE.search(item):
                    container[step] = _SURROGATE.sub("\ufffd", item)
                    at.at(*below).warn(item, "holds half a character (a lone surrogate), read as U+FFFD; write it anew")
                elif isinstance(item, _NotJson):
                    found.append(Flaw(below, str(item), "is not a JSON number; write a finite number, or null"))
        return sorted(found, key=lambda flaw: [(isinstance(step, str), str(step).zfill(9)) for step in flaw.path])


def _repair_keys(container: dict[str, Any], at: Place) -> None:
    for key in [key for key in container if _SURROGATE.search(key)]:
        container[_SURROGATE.sub("\ufffd", key)] = container.pop(key)
        at.warn(key, "a key holds half a character (a lone surrogate), read as U+FFFD; write it anew")
