"""Images with plain Dagster: one small asset, one run a partition. `orchestration.py` runs it.

`python benchmarks/plain_dagster.py JOB HOME`, where JOB is what `bare_loop.write_job` pickled, and HOME a folder for a
Dagster instance with Dagster's own defaults. Prints JSON: seconds of each run, and of the rendering in it.
"""

import json
import sys
import time
from pathlib import Path

import dagster as dg
from bare_loop import ImageFiles, read_job

from resources.rendering.base import RendererContext
from resources.rendering.preview import PreviewRenderer


def main(job: str, home: str) -> int:
    """Render all, one run each."""
    requests, paths = read_job(Path(job))
    by_key = {request.recipe_id: request for request in requests}
    folder = Path(home)
    (folder / "images").mkdir(parents=True)
    (folder / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    renderer = PreviewRenderer(RendererContext(ImageFiles(paths), folder / "scratch"))
    rendering: list[float] = []

    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(list(by_key)))
    def image(context: dg.AssetExecutionContext) -> None:
        started = time.perf_counter()
        for rendered in renderer.render([by_key[context.partition_key]]):
            if rendered.png is None:
                raise RuntimeError(rendered.error)
            (folder / "images" / f"{context.partition_key}.png").write_bytes(rendered.png)
        rendering.append(time.perf_counter() - started)

    runs = []
    with dg.DagsterInstance.from_config(home) as instance:
        for key in by_key:
            started = time.perf_counter()
            dg.materialize([image], partition_key=key, instance=instance)
            runs.append(time.perf_counter() - started)
    renderer.close()
    print(json.dumps({"runs": runs, "rendering": rendering}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
