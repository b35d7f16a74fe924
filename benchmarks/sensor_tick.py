"""What a tick of the change sensors costs on a large series, all of whose images are there.

Nothing changed; one prompt edited; one character's reference replaced. Dagster ends a tick after 60 seconds. The images
are one pixel each, kept and published by the store: a tick reads what they were made from, never their pixels.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from measuring import MEBIBYTE, Report, command_line, peak_rss_of_this_process, quiet_stderr
from PIL import Image
from series import SeriesSize, write_series

from moostik_assets.automation.change_sensors import WATCHES, ChangeTick
from moostik_assets.automation.dagster_home import ready_dagster_home
from moostik_assets.automation.sensor_cursor import cursor_from_text
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.partitions import build_partitions
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import PreparedVariation
from moostik_assets.variations.wanted import variation_preparation

NOTHING_BUDGET_S = 2
CHANGE_BUDGET_S = 15
TICK_LIMIT_S = 60
CHARACTER = "char-00"
CAST_OF_A_LARGE_SERIES = 60
"""Then a character is in 400 of 10,000 shots."""
_THREADS = 8


class Watchmen:
    """The sensors over one series, as the code server calls them, each with its cursor."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        partitions = build_partitions(load_catalogue(settings.data_root).catalogue)
        self._ticks = [ChangeTick(watch, settings, partitions, instance, lambda _: None) for watch in WATCHES]
        self._cursors: dict[str, str | None] = {}
        self.asked: dict[str, int] = {}

    def follow(self) -> dict[str, list[float]]:
        """Ticks of each until it has nothing left to look at; seconds of each tick by the sensor's name.

        `asked`: images that each asked for.
        """
        return {tick.watch.name: list(self._followed(tick)) for tick in self._ticks}

    def _followed(self, tick: ChangeTick) -> Iterator[float]:
        name, left = tick.watch.name, True
        self.asked[name] = 0
        while left:
            started = time.perf_counter()
            result = tick.look(self._cursors.get(name))
            yield time.perf_counter() - started
            assert isinstance(result.cursor, str)
            self._cursors[name] = result.cursor
            self.asked[name] += sum(map(_images, result.run_requests or ()))
            cursor = cursor_from_text(result.cursor)
            left = cursor is not None and not cursor.stamp


def _images(request: dg.RunRequest) -> int:
    """How many images a run was asked for (a run of one image, or whose range is exact, counts as one)."""
    return max(1, *(len(op["config"].get("only") or ()) for op in request.run_config["ops"].values()))


def publish_everything(settings: Settings) -> int:
    """Have an image of each variation in the store, and shown; their number."""
    with Studio(settings) as studio, ThreadPoolExecutor(_THREADS) as threads:
        preparation = variation_preparation(studio)

        def publish(variation: PreparedVariation) -> None:
            request = variation.request()
            png = io.BytesIO()
            Image.new("RGB", (1, 1)).save(png, "PNG")
            image = studio.store.put(request, png.getvalue(), {"key": variation.key})
            studio.store.publish(variation.key, image)

        return sum(
            len(list(threads.map(publish, preparation.variations(episode))))
            for episode in studio.catalogue.episodes.values()
        )


def edit_prompt(data: Path) -> None:
    """Another goal for one shot."""
    path = sorted((data / "episodes").iterdir())[0]
    text = path.read_text(encoding="utf-8")
    before, found, after = text.partition('"goal": "')
    path.write_text(f"{before}{found}Edited. {after}", encoding="utf-8")


def replace_reference(data: Path) -> None:
    """Another picture of one character."""
    path = data / "references" / CHARACTER / "0.png"
    with Image.open(path) as image:
        image.rotate(180).save(path)


@contextmanager
def home(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """A new DAGSTER_HOME."""
    ready_dagster_home(settings.dagster_home)
    with dg.DagsterInstance.get() as instance:
        yield instance


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--shots", type=int, default=10_000, help="shots of the series")
    options.add_argument("--variations", type=int, default=50_000, help="variations of the series")
    options.add_argument("--episodes", type=int, default=100, help="episodes of the series")
    asked = options.parse_args()
    report = Report("sensor tick", {name: getattr(asked, name) for name in ("shots", "variations", "episodes")})
    size = SeriesSize(
        asked.shots, asked.variations, asked.episodes, characters=CAST_OF_A_LARGE_SERIES, small_pictures=True
    )
    with tempfile.TemporaryDirectory(prefix="sensor-tick-") as folder, quiet_stderr():
        settings = Settings(data=write_series(Path(folder) / "data", size), output=str(Path(folder) / "output"))
        started = time.perf_counter()
        published = publish_everything(settings)
        report.details["seconds to publish"] = time.perf_counter() - started
        with home(settings) as instance:
            watchmen = Watchmen(settings, instance)
            changes: Mapping[str, tuple[Callable[[], object], float]] = {
                "a tick of the first look": (lambda: None, TICK_LIMIT_S),
                "a tick, nothing changed": (lambda: None, NOTHING_BUDGET_S),
                "a tick after one prompt was edited": (lambda: edit_prompt(settings.data_root), CHANGE_BUDGET_S),
                "a tick after a reference was replaced": (
                    lambda: replace_reference(settings.data_root), CHANGE_BUDGET_S,
                ),
            }  # fmt: skip
            for what, (change, budget) in changes.items():
                change()
                seconds = watchmen.follow()
                slowest = max(seconds, key=lambda name: max(seconds[name]))
                images = sum(watchmen.asked.values())
                note = f"{slowest}; {images} images asked for" if images else slowest
                report.add(f"{what}: the longest of all sensors", max(seconds[slowest]), "s", budget, note)
                if len(seconds[slowest]) > 1:
                    report.add(f"{what}: all {len(seconds[slowest])} ticks of it", sum(seconds[slowest]), "s")
                report.details[what] = {"seconds": seconds, "asked": dict(watchmen.asked)}
    report.add("images there", published, "images")
    report.add("peak memory of the process", peak_rss_of_this_process() / MEBIBYTE, "MiB")
    report.show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
