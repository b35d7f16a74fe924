"""The stand-in for a location without a picture: a layered paper place from the id alone."""

from random import Random

from PIL import Image, ImageDraw, ImageFilter

from resources.rendering.preview.paper import Colour, colour_of, graded_paper, mixed
from resources.rendering.preview.seeds import stream

HORIZON = 0.52
"""Where the ground of a stand-in place begins, as a share of its height."""
_SIZE = (1600, 900)
_PLANES = 4
_LIGHT = (255, 250, 232)


def stand_in_place(entity: str, palette: tuple[Colour, ...] = ()) -> Image.Image:
    """A layered paper place, RGB: sky, a disc of light, planes that grow darker and nearer, a ground with a path.

    Colours come from the id, or from a palette of three colours or more.
    """
    draw = stream("place", entity)
    hue = draw.random()
    sky = colour_of(hue, 0.50, 0.52)
    glow = colour_of(0.05 + draw.random() * 0.10, 0.38, 0.98)  # always warm: the sky clears towards it
    near = colour_of(hue + 0.05, 0.56, 0.24)
    if len(palette) >= 3:
        by_light = sorted(palette, key=lambda c: (c[0] * 3 + c[1] * 6 + c[2], c))
        near, sky, glow = mixed(by_light[0], (10, 10, 24), 0.3), by_light[1], by_light[-2]
    width, height = _SIZE
    horizon = round(height * HORIZON)
    place = graded_paper(_SIZE, [(0.0, sky), (HORIZON * 0.62, mixed(sky, glow, 0.45)), (HORIZON, glow), (1.0, glow)])
    _lay_disc(place, draw, horizon, mixed(glow, _LIGHT, 0.65))
    manner = int(draw.random() * 3)
    for plane in range(_PLANES):
        near_by = plane / (_PLANES - 1)
        colour = mixed(mixed(sky, glow, 0.30 * (1 - near_by)), near, 0.10 + 0.55 * near_by)
        mask = _plane(
            draw, manner if plane else 0, horizon + 6 + plane * 12, 70 + 62 * plane, 6 - plane, glow_windows=plane > 1
        )
        paper = graded_paper(
            _SIZE,
            [
                (0.16, mixed(colour, near, 0.3)),
                (HORIZON - 0.03, mixed(colour, glow, 0.42 - 0.2 * near_by)),
                (0.62, colour),
            ],
        )
        _lay_plane(place, paper, mask, 2.4 - 1.8 * near_by)
    ground = horizon + 40
    place.paste(
        graded_paper((width, height - ground), [(0.0, mixed(sky, glow, 0.28)), (1.0, mixed(near, sky, 0.3))]),
        (0, ground),
    )
    _lay_path(place, draw, ground, mixed(glow, sky, 0.35))
    _lay_tufts(place, draw, ground, mixed(near, sky, 0.2))
    return place


def _lay_disc(place: Image.Image, draw: Random, horizon: int, light: Colour) -> None:
    width = place.width
    x, y = width * (0.22 + draw.random() * 0.56), horizon * (0.30 + draw.random() * 0.35)
    radius = 56 + draw.random() * 56
    disc = Image.new("L", place.size, 0)
    ImageDraw.Draw(disc).ellipse([x - radius, y - radius, x + radius, y + radius], fill=230)
    halo = disc.reduce(8).filter(ImageFilter.GaussianBlur(12)).resize(place.size, Image.Resampling.BILINEAR)
    place.paste(light, (0, 0), halo)
    place.paste(light, (0, 0), disc.filter(ImageFilter.BoxBlur(1)))


def _lay_plane(place: Image.Image, paper: Image.Image, mask: Image.Image, blur: float) -> None:
    """One sheet with the soft shadow that it throws on the sheet behind it."""
    shadow = mask.reduce(4).filter(ImageFilter.BoxBlur(3)).resize(mask.size, Image.Resampling.BILINEAR)
    place.paste((14, 12, 34), (0, -4), shadow.point([v // 5 for v in range(256)]))
    place.paste(paper, (0, 0), mask.filter(ImageFilter.BoxBlur(blur)))


def _plane(draw: Random, manner: int, base: float, rise: float, count: int, glow_windows: bool) -> Image.Image:
    """The shape of one plane: hills, round trees, or houses with arches, by the place's manner."""
    mask = Image.new("L", _SIZE, 0)
    pen = ImageDraw.Draw(mask)
    width = _SIZE[0]
    pen.rectangle([0, base - rise * 0.12, width, base + 60], fill=255)
    for index in range(count + 3):
        x = width * (index + draw.random() * 0.8) / (count + 2) - width * 0.08
        tall, wide = rise * (0.55 + draw.random() * 0.75), rise * (0.7 + draw.random() * 0.8)
        if manner == 0:
            pen.ellipse([x - wide * 1.5, base - tall * 0.9, x + wide * 1.5, base + tall], fill=255)
        elif manner == 1:
            trunk = max(4, rise * 0.04)
            pen.rectangle([x - trunk, base - tall, x + trunk, base], fill=255)
            for _ in range(3):
                at, top = x + (draw.random() - 0.5) * wide * 0.6, base - tall * (1.0 + draw.random() * 0.45)
                size = wide * (0.28 + draw.random() * 0.16)
                pen.ellipse([at - size, top - size, at + size, top + size * 0.9], fill=255)
        else:
            half = wide * 0.42
            pen.rectangle([x - half, base - tall, x + half, base], fill=255)
            pen.polygon(
                [(x - half * 1.2, base - tall), (x + half * 1.2, base - tall), (x, base - tall - half * 1.1)], fill=255
            )
            if glow_windows:  # cut out, so that the light behind shines through
                pane, sill = half * 0.22, base - tall * 0.72
                for side in (-1, 1):
                    at = x + side * half * 0.42
                    pen.rounded_rectangle([at - pane, sill, at + pane, sill + pane * 2.6], radius=round(pane), fill=0)
    pen.rectangle([0, base, width, base + 60], fill=255)
    return mask


def _lay_path(place: Image.Image, draw: Random, ground: int, colour: Colour) -> None:
    width, height = place.size
    bend = width * (0.36 + draw.random() * 0.28)
    path = Image.new("L", place.size, 0)
    edge = [(bend - 22, ground), (bend + 22, ground), (width * 0.5 + 190, (ground + height) / 2)]
    edge += [(width * 0.5 + 460, height), (width * 0.5 - 420, height), (width * 0.5 - 130, (ground + height) / 2)]
    ImageDraw.Draw(path).polygon(edge, fill=105)
    place.paste(colour, (0, 0), path.filter(ImageFilter.BoxBlur(7)))


def _lay_tufts(place: Image.Image, draw: Random, ground: int, colour: Colour) -> None:
    """Tufts of grass on the ground, larger as they come nearer."""
    mask = Image.new("L", place.size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(46):
        near = draw.random()
        x, y = draw.random() * place.width, ground + 10 + near * near * (place.height - ground)
        for blade in range(5):
            lean = (blade - 2) * (4 + 10 * near) + (draw.random() - 0.5) * 6
            foot = (blade - 2) * (1.5 + 3 * near)
            tall = (10 + 42 * near) * (0.7 + draw.random() * 0.5)
            thick = 1.5 + 3 * near
            pen.polygon([(x + foot - thick, y), (x + foot + thick, y), (x + lean, y - tall)], fill=150)
    place.paste(colour, (0, 0), mask.filter(ImageFilter.BoxBlur(0.8)))
