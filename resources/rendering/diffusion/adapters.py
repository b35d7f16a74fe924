"""LoRAs and IP-Adapters: loaded from this disk alone, and reference images encoded once for all angles of a shot.

Of the families here, SD 1.5, SDXL and FLUX.1 take reference images through an IP-Adapter.
"""

import inspect
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.pictures import opened, squared
from resources.rendering.diffusion.weights import model_variant

_KEPT = 64
"""Encodings kept, where the model is: at most 1.3 MB each."""


def image_encoder_beside(ip_adapter: Path) -> Path | None:
    """The image encoder of an IP-Adapter's file, where it lies beside it as published, in `image_encoder/`."""
    folder = ip_adapter.parent / "image_encoder"
    return folder if (folder / "config.json").is_file() else None


def load_adapters(
    pipe: Any, ip_adapter: Path | None, image_encoder: Path | None, loras: Sequence[tuple[Path, float]]
) -> None:
    """Put LoRAs (with weights) and an IP-Adapter into a pipeline; to be done before anything of it is offloaded.

    LoRAs are melted into the model's own weights, so that they cost no time for each image.

    Args:
        image_encoder: folder of the IP-Adapter's CLIP image encoder; None: beside it.

    Raises:
        RendererUnavailable: a file is missing, no adapter, or made for another model.
    """
    for file in filter(None, (ip_adapter, *(file for file, _ in loras))):
        if not file.is_file():
            raise RendererUnavailable(f"diffusers: there is no file {file}")
    _melt_loras(pipe, loras)
    if ip_adapter is not None:
        _load_ip_adapter(pipe, ip_adapter, image_encoder or image_encoder_beside(ip_adapter))


def _melt_loras(pipe: Any, loras: Sequence[tuple[Path, float]]) -> None:
    names = [f"lora{index}" for index in range(len(loras))]
    for name, (file, _) in zip(names, loras, strict=True):
        try:
            pipe.load_lora_weights(str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True)
        except Exception as error:  # of diffusers, peft, safetensors or torch: whatever a wrong file makes them say
            raise _unfit("LoRA", file, error) from error
        if not any(name in loaded for loaded in pipe.get_list_adapters().values()):
            raise RendererUnavailable(f"diffusers: the LoRA {file} has nothing for a {type(pipe).__name__}")
    if names:
        pipe.set_adapters(names, [weight for _, weight in loras])
        pipe.fuse_lora(adapter_names=names)
        pipe.unload_lora_weights()


def _load_ip_adapter(pipe: Any, file: Path, encoder: Path | None) -> None:
    from transformers import CLIPImageProcessorPil, CLIPVisionModelWithProjection

    if encoder is None or not (encoder / "config.json").is_file():
        where = encoder or file.parent / "image_encoder"
        raise RendererUnavailable(
            f"diffusers: the IP-Adapter {file.name} needs its CLIP image encoder, and {where} holds none; "
            "set MOOSTIK_DIFFUSERS_IMAGE_ENCODER to its folder"
        )
    denoiser = _denoiser(pipe)
    try:
        model: Any = CLIPVisionModelWithProjection.from_pretrained(
            encoder, dtype=denoiser.dtype, variant=model_variant(encoder), local_files_only=True
        )
    except Exception as error:
        raise RendererUnavailable(f"diffusers: {encoder} is no CLIP image encoder: {_said(error)}") from error
    size = model.config.image_size
    pipe.register_modules(
        image_encoder=model.to(pipe.device).eval(),
        # Pillow's arithmetic, whether or not torchvision is installed: the same pixels everywhere.
        feature_extractor=CLIPImageProcessorPil(size=size, crop_size=size),
    )
    without_encoder = (
        {"image_encoder_folder": None}
        if hasattr(pipe, "unet")
        else {"image_encoder_pretrained_model_name_or_path": None}
    )
    try:
        pipe.load_ip_adapter(
            str(file.parent), subfolder="", weight_name=file.name, local_files_only=True, **without_encoder
        )
        _check_fit(denoiser, model, file)
    except RendererUnavailable:
        raise
    except Exception as error:
        raise _unfit("IP-Adapter", file, error) from error


