"""The pool's limit follows the card, and gives way to what a person set."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.automation.gpu_pool import set_gpu_slots
from moostik_assets.settings import GPU_POOL, Settings
from resources.gpu import free_vram_bytes, gpu_slots
from tests.moostik_command import Moostik

GIB = 1 << 30


def pretend_card(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An nvidia-smi that is a real program, first on the path."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("free_mib", "need_gib", "slots"),
    [(24_000, 7, 3), (24_000, 24, 1), (2_000, 7, 1), (140_000, 20, 6), (24_000, 0, 1)],
)
def test_slots_are_what_fits_and_at_least_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mib: int, need_gib: int, slots: int
) -> None:
    pretend_card(tmp_path / "bin", monkeypatch, f"echo {free_mib}; echo 1")
    assert gpu_slots(need_gib * GIB) == slots


@pytest.mark.parametrize("script", ["exit 9", "echo '[N/A]'", "echo; echo No devices were found", "printf ''"])
def test_a_card_that_cannot_tell_is_one_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    pretend_card(tmp_path / "bin", monkeypatch, script)
    assert free_vram_bytes() == []
    assert gpu_slots(GIB) == 1


@pytest.fixture
def instance(series: Moostik) -> Iterator[dg.DagsterInstance]:
    ready_dagster_home(settings_of(series).dagster_home)
    with dg.DagsterInstance.get() as found:
        yield found


def settings_of(series: Moostik, gpu_slots: int | None = None) -> Settings:
    return Settings(data=series.data, output=str(series.output), gpu_slots=gpu_slots)


def limit_of(instance: dg.DagsterInstance) -> int | None:
    return next(pool.limit for pool in instance.event_log_storage.get_pool_limits() if pool.name == GPU_POOL)


def test_a_setting_wins_and_its_end_gives_the_card_its_say_again(series: Moostik, instance: dg.DagsterInstance) -> None:
    said: list[str] = []
    assert set_gpu_slots(instance, settings_of(series, gpu_slots=3), said.append) == limit_of(instance) == 3
    assert said == ["moostik: the pool 'gpu' has 3 slots now; it had 1"]
    assert set_gpu_slots(instance, settings_of(series), said.append) == limit_of(instance) == 1


def test_what_a_person_set_stays(series: Moostik, instance: dg.DagsterInstance) -> None:
    set_gpu_slots(instance, settings_of(series), print)
    instance.event_log_storage.set_concurrency_slots(GPU_POOL, 5)
    assert set_gpu_slots(instance, settings_of(series), print) == limit_of(instance) == 5


def test_a_series_whose_renderer_is_missing_has_one_slot(series: Moostik, instance: dg.DagsterInstance) -> None:
    settings = Settings(data=series.data, output=str(series.output), renderer="no-such")
    assert set_gpu_slots(instance, settings, print) == 1
