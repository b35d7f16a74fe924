"""Processes that are killed, and processes that work at the same time."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from image_store_cases import files_under, png_of, request_of

import resources
from resources.canonical import sha256_of_bytes
from resources.crash_points import CRASH_POINTS
from resources.image_store import ImageStore
from resources.png import check_png
from resources.store.layout import is_temp, url_name

IMAGES = 5
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(Path(resources.__file__).parents[1]), str(Path(__file__).parent))),
}


def make_all(output: Path) -> None:
    """What the process that is killed does, and then the one after it."""
    store = ImageStore(output)
    for number in range(IMAGES):
        store.put_input(b"reference %d" % number)
        store.files.write(url_name(f"{number:064x}"), b"{}", "url")
        key = f"ep0/shot-{number:03}/wide"
        request = request_of(number)
        if store.published(key) == request.recipe_id and store.find(request.recipe_id):
            continue
        image = store.find(request.recipe_id) or store.put(request, png_of(number), {"created": "now"})
        store.publish(key, image)


def assert_nothing_half(output: Path) -> None:
    store = ImageStore(output)
    for name, data in files_under(output).items():
        if is_temp(name):
            continue
        if name.endswith(".png"):
            check_png(data)
        if name.startswith("store/objects/"):
            assert name.endswith(f"{sha256_of_bytes(data)}.png")
        if name.startswith("store/inputs/"):
            assert name.endswith(sha256_of_bytes(data))
        if name.startswith("store/recipes/"):
            assert store.find(Path(name).stem) is not None, "a recipe without its image"
    for key in store.iter_published():
        recipe_id = store.published(key)
        assert recipe_id is not None
        assert store.find(recipe_id) is not None
    assert store.dropped == ()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    output = tmp_path_factory.mktemp("undisturbed")
    make_all(output)
    return files_under(output)


@pytest.mark.parametrize("point", [point for point in CRASH_POINTS if point != "event-logged"])
def test_killed_at_each_write_boundary_and_run_again(tmp_path: Path, undisturbed: dict[str, bytes], point: str) -> None:
    output = tmp_path / "output"
    done = subprocess.run(
        [sys.executable, "-c", f"import {Path(__file__).stem} as t; t.make_all(t.Path({str(output)!r}))"],
        env={**ENVIRONMENT, "MOOSTIK_CRASH_AT": f"{point}:3"},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert_nothing_half(output)
    crashed = files_under(output)
    assert crashed != undisturbed
    assert any(is_temp(name) for name in crashed) == point.endswith("-temp-written")

    keep = {request_of(number).recipe_id for number in range(IMAGES)}
    swept = tmp_path / "swept"
    shutil.copytree(output, swept)
    ImageStore(swept).gc(keep, older_than_seconds=0)
    cleaned = files_under(swept)
    images = {image.sha256 for image in ImageStore(swept).iter_recipes()}
    assert not any(is_temp(name) for name in cleaned)
    assert {Path(name).stem for name in cleaned if name.startswith("store/objects/")} == images

    make_all(output)
    inputs_of_nothing = {name: data for name, data in undisturbed.items() if name.startswith("store/inputs/")}
    assert {name: data for name, data in files_under(output).items() if not is_temp(name)} == undisturbed
    ImageStore(output).gc(keep, older_than_seconds=0)
    assert files_under(output) == {name: data for name, data in undisturbed.items() if name not in inputs_of_nothing}


SAME_RECIPES = """
import json, sys, time
from pathlib import Path
from image_store_cases import png_of, request_of
from resources.image_store import ImageStore
store, offset = ImageStore(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
said = []
for number in range(60):
    image = store.put(request_of(number), png_of(number + offset), {"created": "now"})
    store.publish(f"ep0/shot-{number % 7}/wide", image)
    said.append([image.recipe_id, image.sha256, image.not_deterministic is not None])
print(json.dumps(said))
"""


@pytest.mark.parametrize("offset", [0, 1000])
def test_processes_that_put_the_same_recipes_at_once_agree(tmp_path: Path, offset: int) -> None:
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SAME_RECIPES, str(tmp_path), str(offset * number)],
            env=ENVIRONMENT,
            stdin=pipe,
            stdout=pipe,
            text=True,
        )
        for number in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]

    store = ImageStore(tmp_path)
    final = {image.recipe_id: image.sha256 for image in store.iter_recipes()}
    assert [{recipe_id: sha256 for recipe_id, sha256, _ in one} for one in said] == [final, final]
    assert len(final) == 60
    refused = sum(fault for one in said for _, _, fault in one)
    assert refused == (60 if offset else 0)
    assert_nothing_half(tmp_path)
    store.gc(set(final), older_than_seconds=0)
    objects = {Path(name).stem for name in files_under(tmp_path) if name.startswith("store/objects/")}
    assert objects == set(final.values())


def test_an_object_that_is_replaced_all_the_while_can_be_published(tmp_path: Path) -> None:
    """A link to a file that loses its last name at that moment fails, though the file is always there."""
    store = ImageStore(tmp_path)
    image = store.put(request_of(0), png_of(0), {"created": "now"})
    script = """
import os, sys, time
origin = sys.argv[1]
data, end = open(origin, "rb").read(), time.monotonic() + 3
print("going", flush=True)
while time.monotonic() < end:
    with open(origin + ".new", "wb") as file:
        file.write(data)
    os.replace(origin + ".new", origin)
"""
    replacing = subprocess.Popen(
        [sys.executable, "-c", script, str(store.object_path(image))], stdout=subprocess.PIPE, text=True
    )
    assert replacing.stdout is not None
    assert replacing.stdout.readline() == "going\n"
    while replacing.poll() is None:
        store.publish("ep0/shot-001/wide", image)
    assert store.published_intact("ep0/shot-001/wide", image)
