"""The models of the catalogue's files: series, characters, locations, episodes, themes, world state, decisions."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from moostik_assets.catalogue.dreams import DreamSettings, DreamShot
from moostik_assets.catalogue.effects import Effects
from moostik_assets.catalogue.fields import (
    Angle,
    BoundedList,
    CalendarDay,
    CatalogueModel,
    Flag,
    Id,
    ListOfOne,
    Nullable,
    NullableList,
    Number,
    RecipeId,
    References,
    Seed,
    Text,
    Texts,
)
from moostik_assets.catalogue.prompt import Prompt

DEFAULT_ANGLES = ("wide", "medium", "close_up", "low_angle", "extreme_wide")
AUTO_THEME = "auto"
"""World theme that follows the themes' own dates."""
NEUTRAL_THEME = "neutral"
MAX_TAKE = 2**31 - 1


def _null_is(default: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value is None else value)


class Series(CatalogueModel):
    """series.json; every field has a default."""

    id: Annotated[Id, _null_is("series")] = "series"
    title: Text = ""
    seed: Annotated[Seed, _null_is(0)] = 0
    default_camera_angles: Annotated[tuple[Angle, ...], Field(min_length=1), ListOfOne, _null_is(DEFAULT_ANGLES)] = (
        DEFAULT_ANGLES
    )
    invariants: Texts = ()
    negative: Texts = ()
    aspect_ratio: Annotated[Text, _null_is("16:9")] = "16:9"
    renderer: Text = ""
    background_renderer: Text = ""
    """Renderer that dresses places for themes; empty: the one of the variations."""
    renderer_options: Annotated[dict[str, dict[str, Any]], Nullable] = Field(default_factory=dict)
    """By renderer name, what it is built with: {"diffusers": {"model": "models/sdxl"}}. Nothing secret."""
    dreams: Annotated[dict[str, Any], Nullable] = Field(default_factory=dict)

    @property
    def dream_settings(self) -> DreamSettings:
        """`dreams`, typed; what was wrong in it was left out when the catalogue was loaded."""
        return DreamSettings.model_validate(self.dreams)


class Entity(CatalogueModel):
    """What characters and locations share. Reference images: paths relative to the data folder, or http(s) URLs."""

    id: Id
    name: Text = ""
    type: Text = ""
    description: Text = ""
    reference_prompt: Text = ""
    reference_images: References = ()
    validated: Flag = False


class Outfit(CatalogueModel):
    """What a character wears in a theme, with references and a description of its own."""

    theme: Id
    description: Text = ""
    reference_prompt: Text = ""
    reference_images: References = ()
    validated: Flag = False


class Character(Entity):
    """One of characters.json."""

    role: Text = ""
    visual_traits: Texts = ()
    outfits: Annotated[tuple[Outfit, ...], NullableList] = ()
    """At most one for each theme."""

    @property
    def outfit_images(self) -> tuple[str, ...]:
        """The reference images of all outfits, in their order."""
        return tuple(image for outfit in self.outfits for image in outfit.reference_images)


class Location(Entity):
    """One of locations.json."""

    architectural_features: Texts = ()
    atmospheric_elements: Texts = ()
    decoration_mask: Text = ""
    mask_mode: Text = ""
    """`hard`: what the decoration mask keeps out equals the master, byte for byte."""


class Decoration(CatalogueModel):
    """Something that a theme puts in a place; no `location`: in every place."""

    item: Text
    location: Text = ""
    description: Text = ""


class Theme(CatalogueModel):
    """One of themes.json; palette in hex colours. `from` and `until` are days, for a world whose theme is "auto"."""

    name: Id
    display_name: Text = ""
    mood: Text = ""
    palette: Texts = ()
    decorations: Annotated[tuple[Decoration, ...], NullableList] = ()
    background_style_suffix: Text = ""
    character_style_suffix: Text = ""
    fx: Effects = ()

    from_: CalendarDay | None = Field(default=None, alias="from")
    """`2026-12-01`, or `12-01` for every year."""
    until: CalendarDay | None = None
    """The last day."""

    @property
    def dates(self) -> tuple[str, str] | None:
        """First and last day, where the theme has both and they are of one kind."""
        if self.from_ is None or self.until is None or len(self.from_) != len(self.until):
            return None
        return self.from_, self.until


class WorldState(CatalogueModel):
    """world_state.json: the theme of the world, and exceptions by location id."""

    theme: Annotated[Id, _null_is(NEUTRAL_THEME)] = NEUTRAL_THEME
    locations: Annotated[dict[str, Id], Nullable] = Field(default_factory=dict)


class Decisions(CatalogueModel):
    """decisions.json, written by the command for a person: by variation key, takes and earlier versions kept."""

    takes: Annotated[dict[str, Annotated[int, Field(ge=0, le=MAX_TAKE)]], Nullable] = Field(default_factory=dict)
    pinned: Annotated[dict[str, RecipeId], Nullable] = Field(default_factory=dict)
    """Recipe of the version that is to be shown, whatever the catalogue asks for by now."""


class Variation(CatalogueModel):
    """A variation as an input: one camera angle of a shot."""

    id: Text = ""
    camera_angle: Angle
    custom_prompt: Prompt | None = None
    """A whole prompt, in place of the shot's."""
    prompt_overrides: dict[str, Any] | None = None
    """A partial prompt, laid over the shot's. Checked when the catalogue is loaded."""
    seed: Seed | None = None


class Shot(CatalogueModel):
    """A shot of an episode. `variations` None: one for each default angle of the series."""

    id: Id
    number: Number = None
    name: Text = ""
    description: Text = ""
    scene_type: Text = ""
    character_ids: Texts = ()
    location_ids: Texts = ()
    prompt: Annotated[Prompt, Nullable] = Prompt()
    variations: Annotated[tuple[Variation, ...] | None, BoundedList] = None
    duration_seconds: Number = None
    theme: Id | None = None
    fx: Effects = ()
    """Effects of its own, beside those of its theme; of one kind, the shot's counts."""


class Act(CatalogueModel):
    """An act: shots of the episode, by id."""

    id: Id
    number: Number = None
    title: Text = ""
    description: Text = ""
    shot_ids: Texts = ()


class Part(CatalogueModel):
    """A part: acts of the episode, by id."""

    id: Id
    title: Text = ""
    act_ids: Texts = ()


class Episode(CatalogueModel):
    """episodes/<id>.json. The number may be 0, or a fraction."""

    id: Id
    number: Number = None
    title: Text = ""
    description: Text = ""
    renderer: Text = ""
    """Renderer of this episode, in place of the series' own."""
    parts: Annotated[tuple[Part, ...], NullableList] = ()
    acts: Annotated[tuple[Act, ...], NullableList] = ()
    shots: Annotated[tuple[Shot, ...], NullableList] = ()


class Catalogue(CatalogueModel):
    """The whole catalogue. The maps keep the order of the files; episodes are ordered by number, then id."""

    series: Series = Series()
    characters: Mapping[str, Character] = {}
    locations: Mapping[str, Location] = {}
    episodes: Mapping[str, Episode] = {}
    themes: Mapping[str, Theme] = {}
    world_state: WorldState = WorldState()
    decisions: Decisions = Decisions()
    dreams: Mapping[str, DreamShot] = {}
    """What dreams.json gives to dream of; empty: the places and characters themselves."""
