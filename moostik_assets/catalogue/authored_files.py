"""Files of the catalogue that a command changes for a person: whole or not at all, and what it does not know stays."""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def change_object(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the JSON object of a file, or make the file.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """
    with _alone(path.parent):
        document: Any = json.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
        if not isinstance(document, dict):
            raise ValueError(f"{path}: is not a JSON object")
        change(document)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other command changes the file meanwhile, so that no decision is lost."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
