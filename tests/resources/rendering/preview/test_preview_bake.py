import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from bake_inputs_drawn import FESTIVAL, FROST, SIZE, STORM, bake_request, room, room_mask
from PIL import Image, ImageFilter, ImageStat
from preview_inputs import opened, put, renderer_in

from resources.rendering.preview.bake import bake
from resources.rendering.preview.bake_treatment import Treatment, theme_colours
from resources.rendering.preview.decor_library import BY_NAME, inks_of
from resources.rendering.preview.decor_painting import Sprites, paint_decor
from resources.rendering.preview.decor_placing import Arrangement, Placed
from resources.rendering.request import BakedDecoration, Baking, ImageInput, RenderRequest
from resources.structure import MINIMUM_STRUCTURE, structure_kept

PLACES = Path(__file__).parents[4] / "data" / "references" / "locations"
THEMES = {"frost": FROST, "festival": FESTIVAL, "storm": STORM}
_DECOR = ("paper stars", "lanterns", "tarpaulin", "pumpkin", "one gift")


def baked(folder: Path, request: RenderRequest) -> Image.Image:
    (done,) = renderer_in(folder, workers=1).render([request])
    assert done.error is None
    return opened(done.png)


def mean(image: Image.Image) -> list[float]:
    return ImageStat.Stat(image.convert("RGB")).mean


@pytest.mark.parametrize("theme", THEMES)
def test_no_object_touches_black_and_some_stand_in_the_white(theme: str) -> None:
    mask = room_mask()
    baking = replace(THEMES[theme], decorations=tuple(BakedDecoration(item) for item in _DECOR))
    _, objects = bake(room(), mask, baking, 3, [])
    alpha, white = np.asarray(objects), np.asarray(mask)
    assert int((alpha[white < 128] > 0).sum()) == 0
    assert int((alpha > 128).sum()) > 0.02 * int((white > 0).sum())


def test_a_mask_of_single_white_pixels_keeps_every_object_out() -> None:
    grid = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    grid[::3, ::3] = 255
    baking = replace(FESTIVAL, decorations=(BakedDecoration("hundreds of lanterns"), BakedDecoration("gift")))
    _, objects = bake(room(), Image.fromarray(grid), baking, 3, [])
    assert objects.getextrema() == (0, 0)


def test_whatever_its_place_a_thing_is_cut_at_black() -> None:
    """Placing is never so wrong; should it be, painting holds."""
    decor = BY_NAME["pumpkin"]
    inks = inks_of(theme_colours(FROST, Treatment()))
    across = Placed(decor, 0, (240.0, 60.0, 300.0, 110.0), 1.0)
    found = Arrangement([across], [([(200.0, 50.0), (500.0, 300.0)], 4.0, decor)])
    mask, plate = room_mask(), room()
    painted = plate.copy()
    objects = paint_decor(painted, mask, found, Sprites(inks, 1), inks, (0.0, 0.0))
    black = np.asarray(mask) < 128
    assert objects.getextrema()[1] == 255
    assert not np.asarray(objects)[black].any()
    assert np.array_equal(np.asarray(painted)[black], np.asarray(plate)[black])


def test_placed_things_are_whole() -> None:
    """A pumpkin that the mask cut would lose a straight piece: placed alone, its area is what it is in a free room."""
    baking = replace(FROST, style="", fx=(), theme="x", decorations=(BakedDecoration("one pumpkin"),))
    mask = room_mask()
    _, objects = bake(room(), mask, baking, 5, [])
    box = objects.getbbox()
    assert box is not None
    crop = np.asarray(objects.crop(box)) > 128
    assert 0.55 < crop.mean() < 0.95  # round in its box
    ring = np.asarray(mask.crop((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1)))
    assert int(ring.min()) == 255


