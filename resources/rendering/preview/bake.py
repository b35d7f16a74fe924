"""A place's plate baked for a theme: the same room, in the theme's weather, light and dress."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from resources.decoration_mask import checked_mask, proposed_mask
from resources.rendering.preview.bake_inputs import master_plate, read_input
from resources.rendering.preview.bake_room import dressed_room, littered
from resources.rendering.preview.bake_surfaces import Surfaces, as_map, surfaces_of, wide_blur
from resources.rendering.preview.bake_treatment import theme_colours, treatment_of
from resources.rendering.preview.decor_library import inks_of, natural_wishes, wish_of
from resources.rendering.preview.decor_painting import Sprites, decor_light, paint_decor, screened
from resources.rendering.preview.decor_placing import arranged
from resources.rendering.preview.decor_room import Room
from resources.rendering.request import Baking, RenderRequest


def baked(request: RenderRequest, read_image: Callable[[str], bytes]) -> tuple[Image.Image, list[str]]:
    """The baked plate of a request that has `baking`, RGB, of the master's size; and notes on what was replaced.

    Raises:
        ValueError: the master or the mask is missing, unreadable, or not of the request's size; the message says which.
    """
    assert request.baking is not None
    notes: list[str] = []
    size = (request.width, request.height)
    plate = master_plate(request.background, size, read_image)
    if request.mask is not None:
        mask = checked_mask(read_input(request.mask, read_image), size)
    else:
        mask = proposed_mask(plate)
        notes.append("no decoration mask: flat areas and ledges were proposed as white")
    image, _ = bake(plate, mask, request.baking, request.seed, notes)
    return image, notes


def bake(
    plate: Image.Image, mask: Image.Image, baking: Baking, seed: int, notes: list[str]
) -> tuple[Image.Image, Image.Image]:
    """The baked plate, and the alpha of the objects that were put into it (L)."""
    treatment = treatment_of(baking)
    colours = theme_colours(baking, treatment)
    surfaces = surfaces_of(plate)
    inks = inks_of(colours)
    room = dressed_room(plate, surfaces, treatment, colours, seed)
    if treatment.litter > 0.3 and treatment.wet < 0.5:
        room = littered(room, mask, surfaces, treatment.litter, colours, seed)
    wishes = [wish_of(decoration, treatment, notes) for decoration in baking.decorations]
    natural = natural_wishes(treatment, roofed=surfaces.roofed)
    wishes += [wish for wish in natural if wish.decor not in [other.decor for other in wishes]]
    sprites = Sprites(inks, seed)
    aspects = {wish.decor.name: sprites.aspect(wish.decor) for wish in wishes}
    found = arranged(wishes, Room(mask, surfaces), aspects, seed)
    if treatment.festival > 0.05:
        room = screened(room, _lamp_light(surfaces), inks.glow, 0.75 * treatment.festival)
    objects = paint_decor(room, mask, found, sprites, inks, _brightest(surfaces))
    strength = 0.62 + 0.30 * treatment.festival - 0.15 * treatment.snow
    room = screened(room, decor_light(found, plate.size), inks.glow, strength, objects)
    if baking.mask_mode == "hard":
        room = Image.composite(room, plate, _hard_share(mask, objects, surfaces.unit))
    return room, objects


def _hard_share(mask: Image.Image, objects: Image.Image, unit: float) -> Image.Image:
    """How much of the bake shows: none on black, the objects wholly, and around them the room's new light and weather,
    which fade in from the mask's edge, so that no sheet of another colour lies on a wall."""
    wide, narrow = (mask.filter(ImageFilter.GaussianBlur(radius * unit)) for radius in (34, 3))
    wide = wide.point([max(0, v - 128) * 2 for v in range(256)])
    narrow = narrow.point([max(0, v - 128) for v in range(256)])
    share = ImageChops.lighter(ImageChops.lighter(wide, narrow), objects)
    return ImageChops.darker(share, mask)


def _lamp_light(surfaces: Surfaces) -> np.ndarray:
    """The light of the lamps that the plate has, reduced eight times: on a festival night it reaches further."""
    lamps = Image.fromarray((surfaces.lamps * np.float32(255)).astype(np.uint8)).reduce(8)
    near, far = (wide_blur(lamps, lamps.size, radius * surfaces.unit * 8) for radius in (5, 22))
    return as_map(near) * np.float32(0.8) + as_map(far) * np.float32(1.2)


def _brightest(surfaces: Surfaces) -> tuple[float, float]:
    """Where the strongest light of a plate stands, in pixels; its middle where none does."""
    height, width = surfaces.lamps.shape
    small = Image.fromarray((surfaces.lamps * np.float32(255)).astype(np.uint8)).resize((32, 18), Image.Resampling.BOX)
    cells = np.asarray(small)
    at = int(cells.argmax())
    if cells.flat[at] < 8:
        return width / 2, 0.0
    return (at % 32 + 0.5) * width / 32, (at // 32 + 0.5) * height / 18
