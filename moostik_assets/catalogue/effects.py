"""Effects that a theme or a shot declares: a name such as "snow", or an object with a strength and a colour."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from moostik_assets.catalogue.errors import Place
from moostik_assets.catalogue.fields import CatalogueModel, ListOfOne, Text
from resources.rendering.effect_kinds import COLOUR_FILTER, EFFECT_KINDS, MAX_STRENGTH, colour_of_hex


class Effect(CatalogueModel):
    """An effect in the air, or over the frame."""

    kind: Text
    strength: Annotated[float, Field(ge=0, le=MAX_STRENGTH), BeforeValidator(lambda v: 1.0 if v is None else v)] = 1.0
    """0 turns it off, 1 is as it was meant, 2 is the most."""
    colour: Text = ""
    """Of a colour filter, such as `#E8893B`."""

    @model_validator(mode="before")
    @classmethod
    def _of_name(cls, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return {"kind": value}
        if not isinstance(value, dict):
            raise ValueError('must be the name of an effect, or an object such as {"kind": "snow", "strength": 0.5}')
        return value

    @model_serializer(mode="wrap")
    def _as_name(self, write: SerializerFunctionWrapHandler) -> Any:
        # What says no more than its name is written as its name: both spellings are one content, with one hash.
        return self.kind if self.strength == 1 and not self.colour else write(self)


Effects = Annotated[
    tuple[Effect, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, dict) else value),
    ListOfOne,
    AfterValidator(lambda value: tuple(effect for effect in value if effect.kind.strip())),
]
"""A list of effects; null is empty, one alone is a list of one, blank ones are left out."""


def tell_of_idle_effects(effects: Iterable[Effect], at: Place) -> None:
    """Warn of effects that nobody draws: of a kind that there is not, or a filter without a colour."""
    for effect in effects:
        if effect.kind not in EFFECT_KINDS:
            at.warn(effect.kind, f"no such effect, and it is passed over; {at.nearest(effect.kind, EFFECT_KINDS)}")
        elif effect.kind == COLOUR_FILTER and colour_of_hex(effect.colour) is None:
            given = effect.colour or effect.kind
            at.warn(given, 'a colour filter needs its "colour", such as #E8893B; without one it is passed over')
