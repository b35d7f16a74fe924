"""Paths that stay in the data folder, links followed."""

import os
from pathlib import Path


def real_path_inside(data_dir: Path, relative: str) -> str | None:
    """The path with every link followed; None where it leads out of the data folder.

    Raises:
        ValueError: the path holds a NUL character.
    """
    root = os.path.realpath(data_dir)
    real = os.path.realpath(os.path.join(root, relative))
    return real if real == root or real.startswith(root.rstrip(os.sep) + os.sep) else None
