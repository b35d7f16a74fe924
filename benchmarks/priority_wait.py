"""How long a live request (P0) waits for its image: while dreams (P3) fill the queue, and when nothing else is there.

A real `moostik up` on a series of its own. The wait is from the request, as the web UI sends it, to the image's event.
"""

import json
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from measuring import ROOT, Report, command_line, median, moostik
from series import SeriesSize, write_series

from moostik_assets.automation.priorities import DREAMS, LIVE
from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.catalogue.variation_keys import all_variation_keys

SECONDS_TO_WAIT = 120.0
LAUNCH = """
mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
} }
"""
WORKSPACE = "{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename } } } } }"
RUNS = "{ runsOrError(limit: 100) { ... on Runs { results { runId status startTime tags { key value } } } } }"
IMAGES = """
query($run: ID!) { logsForRun(runId: $run) { ... on EventConnection { events { __typename
  ... on MaterializationEvent { timestamp assetKey { path } partition }
} } } }
"""


class Up:
    """A running `moostik up`, spoken to as the web UI does."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer."""
        answer = httpx.post(self._url, json={"query": query, "variables": variables}, timeout=20)
        return answer.raise_for_status().json()["data"]

    def is_ready(self) -> bool:
        """Whether it knows the assets."""
        entries = self.ask(WORKSPACE)["workspaceOrError"]["locationEntries"]
        return any(e["locationOrLoadError"]["__typename"] == "RepositoryLocation" for e in entries)

    def launch(self, keys: Sequence[str], priority: int) -> str:
        """Ask for the variations from the first to the last of some keys; the run id."""
        tags = {
            "dagster/asset_partition_range_start": keys[0],
            "dagster/asset_partition_range_end": keys[-1],
            "dagster/priority": str(priority),
        }
        selector = {
            "repositoryLocationName": "moostik_assets",
            "repositoryName": "__repository__",
            "jobName": "__ASSET_JOB",
            "assetSelection": [{"path": ["variation_image"]}],
        }
        metadata = {"tags": [{"key": name, "value": value} for name, value in tags.items()]}
        params = {"selector": selector, "runConfigData": json.dumps({}), "executionMetadata": metadata}
        answer = self.ask(LAUNCH, params=params)["launchPipelineExecution"]
        if answer["__typename"] != "LaunchRunSuccess":
            raise RuntimeError(f"not launched: {answer}")
        return answer["run"]["runId"]

    def images(self, run: str) -> list[float]:
        """When the images of a run were recorded, in seconds since the epoch."""
        events = self.ask(IMAGES, run=run)["logsForRun"]["events"]
        return sorted(
            float(event["timestamp"]) / 1000
            for event in events
            if event["__typename"] == "MaterializationEvent" and event["assetKey"]["path"] == ["variation_image"]
        )

    def runs(self) -> list[dict[str, Any]]:
        """The latest runs."""
        return self.ask(RUNS)["runsOrError"]["results"]

    def wait_of(self, key: str) -> float:
        """Seconds from a live request for one variation to its image."""
        asked = time.time()
        run = self.launch([key], LIVE)
        return until(lambda: self.images(run))[0] - asked


def until(found: Callable[[], Any]) -> Any:
    """What `found` gives in the end."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while time.monotonic() < deadline:
        try:
            if value := found():
                return value
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"not within {SECONDS_TO_WAIT:g} s")


@contextmanager
def running(data: Path, output: Path) -> Iterator[Up]:
    """`moostik up`, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(part) for part in moostik(data, output, "up", "--port", str(port))]
    with (output.parent / "up.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            up = Up(port)
            until(up.is_ready)
            yield up
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def main() -> None:
    """Measure, and print."""
    parser = command_line(__doc__)
    parser.add_argument("--variations", type=int, default=400, help="of the series; all but a few are dreamt of")
    parser.add_argument("--requests", type=int, default=5, help="live requests on each side")
    parser.add_argument("--dreams", type=int, default=6, help="P3 runs in the queue")
    options = parser.parse_args()
    sizes = {"variations": options.variations, "requests": options.requests, "dreams": options.dreams}
    report = Report("priority wait", sizes)
    with tempfile.TemporaryDirectory() as folder:
        shots = max(2, options.variations // 5)
        data = write_series(Path(folder) / "data", SeriesSize(shots=shots, variations=options.variations))
        keys = all_variation_keys(load_catalogue(data).catalogue)
        live, dreamt = keys[: 2 * options.requests], keys[2 * options.requests :]
        with running(data, Path(folder) / "output") as up:
            alone = [up.wait_of(key) for key in live[: options.requests]]
            size = len(dreamt) // options.dreams
            dreams = [up.launch(dreamt[i * size : (i + 1) * size], DREAMS) for i in range(options.dreams)]
            until(lambda: any(up.images(run) for run in dreams))
            busy = []
            for key in live[options.requests :]:
                until(lambda: _renders(up))
                busy.append(up.wait_of(key))
    report.add("a live request, nothing else asked for: median", median(alone), "s")
    report.add("a live request, dreams fill the queue: median", median(busy), "s")
    report.add("the longest of these", max(busy), "s")
    report.details = {"alone": alone, "busy": busy}
    report.show(options.json)


def _renders(up: Up) -> bool:
    """Whether a dream is being worked at now."""
    for run in up.runs():
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        if run["status"] == "STARTED" and tags.get("dagster/priority") == str(DREAMS) and up.images(run["runId"]):
            return True
    return False


if __name__ == "__main__":
    main()
