"""decisions.json, which a command writes for a person: takes, and earlier versions kept."""

from pathlib import Path
from typing import Any

from moostik_assets.catalogue.authored_files import change_object

FILE = "decisions.json"


def write_take(data_dir: Path, key: str, take: int) -> None:
    """Note which take of a variation is wanted; 0 forgets it. A pin of that variation goes: it is the older decision.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """

    def decide(document: dict[str, Any]) -> None:
        document["takes"] = _with(document.get("takes"), key, take or None)
        _pin(document, key, None)

    change_object(data_dir / FILE, decide)


def write_pin(data_dir: Path, key: str, recipe: str | None) -> None:
    """Note that a variation shows the image of that recipe, whatever the catalogue asks for; None forgets it.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """
    change_object(data_dir / FILE, lambda document: _pin(document, key, recipe))


def _pin(document: dict[str, Any], key: str, recipe: str | None) -> None:
    pinned = _with(document.pop("pinned", None), key, recipe)
    if pinned:
        document["pinned"] = pinned


def _with(decided: Any, key: str, value: Any) -> dict[str, Any]:
    decisions = {**(decided or {}), key: value}
    return {name: decisions[name] for name in sorted(decisions) if decisions[name] is not None}
