"""The pieces that a cut-out is in: the figure, what goes with it, and specks of dust."""

import numpy as np
from PIL import Image

_SIDE = 192
"""Pieces are told apart on a picture of at most this many pixels a side."""
_DUST = 0.002
"""Pieces smaller than that, against the largest, are dust."""


def islands(solid: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, float]:
    """Where there is no dust (true: kept), and the largest piece's share of all that is solid (0 where nothing is).

    `solid` are the pixels that make a piece, `seen` those that are to be seen at all.
    """
    height, width = solid.shape
    step = max(1, -(-max(height, width) // _SIDE))
    small = np.asarray(Image.fromarray(seen * np.uint8(255)).reduce(step)) > 0  # what touches stays together
    weights = np.asarray(Image.fromarray(solid * np.uint8(255)).reduce(step)).astype(np.int64)
    labels = _labelled(small)
    sizes = np.bincount(labels.ravel(), weights=weights.ravel(), minlength=2).astype(np.int64)
    sizes[0] = 0
    if sizes.max() == 0:
        return np.ones_like(solid), 0.0
    kept = (sizes >= sizes.max() * _DUST)[labels] | ~small
    whole = np.repeat(np.repeat(kept, step, axis=0), step, axis=1)[:height, :width]
    return whole, float(sizes.max() / sizes.sum())


def _labelled(mask: np.ndarray) -> np.ndarray:
    """A number from 1 for each piece, 0 where there is none; corners that touch are one piece."""
    parents = [0]
    labels = np.zeros(mask.shape, np.int64)

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    above: list[tuple[int, int, int]] = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
        runs: list[tuple[int, int, int]] = []
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            touched = [root(label) for first, last, label in above if first <= end and start <= last]
            if touched:
                label = min(touched)
                for other in touched:
                    parents[other] = label
            else:
                label = len(parents)
                parents.append(label)
            labels[y, start:end] = label
            runs.append((start, end, label))
        above = runs
    flat = np.array([root(label) for label in range(len(parents))])
    return flat[labels]
