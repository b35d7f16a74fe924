"""Which background stands behind a shot: the baked one where there is one, else the master, and that is said."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from moostik_assets.catalogue.models import NEUTRAL_THEME, Theme
from moostik_assets.studio import Studio
from moostik_assets.world.baking import Bake, bake_of
from resources.canonical import sha256_of_json
from resources.image_store import StoredImage
from resources.rendering.base import Engine
from resources.rendering.request import ImageInput


@dataclass(frozen=True)
class Background:
    """What stands behind a shot. `image` None: the place's own plates, as they are."""

    image: ImageInput | None = None
    note: str = ""
    bake: Bake | None = None


@dataclass
class Backgrounds:
    """The backgrounds of a studio's places, for one engine."""

    studio: Studio
    engine: Engine
    _bakes: dict[tuple[str, str], Bake] = field(default_factory=dict)
    _images: dict[str, StoredImage | None] = field(default_factory=dict)

    def bake(self, location: str, theme: str) -> Bake | None:
        """The bake of a place; None where the catalogue has no such place or theme."""
        known = self._bakes.get((location, theme))
        if known is None:
            catalogue = self.studio.catalogue
            place = catalogue.locations.get(location)
            found = catalogue.themes.get(theme) or (Theme(name=theme) if theme == NEUTRAL_THEME else None)
            if place is None or found is None:
                return None
            known = bake_of(catalogue, place, found, self.engine, self.studio.image_hash, self.studio.image_size)
            self._bakes[(location, theme)] = known
        return known

    def image(self, bake: Bake) -> StoredImage | None:
        """The baked image, where the store has it."""
        if bake.request is None:
            return None
        recipe = bake.request.recipe_id
        if self._images.get(recipe) is None:
            self._images[recipe] = self.studio.store.find(recipe, verify=False)
        return self._images[recipe]

    def standing(self, location: str, theme: str) -> Background:
        """What stands behind a shot in a place and a theme; provisional where it is still to be baked."""
        bake = self.bake(location, theme)
        if bake is None or bake.is_master:
            return Background(bake=bake)
        if bake.request is None:
            return Background(note=bake.why_not, bake=bake)
        image = self.image(bake)
        if image is not None:
            return Background(ImageInput("background", location, sha256=image.sha256), bake=bake)
        return Background(ImageInput("background", location, recipe=bake.request.recipe_id), bake=bake)

    def missing(self, pairs: Iterable[tuple[str, str]]) -> list[Bake]:
        """The bakes of some (location, theme) pairs that can be made and are not made yet, each once."""
        found: dict[str, Bake] = {}
        for location, theme in pairs:
            bake = self.bake(location, theme)
            if bake is not None and bake.request is not None and self.image(bake) is None:
                found[bake.key] = bake
        return list(found.values())

    def version(self, location: str, theme: str) -> str:
        """Version of what stands in a place: hash of the baked image (or master) and of the theme's definition."""
        bake = self.bake(location, theme)
        if bake is None:
            return sha256_of_json([location, theme, None])
        image = self.image(bake)
        shown = image.sha256 if image is not None else bake.master.sha256 if bake.master else None
        definition = self.studio.catalogue.themes.get(theme)
        return sha256_of_json([shown, definition.model_dump(mode="json", by_alias=True) if definition else theme])
