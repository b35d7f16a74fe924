"""The image store: images by content, the recipes that gave them, the inputs they build on, the published view.

```
output/episodes/ep0/shot-001/wide.png        published: what people open
output/store/objects/ab/ab....png            images, read-only, named by their hash
output/store/recipes/12/12....json           recipe id -> image, and how it was made
output/store/inputs/ab/ab...                 bytes of references, so that any image can be made again
```
An image is written before its recipe, so that nobody ever sees a recipe without its image.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.canonical import sha256_of_bytes
from resources.claims import Claims
from resources.png import check_png, png_size, read_text, with_text
from resources.rendering.request import RenderRequest
from resources.store import layout
from resources.store.eviction import GRACE_SECONDS, GcReport, collect_garbage
from resources.store.files import Files, files_at
from resources.store.reading import is_intact, load_image, recipe_of_png
from resources.store.records import NotDeterministic, StoredImage, image_of_record, record_bytes

if TYPE_CHECKING:
    from upath import UPath

__all__ = ["KEYWORD", "GcReport", "ImageStore", "NotDeterministic", "StoredImage"]

KEYWORD = "moostik"
"""Of the iTXt chunk that holds the request's canonical JSON; its sha256 is the recipe id."""

_THREADS = min(8, 2 * (os.cpu_count() or 1))

_PUT_ATTEMPTS = 3

_log = logging.getLogger(__name__)


