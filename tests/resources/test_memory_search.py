import logging
from pathlib import Path

import numpy as np
import pytest

from resources.memory.exact_search import PLAIN_UP_TO, ExactSearch
from resources.memory.memory import Image, Memory
from tests.resources.memory_cases import BytesEmbedder

DIMENSIONS = 256


def vectors(kind: str, count: int, seed: int) -> np.ndarray:
    """`decaying`: as embeddings of real images are, most of it in few directions; `even`: in all of them alike."""
    rng = np.random.default_rng(seed)
    found = rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
    if kind == "decaying":
        found *= np.arange(1, DIMENSIONS + 1, dtype=np.float32) ** -0.75
        found[:, 0] += 1
    if kind == "clustered":
        found = 0.05 * found + found[rng.integers(0, min(40, count), count)]
    if kind == "twins":
        found = found[rng.integers(0, min(500, count), count)]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("kind", ["decaying", "even", "clustered", "twins"])
@pytest.mark.parametrize("late", [0, 300])
def test_the_nearest_are_exact_for_any_vectors(kind: str, late: int) -> None:
    count = 2 * PLAIN_UP_TO
    matrix = vectors(kind, count + late, seed=1)
    search = ExactSearch(DIMENSIONS)
    search.append(matrix[:count])
    search.append(matrix[count:])
    for query in (*vectors(kind, 4, seed=2), matrix[5], matrix[-1], -matrix[0]):
        exact = matrix.astype(np.float64) @ query.astype(np.float64)
        for wanted, at_least in ((1, -1.0), (5, -1.0), (50, 0.1)):
            floor = max(np.sort(exact)[-wanted], at_least)
            rows = search.nearest(query, wanted, at_least)
            assert set(np.flatnonzero(exact > floor + 1e-6)) <= set(rows.tolist())
            assert exact[rows].min(initial=2.0) > floor - 1e-4
            assert np.array_equal(search.vectors(rows), matrix[rows])


def test_most_vectors_are_never_looked_at_in_full() -> None:
    matrix = vectors("decaying", 2 * PLAIN_UP_TO, seed=1)
    search = ExactSearch(DIMENSIONS)
    search.append(matrix)
    looked_at = [len(search._base.nearest(query, 5, -1.0)[0]) for query in vectors("decaying", 20, seed=2)]
    assert np.median(looked_at) < len(matrix) / 100


class Numbered(BytesEmbedder):
    """The image `b"12"` has row 12 of a matrix."""

    name = "numbered-1"
    dimensions = DIMENSIONS
    matrix = vectors("decaying", 3000, seed=3)

    def embed(self, images):  # type: ignore[no-untyped-def]
        return self.matrix[[int(image) for image in images]]


def sha_of(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" + "0" * 48


def filled(folder: Path, numbers: range) -> Memory:
    pytest.importorskip("usearch")
    memory = Memory(folder, Numbered(), exact_up_to=1000)
    bytes_of = {sha_of(number): str(number).encode() for number in numbers}
    memory.add([Image(sha_of(number), "variation", f"k{number}") for number in numbers], bytes_of.__getitem__)
    return memory


def recall(memory: Memory) -> float:
    exact = Memory(memory.folder.parent, Numbered(), exact_up_to=10**6)
    hits = 0
    for query in vectors("decaying", 40, seed=4):
        truth = exact.nearest(query, 5)
        found = memory.nearest(query, 5)
        assert [one.similarity for one in found] == sorted((one.similarity for one in found), reverse=True)
        hits += len(set(truth) & set(found))
    return hits / (40 * 5)


def test_beyond_so_many_an_index_finds_nearly_all_of_the_nearest(tmp_path: Path) -> None:
    memory = filled(tmp_path, range(2000))
    assert recall(memory) >= 0.95
    assert list(memory.folder.glob("*.usearch"))
    filled(tmp_path, range(3000))
    assert memory.nearest(Numbered.matrix[2999], 1)[0].key == "k2999"
    assert recall(memory) >= 0.95


def test_the_index_is_saved_and_built_anew_where_it_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = filled(tmp_path, range(1500))
    expected = memory.nearest(Numbered.matrix[4], 5)
    (saved,) = memory.folder.glob("*.usearch")
    with caplog.at_level(logging.INFO):
        assert Memory(tmp_path, Numbered(), exact_up_to=1000).nearest(Numbered.matrix[4], 5) == expected
        assert list(memory.folder.glob("*.usearch")) == [saved]
        assert not caplog.text
        saved.write_bytes(saved.read_bytes()[:-2000])
        assert Memory(tmp_path, Numbered(), exact_up_to=1000).nearest(Numbered.matrix[4], 5) == expected
    assert f"{saved} is damaged" in caplog.text
    assert len(list(memory.folder.glob("*.usearch"))) == 1


def test_the_index_does_not_find_what_was_forgotten(tmp_path: Path) -> None:
    memory = filled(tmp_path, range(1500))
    assert memory.nearest(Numbered.matrix[4], 1)[0].key == "k4"
    memory.forget([sha_of(4)])
    for one in (memory, Memory(tmp_path, Numbered(), exact_up_to=1000)):
        found = one.nearest(Numbered.matrix[4], 5)
        assert len(found) == 5
        assert "k4" not in [image.key for image in found]
