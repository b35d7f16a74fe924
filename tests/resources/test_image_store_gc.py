import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from image_store_cases import files_under, png_of, request_of

from resources.image_store import ImageStore, StoredImage
from resources.rendering.request import ImageInput
from resources.store import eviction, layout

DAY = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path)


def put(store: ImageStore, number: int, *references: str) -> StoredImage:
    images = tuple(ImageInput("character", "mama", sha256=sha256) for sha256 in references)
    return store.put(request_of(number, images), png_of(number), {})


def age(store: ImageStore, seconds: float, *images: StoredImage, inputs: tuple[str, ...] = ()) -> None:
    """Make everything about these images look as if it was last used that long ago."""
    when = time.time() - seconds
    names = [layout.recipe_name(image.recipe_id) for image in images]
    names += [layout.object_name(image.sha256) for image in images]
    for name in names + [layout.input_name(sha256) for sha256 in inputs]:
        os.utime(str(store.files.path(name)), (when, when))


def ids(store: ImageStore) -> set[str]:
    return {image.recipe_id for image in store.iter_recipes()}


def test_keeps_what_is_kept_published_or_young(store: ImageStore, tmp_path: Path) -> None:
    kept, shown, young, old = (put(store, number) for number in range(4))
    store.publish("ep0/shot-001/wide", shown)
    age(store, DAY, kept, shown, old)
    report = store.gc({kept.recipe_id})
    assert report.removed == [layout.recipe_name(old.recipe_id), layout.object_name(old.sha256)]
    assert report.kept == 3
    assert ids(store) == {kept.recipe_id, shown.recipe_id, young.recipe_id}
    assert store.gc({kept.recipe_id}).removed == []
    assert store.gc(set(), older_than_seconds=2 * DAY).removed == []
    store.gc({kept.recipe_id}, older_than_seconds=0)
    assert ids(store) == {kept.recipe_id, shown.recipe_id}
    assert len(files_under(tmp_path)) == 5


def test_a_dry_run_says_the_same_and_removes_nothing(store: ImageStore, tmp_path: Path) -> None:
    images = [put(store, number, store.put_input(b"input")) for number in range(3)]
    before = files_under(tmp_path)
    said = store.gc({images[0].recipe_id}, older_than_seconds=0, dry_run=True)
    assert files_under(tmp_path) == before
    done = store.gc({images[0].recipe_id}, older_than_seconds=0)
    assert said == done
    assert len(done.removed) == 4
    assert done.bytes_freed == sum(len(before[name]) for name in done.removed)
    assert files_under(tmp_path) == {name: data for name, data in before.items() if name not in done.removed}


def test_the_longest_out_of_use_goes_first_until_the_rest_fits(store: ImageStore) -> None:
    images = [put(store, number) for number in range(4)]
    for days, image in zip((3, 9, 5, 7), images, strict=True):
        age(store, days * DAY, image)
    room = sum(image.size for image in images) - 1
    assert store.gc(set(), max_bytes=room).removed[0] == layout.recipe_name(images[1].recipe_id)
    assert len(ids(store)) == 3
    assert store.find(images[3].recipe_id)  # used now
    store.gc(set(), max_bytes=2 * images[0].size)
    assert ids(store) == {images[0].recipe_id, images[3].recipe_id}
    assert store.gc(set(), max_bytes=10**9).removed == []


def test_inputs_go_with_the_last_recipe_that_names_them(store: ImageStore) -> None:
    shared, own, unused = (store.put_input(data) for data in (b"shared", b"own", b"unused"))
    one, other = put(store, 1, shared, own), put(store, 2, shared)
    age(store, DAY, one, other, inputs=(shared, own, unused))
    store.gc({other.recipe_id})
    assert [store.has_input(sha256) for sha256 in (shared, own, unused)] == [True, False, False]
    age(store, DAY, other, inputs=(shared,))
    assert layout.input_name(shared) in store.gc(set()).removed
    assert ids(store) == set()


