"""The bytes of inputs in the object store: there once, however many actors and requests read them."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from resources.rendering.ray.cluster import INPUT_BYTES, ray_module
from resources.rendering.request import RenderRequest


class LentInputs:
    """References into the object store by sha256; the longest unused go once they are `limit` bytes together.

    What a request in flight reads stays there until it is done.
    """

    def __init__(self, read_image: Callable[[str], bytes], limit: int = INPUT_BYTES) -> None:
        self._read_image = read_image
        self._limit = limit
        self._lent: OrderedDict[str, tuple[Any, int]] = OrderedDict()

    def of(self, request: RenderRequest) -> dict[str, Any]:
        """A reference for each input of a request; an input that cannot be had is left out."""
        found = {}
        for sha256 in dict.fromkeys(_hashes(request)):
            if sha256 not in self._lent:
                try:
                    data = self._read_image(sha256)
                except KeyError:
                    continue
                self._lent[sha256] = ray_module().put(data), len(data)
            self._lent.move_to_end(sha256)
            found[sha256] = self._lent[sha256][0]
        while len(self._lent) > 1 and sum(size for _, size in self._lent.values()) > self._limit:
            self._lent.popitem(last=False)
        return found


def _hashes(request: RenderRequest) -> Iterator[str]:
    for image in (*request.references, request.background, request.mask):
        if image is not None and image.sha256 is not None:
            yield image.sha256
    for scene in request.dreaming.scenes if request.dreaming is not None else ():
        yield from _hashes(scene)