@pytest.mark.parametrize("theme", THEMES)
def test_hard_mode_leaves_black_byte_for_byte(tmp_path: Path, theme: str) -> None:
    mask, plate = room_mask(), room()
    hard = baked(tmp_path, bake_request(tmp_path, THEMES[theme], mask, decorations=_DECOR, mask_mode="hard"))
    soft = baked(tmp_path, bake_request(tmp_path, THEMES[theme], mask, decorations=_DECOR))
    black = np.asarray(mask) == 0
    assert np.array_equal(np.asarray(hard)[black], np.asarray(plate)[black])
    assert not np.array_equal(np.asarray(soft)[black], np.asarray(plate)[black])
    dressed = replace(THEMES[theme], decorations=tuple(BakedDecoration(item) for item in _DECOR))
    things = np.asarray(bake(plate, mask, dressed, 7, [])[1]) == 255
    assert things.any()
    assert np.array_equal(np.asarray(hard)[things], np.asarray(soft)[things])
    beside = np.asarray(mask.filter(ImageFilter.MinFilter(5))) == 255
    assert (np.asarray(hard)[beside] != np.asarray(plate)[beside]).any(axis=1).mean() > 0.9


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_keeps_the_room_and_is_another_picture(tmp_path: Path, theme: str) -> None:
    place = PLACES / "post-office"
    master = Image.open(place / "wide.png").convert("RGB").resize((800, 450), Image.Resampling.BOX)
    mask = Image.open(place / "decoration-mask.png").convert("L").resize((800, 450), Image.Resampling.NEAREST)
    done = baked(tmp_path, bake_request(tmp_path, THEMES[theme], mask, master, decorations=("lanterns", "garland")))
    assert done.size == master.size
    assert structure_kept(master, done, mask) > (1 + MINIMUM_STRUCTURE) / 2
    difference = np.abs(np.asarray(done).astype(int) - np.asarray(master)).mean()
    assert difference > 12


def test_themes_differ_as_their_words_say(tmp_path: Path) -> None:
    looks = {name: mean(baked(tmp_path, bake_request(tmp_path, theme, room_mask()))) for name, theme in THEMES.items()}
    frost, festival, storm = looks["frost"], looks["festival"], looks["storm"]
    assert frost[2] > frost[0]  # cold
    assert sum(frost) > sum(storm)
    assert festival[0] > festival[2]  # warm
    assert storm[1] > storm[0]
    assert storm[1] > storm[2]  # green


def test_a_theme_without_words_follows_its_palette(tmp_path: Path) -> None:
    teal = Baking("zz", palette=("#002020", "#10A0A0", "#E0FFFF", "no colour"))
    red = Baking("zz", palette=("#200000", "#A01010", "#FFE0E0"))
    first, second = (mean(baked(tmp_path, bake_request(tmp_path, theme))) for theme in (teal, red))
    assert first[2] - first[0] > second[2] - second[0] + 20


def test_lamps_throw_light_on_what_is_around_them() -> None:
    dark = Image.new("RGB", SIZE, (30, 30, 40))
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (280, 100, 360, 200))
    plain = Baking("x", palette=FESTIVAL.palette)
    without, _ = bake(dark, mask, plain, 1, [])
    lit, objects = bake(dark, mask, replace(plain, decorations=(BakedDecoration("one lantern"),)), 1, [])
    assert objects.getbbox() is not None
    left, top, _, foot = objects.getbbox() or (0, 0, 0, 0)
    beside = (left - 16, top, left - 1, foot)
    assert mean(lit.crop(beside))[0] > mean(without.crop(beside))[0] + 5


def test_without_a_mask_one_is_proposed_and_said(tmp_path: Path) -> None:
    (done,) = renderer_in(tmp_path, workers=1).render([bake_request(tmp_path, FROST, decorations=("warp core",))])
    assert done.error is None
    assert any("no decoration mask" in note for note in done.notes)
    assert any("'warp core'" in note for note in done.notes)


