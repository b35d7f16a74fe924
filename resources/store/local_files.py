"""Files on a local disk: temp file in the same folder, fsync, rename, fsync of the folder."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.crash_points import crash_point
from resources.store.files import FileInfo, WriteStep
from resources.store.layout import LOCK, temp_name

_NO_LINK = {errno.EXDEV, errno.EPERM, errno.EACCES, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_NO_LOCK = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_ATTEMPTS = 5


class LocalFiles:
    """See `Files`."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def path(self, name: str) -> Path:
        """Where that name lies."""
        return self._root / name

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return os.path.isfile(self.path(name))

    def info(self, name: str) -> FileInfo:
        """Size and times."""
        return _info(name, os.stat(self.path(name)))

    def read(self, name: str, limit: int | None = None) -> bytes:
        """All its bytes, or the first `limit`."""
        with open(self.path(name), "rb", buffering=0) as file:
            return file.readall() if limit is None else file.read(limit) or b""

    def sha256(self, name: str) -> str:
        """Hash of its bytes, read in pieces; other threads go on meanwhile."""
        with open(self.path(name), "rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def write(self, name: str, data: bytes, step: WriteStep, *, read_only: bool = False, new: bool = False) -> bool:
        """Write it whole, over what is there; with `new`, only where nothing is. Returns whether it was written."""

        def fill(temp: Path) -> None:
            _write_and_sync(temp, data, 0o444 if read_only else 0o666)
            crash_point(f"{step}-temp-written")

        written = self._through_temp(name, fill, _link_where_nothing_is if new else _replace)
        crash_point(f"{step}-written")
        return written

    def publish(self, source: str, target: str) -> None:
        """Make `target` a hard link of `source`; a copy where links cannot be had (another disk, another owner)."""
        origin = self.path(source)
        if _same_file(origin, self.path(target)):
            return

        def fill(temp: Path) -> None:
            try:
                _link(origin, temp)
            except OSError as error:
                if error.errno not in _NO_LINK:
                    raise
                _write_and_sync(temp, origin.read_bytes(), 0o444)
            crash_point("published-temp-written")

        self._through_temp(target, fill, _replace)
        crash_point("published")

    def touch(self, name: str) -> None:
        """Note that it was used. A folder that cannot be written to is no fault."""
        try:
            os.utime(self.path(name))
        except OSError:
            return

    def remove(self, name: str) -> None:
        """Remove it; no error where it is gone."""
        self.path(name).unlink(missing_ok=True)

    def prune(self, folder: str, top: str) -> None:
        """Remove the folder and those above it as long as they are empty, `top` excluded."""
        while folder != top and folder.startswith(f"{top}/"):
            try:
                os.rmdir(self.path(folder))
            except OSError:
                return
            folder = folder.rpartition("/")[0]

    def walk(self, folder: str) -> Iterator[FileInfo]:
        """Every file below a folder, sorted by name; links to folders are not followed."""
        try:
            entries = sorted(os.scandir(self.path(folder)), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from self.walk(name)
            elif entry.is_file():
                try:
                    yield _info(name, entry.stat())
                except FileNotFoundError:
                    continue

    @contextmanager
    def lock(self, *, exclusive: bool) -> Iterator[None]:
        """Hold the store's lock; where none can be had (a read-only disk, some network disks), go on without."""
        descriptor = _locked(self.path(LOCK), fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        try:
            yield
        finally:
            if descriptor is not None:
                # Closing alone would leave the lock with a process that was forked meanwhile.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
                os.close(descriptor)

    def _through_temp(self, name: str, fill: Callable[[Path], None], place: Callable[[Path, Path], bool]) -> bool:
        target = self.path(name)
        attempts = _ATTEMPTS
        while True:
            attempts -= 1
            _make_folder(target.parent)
            temp = target.with_name(temp_name())
            try:
                fill(temp)
                written = place(temp, target)
                _sync_folder(target.parent)
                return written
            except FileNotFoundError:
                # `prune` of another process may take an empty folder away under our hands.
                if attempts == 0 or target.parent.exists():
                    raise
            finally:
                # A rename of one link of a file onto another link of it does nothing, and leaves both.
                temp.unlink(missing_ok=True)


def _link(origin: Path, temp: Path) -> None:
    """A hard link; `origin` may be replaced meanwhile by another process that writes the same bytes.

    The kernel then finds an inode that has just lost its last name, and says that there is no such file.
    """
    for _ in range(_ATTEMPTS):
        try:
            return os.link(origin, temp)
        except FileNotFoundError:
            if not origin.exists() or not temp.parent.exists():
                raise
    os.link(origin, temp)


def _locked(path: Path, operation: int) -> int | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
    except FileNotFoundError:
        return None  # no store yet, so nothing in it to be kept apart
    except OSError as error:
        if error.errno not in _NO_LOCK:
            raise
        return None
    try:
        fcntl.flock(descriptor, operation)
    except BaseException as error:
        os.close(descriptor)
        if isinstance(error, OSError) and error.errno in _NO_LOCK:
            return None
        raise
    return descriptor


def _info(name: str, stat: os.stat_result) -> FileInfo:
    return FileInfo(name, stat.st_size, stat.st_mtime, max(stat.st_mtime, stat.st_ctime))


def _same_file(one: Path, other: Path) -> bool:
    try:
        found = os.lstat(other)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.stat(one), found)


def _write_and_sync(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with open(descriptor, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
        if mode != 0o666:
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)


def _replace(temp: Path, target: Path) -> bool:
    os.replace(temp, target)
    return True


def _link_where_nothing_is(temp: Path, target: Path) -> bool:
    try:
        os.link(temp, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        if target.exists():
            return False
        os.replace(temp, target)
    return True


def _make_folder(folder: Path) -> None:
    """Make it and what is above it, and have each on disk before anything stands in it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file stands where a folder is needed", str(folder)) from None
        return
    except FileNotFoundError:
        return  # taken away by `prune` of another process; the caller tries again
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise  # some network file systems cannot sync a folder; they do it themselves
    finally:
        os.close(descriptor)
