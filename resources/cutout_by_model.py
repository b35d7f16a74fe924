"""Cut-outs by a segmentation model: rembg, where it is installed, with a model file that lies on this machine.

Nothing is ever downloaded: rembg fetches what it lacks, so it is only asked where its model is there, and handed it.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from resources.cutout import CutOut

MODELS = ("birefnet-general", "isnet-general-use", "u2net", "silueta", "u2netp", "isnet-anime")
"""Names of rembg's models, the one to be preferred first."""
_LEAST_BYTES = 1000
_UNSURE = (26, 230)
"""Alpha between which a model has not decided, 0..255."""
_DECIDED = [0 if v < 8 else 255 if v > 247 else v for v in range(256)]
"""A model is never quite sure: nearly clear is clear, and nearly whole is whole."""


@dataclass(frozen=True)
class LocalModel:
    """A model file of rembg on this machine."""

    name: str
    path: Path
    rembg: str
    """Version of the package."""

    @property
    def fingerprint(self) -> str:
        """What decides its masks: the package's version, and the file's content."""
        stat = self.path.stat()
        return f"rembg {self.rembg} {self.name} {_digest(self.path, stat.st_size, stat.st_mtime_ns)[:12]}"


@lru_cache(maxsize=8)
def _digest(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def local_model() -> LocalModel | None:
    """The model that would be used; None where rembg is not installed, or none of its models lies in its folder."""
    if find_spec("rembg") is None or find_spec("onnxruntime") is None:
        return None
    folder = Path(os.environ.get("U2NET_HOME") or Path(os.environ.get("XDG_DATA_HOME", "~"), ".u2net")).expanduser()
    try:
        package = version("rembg")
    except PackageNotFoundError:
        return None
    for name in MODELS:
        path = folder / f"{name}.onnx"
        if path.is_file() and path.stat().st_size >= _LEAST_BYTES:
            return LocalModel(name, path, package)
    return None


def cut_out_by_model(image: Image.Image, model: LocalModel) -> CutOut:
    """The figure that a model sees in an RGB image.

    Raises:
        Exception: the package or the model file does not work; whatever it raises itself.
    """
    from rembg import remove  # type: ignore[import-not-found]

    found = remove(image, session=_session(model.name, str(model.path), model.fingerprint))
    assert isinstance(found, Image.Image)
    alpha = found.convert("RGBA").getchannel("A").point(_DECIDED)
    rgba = Image.merge("RGBA", (*image.split(), alpha))
    return CutOut(rgba, _quality(np.asarray(rgba.getchannel("A"))), "rembg")


@lru_cache(maxsize=1)
def _session(name: str, path: str, fingerprint: str) -> Any:
    import onnxruntime  # type: ignore[import-not-found]
    from rembg.sessions import sessions_class  # type: ignore[import-not-found]

    kind = next(one for one in sessions_class if one.name() == name)
    local = type("LocalSession", (kind,), {"download_models": classmethod(lambda cls, *args, **kwargs: path)})
    return local(name, onnxruntime.SessionOptions(), providers=["CPUExecutionProvider"])


def _quality(alpha: np.ndarray) -> float:
    """How sure the model is (few half-clear pixels against whole ones), for a figure of sensible size."""
    solid = int((alpha > _UNSURE[1]).sum())
    unsure = int(((alpha > _UNSURE[0]) & (alpha <= _UNSURE[1])).sum())
    if not 0.01 <= solid / alpha.size <= 0.95:
        return 0.0
    return round(max(0.0, 1 - unsure / solid), 3)
