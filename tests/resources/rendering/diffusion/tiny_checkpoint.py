"""A tiny SD 1.5 in one file, in the layout of the original checkpoints (CompVis), as people share them.

Names follow scripts/convert_diffusers_to_original_stable_diffusion.py of huggingface/diffusers.
"""

import re
from pathlib import Path
from typing import Any

from tests.resources.rendering.diffusion.tiny_models import library

_UNET = (
    (r"^time_embedding\.linear_1", "time_embed.0"),
    (r"^time_embedding\.linear_2", "time_embed.2"),
    (r"^conv_in\.", "input_blocks.0.0."),
    (r"^conv_norm_out\.", "out.0."),
    (r"^conv_out\.", "out.2."),
    (r"^mid_block\.attentions\.0\.", "middle_block.1."),
    (r"^mid_block\.resnets\.0\.", "middle_block.0."),
    (r"^mid_block\.resnets\.1\.", "middle_block.2."),
)
_RESNET = (
    (r"\.norm1\.", ".in_layers.0."),
    (r"\.conv1\.", ".in_layers.2."),
    (r"\.norm2\.", ".out_layers.0."),
    (r"\.conv2\.", ".out_layers.3."),
    (r"\.time_emb_proj\.", ".emb_layers.1."),
    (r"\.conv_shortcut\.", ".skip_connection."),
)
_VAE = (
    (r"\.conv_shortcut\.", ".nin_shortcut."),
    (r"\.conv_norm_out\.", ".norm_out."),
    (r"\.mid_block\.attentions\.0\.group_norm\.", ".mid.attn_1.norm."),
    (r"\.mid_block\.attentions\.0\.to_([qkv])\.", r".mid.attn_1.\1."),
    (r"\.mid_block\.attentions\.0\.to_out\.0\.", ".mid.attn_1.proj_out."),
    (r"\.mid_block\.resnets\.0\.", ".mid.block_1."),
    (r"\.mid_block\.resnets\.1\.", ".mid.block_2."),
    (r"^encoder\.down_blocks\.(\d)\.resnets\.", r"encoder.down.\1.block."),
    (r"^encoder\.down_blocks\.(\d)\.downsamplers\.0\.", r"encoder.down.\1.downsample."),
)
_PER_BLOCK = 1
"""Layers of a block of the tiny UNet going down; going up there is one more."""


def tiny_checkpoint(file: Path, model: Path) -> Path:
    """The tiny SD 1.5 in the folder `model` as one .safetensors file."""
    found: dict[str, Any] = {}
    for part, prefix, renamed in (
        ("unet", "model.diffusion_model.", _in_unet),
        ("vae", "first_stage_model.", _in_vae),
        ("text_encoder", "cond_stage_model.transformer.", _in_text),
    ):
        (weights,) = (model / part).glob("*.safetensors")
        for name, tensor in library("safetensors.torch").load_file(weights).items():
            original = prefix + renamed(name)
            if ".mid.attn_1." in original and tensor.ndim == 2:
                tensor = tensor[..., None, None]
            assert original not in found
            found[original] = tensor.contiguous()
    library("safetensors.torch").save_file(found, file)
    return file


def _in_text(name: str) -> str:
    return name if name.startswith("text_model.") else f"text_model.{name}"


def _in_vae(name: str) -> str:
    name = _renamed(name, _VAE)
    up = re.match(r"decoder\.up_blocks\.(\d)\.(resnets\.|upsamplers\.0\.)(.*)", name)
    if up is None:
        return name
    return f"decoder.up.{3 - int(up[1])}.{'block.' if up[2] == 'resnets.' else 'upsample.'}{up[3]}"


def _in_unet(name: str) -> str:
    block = re.match(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.*)", name)
    if block is not None:
        name = _in_block(block[1], int(block[2]), block[3], int(block[4]), block[5])
    else:
        name = _renamed(name, _UNET)
    is_resnet = re.match(r"(input_blocks\.[1-9]\d*|output_blocks\.\d+|middle_block)\.[02]\.(norm|conv|time)", name)
    return _renamed(name, _RESNET) if is_resnet and ".op." not in name else name


def _in_block(way: str, block: int, kind: str, layer: int, rest: str) -> str:
    if way == "down":
        at = block * (_PER_BLOCK + 1) + layer + 1
        if kind == "downsamplers":
            return f"input_blocks.{(block + 1) * (_PER_BLOCK + 1)}.0.{rest.replace('conv.', 'op.')}"
        return f"input_blocks.{at}.{0 if kind == 'resnets' else 1}.{rest}"
    at = block * (_PER_BLOCK + 1) + layer
    if kind == "upsamplers":
        attends = block == 0  # of the tiny UNet's two blocks going up
        return f"output_blocks.{block * (_PER_BLOCK + 1) + _PER_BLOCK}.{2 if attends else 1}.{rest}"
    return f"output_blocks.{at}.{0 if kind == 'resnets' else 1}.{rest}"


def _renamed(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, original in rules:
        name = re.sub(pattern, original, name)
    return name
