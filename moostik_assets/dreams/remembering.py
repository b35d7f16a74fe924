"""Remembering every image of the store, and forgetting those that are gone from it."""

from collections.abc import Callable, Iterable, Iterator

from moostik_assets.studio import Studio
from resources.embedding import best_embedder
from resources.image_store import StoredImage
from resources.memory.memory import Image, Kind, Memory
from resources.store import layout

FOLDER = "memory"
_PREFIXES = ("backgrounds/", "dreams/")


def memory_of(studio: Studio) -> Memory:
    """The memory of a studio's output, by the best embedder of this machine; on a local disk always.

    Raises:
        EmbedderUnavailable: the weights that the environment names cannot be used.
    """
    return Memory(studio.settings.state_root / FOLDER, best_embedder())


def remember_new_images(
    studio: Studio, tell: Callable[[int, int], None] | None = None, memory: Memory | None = None
) -> int:
    """Embed the images of the store that are not remembered yet. Returns how many these were.

    Args:
        tell: called with how many are done, and how many there are to do.
        memory: in place of a new one of this studio.
    """
    memory = memory if memory is not None else memory_of(studio)
    known = memory.known()
    there = {layout.hash_in(file.name) for file in studio.store.files.walk(layout.OBJECTS)}
    memory.forget(known - there)
    new = there - known
    return memory.add(_images(studio, new), studio.store.read, tell) if new else 0


def kind_and_key(image: StoredImage) -> tuple[Kind, str]:
    """What an image was made as: `variation`, `ep0/shot-001/wide`; `background`, `kitchen/christmas`."""
    key = str(image.facts.get("key", ""))
    if image.request.get("dreaming") is not None or key.startswith("dreams/"):
        kind: Kind = "dream"
    else:
        kind = "background" if image.request.get("baking") is not None else "variation"
    for prefix in _PREFIXES:
        key = key.removeprefix(prefix)
    return kind, key


def _images(studio: Studio, wanted: Iterable[str]) -> Iterator[Image]:
    for image in studio.store.iter_recipes():
        if image.sha256 in wanted:
            yield Image(image.sha256, *kind_and_key(image))
