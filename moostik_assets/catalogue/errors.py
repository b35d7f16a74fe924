"""What is wrong with a catalogue: each mistake with its file, its place in it, the value, and what would be right."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any, Literal

Severity = Literal["error", "warning"]
Step = str | int

MAX_REPORTED_PER_FILE = 1000
MAX_SHOWN_TEXT = 80
MAX_SHOWN_ITEMS = 4
MAX_COMPARED_NAMES = 20_000
"""Names compared for "did you mean" in one load: past it, nothing is suggested and loading stays fast."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class CatalogueError:
    """One mistake in one file of the catalogue."""

    file: str
    """Relative to the data folder, such as "episodes/ep0.json"; "." for the folder itself."""
    path: str
    """JSON path, such as "$.shots[3].variations[0].cameraAngle"."""
    value: Any
    """The offending value, shortened to something printable and JSON-safe; None where there is none."""
    reason: str
    """What is wrong, and what would be right."""
    severity: Severity
    entity: str | None = None
    """Whose mistake it is: "episode ep0", "character mama", "location kitchen", "theme christmas", "series", ..."""
    left_out: str = ""
    """What the catalogue lacks because of it: "shot ep0/shot-003", "character mama"; "" nothing."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object with every field."""
        return dict(self.__dict__)

    def __str__(self) -> str:
        value = "" if self.value is None else f" = {json.dumps(self.value, ensure_ascii=False)}"
        left_out = f" ({self.left_out} is left out)" if self.left_out else ""
        return printable(f"{self.file} {self.path}{value}: {self.reason}{left_out}")


def json_path(steps: Iterable[Step]) -> str:
    """`("shots", 3, "id")` as "$.shots[3].id"."""
    parts = ["$"]
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step) and len(step) <= MAX_SHOWN_TEXT:
            parts.append(f".{step}")
        else:
            parts.append(f"[{printable(json.dumps(shown(step), ensure_ascii=False))}]")
    return "".join(parts)


def printable(text: str) -> str:
    """The text with what a terminal would act on, or nobody would see, written as \\uXXXX."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def name_shown(name: str) -> str:
    """A name cut and made printable, to stand in a sentence."""
    return printable(shown(name))


def shown(value: Any, depth: int = 2) -> Any:
    """A value cut down to something short that JSON can say and a terminal can print."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**20 else f"a whole number of about {value.bit_length() * 3 // 10 + 1} digits"
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, str):
        cut = value if len(value) <= MAX_SHOWN_TEXT else value[: MAX_SHOWN_TEXT - 1] + "…"
        return _SURROGATE.sub("\ufffd", cut)
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        items = list(value.items())[:MAX_SHOWN_ITEMS]
        found = {shown(str(key)): shown(item, depth - 1) for key, item in items}
        return found if len(value) <= MAX_SHOWN_ITEMS else {**found, "…": f"{len(value)} keys"}
    if isinstance(value, list | tuple):
        if depth == 0:
            return "[…]"
        found = [shown(item, depth - 1) for item in value[:MAX_SHOWN_ITEMS]]
        return found if len(value) <= MAX_SHOWN_ITEMS else [*found, f"… {len(value)} items"]
    return shown(str(value))


@dataclass
class Report:
    """Collects the mistakes of all files, at most MAX_REPORTED_PER_FILE of each severity for each file."""

    found: list[CatalogueError] = field(default_factory=list)
    _counts: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    _compared: int = 0

    def place(self, file: str, entity: str | None = None, left_out: str = "") -> "Place":
        """Where mistakes of one file are written down."""
        return Place(self, file, (), entity, left_out)

    def counted(self, file: str, severity: Severity) -> bool:
        """Count a mistake of a file; whether it is to be written down, too: past the limit it is not."""
        count = self._counts[file, severity] = self._counts[file, severity] + 1
        return count <= MAX_REPORTED_PER_FILE

    def finished(self) -> list[CatalogueError]:
        """All mistakes, and for each file with too many of them one that says how many more there are."""
        more = [
            CatalogueError(
                file, "$", None, f"{count - MAX_REPORTED_PER_FILE} more of this kind are not listed", severity
            )
            for (file, severity), count in self._counts.items()
            if count > MAX_REPORTED_PER_FILE
        ]
        return self.found + more

    def closest(self, name: str, names: Collection[str]) -> str | None:
        """The name that was probably meant; None where none is near, or too many were compared already."""
        self._compared += len(names)
        if self._compared > MAX_COMPARED_NAMES:
            return None
        by_folded = {candidate.casefold(): candidate for candidate in names}
        close = get_close_matches(name[:MAX_SHOWN_TEXT].casefold(), by_folded, n=1, cutoff=0.6)
        return by_folded[close[0]] if close else None

    def nearest(self, name: str, names: Collection[str]) -> str:
        """What would be right in place of an unknown name: the nearest one, or a few of those that there are."""
        if not names:
            return "there are none"
        close = self.closest(name, names)
        if close is not None:
            return f"did you mean {close!r}?"
        listed = ", ".join(name_shown(candidate) for candidate in islice(names, 10))
        return f"there are: {listed}" + (f" and {len(names) - 10} more" if len(names) > 10 else "")


@dataclass(slots=True)
class Place:
    """A place in a file, whose mistakes are written down under its path and entity."""

    report: Report
    file: str
    path: tuple[Step, ...]
    entity: str | None
    left_out: str

    def at(self, *steps: Step) -> "Place":
        """The place below this one."""
        return Place(self.report, self.file, self.path + steps, self.entity, self.left_out)

    def of(self, entity: str | None = None, left_out: str | None = None) -> "Place":
        """This place, for another entity or another thing that is left out."""
        return Place(
            self.report,
            self.file,
            self.path,
            self.entity if entity is None else entity,
            self.left_out if left_out is None else left_out,
        )

    def error(self, value: Any, reason: str) -> None:
        """Write down an error."""
        self._add(value, reason, "error", self.left_out)

    def warn(self, value: Any, reason: str) -> None:
        """Write down a warning: nothing is left out for it."""
        self._add(value, reason, "warning", "")

    def nearest(self, name: str, names: Collection[str]) -> str:
        """What would be right in place of an unknown name."""
        return self.report.nearest(name, names)

    def _add(self, value: Any, reason: str, severity: Severity, left_out: str) -> None:
        if self.report.counted(self.file, severity):
            path = json_path(self.path)
            error = CatalogueError(self.file, path, shown(value), reason, severity, self.entity, left_out)
            self.report.found.append(error)
