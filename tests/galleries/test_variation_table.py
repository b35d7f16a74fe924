import os
from dataclasses import replace
from pathlib import Path

import pandas
import pyarrow.parquet
import pytest
from gallery_cases import entry, episode, sheet_of_entries

from moostik_assets.galleries.entries import ReferenceNote
from moostik_assets.galleries.variation_table import variation_parquet, variation_table, write_parquet


def test_one_row_a_variation_with_its_values():
    notes = (
        ReferenceNote("odile", "character", "o.png", "ab"),
        ReferenceNote("square", "location", "https://x/y", None),
    )
    table = variation_table(
        sheet_of_entries(entry(1), entry(2, "medium", references=notes, notes=("no seed",), take=3, seed=2**31 - 1))
    )
    assert list(table.key) == ["ep0/shot-001/wide", "ep0/shot-002/medium"]
    row = table.iloc[1]
    assert (row.frame, row["take"], row.seed, row.angle, row.reference_count) == (2, 3, 2**31 - 1, "medium", 2)
    assert row.references[1] == {"entity": "square", "role": "location", "reference": "https://x/y", "sha256": None}
    assert list(row.notes) == ["no seed"]
    assert (row.episode_id, row.episode_number, row.seconds, row.usd) == ("ep0", 0.0, 0.25, 0.01)


def test_the_types_do_not_depend_on_what_is_in_it():
    full = variation_table(episode())
    empty = variation_table(sheet_of_entries())
    missing = variation_table(
        sheet_of_entries(entry(1, seconds=None, usd=None, references=(), image=None), episode_number=None)
    )
    types = {name: str(kind) for name, kind in full.dtypes.items()}
    assert types["seed"] == "Int64"
    assert types["seconds"] == "Float64"
    for other in (empty, missing):
        assert {name: str(kind) for name, kind in other.dtypes.items()} == types


def test_what_was_not_measured_is_missing_and_not_zero():
    table = variation_table(
        sheet_of_entries(entry(1, seconds=None), entry(2, seconds=float("nan")), entry(3, seconds=2))
    )
    assert list(table.seconds.isna()) == [True, True, False]
    assert table.seconds.mean() == 2.0


def test_every_status_is_a_category_even_where_none_has_it():
    assert list(variation_table(episode()).status.cat.categories) == ["completed", "failed", "pending"]


def test_the_file_reads_back_with_plain_pandas(tmp_path: Path):
    sheet = sheet_of_entries(entry(1, notes=("été", "灯\ud800"), prompt="\ud800"), entry(2, references=()))
    path = write_parquet(sheet, tmp_path / "new" / "folder" / "ep0.parquet")
    back, table = pandas.read_parquet(path), variation_table(sheet)
    assert back.drop(columns=["references", "notes"]).equals(table.drop(columns=["references", "notes"]))
    assert list(back.notes[0]) == ["été", "灯?"]
    assert back.references[0][0]["reference"] == "references/odile.png"
    assert str(pyarrow.parquet.read_schema(path).field("references").type).startswith("list<element: struct<entity:")


def test_the_same_sheet_gives_the_same_bytes():
    assert variation_parquet(episode()) == variation_parquet(episode())


def test_a_write_that_fails_leaves_the_former_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = write_parquet(episode(1), tmp_path / "ep0.parquet")
    former = path.read_bytes()

    def full_disk(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_parquet(episode(2), path)
    assert path.read_bytes() == former
    assert os.listdir(tmp_path) == ["ep0.parquet"]
    monkeypatch.undo()
    write_parquet(replace(episode(2), episode_id="ep1"), path)
    assert len(pandas.read_parquet(path)) == 6
