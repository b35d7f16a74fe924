"""A change of theme on the demo series: how long until the last place is dressed, and until the last image is made.

`moostik render` is run in the theme that the series has, in another one, and back again. The times of backgrounds and
images are those of their own events in Dagster's log, counted from the moment when `moostik theme` was started. With
`--up` the sensors of a real `moostik up` do it, and only `moostik theme` is run.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from measuring import ROOT, Report, command_line, moostik, spent_by

QUIET_SECONDS = 20.0
"""So long nothing new must come before the sensors are taken to be done."""
MOST_SECONDS = 540.0


def measured(theme: str, episode: str | None, up: bool) -> Report:
    """The report.

    Raises:
        RuntimeError: going back rendered something, or a command failed.
    """
    with tempfile.TemporaryDirectory(prefix="theme-switch-") as name:
        data, output = Path(name) / "data", Path(name) / "output"
        shutil.copytree(ROOT / "data", data, ignore=shutil.ignore_patterns("art"))
        asked = [episode] if episode else []
        first = _rendered(data, output, asked)
        images = first["rendered"]
        report = Report("theme_switch", {"theme": theme, "images": images, "by": "moostik up" if up else "render"})
        with _up(data, output) if up else _nothing():
            there = _switched(data, output, asked, theme, up)
            back = _switched(data, output, asked, _theme_of(ROOT / "data"), up)
    by = "`moostik up`" if up else "`moostik render`"
    where = f"demo series, {images} images, {by}"
    report.add(f"theme change to the last background ({there['backgrounds']}), {where}", there["background_s"], "s")
    report.add(f"theme change to the last image ({there['images']}), {where}", there["image_s"], "s")
    report.add(f"theme change back to the last image, all reused, {where}", back["image_s"], "s")
    share = back["reused"] / max(back["reused"] + back["rendered"], 1)
    report.add(f"share of images reused on the way back, {where}", share, "x")
    report.details = {"there": there, "back": back}
    if share < 1.0:
        raise RuntimeError(f"{back['rendered']} images were rendered on the way back")
    return report


def _rendered(data: Path, output: Path, asked: list[str]) -> dict[str, int]:
    command = [str(part) for part in moostik(data, output, "render", *asked, "--json")]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return json.loads(said.stdout)


def _theme_of(data: Path) -> str:
    return json.loads((data / "world_state.json").read_text(encoding="utf-8"))["theme"]


def _switched(data: Path, output: Path, asked: list[str], theme: str, up: bool) -> dict[str, float]:
    with _instance(output) as instance:
        seen = {asset: _latest(instance, asset) for asset in ("baked_background", "variation_image")}
        started = time.time()
        spent_by(moostik(data, output, "theme", theme))
        if up:
            _until_quiet(instance, seen["variation_image"])
        else:
            _rendered(data, output, asked)
        baked, made = (_events(instance, asset, after) for asset, after in seen.items())
    statuses = [str(event.metadata["status"].value) for event, _ in made]
    return {
        "backgrounds": len({event.partition for event, _ in baked}),
        "background_s": max((when - started for _, when in baked), default=0.0),
        "images": len({event.partition for event, _ in made}),
        "image_s": max((when - started for _, when in made), default=0.0),
        "rendered": statuses.count("rendered"),
        "reused": statuses.count("reused"),
    }


def _latest(instance: dg.DagsterInstance, asset: str) -> int:
    records = instance.fetch_materializations(dg.AssetKey(asset), limit=1).records
    return records[0].storage_id if records else 0


def _events(instance: dg.DagsterInstance, asset: str, after: int) -> list[tuple[dg.AssetMaterialization, float]]:
    """The events of an asset after one of them, each with its time."""
    chosen = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), after_storage_id=after)
    records = instance.fetch_materializations(chosen, limit=10_000).records
    return [(r.asset_materialization, r.timestamp) for r in records if r.asset_materialization is not None]


def _until_quiet(instance: dg.DagsterInstance, after: int) -> None:
    """Wait until images came, no run is on its way, and nothing new has come for a while."""
    ends, count, since = time.monotonic() + MOST_SECONDS, 0, time.monotonic()
    busy = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    while time.monotonic() < ends:
        found = len(_events(instance, "variation_image", after))
        if found != count or instance.get_runs(dg.RunsFilter(statuses=busy), limit=1):
            count, since = found, time.monotonic()
        if count and time.monotonic() - since > QUIET_SECONDS:
            return
        time.sleep(1)
    raise RuntimeError(f"after {MOST_SECONDS:g} s the sensors were not done ({count} images)")


@contextmanager
def _instance(output: Path) -> Iterator[dg.DagsterInstance]:
    os.environ["DAGSTER_HOME"] = str(output / "dagster")
    try:
        with dg.DagsterInstance.get() as instance:
            yield instance
    finally:
        del os.environ["DAGSTER_HOME"]


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _up(data: Path, output: Path) -> Iterator[None]:
    """`moostik up`, until its sensors have looked for the first time."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(part) for part in moostik(data, output, "up", "--port", str(port))]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _instance(output) as instance:
            ends = time.monotonic() + MOST_SECONDS
            while not _looked(instance):
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError("moostik up did not come up")
                time.sleep(1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _looked(instance: dg.DagsterInstance) -> bool:
    """Whether the sensors that follow the world have a cursor."""
    found = {state.name: state.instigator_data for state in instance.all_instigator_state()}
    names = ("world_state_sensor", "dressing_sensor")
    return all(getattr(found.get(name), "cursor", None) for name in names)


def main() -> None:
    """Measure, and print the figures."""
    options = command_line(__doc__)
    options.add_argument("--theme", default="frost-fair", help="the theme to change to")
    options.add_argument("--episode", help="one episode of the demo series only")
    options.add_argument("--up", action="store_true", help="by the sensors of moostik up")
    asked = options.parse_args()
    measured(asked.theme, asked.episode, asked.up).show(asked.json)


if __name__ == "__main__":
    sys.exit(main())
