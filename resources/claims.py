"""Claims on recipes, so that two processes of one machine do not render the same image at the same time.

A claim is an flock on a file: the kernel gives it up when its process dies, however it dies.
"""

import fcntl
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from upath import UPath

_RECIPE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_SUFFIX = ".lock"
_open_claims: "set[Claim]" = set()


class Claim:
    """Held until `release`, the end of its `with` block, or the end of the process."""

    def __init__(self, path: Path | None, descriptor: int | None) -> None:
        self._path = path
        self._descriptor = descriptor
        if descriptor is not None:
            _open_claims.add(self)

    def release(self) -> None:
        """Give it up; no error where it is given up already."""
        _open_claims.discard(self)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None or self._path is None:
            return
        # Unlinked while still locked: whoever waits on this file finds that the name no longer leads to it.
        self._path.unlink(missing_ok=True)
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)

    def forget(self) -> None:
        """Let go in a forked child, whose copy of the lock would outlive the parent. The parent keeps the claim."""
        _open_claims.discard(self)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Claims:
    """The claims of one output folder.

    Example:
        >>> claim = Claims(Path("output/store/claims")).claim(request.recipe_id)
        >>> if claim is None:
        ...     pass  # another process is at it: look into the store a little later
    """

    def __init__(self, folder: "Path | UPath | None") -> None:
        self._folder = Path(str(folder.absolute())) if isinstance(folder, Path) else None

    def claim(self, recipe_id: str) -> Claim | None:
        """The claim on that recipe; None while somebody else, another thread included, holds it.

        Where the folder is not on a local disk, everybody gets everything.

        Raises:
            ValueError: the recipe id cannot be a file name.
        """
        if not _RECIPE_ID.fullmatch(recipe_id):
            raise ValueError(f"{recipe_id[:80]!r} is no recipe id")
        if self._folder is None:
            return Claim(None, None)
        path = self._folder / f"{recipe_id}{_SUFFIX}"
        while True:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise
            if _leads_to(path, descriptor):
                with suppress(OSError):  # another user's file can be locked, but not touched
                    os.utime(descriptor)
                return Claim(path, descriptor)
            os.close(descriptor)  # its holder released it, and removed the file, between our open and our flock

    def sweep(self, older_than_seconds: float) -> list[str]:
        """Remove the files of claims whose processes were killed; returns their names."""
        if self._folder is None or not self._folder.is_dir():
            return []
        swept = []
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                age = time.time() - path.stat().st_mtime
            except FileNotFoundError:
                continue
            if age >= older_than_seconds and (claim := self.claim(path.name.removesuffix(_SUFFIX))) is not None:
                claim.release()
                swept.append(path.name)
        return swept


def _leads_to(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _forget_all() -> None:
    for claim in list(_open_claims):
        claim.forget()


os.register_at_fork(after_in_child=_forget_all)
