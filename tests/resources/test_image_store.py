import errno
import io
import logging
import os
import pickle
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from image_store_cases import files_under, png_of, request_of
from PIL import Image
from upath import UPath

from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD, ImageStore, StoredImage
from resources.png import read_text, with_text
from resources.rendering.request import ImageInput, request_from_json

KEY = "ep0/shot-001/wide"


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path)


def put(store: ImageStore, number: int) -> StoredImage:
    return store.put(request_of(number), png_of(number), {"renderer": "test", "seconds": 0.5})


def path_of(store: ImageStore, image: StoredImage) -> Path:
    path = store.object_path(image)
    assert isinstance(path, Path)
    return path


def record_of(tmp_path: Path, image: StoredImage) -> Path:
    return tmp_path / "store" / "recipes" / image.recipe_id[:2] / f"{image.recipe_id}.json"


def alter(path: Path, data: bytes | None) -> None:
    """Write into the very file, all its links included, as a person with an editor would; None removes it."""
    if data is None:
        path.unlink()
        return
    path.chmod(0o644)
    path.write_bytes(data)


def test_put_find_publish_read(store: ImageStore, tmp_path: Path) -> None:
    request = request_of(1)
    image = store.put(request, png_of(1), {"renderer": "test", "notes": ["é"]})
    store.publish(KEY, image)

    found = store.find(request.recipe_id)
    assert found == image
    assert found is not None
    assert request_from_json(found.request) == request
    assert (found.width, found.height, found.not_deterministic) == (8, 4, None)
    assert found.facts["notes"] == ["é"]
    assert "created" in found.facts
    data = store.read(image.sha256)
    assert (sha256_of_bytes(data), len(data)) == (image.sha256, image.size)
    assert read_text(data, KEYWORD) == request.canonical
    assert store.published(KEY) == request.recipe_id
    assert store.published_intact(KEY, image)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.getpixel((0, 0)) == (1, 0, 77)
    assert sorted(files_under(tmp_path)) == [
        f"episodes/{KEY}.png",
        f"store/objects/{image.sha256[:2]}/{image.sha256}.png",
        f"store/recipes/{image.recipe_id[:2]}/{image.recipe_id}.json",
    ]
    assert stat.S_IMODE(path_of(store, image).stat().st_mode) == 0o444
    assert path_of(store, image).samefile(tmp_path / "episodes" / f"{KEY}.png")


def test_neither_facts_nor_time_are_in_the_image(tmp_path: Path) -> None:
    one = ImageStore(tmp_path / "a").put(request_of(1), png_of(1), {"seconds": 1, "created": "then"})
    other = ImageStore(tmp_path / "b").put(request_of(1), png_of(1), {"seconds": 2})
    assert one.sha256 == other.sha256
    assert one.facts["created"] == "then"


def test_nothing_is_made_by_looking(store: ImageStore, tmp_path: Path) -> None:
    assert store.find("ab" * 32) is None
    assert store.published(KEY) is None
    assert not store.published_intact(KEY, StoredImage("ab" * 32, "cd" * 32, 1, 1, 1, {}))
    assert list(store.iter_recipes()) == list(store.iter_published()) == []
    assert store.gc(set()).removed == []
    store.unpublish(KEY)
    assert list(tmp_path.iterdir()) == []


def test_the_same_image_again_is_the_one_that_is_there(store: ImageStore, tmp_path: Path) -> None:
    first = put(store, 1)
    before = files_under(tmp_path)
    again = store.put(request_of(1), png_of(1), {"seconds": 99})
    assert again == first
    assert files_under(tmp_path) == before


