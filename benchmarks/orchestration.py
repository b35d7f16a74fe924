"""What `moostik render` costs beyond the rendering: against a bare loop, and against plain Dagster run by run.

The bare loop is the same renderer, with as many worker processes, over the same requests; it only writes the PNG files.
Each side is a process of its own, timed from its start to its end on a folder of its own: nothing is subtracted.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bare_loop import write_job
from measuring import ROOT, Report, Spent, command_line, interleaved, median, moostik, python, ratio, spent_by
from series import SeriesSize, write_series

from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations.wanted import variation_preparation
from resources.rendering.request import RenderRequest

BUDGET = 1.15
SHOTS_FOR_VARIATIONS = 5.36
"""Variations a shot: 150 in 28 shots."""


class Sides:
    """The sides of the comparison, over one series; each call leaves a fresh output behind."""

    def __init__(self, folder: Path, variations: int) -> None:
        shots = max(1, round(variations / SHOTS_FOR_VARIATIONS))
        self._folder = folder
        self._data = write_series(folder / "data", SeriesSize(shots=shots, variations=variations))
        self._requests, self._paths = requests_of(self._data, folder / "unused")
        self._job = write_job(folder / "job.pickle", self._requests, self._paths)
        self._variations = variations

    def moostik(self, repetition: int) -> Spent:
        """`moostik render`, into a new output folder."""
        output = self._folder / f"moostik-{repetition}"
        spent = spent_by(moostik(self._data, output, "render"))
        made = {path.stem for path in output.glob("store/recipes/*/*.json")}
        if made != {request.recipe_id for request in self._requests}:
            raise RuntimeError("moostik rendered other requests than the bare loop")
        return spent

    def bare(self, repetition: int) -> Spent:
        """The bare loop, into a new folder."""
        output = self._folder / f"bare-{repetition}"
        spent = spent_by(python(ROOT / "benchmarks" / "bare_loop.py", self._job, output))
        if len(list(output.glob("*.png"))) != len(self._requests):
            raise RuntimeError("the bare loop did not render all requests")
        return spent

    def plain_dagster(self, images: int) -> tuple[list[float], list[float]]:
        """Seconds of each run of plain Dagster over the first images, and seconds of the rendering in it."""
        job = write_job(self._folder / "few.pickle", self._requests[:images], self._paths)
        command = python(ROOT / "benchmarks" / "plain_dagster.py", job, self._folder / "plain-dagster")
        said = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
        if said.returncode != 0:
            raise RuntimeError(f"plain Dagster failed:\n{said.stderr[-2000:]}")
        found = json.loads(said.stdout)
        return found["runs"], found["rendering"]


def requests_of(data: Path, output: Path) -> tuple[list[RenderRequest], dict[str, Path]]:
    """Every request of a series with no sequences, and the files of its inputs by hash."""
    with Studio(Settings(data=data, output=str(output))) as studio:
        preparation = variation_preparation(studio)
        found = [v for episode in studio.catalogue.episodes.values() for v in preparation.variations(episode)]
        paths = {}
        for variation in found:
            for used, image in zip(variation.base.references, variation.shot.references.images, strict=True):
                path = studio.image_path(image.reference)
                if used.sha256 is not None and path is not None:
                    paths[used.sha256] = path
    return [variation.request() for variation in found], paths


def measured(variations: int, few: int, runs: int, repetitions: int) -> Report:
    """The report."""
    sizes = {"variations": variations, "few": few, "plain Dagster runs": runs, "repetitions": repetitions}
    report = Report("orchestration", sizes)
    with tempfile.TemporaryDirectory(prefix="orchestration-") as name:
        folder = Path(name)
        many_images = Sides(_made(folder / "many"), variations)
        few_images = Sides(_made(folder / "few"), few)
        found: dict[str, list[Spent]] = interleaved(
            {
                "bare": many_images.bare,
                "moostik": many_images.moostik,
                "bare, few": few_images.bare,
                "moostik, few": few_images.moostik,
                "interpreter": lambda _: spent_by(python("-c", "pass")),
                "imports": lambda _: spent_by(python("-c", "import moostik_assets.commands.render_session")),
            },
            repetitions,
        )
        seconds, rendering = many_images.plain_dagster(runs)
    _tell_overhead(report, found, variations, few)
    each = median(spent.wall for spent in found["moostik"]) / variations
    note = f"of which rendering, on one core, {1000 * median(rendering):.0f}"
    report.add("time by image, plain Dagster, one run a partition", 1000 * median(seconds), "ms", note=note)
    report.add("time by image, plain Dagster over `moostik render`", median(seconds) / each, "x")
    report.details = {side: [vars(spent) for spent in values] for side, values in found.items()}
    report.details["plain Dagster"] = {"runs": seconds, "rendering": rendering}
    return report


def _tell_overhead(report: Report, found: Mapping[str, Sequence[Spent]], variations: int, few: int) -> None:
    for kind, word, budget in (("wall", "time", BUDGET), ("cpu", "processor time", None)):
        times = {side: [getattr(spent, kind) for spent in values] for side, values in found.items()}
        whole = ratio(times["moostik"], times["bare"])
        report.add(f"{word} of `moostik render` over the bare loop's, {variations} images", whole, "x", budget)
        each = {side: _each(times[side], times[f"{side}, few"], variations - few) for side in ("moostik", "bare")}
        report.add(
            f"{word} of `moostik render` over the bare loop's, each image after the first {few}",
            ratio(each["moostik"], each["bare"]),
            "x",
        )
        for side, label in (("moostik", "`moostik render`"), ("bare", "the bare loop")):
            note = f"{1000 * median(each[side]):.0f} after the first {few}"
            report.add(f"{word} by image, {label}", 1000 * median(times[side]) / variations, "ms", note=note)
        report.add(f"{word} of the interpreter alone", 1000 * median(times["interpreter"]), "ms")
        report.add(f"{word} of the interpreter and all imports", 1000 * median(times["imports"]), "ms")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _each(many: Sequence[float], few: Sequence[float], more_images: int) -> list[float]:
    """Seconds of each image more. On a noisy machine the difference can be anything: it is kept above nothing."""
    return [max(1e-4, (a - b) / more_images) for a, b in zip(many, few, strict=True)]


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--variations", type=int, default=150, help="images of the longer run")
    options.add_argument("--few", type=int, default=30, help="images of the shorter run")
    options.add_argument("--dagster-runs", type=int, default=10, help="images that plain Dagster makes, one run each")
    options.add_argument("--repetitions", type=int, default=3, help="runs of each side, interleaved")
    asked = options.parse_args()
    if asked.few >= asked.variations:
        options.error("--few must be fewer than --variations")
    measured(asked.variations, asked.few, asked.dagster_runs, asked.repetitions).show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
