"""Joining a Ray cluster, or starting one of this machine's own; whoever leaves last ends what was started here."""

import logging
import os
import signal
import threading
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from resources.rendering.base import RendererUnavailable
from resources.rendering.ray.options import PREFIX

INPUT_BYTES = 512 << 20
"""Of a render's inputs, kept in the object store at most; so much again is room for what is in flight."""

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # or each actor without a GPU warns that this will be so
    "RAY_LOG_TO_STDERR": "0",
}

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_members = 0
_ours = False


def need_ray() -> None:
    """Make sure that Ray is installed.

    Raises:
        RendererUnavailable: it is not.
    """
    if find_spec("ray") is None:
        raise RendererUnavailable("ray: it is not installed; pip install 'moostik-assets[ray]'")


def ray_module() -> Any:
    """Ray, imported when it is needed first, with its telemetry off."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    return import_module("ray")


def join(address: str, cores: int | None) -> None:
    """Have this process be part of a cluster until as many calls of `leave`. Where it is part of one already, of that.

    Args:
        address: `local` starts one; else of the cluster that this machine is part of.
        cores: what a local one shall have; None: as many as there are.

    Raises:
        RendererUnavailable: there is no cluster, or none can be started.
    """
    global _members, _ours
    need_ray()
    with _lock:
        ray = ray_module()
        if not ray.is_initialized():
            _initialized(ray, address, cores)
            _ours = True
        _members += 1


def leave() -> None:
    """Leave the cluster; the last one to leave ends it where it was started here."""
    global _members, _ours
    with _lock:
        _members -= 1
        if _members == 0 and _ours:
            _ours = False
            ray_module().shutdown()


def _initialized(ray: Any, address: str, cores: int | None) -> None:
    started_here = {"include_dashboard": False, "object_store_memory": 2 * INPUT_BYTES, "num_cpus": cores}
    # Beside log_to_driver, Ray prints of each dead worker to stdout, which belongs to the command's JSON.
    printing: Any = import_module("ray._private.worker")
    printing.print_to_stdstream = _noted
    # Ray takes over SIGTERM, by which Dagster ends a run.
    on_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address,
            namespace="moostik",
            log_to_driver=False,
            logging_level="ERROR",
            **(started_here if address == "local" else {}),
        )
    except Exception as error:  # it raises nearly anything: ConnectionError, RuntimeError, ValueError, of gRPC
        what_to_do = (
            "see the newest session under /tmp/ray for its logs"
            if address == "local"
            else f"start one (ray start --head), or let {PREFIX}ADDRESS be local"
        )
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise RendererUnavailable(f"ray: no cluster at {address!r} ({said}); {what_to_do}") from error
    finally:
        if on_main_thread:
            signal.signal(signal.SIGTERM, before)


def _noted(data: Mapping[str, Any], **_: object) -> None:
    _log.debug("ray: %s", " ".join(data["lines"]))
