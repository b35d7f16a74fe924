"""Records of images that could not be made."""

from pathlib import Path

import pytest

from resources.image_failures import MAX_ATTEMPTS, ImageFailures
from resources.store.files import files_at

RECIPE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def failures(tmp_path: Path) -> ImageFailures:
    return ImageFailures(files_at(tmp_path))


def test_the_last_attempt_of_the_allowed_ones_quarantines(failures: ImageFailures) -> None:
    counted = [failures.count(RECIPE, "ep0/a/wide", f"no {n}", f"run-{n}") for n in range(MAX_ATTEMPTS)]
    assert [failure.quarantined for failure in counted] == [False] * (MAX_ATTEMPTS - 1) + [True]
    found = failures.all()[RECIPE]
    assert (found.key, found.attempts, found.error) == ("ep0/a/wide", 3, "no 2")
    assert found.runs == ("run-0", "run-1", "run-2")
    assert found.refusal == "quarantined after 3 attempts: no 2; render it with --force to try again"


def test_a_run_counts_once_however_often_it_is_told(failures: ImageFailures) -> None:
    for _ in range(5):
        assert failures.count(RECIPE, "ep0/a/wide", "no", "run-1").attempts == 1


def test_a_death_is_remembered_until_the_image_is_made(failures: ImageFailures) -> None:
    failures.count(RECIPE, "ep0/a/wide", "killed", "run-1", died=True)
    assert failures.count(RECIPE, "ep0/a/wide", "no", "run-2").died
    failures.forget(RECIPE)
    assert failures.find(RECIPE) is None
    assert not failures.count(RECIPE, "ep0/a/wide", "no", "run-3").died


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"key": 1}', "[" * 100_000, '{"attempts": "x"}', "\xff\xfe"])
def test_a_broken_record_is_as_none(failures: ImageFailures, tmp_path: Path, text: str) -> None:
    failures.count(RECIPE, "ep0/a/wide", "no", "run-1")
    failures.count(OTHER, "ep0/b/wide", "no", "run-1")
    (tmp_path / "store" / "quarantine" / f"{RECIPE}.json").write_text(text, encoding="latin-1")
    assert set(failures.all()) == {OTHER}
    assert failures.count(RECIPE, "ep0/a/wide", "no", "run-2").attempts == 1


def test_an_error_of_any_text_is_kept_and_bounded(failures: ImageFailures) -> None:
    found = failures.count(RECIPE, "ep0/a/凝視", "\ud800 ünï\n" + "x" * 10_000, "run-1")
    assert len(found.error) <= 2000
    assert failures.find(RECIPE) is not None