class ImageStore:
    """The images of one output folder, on a local disk or in an object store. Any number of processes may use it.

    Example:
        >>> store = ImageStore(Path("output"))
        >>> image = store.find(request.recipe_id) or store.put(request, png, {"renderer": "preview"})
        >>> store.publish("ep0/shot-001/wide", image)
    """

    def __init__(self, output: "Path | UPath") -> None:
        self.files: Files = files_at(output)
        self._dropped: list[str] = []

    @property
    def dropped(self) -> tuple[str, ...]:
        """What this object found broken and removed since it was made, one line each."""
        return tuple(self._dropped)

    @property
    def claims(self) -> Claims:
        """Claims on this store's recipes."""
        return Claims(self.files.path(layout.CLAIMS))

    def put(self, request: RenderRequest, png: bytes, facts: dict[str, Any]) -> StoredImage:
        """Keep a rendered image. Its recipe goes into the PNG; `facts`, with the time of now as `created`, do not.

        Where the recipe has an image already, that one stays and is returned: with `not_deterministic` set, and a
        warning logged, where it differs. A write that fails (disk full) leaves nothing behind.

        Raises:
            ValueError: the request is provisional, or the bytes are no whole PNG, or the facts hold NaN.
            TypeError: the facts hold something that is not JSON.
        """
        if request.provisional:
            raise ValueError(f"recipe {request.recipe_id} waits for an image that is not made yet: not to be kept")
        data = with_text(png, KEYWORD, request.canonical)
        check_png(data)
        width, height = png_size(data)
        image = StoredImage(
            recipe_id=request.recipe_id,
            sha256=sha256_of_bytes(data),
            size=len(data),
            width=width,
            height=height,
            request=request.to_json(),
            facts={"created": datetime.now(UTC).isoformat(timespec="seconds"), **facts},
        )
        record = record_bytes(image)
        there = self.find(request.recipe_id)
        for _ in range(_PUT_ATTEMPTS):
            if there is not None:
                break
            if self._write(image, data, record):
                return image
            there = self.find(request.recipe_id)  # another process was first
        else:
            name = layout.recipe_name(request.recipe_id)
            raise OSError(f"{self.files.path(name)}: cannot be written, and is no recipe record; remove it by hand")
        if there.sha256 == image.sha256:
            return there
        fault = NotDeterministic(request.recipe_id, kept=there.sha256, refused=image.sha256)
        _log.warning("%s", fault)
        return replace(there, not_deterministic=fault)

    def _write(self, image: StoredImage, data: bytes, record: bytes) -> bool:
        name = layout.object_name(image.sha256)
        made = False
        try:
            with self.files.lock(exclusive=False):
                if is_intact(self.files, name, image.sha256):
                    self.files.touch(name)  # an orphan of a crash may be old enough for gc
                else:
                    made = True
                    self.files.write(name, data, "object", read_only=True)
                return self.files.write(layout.recipe_name(image.recipe_id), record, "recipe", new=True)
        except BaseException:
            if made:
                with self.files.lock(exclusive=True):
                    if not self.files.exists(layout.recipe_name(image.recipe_id)):
                        self.files.remove(name)
            raise

    def find(self, recipe_id: str, verify: bool = True) -> StoredImage | None:
        """The image of a recipe; None where there is none. With `verify`, every byte of it has been checked.

        A broken record, or one whose image is broken or gone, is removed and said: the image is to be made again.

        Raises:
            ValueError: not a recipe id.
        """
        name = layout.recipe_name(recipe_id)
        with self.files.lock(exclusive=False):
            image, fault = load_image(self.files, recipe_id, verify)
            if image is not None:
                self.files.touch(name)
        if fault is None:
            return image
        with self.files.lock(exclusive=True):
            # Somebody else may have mended it before the lock was ours.
            image, fault = load_image(self.files, recipe_id, verify)
            if image is None and fault is not None:
                what = f"recipe {recipe_id} ({fault.reason}); the image will be made again"
                self._drop([name, *fault.broken], what)
        return image

    def find_many(self, recipe_ids: Iterable[str], verify: bool = True) -> dict[str, StoredImage]:
        """`find` for each, several at once; those that are not there are left out."""
        ids = list(dict.fromkeys(recipe_ids))
        with ThreadPoolExecutor(_THREADS) as threads:
            images = threads.map(lambda recipe_id: self.find(recipe_id, verify), ids)
            return {recipe_id: image for recipe_id, image in zip(ids, images, strict=True) if image is not None}

    def read(self, sha256: str) -> bytes:
        """The bytes of an image made here, or else of an input, checked against their hash.

        Raises:
            KeyError: not there; or it was, but broken, and is now removed.
        """
        if layout.is_sha256(sha256):
            for name in (layout.object_name(sha256), layout.input_name(sha256)):
                data = self._read_intact(name, sha256)
                if data is not None:
                    return data
        raise KeyError(f"image {sha256[:80]} is not in the store at {self.files.path('store')}")

    def put_input(self, data: bytes) -> str:
        """Keep the bytes of a reference, as they are. Returns their sha256."""
        sha256 = sha256_of_bytes(data)
        name = layout.input_name(sha256)
        if is_intact(self.files, name, sha256):
            self.files.touch(name)
        else:
            self.files.write(name, data, "input", read_only=True)
        return sha256

    def put_input_file(self, path: "Path | UPath", sha256: str) -> None:
        """Keep the bytes of a reference file whose hash is known; it is not even read where they are kept already.

        Raises:
            ValueError: the file's bytes have another hash by now.
        """
        if self.has_input(sha256):
            return
        data = path.read_bytes()
        if (found := sha256_of_bytes(data)) != sha256:
            raise ValueError(f"{path}: its sha256 is {found}, not {sha256}; it was changed meanwhile")
        self.files.write(layout.input_name(sha256), data, "input", read_only=True)

    def has_input(self, sha256: str) -> bool:
        """Whether the bytes of that reference are kept. They count as used now."""
        name = layout.input_name(sha256)
        self.files.touch(name)
        return self.files.exists(name)

    def publish(self, key: str, image: StoredImage) -> None:
        """Show the image under its key, in place of what is there.

        Raises:
            ValueError: the key would leave the folder of the episodes.
            FileNotFoundError: the image is not in the store any more.
        """
        self.files.publish(layout.object_name(image.sha256), layout.published_name(key))

    def publish_background(self, key: str, image: StoredImage) -> None:
        """Show a baked background under its key (`kitchen/christmas`), in place of what is there.

        Raises:
            ValueError, FileNotFoundError: as `publish`.
        """
        name = layout.background_name(key)
        if not is_intact(self.files, name, image.sha256):
            self.files.publish(layout.object_name(image.sha256), name)

    def publish_dream(self, file: str, image: StoredImage) -> None:
        """Show a frame of a dream as `2026-11-21/frame-0012`, or as `current`, in place of what is there.

        Raises:
            ValueError, FileNotFoundError: as `publish`.
        """
        self.files.publish(layout.object_name(image.sha256), layout.dream_name(file))

    def unpublish_dream(self, file: str) -> None:
        """Show that frame no longer; the image itself stays in the store until it is collected."""
        self.files.remove(layout.dream_name(file))

    def background_path(self, key: str) -> "Path | UPath":
        """Where a baked background is shown, or would be."""
        return self.files.path(layout.background_name(key))

    def unpublish(self, key: str) -> None:
        """Show nothing under that key; the image itself stays in the store."""
        name = layout.published_name(key)
        self.files.remove(name)
        self.files.prune(name.rpartition("/")[0], layout.EPISODES)

    def published(self, key: str) -> str | None:
        """Recipe id of what is shown under that key, from its own text; None where nothing of ours is shown."""
        return recipe_of_png(self.files, layout.published_name(key), KEYWORD)

    def published_path(self, key: str) -> "Path | UPath":
        """Where what is shown under that key lies, or would."""
        return self.files.path(layout.published_name(key))

    def object_path(self, image: StoredImage) -> "Path | UPath":
        """Where the image itself lies."""
        return self.files.path(layout.object_name(image.sha256))

    def published_intact(self, key: str, image: StoredImage) -> bool:
        """Whether exactly this image is shown under that key: no byte of the file was altered."""
        return is_intact(self.files, layout.published_name(key), image.sha256)

    def iter_published(self) -> Iterator[str]:
        """Every key under which something is shown, sorted by path."""
        for file in self.files.walk(layout.EPISODES):
            if not layout.is_temp(file.name) and (key := layout.published_key(file.name)) is not None:
                yield key

    def iter_recipes(self) -> Iterator[StoredImage]:
        """Every image of the store by its record, unchecked, in the order of the recipe ids. No broken records."""
        for file in self.files.walk(layout.RECIPES):
            if layout.is_temp(file.name):
                continue
            try:
                yield image_of_record(layout.hash_in(file.name), self.files.read(file.name))
            except (FileNotFoundError, ValueError) as error:
                _log.debug("%s: %s", file.name, error)

    def gc(
        self,
        keep: Set[str],
        *,
        older_than_seconds: float = GRACE_SECONDS,
        max_bytes: int | None = None,
        dry_run: bool = False,
    ) -> GcReport:
        """Remove the images that nobody needs, those longest out of use first. See `collect_garbage`."""
        published = {recipe for key in self.iter_published() if (recipe := self.published(key)) is not None}
        for file in (*self.files.walk(layout.BACKGROUNDS), *self.files.walk(layout.DREAMS)):
            if layout.is_temp(file.name) or not file.name.endswith(".png"):
                continue
            if (recipe := recipe_of_png(self.files, file.name, KEYWORD)) is not None:
                published.add(recipe)
        return collect_garbage(
            self.files,
            self.claims,
            keep | published,
            older_than_seconds=older_than_seconds,
            max_bytes=max_bytes,
            dry_run=dry_run,
        )

    def _read_intact(self, name: str, sha256: str) -> bytes | None:
        try:
            data = self.files.read(name)
            if sha256_of_bytes(data) == sha256:
                return data
            self._drop_recipe_of(data)
            with self.files.lock(exclusive=True):
                data = self.files.read(name)  # somebody else may have mended it before the lock was ours
                if sha256_of_bytes(data) == sha256:
                    return data
                self._drop([name], f"{name} (corrupt)")
        except FileNotFoundError:
            return None
        return None

    def _drop_recipe_of(self, corrupt: bytes) -> None:
        """The recipe goes before its image; where the image can no longer say which, `find` drops it later."""
        with suppress(ValueError):
            if (text := read_text(corrupt, KEYWORD)) is not None:
                self.find(sha256_of_bytes(text.encode("utf-8", "surrogatepass")))

    def _drop(self, names: list[str], what: str) -> None:
        try:
            for name in names:
                self.files.remove(name)
        except OSError as error:
            what = f"{what}; it could not be removed: {error}"
        self._dropped.append(what)
        _log.warning("removed from the store: %s", what)
