"""world_state.json, which a command writes for a person: the theme of the world, and exceptions by place."""

from pathlib import Path
from typing import Any

from moostik_assets.catalogue.authored_files import change_object

FILE = "world_state.json"


def write_theme(data_dir: Path, theme: str | None, location: str | None = None) -> None:
    """Set the theme of the world, or of one place; for a place None takes its exception back.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """

    def change(document: dict[str, Any]) -> None:
        if location is None:
            document["theme"] = theme
            return
        places = {**(document.get("locations") or {}), location: theme}
        document["locations"] = {place: name for place, name in places.items() if name is not None}

    change_object(data_dir / FILE, change)
