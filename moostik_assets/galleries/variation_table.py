"""The variations of an episode as a table: one row each, typed columns, for pandas or anything that reads Parquet."""

import contextlib
import io
import json
import math
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moostik_assets.galleries.entries import STATUSES, Sheet, SheetEntry

if TYPE_CHECKING:
    import pandas
    import pyarrow

Row = tuple[int, SheetEntry]
"""A place on the sheet, from 1, and what stands there."""

_COLUMNS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "key": ("text", lambda row: row[1].key),
    "frame": ("integer", lambda row: row[0]),
    "shot_id": ("text", lambda row: row[1].shot_id),
    "shot_name": ("text", lambda row: row[1].shot_name),
    "angle": ("category", lambda row: row[1].angle),
    "take": ("integer", lambda row: row[1].take),
    "status": ("status", lambda row: row[1].status),
    "seed": ("integer", lambda row: row[1].seed),
    "recipe": ("text", lambda row: row[1].recipe or None),
    "renderer": ("category", lambda row: row[1].renderer or None),
    "width": ("integer", lambda row: row[1].width),
    "height": ("integer", lambda row: row[1].height),
    "seconds": ("number", lambda row: _finite(row[1].seconds)),
    "usd": ("number", lambda row: _finite(row[1].usd)),
    "prompt": ("text", lambda row: row[1].prompt),
    "negative": ("text", lambda row: row[1].negative),
    "reference_count": ("integer", lambda row: len(row[1].references)),
    "references": ("references", lambda row: [_reference(note) for note in row[1].references]),
    "notes": ("texts", lambda row: [_valid(note) for note in row[1].notes]),
    "error": ("text", lambda row: row[1].error),
    "image": ("text", lambda row: row[1].image),
}


def variation_table(sheet: Sheet) -> "pandas.DataFrame":
    """One row a variation, in the order of the sheet; the same column types for an empty sheet.

    The first columns name the series and episode, so that the tables of several episodes can be joined end to end.
    `seconds` and `usd` are missing where nothing was measured; `references` holds structs of entity, role, reference
    and sha256.
    """
    import pandas

    rows = list(enumerate(sheet.entries, start=1))
    dtypes = _dtypes()
    number = _finite(sheet.episode_number)
    found = {
        "series_title": pandas.Series([_valid(sheet.series_title)] * len(rows), dtype=dtypes["category"]),
        "episode_id": pandas.Series([_valid(sheet.episode_id)] * len(rows), dtype=dtypes["category"]),
        "episode_number": pandas.Series([number] * len(rows), dtype=dtypes["number"]),
        "episode_title": pandas.Series([_valid(sheet.episode_title)] * len(rows), dtype=dtypes["category"]),
    }
    for name, (kind, value) in _COLUMNS.items():
        found[name] = pandas.Series([_valid(value(row)) for row in rows], dtype=dtypes[kind])
    return pandas.DataFrame(found)


def variation_parquet(sheet: Sheet) -> bytes:
    """The table as the bytes of a Parquet file (zstd)."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pandas(variation_table(sheet), preserve_index=False)
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(_readable_by_pandas(table), buffer, compression="zstd")
    return buffer.getvalue()


def write_parquet(sheet: Sheet, path: str | os.PathLike[str]) -> Path:
    """Write the table whole or not at all: a reader sees the former file until the new one is on disk.

    Raises:
        OSError: the folder cannot be made or written.
    """
    target = Path(path)
    data = variation_parquet(sheet)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return target


def _readable_by_pandas(table: "pyarrow.Table") -> "pyarrow.Table":
    """The table without the names of its list types, which `pandas.read_parquet` (3.0) does not understand."""
    kept = dict(table.schema.metadata)
    described = json.loads(kept[b"pandas"])
    for column in described["columns"]:
        if column["numpy_type"].startswith("list<"):
            column["numpy_type"] = "object"
    return table.replace_schema_metadata({**kept, b"pandas": json.dumps(described)})


def _dtypes() -> dict[str, Any]:
    import pandas
    import pyarrow

    text = pyarrow.string()
    fields: list[pyarrow.Field] = [pyarrow.field(name, text) for name in ("entity", "role", "reference", "sha256")]
    return {
        "text": pandas.StringDtype("pyarrow"),
        "integer": pandas.Int64Dtype(),
        "number": pandas.Float64Dtype(),
        "category": pandas.CategoricalDtype(),
        "status": pandas.CategoricalDtype(list(STATUSES)),
        "texts": pandas.ArrowDtype(pyarrow.list_(text)),
        "references": pandas.ArrowDtype(pyarrow.list_(pyarrow.struct(fields))),
    }


def _reference(note: Any) -> dict[str, str | None]:
    return {name: _valid(getattr(note, name)) for name in ("entity", "role", "reference", "sha256")}


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _valid(value: Any) -> Any:
    """Text without lone surrogates, which Parquet cannot hold; anything else as it is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
