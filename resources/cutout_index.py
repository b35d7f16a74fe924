"""The cut-outs that are kept in the store, found again by the picture that they were made from and how."""

import io
import json
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from resources.canonical import sha256_of_json
from resources.finest_cutout import MIN_QUALITY, finest_cut_out
from resources.image_store import ImageStore
from resources.rendering.preview.pictures import Pictures

INDEX = "store/cutouts"


@dataclass(frozen=True)
class KeptCutOut:
    """What became of one picture. `sha256` None: no figure could be cut out of it, and nothing is kept."""

    source: str
    """sha256 of the picture's bytes."""
    sha256: str | None
    """sha256 of the cut-out, a PNG of RGBA, among the store's inputs."""
    method: str
    quality: float
    coverage: float
    """The figure's share of the picture, 0..1."""
    width: int
    height: int


class CutOutIndex:
    """Makes cut-outs of a store's inputs, each once for a `method_version`.

    One that `gc` took away is made again, with the same bytes.
    """

    def __init__(self, store: ImageStore, method_version: str) -> None:
        self._store = store
        self._version = method_version
        self._pictures = Pictures(store.read, limit=0)

    def cut_out(self, source: str) -> KeptCutOut:
        """The cut-out of an input.

        Raises:
            UnreadablePictureError: the input is not in the store, is no image, or has too many pixels.
        """
        name = f"{INDEX}/{sha256_of_json([source, self._version])}.json"
        kept = self._known(name, source)
        if kept is None:
            kept = self._made(source)
            self._store.files.write(name, json.dumps(asdict(kept)).encode(), "input")
        return kept

    def _known(self, name: str, source: str) -> KeptCutOut | None:
        try:
            kept = KeptCutOut(**json.loads(self._store.files.read(name)))
            if kept.sha256 is not None:
                self._store.read(kept.sha256)  # it may be damaged, or gone
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return kept if kept.source == source else None

    def _made(self, source: str) -> KeptCutOut:
        found = finest_cut_out(self._pictures.picture(source))
        sha256 = None
        if found.quality >= MIN_QUALITY:
            held = io.BytesIO()
            found.image.save(held, "PNG", compress_level=6)
            sha256 = self._store.put_input(held.getvalue())
        coverage = float((np.asarray(found.image.getchannel("A")) >= 128).mean())
        return KeptCutOut(source, sha256, found.method, found.quality, round(coverage, 4), *found.image.size)

    def image(self, kept: KeptCutOut) -> Image.Image:
        """The pixels of a cut-out that is kept."""
        assert kept.sha256 is not None
        image = Image.open(io.BytesIO(self._store.read(kept.sha256)), formats=("PNG",))
        image.load()
        return image
