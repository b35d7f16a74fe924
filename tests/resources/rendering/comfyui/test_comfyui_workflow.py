"""A person's own workflow: its slots, what follows from them, and what is wrong with a file."""

import copy
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from resources.rendering.base import RendererUnavailable
from resources.rendering.comfyui import ComfyUIRenderer
from resources.rendering.request import Baking, RenderRequest
from tests.resources.rendering.comfyui.comfyui_room import Room

DOCUMENT = Path(__file__).parents[4] / "docs" / "comfyui.md"
EXAMPLE: dict[str, Any] = json.loads(re.findall(r"```json\n(\{\n.*?\n\})\n```", DOCUMENT.read_text(), re.DOTALL)[0])
BAKE: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
    "2": {"class_type": "LoadImage", "inputs": {"image": "x.png"}, "_meta": {"title": "moostik:background"}},
    "3": {"class_type": "LoadImage", "inputs": {"image": "y.png"}, "_meta": {"title": "moostik:mask"}},
    "4": {"class_type": "LoadImage", "inputs": {"image": "z.png"}, "_meta": {"title": "moostik:control"}},
    "5": {
        "class_type": "CLIPTextEncode",
        "inputs": {"clip": ["1", 1], "text": ""},
        "_meta": {"title": "moostik:prompt"},
    },
    "6": {"class_type": "VAEEncode", "inputs": {"pixels": ["2", 0], "vae": ["1", 2]}},
    "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["1", 2]}},
    "8": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "bake"}},
}


def written(room: Room, document: Any, name: str = "workflow.json") -> str:
    path = room.folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(path)


def changed(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLE)
    change(document)
    return document


def with_references(document: dict[str, Any], *names: str) -> None:
    for name in names:
        title = {"title": f"moostik:{name}"}
        document[f"load-{name}"] = {"class_type": "LoadImage", "inputs": {"image": "old.png"}, "_meta": title}


def drawn(room: Room, role: Any, colour: str) -> Any:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 12), colour).save(buffer, "PNG")
    return room.image(role, buffer.getvalue())


def test_the_documented_example_renders_the_image_of_its_output_slot(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server, workflow=written(room, EXAMPLE))
    renderer.validate()
    able = renderer.capabilities
    assert (able.seed, able.negative, able.max_references, able.bakes, able.img2img) == (True, True, 0, False, False)
    requests = room.requests(renderer, 2, steps=7)
    rendered = {one.request.seed: one for one in renderer.render(requests)}
    assert [one.error for one in rendered.values()] == [None, None]
    record = next(one for one in server.history.values() if one["prompt"][2]["5"]["inputs"]["seed"] == 1)
    graph = record["prompt"][2]
    assert graph["2"]["inputs"]["text"] == r"a \(paper\) moth 1"
    assert graph["3"]["inputs"]["text"] == "blur"
    assert (graph["4"]["inputs"]["width"], graph["4"]["inputs"]["height"]) == (64, 48)
    assert (graph["5"]["inputs"]["steps"], graph["5"]["inputs"]["cfg"]) == (7, 6.0)
    wanted = server.outputs / "moostik" / record["outputs"]["8"]["images"][0]["filename"]
    with Image.open(wanted) as image, Image.open(io.BytesIO(rendered[1].png or b"")) as got:
        assert list(image.tobytes()) == list(got.tobytes())


def test_capabilities_follow_from_the_slots(room: Room) -> None:
    def strip(document: dict[str, Any]) -> None:
        document["3"]["_meta"]["title"] = "no slot"
        document["5"]["_meta"]["title"] = "no slot"
        with_references(document, "reference-2", "reference-1", "background")

    able = room.renderer(workflow=written(room, changed(strip))).capabilities
    assert (able.seed, able.negative, able.max_references, able.img2img) == (False, False, 2, True)


def test_reference_slots_are_filled_in_order_and_none_is_left_as_it_was_saved(room: Room) -> None:
    server = room.server()
    document = changed(lambda d: with_references(d, "reference-1", "reference-2", "reference-3", "background"))
    renderer = room.renderer(server, workflow=written(room, document))
    red, blue = drawn(room, "character", "red"), drawn(room, "character", "blue")
    full, empty = (room.requests(renderer, 1, references=images)[0] for images in ((red, blue), ()))
    first, second = [next(renderer.render([request])) for request in (full, empty)]
    assert (first.error, second.error) == (None, None)
    assert first.notes == ("no background: plain grey stands in its slot",)
    assert "no reference: plain grey stands in the reference slots" in second.notes
    filled, grey = [
        [record["prompt"][2][f"load-reference-{number}"]["inputs"]["image"] for number in (1, 2, 3)]
        for record in server.history.values()
    ]
    colours = [Image.open(server.inputs / name).getpixel((0, 0)) for name in filled]
    assert colours == [(255, 0, 0), (0, 0, 255), (0, 0, 255)]
    assert len(set(grey)) == 1