def test_another_image_of_the_same_recipe_is_refused_and_said(
    store: ImageStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = put(store, 1)
    before = files_under(tmp_path)
    with caplog.at_level(logging.WARNING):
        kept = store.put(request_of(1), png_of(2), {})
    assert kept.sha256 == first.sha256
    assert kept.not_deterministic is not None
    assert kept.not_deterministic.kept == first.sha256 != kept.not_deterministic.refused
    assert first.recipe_id in caplog.text
    assert "not deterministic" in caplog.text
    assert files_under(tmp_path) == before


@pytest.mark.parametrize(
    "png", [b"", b"<html>", png_of(1)[:-5], png_of(1)[:60], png_of(1)[:-16] + b"?" + png_of(1)[-15:]]
)
def test_what_is_no_whole_png_is_not_kept(store: ImageStore, tmp_path: Path, png: bytes) -> None:
    with pytest.raises(ValueError, match="PNG"):
        store.put(request_of(1), png, {})
    assert files_under(tmp_path) == {}


def test_facts_that_are_not_json_and_provisional_requests_are_refused(store: ImageStore, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.put(request_of(1), png_of(1), {"seconds": float("nan")})
    with pytest.raises(TypeError):
        store.put(request_of(1), png_of(1), {"path": tmp_path})
    waiting = request_of(1, (ImageInput("previous", "shot-001", recipe="ab" * 32),))
    with pytest.raises(ValueError, match="waits for"):
        store.put(waiting, png_of(1), {})
    assert files_under(tmp_path) == {}


def flipped(data: bytes) -> bytes:
    return data[:-30] + bytes([data[-30] ^ 1]) + data[-29:]


DAMAGES = {
    "flipped": flipped,
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "gone": lambda data: None,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("by", ["find", "find_many", "read"])
def test_a_damaged_image_is_dropped_said_and_made_again(
    store: ImageStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str, by: str
) -> None:
    image, other = put(store, 1), put(store, 2)
    whole = files_under(tmp_path)
    path = path_of(store, image)
    alter(path, DAMAGES[damage](path.read_bytes()))
    with caplog.at_level(logging.WARNING):
        if by == "find":
            assert store.find(image.recipe_id) is None
        elif by == "find_many":
            assert store.find_many([image.recipe_id, other.recipe_id, "ab" * 32]) == {other.recipe_id: other}
        else:
            with pytest.raises(KeyError):
                store.read(image.sha256)
            if damage == "flipped":
                assert not record_of(tmp_path, image).exists(), "a recipe without its image"
            assert store.find(image.recipe_id) is None
    assert image.recipe_id in caplog.text
    assert any(image.recipe_id in line for line in store.dropped)
    assert not path.exists()
    assert not record_of(tmp_path, image).exists()
    assert store.find(other.recipe_id) == other
    store.put(request_of(1), png_of(1), {**image.facts})
    assert files_under(tmp_path) == whole


@pytest.mark.parametrize(
    "damage",
    [
        *(DAMAGES[name] for name in ("truncated", "empty")),
        lambda data: b"[" * 100_000,
        lambda data: b"\xff\xfe",
        lambda data: b"null",
        lambda data: b"[1]",
        lambda data: data.replace(b'"seed": 1', b'"seed": 2'),
        lambda data: data.replace(b'"bytes": ', b'"bytes": "x", "b": '),
        lambda data: data.replace(b'"image": {', b'"image": {}, "i": {'),
        lambda data: data.replace(b'"sha256": "', b'"sha256": "../../'),
    ],
)
def test_a_damaged_record_is_dropped_and_said(
    store: ImageStore, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    image = put(store, 1)
    path = record_of(tmp_path, image)
    path.write_bytes(damage(path.read_bytes()))
    assert list(store.iter_recipes()) == []
    assert store.find(image.recipe_id) is None
    assert len(store.dropped) == 1
    assert not path.exists()
    assert put(store, 1).sha256 == image.sha256
    assert store.find(image.recipe_id) is not None


def test_a_record_that_was_moved_to_another_recipe_is_not_believed(store: ImageStore, tmp_path: Path) -> None:
    one, other = put(store, 1), put(store, 2)
    record_of(tmp_path, one).write_bytes(record_of(tmp_path, other).read_bytes())
    assert store.find(one.recipe_id) is None
    assert store.find(other.recipe_id) == other


def test_without_verify_only_the_size_is_checked(store: ImageStore) -> None:
    image = put(store, 1)
    path = path_of(store, image)
    alter(path, flipped(path.read_bytes()))
    assert store.find(image.recipe_id, verify=False) == image
    alter(path, path.read_bytes()[:-1])
    assert store.find(image.recipe_id, verify=False) is None


def test_an_image_that_cannot_be_read_is_not_taken_for_a_broken_one(
    store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = put(store, 1)

    def refuse(name: str) -> str:
        raise PermissionError(errno.EACCES, "no", name)

    monkeypatch.setattr(store.files, "sha256", refuse)
    with pytest.raises(PermissionError):
        store.find(image.recipe_id)
    monkeypatch.undo()
    assert store.find(image.recipe_id) == image


@pytest.mark.parametrize("recipe_id", ["", "x", "../../etc", "AB" * 32, "ab" * 33])
def test_what_is_no_recipe_id_is_refused(store: ImageStore, recipe_id: str) -> None:
    with pytest.raises(ValueError, match="recipe id"):
        store.find(recipe_id)


@pytest.mark.parametrize("sha256", ["", "../../../etc/passwd", "ab" * 32])
def test_what_is_not_there_is_a_key_error(store: ImageStore, sha256: str) -> None:
    with pytest.raises(KeyError):
        store.read(sha256)


def test_inputs(store: ImageStore, tmp_path: Path) -> None:
    sha256 = store.put_input(b"bytes of a reference")
    assert store.has_input(sha256)
    assert store.read(sha256) == b"bytes of a reference"
    assert not store.has_input("ab" * 32)

    reference = tmp_path / "mama.png"
    reference.write_bytes(b"other bytes")
    other = sha256_of_bytes(b"other bytes")
    store.put_input_file(reference, other)
    reference.write_bytes(b"replaced")
    store.put_input_file(reference, other)
    assert store.read(other) == b"other bytes"
    with pytest.raises(ValueError, match=r"mama\.png: its sha256 is"):
        store.put_input_file(reference, "ab" * 32)

    broken = tmp_path / "store" / "inputs" / other[:2] / other
    alter(broken, b"rubbish!!!!")
    with pytest.raises(KeyError):
        store.read(other)
    assert not store.has_input(other)
    alter(tmp_path / "store" / "inputs" / sha256[:2] / sha256, b"rubbish")
    store.put_input(b"bytes of a reference")
    assert store.read(sha256) == b"bytes of a reference"


def test_read_can_be_pickled(store: ImageStore) -> None:
    sha256 = store.put_input(b"x")
    assert pickle.loads(pickle.dumps(store.read))(sha256) == b"x"


def test_publishing_anew_replaces_and_leaves_nothing_else(store: ImageStore, tmp_path: Path) -> None:
    one, other = put(store, 1), put(store, 2)
    for image in (one, one, other, other, one):
        store.publish(KEY, image)
        assert store.published(KEY) == image.recipe_id
        assert store.published_intact(KEY, image)
        assert sorted(path.name for path in (tmp_path / "episodes").rglob("*")) == ["ep0", "shot-001", "wide.png"]
    assert not store.published_intact(KEY, other)
    store.publish("ep0/shot-001/close_up", other)
    store.publish("ep0.5/shot-001/wide", other)
    assert list(store.iter_published()) == [KEY.replace("wide", "close_up"), KEY, "ep0.5/shot-001/wide"]
    store.unpublish(KEY)
    store.unpublish("ep0.5/shot-001/wide")
    assert list(store.iter_published()) == ["ep0/shot-001/close_up"]
    assert [path.name for path in (tmp_path / "episodes").iterdir()] == ["ep0"]
    assert store.find(one.recipe_id) == one


def test_a_copy_is_published_where_links_cannot_be_had(
    store: ImageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuse)
    image = put(store, 1)
    store.publish(KEY, image)
    store.publish(KEY, image)
    assert store.find(image.recipe_id) == image
    assert store.published_intact(KEY, image)
    assert not path_of(store, image).samefile(tmp_path / "episodes" / f"{KEY}.png")
    assert len(files_under(tmp_path)) == 3


def test_an_image_that_is_gone_cannot_be_published(store: ImageStore, tmp_path: Path) -> None:
    image, other = put(store, 1), put(store, 2)
    store.publish(KEY, other)
    path_of(store, image).unlink()
    with pytest.raises(FileNotFoundError):
        store.publish(KEY, image)
    assert store.published(KEY) == other.recipe_id


def test_what_a_person_put_in_its_place_is_seen(store: ImageStore, tmp_path: Path) -> None:
    image = put(store, 1)
    store.publish(KEY, image)
    path = tmp_path / "episodes" / f"{KEY}.png"
    data = path.read_bytes()
    for replaced in (
        b"",
        b"text",
        png_of(9),
        with_text(png_of(9), KEYWORD, "other"),
        data[:70],
        data[:-40],
        flipped(data),
    ):
        path.unlink()
        path.write_bytes(replaced)
        assert not store.published_intact(KEY, image)
        head_is_ours = replaced.startswith(data[: data.index(b"IDAT")])
        assert (store.published(KEY) == image.recipe_id) == head_is_ours
        store.publish(KEY, image)
        assert store.published_intact(KEY, image)


@pytest.mark.parametrize("length", [20_000, 300_000])
def test_a_long_recipe_is_read_whole(store: ImageStore, length: int) -> None:
    request = request_of(1)
    object.__setattr__(request, "prompt", "é" * length)
    store.publish(KEY, store.put(request, png_of(1), {}))
    assert store.published(KEY) == request.recipe_id


@pytest.mark.parametrize(
    "key",
    ["", "/", "a//b", "../x", "a/../../x", "/etc/x", "a/./b", "a/..", "a\\b", "a\0b", "é", "a b", "a" * 300, "a/" * 9],
)
def test_a_key_that_leaves_the_folder_is_refused_everywhere(store: ImageStore, tmp_path: Path, key: str) -> None:
    image = put(store, 1)
    for act in (
        lambda: store.publish(key, image),
        lambda: store.unpublish(key),
        lambda: store.published(key),
        lambda: store.published_path(key),
        lambda: store.published_intact(key, image),
    ):
        with pytest.raises(ValueError, match="key "):
            act()
    assert not (tmp_path / "episodes").exists()


def test_a_local_upath_is_the_fast_path(tmp_path: Path) -> None:
    image = put(ImageStore(UPath(tmp_path)), 1)
    assert ImageStore(UPath(f"file://{tmp_path}")).find(image.recipe_id) == image
    assert path_of(ImageStore(UPath(f"file://{tmp_path}")), image).is_file()


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_the_kernel_cuts_short_leaves_no_trace(store: ImageStore, tmp_path: Path) -> None:
    noise = io.BytesIO()
    Image.frombytes("RGB", (100, 100), os.urandom(30_000)).save(noise, "PNG")
    with files_no_larger_than(8192), pytest.raises(OSError) as caught:  # noqa: PT011
        store.put(request_of(1), noise.getvalue(), {})
    assert caught.value.errno == errno.EFBIG
    with files_no_larger_than(8192), pytest.raises(OSError):  # noqa: PT011
        store.put_input(noise.getvalue())
    assert files_under(tmp_path) == {}


def test_a_full_disk_leaves_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync
    outcomes = []
    for allowed in range(40):
        store = ImageStore(tmp_path / str(allowed))
        left = iter(range(allowed))

        def fill(descriptor: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            sync(descriptor)

        monkeypatch.setattr(os, "fsync", fill)
        try:
            store.publish(KEY, put(store, 1))
            outcomes.append("done")
        except OSError:
            found = files_under(tmp_path / str(allowed))
            assert len(found) in (0, 2, 3), sorted(found)
            assert bool(found) == (store.find(request_of(1).recipe_id) is not None)
            outcomes.append(len(found))
        finally:
            monkeypatch.undo()
        assert store.dropped == ()
        if outcomes[-1] == "done":
            break
    assert outcomes[0] == 0
    assert outcomes.count(0) >= 4
    assert 3 <= len(outcomes) < 40
    assert outcomes[-1] == "done"


def test_a_disk_that_fills_up_leaves_the_former_image_shown(
    store: ImageStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = put(store, 1), put(store, 2)
    store.publish(KEY, one)
    before = files_under(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="space"):
        store.publish(KEY, other)
    assert files_under(tmp_path) == before


def test_what_stands_in_the_way_of_a_record_is_an_error_not_a_loop(store: ImageStore, tmp_path: Path) -> None:
    recipe_id = request_of(1).recipe_id
    (tmp_path / "store" / "recipes" / recipe_id[:2] / f"{recipe_id}.json").mkdir(parents=True)
    with pytest.raises(OSError, match=f"{recipe_id}.json"):
        put(store, 1)
