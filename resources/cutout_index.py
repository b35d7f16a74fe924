"""The cut-outs that are kept in the store, found again by the picture that they were made from and how."""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from resources.canonical import sha256_of_json
from resources.cutout import CutOut
from resources.finest_cutout import MIN_QUALITY, finest_cut_out, own_cut_out
from resources.image_store import ImageStore
from resources.rendering.preview.pictures import Pictures, UnreadablePictureError

INDEX = "store/cutouts"
_PNG = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPE = 25
"""Where a PNG says of what its pixels are made: 4 and 6 have alpha."""


@dataclass(frozen=True)
class KeptCutOut:
    """What became of one picture. `sha256` None: no figure could be cut out of it, and nothing is kept."""

    source: str
    """sha256 of the picture's bytes."""
    sha256: str | None
    """sha256 of the cut-out, a PNG with alpha, among the store's inputs: the picture itself where that is one."""
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

    def __init__(
        self, store: ImageStore, method_version: str, own: "dict[str, KeptCutOut | None] | None" = None
    ) -> None:
        """`own`: what looks found out in this process, by source, so that no picture is looked into twice."""
        self._store = store
        self._own = {} if own is None else own
        self._version = method_version
        self._pictures = Pictures(store.read, limit=0)

    def cut_out(self, source: str) -> KeptCutOut:
        """The cut-out of an input.

        Raises:
            UnreadablePictureError: the input is not in the store, is no image, or has too many pixels.
        """
        kept = self.known(source)
        if kept is None and (own := self._own.get(source)) is not None and self._is_there(own):
            return self._recorded(own)
        if kept is None or not self._is_there(kept):
            kept = self._recorded(self._made(source))
        return kept

    def cut_out_id(self, source: str) -> str:
        """What stands for the cut-out of an input as long as nobody has made it: a hash of the input and the method."""
        return sha256_of_json([source, self._version])

    def known(self, source: str) -> KeptCutOut | None:
        """What became of an input that was cut out before; whether the cut-out's bytes are still there is not asked."""
        try:
            kept = KeptCutOut(**json.loads(self._store.files.read(self._name(source))))
        except (FileNotFoundError, ValueError, TypeError, AttributeError, RecursionError):
            return None
        return kept if kept.source == source else None

    def known_or_own(self, source: str, data: Callable[[], bytes]) -> KeptCutOut | None:
        """The same, or the picture itself where it is a PNG whose own alpha cuts it out: then nothing is to be made.

        `data` gives the picture's bytes; they are not kept.
        """
        kept = self.known(source)
        if kept is not None:
            return kept
        if source not in self._own:
            self._own[source] = _own_of(source, data())
        kept = self._own[source]
        # Looking begins no store; and one that cannot be written can be looked into all the same.
        if kept is not None and self._store.files.exists("store"):
            with suppress(OSError):
                self._recorded(kept)
        return kept

    def _name(self, source: str) -> str:
        return f"{INDEX}/{self.cut_out_id(source)}.json"

    def _is_there(self, kept: KeptCutOut) -> bool:
        """Whether the bytes of a cut-out are whole in the store: they may be damaged, or gone."""
        try:
            return kept.sha256 is None or bool(self._store.read(kept.sha256))
        except KeyError:
            return False

    def _recorded(self, kept: KeptCutOut) -> KeptCutOut:
        self._store.files.write(self._name(kept.source), json.dumps(asdict(kept)).encode(), "input")
        return kept

    def _made(self, source: str) -> KeptCutOut:
        found = finest_cut_out(self._pictures.picture(source))
        sha256 = None
        if found.method == "alpha" and _has_alpha_channel(self._store.read(source)):
            sha256 = source
        elif found.quality >= MIN_QUALITY:
            held = io.BytesIO()
            found.image.save(held, "PNG", compress_level=6)
            sha256 = self._store.put_input(held.getvalue())
        return _kept(source, sha256, found)

    def image(self, kept: KeptCutOut) -> Image.Image:
        """The pixels of a cut-out that is kept."""
        assert kept.sha256 is not None
        image = Image.open(io.BytesIO(self._store.read(kept.sha256)), formats=("PNG",))
        image.load()
        return image


def _own_of(source: str, picture: bytes) -> KeptCutOut | None:
    """The picture itself as its cut-out; None where its own alpha does not cut it out."""
    if not _has_alpha_channel(picture):
        return None
    try:
        own = own_cut_out(Pictures(lambda _: picture, limit=0).picture(source))
    except UnreadablePictureError:
        return None
    return None if own is None else _kept(source, source, own)


def _kept(source: str, sha256: str | None, found: CutOut) -> KeptCutOut:
    coverage = float((np.asarray(found.image.getchannel("A")) >= 128).mean())
    return KeptCutOut(source, sha256, found.method, found.quality, round(coverage, 4), *found.image.size)


def _has_alpha_channel(picture: bytes) -> bool:
    return picture.startswith(_PNG) and picture[_COLOUR_TYPE : _COLOUR_TYPE + 1] in (b"\x04", b"\x06")
