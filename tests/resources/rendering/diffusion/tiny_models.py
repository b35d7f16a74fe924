"""Real models at a tiny config, with seeded random weights and tokenizers made on the spot, saved as real ones are.

The configs follow those of the tests of diffusers. The VAE scales by 8, as the real ones do.
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

_HIDDEN = 32
_PROJECTED = 32
_WORDS = ("mama", "papa", "kitchen", "a", "the", "snow", "castle", "night", "wide", "shot", "light", "of", "in")


def tiny_sd15(folder: Path) -> Path:
    """A Stable Diffusion 1.5 pipeline."""
    import torch

    diffusers = library("diffusers")

    torch.manual_seed(0)
    pipeline = diffusers.StableDiffusionPipeline(
        vae=_vae(latent_channels=4, scaling_factor=0.18215),
        text_encoder=_clip_text(projected=False),
        tokenizer=_clip_tokenizer(),
        unet=_unet(_HIDDEN),
        scheduler=diffusers.PNDMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, folder)


def tiny_sdxl(folder: Path) -> Path:
    """A Stable Diffusion XL pipeline, base."""
    import torch

    diffusers = library("diffusers")

    torch.manual_seed(1)
    pipeline = diffusers.StableDiffusionXLPipeline(
        vae=_vae(latent_channels=4, scaling_factor=0.13025, force_upcast=True),
        text_encoder=_clip_text(projected=False),
        text_encoder_2=_clip_text(projected=True),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_clip_tokenizer(pad_token="!"),
        unet=_unet(
            2 * _HIDDEN,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + _PROJECTED,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            timestep_spacing="leading",
            steps_offset=1,
        ),
        image_encoder=None,
        feature_extractor=None,
        force_zeros_for_empty_prompt=True,
    )
    return _saved(pipeline, folder)


def tiny_flux(folder: Path) -> Path:
    """A FLUX.1 [dev] pipeline: CLIP and T5, 16 latent channels, a shift."""
    import torch

    diffusers = library("diffusers")
    transformers = library("transformers")

    torch.manual_seed(2)
    tokenizer = _t5_tokenizer()
    pipeline = diffusers.FluxPipeline(
        vae=_vae(latent_channels=16, scaling_factor=0.3611, shift_factor=0.1159, quant=False),
        text_encoder=_clip_text(projected=False),
        tokenizer=_clip_tokenizer(),
        text_encoder_2=transformers.T5EncoderModel(
            transformers.T5Config(
                vocab_size=len(tokenizer),
                d_model=_HIDDEN,
                d_kv=8,
                d_ff=37,
                num_layers=2,
                num_heads=4,
                feed_forward_proj="gated-gelu",
                tie_word_embeddings=False,
            )
        ).eval(),
        tokenizer_2=tokenizer,
        transformer=diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=_HIDDEN,
            pooled_projection_dim=_HIDDEN,
            axes_dims_rope=(4, 4, 8),
            guidance_embeds=True,
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
    )
    return _saved(pipeline, folder)


def tiny_lcm(folder: Path) -> Path:
    """A Stable Diffusion 1.5 pipeline whose UNet is a latent consistency model."""
    import torch

    diffusers = library("diffusers")

    tiny_sd15(folder)
    torch.manual_seed(7)
    unet = _unet(_HIDDEN, time_cond_proj_dim=8)
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(
        folder, unet=unet, scheduler=diffusers.LCMScheduler(), local_files_only=True
    )
    return _saved(pipeline, folder)


TINY_PIPELINES = {"sd15": tiny_sd15, "sdxl": tiny_sdxl, "flux": tiny_flux, "lcm": tiny_lcm}


def tiny_controlnet(folder: Path, family: str, model: Path, seed: int = 3) -> Path:
    """A ControlNet for the tiny model of that family in the folder `model`; its zero convolutions are none."""
    import torch

    diffusers = library("diffusers")

    torch.manual_seed(seed)
    if family == "flux":
        transformer = diffusers.FluxTransformer2DModel.from_pretrained(
            model, subfolder="transformer", local_files_only=True
        )
        net = diffusers.FluxControlNetModel.from_transformer(
            transformer, num_layers=1, num_single_layers=1, num_attention_heads=2, attention_head_dim=16
        )
    else:
        unet = diffusers.UNet2DConditionModel.from_pretrained(model, subfolder="unet", local_files_only=True)
        net = diffusers.ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 8, 8))
    with torch.no_grad():
        for weights in net.parameters():
            if not weights.any():
                weights.normal_(0, 0.2)
    net.save_pretrained(folder)
    return folder


def tiny_ip_adapter(folder: Path, family: str, model: Path) -> Path:
    """An IP-Adapter: `ip-adapter.safetensors`, and its CLIP image encoder in `image_encoder/`."""
    import torch

    diffusers = library("diffusers")
    from safetensors.torch import save_file

    transformers = library("transformers")

    torch.manual_seed(4)
    encoder = transformers.CLIPVisionModelWithProjection(
        transformers.CLIPVisionConfig(
            hidden_size=_HIDDEN,
            intermediate_size=37,
            projection_dim=_PROJECTED,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=32,
            patch_size=8,
        )
    )
    encoder.eval().save_pretrained(folder / "image_encoder")
    transformers.CLIPImageProcessor(size=32, crop_size=32).save_pretrained(folder / "image_encoder")
    if family == "flux":
        transformer = diffusers.FluxTransformer2DModel.from_pretrained(
            model, subfolder="transformer", local_files_only=True
        )
        width = transformer.config["joint_attention_dim"]
        state = _image_projection(width)
        for index in range(transformer.config["num_layers"]):
            for part in ("to_k_ip", "to_v_ip"):
                state[f"ip_adapter.{index}.{part}.weight"] = torch.randn(transformer.inner_dim, width) * 0.5
                state[f"ip_adapter.{index}.{part}.bias"] = torch.zeros(transformer.inner_dim)
    else:
        unet = diffusers.UNet2DConditionModel.from_pretrained(model, subfolder="unet", local_files_only=True)
        width = unet.config["cross_attention_dim"]
        state = _image_projection(width)
        index = 1
        for name, part in unet.named_modules():
            if name.endswith("attn2"):
                inner = part.to_k.weight.shape[0]  # type: ignore[union-attr]
                state[f"ip_adapter.{index}.to_k_ip.weight"] = torch.randn(inner, width) * 0.5
                state[f"ip_adapter.{index}.to_v_ip.weight"] = torch.randn(inner, width) * 0.5
                index += 2
    save_file(state, folder / "ip-adapter.safetensors")
    return folder


def _image_projection(width: int) -> dict[str, Any]:
    import torch

    return {
        "image_proj.proj.weight": torch.randn(4 * width, _PROJECTED) * 0.2,
        "image_proj.proj.bias": torch.zeros(4 * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }


def tiny_lora(folder: Path, family: str, model: Path, seed: int = 5) -> Path:
    """A LoRA over the attention of the tiny model of that family: the file itself, in the layout of diffusers."""
    import torch

    diffusers = library("diffusers")
    from peft import LoraConfig, get_peft_model_state_dict

    torch.manual_seed(seed)
    kind, part = (
        (diffusers.FluxTransformer2DModel, "transformer")
        if family == "flux"
        else (diffusers.UNet2DConditionModel, "unet")
    )
    net: Any = kind.from_pretrained(model, subfolder=part, local_files_only=True)
    net.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_k", "to_v"], init_lora_weights=False))
    layers = {f"{part}_lora_layers": get_peft_model_state_dict(net)}
    pipeline: Any = diffusers.FluxPipeline if family == "flux" else diffusers.StableDiffusionPipeline
    pipeline.save_lora_weights(folder, **layers, weight_name="lora.safetensors")
    return folder / "lora.safetensors"


def library(name: str) -> Any:
    """Untyped: these libraries give their classes out lazily, which pyright cannot see."""
    return import_module(name)


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder)
    return folder


def _unet(cross_attention: int, **more: Any) -> Any:
    diffusers = library("diffusers")

    return diffusers.UNet2DConditionModel(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(16, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=cross_attention,
        attention_head_dim=8,
        norm_num_groups=8,
        use_linear_projection=bool(more),
        **more,
    ).eval()


def _vae(latent_channels: int, scaling_factor: float, *, quant: bool = True, **more: Any) -> Any:
    diffusers = library("diffusers")

    blocks = 4
    return diffusers.AutoencoderKL(
        block_out_channels=(8,) * blocks,
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        latent_channels=latent_channels,
        norm_num_groups=4,
        layers_per_block=1,
        sample_size=64,
        scaling_factor=scaling_factor,
        use_quant_conv=quant,
        use_post_quant_conv=quant,
        **more,
    ).eval()


def _clip_text(projected: bool) -> Any:
    transformers = library("transformers")

    config = transformers.CLIPTextConfig(
        hidden_size=_HIDDEN,
        projection_dim=_PROJECTED,
        intermediate_size=37,
        num_hidden_layers=3,
        num_attention_heads=4,
        vocab_size=len(_clip_vocabulary()[0]),
        max_position_embeddings=77,
        bos_token_id=0,
        eos_token_id=2,  # as the published configs have it: the pooled token is the one of the highest id
        hidden_act="gelu" if projected else "quick_gelu",
    )
    return (transformers.CLIPTextModelWithProjection if projected else transformers.CLIPTextModel)(config).eval()


def _clip_tokenizer(pad_token: str = "<|endoftext|>") -> Any:
    transformers = library("transformers")

    vocabulary, merges = _clip_vocabulary()
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=merges, pad_token=pad_token, model_max_length=77)


def _clip_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The bytes, each also as the end of a word; merges that make words of more than one of them; the two marks."""
    letters = sorted(_letters_of_bytes())
    tokens = [*letters, *(f"{letter}</w>" for letter in letters)]
    merges: list[tuple[str, str]] = []
    for word in _WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            pair = (parts[0], parts[1])
            parts = [parts[0] + parts[1], *parts[2:]]
            if pair not in merges:
                merges.append(pair)
                tokens.append(parts[0])
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return {token: index for index, token in enumerate(dict.fromkeys(tokens))}, merges


