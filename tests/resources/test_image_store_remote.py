"""The store in an object store, for which fsspec's memory file system stands."""

from collections.abc import Iterator

import pytest
from image_store_cases import png_of, request_of
from upath import UPath

from resources.image_store import ImageStore
from resources.rendering.request import ImageInput

KEY = "ep0/shot-001/wide"


@pytest.fixture
def output() -> Iterator[UPath]:
    output = UPath("memory://bucket/output")
    yield output
    if output.exists():
        output.fs.rm(output.path, recursive=True)


def names(output: UPath) -> list[str]:
    return sorted(path.removeprefix(f"{output.path}/") for path in output.fs.find(output.path))


def test_put_find_publish_read(output: UPath) -> None:
    store = ImageStore(output)
    assert store.find("ab" * 32) is None
    assert store.published(KEY) is None
    assert list(store.iter_published()) == []
    image = store.put(request_of(1), png_of(1), {})
    other = store.put(request_of(2), png_of(2), {})
    for shown in (other, image, image):
        store.publish(KEY, shown)
        assert store.published(KEY) == shown.recipe_id
        assert store.published_intact(KEY, shown)
    again = ImageStore(UPath("memory://bucket/output"))
    assert again.find_many([image.recipe_id, other.recipe_id]) == {image.recipe_id: image, other.recipe_id: other}
    assert len(again.read(image.sha256)) == image.size
    assert list(again.iter_published()) == [KEY]
    assert [found.recipe_id for found in again.iter_recipes()] == sorted([image.recipe_id, other.recipe_id])
    assert len(names(output)) == 5
    again.unpublish(KEY)
    again.unpublish(KEY)
    assert len(names(output)) == 4
    assert again.claims.claim(image.recipe_id) is not None
    assert again.claims.claim(image.recipe_id) is not None


def test_the_first_image_of_a_recipe_stays(output: UPath) -> None:
    store = ImageStore(output)
    first = store.put(request_of(1), png_of(1), {})
    assert store.put(request_of(1), png_of(1), {}) == first
    assert store.put(request_of(1), png_of(2), {}).not_deterministic is not None
    assert store.find(first.recipe_id) == first


@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_a_damaged_image_is_dropped(output: UPath, damage: bytes | None) -> None:
    store = ImageStore(output)
    image = store.put(request_of(1), png_of(1), {})
    path = store.object_path(image)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert store.find(image.recipe_id) is None
    assert len(store.dropped) == 1
    assert names(output) == []
    with pytest.raises(FileNotFoundError):
        store.publish(KEY, image)


def test_inputs_and_gc(output: UPath) -> None:
    store = ImageStore(output)
    needed, unused = store.put_input(b"needed"), store.put_input(b"unused")
    image = store.put(request_of(1, (ImageInput("character", "mama", sha256=needed),)), png_of(1), {})
    gone = store.put(request_of(2), png_of(2), {})
    store.publish(KEY, image)
    assert store.read(needed) == b"needed"
    assert store.gc(set()).removed == []
    report = store.gc(set(), older_than_seconds=0)
    assert (len(report.removed), report.kept) == (3, 1)
    assert store.find(gone.recipe_id) is None
    assert store.find(image.recipe_id) == image
    assert (store.has_input(needed), store.has_input(unused)) == (True, False)
