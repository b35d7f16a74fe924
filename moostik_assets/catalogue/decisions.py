"""decisions.json, the one file of the catalogue that a command writes, for a person."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_take(data_dir: Path, key: str, take: int) -> None:
    """Note which take of a variation is wanted; 0 forgets it. What else stands in the file is kept.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """
    path = data_dir / "decisions.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    takes = dict(document.get("takes") or {})
    takes.pop(key, None)
    if take:
        takes[key] = take
    document["takes"] = dict(sorted(takes.items()))
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    descriptor, name = tempfile.mkstemp(dir=data_dir, prefix=".decisions-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
