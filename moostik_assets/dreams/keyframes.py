"""The keyframes of a night as requests, prepared as variations are: cast, references, place, theme, text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from moostik_assets.catalogue.dreams import DreamSettings, TimeOfDay
from moostik_assets.catalogue.models import Catalogue, Episode, Shot, Variation
from moostik_assets.catalogue.prompt import Lighting, Prompt, Scene
from moostik_assets.dreams.rotation import Scene as DreamScene
from moostik_assets.prompts.shots import ShotPreparation
from moostik_assets.studio import Studio
from moostik_assets.variations.prepare import Preparation, PreparedVariation
from moostik_assets.world.backgrounds import Backgrounds
from moostik_assets.world.cast_cutouts import CastCutOuts
from resources.rendering.base import Engine

FOLDER = "dreams"
"""First part of the keys of a dream's images, and the folder that shows them."""

LIGHT: dict[TimeOfDay, tuple[str, Lighting]] = {
    "dusk": ("dusk, the first lamps lit", Lighting(key="warm low light, the last of the day", fill="cool blue dusk")),
    "night": ("deep night, under the moon", Lighting(key="moonlight from above, cool", fill="deep blue, thin")),
    "small-hours": (
        "the small hours, when nothing is where it was",
        Lighting(key="one small lamp, soft", fill="cool night mist", notes="mist near the ground"),
    ),
    "dawn": ("the first light before dawn", Lighting(key="soft pale dawn from the side", fill="rose and blue")),
}
"""The words for each part of the night."""


@dataclass(frozen=True)
class Keyframe:
    """One keyframe: what it shows, and its request."""

    scene: DreamScene
    variation: PreparedVariation

    @property
    def prompt(self) -> str:
        """What it is of, in a line for people."""
        return self.scene.entry.prompt or self.scene.entry.id


def dream_engine(studio: Studio, settings: DreamSettings) -> Engine:
    """What dreams are fitted to: the renderer's capabilities, at the size of a dream."""
    engine = studio.engine(settings.renderer or None)
    pixels = min(settings.pixels, engine.capabilities.pixels)
    return replace(engine, capabilities=replace(engine.capabilities, pixels=pixels))


def dream_preparation(studio: Studio, engine: Engine) -> Preparation:
    """Prepares keyframes.

    A place that is not dressed for its theme yet is seen as its master shows it; a figure that is not cut out yet, not.
    """
    return Preparation(
        ShotPreparation(studio.catalogue, engine, studio.settings.reference_fallback),
        studio.image_hash,
        slate=False,
        background=Backgrounds(studio, studio.background_engine(engine.name)).standing,
        wait_for_bakes=False,
        cut_out=CastCutOuts(studio).picture,
    )


def prepared_keyframes(preparation: Preparation, found: Sequence[DreamScene], day: date) -> list[Keyframe]:
    """The keyframes of some scenes; each is an episode of one shot, so that none borrows from its neighbours."""
    return [
        Keyframe(scene, preparation.variations(dream_episode(preparation.catalogue, scene, day))[0]) for scene in found
    ]


def dream_episode(catalogue: Catalogue, scene: DreamScene, day: date) -> Episode:
    """A scene as an episode of one shot from one angle."""
    entry = scene.entry
    time, lighting = LIGHT[scene.time]
    place = catalogue.locations.get(scene.place)
    prompt = Prompt(scene=Scene(time=time), lighting=lighting, negative=entry.negative)
    shot = Shot(
        id=f"{day.isoformat()}-{scene.index + 1:02}",
        name=place.name if place else "",
        description=entry.prompt,
        character_ids=entry.character_ids,
        location_ids=(scene.place,) if scene.place else (),
        prompt=prompt,
        variations=(Variation(camera_angle=scene.angle, seed=scene.seed),),
    )
    return Episode(id=FOLDER, shots=(shot,))
