"""The worked example of a renderer: installed as a person would, its own test, and a series rendered on it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, edit

EXAMPLE = Path(__file__).parents[1] / "examples" / "moostik-woodcut"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> str:
    site = tmp_path_factory.mktemp("woodcut")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run([*pip, str(EXAMPLE)], check=True, capture_output=True)
    return str(site)


def test_its_own_test_passes(installed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(EXAMPLE), str(EXAMPLE)],
        env={**os.environ, "PYTHONPATH": installed},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_a_series_is_rendered_on_it_and_lies_beside_the_other_images(
    installed: str, series: Moostik, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", installed)
    listed = {one["name"]: one for one in series.process("renderers", "--json").expect(0).document}
    assert listed["woodcut"]["available"]
    assert listed["sketch"]["usedFor"] == ["variations", "backgrounds"]
    assert "cannot be loaded" in listed["absent"]["problem"]
    series("render").expect(0)
    would = series.process("plan", "--renderer", "woodcut", "--json").expect(0).document
    assert len(would["stale"]) == VARIATION_COUNT
    assert "renderer: sketch -> woodcut" in would["stale"][0]["reasons"]
    on_wood = series.process("render", "--renderer", "woodcut", "--json").expect(0).document
    assert (on_wood["rendered"], on_wood["failed"]) == (VARIATION_COUNT, [])
    back = series("render", "--json").expect(0).document
    assert (back["rendered"], back["reused"]) == (0, VARIATION_COUNT)


def test_an_episode_may_have_a_renderer_of_its_own(series: Moostik) -> None:
    """`costly` for this episode, over the series' `sketch`; a setting wins over both."""
    edit(series.data / "episodes" / "ep0.json", lambda document: {**document, "renderer": "costly"})
    assert series("plan", "--json").expect(0).document["estimate"]["usd"] == VARIATION_COUNT * 0.5
    plan = series("plan", "--json", env={"MOOSTIK_RENDERER": "sketch"}).expect(0).document
    assert plan["estimate"]["usd"] == 0
