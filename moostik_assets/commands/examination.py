"""What `moostik doctor` looks at."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.rendering.registry import renderer_entry_points

GIGABYTE = 1_000_000_000
LITTLE_DISK_BYTES = 2 * GIGABYTE

State = Literal["ok", "note", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at, how it stands, and what to do where it does not stand well."""

    what: str
    state: State
    says: str
    do: str = ""

    def to_json(self) -> dict[str, str]:
        """For `moostik doctor --json`."""
        return {"what": self.what, "state": self.state, "says": self.says, **({"do": self.do} if self.do else {})}

    def text(self) -> str:
        """A line for a person."""
        mark = {"ok": "ok  ", "note": "note", "fault": "FAULT"}[self.state]
        return f"{mark:5} {self.what}: {self.says}" + (f"\n        -> {self.do}" if self.do else "")


def examined(settings: Settings) -> list[Finding]:
    """Everything that a render needs, in the order in which it needs it."""
    looks: list[Callable[[Settings], list[Finding]]] = [_versions, _catalogue, _output, _renderers, _dagster, _gpu]
    return [finding for look in looks for finding in look(settings)]


def _versions(settings: Settings) -> list[Finding]:
    names = ("dagster", "pillow", "numpy", "pydantic", "pyarrow")
    found = ", ".join(f"{name} {_version(name)}" for name in names)
    return [Finding("python", "ok", f"{platform.python_version()} ({sys.platform}), {os.cpu_count()} cores; {found}")]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _catalogue(settings: Settings) -> list[Finding]:
    loaded = load_catalogue(settings.data_root)
    found = loaded.catalogue
    if loaded.errors:
        return [Finding("catalogue", "fault", str(error)) for error in loaded.errors]
    counted = (
        f"{len(found.episodes)} episodes, {len(found.characters)} characters, {len(found.locations)} locations "
        f"in {settings.data_root}"
    )
    warnings = [Finding("catalogue", "note", str(warning)) for warning in loaded.warnings]
    return [Finding("catalogue", "ok", counted), *warnings]


def _output(settings: Settings) -> list[Finding]:
    if not settings.output_is_local:
        return [Finding("output", "note", f"{settings.output_root} is an object store; it is not tried here")]
    root = Path(str(settings.output_root))
    at = root
    while not at.exists():
        at = at.parent
    try:
        with tempfile.TemporaryFile(dir=at):
            pass
    except OSError as error:
        return [Finding("output", "fault", f"{root} cannot be written: {error.strerror}", "choose another --output")]
    free = shutil.disk_usage(at).free
    if free < LITTLE_DISK_BYTES:
        return [Finding("output", "note", f"{root}: {free / GIGABYTE:.1f} GB free", "make room, or run: moostik gc")]
    return [Finding("output", "ok", f"{root}, {free / GIGABYTE:.0f} GB free")]


def _renderers(settings: Settings) -> list[Finding]:
    findings = []
    with Studio(settings) as studio:
        used = studio.renderer_name()
        for name in dict.fromkeys([*renderer_entry_points(), used]):
            try:
                studio.renderer(name).validate()
                findings.append(Finding(f"renderer {name}", "ok", "works" + (", and is used" if name == used else "")))
            except Exception as error:  # a broken plug-in is a finding, whatever it raises
                findings.append(Finding(f"renderer {name}", "fault" if name == used else "note", str(error)))
    return findings


def _dagster(settings: Settings) -> list[Finding]:
    home = settings.dagster_home
    if not home.exists():
        return [Finding("dagster", "ok", f"{home} will be made by the first render")]
    config = home / "dagster.yaml"
    if not config.exists():
        return [Finding("dagster", "note", f"{home} has no dagster.yaml: Dagster's own defaults are used")]
    ours = (home / ".moostik-ready").exists()
    return [Finding("dagster", "ok", f"{home}" + ("" if ours else " (a home of your own, left as it is)"))]


def _gpu(settings: Settings) -> list[Finding]:
    tool = shutil.which("nvidia-smi")
    says = "an NVIDIA driver is there" if tool else "none found; the preview renderer needs none"
    return [Finding("gpu", "ok", says)]
