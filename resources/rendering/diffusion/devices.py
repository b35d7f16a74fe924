"""Which device there is, found out without importing torch: a plan needs to know it, and must stay fast."""

import ctypes
import platform
import re
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Device = Literal["cuda", "mps", "cpu"]

_CUDA_LIBRARIES = ("libcuda.so.1", "nvcuda.dll")
_ROCM_DEVICE = Path("/dev/kfd")


@cache
def best_device() -> Device:
    """cuda where torch was built for a GPU that is there (ROCm included), mps on Apple silicon, else cpu."""
    built_for = _torch_build()
    if "cuda" in built_for and _cuda_devices() > 0:
        return "cuda"
    if "hip" in built_for and _ROCM_DEVICE.exists():
        return "cuda"
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return "mps"
    return "cpu"


def precision(asked: str, device: str, half: str) -> str:
    """The precision of a device: as asked, else the family's half precision on a GPU, and float32 on the CPU."""
    if asked != "auto":
        return asked
    return "float32" if device == "cpu" else half


def _torch_build() -> set[str]:
    """Which of cuda and hip the installed torch was built for, as its own version.py says."""
    spec = find_spec("torch")
    if spec is None or spec.origin is None:
        return set()
    with suppress(OSError):
        text = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
        return set(re.findall(r"^(cuda|hip)\b[^=]*=\s*['\"]", text, re.MULTILINE))
    return set()


def _cuda_devices() -> int:
    """GPUs that the CUDA driver shows to this process (CUDA_VISIBLE_DEVICES counts); 0 without a driver."""
    for name in _CUDA_LIBRARIES:
        with suppress(OSError):
            driver = ctypes.CDLL(name)
            count = ctypes.c_int(0)
            if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0:
                return count.value
    return 0
