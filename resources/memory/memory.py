"""Every image made, by its embedding: Parquet parts in a folder, and the nearest of them.

```
output/memory/<embedder>/part-....parquet      sha256, kind, key, embedder, vector
output/memory/<embedder>/near-....usearch      the index, where there are more than 100,000
```
All of it can be made again from the images.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from resources.embedder import Embedder
from resources.memory.exact_search import ExactSearch
from resources.memory.near_index import NearIndex, can_index
from resources.memory.parts import (
    BrokenPartError,
    Image,
    Kind,
    Part,
    part_names,
    read_part,
    remove_leftovers,
    write_part,
)

__all__ = ["EXACT_UP_TO", "Image", "Kind", "Memory", "Remembered"]

EXACT_UP_TO = 100_000
"""Images beyond which the nearest are found by an index."""
BATCH = 64
"""Images that are embedded, and then written, at a time."""
SMALL_PART = 4096
MOST_SMALL_PARTS = 16
"""Parts of less than `SMALL_PART` images, beyond which they are made one."""
_DIGITS = 6
"""Of a similarity, so that it does not depend on how the product was summed up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """An image that is remembered, and how alike it is to what was asked for: 1 the same, about 0 nothing in common."""

    sha256: str
    kind: Kind
    key: str
    similarity: float


