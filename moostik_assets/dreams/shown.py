"""What is to be seen of a night: output/dreams with its frames, manifest, current.png and status.json.

Each file is replaced in one step: whoever reads in a loop never sees half of one.
"""

import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from moostik_assets.studio import Studio
from resources.dream_cache import DreamCache
from resources.image_store import StoredImage
from resources.store.layout import DREAMS

State = Literal["dreaming", "paused", "done", "stopped", "failed"]
CACHE = "cache"
MANIFEST = "manifest.json"


def frame_file(day: str, number: int) -> str:
    """`2026-11-21/frame-0012`."""
    return f"{day}/frame-{number:04}"


def cache_key(day: str, number: int) -> str:
    """`2026-11-21-0012`."""
    return f"{day}-{number:04}"


def night_folder(studio: Studio, day: str) -> Any:
    """Where a night lies: a local path, or one in an object store."""
    return studio.store.files.path(f"{DREAMS}/{day}")


def dream_cache(studio: Studio, max_images: int, max_bytes: int) -> DreamCache:
    """The frames that are kept at hand."""
    return DreamCache(studio.settings.state_root / DREAMS / CACHE, max_images, max_bytes)


def write_whole(path: Any, document: Mapping[str, Any]) -> None:
    """Write a JSON file in one step."""
    data = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")
    if not isinstance(path, Path):
        path.write_bytes(data)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with open(temp, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)
    finally:
        temp.unlink(missing_ok=True)


def read_whole(path: Any) -> bytes | None:
    """The bytes of a file; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


class Shown:
    """What one night shows while it is dreamt."""

    def __init__(self, studio: Studio, day: str, cache: DreamCache, **constant: Any) -> None:
        self._studio, self._day, self._cache = studio, day, cache
        self._constant = constant
        self._numbers: dict[int, StoredImage] = {}
        self._front = 0
        self._began: float | None = None

    @property
    def front(self) -> int:
        """Number of the last frame before which none is missing; 0 before the first."""
        return self._front

    def frame(self, number: int, image: StoredImage, png: bytes) -> None:
        """Show a frame, keep it at hand, and let go of those of other nights that had to make room for it."""
        store = self._studio.store
        store.publish_dream(frame_file(self._day, number), image)
        self._keep(number, image, png)
        self._numbers[number] = image
        before = self._front
        while self._front + 1 in self._numbers:
            self._front += 1
        if self._front != before:
            self._began = time.monotonic() if self._began is None else self._began
            store.publish_dream("current", self._numbers[self._front])

    def _keep(self, number: int, image: StoredImage, png: bytes) -> None:
        key = cache_key(self._day, number)
        if self._cache.info(key).get("sha256") == image.sha256 and self._cache.get(key) is not None:
            return
        for gone in self._cache.put(key, png, {"recipe": image.recipe_id, "sha256": image.sha256}):
            day, _, last = gone.rpartition("-")
            if day != self._day:
                self._studio.store.unpublish_dream(frame_file(day, int(last)))

    def seconds_ready_ahead(self, fps: int) -> float:
        """Seconds of the dream that are made and that a viewer who began with its first frame has not seen yet."""
        if self._began is None:
            return 0.0
        return max(0.0, self._front / fps - (time.monotonic() - self._began))

    def status(self, state: State, prompt: str, *, fps: int, reason: str = "") -> None:
        """Write status.json."""
        document = {
            "date": self._day,
            "state": state,
            **({"reason": reason} if reason else {}),
            "frame": self._front,
            **self._constant,
            "prompt": prompt,
            "fps": fps,
            "current": "current.png",
            "cacheImages": len(self._cache),
            "cacheBytes": self._cache.total_bytes,
            "secondsReadyAhead": round(self.seconds_ready_ahead(fps), 2),
            "updated": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        write_whole(self._studio.store.files.path(f"{DREAMS}/status.json"), document)

    def manifest(self, head: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> None:
        """Write manifest.json. There is nothing of the time or the machine in it: the same night, the same bytes."""
        write_whole(night_folder(self._studio, self._day) / MANIFEST, {**head, "frames": list(entries)})
