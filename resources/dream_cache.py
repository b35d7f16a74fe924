"""The frames of dreams, bounded in number and in bytes; the least recently used goes first."""

import fcntl
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_IMAGES = 500
MAX_BYTES = 2_000_000_000

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_IMAGE, _INFO, _TEMP = ".png", ".json", ".tmp"


@dataclass(frozen=True, order=True)
class _Entry:
    used: int
    """Nanoseconds since the epoch."""
    key: str
    size: int


class DreamCache:
    """Images by key in one folder. Any number of processes may use it at once.

    The files themselves are the index, so that the two cannot disagree: an image is in the cache where its file is
    there, and was last used at that file's mtime. Room is made before an image is written: the bounds always hold.

    Example:
        >>> cache = DreamCache(Path("output/dreams/cache"))
        >>> cache.put(sha256, png, {"night": "2026-11-21", "frame": 12})
        >>> cache.get(sha256)
    """

    def __init__(self, folder: Path, max_images: int = MAX_IMAGES, max_bytes: int = MAX_BYTES) -> None:
        if max_images < 1 or max_bytes < 1:
            raise ValueError(f"a dream cache of {max_images} images and {max_bytes} bytes: both must be at least 1")
        self.folder = folder
        self._max_images = max_images
        self._max_bytes = max_bytes
        with self._writing():
            self._make_room(0, 0)

    def put(self, key: str, image: bytes, info: dict[str, Any] | None = None) -> list[str]:
        """Keep an image (over what is under that key), as used now. Returns the keys that had to go for it.

        One that alone is over the bound of bytes is not kept: its own key is among those returned.

        Raises:
            ValueError: the key cannot be a file name, or the info holds NaN.
            TypeError: the info holds something that is not JSON.
        """
        path = self._path(key, _IMAGE)
        said = json.dumps({"sha256": hashlib.sha256(image).hexdigest(), "info": info or {}}, allow_nan=False)
        with self._writing():
            if len(image) > self._max_bytes:
                self._remove(key)
                return [key]
            gone = self._make_room(1, len(image), besides=key)
            self._write(self._path(key, _INFO), said.encode())
            self._write(path, image)
        return gone

    def get(self, key: str) -> bytes | None:
        """The image of a key, used now; None where it is not there."""
        path = self._path(key, _IMAGE)
        try:
            image = path.read_bytes()
            os.utime(path, ns=(now := time.time_ns(), now))
        except FileNotFoundError:  # also: removed by another process in between
            return None
        return image

    def info(self, key: str) -> dict[str, Any]:
        """What was said of an image when it was put; asking is no use of it. Empty where nothing is known."""
        info, path = self._path(key, _INFO), self._path(key, _IMAGE)
        try:
            said, image = json.loads(info.read_bytes()), path.read_bytes()
            return said["info"] if said["sha256"] == hashlib.sha256(image).hexdigest() else {}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}

    def __contains__(self, key: object) -> bool:
        """Whether it is there; asking is no use of it."""
        return isinstance(key, str) and self._path(key, _IMAGE).is_file()

    def keys(self) -> list[str]:
        """Every key, the least recently used first."""
        return [entry.key for entry in self._entries()]

    def __len__(self) -> int:
        """How many images there are."""
        return len(self._entries())

    @property
    def total_bytes(self) -> int:
        """What the images take together."""
        return sum(entry.size for entry in self._entries())

    def _path(self, key: str, suffix: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(
                f"key {key[:80]!r} cannot be a file name: letters, digits, '_', '-' and '.' can, '.' not first"
            )
        return self.folder / f"{key}{suffix}"

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One process at a time. Readers go on meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / ".lock", os.O_RDONLY | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _entries(self) -> list[_Entry]:
        found = []
        for file in os.scandir(self.folder):
            if file.name.endswith(_IMAGE):
                try:
                    stat = file.stat()
                except FileNotFoundError:
                    continue
                found.append(_Entry(stat.st_mtime_ns, file.name.removesuffix(_IMAGE), stat.st_size))
        return sorted(found)

    def _make_room(self, images: int, size: int, besides: str = "") -> list[str]:
        """Remove the least recently used until so much more fits, and what a writer that was killed left."""
        self._remove_leftovers()
        entries = [entry for entry in self._entries() if entry.key != besides]
        count, total, gone = len(entries), sum(entry.size for entry in entries), []
        for entry in entries:
            if count + images <= self._max_images and total + size <= self._max_bytes:
                break
            self._remove(entry.key)
            count, total = count - 1, total - entry.size
            gone.append(entry.key)
        return gone

    def _remove_leftovers(self) -> None:
        names = {file.name for file in os.scandir(self.folder)}
        for name in names:
            orphan = name.endswith(_INFO) and f"{name.removesuffix(_INFO)}{_IMAGE}" not in names
            if orphan or name.endswith(_TEMP):
                (self.folder / name).unlink(missing_ok=True)

    def _remove(self, key: str) -> None:
        self._path(key, _IMAGE).unlink(missing_ok=True)
        self._path(key, _INFO).unlink(missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        descriptor, temp = tempfile.mkstemp(prefix=path.name, suffix=_TEMP, dir=self.folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temp, path)
        except BaseException:
            os.unlink(temp)
            raise
