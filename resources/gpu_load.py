"""What others do with the GPU, and which programs run: NVML where nvidia-ml-py is there, else `nvidia-smi`."""

import os
import shutil
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

_SECONDS = 10.0
_MEBIBYTE = 1 << 20
_PROC = Path("/proc")
_NAME_BYTES = 15
"""Longest name that the kernel keeps of a program."""


@dataclass(frozen=True)
class GpuProcess:
    """A process on a card. Memory in bytes, load in percent of the card (0 where that is not told)."""

    pid: int
    name: str
    used_bytes: int = 0
    percent: float = 0.0


@dataclass(frozen=True)
class GpuLoad:
    """The state of one card. Its load is that of the last second; what it lists may be less than what it holds."""

    percent: float
    used_bytes: int
    processes: tuple[GpuProcess, ...] = field(default=())

    def of_others(self, own: Collection[int] | None) -> tuple[float, int]:
        """Load in percent and memory in bytes of the others; `own`: our process ids, None where we are not at work.

        While we are at work, only what is listed by process can be told from what is ours.
        """
        if own is None:
            return self.percent, self.used_bytes
        others = [process for process in self.processes if process.pid not in own]
        return sum(process.percent for process in others), sum(process.used_bytes for process in others)


def gpu_loads() -> list[GpuLoad]:
    """The state of each GPU; none where there is no GPU, or nobody who could tell."""
    found = _by_nvml()
    return _by_smi() if found is None else found


def _by_nvml() -> list[GpuLoad] | None:
    """None where NVML cannot be asked."""
    try:
        nvml: Any = import_module("pynvml")
        nvml.nvmlInit()
    except Exception:  # not installed, or no driver
        return None
    try:
        return [_card(nvml, nvml.nvmlDeviceGetHandleByIndex(index)) for index in range(nvml.nvmlDeviceGetCount())]
    except nvml.NVMLError:
        return None
    finally:
        nvml.nvmlShutdown()


def _card(nvml: Any, card: Any) -> GpuLoad:
    held: dict[int, int] = {}
    for listed in (nvml.nvmlDeviceGetComputeRunningProcesses, nvml.nvmlDeviceGetGraphicsRunningProcesses):
        held.update({one.pid: one.usedGpuMemory or 0 for one in listed(card)})
    try:
        loads = {one.pid: float(one.smUtil) for one in nvml.nvmlDeviceGetProcessUtilization(card, 0)}
    except nvml.NVMLError:  # nothing ran lately, or a card that cannot tell
        loads = {}
    return GpuLoad(
        float(nvml.nvmlDeviceGetUtilizationRates(card).gpu),
        int(nvml.nvmlDeviceGetMemoryInfo(card).used),
        tuple(GpuProcess(pid, program_name(pid), memory, loads.get(pid, 0.0)) for pid, memory in held.items()),
    )


def _by_smi() -> list[GpuLoad]:
    cards = _asked("--query-gpu=uuid,utilization.gpu,memory.used", "--format=csv,noheader,nounits")
    if not cards:
        return []
    listed = _asked("--query-compute-apps=gpu_uuid,pid,process_name,used_memory", "--format=csv,noheader,nounits")
    by_card: dict[str, list[GpuProcess]] = {}
    for uuid, pid, name, memory in (row for row in listed if len(row) == 4 and row[1].isdigit()):
        by_card.setdefault(uuid, []).append(GpuProcess(int(pid), name, int(_number(memory)) * _MEBIBYTE))
    return [
        GpuLoad(_number(percent), int(_number(memory)) * _MEBIBYTE, tuple(by_card.get(uuid, ())))
        for uuid, percent, memory in (row for row in cards if len(row) == 3)
    ]


def _asked(*arguments: str) -> list[list[str]]:
    """The lines of nvidia-smi's answer, split at commas; none where it gives none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        answer = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [[part.strip() for part in line.split(",")] for line in answer.stdout.splitlines() if line.strip()]


def _number(text: str) -> float:
    """A card that cannot tell says "[N/A]"."""
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0


def program_name(pid: int) -> str:
    """The name of a running program; "" where there is none, or the system has no /proc."""
    try:
        return (_PROC / str(pid) / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def running(names: Sequence[str]) -> list[str]:
    """Those of some programs that run now, however they are written in case, and with or without `.exe`."""
    if not names or not _PROC.is_dir():
        return []
    wanted = {_plain(name)[:_NAME_BYTES]: name for name in names}
    there = {_plain(program_name(int(entry.name))) for entry in _PROC.iterdir() if entry.name.isdigit()}
    return sorted(name for plain, name in wanted.items() if plain and plain in there)


def _plain(name: str) -> str:
    return name.strip().casefold().removesuffix(".exe")


def own_processes() -> set[int]:
    """This process and every process below it."""
    parents: dict[int, int] = {}
    if _PROC.is_dir():
        for entry in _PROC.iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                    parents[int(entry.name)] = int(fields[1])
                except OSError:
                    continue
    own = {os.getpid()}
    while below := {pid for pid, parent in parents.items() if parent in own} - own:
        own |= below
    return own
