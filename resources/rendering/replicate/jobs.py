"""What was ordered and not delivered yet, on disk: after a crash it is looked for, and not paid twice.

```
<scratch>/<recipe id>.json    {recipe, model, began, inputs, prediction}
```
Written before the order (then without `prediction`), and again as soon as the API has named it.
"""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from resources.canonical import sha256_of_bytes

OUTPUTS_LAST_SECONDS = 3600.0
"""So long does Replicate keep what a prediction gave."""
SWEPT_AFTER_SECONDS = 7 * 86_400.0
CLOCKS_DIFFER_BY_SECONDS = 120.0
_HASHED = "sha256:"


@dataclass(frozen=True)
class Job:
    """One order. `began`: seconds since the epoch, by this machine's clock."""

    recipe: str
    model: str
    began: float
    inputs: dict[str, Any]
    """As ordered, but for data URIs, which stand here by their hash."""
    prediction: str = ""
    """Id of the prediction; "" while nobody knows whether there is one."""

    @property
    def lost(self) -> bool:
        """Whether what it gave is gone from Replicate by now."""
        return time.time() - self.began > OUTPUTS_LAST_SECONDS

    def is_of(self, prediction: Mapping[str, Any]) -> bool:
        """Whether a prediction of the account's list may be that of this order."""
        inputs = prediction.get("input")
        named = (prediction.get("model"), prediction.get("version"))
        if self.model not in named or not isinstance(inputs, dict):
            return False
        return all(_same(value, inputs.get(name)) for name, value in self.inputs.items())

    def is_before(self, prediction: Mapping[str, Any]) -> bool:
        """Whether a prediction is older than this order."""
        with suppress(ValueError, TypeError):
            created = datetime.fromisoformat(str(prediction.get("created_at"))).timestamp()
            return created < self.began - CLOCKS_DIFFER_BY_SECONDS
        return True


class JobBook:
    """The jobs of one scratch folder. A recipe is in the hands of one process at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, recipe: str, model: str, inputs: Mapping[str, Any]) -> Job:
        """Note that an order is about to be given."""
        job = Job(recipe, model, time.time(), {name: _short(value) for name, value in inputs.items()})
        self.write(job)
        return job

    def write(self, job: Job) -> None:
        """Have it on disk, whole, before anything else happens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(job.recipe)
        temp = path.with_suffix(f".{os.getpid()}.tmp")
        with open(temp, "w", encoding="utf-8") as file:
            json.dump(asdict(job), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def find(self, recipe: str) -> Job | None:
        """The order of a recipe; None where there is none whose image could still be had."""
        job = _read(self._path(recipe))
        return None if job is None or job.lost else job

    def forget(self, recipe: str) -> None:
        """It was delivered, or came to nothing."""
        self._path(recipe).unlink(missing_ok=True)

    def predictions(self) -> set[str]:
        """Ids of the predictions that belong to a job."""
        jobs = (_read(path) for path in self._folder.glob("*.json"))
        return {job.prediction for job in jobs if job is not None and job.prediction}

    def sweep(self) -> None:
        """Remove the jobs that are long past."""
        for path in self._folder.glob("*"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > SWEPT_AFTER_SECONDS:
                    path.unlink()

    def _path(self, recipe: str) -> Path:
        return self._folder / f"{recipe}.json"


def _read(path: Path) -> Job | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Job(
            recipe=str(found["recipe"]),
            model=str(found["model"]),
            began=float(found["began"]),
            inputs=dict(found["inputs"]),
            prediction=str(found["prediction"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, str) and value.startswith("data:"):
        return _HASHED + sha256_of_bytes(value.encode())
    return value


def _same(ours: Any, theirs: Any) -> bool:
    """Whether an input is the one that was ordered. The API may show a file that came with it as a URL of its own."""
    if isinstance(ours, list):
        listed = isinstance(theirs, list) and len(ours) == len(theirs)
        return listed and all(_same(one, other) for one, other in zip(ours, theirs, strict=True))
    if isinstance(ours, str) and ours.startswith(_HASHED):
        return isinstance(theirs, str) and (_short(theirs) == ours or not theirs.startswith("data:"))
    return bool(ours == theirs)
