"""The least that could be done: requests in, PNG files out, by the preview renderer alone. `orchestration.py` runs it.

`python benchmarks/bare_loop.py JOB OUTPUT`, where JOB is what `write_job` pickled.
"""

import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

from resources.rendering.base import RendererContext
from resources.rendering.preview import PreviewRenderer
from resources.rendering.request import RenderRequest


class ImageFiles:
    """Reads inputs by their hash; travels to worker processes."""

    def __init__(self, paths: dict[str, Path]) -> None:
        self.paths = paths

    def __call__(self, sha256: str) -> bytes:
        """The bytes of an input."""
        return self.paths[sha256].read_bytes()


def write_job(file: Path, requests: Sequence[RenderRequest], paths: dict[str, Path]) -> Path:
    """Keep requests, and where the images lie that they build on."""
    file.write_bytes(pickle.dumps((list(requests), paths)))
    return file


def read_job(file: Path) -> tuple[list[RenderRequest], dict[str, Path]]:
    """What `write_job` kept."""
    return pickle.loads(file.read_bytes())


def main(job: str, output: str) -> int:
    """Render all, each into a file named by its recipe id."""
    requests, paths = read_job(Path(job))
    folder = Path(output)
    folder.mkdir(parents=True)
    renderer = PreviewRenderer(RendererContext(ImageFiles(paths), folder / "scratch"))
    for rendered in renderer.render(requests):
        if rendered.png is None:
            raise RuntimeError(rendered.error)
        (folder / f"{rendered.request.recipe_id}.png").write_bytes(rendered.png)
    renderer.close()
    return 0


if __name__ == "__main__":
    # Under its own name, so that worker processes can load what is pickled here.
    import bare_loop

    sys.exit(bare_loop.main(*sys.argv[1:]))
