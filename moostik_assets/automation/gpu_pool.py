"""The limit of the pool `gpu`: what the card holds, unless a person has said otherwise."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.settings import GPU_POOL, Settings
from moostik_assets.studio import Studio
from resources.gpu import gpu_slots
from resources.rendering.base import RendererUnavailable

MOST_SLOTS = 64
_OURS = "moostik-gpu-slots"
"""File in the home with the limit that was set last from here; where the pool has another one, a person set it."""


def set_gpu_slots(instance: dg.DagsterInstance, settings: Settings, say: Callable[[str], None]) -> int:
    """Set the limit, and give it. MOOSTIK_GPU_SLOTS wins; then what a person set in the web UI; then the card."""
    storage = instance.event_log_storage
    before = next((limit.limit for limit in storage.get_pool_limits() if limit.name == GPU_POOL), None)
    note = Path(instance.root_directory) / _OURS
    if settings.gpu_slots is None and before is not None and before != _noted(note):
        return before
    slots = settings.gpu_slots or min(MOST_SLOTS, _slots_of_the_card(settings))
    if slots != before:
        storage.set_concurrency_slots(GPU_POOL, slots)
        if before is not None:
            say(f"moostik: the pool {GPU_POOL!r} has {slots} slot{'s' if slots > 1 else ''} now; it had {before}")
    note.write_text(f"{slots}\n", encoding="ascii")
    return slots


def set_gpu_slots_once(instance: dg.DagsterInstance, settings: Settings, say: Callable[[str], None]) -> None:
    """The same in a home where it was never done: a later `moostik render` does not look at the card again."""
    if not (Path(instance.root_directory) / _OURS).exists() or settings.gpu_slots is not None:
        set_gpu_slots(instance, settings, say)


def _noted(note: Path) -> int:
    """What was set last from here. A new home has one slot, and no note yet."""
    try:
        return int(note.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 1


def _slots_of_the_card(settings: Settings) -> int:
    try:
        with Studio(settings, load_catalogue(settings.data_root)) as studio:
            return gpu_slots(studio.engine().capabilities.vram_bytes)
    except RendererUnavailable:
        return 1
