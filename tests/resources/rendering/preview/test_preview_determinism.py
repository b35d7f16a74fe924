import hashlib
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image
from preview_inputs import put, renderer_in, request_of

from resources.rendering.request import RenderRequest, request_from_json

_LAYERS = ("snow", "rain", "fog", "embers", "glow", "light_shafts", "dust", "vignette", "leaves")

_RENDER_ALL = """
import hashlib, json, sys
from pathlib import Path
from preview_inputs import renderer_in
from resources.rendering.request import request_from_json
requests = [request_from_json(r) for r in json.load(open(sys.argv[2]))]
done = renderer_in(Path(sys.argv[1]), workers=1).render(reversed(requests))
print(json.dumps({r.request.recipe_id: hashlib.sha256(r.png).hexdigest() for r in done}))
"""


@pytest.fixture
def requests(tmp_path: Path) -> list[RenderRequest]:
    angles = ("extreme_wide", "wide", "medium", "close_up", "low_angle", "high_angle", "over_the_shoulder", "pov")
    made = [
        request_of(tmp_path, angle, ("odile", "brumo", "pip"), seed=40 + i, layers=_LAYERS, slate=("S1", angle))
        for i, angle in enumerate(angles)
    ]
    stand_ins = request_of(tmp_path, "wide", ("nobody",), likenesses=(), key_light="candle", palette=("#102030",))
    return [*made, stand_ins]


def _vector_units() -> str:
    """What numpy would use of this processor beyond its baseline: without it, it computes as on an older machine."""
    core = import_module("numpy._core._multiarray_umath")  # private, unlike the variable that takes the names

    return " ".join(unit for unit in core.__cpu_dispatch__ if core.__cpu_features__[unit])


def _digests(folder: Path, requests: list[RenderRequest], workers: int) -> dict[str, str]:
    renderer = renderer_in(folder, workers=workers)
    try:
        done = list(renderer.render(requests))
        assert [r.error for r in done] == [None] * len(requests)
        return {r.request.recipe_id: hashlib.sha256(r.png or b"").hexdigest() for r in done}
    finally:
        renderer.close()


def test_same_bytes_inline_in_three_workers_and_in_a_process_with_another_hash_seed_and_processor(
    tmp_path: Path, requests: list[RenderRequest]
) -> None:
    inline = _digests(tmp_path, requests, 1)
    assert len(set(inline.values())) == len(requests)
    assert _digests(tmp_path, requests, 3) == inline
    listed = tmp_path / "requests.json"
    listed.write_text(json.dumps([request.to_json() for request in requests]))
    assert request_from_json(json.loads(listed.read_text())[0]) == requests[0]
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    elsewhere = subprocess.run(
        [sys.executable, "-c", _RENDER_ALL, str(tmp_path), str(listed)],
        env={**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": path, "NPY_DISABLE_CPU_FEATURES": _vector_units()},
        capture_output=True,
        check=True,
    )
    assert json.loads(elsewhere.stdout) == inline


def test_a_frame_does_not_depend_on_what_was_rendered_before_it(tmp_path: Path, requests: list[RenderRequest]) -> None:
    warm = renderer_in(tmp_path, workers=1)
    forwards = {r.request.recipe_id: r.png for r in warm.render(requests)}
    assert {r.request.recipe_id: r.png for r in warm.render(requests[::-1])} == forwards


def test_another_seed_is_another_frame(tmp_path: Path) -> None:
    first, second = renderer_in(tmp_path).render([request_of(tmp_path, seed=1), request_of(tmp_path, seed=2)])
    assert first.png != second.png


def test_the_png_holds_pixels_alone(tmp_path: Path) -> None:
    (done,) = renderer_in(tmp_path).render([request_of(tmp_path)])
    assert done.png is not None
    kinds, at = [], 8
    while at < len(done.png):
        length = int.from_bytes(done.png[at : at + 4], "big")
        kinds.append(done.png[at + 4 : at + 8])
        at += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]


def test_the_previous_shot_draws_the_tone_towards_it(tmp_path: Path) -> None:
    from dataclasses import replace

    from PIL import ImageStat
    from preview_inputs import opened

    from resources.rendering.request import ImageInput

    plain = request_of(tmp_path)
    red = put(tmp_path, Image.new("RGB", (64, 36), (230, 20, 20)))
    after = replace(plain, references=(*plain.references, ImageInput("previous", "shot-001", sha256=red)))
    first, second = (ImageStat.Stat(opened(r.png)).mean for r in renderer_in(tmp_path).render([plain, after]))
    assert second[0] > first[0] + 10
    assert second[2] < first[2] - 5
