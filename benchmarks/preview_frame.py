"""Milliseconds of a preview frame at 1280 x 720 on one core, PNG included: `python benchmarks/preview_frame.py --json`.

Inputs are drawn on the spot: a plate of 1600 x 900, three figures of 900 pixels. Each angle is rendered with new seeds;
what a worker keeps between frames (decoded inputs, prepared crops) is warm, as it is in a run of many angles. `cold` is
the first frame of a fresh worker.
"""

import argparse
import hashlib
import io
import json
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw

from resources.rendering.base import RendererContext
from resources.rendering.preview import PreviewRenderer
from resources.rendering.preview.framing import FRAMINGS
from resources.rendering.preview.stand_in_figure import stand_in_figure
from resources.rendering.preview.stand_in_place import stand_in_place
from resources.rendering.request import Figure, ImageInput, Layer, RenderRequest, Staging

BUDGET_MS = 150


def inputs() -> tuple[dict[str, bytes], list[str], str]:
    """PNG bytes by sha256, the digests of the figures, and that of the plate."""
    images: dict[str, bytes] = {}

    def put(image: Image.Image) -> str:
        held = io.BytesIO()
        image.save(held, "PNG")
        digest = hashlib.sha256(held.getvalue()).hexdigest()
        images[digest] = held.getvalue()
        return digest

    place = stand_in_place("benchmark")
    pen = ImageDraw.Draw(place)
    for x in range(60, 1600, 90):
        pen.ellipse([x, 200, x + 26, 226], fill=(255, 240, 190))
    return images, [put(stand_in_figure(f"figure {i}")) for i in range(3)], put(place)


def requests(angle: str, count: int, figures: list[str], plate: str) -> list[RenderRequest]:
    """`count` frames of one angle that differ in their seed."""
    references = [ImageInput("character", f"c{i}", sha256=digest) for i, digest in enumerate(figures)]
    references.append(ImageInput("location", "square", sha256=plate))
    staging = Staging(
        angle,
        location="square",
        figures=tuple(Figure(f"c{i}", f"C{i}", references=(i,)) for i in range(len(figures))),
        key_light="warm lantern light from the left",
        time="dusk",
        slate=("Benchmark", angle),
    )
    return [
        RenderRequest(
            "", "", seed, 1280, 720, {}, references=tuple(references), layers=(Layer("snow"),), staging=staging
        )
        for seed in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time of a preview frame at 1280 x 720 on one core, PNG included.")
    parser.add_argument("--count", type=int, default=5, help="frames an angle (default 5)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    arguments = parser.parse_args()
    images, figures, plate = inputs()
    wall: dict[str, float] = {}
    processor: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        context = RendererContext(images.__getitem__, Path(folder), {"workers": 1})
        renderer = PreviewRenderer(context)
        began = time.perf_counter()
        next(iter(renderer.render(requests("wide", 1, figures, plate))))
        cold = (time.perf_counter() - began) * 1000
        for angle in FRAMINGS:
            walls, processors, sizes = [], [], []
            for request in requests(angle, arguments.count, figures, plate):
                used, began = time.process_time(), time.perf_counter()
                (done,) = renderer.render([request])
                walls.append((time.perf_counter() - began) * 1000)
                processors.append((time.process_time() - used) * 1000)
                assert done.png is not None, done.error
                sizes.append(len(done.png))
            wall[angle], processor[angle] = statistics.median(walls), statistics.median(processors)
            if not arguments.json:
                size = statistics.median(sizes) / 1000
                print(f"{angle:20} {wall[angle]:7.1f} ms  {processor[angle]:7.1f} ms of processor  {size:6.0f} kB")
        renderer.close()
    found = {
        "median_ms": round(statistics.median(wall.values()), 1),
        "median_processor_ms": round(statistics.median(processor.values()), 1),
        "cold_ms": round(cold, 1),
        "budget_ms": BUDGET_MS,
        "angles": {angle: round(value, 1) for angle, value in wall.items()},
    }
    print(json.dumps(found) if arguments.json else found)


if __name__ == "__main__":
    main()
