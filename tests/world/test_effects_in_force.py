from moostik_assets.catalogue.models import Shot, Theme
from moostik_assets.world.effects import effect_layers
from resources.rendering.request import Layer


def test_the_shots_own_effects_come_before_its_themes_of_the_same_kind() -> None:
    theme = Theme.model_validate({"name": "frost", "fx": ["snow", {"kind": "fog", "strength": 0.5}]})
    gel = {"kind": "colour_filter", "colour": "#aabbcc"}
    shot = Shot.model_validate({"id": "s", "fx": [{"kind": "snow", "strength": 0}, gel]})
    assert effect_layers(shot, theme) == (
        Layer("fog", 0.5),
        Layer("snow", 0.0),
        Layer("colour_filter", 1.0, "#aabbcc"),
    )
    assert effect_layers(Shot(id="s"), theme) == (Layer("snow"), Layer("fog", 0.5))
    assert effect_layers(Shot(id="s"), None) == ()