def _check_fit(denoiser: Any, encoder: Any, file: Path) -> None:
    """Encoder and adapter speak of vectors of the same length."""
    for layer in denoiser.encoder_hid_proj.image_projection_layers:
        wanted = getattr(getattr(layer, "image_embeds", None), "in_features", None)
        if wanted is not None and wanted != encoder.config.projection_dim:
            raise RendererUnavailable(
                f"diffusers: the IP-Adapter {file.name} was made for an image encoder of {wanted} values, and this one "
                f"gives {encoder.config.projection_dim}; set MOOSTIK_DIFFUSERS_IMAGE_ENCODER to the right one"
            )


class ReferenceEncodings:
    """Encodings of reference images for a pipeline's IP-Adapter, kept by the sha256 of the image."""

    def __init__(self, base: Any, scale: float) -> None:
        self._base = base
        self._scale = scale
        self._kept: OrderedDict[str, tuple[Any, Any]] = OrderedDict()

    def arguments(self, pipe: Any, images: Sequence[tuple[str, bytes]], guided: bool) -> dict[str, Any]:
        """Arguments with which `pipe`, which shares the model of the base pipeline, sees these images.

        Sets how much they count, which is a state of the model: to be called before each image, with none for none.

        Args:
            images: sha256 and bytes of each, all of them for the one adapter.
            guided: the pipeline works with guidance, and so with a negative.

        Raises:
            ValueError: bytes that are no image.
        """
        import torch

        self._base.set_ip_adapter_scale(self._scale if images else 0.0)
        seen = [self._encoding(sha256, data) for sha256, data in images] or [self._nothing()]
        positive = torch.stack([one for one, _ in seen], dim=1)
        negative = torch.stack([none for _, none in seen], dim=1)
        if hasattr(pipe, "unet"):
            return {"ip_adapter_image_embeds": [torch.cat([negative, positive]) if guided else positive]}
        if "ip_adapter_image_embeds" in inspect.signature(pipe.__call__).parameters:
            return {"ip_adapter_image_embeds": [positive], "negative_ip_adapter_image_embeds": [negative]}
        return {"joint_attention_kwargs": {"ip_adapter_image_embeds": [positive]}}

    def _encoding(self, sha256: str, data: bytes) -> tuple[Any, Any]:
        """Of the image and of nothing, each (1, ...)."""
        found = self._kept.get(sha256)
        if found is None:
            found = self._kept[sha256] = self._encoded(squared(opened(data)))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(sha256)
        return found

    def _encoded(self, image: Any) -> tuple[Any, Any]:
        import torch
        from diffusers.models.embeddings import ImageProjection

        with torch.inference_mode():
            if hasattr(self._base, "unet"):
                (layer,) = self._base.unet.encoder_hid_proj.image_projection_layers
                detailed = not isinstance(layer, ImageProjection)
                return self._base.encode_image(image, self._base._execution_device, 1, detailed)
            found = self._base.encode_image(image, self._base._execution_device, 1)
            return found, torch.zeros_like(found)

    def _nothing(self) -> tuple[Any, Any]:
        """What an adapter that is loaded is given where there are no images: at scale 0 it says nothing."""
        from PIL import Image

        if "" not in self._kept:
            self._kept[""] = self._encoded(Image.new("RGB", (8, 8)))
        return self._kept[""]


def _denoiser(pipe: Any) -> Any:
    return pipe.unet if hasattr(pipe, "unet") else pipe.transformer


def _unfit(kind: str, file: Path, error: Exception) -> RendererUnavailable:
    return RendererUnavailable(f"diffusers: the {kind} {file} does not fit this model: {_said(error)}")


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:2])[:200] or type(error).__name__
