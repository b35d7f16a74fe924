import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from resources import file_hashes
from resources.file_hashes import FileHashes


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files just written are taken for settled."""
    monkeypatch.setattr(file_hashes, "RACY_SECONDS", -3600.0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one for each file that is read."""
    found: list[int] = []
    digest = file_hashes.hashlib.file_digest

    def counted(*arguments: object) -> object:
        found.append(1)
        return digest(*arguments)  # pyright: ignore[reportArgumentType, reportCallIssue]

    monkeypatch.setattr(file_hashes.hashlib, "file_digest", counted)
    return found


def test_it_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "été 夜.bin"
    path.write_bytes(b"moostik" * 100_000)
    assert FileHashes().sha256(path) == sha256(path.read_bytes()).hexdigest()
    with pytest.raises(FileNotFoundError):
        FileHashes().sha256(tmp_path / "gone")


def test_a_file_just_written_is_read_again(tmp_path: Path, reads: list[int]) -> None:
    path = tmp_path / "a"
    hashes = FileHashes()
    seen = set()
    for index in range(20):
        path.write_bytes(b"%02d" % index)  # same size, and often the same tick of the clock
        os.utime(path, ns=(10**18, 10**18))
        seen.add(hashes.sha256(path))
    assert (len(seen), len(reads)) == (20, 20)


def test_a_settled_file_is_read_once(tmp_path: Path, reads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "RACY_SECONDS", 0.05)
    path = tmp_path / "a"
    path.write_bytes(b"one")
    hashes = FileHashes()
    hashes.sha256(path)
    time.sleep(0.1)
    assert {hashes.sha256(path) for _ in range(5)} == {sha256(b"one").hexdigest()}
    assert len(reads) == 2


@pytest.mark.usefixtures("trusting")
def test_a_change_is_seen_even_with_size_and_mtime_put_back(tmp_path: Path, reads: list[int]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    before = os.stat(path)
    hashes = FileHashes()
    assert hashes.sha256(path) == hashes.sha256(tmp_path / "." / "a")
    assert len(reads) == 1
    time.sleep(0.02)
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hashes.sha256(path) == sha256(b"two").hexdigest()
    other = tmp_path / "b"
    other.write_bytes(b"tri")
    os.replace(other, path)
    assert hashes.sha256(path) == sha256(b"tri").hexdigest()


@pytest.mark.usefixtures("trusting")
def test_the_cache_file_spares_another_process_the_reading(tmp_path: Path, reads: list[int]) -> None:
    cache = tmp_path / "cache" / "hashes.jsonl"
    paths = [tmp_path / f"{index}" for index in range(20)]
    for path in paths:
        path.write_bytes(path.name.encode())
    first = FileHashes(cache)
    wanted = [first.sha256(path) for path in paths]
    first.save()
    assert len(reads) == 20
    assert [FileHashes(cache).sha256(path) for path in paths] == wanted
    assert len(reads) == 20
    assert [entry.name for entry in cache.parent.iterdir()] == ["hashes.jsonl"]


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "\0\xff{[",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"file_hashes": 1', '"file_hashes": 2'),
        lambda text: text + "[" * 100_000 + "\n",
        lambda text: "\n".join([text.splitlines()[0], '["a", 1]', "{}", "null", '[1, 2, 3, 4, 5, "x"]']),
    ],
)
def test_a_corrupt_cache_file_is_worked_without_and_replaced(tmp_path: Path, damage: Callable[[str], str]) -> None:
    cache, path = tmp_path / "cache", tmp_path / "a"
    path.write_bytes(b"one")
    first = FileHashes(cache)
    first.sha256(path)
    first.save()
    cache.write_text(damage(cache.read_text()), "latin-1")
    second = FileHashes(cache)
    assert second.sha256(path) == sha256(b"one").hexdigest()
    second.save()
    kept = [json.loads(line) for line in cache.read_text().splitlines()[:2] if not line.startswith("[[")]
    assert kept[0] == {"file_hashes": 1}
    assert kept[1][0] == str(path)


@pytest.mark.usefixtures("trusting")
def test_files_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
        hashes = FileHashes(cache)
        hashes.sha256(tmp_path / name)
        hashes.save()
    (tmp_path / "a").unlink()
    (tmp_path / "c").write_bytes(b"x")
    hashes = FileHashes(cache)
    hashes.sha256(tmp_path / "c")
    hashes.save()
    assert [json.loads(line)[0] for line in cache.read_text().splitlines()[1:]] == [
        str(tmp_path / name) for name in ("b", "c")
    ]


@pytest.mark.usefixtures("trusting")
def test_what_another_process_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    cache, paths = tmp_path / "cache", [tmp_path / "a", tmp_path / "b"]
    both = [FileHashes(cache), FileHashes(cache)]
    for hashes, path in zip(both, paths, strict=True):
        path.write_bytes(b"x")
        hashes.sha256(path)
    for hashes in both:
        hashes.save()
    assert [json.loads(line)[0] for line in cache.read_text().splitlines()[1:]] == [str(path) for path in paths]


@pytest.mark.usefixtures("trusting")
def test_a_cache_that_cannot_be_written_is_only_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "file").write_bytes(b"")
    hashes = FileHashes(tmp_path / "file" / "cache")
    hashes.sha256(tmp_path / "a")
    hashes.save()
    assert "cannot be written" in caplog.text


SAVER = """
import sys
from pathlib import Path
from resources import file_hashes
file_hashes.RACY_SECONDS = -3600.0
folder, which = Path(sys.argv[1]), sys.argv[2]
for index in range(30):
    hashes = file_hashes.FileHashes(folder / "cache")
    hashes.sha256(folder / f"{which}-{index}")
    hashes.save()
"""


def test_two_processes_that_save_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    for which in "ab":
        for index in range(30):
            (tmp_path / f"{which}-{index}").write_bytes(b"x" * index)
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([sys.executable, "-c", SAVER, str(tmp_path), which], cwd=root) for which in "ab"]
    assert [process.wait(60) for process in running] == [0, 0]
    header, *entries = [json.loads(line) for line in (tmp_path / "cache").read_text().splitlines()]
    assert header == {"file_hashes": 1}
    assert len(entries) >= 30
    assert all(len(entry) == 6 and Path(entry[0]).is_file() for entry in entries)
    assert sorted(path.name for path in tmp_path.glob("*.tmp")) == []
