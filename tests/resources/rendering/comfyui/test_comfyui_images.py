"""What the renderer asks of a server, and what it makes of the answer."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.png import read_text
from resources.rendering.base import RendererContext, RendererUnavailable
from resources.rendering.comfyui import ComfyUIRenderer
from resources.rendering.request import Baking, ImageInput, RenderRequest
from tests.resources.rendering.comfyui.comfyui_room import Room

FLUX = {
    "family": "flux",
    "unet": "flux1-dev.safetensors",
    "clip1": "t5xxl_fp16.safetensors",
    "clip2": "clip_l.safetensors",
    "vae": "ae.safetensors",
}
SD15 = {"family": "sd15", "checkpoint": "dreamshaper_8.safetensors"}
SDXL = {"family": "sdxl", "checkpoint": "sd_xl_base_1.0.safetensors"}
CONTROL = {"controlnet_canny": "control_canny.safetensors", "controlnet_depth": "control_depth.safetensors"}
EVERYTHING = [
    {**SD15, **CONTROL, "loras": "papercut.safetensors:0.7"},
    {**SDXL, **CONTROL, "ip_adapter": "ip-adapter-plus_sdxl.safetensors", "clip_vision": "clip_vision_h.safetensors"},
    {**FLUX, **CONTROL, "ip_adapter": "flux1-redux-dev.safetensors", "clip_vision": "clip_vision_h.safetensors"},
]


def png(width: int, height: int, colour: Any = "#884422", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def pixels(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def nodes(graph: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [node["inputs"] for node in graph.values() if node["class_type"] == kind]


def test_the_same_pixels_are_the_same_bytes_whoever_made_them(room: Room) -> None:
    one, other = room.server("one"), room.server("other")
    first, second = room.renderer(one), room.renderer(other)
    made = [
        sorted(renderer.render(room.requests(renderer, 3)), key=lambda r: r.request.seed)
        for renderer in (first, second)
    ]
    assert [r.png for r in made[0]] == [r.png for r in made[1]]
    assert len({r.png for r in made[0]}) == 3
    for rendered in made[0]:
        assert rendered.png is not None
        assert pixels(rendered.png).shape == (48, 64, 3)
        assert b"prompt" not in rendered.png
        assert read_text(rendered.png, "workflow") is None
        assert rendered.thumbnail
    assert one.counts["prompts before the websocket"] == 0
    assert one.counts["sockets"] == 1


def test_what_a_request_says_stands_in_the_graph(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server, loras="papercut.safetensors:0.5")
    (request,) = room.requests(renderer, 1, steps=9, guidance=3.25)
    list(renderer.render([request]))
    ((*_, graph, _, _),) = [record["prompt"] for record in server.history.values()]
    (sampler,) = nodes(graph, "KSampler")
    assert (sampler["seed"], sampler["steps"], sampler["cfg"], sampler["denoise"]) == (0, 9, 3.25, 1.0)
    # Parentheses are words of the story, not weights.
    assert [node["text"] for node in nodes(graph, "CLIPTextEncode")] == [r"a \(paper\) moth 0", "blur"]
    assert nodes(graph, "EmptyLatentImage") == [{"width": 64, "height": 48, "batch_size": 1}]


def test_a_shot_is_painted_over_its_background_and_only_named_bytes_must_be_there(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server)
    plate = room.image("background", png(160, 90))
    broken = room.image("background", b"no image")
    unfetched = ImageInput("background", "pier", url="https://pier.example/plate.png")
    gone = ImageInput("background", "pier", sha256="0" * 64)
    over, *without = (room.requests(renderer, 1, background=i)[0] for i in (plate, broken, unfetched, gone))
    twice = [one for _ in range(2) for one in renderer.render([over])]
    assert twice[0].png == twice[1].png
    graph = next(iter(server.history.values()))["prompt"][2]
    assert nodes(graph, "KSampler")[0]["denoise"] == 0.6
    assert nodes(graph, "EmptyLatentImage") == []
    assert server.counts["uploads"] == 1
    found = sorted(renderer.render(without), key=lambda rendered: without.index(rendered.request))
    assert [rendered.error is None for rendered in found] == [True, True, False]
    assert "is no readable image" in found[0].notes[0]
    assert found[1].notes == ("left out: background of pier could not be had",)
    assert "background 000000000000 of pier is not in the store" in (found[2].error or "")


def test_uploads_that_somebody_deleted_are_sent_again(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server)
    plate = room.image("background", png(160, 90))
    first, second = room.requests(renderer, 2, background=plate)
    assert next(renderer.render([first])).error is None
    for path in (server.inputs / "moostik").iterdir():
        path.unlink()
    assert next(renderer.render([second])).error is None
    assert server.counts["uploads"] == 2


def test_transparent_references_are_laid_on_grey(room: Room) -> None:
    server = room.server()
    renderer = room.renderer(server, **EVERYTHING[1])
    reference = room.image("character", png(8, 8, (255, 0, 0, 0), "RGBA"))
    (rendered,) = renderer.render(room.requests(renderer, 1, references=(reference,)))
    assert rendered.error is None
    (uploaded,) = (server.inputs / "moostik").iterdir()
    assert (pixels(uploaded.read_bytes()) == 128).all()


@pytest.mark.parametrize("options", EVERYTHING, ids=lambda options: options["family"])
@pytest.mark.parametrize("control", ["canny", "depth"])
@pytest.mark.parametrize("mode", ["hard", ""])
def test_a_baked_place_has_its_masters_size_and_under_a_hard_mask_its_black_pixels(
    room: Room, options: dict[str, Any], control: str, mode: str
) -> None:
    server = room.server()
    renderer = room.renderer(server, **options, pixels=64 * 64)
    renderer.validate()
    assert renderer.capabilities.bakes
    assert renderer.capabilities.control == ("depth", "canny")
    master = Image.effect_noise((150, 90), 90).convert("RGB")
    buffer = io.BytesIO()
    master.save(buffer, "PNG")
    mask = Image.new("L", (150, 90), 0)
    mask.paste(255, (0, 0, 75, 90))
    mask_png = io.BytesIO()
    mask.save(mask_png, "PNG")
    request = RenderRequest(
        prompt="the hut in a storm",
        negative="",
        seed=5,
        width=150,
        height=90,
        renderer=renderer.fingerprint(),
        background=room.image("background", buffer.getvalue()),
        mask=room.image("mask", mask_png.getvalue()),
        control=control,
        baking=Baking(theme="storm", mask_mode=mode),
    )
    (rendered,) = renderer.render([request])
    assert rendered.error is None
    changed = (pixels(rendered.png) != np.asarray(master)).any(axis=2)
    assert changed[:, :75].mean() > 0.9
    assert changed[:, 75:].mean() == 0 if mode == "hard" else changed[:, 75:].mean() > 0.9
    graph = next(iter(server.history.values()))["prompt"][2]
    assert len(nodes(graph, "Canny")) == (control == "canny")
    assert len(nodes(graph, "DifferentialDiffusion")) == (mode == "")


def test_a_bake_without_its_master_fails_alone(room: Room) -> None:
    renderer = room.renderer(room.server(), **EVERYTHING[0])
    (request,) = room.requests(renderer, 1, control="canny", baking=Baking(theme="storm"))
    (rendered,) = renderer.render([request])
    assert "a bake needs the master plate" in (rendered.error or "")


@pytest.mark.parametrize(
    ("options", "without", "said"),
    [
        (
            {"checkpoint": "sdxl_base_1.0.safetensors"},
            [],
            "ckpt_name of CheckpointLoaderSimple is 'sdxl_base_1.0.safetensors', which the server does not have; "
            "the nearest it has: sd_xl_base_1.0.safetensors",
        ),
        ({**FLUX, "clip1": "t5.safetensors"}, [], "clip_name1 of DualCLIPLoader is 't5.safetensors'"),
        ({"sampler": "eular"}, [], "the nearest it has: euler"),
        ({**SDXL, **CONTROL}, ["DepthAnythingV2Preprocessor"], "no node DepthAnythingV2Preprocessor"),
        ({**SDXL, "loras": "paper.safetensors"}, [], "the nearest it has: papercut.safetensors"),
    ],
    ids=str,
)
def test_what_a_server_lacks_is_named_before_anything_is_queued(
    room: Room, options: dict[str, Any], without: list[str], said: str
) -> None:
    server = room.server()
    server.faults.without = without
    with pytest.raises(RendererUnavailable) as caught:
        room.renderer(server, **options).validate()
    assert said in str(caught.value)
    assert server.counts["prompts"] == 0


def test_one_fit_server_is_enough_and_the_unfit_gets_nothing(room: Room) -> None:
    fit, unfit = room.server("fit"), room.server("unfit")
    unfit.faults.without = ["KSampler"]
    renderer = room.renderer(fit, unfit)
    renderer.validate()
    assert all(rendered.error is None for rendered in renderer.render(room.requests(renderer, 4)))
    assert unfit.counts["prompts"] == 0


def test_another_file_under_the_same_name_is_said_where_servers_tell(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    servers = [room.server(name) for name in ("one", "other", "third")]
    renderer = room.renderer(*servers)
    servers[0].faults.model_hash = servers[1].faults.model_hash = "0xab"
    renderer.validate()
    assert "same file" not in caplog.text
    servers[1].faults.model_hash = "0xcd"
    renderer.validate()
    assert "sd_xl_base_1.0.safetensors is not the same file on all servers" in caplog.text


def test_a_server_that_is_down_is_named_without_its_password(room: Room) -> None:
    server = room.server()
    server.stop()
    renderer = room.renderer(servers=f"http://ada:secret@127.0.0.1:{server.port}")
    with pytest.raises(
        RendererUnavailable, match=r"127\.0\.0\.1:\d+ does not answer .*MOOSTIK_COMFYUI_SERVERS"
    ) as caught:
        renderer.validate()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "sdxl needs checkpoint: set MOOSTIK_COMFYUI_CHECKPOINT"),
        ({"chekpoint": "x"}, "no option chekpoint (MOOSTIK_COMFYUI_CHEKPOINT); did you mean checkpoint?"),
        ({**FLUX, "vae": ""}, "flux needs vae"),
        ({"checkpoint": "x", "steps": "many"}, "option steps (MOOSTIK_COMFYUI_STEPS) is 'many'"),
        ({"checkpoint": "x", "servers": "127.0.0.1:8188"}, "address 1 of 1 is no http(s) URL"),
        ({"checkpoint": "x", "loras": "a:b"}, "write name:weight"),
    ],
    ids=str,
)
def test_a_wrong_option_is_named(room: Room, options: dict[str, Any], said: str) -> None:
    with pytest.raises(RendererUnavailable) as caught:
        ComfyUIRenderer(RendererContext(room.images.__getitem__, room.folder, options))
    assert said in str(caught.value)


def test_the_fingerprint_names_what_decides_pixels_and_no_address(room: Room) -> None:
    def of(**options: Any) -> str:
        return json.dumps(room.renderer(**{"servers": "http://127.0.0.1:1", **SDXL, **options}).fingerprint())

    same = [
        of(),
        of(servers="http://elsewhere:9, http://third"),
        of(timeout="9"),
        of(workers=4),
        of(controlnet_scale=0.3),
    ]
    assert len(set(same)) == 1
    assert "127.0.0.1" not in of()
    other = [
        of(checkpoint="dreamshaper_8.safetensors"),
        of(sampler="heun"),
        of(scheduler="karras"),
        of(steps="12"),
        of(guidance="0"),
        of(background_strength="0.5"),
        of(loras="a:0.5"),
        of(loras="a:0.6"),
        of(controlnet_canny="c"),
        of(controlnet_canny="c", controlnet_scale="0.3"),
        of(vae="v"),
        of(prompt_weights="true"),
    ]
    assert len({*same, *other}) == len(other) + 1
