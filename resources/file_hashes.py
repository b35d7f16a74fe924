"""sha256 of files, remembered as long as the file system says that a file is the same one."""

import contextlib
import hashlib
import json
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

RACY_SECONDS = 2.0
"""A file changed this shortly before it was hashed may change again within the same tick of the clock of its
file system (two seconds on FAT) and look the same: its hash is not remembered."""
MAX_REMEMBERED = 200_000

_HEADER = {"file_hashes": 1}
_LOG = logging.getLogger(__name__)

Stamp = tuple[int, int, int, int]
"""Size in bytes, mtime and ctime in ns, inode. ctime catches an edit that puts the old mtime back."""


class FileHashes:
    """Hashes of files by path, kept for the process, and between processes where a cache file is given.

    The cache file only saves time: a missing, corrupt or unwritable one is worked without.

    Example:
        >>> hashes = FileHashes(Path("output/cache/file-hashes.jsonl"))
        >>> hashes.sha256(Path("data/characters.json"))
        >>> hashes.save()
    """

    def __init__(self, cache_file: Path | None = None) -> None:
        self._cache_file = cache_file
        self._known: dict[str, tuple[Stamp, str]] | None = None
        self._used: set[str] = set()
        self._changed = False

    def sha256(self, path: Path) -> str:
        """Lower-case hex sha256 of a file's bytes.

        Raises:
            OSError: the file is missing or cannot be read.
        """
        if self._known is None:
            self._known = _read_cache(self._cache_file)
        key = os.path.abspath(path)
        stamp = _stamp(os.stat(path))
        self._used.add(key)
        remembered = self._known.get(key)
        if remembered is not None and remembered[0] == stamp:
            return remembered[1]
        now = time.time_ns()
        with open(path, "rb", buffering=0) as stream:
            before = _stamp(os.fstat(stream.fileno()))
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            after = _stamp(os.fstat(stream.fileno()))
        if before == after and now - max(after[1], after[2]) >= RACY_SECONDS * 1e9:
            self._known[key] = (after, digest)
            self._changed = True
        elif self._known.pop(key, None):
            self._changed = True
        return digest

    def save(self) -> None:
        """Write the cache file, whole or not at all. What another process has written meanwhile is kept."""
        if self._cache_file is None or self._known is None or not self._changed:
            return
        merged = {**_read_cache(self._cache_file), **self._known}
        kept = {key: entry for key, entry in merged.items() if key in self._used or os.path.lexists(key)}
        newest = dict(list(kept.items())[-MAX_REMEMBERED:])
        lines = [json.dumps(_HEADER), *(json.dumps([key, *stamp, digest]) for key, (stamp, digest) in newest.items())]
        try:
            _replace(self._cache_file, "\n".join(lines) + "\n")
        except OSError as error:
            _LOG.warning("%s cannot be written, hashes are not kept: %s", self._cache_file, error)
        else:
            self._changed = False


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _read_cache(cache_file: Path | None) -> dict[str, tuple[Stamp, str]]:
    """What the cache file holds; a line that is no entry is passed over, a file that is no cache is empty."""
    known: dict[str, tuple[Stamp, str]] = {}
    if cache_file is None:
        return known
    try:
        lines = cache_file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return known
    if not lines or _parsed(lines[0]) != _HEADER:
        return known
    for line in lines[1:]:
        match _parsed(line):
            case [str(key), int(size), int(mtime), int(ctime), int(inode), str(digest)] if len(digest) == 64:
                known[key] = ((size, mtime, ctime, inode), digest)
    return known


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.name, suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
