"""What the GPU holds, by `nvidia-smi`: no driver library is needed for that."""

import shutil
import subprocess

_SECONDS = 10.0
_MEBIBYTE = 1 << 20
HEADROOM_BYTES = 512 * _MEBIBYTE
"""Left free on each card: what a process takes for itself beside its model."""


def free_vram_bytes() -> list[int]:
    """Free memory of each GPU, in bytes; none where there is no GPU, or nobody who could tell."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        answer = subprocess.run(
            [program, "--query-gpu=memory.free", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    # A card that cannot tell says "[N/A]".
    return [int(line) * _MEBIBYTE for line in answer.stdout.split("\n") if line.strip().isdigit()]


def gpu_slots(need_bytes: int) -> int:
    """How many workers of that need fit into the free memory of the first GPU; 1 where there is none, or no need known.

    Only the first GPU counts, since it is the one that a renderer takes.
    """
    free = free_vram_bytes()
    if not free or need_bytes <= 0:
        return 1
    return max(1, (free[0] - HEADROOM_BYTES) // need_bytes)
