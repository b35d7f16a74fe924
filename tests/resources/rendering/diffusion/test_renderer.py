"""The diffusers renderer on real tiny models: every family, every way to make an image, and what a request decides."""

import gc
import io
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.decoration_mask import checked_mask
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion import DiffusersRenderer
from resources.rendering.request import Baking, ImageInput
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.rendering import Desk, pixels, png, pngs, rendered, request_for

torch = pytest.importorskip("torch")

FAMILIES = ("sd15", "sdxl", "flux")
PLATE_SIZE = (96, 54)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("scratch"))


@pytest.fixture(scope="module", params=FAMILIES)
def renderer(request: pytest.FixtureRequest, tiny_models: TinyModels, desk: Desk) -> Iterator[DiffusersRenderer]:
    """One of each family, kept loaded, as in a run."""
    family = request.param
    nets = {f"controlnet_{kind}": tiny_models.controlnet(family, kind) for kind in ("canny", "depth")}
    found = desk.renderer(tiny_models.pipeline(family), **nets)
    yield found
    found.close()


def test_an_image_depends_on_its_request_alone(renderer: DiffusersRenderer, tiny_models: TinyModels, desk: Desk):
    """Not on those before it, not on what is remembered, not on the process: a fresh renderer gives the same bytes."""
    wide = request_for(renderer)
    night = request_for(renderer, prompt="the castle at night " * 30, seed=6)
    over = request_for(renderer, background=desk.picture("background"))
    first = pngs(rendered(renderer, wide, night, over))
    assert pngs(rendered(renderer, over, wide, night)) == [first[2], first[0], first[1]]
    assert len(set(first)) == 3
    fresh = desk.renderer(tiny_models.pipeline(str(renderer.fingerprint()["family"])))
    assert png(fresh, night) == first[1]
    fresh.close()


def test_every_part_of_a_request_counts(renderer: DiffusersRenderer, desk: Desk):
    plate = desk.picture("background")
    changes = [
        {},
        {"seed": 6},
        {"prompt": "a wide shot of papa"},
        {"steps": 3},
        {"guidance": 2.5},
        {"background": plate},
        {"background": desk.picture("background", seed=9)},
        {"width": 48, "height": 80},
    ]
    if renderer.capabilities.negative:
        changes.append({"negative": "snow"})
    made = [png(renderer, request_for(renderer, **change)) for change in changes]
    assert len(set(made)) == len(changes)
    assert Image.open(io.BytesIO(made[7])).size == (48, 80)


