"""What the tests of the assembled pipeline share: a small series, a rendered copy of it, a clean environment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moostik_assets.automation.dagster_home import ready_dagster_home
from tests.moostik_command import PLUGINS, Moostik
from tests.small_series import published_bytes, write_series

sys.path.insert(0, str(PLUGINS))


@pytest.fixture(autouse=True)
def clean_environment() -> Iterator[None]:
    """No MOOSTIK_* and no DAGSTER_* from outside, nor from the test before."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(("MOOSTIK_", "DAGSTER_")):
            del os.environ[name]
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    yield
    os.environ.clear()
    os.environ.update(before)


def copied(source: Path, target: Path) -> Path:
    """A copy of a folder with its times and hard links."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    return target


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new DAGSTER_HOME to be copied: to make one takes as long as ten renders."""
    home = tmp_path_factory.mktemp("home") / "dagster"
    before = dict(os.environ)
    ready_dagster_home(home)
    os.environ.clear()
    os.environ.update(before)
    return home


@pytest.fixture
def bare_series(tmp_path: Path) -> Moostik:
    """A small series of its own, and no output yet, not even a DAGSTER_HOME."""
    return Moostik(write_series(tmp_path / "data"), tmp_path / "output")


@pytest.fixture
def series(bare_series: Moostik, ready_home: Path) -> Moostik:
    """A small series of its own, not rendered yet."""
    copied(ready_home, bare_series.output / "dagster")
    return bare_series


@pytest.fixture
def series_of_parts(tmp_path: Path, ready_home: Path) -> Moostik:
    """The same with parts, so that each shot takes the image of the shot before it; not rendered yet."""
    copied(ready_home, tmp_path / "output" / "dagster")
    return Moostik(write_series(tmp_path / "data", parts=True), tmp_path / "output")


@pytest.fixture(scope="session")
def _rendered_once(tmp_path_factory: pytest.TempPathFactory) -> Moostik:
    root = tmp_path_factory.mktemp("rendered")
    found = Moostik(write_series(root / "data"), root / "output")
    found("render").expect(0)
    return found


@pytest.fixture(scope="session")
def _rendered_parts_once(tmp_path_factory: pytest.TempPathFactory) -> Moostik:
    root = tmp_path_factory.mktemp("rendered-parts")
    found = Moostik(write_series(root / "data", parts=True), root / "output")
    found("render").expect(0)
    return found


@pytest.fixture(scope="session")
def rendered_bytes(_rendered_once: Moostik) -> dict[str, bytes]:
    """Every published image of the small series, as one undisturbed command renders it, by its path."""
    return published_bytes(_rendered_once.output)


@pytest.fixture
def rendered(_rendered_once: Moostik, tmp_path: Path) -> Moostik:
    """The small series, rendered: a copy of its own."""
    return Moostik(copied(_rendered_once.data, tmp_path / "data"), copied(_rendered_once.output, tmp_path / "output"))


@pytest.fixture
def rendered_parts(_rendered_parts_once: Moostik, tmp_path: Path) -> Moostik:
    """The series with parts, rendered: a copy of its own."""
    return Moostik(
        copied(_rendered_parts_once.data, tmp_path / "data"), copied(_rendered_parts_once.output, tmp_path / "output")
    )
