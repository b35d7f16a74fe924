"""A small series that dreams: short nights by the plug-in `reverie`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from moostik_assets.dreams.ability import dream_mode
from moostik_assets.dreams.keeping import keep_manifest
from moostik_assets.dreams.night import Night
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from tests.small_series import write_json, write_series

DAY = date(2026, 11, 20)
FRAMES = 10
"""Three keyframes at 1, 5, 9 would be 9 frames; four at 1, 4, 7, 10 are 10."""
SETTINGS = {"keyframes": 4, "framesBetween": 2, "pixels": 64 * 36, "prepare": False}
ENTRIES = [
    {"id": "hut-alone", "prompt": "The hut remembers", "negative": ["rain"], "locationIds": ["hut"], "weight": 2},
    {"id": "ada-walks", "prompt": "Ada walks on", "characterIds": ["ada"]},
    {"id": "at-night", "prompt": "The pier at night", "locationIds": ["pier"], "times": ["night", "small-hours"]},
    {"id": "two", "prompt": "Ada meets Bob", "characterIds": ["ada", "bob"], "locationIds": ["pier", "hut"]},
    {"id": "in-the-storm", "prompt": "The storm asks for Bob", "characterIds": ["bob"], "themes": ["storm"]},
]


def write_dreaming(folder: Path, **dreams: Any) -> Path:
    """Write the series into a folder, and give it; `dreams`: settings in place of SETTINGS."""
    write_series(folder, renderer="reverie", dreams={**SETTINGS, **dreams})
    write_json(folder / "dreams.json", ENTRIES)
    return folder


@contextmanager
def dreaming_studio(data: Path, output: Path) -> Iterator[Studio]:
    with Studio(Settings(data=data, output=str(output))) as studio:
        yield studio


def dreamt(data: Path, output: Path, day: date = DAY, **options: Any) -> Night:
    """A night dreamt without Dagster, as far as it went; its manifest is kept."""
    with dreaming_studio(data, output) as studio, studio.on_day(day):
        settings = studio.catalogue.series.dream_settings
        mode = dream_mode(studio, settings, options.pop("mode", ""))
        night = Night(studio, day, settings, mode, **options)
        for _ in night.run():
            pass
        keep_manifest(night)
        return night


def night_bytes(output: Path, day: date = DAY) -> dict[str, bytes]:
    """Every PNG and JSON file of a night by its name."""
    folder = output / "dreams" / day.isoformat()
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".png", ".json")}
