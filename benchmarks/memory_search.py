"""The memory of images: the nearest of 100,000 exactly and of more by the index, and how fast images are embedded.

`python benchmarks/memory_search.py --json`. Vectors are drawn: `as images` in few directions mostly, as embeddings of
images are (variance of the i-th direction falling as i^-1.5, and a common mean); `even` in all directions alike, the
worst case, in which no bound excludes anything. A warm search, as in a night of dreams or a process that asks again.
"""

import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measuring import Report, command_line, median
from PIL import Image as Picture
from PIL import ImageDraw

from resources.embedding_by_colour import ColourEmbedder
from resources.memory.exact_search import ExactSearch
from resources.memory.memory import Image, Memory
from resources.memory.near_index import NearIndex, can_index
from resources.memory.parts import Part, write_part

SEARCH_BUDGET_MS = 2.0
PART = 10_000
TOP = 5


def drawn(count: int, dimensions: int, decay: float, seed: int) -> np.ndarray:
    """(count, dimensions) of float32, each of length 1."""
    rng = np.random.default_rng(seed)
    spread = np.arange(1, dimensions + 1, dtype=np.float32) ** (-decay / 2)
    found = rng.standard_normal((count, dimensions), dtype=np.float32) * spread
    if decay:
        found[:, 0] += 1
    return found / np.linalg.norm(found, axis=1, keepdims=True)


class Drawn:
    """An embedder to which the image `b"12"` has row 12 of a matrix: what is measured is all but embedding."""

    name = "drawn-1"

    def __init__(self, matrix: np.ndarray) -> None:
        self.dimensions = matrix.shape[1]
        self.matrix = matrix

    def embed(self, images):  # type: ignore[no-untyped-def]
        return self.matrix[[int(image) for image in images]]


def milliseconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def exact(report: Report, what: str, matrix: np.ndarray, queries: np.ndarray, budget: float | None) -> None:
    """Each query by the bounds, and some by the whole product, which must find the same."""
    search = ExactSearch(matrix.shape[1])
    search.append(matrix)
    build = milliseconds(lambda: search.nearest(queries[0], TOP, -1.0))
    bounded: list[float] = []
    whole: list[float] = []
    for query in queries:
        bounded.append(milliseconds(lambda query=query: search.nearest(query, TOP, -1.0)))
    for query in queries[::5]:
        whole.append(milliseconds(lambda query=query: np.argpartition(matrix @ query, -TOP)))
        best = np.argpartition(matrix @ query, -TOP)[-TOP:]
        assert set(best.tolist()) <= set(search.nearest(query, TOP, -1.0).tolist())
    size = f"top {TOP} of {len(matrix):,}, {matrix.shape[1]} dimensions, exactly"
    report.add(f"{size}, vectors {what}", median(bounded), "ms", budget, f"the quickest {min(bounded):.2f}")
    report.add(f"the same by the whole product, vectors {what}", median(whole), "ms")
    report.add(f"the bounds' coordinates, once, vectors {what}", build / 1000, "s")
    report.details[what] = {"bounded_ms": bounded, "whole_ms": whole}


def remembered(folder: Path, report: Report, matrix: np.ndarray, new: int, exact_up_to: int) -> Memory:
    """A memory of all rows but the last `new`; then those are added."""
    memory = Memory(folder, Drawn(matrix), exact_up_to=exact_up_to)
    names = [hashlib.sha256(str(row).encode()).hexdigest() for row in range(len(matrix))]
    images = [Image(name, "variation", f"ep0/shot-{row}/wide") for row, name in enumerate(names)]
    rows = dict(zip(names, (str(row).encode() for row in range(len(matrix))), strict=True))
    memory.folder.mkdir(parents=True)
    for start in range(0, len(images) - new, PART):
        end = min(start + PART, len(images) - new)
        write_part(memory.folder, Part(images[start:end], matrix[start:end]), Drawn.name)
    memory.nearest(matrix[0])
    added = milliseconds(lambda: memory.add(images, rows.__getitem__))
    report.add(f"adding {new:,} images to {len(matrix) - new:,}, without embedding", added, "ms")
    opening = milliseconds(lambda: Memory(folder, Drawn(matrix), exact_up_to=exact_up_to).known())
    report.add(f"opening a memory of {len(matrix):,} images", opening / 1000, "s")
    return memory


def indexed(report: Report, matrix: np.ndarray, queries: np.ndarray) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = NearIndex(Path(folder), matrix.shape[1])
        keys = np.arange(1, len(matrix) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        building = milliseconds(lambda: index.extend(keys, matrix.__getitem__))
        hits, times = 0, []
        for query in queries:
            rows: list[np.ndarray] = []
            times.append(milliseconds(lambda query=query, rows=rows: rows.append(index.nearest(query, TOP))))
            hits += len(set(rows[0].tolist()) & set(np.argpartition(matrix @ query, -TOP)[-TOP:].tolist()))
        report.add(f"top {TOP} of {len(matrix):,} by the index", median(times), "ms", None)
        report.add(f"of the exact top {TOP}, found by the index", 100 * hits / (TOP * len(queries)), "%")
        report.add(f"building the index of {len(matrix):,}", building / 1000, "s")


def embedding(report: Report, count: int) -> None:
    """Frames of 1280 x 720 with something in them, as PNGs."""
    rng = np.random.default_rng(0)
    frames = []
    for _ in range(count):
        soft = rng.integers(0, 256, (9, 16, 3)).astype(np.uint8)
        frame = Picture.fromarray(soft).resize((1280, 720), Picture.Resampling.BICUBIC)
        pen = ImageDraw.Draw(frame)
        for x, y, r in rng.integers(20, 600, (12, 3)):
            pen.ellipse((int(x), int(y), int(x + r // 2), int(y + r // 2)), outline=(20, 20, 20), width=3)
        held = io.BytesIO()
        frame.save(held, "PNG", compress_level=1)
        frames.append(held.getvalue())
    took = milliseconds(lambda: ColourEmbedder().embed(frames))
    report.add("embedding a frame of 1280 x 720 by colour and layout, PNG decoded", took / count, "ms")


def main() -> None:
    parser = command_line(__doc__)
    parser.add_argument("--images", type=int, default=100_000, help="remembered, searched exactly")
    parser.add_argument("--indexed", type=int, default=0, help="searched by the index; 0: none")
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--new", type=int, default=100, help="images added to the others")
    parser.add_argument("--frames", type=int, default=40, help="embedded")
    arguments = parser.parse_args()
    report = Report("memory_search", {"images": arguments.images, "dimensions": arguments.dimensions})
    count, dimensions = arguments.images, arguments.dimensions
    as_images = drawn(count + arguments.queries, dimensions, 1.5, seed=1)
    exact(report, "as images", as_images[:count], as_images[count:], SEARCH_BUDGET_MS)
    even = drawn(count + arguments.queries, dimensions, 0.0, seed=1)
    exact(report, "even", even[:count], even[count:], None)
    del even
    with tempfile.TemporaryDirectory() as folder:
        remembered(Path(folder), report, as_images[:count], arguments.new, exact_up_to=count)
    if arguments.indexed and can_index():
        more = drawn(arguments.indexed + arguments.queries, dimensions, 1.5, seed=2)
        indexed(report, more[: arguments.indexed], more[arguments.indexed :])
    embedding(report, arguments.frames)
    report.show(arguments.json)


if __name__ == "__main__":
    main()
