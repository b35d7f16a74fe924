"""Each benchmark runs at a tiny size and prints figures that make sense. How fast anything is, is not looked at."""

import json
import math
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
TINY = {
    "rooms": (
        "--shots", "3", "--variations", "8", "--repetitions", "2", "--large-shots", "8", "--large-variations", "24",
        "--large-episodes", "4", "--large-repetitions", "1",
    ),
    "event_log": ("--partitions", "4", "--repetitions", "1"),
    "render_again": ("--variations", "2", "--repetitions", "1"),
    "orchestration": ("--variations", "2", "--few", "1", "--dagster-runs", "1", "--repetitions", "1"),
}  # fmt: skip
BUDGETS = {
    "rooms": {("ms", 50): 1, ("s", 10): 2, ("MiB", 1e9 / 2**20): 2, ("x", 1.25): 1},
    "event_log": {},
    "render_again": {("s", 3): 1},
    "orchestration": {("x", 1.15): 1},
}


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / f"{name}.py"), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)


def document_of(name: str) -> dict[str, Any]:
    done = run(name, "--json", *TINY[name])
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", TINY)
def test_figures_make_sense(name: str) -> None:
    document = document_of(name)
    assert document["name"] == name
    figures = document["figures"]
    for figure in figures:
        assert math.isfinite(figure["measured"]), figure
        assert figure["measured"] > 0, figure
        assert figure["unit"] in ("ms", "s", "MiB", "x")
        assert figure["kept"] is (None if figure["budget"] is None else figure["measured"] <= figure["budget"])
    counted: dict[tuple[str, float], int] = {}
    for figure in figures:
        if figure["budget"] is not None:
            at = (figure["unit"], figure["budget"])
            counted[at] = counted.get(at, 0) + 1
    assert counted == BUDGETS[name]
    assert len({figure["what"] for figure in figures}) == len(figures)
    assert document["details"]


@pytest.mark.parametrize("name", [*TINY, "preview_frame", "run_all"])
def test_help(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit) as done:
        runpy.run_path(str(BENCHMARKS / f"{name}.py"), run_name="__main__")
    assert done.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_all_of_them_become_a_table(tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    before = (BENCHMARKS / "RESULTS.md").read_bytes()
    done = run("run_all", "--quick", "--only", "event_log", "--output", str(table))
    assert done.returncode == 0, done.stderr
    text = table.read_text()
    assert "WarmSqliteEventLogStorage" in text
    assert str(tmp_path) not in text
    assert str(ROOT) not in text
    assert (BENCHMARKS / "RESULTS.md").read_bytes() == before


def test_a_series_is_the_same_on_every_run(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from series import *; "
        "write_series(Path(sys.argv[1]), SeriesSize(4, 11, episodes=2, characters=2, locations=1, images_each=1))"
    )
    for name in ("one", "other"):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], cwd=BENCHMARKS, check=True)
    one, other = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "other")
    )
    assert one == other
    assert {"series.json", "episodes/ep1.json", "references/char-00/0.png"} <= {path.as_posix() for path in one}
    episodes = [json.loads(one[Path(f"episodes/ep{number}.json")]) for number in range(2)]
    assert sum(len(shot["variations"]) for episode in episodes for shot in episode["shots"]) == 11


def test_a_size_that_cannot_be_is_refused() -> None:
    done = run("orchestration", "--variations", "3", "--few", "3")
    assert done.returncode == 2
    assert "--few" in done.stderr
