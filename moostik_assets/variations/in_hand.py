"""Which images a run has in hand, on disk: what is found there after the process died were those it died with."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from moostik_assets.settings import Settings


class InHand:
    """The record of one run: `<state>/in-hand/<run id>.json`, {recipe id: key}. Gone once the run has ended.

    It outlives the process, not the machine's power: nothing is synced to the disk for it.
    """

    def __init__(self, settings: Settings, run_id: str) -> None:
        self._path = in_hand_path(settings, run_id)
        self._held: dict[str, str] = {}

    def take(self, recipe: str, key: str) -> None:
        """It is about to be handed to the renderer."""
        self._held[recipe] = key
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temp = self._path.with_suffix(".tmp")
        temp.write_text(json.dumps(self._held), encoding="utf-8")
        os.replace(temp, self._path)

    def done(self, recipe: str) -> None:
        """It came back. The file says so with the next `take`: whoever reads it looks into the store, too."""
        self._held.pop(recipe, None)

    def clear(self) -> None:
        """Nothing is in hand any more."""
        self._held.clear()
        for path in (self._path, self._path.with_suffix(".tmp")):
            path.unlink(missing_ok=True)


def in_hand_path(settings: Settings, run_id: str) -> Path:
    """Where the record of a run lies."""
    return settings.state_root / "in-hand" / f"{run_id}.json"


def found_in_hand(settings: Settings, run_id: str) -> Mapping[str, str]:
    """What a dead run had in hand, recipe id -> key; what cannot be read is nothing."""
    with suppress(OSError, ValueError):
        found = json.loads(in_hand_path(settings, run_id).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(recipe): str(key) for recipe, key in found.items()}
    return {}
