"""Embeddings by CLIP ViT-B/32 (Radford et al., 2021) through open_clip, with weights that lie on this machine.

Nothing is ever downloaded: open_clip fetches what it is asked for by name, so it is only ever handed a file.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from resources.embedder import EmbedderUnavailable, decoded

MODEL = "ViT-B-32"
DIMENSIONS = 512
REPOSITORIES = (
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    "laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K",
    "timm/vit_base_patch32_clip_224.openai",
)
"""Whose weights are looked for in the hub's cache, the one to be preferred first."""
_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
_ENDS = 1 << 20
_BATCH = 32


def can_embed() -> bool:
    """Whether open_clip is installed (extra `local`)."""
    return find_spec("open_clip") is not None


def cached_weights() -> Path | None:
    """The weights in the hub's cache; None where there are none."""
    if find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import try_to_load_from_cache

    for repository in REPOSITORIES:
        for name in _FILES:
            found = try_to_load_from_cache(repository, name)
            if isinstance(found, str):
                return Path(found)
    return None


@dataclass(frozen=True)
class _Loaded:
    model: Any
    preprocess: Callable[[Image.Image], Any]
    device: str


class ClipEmbedder:
    """CLIP's image encoder. The model is loaded when the first image comes, onto the GPU where there is one."""

    dimensions = DIMENSIONS

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self.name = f"clip-vit-b-32-{_digest(weights)[:12]}"

    def embed(self, images: Sequence[bytes]) -> np.ndarray:
        """The vectors of encoded images, (n, 512) of float32, each of length 1.

        Raises:
            ValueError: one of them is no image that can be read.
            EmbedderUnavailable: the weights are not those of CLIP ViT-B/32.
        """
        import torch

        loaded = self._loaded
        found = [np.zeros((0, DIMENSIONS), np.float32)]
        for start in range(0, len(images), _BATCH):
            pixels = torch.stack([loaded.preprocess(decoded(image)) for image in images[start : start + _BATCH]])
            with torch.inference_mode():
                vectors = loaded.model.encode_image(pixels.to(loaded.device), normalize=True)
            found.append(vectors.float().cpu().numpy())
        return np.concatenate(found)

    @cached_property
    def _loaded(self) -> _Loaded:
        import open_clip  # type: ignore[import-not-found]
        import torch

        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            # Squashed, a frame of a film is seen up to its edges; CLIP's own crop would cut them off.
            model, _, preprocess = open_clip.create_model_and_transforms(
                MODEL,
                pretrained=str(self._weights),
                device=device,
                force_quick_gelu=_made_with_quick_gelu(self._weights),
                image_resize_mode="squash",
            )
        except Exception as error:  # whatever a file that is something else makes of torch and safetensors
            reason = f"no weights of CLIP {MODEL} that open_clip can load ({type(error).__name__})"
            raise EmbedderUnavailable(f"{self._weights}: {reason}") from error
        model.eval()
        return _Loaded(model, preprocess, device)


def _digest(weights: Path) -> str:
    """Of the file's size, first and last MiB: other weights, another digest, without reading all of them."""
    with weights.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(0, size - _ENDS)):
            file.seek(start)
            digest.update(file.read(_ENDS))
    return digest.hexdigest()


def _made_with_quick_gelu(weights: Path) -> bool:
    """OpenAI's own weights, and those that say it in their name, were trained with another activation."""
    path = str(weights).lower()
    return "quickgelu" in path or "clip_224.openai" in path
