"""Options of the Replicate renderer: MOOSTIK_REPLICATE_<OPTION>, over `rendererOptions.replicate` of series.json."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from resources.rendering.base import RendererUnavailable
from resources.rendering.replicate.mapping import InputMapping
from resources.rendering.replicate.models import READY_MODELS

PREFIX = "MOOSTIK_REPLICATE_"
TOKEN = "REPLICATE_API_TOKEN"
IGNORED = ("workers",)
"""Given to every renderer; here `in_flight` says how many images are made at once."""
_MODEL = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_VERSION = re.compile(r"[0-9a-f]{64}")
_SECRET_NAMES = ("token", "key", "secret", "password")


class ReplicateOptions(BaseModel):
    """What decides how the Replicate renderer works. Values may be texts, as the environment gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    model: str = Field(default="google/nano-banana-pro", description="owner/name of a model of replicate.com")
    version: str = Field(default="", description="One version of it, by its id; empty: the latest")
    resolution: str = Field(default="", description="Of a ready model that has several: 1K, 2K, 4K")
    mapping: InputMapping | None = Field(
        default=None, description="Which input takes what, as JSON; needed for a model that is not ready to use"
    )
    usd_per_image: float | None = Field(
        default=None, gt=0, le=1000, allow_inf_nan=False, description="What an image costs at most, in US dollars"
    )
    usd_per_second: float | None = Field(
        default=None, gt=0, le=100, allow_inf_nan=False, description="Price of the hardware, where that is what is paid"
    )
    pixels: int | None = Field(default=None, ge=64 * 64, le=40_000_000, description="Area of an image")
    seconds_per_image: float | None = Field(default=None, gt=0, description="A first guess, for the plan")
    in_flight: int = Field(default=15, ge=1, le=100, description="Images that are being made at once")
    spacing: float = Field(default=0.5, ge=0, le=60, description="Seconds between two orders")
    patience: float = Field(default=900.0, gt=0, le=86_400, description="Seconds that one image may take")
    base_url: str = Field(default="https://api.replicate.com", description="Where the API is")

    @field_validator("model")
    @classmethod
    def _is_a_model(cls, model: str) -> str:
        if not _MODEL.fullmatch(model):
            raise ValueError("must be owner/name, as google/nano-banana-pro (a version goes into the option version)")
        return model

    @field_validator("version")
    @classmethod
    def _is_a_version(cls, version: str) -> str:
        if version and not _VERSION.fullmatch(version):
            raise ValueError("must be the id of a version: 64 lower-case hex characters")
        return version

    @field_validator("base_url")
    @classmethod
    def _is_a_url(cls, base_url: str) -> str:
        try:
            url = httpx.URL(base_url)
        except httpx.InvalidURL as error:
            raise ValueError("must be an http(s) URL") from error
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
            raise ValueError("must be an http(s) URL without user, password and query")
        return base_url.rstrip("/")

    @field_validator("mapping", mode="before")
    @classmethod
    def _of_json(cls, mapping: Any) -> Any:
        if not isinstance(mapping, str):
            return mapping
        try:
            return json.loads(mapping)
        except ValueError as error:
            raise ValueError(f"must be JSON ({error})") from error


@dataclass(frozen=True)
class ChosenModel:
    """The model that images are ordered of, and what is known of it. Time in seconds, cost in US dollars."""

    name: str
    version: str
    mapping: InputMapping
    pixels: int
    usd_per_image: float
    """The most that an image costs."""
    usd_per_second: float | None
    seconds_per_image: float
    max_prompt: int | None


def parsed_options(options: Mapping[str, Any]) -> ReplicateOptions:
    """The options, checked.

    Raises:
        RendererUnavailable: an option is unknown or has an impossible value; each such one is named.
    """
    known = ReplicateOptions.model_fields
    given = {name: value for name, value in options.items() if name not in IGNORED}
    faults = [_unknown(name) for name in sorted(set(given) - set(known))]
    try:
        parsed = ReplicateOptions.model_validate({name: value for name, value in given.items() if name in known})
    except ValidationError as error:
        for fault in error.errors(include_input=False):
            name, *within = (str(part) for part in fault["loc"])
            where = f"{name} ({PREFIX}{name.upper()})" + "".join(f".{part}" for part in within)
            faults.append(f"option {where}: {fault['msg'].removeprefix('Value error, ')}{_nearest_within(fault)}")
        raise RendererUnavailable(f"replicate: {'; '.join(faults)}") from None
    if faults:
        raise RendererUnavailable(f"replicate: {'; '.join(faults)}")
    return parsed


def chosen_model(options: ReplicateOptions) -> ChosenModel:
    """The model of some options, with what is known of it where it is one of those that are ready.

    Raises:
        RendererUnavailable: it is not, and its mapping or its price is not given; or it has no such resolution.
    """
    ready = READY_MODELS.get(options.model)
    if ready is None:
        return _declared(options)
    if options.resolution and options.resolution not in ready.resolutions:
        there = ", ".join(ready.resolutions)
        raise RendererUnavailable(
            f"replicate: {options.model} has no resolution {options.resolution!r}; it has {there}"
        )
    name = options.resolution or next(iter(ready.resolutions))
    resolution, mapping = ready.resolutions[name], options.mapping or ready.mapping
    if ready.resolution_input and options.mapping is None:
        constants = {**mapping.constants, ready.resolution_input: name}
        mapping = mapping.model_copy(update={"constants": constants})
    return ChosenModel(
        name=options.model,
        version=options.version,
        mapping=mapping,
        pixels=options.pixels or resolution.pixels,
        usd_per_image=options.usd_per_image or resolution.usd_per_image,
        usd_per_second=options.usd_per_second,
        seconds_per_image=options.seconds_per_image or ready.seconds_per_image,
        max_prompt=ready.max_prompt,
    )


def _declared(options: ReplicateOptions) -> ChosenModel:
    lacking = [name for name in ("mapping", "usd_per_image") if getattr(options, name) is None]
    if lacking or options.mapping is None or options.usd_per_image is None:
        names = " and ".join(f"{name} ({PREFIX}{name.upper()})" for name in lacking)
        near = get_close_matches(options.model, READY_MODELS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise RendererUnavailable(
            f"replicate: {options.model} is none of the models that are ready to use ({', '.join(READY_MODELS)}){hint} "
            f"For any other model, say {names}: docs/replicate.md tells how"
        )
    if options.resolution:
        raise RendererUnavailable(
            "replicate: the option resolution is for ready models; here it goes into mapping.constants"
        )
    return ChosenModel(
        name=options.model,
        version=options.version,
        mapping=options.mapping,
        pixels=options.pixels or 1280 * 720,
        usd_per_image=options.usd_per_image,
        usd_per_second=options.usd_per_second,
        seconds_per_image=options.seconds_per_image or 20.0,
        max_prompt=None,
    )


def _unknown(name: str) -> str:
    if any(secret in name for secret in _SECRET_NAMES):
        return f"{name} is no option: secrets are not written into options; set {TOKEN} in the environment"
    near = get_close_matches(name, ReplicateOptions.model_fields, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(ReplicateOptions.model_fields))}"
    return f"no option {name} ({PREFIX}{name.upper()}); {hint}"


def _nearest_within(fault: Any) -> str:
    """For a field of the mapping that there is not: the one that was probably meant."""
    if fault["type"] != "extra_forbidden":
        return ""
    near = get_close_matches(str(fault["loc"][-1]), InputMapping.model_fields, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(InputMapping.model_fields)}"
