"""The exact nearest of many vectors, without the whole product where the vectors allow it.

The inner product of two vectors is that of their first coordinates plus that of the rest, and the rest is at most the
product of the rests' lengths (Cauchy and Schwarz). In the basis of the vectors' own principal directions, not centred,
a few coordinates hold most of a vector: one pass over them bounds every similarity from above, and what cannot reach
the best known ones is never looked at in full. The bounds hold for any vectors; for some (all directions alike) they
exclude little, and then the whole product is made.
"""

from functools import cached_property

import numpy as np

FIRST, SECOND = 64, 192
"""Coordinates looked at of all vectors, and of those that are left."""
PLAIN_UP_TO = 8192
"""Vectors under which the whole product is quick enough."""

_SLACK = 1e-5
"""Above what float32 loses in a product of unit vectors."""
_REST_SLACK = 1e-6
_FITTED_ON = 16_384
"""Vectors that the basis is taken from: it decides how much is excluded, and never what is found."""
_TAIL = 8
"""The vectors that came later are searched in full, until they are one in so many."""


class ExactSearch:
    """The rows of a growing matrix of unit vectors (float32) that are nearest to a vector."""

    def __init__(self, dimensions: int) -> None:
        self._base = _Base(np.zeros((0, dimensions), np.float32))
        self._tail = self._base.vectors

    def __len__(self) -> int:
        return len(self._base.vectors) + len(self._tail)

    def append(self, vectors: np.ndarray) -> None:
        """Add rows, numbered on from the last."""
        self._tail = np.concatenate([self._tail, vectors]) if len(self._tail) else vectors
        if len(self._tail) > max(PLAIN_UP_TO, len(self._base.vectors) // _TAIL):
            self._base = _Base(np.concatenate([self._base.vectors, self._tail]))
            self._tail = self._tail[:0]

    def vectors(self, rows: np.ndarray) -> np.ndarray:
        """Those rows, (n, dimensions)."""
        found = np.empty((len(rows), self._tail.shape[1]), np.float32)
        late = rows >= len(self._base.vectors)
        found[~late] = self._base.vectors[rows[~late]]
        found[late] = self._tail[rows[late] - len(self._base.vectors)]
        return found

    def nearest(self, vector: np.ndarray, count: int, at_least: float) -> np.ndarray:
        """Rows among which are the `count` nearest whose similarity is `at_least` so much, and all that tie with them.

        In no order; a few more may be there.
        """
        late = self._tail @ vector
        floor = _floor(late, count, at_least)
        rows, similarities = self._base.nearest(vector, count, floor)
        similarities = np.concatenate([similarities, late])
        rows = np.concatenate([rows, np.arange(len(self._base.vectors), len(self))])
        return rows[similarities >= _floor(similarities, count, at_least) - _SLACK]


class _Base:
    """A matrix that does not change."""

    def __init__(self, vectors: np.ndarray) -> None:
        self.vectors = vectors

    @cached_property
    def _bounds(self) -> "_Bounds":
        return _Bounds(self.vectors)

    def nearest(self, vector: np.ndarray, count: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
        """Rows that hold the nearest above `floor`, and their similarities."""
        if len(self.vectors) < PLAIN_UP_TO:
            return np.arange(len(self.vectors)), self.vectors @ vector
        bounds = self._bounds
        at = vector @ bounds.basis
        rough = bounds.first @ at[:FIRST]
        floor = max(floor, self._floor_of(_best(rough, 4 * count), vector, count))
        rows = np.flatnonzero(rough + _length_beyond(vector, at[:FIRST]) * bounds.first_rest >= floor - _SLACK)
        if len(rows) * 2 > len(self.vectors):
            return np.arange(len(self.vectors)), self.vectors @ vector
        rough = rough[rows] + bounds.second[rows] @ at[FIRST:]
        floor = max(floor, self._floor_of(rows[_best(rough, 4 * count)], vector, count))
        rows = rows[rough + _length_beyond(vector, at) * bounds.second_rest[rows] >= floor - _SLACK]
        return rows, self.vectors[rows] @ vector

    def _floor_of(self, rows: np.ndarray, vector: np.ndarray, count: int) -> float:
        return _floor(self.vectors[rows] @ vector, count, -np.inf)


class _Bounds:
    """The coordinates of rows in their principal directions, and the length of what these leave out."""

    def __init__(self, vectors: np.ndarray) -> None:
        self.basis = _principal_directions(vectors)
        coordinates = vectors @ self.basis
        self.first = np.ascontiguousarray(coordinates[:, :FIRST])
        self.second = np.ascontiguousarray(coordinates[:, FIRST:])
        beyond = _squares(vectors) - _squares(self.first)
        self.first_rest = _rest(beyond)
        self.second_rest = _rest(beyond - _squares(self.second))


def _squares(vectors: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", vectors, vectors)


def _floor(similarities: np.ndarray, count: int, at_least: float) -> float:
    """What the nearest must reach at the least, by what is known of some."""
    if len(similarities) < count:
        return at_least
    return max(at_least, float(np.partition(similarities, -count)[-count]))


def _best(values: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` greatest."""
    return np.arange(len(values)) if len(values) <= count else np.argpartition(values, -count)[-count:]


def _principal_directions(vectors: np.ndarray) -> np.ndarray:
    """(dimensions, SECOND) orthonormal columns, the direction that holds most first."""
    sample = vectors[:: max(1, len(vectors) // _FITTED_ON)].astype(np.float64)
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, ::-1][:, :SECOND], dtype=np.float32)


def _rest(squares: np.ndarray) -> np.ndarray:
    """Lengths, never too short: the difference of two float32 near 1 is rough where it is near 0."""
    return np.sqrt(np.maximum(squares, 0) + _REST_SLACK)


def _length_beyond(vector: np.ndarray, coordinates: np.ndarray) -> float:
    return float(np.sqrt(max(vector @ vector - coordinates @ coordinates, 0.0) + _REST_SLACK))
