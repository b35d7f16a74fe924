import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.adapters import ReferenceEncodings, image_encoder_beside, load_adapters
from resources.rendering.diffusion.pictures import covering, opened, squared
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.tiny_models import library, picture

torch: Any = pytest.importorskip("torch")

FAMILIES = ("sd15", "sdxl", "flux")


def reference(seed: int, width: int = 40, height: int = 64) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    Image.fromarray(picture(width, height, seed)).save(buffer, "PNG")
    return hashlib.sha256(buffer.getvalue()).hexdigest(), buffer.getvalue()


def pipeline_of(tiny_models: TinyModels, family: str) -> Any:
    found = library("diffusers").DiffusionPipeline.from_pretrained(tiny_models.pipeline(family), local_files_only=True)
    found.set_progress_bar_config(disable=True)
    return found


def rendered(pipe: Any, **more: Any) -> np.ndarray:
    generator = torch.Generator("cpu").manual_seed(3)
    images = pipe(
        "mama in the kitchen", num_inference_steps=2, width=64, height=64, generator=generator, output_type="np", **more
    ).images
    return np.rint(images[0] * 255)


@pytest.mark.parametrize("family", FAMILIES)
def test_references_show_in_the_image_and_none_leave_it_as_it_was(tiny_models: TinyModels, family: str) -> None:
    pipe = pipeline_of(tiny_models, family)
    bare = rendered(pipe)
    load_adapters(pipe, tiny_models.ip_adapter(family) / "ip-adapter.safetensors", None, ())
    encodings = ReferenceEncodings(pipe, 0.7)
    guided = family != "flux"
    one, two = reference(1), reference(2)
    seen = {
        name: rendered(pipe, **encodings.arguments(pipe, images, guided))
        for name, images in {"none": [], "one": [one], "two": [two], "both": [one, two]}.items()
    }
    assert np.array_equal(seen["none"], bare)
    names = list(seen)
    for index, name in enumerate(names):
        for other in names[index + 1 :]:
            assert np.abs(seen[name] - seen[other]).mean() > 0.5, f"{name} and {other} look the same"
    assert np.array_equal(rendered(pipe, **encodings.arguments(pipe, [one], guided)), seen["one"])
    half = ReferenceEncodings(pipe, 0.1)
    weaker = rendered(pipe, **half.arguments(pipe, [one], guided))
    assert 0 < np.abs(weaker - bare).mean() < np.abs(seen["one"] - bare).mean()


def test_flux_pipelines_with_control_see_references_too(tiny_models: TinyModels) -> None:
    pipe = pipeline_of(tiny_models, "flux")
    load_adapters(pipe, tiny_models.ip_adapter("flux") / "ip-adapter.safetensors", None, ())
    diffusers = library("diffusers")
    net = diffusers.FluxControlNetModel.from_pretrained(tiny_models.controlnet("flux"), local_files_only=True)
    parts = {name: part for name, part in pipe.components.items() if name not in ("image_encoder", "feature_extractor")}
    control = diffusers.FluxControlNetImg2ImgPipeline(**parts, controlnet=net)
    control.set_progress_bar_config(disable=True)
    encodings = ReferenceEncodings(pipe, 0.7)
    given = Image.fromarray(picture(64, 64))
    seen = [
        rendered(control, image=given, control_image=given, **encodings.arguments(control, images, False))
        for images in ([], [reference(1)], [reference(2)])
    ]
    assert np.abs(seen[0] - seen[1]).mean() > 0.5
    assert np.abs(seen[1] - seen[2]).mean() > 0.5


def test_a_reference_is_encoded_once(tiny_models: TinyModels) -> None:
    pipe = pipeline_of(tiny_models, "sd15")
    load_adapters(pipe, tiny_models.ip_adapter("sd15") / "ip-adapter.safetensors", None, ())
    runs: list[int] = []
    pipe.image_encoder.register_forward_hook(lambda *_: runs.append(1))
    encodings = ReferenceEncodings(pipe, 0.7)
    first = encodings.arguments(pipe, [reference(1)], True)["ip_adapter_image_embeds"][0]
    once = len(runs)
    assert once > 0
    again = encodings.arguments(pipe, [reference(1)], True)["ip_adapter_image_embeds"][0]
    assert len(runs) == once
    assert torch.equal(first, again)
    encodings.arguments(pipe, [reference(1), reference(2)], True)
    assert len(runs) == 2 * once


