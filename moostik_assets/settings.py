"""Typed settings, from the environment (MOOSTIK_*) and the command's options."""

import os
from datetime import date
from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from upath import UPath

GPU_POOL = "gpu"


class Settings(BaseSettings):
    """What one process works with. Paths are relative to the working directory."""

    model_config = SettingsConfigDict(env_prefix="MOOSTIK_", frozen=True, extra="ignore")

    data: Path = Field(default=Path("data"), description="The catalogue's folder")
    output: str = Field(default="output", description="Where images go: a folder, or the URL of an object store")
    renderer: str = Field(default="", description="Renderer in place of the series' own; empty: the series decides")
    background_renderer: str = Field(
        default="", description="Renderer that dresses places for themes; empty: series.json, else the variations' own"
    )
    slate: bool = Field(default=True, description="Draw the slate line on preview frames")
    reference_fallback: bool = Field(default=True, description="Use references that nobody has validated yet")
    workers: int | None = Field(default=None, ge=1, le=256, description="Worker processes of the preview renderer")
    today: date | None = Field(default=None, description="The day that a world of theme auto follows; empty: today")
    gpu_slots: int | None = Field(
        default=None, ge=1, le=64, description="Slots of the pool `gpu`, in place of what the card holds"
    )
    auto_render: float | None = Field(
        default=None, ge=0, description="US dollars that the sensors may spend on one change without asking"
    )
    budget_usd: float | None = Field(
        default=None, ge=0, description="US dollars that renders may cost in a day, and so in one run"
    )
    budget_usd_per_run: float | None = Field(default=None, ge=0, description="US dollars that one run may cost")
    dreams: bool = Field(default=True, description="Dream at night: off removes its assets and its schedule")
    dream_busy_processes: str | None = Field(
        default=None, description="Programs beside which nobody dreams: a,b; in place of the series' own"
    )
    fetch: bool = Field(default=True, description="Fetch reference URLs over the network when rendering")

    @field_validator("output")
    @classmethod
    def _can_be_opened(cls, output: str) -> str:
        if not output.strip():
            raise ValueError("names no folder; leave it out for the folder 'output'")
        if "://" in output:
            try:
                _ = UPath(output).fs
            except (ImportError, ValueError) as error:
                raise ValueError(f"cannot be opened: {error}") from error
        return output

    @cached_property
    def output_root(self) -> UPath:
        """The output folder, absolute where it is local."""
        root = UPath(self.output)
        return UPath(Path(root.path).expanduser().absolute()) if root.protocol in ("", "file") else root

    @property
    def output_is_local(self) -> bool:
        """Whether the output lies on a local disk."""
        return self.output_root.protocol in ("", "file")

    @cached_property
    def data_root(self) -> Path:
        """The catalogue's folder, absolute."""
        return self.data.expanduser().absolute()

    @cached_property
    def state_root(self) -> Path:
        """A local folder for what is not images: caches, locks, Dagster's home."""
        return Path(str(self.output_root)) if self.output_is_local else Path.cwd() / ".moostik"

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME where it is set, else `<output>/dagster`."""
        home = os.environ.get("DAGSTER_HOME")
        return Path(home).expanduser() if home else self.state_root / "dagster"
