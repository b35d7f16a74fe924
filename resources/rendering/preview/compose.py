"""A frame composed from a request: place, cast, light, air, grade, slate, in the order in which they are laid down."""

import re

from PIL import Image, ImageChops

from resources.rendering.effect_kinds import COLOUR_FILTER, colour_of_hex
from resources.rendering.preview.blocking import Placed, placed_cast
from resources.rendering.preview.cast import cast_of
from resources.rendering.preview.effects import PAINTERS, effect_steps
from resources.rendering.preview.framing import framing_of
from resources.rendering.preview.grade import grade_steps
from resources.rendering.preview.light import Light, light_of
from resources.rendering.preview.masks import paint_mask
from resources.rendering.preview.paint import paint_figure
from resources.rendering.preview.pictures import Pictures, UnreadablePictureError
from resources.rendering.preview.plate import Plate, View, mean_colour, measured, plate_for, view_of
from resources.rendering.preview.seeds import stream
from resources.rendering.preview.slate import paint_slate
from resources.rendering.preview.stand_in_place import HORIZON, stand_in_place
from resources.rendering.preview.steps import Paint, Painting, Step, painted
from resources.rendering.request import ImageInput, Layer, RenderRequest

Colour = tuple[int, int, int]

_SWAYS = 5
"""Steps in which a crop is moved sideways."""


def composed(request: RenderRequest, pictures: Pictures) -> tuple[Image.Image, list[str]]:
    """The frame of a request, RGB, and notes on what was left out or replaced."""
    notes: list[str] = []
    return painted(painting_of(request, pictures, notes)), notes


def painting_of(request: RenderRequest, pictures: Pictures, notes: list[str]) -> Painting:
    """The steps in which a request's frame is painted; what was left out or replaced is added to the notes."""
    staging = request.staging
    size = (request.width, request.height)
    framing, light = framing_of(staging), light_of(staging)
    palette = _palette_of(staging.palette if staging else ())
    plate, horizon = plate_for(framing, _plates_of(request, palette, pictures, notes))
    draw = stream(request.seed, "sway", framing.name)
    sway = (int(draw.random() * _SWAYS) / (_SWAYS - 1) * 2 - 1) * 0.6
    view = view_of(plate, horizon, framing, size, sway, pictures)
    cast = cast_of(request, pictures, notes)
    placed = placed_cast(cast, framing, view.horizon, size[0] / size[1], request.seed, notes)
    layers = _layers_of(request, light, notes)
    frame = yield Step("background", lambda ground, _: view.image.copy())
    if (air := framing.air * min(1.0, 0.35 + light.level * 1.6)) > 0:
        frame = yield _air_step(view, air, size)
    for step in effect_steps(layers, request.seed, light, before_cast=False):
        frame = yield step
    for figure in placed:
        frame = yield Step(figure.name, _figure_paint(figure, view, light, framing.air, pictures))
    for step in effect_steps(layers, request.seed, light, before_cast=True):
        frame = yield step
    yield from grade_steps(frame, light, palette, _previous(request, pictures, notes), request.seed, pictures)
    if framing.mask:
        yield Step(framing.mask, lambda ground, _: _with_mask(ground, framing.mask))
    if staging and staging.slate:
        yield Step("slate", lambda ground, _: _with_slate(ground, staging.slate, notes))


def _figure_paint(figure: Placed, view: View, light: Light, air: float, pictures: Pictures) -> Paint:
    def paint(ground: Image.Image, frame: Image.Image) -> Image.Image:
        paint_figure(ground, figure, view, light, air, pictures)
        return ground

    return paint


def _with_mask(ground: Image.Image, kind: str) -> Image.Image:
    paint_mask(ground, kind)
    return ground


def _with_slate(ground: Image.Image, texts: tuple[str, ...], notes: list[str]) -> Image.Image:
    paint_slate(ground, texts, notes)
    return ground


