"""Time and memory of processes and of calls; figures beside their budgets."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Spent:
    """What a process and those that it started and waited for took: seconds by the clock and of processors, bytes."""

    wall: float
    cpu: float
    peak_rss: int
    """Of the largest of them."""


@dataclass(frozen=True)
class Figure:
    """One measured thing. `budget` None: it has none, and is told for comparison."""

    what: str
    measured: float
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether it is within its budget."""
        return None if self.budget is None else self.measured <= self.budget

    def text(self) -> str:
        """A line for a person."""
        verdict = {True: "  within", False: "  OVER", None: ""}[self.kept]
        budget = "" if self.budget is None else f"  budget {amount(self.budget, self.unit)}{verdict}"
        note = f"  ({self.note})" if self.note else ""
        return f"{self.what:78} {amount(self.measured, self.unit):>12}{budget}{note}"


@dataclass
class Report:
    """The figures of one benchmark, with what they were measured on."""

    name: str
    sizes: Mapping[str, Any]
    figures: list[Figure] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    """Every single measurement, so that their spread can be seen."""

    def add(self, what: str, measured: float, unit: str, budget: float | None = None, note: str = "") -> None:
        """One more figure."""
        self.figures.append(Figure(what, measured, unit, budget, note))

    def to_json(self) -> dict[str, Any]:
        """The document of `--json`."""
        figures = [{**asdict(figure), "kept": figure.kept} for figure in self.figures]
        return {"name": self.name, "sizes": dict(self.sizes), "figures": figures, "details": self.details}

    def show(self, as_json: bool) -> None:
        """Print it."""
        if as_json:
            print(json.dumps(self.to_json(), indent=2))
            return
        print(f"{self.name}: " + ", ".join(f"{name} {value}" for name, value in self.sizes.items()))
        for figure in self.figures:
            print("  " + figure.text())


def amount(value: float, unit: str) -> str:
    """ "12.3 ms", "1.15 x"."""
    digits = 2 if unit == "x" or value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def command_line(description: str | None) -> argparse.ArgumentParser:
    """The options that every benchmark has. Settings of a person's own environment are taken out of this process."""
    for name in list(os.environ):
        if name.startswith("MOOSTIK_") or name == "DAGSTER_HOME":
            del os.environ[name]
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return parser


def median(values: Iterable[float]) -> float:
    """The middle one; of an even number, half way between the two."""
    return statistics.median(values)


def spent_by(command: Sequence[str | Path]) -> Spent:
    """Run a command to its end, in the repository's root.

    Raises:
        RuntimeError: it failed; the message holds what it said.
    """
    environment = {**os.environ, "DAGSTER_DISABLE_TELEMETRY": "1"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        text = said.decode(errors="replace").strip()
        raise RuntimeError(f"{' '.join(map(str, command))} ended with code {process.returncode}:\n{text[-2000:]}")
    return Spent(wall, usage.ru_utime + usage.ru_stime, _bytes(usage.ru_maxrss))


def peak_rss_of_this_process() -> int:
    """Bytes."""
    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def python(*arguments: str | Path) -> list[str | Path]:
    """This interpreter, with arguments."""
    return [sys.executable, *arguments]


def moostik(data: Path, output: Path, *arguments: str) -> list[str | Path]:
    """The command `moostik`, on that catalogue and output folder, by this interpreter."""
    return python("-m", "moostik_assets.cli", "--data", data, "--output", output, *arguments)


def interleaved(sides: Mapping[str, Callable[[int], Any]], repetitions: int) -> dict[str, list[Any]]:
    """What each side gives, A B A B ...: whatever slows the machine for a while slows both."""
    found: dict[str, list[Any]] = {name: [] for name in sides}
    for repetition in range(repetitions):
        for name, side in sides.items():
            found[name].append(side(repetition))
    return found


def ratio(over: Iterable[float], under: Iterable[float]) -> float:
    """The median of the ratios of neighbours."""
    return median(a / b for a, b in zip(over, under, strict=True))


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """What libraries log is not part of a benchmark's answer."""
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
