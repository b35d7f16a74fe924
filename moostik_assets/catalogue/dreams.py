"""The models of dreams: how the nights are (`dreams` of series.json), and what they are made of (dreams.json)."""

import re
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from moostik_assets.catalogue.fields import Angle, CatalogueModel, Flag, Id, ListOfOne, Text, Texts
from resources.rendering.request import DreamMode

TimeOfDay = Literal["dusk", "night", "small-hours", "dawn"]
TIMES_OF_DAY: tuple[TimeOfDay, ...] = ("dusk", "night", "small-hours", "dawn")
"""The four parts of a night, in the order in which a dream goes through them."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _an_hour(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise ValueError("must be a time of day such as 03:00")
    return value


def _a_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no time zone; one such as Europe/Paris or UTC is wanted")
    return value


class DreamSettings(CatalogueModel):
    """`dreams` of series.json; every field has a default."""

    at: Annotated[str, AfterValidator(_an_hour)] = "03:00"
    """When the night's dream begins."""
    zone: Annotated[str, AfterValidator(_a_zone)] = "UTC"
    renderer: Text = ""
    """Renderer that dreams; empty: the one of the variations."""
    mode: DreamMode | None = None
    """None: hybrid, or else what the renderer can."""
    keyframes: Annotated[int, Field(ge=2, le=200)] = 8
    frames_between: Annotated[int, Field(ge=1, le=600)] = 24
    """Frames between two keyframes."""
    fps: Annotated[int, Field(ge=1, le=60)] = 8
    strength: Annotated[float, Field(ge=0, le=1)] = 0.45
    """How much of a frame is made anew, where it is made from the one before."""
    pixels: Annotated[int, Field(ge=64 * 36, le=4096 * 4096)] = 768 * 432
    """Area of a frame; its sides follow from the aspect ratio of the series."""
    injection_chance: Annotated[float, Field(ge=0, le=1)] = 0.15
    """That a stretch between two keyframes takes a remembered image in."""
    injection_threshold: Annotated[float, Field(ge=-1, le=1)] = 0.7
    """How alike such an image has to be to the keyframe that the stretch begins with."""
    cache_images: Annotated[int, Field(ge=1)] = 500
    cache_bytes: Annotated[int, Field(ge=1)] = 2_000_000_000
    buffer_seconds: Annotated[float, Field(ge=0)] = 30.0
    """How far ahead of what is shown the frames should be."""
    usd: Annotated[float, Field(ge=0)] = 0.0
    """US dollars that the frames of a night may cost."""
    prepare: Flag = True
    """Whether the rest of the night prepares the day."""
    prepare_minutes: Annotated[float, Field(ge=0)] = 30.0
    prepare_usd: Annotated[float, Field(ge=0)] = 0.0
    prepare_days: Annotated[int, Field(ge=0, le=366)] = 14
    """Themes that the calendar brings within so many days are prepared for."""
    busy_percent: Annotated[float, Field(ge=0, le=100)] = 30.0
    """Load of the GPU by others above which no dream begins or goes on."""
    busy_bytes: Annotated[int, Field(ge=0)] = 2 << 30
    """GPU memory held by others above which no dream begins or goes on."""
    busy_processes: Annotated[tuple[Text, ...], ListOfOne] = ("gameoverlayui", "gamescope", "mangoapp")
    """Names of programs beside which nobody dreams, such as games."""

    @model_validator(mode="after")
    def _a_night_fits_the_cache(self) -> Self:
        if self.frames > self.cache_images:
            raise ValueError(
                f"a night of {self.frames} frames does not fit into cacheImages = {self.cache_images}; "
                f"keyframes = {self.keyframes} and framesBetween = {self.frames_between} give so many"
            )
        return self

    @property
    def frames(self) -> int:
        """Frames of a night."""
        return self.keyframes + (self.keyframes - 1) * self.frames_between

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone that the nights are counted in."""
        return ZoneInfo(self.zone)


class DreamShot(CatalogueModel):
    """One of dreams.json: something to dream of. What it does not name, the night chooses."""

    id: Id
    prompt: Text = ""
    negative: Texts = ()
    character_ids: Texts = ()
    """Everyone in it; none: nobody is."""
    location_ids: Texts = ()
    """One of them; none: any place of the series."""
    angles: Annotated[tuple[Angle, ...], ListOfOne] = ()
    times: Annotated[tuple[TimeOfDay, ...], ListOfOne] = ()
    """Parts of the night that it may come in; none: any."""
    themes: Annotated[tuple[Id, ...], ListOfOne] = ()
    """Themes of the world that it may come in; none: any."""
    weight: Annotated[float, Field(gt=0, le=1000)] = 1.0
    """How often it comes, against the others."""
