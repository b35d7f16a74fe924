"""Memory: what leaves the GPU while it is not used, how a lack of it is told, and what would fit."""

import gc
from collections.abc import Mapping
from math import sqrt
from typing import Literal

Offload = Literal["none", "model", "sequential"]

WORKING_BYTES_PER_PIXEL = 3_000
"""What an image of a million pixels needs beside the weights, in half precision: about 3 GB, most of it in the VAE."""
_SIGNS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    "bad_alloc",
    "alloc_failed",
)


def offload_for(free: int, components: Mapping[str, int], working: int) -> Offload:
    """The fastest way in which a model runs in the free memory of a GPU.

    Args:
        free: bytes.
        components: bytes of each part's weights.
        working: bytes that an image needs beside them.
    """
    if sum(components.values()) + working <= free:
        return "none"
    if max(components.values(), default=0) + working <= free:
        return "model"
    return "sequential"


def gpu_bytes(offload: Offload | Literal["auto"], components: Mapping[str, int], working: int) -> int:
    """Bytes of GPU memory that a worker needs; where the offload follows the free memory, as if all stayed there."""
    if offload == "sequential":
        return working
    if offload == "model":
        return max(components.values(), default=0) + working
    return sum(components.values()) + working


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, of a GPU or of the machine: each backend has its own words."""
    at: BaseException | None = error
    while at is not None:
        text = str(at).lower()
        said = isinstance(at, RuntimeError | OSError) and any(sign in text for sign in _SIGNS)
        if said or isinstance(at, MemoryError):
            return True
        at = at.__cause__ or at.__context__  # a library may say only that its file cannot be loaded
    return False


def what_fits(width: int, height: int, free: int, needed_per_pixel: float, multiple: int) -> tuple[int, int] | None:
    """The largest size of these proportions that some free bytes hold; None where not even the smallest does.

    It is smaller than what was asked for in any case, since that did not fit.
    """
    scale = min(sqrt(max(free, 0) / (needed_per_pixel * width * height)), 0.9)
    fitting = int(width * scale) // multiple * multiple, int(height * scale) // multiple * multiple
    return fitting if min(fitting) >= multiple else None


def free_bytes(device: str) -> int | None:
    """Free memory of the GPU, or of the machine, in bytes; None where it cannot be told."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None


def give_back(device: str) -> None:
    """Return what is not used any more to the GPU, or to the machine."""
    gc.collect()
    if device == "cuda":
        import torch

        torch.cuda.empty_cache()
    elif device == "mps":
        import torch

        torch.mps.empty_cache()
