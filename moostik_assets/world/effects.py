"""Effects in force: those that a shot declares, and of its theme those of other kinds."""

from moostik_assets.catalogue.effects import Effect
from moostik_assets.catalogue.models import Shot, Theme
from resources.rendering.request import Layer


def effects_in_force(shot: Shot, theme: Theme | None) -> tuple[Effect, ...]:
    """The theme's effects, then the shot's; of a kind that the shot names itself, the theme's are left out."""
    own = {effect.kind for effect in shot.fx}
    inherited = () if theme is None else tuple(effect for effect in theme.fx if effect.kind not in own)
    return (*inherited, *shot.fx)


def effect_layers(shot: Shot, theme: Theme | None) -> tuple[Layer, ...]:
    """The layers of a request. One of strength 0 stands in it, too: it keeps off what the words would ask for."""
    return tuple(Layer(effect.kind, effect.strength, effect.colour) for effect in effects_in_force(shot, theme))