@pytest.mark.parametrize("control", [None, "canny", "depth"])
@pytest.mark.parametrize("masked", [False, True])
def test_a_place_is_dressed(renderer: DiffusersRenderer, desk: Desk, control: str | None, masked: bool):
    """At the master's size, whatever that is; with a hard mask, its black pixels are the master's own."""
    master = desk.picture("background", size=PLATE_SIZE)
    light = np.zeros(PLATE_SIZE[::-1], np.uint8)
    light[:, : PLATE_SIZE[0] // 2] = 255
    mask = ImageInput("mask", "kitchen", sha256=desk.put(light)) if masked else None
    request = request_for(
        renderer,
        width=PLATE_SIZE[0],
        height=PLATE_SIZE[1],
        background=master,
        mask=mask,
        control=control,
        baking=Baking("christmas", mask_mode="hard"),
    )
    (one,) = rendered(renderer, request)
    assert any("brought to 96 x 54" in note for note in one.notes)
    made = pixels(one.png)
    assert made.shape == (PLATE_SIZE[1], PLATE_SIZE[0], 3)
    assert master.sha256 is not None
    same = (made == pixels(desk.images[master.sha256])).all(axis=2)
    if mask is not None and mask.sha256 is not None:
        black = np.asarray(checked_mask(desk.images[mask.sha256], PLATE_SIZE)) == 0
        assert same[black].all()
        assert not same[~black].all()
    assert same.mean() < 0.6


def test_the_kinds_of_control_give_different_images(renderer: DiffusersRenderer, desk: Desk):
    master = desk.picture("background", size=PLATE_SIZE)
    made = {
        png(
            renderer,
            request_for(renderer, width=96, height=54, background=master, control=control, baking=Baking("christmas")),
        )
        for control in (None, "canny", "depth")
    }
    assert len(made) == 3


def test_references_are_shown_to_the_adapter(tiny_models: TinyModels, desk: Desk):
    """Their number and their order in a batch of angles count; without any, the adapter says nothing."""
    model, adapter = tiny_models.pipeline("sdxl"), tiny_models.ip_adapter("sdxl")
    with_adapter = desk.renderer(model, ip_adapter=adapter / "ip-adapter.safetensors", ip_adapter_scale=1)
    plain = desk.renderer(model)
    assert (plain.capabilities.max_references, with_adapter.capabilities.max_references) == (0, 4)
    one, two = desk.picture("character", seed=1), desk.picture("location", seed=2)
    lost = ImageInput("character", "papa", url="https://nowhere.invalid/papa.png")
    shown = [png(with_adapter, request_for(with_adapter, references=images)) for images in ((), (one,), (one, two))]
    assert len(set(shown)) == 3
    assert np.abs(pixels(shown[0]).astype(int) - pixels(png(plain, request_for(plain)))).max() <= 1
    (left_out,) = rendered(with_adapter, request_for(with_adapter, references=(one, lost)))
    assert left_out.png == shown[1]
    assert left_out.notes == ("reference papa left out: its bytes cannot be had",)
    with_adapter.close()
    plain.close()


def test_a_consistency_model_takes_its_guidance_as_an_input(tiny_models: TinyModels, desk: Desk):
    """Few steps, no negative prompt, references like another UNet; a ControlNet is refused."""
    model = tiny_models.pipeline("lcm")
    assert (desk.renderer(model, steps="").fingerprint()["steps"], desk.renderer(model).capabilities.negative) == (
        4,
        False,
    )
    renderer = desk.renderer(
        model,
        ip_adapter=tiny_models.ip_adapter("sd15") / "ip-adapter.safetensors",
        ip_adapter_scale=1,
    )
    shown = (desk.picture("character"),)
    made = [png(renderer, request_for(renderer, guidance=8, references=images)) for images in ((), shown)]
    assert len({*made, png(renderer, request_for(renderer, guidance=2, references=shown))}) == 3
    long = request_for(renderer, guidance=8, references=shown, negative="the castle of papa " * 40)
    assert png(renderer, long) == made[1]
    master = desk.picture("background")
    over = {"background": master, "references": shown, "guidance": 8}
    assert len({png(renderer, request_for(renderer, **over, **more)) for more in ({}, {"seed": 6})}) == 2
    assert png(renderer, request_for(renderer, baking=Baking("christmas"), **over))
    renderer.close()
    with pytest.raises(RendererUnavailable, match="takes no ControlNet here"):
        desk.renderer(model, controlnet_canny=tiny_models.controlnet("sd15")).validate()


def test_a_lora_and_a_scheduler_change_the_image_and_the_recipe(tiny_models: TinyModels, desk: Desk):
    model = tiny_models.pipeline("sd15")
    options = [{}, {"loras": f"{tiny_models.lora('sd15')}:0.9"}, {"loras": f"{tiny_models.lora('sd15')}:0.4"}]
    options += [{"scheduler": "euler_a"}, {"scheduler": "DDIMScheduler"}]
    made, recipes = set(), set()
    for one in options:
        renderer = desk.renderer(model, **one)
        request = request_for(renderer)
        recipes.add(request.recipe_id)
        made.add(png(renderer, request))
        renderer.close()
    assert len(made) == len(recipes) == len(options)


def test_throughput_gives_the_same_picture_in_full_batches(tiny_models: TinyModels, desk: Desk):
    """Alike to a level of 255 whoever the neighbours are, said in the notes, and of another recipe than exact ones."""
    model = tiny_models.pipeline("sdxl")
    exact, fast = desk.renderer(model), desk.renderer(model, mode="throughput", batch=3)
    assert exact.fingerprint()["mode"] != fast.fingerprint()["mode"]
    requests = [request_for(fast, seed=seed) for seed in range(4)]
    requests.insert(2, request_for(fast, prompt="the castle of papa " * 40))
    found = rendered(fast, *requests)
    assert {one.request.recipe_id for one in found} == {request.recipe_id for request in requests}
    for one in found:
        alone = pixels(png(exact, one.request)).astype(int)
        assert np.abs(pixels(one.png) - alone).max() <= 1
        assert any("made in a batch of 3" in note and one.request.recipe_id[:12] in note for note in one.notes)
    exact.close()
    fast.close()


def test_one_bad_input_fails_its_image_only(tiny_models: TinyModels, desk: Desk):
    for options in ({}, {"mode": "throughput", "batch": 3}):
        renderer = desk.renderer(tiny_models.pipeline("sdxl"), **options)
        broken = ImageInput("background", "kitchen", sha256=desk.put(np.zeros((4, 4, 3), np.uint8)))
        assert broken.sha256 is not None
        desk.images[broken.sha256] = b"no picture"
        gone = ImageInput("background", "cellar", sha256="0" * 64)
        whole = desk.picture("background")
        found = list(renderer.render([request_for(renderer, background=image) for image in (broken, whole, gone)]))
        errors = {one.request.background: one.error for one in found}
        assert errors[whole] is None
        assert "background kitchen: not an image" in str(errors[broken])
        assert "background cellar: the store does not have it" in str(errors[gone])
        renderer.close()


def test_close_gives_the_memory_back_and_leaves_torch_as_it_was(tiny_models: TinyModels, desk: Desk):
    assert not torch.are_deterministic_algorithms_enabled()
    benchmark = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = True
    renderer = desk.renderer(tiny_models.pipeline("sd15"))
    before = png(renderer, request_for(renderer))
    part = weakref.ref(renderer._loaded.base.unet)
    assert torch.backends.cudnn.benchmark
    assert not torch.are_deterministic_algorithms_enabled()
    torch.backends.cudnn.benchmark = benchmark
    renderer.close()
    gc.collect()
    assert part() is None
    assert png(renderer, request_for(renderer)) == before
    renderer.close()


def test_the_threads_of_the_process_decide_no_pixel(tiny_models: TinyModels, desk: Desk):
    """Their number is an option, and a part of the recipe."""
    renderer = desk.renderer(tiny_models.pipeline("sdxl"), cpu_threads=2)
    request = request_for(renderer, width=192, height=128)
    made = set()
    for threads in (1, 3):
        torch.set_num_threads(threads)
        made.add(png(renderer, request))
        assert torch.get_num_threads() == threads
    torch.set_num_threads(1)
    renderer.close()
    assert len(made) == 1
    assert renderer.fingerprint()["cpuThreads"] == 2


def test_nothing_asks_the_network(tiny_models: TinyModels, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    import socket

    def refused(*_: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    family = "sdxl"
    renderer = desk.renderer(
        tiny_models.pipeline(family),
        controlnet_canny=tiny_models.controlnet(family),
        ip_adapter=tiny_models.ip_adapter(family) / "ip-adapter.safetensors",
        loras=tiny_models.lora(family),
    )
    renderer.validate()
    png(renderer, request_for(renderer, references=(desk.picture("character"),)))
    renderer.close()
