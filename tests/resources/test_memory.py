import logging
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from resources.memory.memory import BATCH, MOST_SMALL_PARTS, Image, Memory
from resources.memory.parts import COLUMNS
from tests.resources.memory_cases import BytesEmbedder, data_of, images, opened, sha_of, store

ROOT = Path(__file__).resolve().parents[2]


def adding(folder: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.resources.memory_cases", str(folder), str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def nearest_numbers(memory: Memory, embedder: BytesEmbedder, number: int, count: int = 5) -> list[str]:
    return [found.sha256 for found in memory.nearest(embedder.embed([data_of(number)])[0], count)]


def test_only_new_images_are_embedded_and_all_are_found_again(tmp_path: Path) -> None:
    memory, embedder = opened(tmp_path)
    told: list[tuple[int, int]] = []
    assert memory.add(images(100), store(100).__getitem__, lambda done, total: told.append((done, total))) == 100
    assert told == [(BATCH, 100), (100, 100)]
    assert memory.add(images(130), store(130).__getitem__) == 30
    assert sorted(embedder.embedded) == sorted(data_of(number) for number in range(130))

    again, _ = opened(tmp_path)
    assert again.known() == set(store(130))
    vectors = embedder.embed([data_of(number) for number in range(130)])
    similarities = vectors @ vectors[7]
    best = np.argsort(-similarities)[:5]
    found = again.nearest(vectors[7], 5)
    assert [(one.sha256, one.key) for one in found] == [(sha_of(n), f"ep0/shot-{n:03}/wide") for n in best]
    assert [one.similarity for one in found] == pytest.approx(similarities[best], abs=1e-5)
    assert found[0].similarity == 1.0
    assert again.nearest(vectors[7], 5, at_least=0.9) == found[:1]
    kept = again.vector(sha_of(3))
    assert kept is not None
    assert np.array_equal(kept, vectors[3])
    assert again.vector("0" * 64) is None


def test_what_another_process_adds_is_seen_at_once(tmp_path: Path) -> None:
    reader, embedder = opened(tmp_path)
    assert reader.nearest(embedder.embed([b"x"])[0]) == []
    writer, _ = opened(tmp_path)
    writer.add(images(3), store(3).__getitem__)
    assert nearest_numbers(reader, embedder, 2)[0] == sha_of(2)


def test_the_table_can_be_read_by_others(tmp_path: Path) -> None:
    memory, embedder = opened(tmp_path)
    memory.add([Image(sha_of(1), "dream", "2026-11-21/3")], store(2).__getitem__)
    table = pq.read_table(next(memory.folder.glob("*.parquet")))
    assert tuple(table.column_names) == COLUMNS
    (row,) = table.to_pylist()
    assert row["vector"] == embedder.embed([data_of(1)])[0].tolist()
    assert (row["sha256"], row["kind"], row["key"], row["embedder"]) == (sha_of(1), "dream", "2026-11-21/3", "bytes-1")


def test_images_that_are_gone_or_unreadable_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    memory, _ = opened(tmp_path)
    bytes_of = {**store(4), sha_of(2): b"broken"}
    del bytes_of[sha_of(1)]
    assert memory.add(images(4), bytes_of.__getitem__) == 2
    assert memory.known() == {sha_of(0), sha_of(3)}
    assert "ep0/shot-002/wide is not remembered: no image that can be read" in caplog.text


def test_many_small_parts_become_one_and_nothing_is_lost(tmp_path: Path) -> None:
    memory, embedder = opened(tmp_path)
    reader, _ = opened(tmp_path)
    for number in range(3 * MOST_SMALL_PARTS):
        memory.add(images(number + 1), store(number + 1).__getitem__)
        assert len(list(memory.folder.glob("*.parquet"))) <= MOST_SMALL_PARTS
        assert reader.known() == memory.known() == set(store(number + 1))
    fresh, _ = opened(tmp_path)
    expected = nearest_numbers(fresh, embedder, 5)
    assert nearest_numbers(memory, embedder, 5) == nearest_numbers(reader, embedder, 5) == expected
    assert len(embedder.embedded) == 3 * MOST_SMALL_PARTS + 3


def test_forgotten_images_are_not_found_and_can_come_back(tmp_path: Path) -> None:
    memory, embedder = opened(tmp_path)
    memory.add(images(10), store(10).__getitem__)
    memory.add(images(20), store(20).__getitem__)
    assert memory.forget([sha_of(number) for number in range(8, 20)] + ["0" * 64]) == 12
    fresh, _ = opened(tmp_path)
    assert memory.known() == fresh.known() == set(store(8))
    assert sha_of(9) not in nearest_numbers(memory, embedder, 9)
    assert memory.add(images(10), store(10).__getitem__) == 2
    assert nearest_numbers(memory, embedder, 9)[0] == sha_of(9)


@pytest.mark.parametrize("damage", ["cut", "flipped", "garbage", "empty"])
def test_a_damaged_part_is_said_and_made_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    memory, _ = opened(tmp_path)
    memory.add(images(5), store(5).__getitem__)
    (part,) = memory.folder.glob("*.parquet")
    memory.add(images(8), store(8).__getitem__)
    data = part.read_bytes()
    middle = len(data) // 2
    part.write_bytes(
        {
            "cut": data[:middle],
            "flipped": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "garbage": b"PAR1" + bytes(1000),
            "empty": b"",
        }[damage]
    )
    again, embedder = opened(tmp_path)
    assert again.known() == set(store(8)) - set(store(5))
    assert f"removed from the memory: {part}" in caplog.text
    assert again.add(images(8), store(8).__getitem__) == 5
    assert nearest_numbers(again, embedder, 2)[0] == sha_of(2)


def test_vectors_of_another_embedder_are_never_mixed_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Other(BytesEmbedder):
        name = "bytes-2"

    memory, _ = opened(tmp_path)
    memory.add(images(5), store(5).__getitem__)
    other = Memory(tmp_path, Other())
    assert other.known() == set()
    shutil.copytree(memory.folder, other.folder)
    with caplog.at_level(logging.WARNING):
        assert Memory(tmp_path, Other()).known() == set()
    assert "of the embedder 'bytes-1', not of 'bytes-2'" in caplog.text


def test_a_kill_costs_the_batch_in_hand(tmp_path: Path) -> None:
    chance = random.Random(5)
    count, known = 120 * BATCH, 0
    for _ in range(4):
        process = adding(tmp_path, count)
        memory, _ = opened(tmp_path)
        while len(memory.known()) == known:
            time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.05))
        process.kill()
        assert process.wait() == -signal.SIGKILL
        memory, _ = opened(tmp_path)
        known = len(memory.known())
    assert 0 < known < count
    memory, embedder = opened(tmp_path)
    assert memory.add(images(count), store(count).__getitem__) == count - known
    assert memory.known() == set(store(count))
    assert not list(memory.folder.glob("*.tmp"))
    assert nearest_numbers(memory, embedder, 77)[0] == sha_of(77)


def test_two_processes_share_the_work(tmp_path: Path) -> None:
    count = 20 * BATCH
    processes = [adding(tmp_path, count) for _ in range(2)]
    embedded = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(embedded) == count
    assert opened(tmp_path)[0].known() == set(store(count))
