"""The nearest of very many vectors, nearly always: a graph of neighbours (HNSW, Malkov and Yashunin, 2016) by usearch.

It is saved beside the vectors, and never needs to be in step with them: what it lacks is added to it, what it has too
much is taken out, and where it is missing or damaged it is built anew.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

_START, _END, _TEMP = "near-", ".usearch", ".tmp"
_CHUNK = 20_000
_SAVED_AFTER = 20
"""It is saved again once one in so many of its vectors is new or gone."""
_LEAST_CANDIDATES = 64
"""It keeps vectors in eight bits: its best are looked at again in full."""
_THREADS = min(8, os.cpu_count() or 1)

_log = logging.getLogger(__name__)


def can_index() -> bool:
    """Whether usearch is installed (extra `dreams`)."""
    return find_spec("usearch") is not None


class NearIndex:
    """Finds the rows of a growing matrix of unit vectors that are nearest to a vector."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._index: Any = None
        self._rows: dict[int, int] = {}
        self._unsaved = 0

    def __len__(self) -> int:
        """Rows that it has."""
        return len(self._rows)

    def nearest(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Rows among which the `count` nearest nearly always are."""
        keys = self._index.search(vector, max(_LEAST_CANDIDATES, 4 * count)).keys
        return np.fromiter((self._rows[int(key)] for key in keys), np.intp, len(keys))

    def extend(self, keys: np.ndarray, vectors: Callable[[np.ndarray], np.ndarray]) -> None:
        """Have further rows in it. The first time, what was saved and is none of them is taken out.

        Args:
            keys: of the rows beyond the last, uint64, each once; a row has the same key in every process.
            vectors: gives the vectors of some rows.
        """
        if len(keys) == 0:
            return
        rows = np.arange(len(self), len(self) + len(keys))
        if self._index is None:
            self._index = self._saved() or self._empty()
            have = np.asarray(self._index.keys[: len(self._index)], np.uint64)
            for key in np.setdiff1d(have, keys):
                self._index.remove(int(key))
                self._unsaved += 1
            missing = ~np.isin(keys, have)
        else:
            missing = np.ones(len(keys), bool)
        self._add(keys[missing], rows[missing], vectors)
        self._rows.update(zip(keys.tolist(), rows.tolist(), strict=True))
        if self._unsaved * _SAVED_AFTER > len(self):
            self._save()

    def _add(self, keys: np.ndarray, rows: np.ndarray, vectors: Callable[[np.ndarray], np.ndarray]) -> None:
        if len(rows) > _CHUNK:
            _log.info("indexing %d images", len(rows))
        for start in range(0, len(rows), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            self._index.add(keys[chunk], vectors(rows[chunk]), threads=_THREADS)
        self._unsaved += len(rows)

    def _empty(self) -> Any:
        from usearch.index import Index

        return Index(ndim=self._dimensions, metric="ip", dtype="i8")

    def _saved(self) -> Any:
        from usearch.index import Index

        for path in sorted(self._folder.glob(f"{_START}*{_END}")):
            try:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                if path.name == f"{_START}{digest[:32]}{_END}":
                    index = Index.restore(str(path))
                    if index is not None and index.ndim == self._dimensions:
                        return index
                _log.warning("%s is damaged; the index is built anew", path)
                path.unlink(missing_ok=True)
            except FileNotFoundError:
                continue  # another process has just saved a newer one
        return None

    def _save(self) -> None:
        descriptor, temp = tempfile.mkstemp(prefix=_START, suffix=_TEMP, dir=self._folder)
        os.close(descriptor)
        try:
            self._index.save(temp)
            with open(temp, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                os.fsync(file.fileno())
            name = f"{_START}{digest[:32]}{_END}"
            os.replace(temp, self._folder / name)
        except BaseException:
            Path(temp).unlink(missing_ok=True)
            raise
        for path in self._folder.glob(f"{_START}*{_END}"):
            if path.name != name:
                path.unlink(missing_ok=True)
        self._unsaved = 0
