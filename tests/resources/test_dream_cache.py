import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from resources.dream_cache import DreamCache
from tests.resources.dream_cache_process import MAX_BYTES, MAX_IMAGES, image, opened

ROOT = Path(__file__).resolve().parents[2]


def adding(folder: Path, name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.resources.dream_cache_process", str(folder), name]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    return process


def assert_sound(cache: DreamCache) -> None:
    """The index is exactly the files, each whole and with what was said of it, and within the bounds."""
    keys = cache.keys()
    files = {path.name for path in cache.folder.iterdir()}
    assert files == {".lock"} | {f"{key}{end}" for key in keys for end in (".png", ".json")}
    assert len(keys) == len(cache) <= MAX_IMAGES
    assert cache.total_bytes == sum(len(image(key)) for key in keys) <= MAX_BYTES
    for key in keys:
        assert key in cache
        assert cache.get(key) == image(key)
        assert cache.info(key) == {"number": int(key.rpartition("-")[2])}


def test_the_least_recently_used_goes_first_and_a_read_is_a_use(tmp_path: Path) -> None:
    cache = DreamCache(tmp_path, max_images=3)
    for key in "abc":
        assert cache.put(key, key.encode()) == []
    assert cache.get("a") == b"a"
    assert "b" in cache  # no use of it
    assert cache.info("b") == {}
    assert cache.put("d", b"d") == ["b"]
    assert cache.keys() == ["c", "a", "d"]
    assert cache.put("c", b"new", {"frame": 1}) == []  # over the old one, and used by that
    assert cache.put("e", b"e") == ["a"]
    assert (cache.get("c"), cache.info("c"), cache.get("b"), cache.info("b")) == (b"new", {"frame": 1}, None, {})


def test_the_bytes_are_bounded(tmp_path: Path) -> None:
    cache = DreamCache(tmp_path, max_bytes=1000)
    for number in range(5):
        cache.put(f"k{number}", bytes(200))
    assert cache.total_bytes == 1000
    assert cache.put("big", bytes(700)) == ["k0", "k1", "k2", "k3"]
    assert cache.put("big", bytes(800)) == []
    assert cache.put("bigger", bytes(1001)) == ["bigger"]
    assert cache.keys() == ["k4", "big"]
    assert cache.put("big", bytes(1001)) == ["big"]
    assert cache.keys() == ["k4"]


def test_lower_bounds_hold_from_the_opening_on(tmp_path: Path) -> None:
    cache = DreamCache(tmp_path)
    for number in range(9):
        cache.put(f"k{number}", b"image")
    assert DreamCache(tmp_path, max_images=2).keys() == ["k7", "k8"]


def test_what_lies_about_is_tidied_and_what_a_person_removed_is_gone(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for key in ("a-1", "a-2"):
        cache.put(key, image(key), {"number": int(key[2:])})
    (tmp_path / "a-1.png").unlink()
    (tmp_path / "a-7.pngx1y2.tmp").write_bytes(b"half an ima")
    (tmp_path / "a-8.json").write_text("{}")
    assert cache.keys() == ["a-2"]
    assert_sound(opened(tmp_path))
    (tmp_path / "a-2.json").write_text("garbage")
    assert cache.info("a-2") == {}


@pytest.mark.parametrize("key", ["", ".", "..", "../a", "a/b", ".hidden", "a" * 201, "a\0"])
def test_a_key_that_is_no_file_name_is_refused(tmp_path: Path, key: str) -> None:
    cache = DreamCache(tmp_path)
    for act in (lambda: cache.put(key, b""), lambda: cache.get(key), lambda: cache.info(key)):
        with pytest.raises(ValueError, match="cannot be a file name"):
            act()


def test_kills_in_the_middle_of_a_thousand_additions(tmp_path: Path) -> None:
    chance = random.Random(3)
    for turn in range(6):
        process = adding(tmp_path, f"turn{turn}")
        time.sleep(chance.uniform(0.0, 0.25))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        cache = opened(tmp_path)
        assert_sound(cache)
        newest = cache.keys()[-1]
        assert newest.startswith(f"turn{turn}-")


def test_two_processes_at_once_and_a_third_that_looks(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    processes = [adding(tmp_path, name) for name in ("one", "other")]
    seen = 0
    while seen < 200:
        keys = cache.keys()
        assert len(keys) <= MAX_IMAGES
        for key in keys[-5:]:
            assert cache.get(key) in (image(key), None)
        seen += len(keys)
    for process in processes:
        process.kill()
        process.wait()
    cache = opened(tmp_path)
    assert_sound(cache)
    names = cache.keys()
    assert {key.partition("-")[0] for key in names} == {"one", "other"}
