"""Embeddings on disk: Parquet files that never change, each named by the hash of its bytes.

A file is there whole or not at all, and one that was damaged is known by its name.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Kind = Literal["variation", "background", "dream"]

COLUMNS = ("sha256", "kind", "key", "embedder", "vector")
_TEXTS = ("sha256", "kind", "key")
_START, _END, _TEMP = "part-", ".parquet", ".tmp"
_LENGTH_TOLERANCE = 1e-3


class BrokenPartError(ValueError):
    """The file does not hold what its name says; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image to be remembered. `key`: what it was made as, such as `ep0/shot-001/wide`."""

    sha256: str
    kind: Kind
    key: str


@dataclass(frozen=True)
class Part:
    """Some images, and their vectors: (n, dimensions) of float32, each of length 1."""

    images: list[Image]
    vectors: np.ndarray


def part_names(folder: Path) -> list[str]:
    """Names of the parts in a folder, sorted."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if _is_part(entry.name))
    except FileNotFoundError:
        return []


def _is_part(name: str) -> bool:
    return name.startswith(_START) and name.endswith(_END)


def remove_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left. Only where nobody writes."""
    for path in folder.glob(f"{_START}*{_TEMP}"):
        path.unlink(missing_ok=True)


def write_part(folder: Path, part: Part, embedder: str) -> str:
    """Write a part, on disk when this returns. Returns its name."""
    data = _encoded(part, embedder)
    name = f"{_START}{hashlib.sha256(data).hexdigest()[:32]}{_END}"
    descriptor, temp = tempfile.mkstemp(prefix=_START, suffix=_TEMP, dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, folder / name)
    except BaseException:
        os.unlink(temp)
        raise
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return name


def _encoded(part: Part, embedder: str) -> memoryview:
    count, dimensions = part.vectors.shape
    texts = {name: [getattr(image, name) for image in part.images] for name in _TEXTS}
    vectors = pa.list_(pa.field("element", pa.float32(), nullable=False), dimensions)
    columns = {
        **{name: pa.array(values, pa.string()) for name, values in texts.items()},
        "embedder": pa.array([embedder] * count, pa.string()),
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(part.vectors.ravel()), type=vectors),
    }
    # Without nulls and statistics, a vector column is read and written in a third of the time.
    schema = pa.schema([pa.field(name, columns[name].type, nullable=False) for name in COLUMNS], {"embedder": embedder})
    sink = pa.BufferOutputStream()
    table = pa.table([columns[name] for name in COLUMNS], schema=schema)
    pq.write_table(table, sink, compression="none", use_dictionary=False, write_statistics=False)
    return memoryview(sink.getvalue())


def read_part(path: Path, embedder: str, dimensions: int) -> Part:
    """The images and vectors of a part.

    Raises:
        FileNotFoundError: it was taken into another one meanwhile.
        BrokenPartError: it is damaged, or of another embedder.
    """
    data = path.read_bytes()
    if path.name != f"{_START}{hashlib.sha256(data).hexdigest()[:32]}{_END}":
        raise BrokenPartError("its bytes are not those that were written")
    try:
        table = pq.read_table(pa.BufferReader(data))
        named = (table.schema.metadata or {}).get(b"embedder", b"").decode()
        if named != embedder:
            raise BrokenPartError(f"its vectors are of the embedder {named[:80]!r}, not of {embedder!r}")
        texts = [table.column(name).to_pylist() for name in _TEXTS]
        column = table.column("vector").combine_chunks()
        vectors = column.flatten().to_numpy(zero_copy_only=False).reshape(len(texts[0]), -1)
    except (pa.ArrowException, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise BrokenPartError(f"no table of images ({type(error).__name__}: {error})") from error
    if vectors.shape[1] != dimensions or vectors.dtype != np.float32:
        raise BrokenPartError(f"its vectors are {vectors.shape[1]} x {vectors.dtype}, not {dimensions} x float32")
    if not np.all(np.abs(np.einsum("ij,ij->i", vectors, vectors) - 1) < _LENGTH_TOLERANCE):
        raise BrokenPartError("not all of its vectors have the length 1")
    if not set(texts[1]) <= set(get_args(Kind)):
        raise BrokenPartError("it holds images of a kind that is not known")
    return Part([Image(*values) for values in zip(*texts, strict=True)], vectors)