def _plates_of(
    request: RenderRequest, palette: tuple[Colour, ...], pictures: Pictures, notes: list[str]
) -> list[Plate]:
    """The plates of the place, the master first; a background stands in for all; never empty."""
    location = request.staging.location if request.staging else ""
    inputs = [request.background] if request.background is not None else []
    plates = _readable(inputs, pictures, notes)
    if not plates:
        located = [image for image in request.references if image.role == "location"]
        own = [image for image in located if image.entity == location] if location else located
        plates = _readable(own, pictures, notes)
    if not plates:
        if location:
            notes.append(f"{location}: no usable plate; a stand-in place is shown")
        key = f"stand-in {location} {palette if not location else ''}"
        plates = [
            pictures.kept(
                ("stand-in place", key),
                lambda: measured(key, stand_in_place(location, () if location else palette), HORIZON),
            )
        ]
    return plates


def _readable(inputs: list[ImageInput], pictures: Pictures, notes: list[str]) -> list[Plate]:
    plates = []
    for image in inputs:
        sha256 = image.sha256
        if sha256 is None:
            continue
        try:
            plates.append(
                pictures.kept(("plate", sha256), lambda sha256=sha256: measured(sha256, pictures.picture(sha256)))
            )
        except UnreadablePictureError as error:
            notes.append(f"{image.entity or 'background'}: {error}")
    return plates


def _layers_of(request: RenderRequest, light: Light, notes: list[str]) -> list[Layer]:
    """The request's layers, then what the words of its light and atmosphere ask for beside them."""
    layers: list[Layer] = []
    for layer in request.layers:
        if layer.kind not in PAINTERS:
            notes.append(f"layer {layer.kind!r} is unknown to preview; it draws {', '.join(sorted(PAINTERS))}")
        elif layer.kind == COLOUR_FILTER and colour_of_hex(layer.colour) is None:
            notes.append(f"colour filter {layer.colour!r} is no colour such as #E8893B, and is left out")
        else:
            layers.append(layer)
    asked = {layer.kind for layer in layers}
    return layers + [Layer(kind, strength) for kind, strength in light.layers if kind not in asked]


def _air_step(view: View, air: float, size: tuple[int, int]) -> Step:
    """Air between the eye and what is far: palest along the horizon, thinner towards the ground near by."""
    row = min(max(round(view.horizon * 9), 0), 8)
    colour = mean_colour(view.local.crop((0, row, 16, row + 1)))
    pale = tuple(min(255, round(58 + c * 0.95)) for c in colour)
    column = Image.new("L", (1, 64))
    values = []
    for step in range(64):
        away = abs(step / 63 - view.horizon)
        values.append(round(255 * air * 0.55 * max(0.0, 1 - away * (2.0 if step / 63 < view.horizon else 3.4))))
    column.putdata(values)
    mask = column.resize(size, Image.Resampling.BILINEAR)

    def paint(ground: Image.Image, frame: Image.Image) -> Image.Image:
        hazy = ground.copy()
        hazy.paste(pale, (0, 0), mask)
        return ImageChops.lighter(ground, hazy)  # air adds light: lamps shine through it

    def layer() -> Image.Image:
        veil = Image.new("RGBA", size, pale)
        veil.putalpha(mask)
        return veil

    return Step("air", paint, "lighten", layer)


def _previous(request: RenderRequest, pictures: Pictures, notes: list[str]) -> Image.Image | None:
    for image in request.references:
        if image.role == "previous" and image.sha256 is not None:
            try:
                return pictures.picture(image.sha256)
            except UnreadablePictureError as error:
                notes.append(f"previous shot {image.entity}: {error}")
    return None


def _palette_of(colours: tuple[str, ...]) -> tuple[Colour, ...]:
    """Hex colours as numbers; what is no colour is passed over."""
    found = []
    for colour in colours:
        match = re.fullmatch(r"#?([0-9a-fA-F]{6})", colour.strip())
        if match:
            value = int(match[1], 16)
            found.append((value >> 16, value >> 8 & 255, value & 255))
    return tuple(found)
