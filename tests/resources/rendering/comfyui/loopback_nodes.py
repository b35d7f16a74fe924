"""The nodes of the loopback ComfyUI server: what /object_info says of them, and the picture that a graph makes."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

Graph = dict[str, dict[str, Any]]

CHECKPOINTS = ["dreamshaper_8.safetensors", "sd_xl_base_1.0.safetensors", "flux1-dev-fp8.safetensors"]
CONTROLNETS = ["control_canny.safetensors", "control_depth.safetensors"]
SAMPLERS = ["euler", "euler_ancestral", "dpmpp_2m"]
SCHEDULERS = ["normal", "karras", "simple"]
_UPLOAD = [[], {"image_upload": True}]
_COMBO = "COMBO"

REQUIRED: dict[str, dict[str, Any]] = {
    "CheckpointLoaderSimple": {"ckpt_name": [CHECKPOINTS]},
    "UNETLoader": {"unet_name": [["flux1-dev.safetensors"]], "weight_dtype": [["default", "fp8_e4m3fn"]]},
    "DualCLIPLoader": {
        # As newer servers say it.
        "clip_name1": [_COMBO, {"options": ["t5xxl_fp16.safetensors", "clip_l.safetensors"]}],
        "clip_name2": [_COMBO, {"options": ["t5xxl_fp16.safetensors", "clip_l.safetensors"]}],
        "type": [_COMBO, {"options": ["sdxl", "sd3", "flux"]}],
    },
    "VAELoader": {"vae_name": [["ae.safetensors"]]},
    "LoraLoader": {
        "model": ["MODEL"],
        "clip": ["CLIP"],
        "lora_name": [["papercut.safetensors"]],
        "strength_model": ["FLOAT", {}],
        "strength_clip": ["FLOAT", {}],
    },
    "CLIPTextEncode": {"text": ["STRING", {}], "clip": ["CLIP"]},
    "ConditioningZeroOut": {"conditioning": ["CONDITIONING"]},
    "FluxGuidance": {"conditioning": ["CONDITIONING"], "guidance": ["FLOAT", {}]},
    "EmptyLatentImage": {"width": ["INT", {}], "height": ["INT", {}], "batch_size": ["INT", {}]},
    "EmptySD3LatentImage": {"width": ["INT", {}], "height": ["INT", {}], "batch_size": ["INT", {}]},
    "KSampler": {
        "model": ["MODEL"],
        "seed": ["INT", {}],
        "steps": ["INT", {}],
        "cfg": ["FLOAT", {}],
        "sampler_name": [SAMPLERS],
        "scheduler": [SCHEDULERS],
        "positive": ["CONDITIONING"],
        "negative": ["CONDITIONING"],
        "latent_image": ["LATENT"],
        "denoise": ["FLOAT", {}],
    },
    "VAEDecode": {"samples": ["LATENT"], "vae": ["VAE"]},
    "VAEEncode": {"pixels": ["IMAGE"], "vae": ["VAE"]},
    "SaveImage": {"images": ["IMAGE"], "filename_prefix": ["STRING", {}]},
    "PreviewImage": {"images": ["IMAGE"]},
    "LoadImage": {"image": _UPLOAD},
    "ImageScale": {
        "image": ["IMAGE"],
        "upscale_method": [["nearest-exact", "bilinear", "lanczos"]],
        "width": ["INT", {}],
        "height": ["INT", {}],
        "crop": [["disabled", "center"]],
    },
    "ImageToMask": {"image": ["IMAGE"], "channel": [["red", "green", "blue", "alpha"]]},
    "SetLatentNoiseMask": {"samples": ["LATENT"], "mask": ["MASK"]},
    "DifferentialDiffusion": {"model": ["MODEL"]},
    "Canny": {"image": ["IMAGE"], "low_threshold": ["FLOAT", {}], "high_threshold": ["FLOAT", {}]},
    "DepthAnythingV2Preprocessor": {"image": ["IMAGE"]},
    "ControlNetLoader": {"control_net_name": [CONTROLNETS]},
    "ControlNetApplyAdvanced": {
        "positive": ["CONDITIONING"],
        "negative": ["CONDITIONING"],
        "control_net": ["CONTROL_NET"],
        "image": ["IMAGE"],
        "strength": ["FLOAT", {}],
        "start_percent": ["FLOAT", {}],
        "end_percent": ["FLOAT", {}],
    },
    "CLIPVisionLoader": {"clip_name": [["clip_vision_h.safetensors"]]},
    "IPAdapterModelLoader": {"ipadapter_file": [["ip-adapter-plus_sdxl.safetensors"]]},
    "IPAdapterAdvanced": {"model": ["MODEL"], "ipadapter": ["IPADAPTER"], "image": ["IMAGE"], "weight": ["FLOAT", {}]},
    "StyleModelLoader": {"style_model_name": [["flux1-redux-dev.safetensors"]]},
    "CLIPVisionEncode": {"clip_vision": ["CLIP_VISION"], "image": ["IMAGE"], "crop": [["center", "none"]]},
    "StyleModelApply": {
        "conditioning": ["CONDITIONING"],
        "style_model": ["STYLE_MODEL"],
        "clip_vision_output": ["CLIP_VISION_OUTPUT"],
        "strength": ["FLOAT", {}],
        "strength_type": [["multiply", "attn_bias"]],
    },
}


def object_info(without: list[str]) -> dict[str, Any]:
    return {
        name: {"input": {"required": required, "optional": {}}, "name": name, "output_node": name in SAVING}
        for name, required in REQUIRED.items()
        if name not in without
    }


SAVING = ("SaveImage", "PreviewImage")
_SIZED = ("samples", "latent_image", "pixels", "image", "images")


def drawn(graph: Graph, node: str, inputs: Path) -> Image.Image:
    """The picture of a saving node: bands from a hash of the graph (file names left out), noise marks from the seed."""
    text = json.dumps([one for one in graph.values() if one["class_type"] not in SAVING], sort_keys=True)
    digest = hashlib.sha512((text + node).encode()).digest()
    size = size_of(graph, node, inputs)
    image = Image.frombytes("RGB", (3, 7), digest[:63]).resize(size, Image.Resampling.BICUBIC)
    ImageDraw.Draw(image).rectangle((2, 2, 12, 12), fill="#ffffff")
    return image


def size_of(graph: Graph, node: str, inputs: Path) -> tuple[int, int]:
    found = graph[node]
    values = found["inputs"]
    if "width" in values:
        return values["width"], values["height"]
    if found["class_type"] == "LoadImage":
        with Image.open(inputs / values["image"]) as image:
            return image.size
    width, height = size_of(graph, next(values[name][0] for name in _SIZED if name in values), inputs)
    if found["class_type"] == "VAEEncode":
        return width // 8 * 8, height // 8 * 8
    return width, height


def png_with_workflow(image: Image.Image, graph: Graph, prompt_id: str) -> bytes:
    """As SaveImage writes it: the graph is in the file, so that equal pixels have different bytes."""
    info = PngInfo()
    info.add_text("prompt", json.dumps(graph))
    info.add_text("workflow", prompt_id)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info, compress_level=4)
    return buffer.getvalue()
