"""Ids of the jobs that servers work on, on disk before they are waited for: a new process finds them again."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class SavedJob:
    """A job of one server. Time in seconds since 1970, for a person who looks into the folder."""

    server: str
    prompt_id: str
    marker: str
    """A text that stands in this job's graph alone."""
    queued: float


class JobBook:
    """One small file a recipe id. Whoever renders a recipe holds its claim, so no two write one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, recipe_id: str) -> SavedJob | None:
        """The job of a recipe; None where there is none, or its file cannot be read."""
        try:
            document = json.loads(self._path(recipe_id).read_text(encoding="utf-8"))
            return SavedJob(**{name: kind(document[name]) for name, kind in SavedJob.__annotations__.items()})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, recipe_id: str, job: SavedJob) -> None:
        """Write it whole, and onto the disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(recipe_id)
        making = path.with_suffix(f".{os.getpid()}.tmp")
        with open(making, "w", encoding="utf-8") as file:
            json.dump(asdict(job), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(making, path)

    def forget(self, recipe_id: str) -> None:
        """The image is in hand, or will never come."""
        self._path(recipe_id).unlink(missing_ok=True)

    def _path(self, recipe_id: str) -> Path:
        return self._folder / f"{recipe_id}.json"
