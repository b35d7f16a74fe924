"""The best embedder of this machine: vectors of length 1 whose inner product says how alike two images are."""

import os
from collections.abc import Mapping
from pathlib import Path

from resources.embedder import Embedder, EmbedderUnavailable

WEIGHTS_VARIABLE = "MOOSTIK_CLIP_WEIGHTS"


def best_embedder(environment: Mapping[str, str] = os.environ) -> Embedder:
    """CLIP ViT-B/32 where open_clip and its weights are on this machine, else the descriptor of colour and layout.

    Weights: the file that MOOSTIK_CLIP_WEIGHTS names (`off`: none), else what the hub's cache holds. Nothing is ever
    downloaded.

    Raises:
        EmbedderUnavailable: MOOSTIK_CLIP_WEIGHTS names no file, or open_clip is not installed to read it.
    """
    from resources.embedding_by_clip import ClipEmbedder, cached_weights, can_embed
    from resources.embedding_by_colour import ColourEmbedder

    named = environment.get(WEIGHTS_VARIABLE, "").strip()
    if named == "off":
        return ColourEmbedder()
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise EmbedderUnavailable(f"{_says(named)}: no such file; name the weights of CLIP ViT-B/32, or say off")
        if not can_embed():
            raise EmbedderUnavailable(f"{_says(named)}: open_clip is not installed (pip install open-clip-torch)")
        return ClipEmbedder(path)
    weights = cached_weights() if can_embed() else None
    return ColourEmbedder() if weights is None else ClipEmbedder(weights)


def _says(value: str) -> str:
    return f"{WEIGHTS_VARIABLE} = {value!r}"
