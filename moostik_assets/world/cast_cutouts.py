"""The pictures of a cast as a renderer that composes takes them: cut out, each by the bytes of its cut-out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from moostik_assets.studio import Studio
from resources.cutout_index import CutOutIndex
from resources.finest_cutout import method_version
from resources.rendering.request import ImageInput


@dataclass(frozen=True)
class CastPicture:
    """One reference of a character in a request."""

    image: ImageInput
    """The cut-out; the reference itself where its own alpha cuts it out, or nothing can; provisional until it is made.
    """
    usable: bool = True
    """Whether a figure can be shown of it; else it would be pasted as a rectangle."""
    note: str = ""


PictureOf = Callable[[ImageInput, str, bool], CastPicture]
"""The picture that stands for a reference (its input, its path or URL), and whether a cut-out is waited for."""


@dataclass
class CastCutOuts:
    """The cut-outs of a studio's references, as far as they are made."""

    studio: Studio
    _pictures: dict[tuple[ImageInput, str, bool], CastPicture] = field(default_factory=dict)
    """Each looked up once, those that are still to be made, too: by reference, path, and whether it is waited for."""
    _kept: set[str] = field(default_factory=set)

    def picture(self, reference: ImageInput, path: str, wait: bool = True) -> CastPicture:
        """What stands for a character's reference (`path`: as the catalogue gives it).

        One that is still to be cut out is provisional, or (without `wait`) not usable.
        """
        key = (reference, path, wait)
        found = self._pictures.get(key)
        if found is None:
            found = self._pictures[key] = self._found(reference, path, wait)
        return found

    def keep(self, pictures: Sequence[tuple[ImageInput, ImageInput]]) -> None:
        """Have the bytes of some cut-outs in the store, each given with the reference that it is made from.

        Raises:
            ValueError: what can be cut out of the reference is another picture by now.
        """
        for image, reference in pictures:
            if image.sha256 is None or reference.sha256 is None or image.sha256 in (reference.sha256, *self._kept):
                continue
            kept = self._index.cut_out(reference.sha256)
            if kept.sha256 != image.sha256:
                raise ValueError(f"the cut-out {image.sha256[:12]} of {image.entity} cannot be made again; run again")
            self._kept.add(image.sha256)

    def _found(self, reference: ImageInput, path: str, wait: bool) -> CastPicture:
        source = reference.sha256
        if source is None:
            return CastPicture(reference)
        try:
            kept = self._index.known_or_own(source, lambda: self._bytes(source, path))
        except (OSError, KeyError):
            kept = None
        if kept is None and wait:
            return CastPicture(replace(reference, sha256=None, recipe=self._index.cut_out_id(source)))
        if kept is None or kept.sha256 is None:
            note = f"{reference.entity}: {path.partition('?')[0]} cannot be cut out, and is not shown"
            return CastPicture(reference, usable=False, note=note)
        return CastPicture(replace(reference, sha256=kept.sha256))

    def _bytes(self, source: str, path: str) -> bytes:
        file = self.studio.image_path(path)
        return file.read_bytes() if file is not None else self.studio.store.read(source)

    @cached_property
    def _index(self) -> CutOutIndex:
        return CutOutIndex(self.studio.store, method_version(), self.studio.own_cut_outs)
