"""How long an edit takes to become a run, and an image: a real `moostik up` on a series, partly rendered.

A prompt is edited in an editor's way, the file written anew. Told are the seconds from there to the start of the run
that the sensor asked for, and to the event of its first image.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import Report, command_line, median, moostik, spent_by
from priority_wait import Up, running, until
from series import SeriesSize, write_series

BUDGET_S = 10
SENSOR = "catalogue_sensor"


def edit_prompt(data: Path, shot: int, text: str) -> float:
    """Another goal for one shot of the first episode; when it was written, in seconds since the epoch."""
    path = data / "episodes" / "ep0.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["shots"][shot]["prompt"]["goal"] = text
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return time.time()


def new_run(up: Up, known: set[str]) -> dict[str, Any] | None:
    """The run that the sensor asked for since, once it has started."""
    for run in up.runs():
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        if run["runId"] not in known and run["startTime"] and tags.get("moostik/cause") == SENSOR:
            return run
    return None


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--shots", type=int, default=28, help="shots of the episode")
    options.add_argument("--variations", type=int, default=150, help="variations of the episode")
    options.add_argument("--edits", type=int, default=5, help="edits, one after the other")
    asked = options.parse_args()
    report = Report("edit to run", {name: getattr(asked, name) for name in ("shots", "variations", "edits")})
    with tempfile.TemporaryDirectory(prefix="edit-to-run-") as folder:
        data = write_series(Path(folder) / "data", SeriesSize(asked.shots, asked.variations))
        output = Path(folder) / "output"
        edited = min(asked.edits, asked.shots)
        shots = ",".join(f"shot-{number + 1:05}" for number in range(edited))
        spent_by(moostik(data, output, "render", "--shots", shots))
        started, imaged = [], []
        with running(data, output) as up:
            edit_prompt(data, 0, "Seen by the sensor's first look.")
            until(lambda: new_run(up, set()))
            for number in range(asked.edits):
                until(lambda: all(run["status"] == "SUCCESS" for run in up.runs()))
                known = {run["runId"] for run in up.runs()}
                at = edit_prompt(data, number % edited, f"Edit {number} of the benchmark.")
                run = until(lambda known=known: new_run(up, known))
                started.append(run["startTime"] - at)
                imaged.append(until(lambda run=run: up.images(run["runId"]))[0] - at)
    report.add("edit of a file -> run started, sensor on", median(started), "s", BUDGET_S)
    report.add("the longest of these", max(started), "s", BUDGET_S)
    report.add("edit of a file -> first new image recorded", median(imaged), "s")
    report.details = {"started": started, "imaged": imaged}
    report.show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