class Memory:
    """The embeddings of one embedder below one folder. Any number of processes may use it at once.

    Example:
        >>> memory = Memory(Path("output/memory"), best_embedder())
        >>> memory.add([Image(sha256, "variation", "ep0/shot-001/wide")], store.read)
        >>> memory.nearest(memory.embedder.embed([png])[0], count=5, at_least=0.7)
    """

    def __init__(self, folder: Path, embedder: Embedder, exact_up_to: int = EXACT_UP_TO) -> None:
        self.embedder = embedder
        self.folder = folder / embedder.name
        self._exact_up_to = exact_up_to
        self._forget_what_was_read()

    def _forget_what_was_read(self) -> None:
        self._parts: dict[str, int] = {}
        self._images: list[Image] = []
        self._rows: dict[str, int] = {}
        self._search = ExactSearch(self.embedder.dimensions)
        self._index: NearIndex | None = None

    def add(
        self,
        images: Iterable[Image],
        read: Callable[[str], bytes],
        tell: Callable[[int, int], None] | None = None,
    ) -> int:
        """Embed and keep those that are not known yet, in batches; a kill costs the batch in hand. Returns how many.

        Several processes that add the same images share the work, a batch each.

        Args:
            read: bytes by sha256. KeyError: the image is gone, and is left out.
            tell: called after each batch with how many are done, and how many there are to do.
        """
        wanted = {image.sha256: image for image in images}
        self._refresh()
        left = [image for image in wanted.values() if image.sha256 not in self._rows]
        total, added = len(left), 0
        while left:
            with self._writing():
                left = [image for image in left if image.sha256 not in self._rows]
                batch, left = left[:BATCH], left[BATCH:]
                part = self._embedded(batch, read)
                if part.images:
                    self._take([(write_part(self.folder, part, self.embedder.name), part)])
                    added += len(part.images)
                    self._compact()
            if tell is not None:
                tell(total - len(left), total)
        return added

    def known(self) -> set[str]:
        """sha256 of every image that is remembered."""
        self._refresh()
        return set(self._rows)

    def vector(self, sha256: str) -> np.ndarray | None:
        """The embedding of an image that is remembered, float32 of length 1; None where it is not."""
        self._refresh()
        row = self._rows.get(sha256)
        return None if row is None else self._search.vectors(np.array([row]))[0]

    def nearest(self, vector: np.ndarray, count: int = 5, at_least: float = -1.0) -> list[Remembered]:
        """The images most alike to a vector of length 1, the best first; equals in the order of their sha256.

        Up to `exact_up_to` images these are the nearest for certain; beyond, nearly always.
        """
        if count < 1:
            raise ValueError(f"count {count}: at least one image can be asked for")
        self._refresh()
        vector = np.ascontiguousarray(vector, np.float32)
        if len(self._images) > self._exact_up_to and can_index():
            rows = self._indexed_rows(vector, count)
        else:
            rows = self._search.nearest(vector, count, at_least)
        similarities = self._search.vectors(rows).astype(np.float64) @ vector.astype(np.float64)
        found = [
            Remembered(image.sha256, image.kind, image.key, round(float(similarity), _DIGITS))
            for image, similarity in zip((self._images[row] for row in rows), similarities, strict=True)
        ]
        found = [image for image in found if image.similarity >= at_least]
        return sorted(found, key=lambda image: (-image.similarity, image.sha256))[:count]

    def forget(self, sha256s: Iterable[str]) -> int:
        """Take images out, such as those that the store has removed. Returns how many were there."""
        self._refresh()
        gone = {sha256 for sha256 in sha256s if sha256 in self._rows}
        if not gone:
            return 0
        with self._writing():
            for name in list(self._parts):
                part = read_part(self.folder / name, self.embedder.name, self.embedder.dimensions)
                kept = [row for row, image in enumerate(part.images) if image.sha256 not in gone]
                if not kept:
                    (self.folder / name).unlink()
                elif len(kept) < len(part.images):
                    self._replace([name], Part([part.images[row] for row in kept], part.vectors[kept]))
        self._refresh()
        return len(gone)

    def _embedded(self, images: list[Image], read: Callable[[str], bytes]) -> Part:
        there: list[tuple[Image, bytes]] = []
        for image in images:
            with suppress(KeyError):
                there.append((image, read(image.sha256)))
        try:
            vectors = self.embedder.embed([data for _, data in there])
        except ValueError:
            vectors = np.zeros((0, self.embedder.dimensions), np.float32)
            embedded = []
            for image, data in there:
                try:
                    vectors = np.concatenate([vectors, self.embedder.embed([data])])
                    embedded.append((image, data))
                except ValueError as error:
                    _log.warning("%s %s is not remembered: %s", image.kind, image.key, error)
            there = embedded
        return Part([image for image, _ in there], vectors)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One process at a time, and up to date. Readers go on meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "lock", os.O_RDONLY | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            remove_leftovers(self.folder)
            self._refresh()
            yield
        finally:
            os.close(descriptor)

    def _refresh(self) -> None:
        """Read the parts that are new; where one that was read is gone, read all of them again."""
        names = part_names(self.folder)
        while names != list(self._parts):
            if not set(self._parts) <= set(names):
                self._forget_what_was_read()
            try:
                parts = [(name, part) for name in names if name not in self._parts if (part := self._read(name))]
            except FileNotFoundError:  # made one with others meanwhile
                names = part_names(self.folder)
                continue
            self._take(parts)
            return

    def _read(self, name: str) -> Part | None:
        path = self.folder / name
        try:
            return read_part(path, self.embedder.name, self.embedder.dimensions)
        except BrokenPartError as error:
            _log.warning("removed from the memory: %s (%s); its images will be embedded again", path, error)
            path.unlink(missing_ok=True)
            return None

    def _take(self, parts: list[tuple[str, Part]]) -> None:
        vectors = []
        for name, part in parts:
            self._parts[name] = len(part.images)
            # Between the two steps of making many parts one, an image is in two of them.
            new = [row for row, image in enumerate(part.images) if image.sha256 not in self._rows]
            for row in new:
                self._rows[part.images[row].sha256] = len(self._images)
                self._images.append(part.images[row])
            vectors.append(part.vectors if len(new) == len(part.images) else part.vectors[new])
        if vectors:
            self._search.append(np.concatenate(vectors))
        self._parts = dict(sorted(self._parts.items()))

    def _compact(self) -> None:
        """Make many small parts one. A reader finds their images twice, or once, but never not at all."""
        small = [name for name, count in self._parts.items() if count < SMALL_PART]
        if len(small) <= MOST_SMALL_PARTS:
            return
        parts = [part for name in small if (part := self._read(name))]
        whole = Part([image for part in parts for image in part.images], np.concatenate([p.vectors for p in parts]))
        name = self._replace(small, whole)
        kept = {old: count for old, count in self._parts.items() if old not in small}
        self._parts = dict(sorted({**kept, name: len(whole.images)}.items()))

    def _replace(self, names: list[str], part: Part) -> str:
        """Put one part in the place of others."""
        new = write_part(self.folder, part, self.embedder.name)
        for name in names:
            if name != new:
                (self.folder / name).unlink(missing_ok=True)
        return new

    def _indexed_rows(self, vector: np.ndarray, count: int) -> np.ndarray:
        if self._index is None:
            self._index = NearIndex(self.folder, self.embedder.dimensions)
        new = self._images[len(self._index) :]
        keys = np.fromiter((int(image.sha256[:16], 16) for image in new), np.uint64, len(new))
        self._index.extend(keys, self._search.vectors)
        return self._index.nearest(vector, count)
