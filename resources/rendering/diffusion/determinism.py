"""The same pixels from the same request: torch's global switches, set while an image is made, and put back."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"
_WORKSPACE_SIZE = ":4096:8"


def prepare_environment() -> None:
    """What cuBLAS reads when the GPU is first used, so before the model is loaded.

    Source: "Results reproducibility" in NVIDIA's cuBLAS documentation.
    """
    os.environ.setdefault(_WORKSPACE, _WORKSPACE_SIZE)


@contextmanager
def deterministic(notes: list[str], cpu_threads: int) -> Iterator[None]:
    """Deterministic algorithms, no tuning by time, full float32; an operation that has none is noted.

    On the CPU, sums are split among threads, so that their number decides the last bits: it is fixed.

    Source: "Reproducibility" in PyTorch's documentation.
    """
    import torch

    before, threads = torch.get_deterministic_debug_mode(), torch.get_num_threads()
    torch.set_num_threads(cpu_threads)
    switches: list[tuple[Any, str]] = [
        (torch.backends.cudnn, "benchmark"),
        (torch.backends.cudnn, "allow_tf32"),
        (torch.backends.cuda.matmul, "allow_tf32"),
    ]
    values = [getattr(place, name) for place, name in switches]
    # As use_deterministic_algorithms(True, warn_only=True), which would load the compiler: three seconds.
    torch.set_deterministic_debug_mode("warn")
    for place, name in switches:
        setattr(place, name, False)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        said = [str(warning.message) for warning in caught]
        notes += [f"not deterministic: {_operation(text)}" for text in said if "deterministic" in text]
    finally:
        for (place, name), value in zip(switches, values, strict=True):
            setattr(place, name, value)
        torch.set_deterministic_debug_mode(before)
        torch.set_num_threads(threads)


def _operation(text: str) -> str:
    return text.split(" does not have")[0].splitlines()[0]
