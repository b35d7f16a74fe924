"""What a sensor remembers between two ticks, across restarts."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class SensorCursor:
    """A sensor's cursor; a text that cannot be read is as none."""

    stamp: str = ""
    """Of the files at the last look."""
    signatures: Mapping[str, str] = field(default_factory=dict)
    """Episode id -> signature of what the sensor watches."""
    entities: Mapping[str, str] = field(default_factory=dict)
    """Character or location -> version of its sheet, where the sensor watches sheets."""
    keys: frozenset[str] = frozenset()
    """The variations that the catalogue had."""
    to_request: tuple[str, ...] = ()
    """New variations that wait for the code location to know them."""
    generation: int = 0
    """Counts the changes that were acted on; part of the run keys, so that going back and forth asks each time."""
    broken: str = ""
    """Why the files at `stamp` cannot be used."""

    def to_text(self) -> str:
        """The text that Dagster keeps."""
        document = {
            "version": VERSION,
            "stamp": self.stamp,
            "signatures": dict(self.signatures),
            "entities": dict(self.entities),
            "keys": _packed(self.keys),
            "toRequest": _packed(self.to_request),
            "generation": self.generation,
            "broken": self.broken,
        }
        return json.dumps(document, sort_keys=True)


def cursor_from_text(text: str | None) -> SensorCursor | None:
    """The cursor of a text; None where there is none, or it is of another version."""
    try:
        document: Any = json.loads(text) if text else None
        if not isinstance(document, dict) or document.get("version") != VERSION:
            return None
        return SensorCursor(
            stamp=document["stamp"],
            signatures=document["signatures"],
            entities=document.get("entities", {}),
            keys=frozenset(_unpacked(document["keys"])),
            to_request=tuple(_unpacked(document["toRequest"])),
            generation=int(document["generation"]),
            broken=document["broken"],
        )
    except (ValueError, KeyError, TypeError, zlib.error):
        return None


def _packed(keys: Iterable[str]) -> str:
    return base64.b64encode(zlib.compress("\n".join(sorted(keys)).encode(), 6)).decode()


def _unpacked(text: str) -> list[str]:
    joined = zlib.decompress(base64.b64decode(text)).decode()
    return joined.split("\n") if joined else []
