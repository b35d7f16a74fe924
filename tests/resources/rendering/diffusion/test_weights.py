"""The files of a model: their identity, what is missing of them, and a recipe's fingerprint; nothing is loaded."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from resources.canonical import canonical_json
from resources.file_hashes import FileHashes
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.weights import model_identity, pipeline_files
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.rendering import Desk, pixels, png, request_for

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
    assert 'hf download stable-diffusion-v1-5/stable-diffusion-v1-5 --include "*.json"' in fault_of(desk, file)


def test_a_model_of_one_part_goes_by_its_weights(tiny_models: TinyModels):
    one, other = tiny_models.controlnet("sdxl"), tiny_models.controlnet("sdxl", "depth")
    assert model_identity(one, FileHashes()) == model_identity(one, FileHashes())
    assert model_identity(one, FileHashes()) != model_identity(other, FileHashes())
    with pytest.raises(RendererUnavailable, match=r"lacks diffusion_pytorch_model\.safetensors"):
        model_identity(one.parent, FileHashes())
