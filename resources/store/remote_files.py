"""Files of an object store, through fsspec: a whole PUT is the atomic step, and there are no locks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from upath import UPath

from resources.canonical import sha256_of_bytes
from resources.crash_points import crash_point
from resources.store.files import FileInfo, WriteStep


class RemoteFiles:
    """See `Files`. Two processes that write the same recipe at once both succeed; the last one stays."""

    def __init__(self, root: UPath) -> None:
        self._root = root

    def path(self, name: str) -> UPath:
        """Where that name lies."""
        return self._root / name

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        self._root.fs.invalidate_cache()
        return self._root.fs.isfile(self._full(name))

    def info(self, name: str) -> FileInfo:
        """Size and time of writing."""
        self._root.fs.invalidate_cache()
        return _info(name, self._root.fs.info(self._full(name)))

    def read(self, name: str, limit: int | None = None) -> bytes:
        """All its bytes, or the first `limit`."""
        start = None if limit is None else 0
        return cast(bytes, self._root.fs.cat_file(self._full(name), start=start, end=limit))

    def sha256(self, name: str) -> str:
        """Hash of its bytes."""
        return sha256_of_bytes(self.read(name))

    def write(self, name: str, data: bytes, step: WriteStep, *, read_only: bool = False, new: bool = False) -> bool:
        """One PUT; with `new`, only where nothing is. Returns whether it was written."""
        if new and self.exists(name):
            return False
        self._in_folder(name, lambda: self._root.fs.pipe_file(self._full(name), data))
        crash_point(f"{step}-written")
        return True

    def publish(self, source: str, target: str) -> None:
        """Copy inside the object store."""
        origin, path = self._full(source), self._full(target)
        if not self.exists(source):
            raise FileNotFoundError(f"{self.path(source)}: not there")
        self._in_folder(target, lambda: self._root.fs.cp_file(origin, path))
        crash_point("published")

    def touch(self, name: str) -> None:
        """Nothing: an object store has no time of use."""

    def remove(self, name: str) -> None:
        """Remove it; no error where it is gone."""
        try:
            self._root.fs.rm_file(self._full(name))
        except FileNotFoundError:
            return

    def prune(self, folder: str, top: str) -> None:
        """Nothing: an object store has no empty folders."""

    def walk(self, folder: str) -> Iterator[FileInfo]:
        """Every file below a folder, sorted by name."""
        self._root.fs.invalidate_cache()
        start = self._full(folder)
        try:
            found = cast(dict[str, dict[str, Any]], self._root.fs.find(start, detail=True))
        except FileNotFoundError:
            return
        for path in sorted(found):
            yield _info(f"{folder}/{path[path.index(start) + len(start) :].lstrip('/')}", found[path])

    @contextmanager
    def lock(self, *, exclusive: bool) -> Iterator[None]:
        """Nothing is locked: `gc` is kept from what is in use by its grace period alone."""
        yield

    def _full(self, name: str) -> str:
        return self.path(name).path

    def _in_folder(self, name: str, write: Any) -> None:
        try:
            write()
        except FileNotFoundError:  # a place with real folders (SFTP, WebDAV)
            self._root.fs.makedirs(self._full(name.rpartition("/")[0]), exist_ok=True)
            write()


def _info(name: str, found: dict[str, Any]) -> FileInfo:
    times = (found.get(field) for field in ("mtime", "LastModified", "last_modified", "modified", "created", "updated"))
    modified = next((seconds for time in times if (seconds := _seconds(time)) is not None), None)
    # Of unknown age counts as new: it may be in use.
    known = datetime.now(UTC).timestamp() if modified is None else modified
    return FileInfo(name, int(found.get("size") or 0), known, known)


def _seconds(time: Any) -> float | None:
    if isinstance(time, datetime):
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    if isinstance(time, str):
        try:
            return _seconds(datetime.fromisoformat(time))
        except ValueError:
            return None
    return float(time) if isinstance(time, int | float) else None
