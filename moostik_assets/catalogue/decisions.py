"""decisions.json, the one file of the catalogue that a command writes, for a person."""

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_take(data_dir: Path, key: str, take: int) -> None:
    """Note which take of a variation is wanted; 0 forgets it. A pin of that variation goes: it is the older decision.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """

    def decide(document: dict[str, Any]) -> None:
        document["takes"] = _with(document.get("takes"), key, take or None)
        _pin(document, key, None)

    _write(data_dir, decide)


def write_pin(data_dir: Path, key: str, recipe: str | None) -> None:
    """Note that a variation shows the image of that recipe, whatever the catalogue asks for; None forgets it.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is not a JSON object.
    """
    _write(data_dir, lambda document: _pin(document, key, recipe))


def _pin(document: dict[str, Any], key: str, recipe: str | None) -> None:
    pinned = _with(document.pop("pinned", None), key, recipe)
    if pinned:
        document["pinned"] = pinned


def _with(decided: Any, key: str, value: Any) -> dict[str, Any]:
    decisions = {**(decided or {}), key: value}
    return {name: decisions[name] for name in sorted(decisions) if decisions[name] is not None}


def _write(data_dir: Path, decide: Callable[[dict[str, Any]], None]) -> None:
    """Change the file whole or not at all; what else stands in it is kept."""
    path = data_dir / "decisions.json"
    with _alone(data_dir):
        document: Any = json.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
        if not isinstance(document, dict):
            raise ValueError(f"{path}: is not a JSON object")
        decide(document)
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        descriptor, name = tempfile.mkstemp(dir=data_dir, prefix=".decisions-")
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
def _alone(data_dir: Path) -> Iterator[None]:
    """No other command changes the file meanwhile, so that no decision is lost."""
    descriptor = os.open(data_dir, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