def test_a_large_master_is_not_scaled(tmp_path: Path) -> None:
    plate = room().resize((2240, 160))
    request = bake_request(tmp_path, FROST, Image.new("L", plate.size, 0), plate, mask_mode="hard")
    assert np.array_equal(np.asarray(baked(tmp_path, request)), np.asarray(plate))


@pytest.mark.parametrize("size", [(16, 16), (17, 300), (400, 19), (61, 47)])
def test_odd_sizes_are_baked(tmp_path: Path, size: tuple[int, int]) -> None:
    for theme in THEMES.values():
        mask = Image.new("L", size, 255)
        request = bake_request(tmp_path, theme, mask, room().resize(size), ("lantern", "one gift"))
        assert baked(tmp_path, request).size == size


def test_what_cannot_be_baked_is_an_error_in_words(tmp_path: Path) -> None:
    good = bake_request(tmp_path, FROST, room_mask())
    broken = ImageInput("background", "shed", sha256=put(tmp_path, b"no image"))
    small = ImageInput("mask", "shed", sha256=put(tmp_path, Image.new("L", (8, 8))))
    cases = {
        "needs the master plate": replace(good, background=None),
        "is no readable image": replace(good, background=broken),
        "is not in the store": replace(good, background=replace(broken, sha256="0" * 64)),
        "no bytes to read": replace(good, background=ImageInput("background", "shed", url="https://x/y.png")),
        "640 x 360 pixels and the request 640 x 352": replace(good, height=352),
        "decoration mask has 8 x 8 pixels": replace(good, mask=small),
    }
    done = list(renderer_in(tmp_path, workers=1).render([*cases.values(), good]))
    assert done[-1].error is None
    for why, outcome in zip(cases, done, strict=False):
        assert why in (outcome.error or ""), (why, outcome.error)


_BAKE_ALL = """
import hashlib, json, sys
from pathlib import Path
from preview_inputs import renderer_in
from resources.rendering.request import request_from_json
requests = [request_from_json(r) for r in json.load(open(sys.argv[2]))]
done = renderer_in(Path(sys.argv[1]), workers=1).render(reversed(requests))
print(json.dumps({r.request.recipe_id: hashlib.sha256(r.png).hexdigest() for r in done}))
"""


def test_same_bytes_in_workers_and_in_a_process_with_another_hash_seed_and_processor(tmp_path: Path) -> None:
    requests = [bake_request(tmp_path, theme, room_mask(), decorations=_DECOR[:2]) for theme in THEMES.values()]
    requests.append(bake_request(tmp_path, FROST, room_mask(), decorations=_DECOR[:2], seed=8))
    renderer = renderer_in(tmp_path, workers=2)
    try:
        by_workers = {r.request.recipe_id: hashlib.sha256(r.png or b"").hexdigest() for r in renderer.render(requests)}
    finally:
        renderer.close()
    assert len(set(by_workers.values())) == len(requests)
    listed = tmp_path / "requests.json"
    listed.write_text(json.dumps([request.to_json() for request in requests]))
    core = import_module("numpy._core._multiarray_umath")
    units = " ".join(unit for unit in core.__cpu_dispatch__ if core.__cpu_features__[unit])
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    elsewhere = subprocess.run(
        [sys.executable, "-c", _BAKE_ALL, str(tmp_path), str(listed)],
        env={**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": path, "NPY_DISABLE_CPU_FEATURES": units},
        capture_output=True,
        check=True,
    )
    assert json.loads(elsewhere.stdout) == by_workers


def test_a_plate_of_1600_x_900_is_baked_within_its_budget() -> None:
    plate = Image.open(PLACES / "greenhouse-cathedral" / "wide.png").convert("RGB")
    mask = Image.open(PLACES / "greenhouse-cathedral" / "decoration-mask.png").convert("L")
    baking = replace(FROST, decorations=(BakedDecoration("paper stars"), BakedDecoration("ice roses")))
    began = time.process_time()
    bake(plate, mask, baking, 7, [])
    assert time.process_time() - began < 2.5