def _letters_of_bytes() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    return ByteLevel.alphabet()


def _t5_tokenizer() -> Any:
    transformers = library("transformers")

    pieces = ["▁", *(f"▁{word}" for word in _WORDS), *(chr(code) for code in range(33, 127))]
    scored = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    scored += [(piece, -1.0 if len(piece) > 1 else -8.0) for piece in dict.fromkeys(pieces)]
    scored += [(f"<extra_id_{index}>", 0.0) for index in range(99, -1, -1)]
    return transformers.T5Tokenizer(vocab=scored, model_max_length=512)


def picture(width: int, height: int, seed: int = 0) -> np.ndarray:
    """A picture with shapes and shades, uint8 (height, width, 3): a sloping light, a box, some grain."""
    random = np.random.Generator(np.random.PCG64(seed))
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    light = random.uniform(40, 200, 3) + (x / width)[..., None] * random.uniform(-60, 60, 3)
    light += (y / height)[..., None] * random.uniform(-60, 60, 3)
    left, top = (int(value) for value in random.uniform(0.1, 0.5, 2) * (width, height))
    light[top : top + height // 3, left : left + width // 3] = random.uniform(0, 255, 3)
    return np.clip(light + random.normal(0, 2, light.shape), 0, 255).astype(np.uint8)


def tiny_depth_model(folder: Path, metric: bool = False) -> Path:
    """A depth estimator: Depth Anything, whose relative models give nearness, and whose metric ones a distance."""
    import torch

    transformers = library("transformers")
    torch.manual_seed(6)
    backbone = transformers.Dinov2Config(
        hidden_size=_HIDDEN,
        num_hidden_layers=4,
        num_attention_heads=4,
        intermediate_size=37,
        image_size=56,
        patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        reshape_hidden_states=False,
        apply_layernorm=True,
    )
    config = transformers.DepthAnythingConfig(
        backbone_config=backbone,
        patch_size=14,
        reassemble_hidden_size=_HIDDEN,
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        head_hidden_size=8,
        depth_estimation_type="metric" if metric else "relative",
        max_depth=20,
    )
    model = transformers.DepthAnythingForDepthEstimation(config)
    with torch.no_grad():
        for weights in (*model.neck.parameters(), *model.head.parameters()):
            weights.normal_(0, 0.2)
    model.eval().save_pretrained(folder)
    processor = transformers.DPTImageProcessorPil(
        size={"height": 56, "width": 56}, ensure_multiple_of=14, keep_aspect_ratio=True
    )
    processor.save_pretrained(folder)
    return folder
