"""Options of running on Ray: MOOSTIK_RAY_<OPTION>, over `rendererOptions.ray` of series.json."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from resources.rendering.base import RendererUnavailable

PREFIX = "MOOSTIK_RAY_"


class RayOptions(BaseModel):
    """Which renderers run on Ray, and how. Values may be texts, as the environment gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    renderers: tuple[str, ...] = Field(default=(), description="Names of the renderers, with commas between")
    address: str = Field(
        default="local",
        description="local: a Ray of this machine's own while it is needed; auto: the cluster that this machine is "
        "part of; host:port of a cluster's head",
    )
    actors: int | None = Field(
        default=None, ge=1, le=4096, description="Images made at once; else one a GPU, or one for two cores"
    )
    gpus_per_actor: float | None = Field(
        default=None, ge=0, le=64, description="Of GPUs, 0.5 for two actors a card; else 1 where the renderer uses one"
    )

    @field_validator("renderers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [name for part in value.split(",") if (name := part.strip())] if isinstance(value, str) else value

    @field_validator("address")
    @classmethod
    def _is_joined(cls, address: str) -> str:
        if "://" in address:
            raise ValueError("is a Ray client's; have this machine join (ray start --address=HOST:PORT), and say auto")
        return address

    @field_validator("gpus_per_actor")
    @classmethod
    def _is_a_share(cls, gpus: float | None) -> float | None:
        if gpus is not None and gpus > 1 and gpus != int(gpus):
            raise ValueError("is a whole number above 1, as Ray deals out cards")
        return gpus


def parsed_options(options: Mapping[str, Any]) -> RayOptions:
    """The options, checked.

    Raises:
        RendererUnavailable: one is unknown, or has a value that it cannot have.
    """
    try:
        return RayOptions.model_validate(dict(options))
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0])
        if fault["type"] == "extra_forbidden":
            why = f"there is no such option; there are {', '.join(RayOptions.model_fields)}"
        else:
            why = f"{options[name]!r}: {fault['msg'].removeprefix('Value error, ')}"
        raise RendererUnavailable(f"ray: option {name} ({PREFIX}{name.upper()}): {why}") from error