def test_a_young_input_of_no_recipe_stays(store: ImageStore) -> None:
    sha256 = store.put_input(b"about to be used")
    age(store, DAY, inputs=(sha256,))
    assert store.has_input(sha256)  # used now
    assert store.gc(set()).removed == []


def test_what_a_kept_image_builds_on_stays_and_goes_after_it(store: ImageStore) -> None:
    first = put(store, 1)
    second = put(store, 2, first.sha256)
    third = put(store, 3, second.sha256)
    age(store, 9 * DAY, first)
    age(store, 5 * DAY, second)
    age(store, DAY, third)
    assert store.gc({third.recipe_id}).removed == []
    recipes = [name for name in store.gc(set()).removed if name.startswith(layout.RECIPES)]
    assert recipes == [layout.recipe_name(image.recipe_id) for image in (third, second, first)]


def test_the_bytes_of_a_fetched_url_stay(store: ImageStore) -> None:
    sha256 = store.put_input(b"fetched")
    store.files.write(layout.url_name("ab" * 32), b'{"sha256": "%s"}' % sha256.encode(), "url")
    store.files.write(layout.url_name("cd" * 32), b"rubbish", "url")
    assert store.gc(set(), older_than_seconds=0).removed == []
    assert store.has_input(sha256)


def test_leftovers_of_crashes_go(store: ImageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = put(store, 1)
    store.publish("ep0/shot-001/wide", image)
    whole = files_under(tmp_path)
    for folder in ("store/objects/ab", "store/recipes/ab", "store/inputs/ab", "store/urls", "episodes/ep0/shot-001"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / layout.temp_name()).write_bytes(b"half a fi")
    (tmp_path / "store/claims").mkdir()
    (tmp_path / "store/claims" / f"{'ab' * 32}.lock").touch()
    orphan = put(store, 2)
    (tmp_path / layout.recipe_name(orphan.recipe_id)).unlink()
    imageless = put(store, 3)
    (tmp_path / layout.object_name(imageless.sha256)).unlink()
    broken = put(store, 4)
    (tmp_path / layout.recipe_name(broken.recipe_id)).write_bytes(b"{")
    assert store.gc(set()).removed == []
    assert list(store.iter_published()) == ["ep0/shot-001/wide"]
    assert len(list(store.iter_recipes())) == 2

    monkeypatch.setattr(eviction, "GRACE_SECONDS", 0.0)
    temps = store.gc(set(), older_than_seconds=DAY).removed
    assert len(temps) == 6  # of an hour ago at the latest, however long the images may stay
    monkeypatch.undo()
    store.gc(set(), older_than_seconds=0)
    assert files_under(tmp_path) == whole


def test_what_is_used_between_the_look_and_the_removal_is_spared(
    store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = store.put_input(b"needed")
    used, unused = put(store, 1, needed), put(store, 2)
    age(store, DAY, used, unused, inputs=(needed,))
    lock = store.files.lock

    @contextmanager
    def lock_after_a_find(*, exclusive: bool) -> Iterator[None]:
        monkeypatch.setattr(store.files, "lock", lock)
        assert store.find(used.recipe_id) == used
        with lock(exclusive=exclusive):
            yield

    monkeypatch.setattr(store.files, "lock", lock_after_a_find)
    report = store.gc(set())
    assert report.removed == [layout.recipe_name(unused.recipe_id), layout.object_name(unused.sha256)]
    assert report.kept == 1
    assert store.has_input(needed)
    assert store.find(used.recipe_id) == used


def test_an_old_orphan_that_is_put_again_is_in_use(store: ImageStore) -> None:
    image = put(store, 1)
    (Path(str(store.files.path(layout.recipe_name(image.recipe_id))))).unlink()
    when = time.time() - DAY
    os.utime(str(store.object_path(image)), (when, when))
    put(store, 1)
    assert time.time() - store.files.info(layout.object_name(image.sha256)).modified < 60
