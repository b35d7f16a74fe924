"""`moostik render` again with nothing changed: how long it takes to be sure of that, above the interpreter's own start.

The series is rendered once, untimed. Then `moostik render` and `python -c pass` take turns.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from measuring import ROOT, Report, Spent, command_line, interleaved, median, moostik, python, spent_by
from series import SeriesSize, write_series

BUDGET_S = 3.0
ANGLES = 5


def measured(variations: int, repetitions: int) -> Report:
    """The report."""
    report = Report("render_again", {"variations": variations, "repetitions": repetitions})
    with tempfile.TemporaryDirectory(prefix="render-again-") as name:
        output = Path(name) / "output"
        shots = max(1, variations // ANGLES)
        data = write_series(Path(name) / "data", SeriesSize(shots=shots, variations=variations))
        spent_by(moostik(data, output, "render"))
        _all_reused(data, output, variations)
        found: dict[str, list[Spent]] = interleaved(
            {
                "interpreter": lambda _: spent_by(python("-c", "pass")),
                "imports": lambda _: spent_by(python("-c", "import moostik_assets.commands.render_session")),
                "again": lambda _: spent_by(moostik(data, output, "render")),
            },
            repetitions,
        )
    what = f"render again, {variations} variations, above the interpreter's start"
    note = f"{median(spent.cpu for spent in found['again']):.2f} of processors, the start included"
    report.add(what, _above(found, "again"), "s", BUDGET_S, note=note)
    report.add("imports of `moostik render`, above the interpreter's start", _above(found, "imports"), "s")
    report.add(
        "the interpreter's start (`python -c pass`)", 1000 * median(spent.wall for spent in found["interpreter"]), "ms"
    )
    report.details = {side: [vars(spent) for spent in values] for side, values in found.items()}
    return report


def _above(found: Mapping[str, Sequence[Spent]], side: str) -> float:
    """Seconds by the clock beyond the interpreter's own start."""
    return median(spent.wall - start.wall for spent, start in zip(found[side], found["interpreter"], strict=True))


def _all_reused(data: Path, output: Path, variations: int) -> None:
    """A first time again, untimed, which also warms the disk's cache; raises where anything was rendered."""
    command = [str(part) for part in moostik(data, output, "render", "--json")]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    result = json.loads(said.stdout)
    if (result["rendered"], result["reused"]) != (0, variations):
        raise RuntimeError(f"something was rendered again: {result}")


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--variations", type=int, default=365, help="variations of the series")
    options.add_argument("--repetitions", type=int, default=7, help="runs of each side, interleaved")
    asked = options.parse_args()
    measured(asked.variations, asked.repetitions).show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
