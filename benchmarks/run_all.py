"""Every benchmark, one after the other, and their figures as a table in RESULTS.md.

`--quick` takes small sizes, to see that everything works; its figures mean nothing, and are only printed.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measuring import ROOT, Figure, amount, command_line, python

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BENCHMARKS = (
    "preview_frame", "rooms", "event_log", "render_again", "orchestration", "edit_to_run", "priority_wait",
    "memory_search", "theme_switch", "sensor_tick",
)  # fmt: skip
QUICK: Mapping[str, Sequence[str]] = {
    "preview_frame": ("--count", "1"),
    "rooms": (
        "--repetitions", "2", "--large-shots", "80", "--large-variations", "400", "--large-episodes", "4",
        "--large-repetitions", "1",
    ),
    "event_log": ("--partitions", "10", "--repetitions", "1"),
    "render_again": ("--variations", "5", "--repetitions", "1"),
    "orchestration": ("--variations", "6", "--few", "3", "--dagster-runs", "2", "--repetitions", "1"),
    "edit_to_run": ("--shots", "4", "--variations", "8", "--edits", "1"),
    "priority_wait": ("--variations", "40", "--requests", "1", "--dreams", "2"),
    "memory_search": ("--images", "500", "--queries", "3", "--new", "5", "--frames", "1"),
    "theme_switch": ("--episode", "ep1"),
    "sensor_tick": ("--shots", "80", "--variations", "400", "--episodes", "4"),
}  # fmt: skip
VERSIONS = ("dagster", "pydantic", "sqlalchemy", "pillow", "numpy", "pyarrow")


def run(name: str, quick: bool) -> list[Figure]:
    """The figures of one benchmark, in a process of its own.

    Raises:
        RuntimeError: it failed; the message holds the end of what it said.
    """
    command = python(ROOT / "benchmarks" / f"{name}.py", "--json", *(QUICK[name] if quick else ()))
    said = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    if said.returncode != 0:
        raise RuntimeError(f"{name}: {said.stderr.strip()[-1000:]}")
    return figures_of(name, json.loads(said.stdout))


def figures_of(name: str, document: Mapping[str, Any]) -> list[Figure]:
    """The figures in a benchmark's JSON document."""
    if name == "preview_frame":
        budget = float(document["budget_ms"])
        note = f"{document['median_processor_ms']:.0f} of the processor"
        what = "a preview frame of 1280 x 720 on one core, PNG and thumbnail"
        return [
            Figure(what, document["median_ms"], "ms", budget, note),
            Figure("the first frame of a fresh worker", document["cold_ms"], "ms"),
        ]
    return [
        Figure(**{field: figure[field] for field in ("what", "measured", "unit", "budget", "note")})
        for figure in document["figures"]
    ]


def machine() -> str:
    """Processor, cores, memory, system: nothing that names a host."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.machine()}"


def results(found: Mapping[str, Sequence[Figure]], faults: Sequence[str], load: float) -> str:
    """The text of RESULTS.md."""
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    lines = [
        "# Measured",
        "",
        "Written by `make bench` (`python benchmarks/run_all.py`). Medians of interleaved repetitions; nothing is",
        "subtracted unless the line says so. Figures of one run can be compared with each other; those of different",
        "machines, or of different loads, cannot.",
        "",
        f"Machine: {machine()}. Load before the first benchmark: {load:.1f}.  ",
        f"Python {platform.python_version()}, {versions}.",
        "",
        "| what | budget | measured | command |",
        "| --- | --- | --- | --- |",
        *_rows(found, with_budget=True),
        "",
        "For comparison:",
        "",
        "| what | measured | command |",
        "| --- | --- | --- |",
        *_rows(found, with_budget=False),
    ]
    lines += ["", *(f"Not measured: {fault.splitlines()[-1]}" for fault in faults)] if faults else []
    return "\n".join(lines) + "\n"


def _rows(found: Mapping[str, Sequence[Figure]], *, with_budget: bool) -> list[str]:
    rows = []
    for name, figures in found.items():
        command = f"`benchmarks/{name}.py`"
        for figure in figures:
            note = f" ({figure.note})" if figure.note else ""
            measured = amount(figure.measured, figure.unit)
            if with_budget and figure.budget is not None:
                verdict = measured if figure.kept else f"**{measured}, over**"
                rows.append(f"| {figure.what}{note} | {amount(figure.budget, figure.unit)} | {verdict} | {command} |")
            elif not with_budget and figure.budget is None:
                rows.append(f"| {figure.what}{note} | {measured} | {command} |")
    return rows


def main() -> int:
    """Run them, print the figures, write the table."""
    options = command_line(__doc__)
    options.add_argument("--quick", action="store_true", help="small sizes; writes only where --output says")
    options.add_argument("--only", choices=BENCHMARKS, nargs="+", default=list(BENCHMARKS), help="these benchmarks")
    options.add_argument("--output", type=Path, help=f"the file to write (default: {RESULTS.relative_to(ROOT)})")
    asked = options.parse_args()
    load = os.getloadavg()[0]
    found: dict[str, list[Figure]] = {}
    faults: list[str] = []
    for name in asked.only:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            found[name] = run(name, asked.quick)
        except RuntimeError as fault:
            faults.append(str(fault))
            print(fault, file=sys.stderr)
        for figure in found.get(name, ()):
            print("  " + figure.text(), file=sys.stderr if asked.json else sys.stdout, flush=True)
    output = asked.output or (None if asked.quick or asked.only != list(BENCHMARKS) else RESULTS)
    if output is not None:
        output.write_text(results(found, faults, load), encoding="utf-8")
        print(f"written: {output}", file=sys.stderr)
    if asked.json:
        document = {name: [{**vars(f), "kept": f.kept} for f in figures] for name, figures in found.items()}
        print(json.dumps({"load": load, "figures": document, "faults": faults}, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
