"""Images that could not be made: how often each was tried, and which are in quarantine.

```
output/store/quarantine/<recipe id>.json    {recipe, key, attempts, error, at, runs, died}
```
The record goes by the recipe: a prompt that was changed is another recipe, and starts anew.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from resources.store import layout
from resources.store.files import Files

MAX_ATTEMPTS = 3
_LONGEST_ERROR = 2000


@dataclass(frozen=True)
class ImageFailure:
    """What is known of a recipe whose last attempt failed."""

    recipe: str
    key: str
    attempts: int
    error: str
    at: str
    """Time of the last attempt, ISO 8601, UTC."""
    runs: tuple[str, ...] = ()
    """The runs that tried."""
    died: bool = False
    """Whether a process died while this image was in hand; perhaps for the sake of another one in hand."""

    @property
    def quarantined(self) -> bool:
        """Whether it is not tried again by itself."""
        return self.attempts >= MAX_ATTEMPTS

    @property
    def refusal(self) -> str:
        """What a person is told."""
        return f"quarantined after {self.attempts} attempts: {self.error}; render it with --force to try again"


class ImageFailures:
    """The records of one output folder. Any number of processes may use it; one recipe is tried by one at a time."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def all(self) -> dict[str, ImageFailure]:
        """Every record by its recipe; what cannot be read is as none."""
        found = {}
        for file in self._files.walk(layout.QUARANTINE):
            if not layout.is_temp(file.name) and (failure := self._read(file.name)) is not None:
                found[failure.recipe] = failure
        return found

    def find(self, recipe: str) -> ImageFailure | None:
        """The record of one recipe."""
        return self._read(layout.quarantine_name(recipe))

    def count(self, recipe: str, key: str, error: str, run_id: str, *, died: bool = False) -> ImageFailure:
        """One more attempt that failed; a run counts once for a recipe, however often it is told."""
        before = self.find(recipe)
        if before is not None and run_id in before.runs:
            return before
        failure = ImageFailure(
            recipe=recipe,
            key=key,
            attempts=1 if before is None else before.attempts + 1,
            error=error[:_LONGEST_ERROR],
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            runs=(run_id,) if before is None else (*before.runs, run_id),
            died=died or (before is not None and before.died),
        )
        self._files.write(layout.quarantine_name(recipe), _bytes_of(failure), "quarantine")
        return failure

    def forget(self, recipe: str) -> None:
        """The image was made, or is to be tried as if for the first time."""
        self._files.remove(layout.quarantine_name(recipe))

    def _read(self, name: str) -> ImageFailure | None:
        try:
            document: Any = json.loads(self._files.read(name))
            return ImageFailure(
                recipe=layout.hash_in(name),
                key=str(document["key"]),
                attempts=int(document["attempts"]),
                error=str(document["error"]),
                at=str(document["at"]),
                runs=tuple(str(run) for run in document["runs"]),
                died=bool(document["died"]),
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
            return None


def _bytes_of(failure: ImageFailure) -> bytes:
    return (json.dumps(asdict(failure), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
