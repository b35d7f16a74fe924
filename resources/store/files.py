"""What the store needs of the place where its files lie. Names are relative, with `/`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from upath import UPath

WriteStep = Literal["input", "url", "object", "recipe", "quarantine"]


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One file: size in bytes, times in seconds since the epoch."""

    name: str
    size: int
    modified: float
    """When it was written or last used (`touch`)."""
    changed: float
    """When anything about it changed, a new link to it included; the same as `modified` where that is not known."""


class Files(Protocol):
    """Whole files: each one is there entirely, or not at all. A missing file raises FileNotFoundError."""

    def path(self, name: str) -> "Path | UPath":
        """Where that name lies."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def info(self, name: str) -> FileInfo:
        """Size and times."""
        ...

    def read(self, name: str, limit: int | None = None) -> bytes:
        """All its bytes, or the first `limit`."""
        ...

    def sha256(self, name: str) -> str:
        """Hash of its bytes."""
        ...

    def write(self, name: str, data: bytes, step: WriteStep, *, read_only: bool = False, new: bool = False) -> bool:
        """Write it whole, over what is there; with `new`, only where nothing is. Returns whether it was written."""
        ...

    def publish(self, source: str, target: str) -> None:
        """Make `target` show what `source` holds, in one step."""
        ...

    def touch(self, name: str) -> None:
        """Note that it was used, where the place can; never fails."""
        ...

    def remove(self, name: str) -> None:
        """Remove it; no error where it is gone."""
        ...

    def prune(self, folder: str, top: str) -> None:
        """Remove the folder and those above it as long as they are empty, `top` excluded."""
        ...

    def walk(self, folder: str) -> Iterator[FileInfo]:
        """Every file below a folder, sorted by name."""
        ...

    def lock(self, *, exclusive: bool) -> AbstractContextManager[None]:
        """Keep removal apart from use, among the processes of one machine."""
        ...


def files_at(output: "Path | UPath") -> Files:
    """The files of an output folder: local ones where it is a local path, else those of its object store."""
    if isinstance(output, Path):
        from resources.store.local_files import LocalFiles

        return LocalFiles(Path(str(output)))
    if output.protocol in ("file", "local"):
        from resources.store.local_files import LocalFiles

        return LocalFiles(Path(output.path))
    from resources.store.remote_files import RemoteFiles

    return RemoteFiles(output)