def test_a_bake_workflow_gets_plate_mask_and_edges_and_its_image_the_plates_size(room: Room) -> None:
    server = room.server()
    paths = {"workflow": written(room, EXAMPLE), "bake_workflow": written(room, BAKE, "bake.json")}
    renderer = room.renderer(server, **paths)
    renderer.validate()
    assert (renderer.capabilities.bakes, renderer.capabilities.control) == (True, ("canny",))
    buffer = io.BytesIO()
    Image.effect_noise((150, 90), 60).convert("RGB").save(buffer, "PNG")
    plate = room.image("background", buffer.getvalue())
    request = RenderRequest(
        "snow", "", 1, 150, 90, renderer.fingerprint(), background=plate, control="canny", baking=Baking(theme="snow")
    )
    (rendered,) = renderer.render([request])
    assert rendered.error is None
    assert Image.open(io.BytesIO(rendered.png or b"")).size == (150, 90)
    assert "made at 144 x 88, scaled to 150 x 90" in rendered.notes
    assert "no decoration mask: flat areas and ledges were proposed as white" in rendered.notes
    assert server.counts["uploads"] == 3


def test_what_a_slot_held_and_how_it_is_laid_out_changes_no_recipe(room: Room) -> None:
    def of(change: Callable[[dict[str, Any]], Any]) -> Any:
        return room.renderer(workflow=written(room, changed(change))).fingerprint()

    same = of(lambda d: None)
    assert of(lambda d: d["5"]["inputs"].update(seed=99)) == same
    assert of(lambda d: d["6"].update(_meta={"title": "decode"})) == same
    assert of(lambda d: d["5"]["inputs"].update(sampler_name="euler")) != same
    assert of(lambda d: d["5"]["_meta"].update(title="moostik:seed")) != same
    assert of(lambda d: d["7"].update(d["8"].pop("_meta") and {"_meta": {"title": "moostik:output"}})) != same


def titled(node: str, title: str) -> dict[str, Any]:
    return changed(lambda document: document[node].update(_meta={"title": title}))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ('{"nodes": [], "links": []}', "is in the editor's format; save it with Workflow > Export (API)"),
        ("[]", "is no workflow in API format"),
        ("{", "is no JSON"),
        ({"1": {"inputs": {}}}, "node '1' has no class_type and inputs"),
        (titled("2", "moostik:promt"), "no slot moostik:promt; did you mean moostik:prompt?"),
        (titled("2", ""), "has no slot moostik:prompt"),
        (titled("4", ""), "has no slot moostik:size"),
        (titled("8", ""), "nodes '7', '8' could each be it"),
        (titled("6", "moostik:seed"), "needs a value of its own, seed or noise_seed or value; the node has none"),
        (changed(lambda d: d["6"]["inputs"].update(vae=["77", 0])), "vae is linked to node '77', not there"),
        (changed(lambda d: with_references(d, "reference-1", "reference-3")), "must count from 1 without a gap"),
    ],
    ids=range(11),
)
def test_a_faulty_workflow_is_refused_with_what_is_wrong(room: Room, document: Any, said: str) -> None:
    with pytest.raises(RendererUnavailable) as caught:
        room.renderer(workflow=written(room, document))
    assert said in str(caught.value)
    assert "workflow.json" in str(caught.value)


def test_a_missing_file_and_a_node_that_the_server_lacks_are_named(room: Room) -> None:
    with pytest.raises(RendererUnavailable, match=r"nowhere\.json: cannot be read: No such file"):
        room.renderer(workflow=str(room.folder / "nowhere.json"))
    server = room.server()
    document = changed(lambda d: d["6"].update(class_type="VAEDecodeTile"))
    renderer: ComfyUIRenderer = room.renderer(server, workflow=written(room, document))
    with pytest.raises(RendererUnavailable, match="it has no node VAEDecodeTile; the nearest it has: VAEDecode"):
        renderer.validate()