@pytest.mark.parametrize("family", FAMILIES)
def test_loras_change_the_image_by_their_weight(tiny_models: TinyModels, family: str) -> None:
    bare = rendered(pipeline_of(tiny_models, family))
    strong, weak, both = (pipeline_of(tiny_models, family) for _ in range(3))
    load_adapters(strong, None, None, [(tiny_models.lora(family), 2.0)])
    load_adapters(weak, None, None, [(tiny_models.lora(family), 0.2)])
    load_adapters(both, None, None, [(tiny_models.lora(family), 2.0), (tiny_models.lora(family, 6), 1.0)])
    far, near, other = rendered(strong), rendered(weak), rendered(both)
    assert 0 < np.abs(near - bare).mean() < np.abs(far - bare).mean()
    assert np.abs(other - far).mean() > 0.01


def test_what_does_not_fit_is_refused_with_its_file(tiny_models: TinyModels, tmp_path: Path) -> None:
    pipe = pipeline_of(tiny_models, "sd15")
    garbage = tmp_path / "garbage.safetensors"
    garbage.write_bytes(b"not weights at all")
    other = tiny_models.ip_adapter("sdxl") / "ip-adapter.safetensors"
    lonely = tmp_path / "ip-adapter.safetensors"
    lonely.write_bytes((tiny_models.ip_adapter("sd15") / "ip-adapter.safetensors").read_bytes())
    empty = tmp_path / "empty.safetensors"
    library("safetensors.torch").save_file({"lora.nothing": torch.zeros(1)}, empty)
    for refused, arguments in {
        "garbage.safetensors": (None, None, [(garbage, 1.0)]),
        "empty.safetensors": (None, None, [(empty, 1.0)]),
        "gone.safetensors": (None, None, [(tmp_path / "gone.safetensors", 1.0)]),
        str(tiny_models.lora("sdxl")): (None, None, [(tiny_models.lora("sdxl"), 1.0)]),
        str(tiny_models.lora("flux")): (None, None, [(tiny_models.lora("flux"), 1.0)]),
        str(other): (other, None, []),
        "MOOSTIK_DIFFUSERS_IMAGE_ENCODER": (lonely, None, []),
    }.items():
        with pytest.raises(RendererUnavailable, match="diffusers: ") as caught:
            load_adapters(pipeline_of(tiny_models, "sd15"), *arguments)
        assert refused in str(caught.value)
    assert image_encoder_beside(lonely) is None
    load_adapters(pipe, lonely, image_encoder_beside(other), ())


def test_a_standing_figure_keeps_head_and_feet_and_a_frame_its_proportions() -> None:
    figure = Image.new("RGB", (20, 60), (10, 200, 30))
    figure.paste((200, 0, 0), (8, 2, 12, 6))
    square = squared(figure)
    assert square.size == (60, 60)
    assert square.crop((20, 0, 40, 60)).tobytes() == figure.tobytes()
    assert square.getpixel((0, 0)) == (10, 200, 30)
    frame = covering(Image.fromarray(picture(200, 100)), 64, 64)
    assert frame.size == (64, 64)
    middle = Image.fromarray(picture(200, 100)).crop((50, 0, 150, 100)).resize((64, 64), Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(frame).astype(int) - np.asarray(middle)).max() <= 1


def test_what_is_transparent_is_grey_and_what_is_no_image_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(buffer, "PNG")
    assert opened(buffer.getvalue()).getpixel((0, 0)) == (128, 128, 128)
    with pytest.raises(ValueError, match="not an image"):
        opened(b"\x89PNG\r\n\x1a\n garbage")
