"""The files of a model: their identity, what is missing of them, and a recipe's fingerprint; nothing is loaded."""

import json
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from resources.canonical import canonical_json
from resources.file_hashes import FileHashes
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.weights import model_identity, pipeline_files, single_file
from resources.rendering.request import Baking
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.rendering import Desk, pixels, png, request_for
from tests.resources.rendering.diffusion.tiny_models import tiny_depth_model

pytest.importorskip("torch")

HUB_ID = "little/tiny-xl"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "scratch")


@pytest.fixture
def model(tiny_models: TinyModels, tmp_path: Path) -> Path:
    """A copy of its own of the tiny SDXL."""
    return Path(shutil.copytree(tiny_models.pipeline("sdxl"), tmp_path / "model"))


@pytest.fixture
def hub_cache(tiny_models: TinyModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny SDXL in a hub cache, as the hub's client lays it out: files are links to blobs."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    repository = cache / "models--little--tiny-xl"
    snapshot, blobs = repository / "snapshots" / ("c" * 40), repository / "blobs"
    blobs.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("c" * 40)
    source, hashes = tiny_models.pipeline("sdxl"), FileHashes()
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        blob = blobs / hashes.sha256(file)
        shutil.copyfile(file, blob)
        link = snapshot / file.relative_to(source)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(blob)
    return snapshot


def fault_of(desk: Desk, model: Any, **options: Any) -> str:
    with pytest.raises(RendererUnavailable) as fault:
        desk.renderer(model, **options).validate()
    return str(fault.value)


def identity(folder: Path) -> str:
    return pipeline_files(folder, "", "auto").identity(FileHashes())


def rewrite(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_identity_goes_by_what_decides_pixels(model: Path, tmp_path: Path):
    before = identity(model)
    assert identity(Path(shutil.copytree(model, tmp_path / "elsewhere"))) == before
    rewrite(model / "unet" / "config.json", _name_or_path="/home/somebody/unet")
    rewrite(model / "model_index.json", _diffusers_version="0.30.0", safety_checker=["x", "y"])
    (model / "README.md").write_text("a picture of a mouse")
    assert identity(model) == before
    rewrite(model / "unet" / "config.json", norm_num_groups=4)
    changed = identity(model)
    weights = model / "text_encoder_2" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert len({before, changed, identity(model)}) == 3


def test_the_fingerprint_names_no_place_and_reads_no_torch(model: Path, desk: Desk, tmp_path: Path):
    moved = Path(shutil.copytree(model, tmp_path / "elsewhere" / "deep"))
    here, there = desk.renderer(model).fingerprint(), desk.renderer(moved).fingerprint()
    assert here == there
    assert str(tmp_path) not in canonical_json(here)
    code = (
        "import sys; from pathlib import Path; from resources.rendering.base import RendererContext\n"
        "from resources.rendering.diffusion import DiffusersRenderer\n"
        f"r = DiffusersRenderer(RendererContext(dict().__getitem__, Path({str(tmp_path / 's')!r}), "
        f"{{'model': {str(model)!r}, 'pixels': '4096', 'steps': '2'}}))\n"
        "r.validate(); r.capabilities; r.count_prompt('a mouse'); found = r.fingerprint()\n"
        "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules), 'heavy imports'\n"
        "print(found['model'])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout.strip()) == (0, here["model"]), answer.stderr


def test_every_file_that_is_loaded_counts(model: Path, tiny_models: TinyModels, desk: Desk, tmp_path: Path):
    """Of the model and of what goes with it: configs, tokenizers, weights, the scheduler's settings."""
    beside = {
        "controlnet_depth": tiny_models.controlnet("sdxl", "depth"),
        "depth_model": tiny_depth_model(tmp_path / "estimator"),
        "image_encoder": tiny_models.ip_adapter("sdxl") / "image_encoder",
    }
    adapter, lora = tiny_models.ip_adapter("sdxl") / "ip-adapter.safetensors", tiny_models.lora("sdxl")
    single = {"ip_adapter": adapter, "loras": lora}
    copies = {name: Path(shutil.copytree(at, tmp_path / name)) for name, at in beside.items()}
    copies |= {name: Path(shutil.copy(at, tmp_path)) for name, at in single.items()}
    before = {canonical_json(desk.renderer(model, **copies).fingerprint())}
    files = [file for file in (*tmp_path.glob("model/**/*"), *copies.values()) if file.is_file()]
    files += [file for name in beside for file in copies[name].iterdir()]
    assert {"merges.txt", "vocab.json", "scheduler_config.json"} & {file.name for file in files} == {
        "scheduler_config.json"
    }
    for file in files:
        if file.suffix == ".json":
            rewrite(file, touched=1)
        else:
            file.write_bytes(file.read_bytes()[:-1] + b"\x01")
        after = before | {canonical_json(desk.renderer(model, **copies).fingerprint())}
        assert len(after) == len(before) + 1, file
        before = after


def test_what_finds_edges_is_in_the_recipe_where_it_is_used(tiny_models: TinyModels, desk: Desk, tmp_path: Path):
    import cv2

    model, depth = tiny_models.pipeline("sdxl"), tiny_models.controlnet("sdxl", "depth")
    estimated = {"controlnet_depth": depth, "depth_model": tiny_depth_model(tmp_path / "estimator")}
    nets = [{"controlnet_canny": tiny_models.controlnet("sdxl")}, {"controlnet_depth": depth}, estimated, {}]
    found = [desk.renderer(model, **one).fingerprint().get("opencv") for one in nets]
    version = ".".join(cv2.__version__.split(".")[:2])
    assert found == [version, version, None, None]


def test_a_package_that_lacks_is_named(tiny_models: TinyModels, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    model, installed = tiny_models.pipeline("sdxl"), metadata.version
    monkeypatch.setitem(sys.modules, "cv2", None)
    said = fault_of(desk, model, controlnet_canny=tiny_models.controlnet("sdxl"))
    assert "needs OpenCV" in said
    assert said.endswith("run: pip install 'moostik-assets[local]'")

    def without_peft(package: str) -> str:
        if package == "peft":
            raise metadata.PackageNotFoundError
        return installed(package)

    monkeypatch.setattr("resources.rendering.diffusion.requirements.version", without_peft)
    assert "peft is not installed; run: pip install" in fault_of(desk, model, loras=tiny_models.lora("sdxl"))
    desk.renderer(model).validate()


def test_a_controlnet_of_another_model_is_refused(tiny_models: TinyModels, desk: Desk):
    model, variable = tiny_models.pipeline("sdxl"), "MOOSTIK_DIFFUSERS_CONTROLNET_CANNY"
    said = fault_of(desk, model, controlnet_canny=tiny_models.controlnet("sd15"))
    assert variable in said
    assert "cross_attention_dim 32, and the model's is 64" in said
    said = fault_of(desk, model, controlnet_canny=tiny_models.controlnet("flux"))
    assert "a FluxControlNetModel; sdxl takes a ControlNetModel" in said


def test_what_goes_with_a_model_may_be_there_in_half_precision_alone(
    tiny_models: TinyModels, desk: Desk, tmp_path: Path
):
    net = Path(shutil.copytree(tiny_models.controlnet("sdxl", "depth"), tmp_path / "net"))
    estimator = tiny_depth_model(tmp_path / "estimator")
    adapter = Path(shutil.copytree(tiny_models.ip_adapter("sdxl"), tmp_path / "adapter"))
    for folder in (net, estimator, adapter / "image_encoder"):
        (weights,) = folder.glob("*.safetensors")
        weights.rename(weights.with_name(f"{weights.stem}.fp16.safetensors"))
    renderer = desk.renderer(
        tiny_models.pipeline("sdxl"),
        controlnet_depth=net,
        depth_model=estimator,
        ip_adapter=adapter / "ip-adapter.safetensors",
    )
    master = desk.picture("background")
    assert png(renderer, request_for(renderer, background=master, control="depth", baking=Baking("christmas")))
    renderer.close()


def test_options_that_are_not_used_change_no_recipe(tiny_models: TinyModels, desk: Desk):
    model = tiny_models.pipeline("sdxl")
    plain = desk.renderer(model).fingerprint()
    unused = desk.renderer(model, controlnet_scale=0.3, ip_adapter_scale=0.1, batch=9, offload="model")
    assert unused.fingerprint() == plain
    used = [
        {"controlnet_canny": tiny_models.controlnet("sdxl")},
        {"controlnet_canny": tiny_models.controlnet("sdxl"), "controlnet_scale": 0.3},
        {"controlnet_depth": tiny_models.controlnet("sdxl", "depth")},
        {"ip_adapter": tiny_models.ip_adapter("sdxl") / "ip-adapter.safetensors"},
        {"loras": tiny_models.lora("sdxl")},
        {"scheduler": "ddim"},
        {"dtype": "bfloat16"},
        {"vae_tiling": True},
        {"background_strength": 0.5},
    ]
    found = [plain, *(desk.renderer(model, **options).fingerprint() for options in used)]
    assert len({canonical_json(one) for one in found}) == len(found)


def test_what_is_missing_is_named(model: Path, tiny_models: TinyModels, desk: Desk):
    assert "set MOOSTIK_DIFFUSERS_MODEL" in fault_of(desk, "")
    assert "/no/such/folder, where nothing is" in fault_of(desk, "/no/such/folder")
    weights = model / "vae" / "diffusion_pytorch_model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    assert f"{weights} is cut short" in fault_of(desk, model)
    weights.write_bytes(b"<!doctype html>")
    assert f"{weights} is no safetensors file" in fault_of(desk, model)
    weights.unlink()
    assert f"{model} lacks vae/diffusion_pytorch_model.safetensors" in fault_of(desk, model)
    shutil.rmtree(model / "tokenizer_2")
    assert "lacks tokenizer_2/" in fault_of(desk, model)
    rewrite(model / "model_index.json", _class_name="WanPipeline")
    assert "holds a WanPipeline; supported: StableDiffusionPipeline" in fault_of(desk, model)
    (model / "model_index.json").unlink()
    assert f"{model} lacks model_index.json" in fault_of(desk, model)
    assert "neither a folder" in fault_of(desk, Path(__file__))
    whole_model = tiny_models.pipeline("sdxl")
    assert "MOOSTIK_DIFFUSERS_LORAS names gone.bin" in fault_of(desk, whole_model, loras="gone.bin:0.5")
    assert "MOOSTIK_DIFFUSERS_IP_ADAPTER names gone.bin" in fault_of(desk, whole_model, ip_adapter="gone.bin")
    assert "MOOSTIK_DIFFUSERS_CONTROLNET_CANNY names /gone" in fault_of(desk, whole_model, controlnet_canny="/gone")
    assert "MOOSTIK_DIFFUSERS_DEVICE is mps" in fault_of(desk, whole_model, device="mps")


def test_weights_of_a_variant_alone_are_found(model: Path, desk: Desk):
    plain = png(renderer := desk.renderer(model), request_for(renderer))
    renderer.close()
    for weights in model.rglob("*.safetensors"):
        weights.rename(weights.with_name(f"{weights.stem}.fp16.safetensors"))
    assert pipeline_files(model, "", "auto").variant == "fp16"
    again = desk.renderer(model)
    assert (pixels(png(again, request_for(again))) == pixels(plain)).all()
    again.close()


def test_a_hub_cache_serves_without_the_network(hub_cache: Path, tiny_models: TinyModels, desk: Desk):
    """By the id; its model is that of the folder it was made from. The names of blobs stand for their hashes."""
    there = desk.renderer(HUB_ID)
    assert there.fingerprint() == desk.renderer(tiny_models.pipeline("sdxl")).fingerprint()
    assert png(there, request_for(there))
    there.close()
    missing = fault_of(desk, HUB_ID, revision="v2")
    assert "hf download little/tiny-xl --revision v2, or set MOOSTIK_DIFFUSERS_DOWNLOAD=true" in missing
    assert "hf download other/model" in fault_of(desk, "other/model")
    (hub_cache / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert "hf download little/tiny-xl unet/diffusion_pytorch_model.safetensors" in fault_of(desk, HUB_ID)


def test_a_single_file_renders_as_its_folder_does(tiny_models: TinyModels, desk: Desk, hub_cache: Path):
    folder, file = tiny_models.pipeline("sd15"), tiny_models.checkpoint()
    single, whole = desk.renderer(file, config=folder), desk.renderer(folder)
    assert single.fingerprint()["family"] == "sd15"
    assert single.fingerprint()["model"] != whole.fingerprint()["model"]
    assert (pixels(png(single, request_for(single))) == pixels(png(whole, request_for(whole)))).all()
    single.close()
    whole.close()
    in_one = pipeline_files(folder, "", "auto").parameters
    in_parts = single_file(file, folder, "auto").parameters
    assert in_parts == {
        "cond_stage_model.": in_one["text_encoder"],
        "first_stage_model.": in_one["vae"],
        "denoiser": in_one["unet"],
    }
    pickle = Path(shutil.copy(file, desk.scratch.parent / "old.ckpt"))
    assert "family of old.ckpt cannot be told; set MOOSTIK_DIFFUSERS_FAMILY: sd15, sdxl" in fault_of(desk, pickle)
    assert 'hf download stable-diffusion-v1-5/stable-diffusion-v1-5 --include "*.json"' in fault_of(desk, file)


def test_a_model_of_one_part_goes_by_its_weights(tiny_models: TinyModels):
    one, other = tiny_models.controlnet("sdxl"), tiny_models.controlnet("sdxl", "depth")
    assert model_identity(one, FileHashes()) == model_identity(one, FileHashes())
    assert model_identity(one, FileHashes()) != model_identity(other, FileHashes())
    with pytest.raises(RendererUnavailable, match=r"lacks diffusion_pytorch_model\.safetensors"):
        model_identity(one.parent, FileHashes())
