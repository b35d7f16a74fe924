"""From a loaded catalogue to requests: readiness, clusters, references, prompts, requests with their recipe ids.

An episode of the usual size is timed in this process with everything imported: a series of several such episodes,
no two prompts of which are alike, each timed once. A large series is timed in a process of its own, which holds all of
its requests at once, so that its memory can be seen. Loading is told apart, but counts towards the memory.
"""

import argparse
import functools
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from measuring import MEBIBYTE, ROOT, Report, command_line, median, peak_rss_of_this_process, python
from series import SeriesSize, write_series

from moostik_assets.catalogue.models import Episode
from moostik_assets.episodes.clusters import clusters
from moostik_assets.episodes.readiness import readiness
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import Preparation, PreparedVariation
from moostik_assets.variations.wanted import variation_preparation

EPISODE_BUDGET_MS = 50
LARGE_BUDGET_S = 10
LARGE_BUDGET_MIB = 1_000_000_000 / MEBIBYTE
LINEAR_BUDGET = 1.25
"""How much longer a variation may take in the whole large series than in a quarter of it."""


@dataclass
class Rooms:
    """The rooms up to the request, over a studio whose references' hashes are known."""

    studio: Studio

    def __post_init__(self) -> None:
        self._hash = functools.cache(self.studio.image_hash)
        for entity in (*self.studio.catalogue.characters.values(), *self.studio.catalogue.locations.values()):
            for reference in entity.reference_images:
                self._hash(reference)

    def fresh_preparation(self) -> Preparation:
        """One that has resolved no cast yet."""
        episode = next(iter(self.studio.catalogue.episodes.values()))
        return replace(variation_preparation(self.studio).of(episode), image_hash=self._hash)

    def requests(self, episode: Episode, preparation: Preparation) -> list[PreparedVariation]:
        """The variations of an episode, each with its request, whose recipe id is computed."""
        found = readiness(episode, self.studio.catalogue)
        assert found.can_proceed_with_warnings
        clusters(episode)
        variations = preparation.variations(episode)
        for variation in variations:
            assert variation.request().recipe_id
        return variations


def episode_milliseconds(
    folder: Path, shots: int, variations: int, repetitions: int
) -> tuple[list[float], list[float], float]:
    """Milliseconds of each episode, by the clock and of the processor, and of loading one by itself."""
    count = repetitions + 1
    data = write_series(
        folder / "episodes",
        SeriesSize(shots * count, variations * count, episodes=count, small_pictures=True, themed=True),
    )
    one = write_series(folder / "one", SeriesSize(shots, variations, small_pictures=True, themed=True))
    found, used = [], []
    with Studio(Settings(data=data, output=str(folder / "output"))) as studio:
        rooms = Rooms(studio)
        for episode in studio.catalogue.episodes.values():
            started, before = time.perf_counter(), time.process_time()
            made = rooms.requests(episode, rooms.fresh_preparation())
            found.append(1000 * (time.perf_counter() - started))
            used.append(1000 * (time.process_time() - before))
            assert len(made) == variations
    started = time.perf_counter()
    Studio(Settings(data=one, output=str(folder / "output")))
    return found[1:], used[1:], 1000 * (time.perf_counter() - started)


def large_series(data: Path) -> dict[str, Any]:
    """Seconds and bytes of a whole series, all of whose requests are held at once."""
    started = time.perf_counter()
    with Studio(Settings(data=data, output=str(data / "output"))) as studio:
        loading = time.perf_counter() - started
        after_loading = peak_rss_of_this_process()
        rooms = Rooms(studio)
        preparation = rooms.fresh_preparation()
        started, before = time.perf_counter(), time.process_time()
        held = [rooms.requests(episode, preparation) for episode in studio.catalogue.episodes.values()]
        seconds, used = time.perf_counter() - started, time.process_time() - before
        return {
            "variations": sum(map(len, held)),
            "loading": loading,
            "seconds": seconds,
            "cpu": used,
            "peak_rss_after_loading": after_loading,
            "peak_rss": peak_rss_of_this_process(),
        }


def in_a_process(folder: Path, size: SeriesSize) -> dict[str, Any]:
    """`large_series` of a series that is written for it, in a process of its own."""
    data = write_series(folder, replace(size, small_pictures=True, themed=True))
    command = python(ROOT / "benchmarks" / "rooms.py", "--series", data)
    said = subprocess.run([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(said.stdout)


def measured(asked: argparse.Namespace) -> Report:
    """The report."""
    report = Report("rooms", {name: value for name, value in vars(asked).items() if name not in ("json", "series")})
    with tempfile.TemporaryDirectory(prefix="rooms-") as name:
        folder = Path(name)
        times, used, loading = episode_milliseconds(folder, asked.shots, asked.variations, asked.repetitions)
        shapes = {
            "whole": SeriesSize(asked.large_shots, asked.large_variations, episodes=asked.large_episodes),
            "quarter": SeriesSize(
                asked.large_shots // 4, asked.large_variations // 4, episodes=max(1, asked.large_episodes // 4)
            ),
            "one episode": SeriesSize(asked.large_shots, asked.large_variations),
        }
        large: dict[str, list[dict[str, Any]]] = {shape: [] for shape in shapes}
        for repetition in range(asked.large_repetitions):
            for shape, size in shapes.items():
                large[shape].append(in_a_process(folder / f"{shape}-{repetition}", size))
    what = f"{asked.shots} shots, {asked.variations} variations"
    note = f"{median(used):.1f} of the processor"
    report.add(f"requests of an episode, {what}", median(times), "ms", EPISODE_BUDGET_MS, note=note)
    report.add(f"loading the catalogue, {what}", loading, "ms")
    many = f"{asked.large_shots:,} shots, {asked.large_variations:,} variations"
    for shape, label in (("whole", f"in {asked.large_episodes} episodes"), ("one episode", "in one episode")):
        found = large[shape]
        note = f"{median(f['cpu'] for f in found):.1f} of the processor"
        report.add(f"requests of {many} {label}", median(f["seconds"] for f in found), "s", LARGE_BUDGET_S, note=note)
        peak = max(f["peak_rss"] for f in found) / MEBIBYTE
        loaded = max(f["peak_rss_after_loading"] for f in found) / MEBIBYTE
        note = f"{loaded:.0f} once loaded"
        report.add(f"peak memory, {many} {label}", peak, "MiB", LARGE_BUDGET_MIB, note=note)
        report.add(f"loading the catalogue, {many} {label}", median(f["loading"] for f in found), "s")
    growth = median(
        (w["seconds"] / w["variations"]) / (q["seconds"] / q["variations"])
        for w, q in zip(large["whole"], large["quarter"], strict=True)
    )
    report.add("time by variation, the whole large series over a quarter of it", growth, "x", LINEAR_BUDGET)
    report.details = {"episode milliseconds": times, "of the processor": used, "large": large}
    return report


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--shots", type=int, default=28, help="shots of an episode")
    options.add_argument("--variations", type=int, default=150, help="variations of an episode")
    options.add_argument("--repetitions", type=int, default=15, help="episodes, each timed once")
    options.add_argument("--large-shots", type=int, default=10_000, help="shots of the large series")
    options.add_argument("--large-variations", type=int, default=50_000, help="variations of the large series")
    options.add_argument("--large-episodes", type=int, default=100, help="episodes of the large series")
    options.add_argument("--large-repetitions", type=int, default=3, help="processes for each large series")
    options.add_argument("--series", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.series is not None:
        print(json.dumps(large_series(asked.series)))
        return
    measured(asked).show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
