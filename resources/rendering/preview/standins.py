"""Stand-ins: a paper figure and a paper place, from an id alone, for what has no picture. The same id, the same look."""

import colorsys
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.rendering.preview.seeds import stream

Colour = tuple[int, int, int]

_SUPERSAMPLE = 2
_FIGURE_SIZE = (520, 900)
_PLACE_SIZE = (1600, 900)
_SKINS: tuple[Colour, ...] = ((246, 222, 196), (224, 178, 140), (168, 116, 88), (238, 206, 168), (206, 190, 160))
PLACE_HORIZON = 0.52
"""Where the ground of a stand-in place begins, as a share of its height."""


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`a`, with `share` of `b` in it."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def stand_in_figure(entity: str) -> Image.Image:
    """A paper figure, RGBA, full length with clear margins: body, head, one exaggerated trait, two eyes."""
    draw = stream("figure", entity)
    hue = draw.random()
    coat, skin = _colour(hue, 0.46, 0.62), _SKINS[int(draw.random() * len(_SKINS))]
    dark, accent = _colour(hue + 0.03, 0.55, 0.30), _colour(hue + 0.45 + draw.random() * 0.2, 0.62, 0.88)
    scale = _SUPERSAMPLE
    width, height = _FIGURE_SIZE[0] * scale, _FIGURE_SIZE[1] * scale
    figure = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    middle, ground = width / 2, height * 0.975
    girth = (0.20 + draw.random() * 0.17) * width
    head = (0.15 + draw.random() * 0.07) * width
    crown = height * (0.20 + draw.random() * 0.12)
    shoulder = crown + head * 1.75

    def piece(shape: str, where: list[tuple[float, float]], colour: Colour) -> None:
        _paper(figure, shape, where, colour, 10 * scale)

    for side in (-1, 1):  # legs and boots
        x = middle + side * girth * 0.42
        piece("box", [(x - girth * 0.15, height * 0.72), (x + girth * 0.15, ground - 14 * scale)], dark)
        piece(
            "ellipse", [(x - girth * 0.30 + side * 8, ground - 52 * scale), (x + girth * 0.34 + side * 8, ground)], dark
        )
    _trait_behind(draw, piece, middle, crown, head, girth, height, accent, dark)
    bell = 0.62 + draw.random() * 0.5
    top = girth * bell
    body = [(middle - top * 0.72, shoulder), (middle + top * 0.72, shoulder), (middle + girth * 1.05, height * 0.70)]
    body += [
        (middle + girth * 0.8, height * 0.83),
        (middle - girth * 0.8, height * 0.83),
        (middle - girth * 1.05, height * 0.70),
    ]
    piece("round", body, coat)
    for side in (-1, 1):  # arms
        x = middle + side * girth * 0.98
        arm = [(x - 26 * scale, shoulder + 46 * scale), (x + 26 * scale, height * 0.66)]
        piece("ellipse", arm, _mixed(coat, dark, 0.25))
        piece("ellipse", [(x - 24 * scale, height * 0.63), (x + 24 * scale, height * 0.685)], skin)
    piece("ellipse", [(middle - head, crown), (middle + head, crown + head * 2)], skin)
    brow = crown + head * 0.2
    piece("chord", [(middle - head * 1.08, crown - head * 0.12), (middle + head * 1.08, brow + head * 1.5)], dark)
    piece(
        "round",
        [
            (middle - head * 0.95, shoulder - head * 0.2),
            (middle + head * 0.95, shoulder - head * 0.2),
            (middle + head * 0.9, shoulder + head * 0.28),
            (middle - head * 0.9, shoulder + head * 0.28),
        ],
        accent,
    )
    eye, apart = head * 0.25, head * 0.42
    for side in (-1, 1):
        x, y = middle + head * 0.1 + side * apart, crown + head * 1.12
        piece("flat", [(x - eye, y - eye), (x + eye, y + eye)], (250, 246, 236))
        x += eye * 0.25
        piece("flat", [(x - eye * 0.5, y - eye * 0.55), (x + eye * 0.5, y + eye * 0.55)], (28, 22, 34))
    return figure.resize(_FIGURE_SIZE, Image.Resampling.BOX)


def _trait_behind(draw, piece, middle, crown, head, girth, height, accent, dark) -> None:
    """What tells stand-ins apart by silhouette alone: feelers, ears, wings, a hat's brim or a pack."""
    trait = int(draw.random() * 5)
    if trait == 0:  # feelers
        for side in (-1, 1):
            x = middle + side * head * (0.5 + draw.random() * 0.5)
            piece("line", [(middle + side * head * 0.35, crown + head * 0.3), (x, crown - head * 1.1)], dark)
            piece("ellipse", [(x - head * 0.2, crown - head * 1.3), (x + head * 0.2, crown - head * 0.9)], accent)
    elif trait == 1:  # ears
        for side in (-1, 1):
            x = middle + side * head * 0.62
            piece("ellipse", [(x - head * 0.3, crown - head * 0.95), (x + head * 0.3, crown + head * 0.7)], dark)
    elif trait == 2:  # wings
        for side in (-1, 1):
            near, far = middle + side * girth * 0.5, middle + side * girth * 2.1
            box = [(min(near, far), height * 0.36), (max(near, far), height * 0.66)]
            piece("ellipse", box, _mixed(accent, (250, 246, 236), 0.45))
    elif trait == 3:  # a hat
        piece(
            "round",
            [
                (middle - head * 0.75, crown - head * 0.9),
                (middle + head * 0.75, crown - head * 0.9),
                (middle + head * 0.9, crown + head * 0.4),
                (middle - head * 0.9, crown + head * 0.4),
            ],
            accent,
        )
        piece(
            "ellipse", [(middle - head * 1.6, crown + head * 0.05), (middle + head * 1.6, crown + head * 0.5)], accent
        )
    else:  # a pack
        piece("ellipse", [(middle - girth * 1.7, height * 0.42), (middle + girth * 0.2, height * 0.74)], accent)


def _paper(figure: Image.Image, shape: str, where: list[tuple[float, float]], colour: Colour, round_by: int) -> None:
    """One piece of paper laid on a figure: lit from above, with a soft shadow on what lies under it."""
    mask = Image.new("L", figure.size, 0)
    pen = ImageDraw.Draw(mask)
    if shape in ("ellipse", "flat"):
        pen.ellipse([*where[0], *where[1]], fill=255)
    elif shape == "box":
        pen.rounded_rectangle([*where[0], *where[1]], radius=round_by, fill=255)
    elif shape == "chord":
        pen.chord([*where[0], *where[1]], 180, 360, fill=255)
    elif shape == "line":
        pen.line(where, fill=255, width=round_by)
    else:
        pen.polygon(where, fill=255)
        mask = mask.filter(ImageFilter.BoxBlur(round_by * 2)).point([0] * 128 + [255] * 128)
    seen = mask.getbbox()
    if seen is None:
        return
    spare = 14 * _SUPERSAMPLE
    box = (
        max(0, seen[0] - spare),
        max(0, seen[1] - spare),
        min(figure.width, seen[2] + spare),
        min(figure.height, seen[3] + spare),
    )
    mask, under = mask.crop(box), figure.crop(box)
    paper = Image.new("RGBA", mask.size, (*colour, 255))
    if shape != "flat":
        shade = Image.linear_gradient("L").resize(mask.size).point([v * 6 // 10 for v in range(256)])
        paper.paste((*_mixed(colour, (20, 16, 40), 0.5), 255), (0, 0), shade)
        fallen = ImageChops.offset(mask, 0, 12).filter(ImageFilter.BoxBlur(12)).point([v // 3 for v in range(256)])
        under.paste((16, 12, 32, 255), (0, 0), ImageChops.multiply(fallen, under.getchannel("A")))
    under.paste(paper, (0, 0), mask)
    figure.paste(under, box)


def stand_in_place(entity: str, palette: tuple[Colour, ...] = ()) -> Image.Image:
    """A layered paper place, RGB: sky, a disc of light, three planes that grow darker and nearer, a ground."""
    draw = stream("place", entity)
    hue = draw.random()
    width, height = _PLACE_SIZE
    dusk, glow = _colour(hue, 0.42, 0.46), _colour(hue + 0.46 + draw.random() * 0.12, 0.34, 0.93)
    near = _colour(hue + 0.04, 0.50, 0.20)
    if len(palette) >= 3:
        by_light = sorted(palette, key=lambda c: (c[0] * 3 + c[1] * 6 + c[2], c))
        near, dusk, glow = by_light[0], by_light[1], by_light[-2]
        near = _mixed(near, (10, 10, 24), 0.3)
    horizon = round(height * PLACE_HORIZON)
    place = _graded((width, height), [(0.0, dusk), (PLACE_HORIZON, glow), (1.0, glow)])
    x, y, r = width * (0.25 + draw.random() * 0.5), horizon * (0.35 + draw.random() * 0.4), 60 + draw.random() * 60
    disc = Image.new("L", place.size, 0)
    ImageDraw.Draw(disc).ellipse([x - r, y - r, x + r, y + r], fill=220)
    halo = disc.reduce(8).filter(ImageFilter.GaussianBlur(9)).resize(place.size, Image.Resampling.BILINEAR)
    light = _mixed(glow, (255, 250, 236), 0.6)
    place.paste(light, (0, 0), halo)
    place.paste(light, (0, 0), disc.filter(ImageFilter.BoxBlur(1)))
    manner = int(draw.random() * 3)
    for plane in range(3):
        depth = plane / 2
        colour = _mixed(_mixed(glow, dusk, 0.55), near, 0.25 + 0.5 * depth)
        base = horizon + 8 + plane * 14
        mask = _plane(draw, manner, (width, height), base, 110 + 90 * plane, 5 - plane)
        blur = 2.0 - depth * 1.5
        place.paste(
            _graded(
                (width, height), [(0.2, _mixed(colour, near, 0.25)), (0.62, _mixed(colour, glow, 0.35)), (1.0, colour)]
            ),
            (0, 0),
            mask.filter(ImageFilter.GaussianBlur(blur)),
        )
    ground = _graded((width, height - horizon - 30), [(0.0, _mixed(dusk, glow, 0.45)), (1.0, _mixed(near, dusk, 0.35))])
    place.paste(ground, (0, horizon + 30))
    path = Image.new("L", place.size, 0)
    bend = width * (0.35 + draw.random() * 0.3)
    ImageDraw.Draw(path).polygon(
        [
            (bend - 26, horizon + 30),
            (bend + 26, horizon + 30),
            (width * 0.5 + 420, height),
            (width * 0.5 - 380, height),
        ],
        fill=90,
    )
    place.paste(_mixed(glow, dusk, 0.3), (0, 0), path.filter(ImageFilter.BoxBlur(6)))
    return place


def _plane(draw: Random, manner: int, size: tuple[int, int], base: float, rise: float, count: int) -> Image.Image:
    """One plane of a place: hills, round trees, or arches, by the place's manner."""
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    width = size[0]
    pen.rectangle([0, base - rise * 0.12, width, base + 60], fill=255)
    for index in range(count + 3):
        x = width * (index + draw.random() * 0.8) / (count + 2) - width * 0.08
        tall, wide = rise * (0.6 + draw.random() * 0.7), rise * (0.7 + draw.random() * 0.9)
        if manner == 0:
            pen.ellipse([x - wide * 1.6, base - tall, x + wide * 1.6, base + tall], fill=255)
        elif manner == 1:
            pen.rectangle([x - 6, base - tall, x + 6, base], fill=255)
            pen.ellipse([x - wide * 0.5, base - tall * 1.5, x + wide * 0.5, base - tall * 0.35], fill=255)
        else:
            pen.rectangle([x - wide * 0.6, base - tall * 1.3, x + wide * 0.6, base], fill=255)
            pen.ellipse(
                [x - wide * 0.6, base - tall * 1.3 - wide * 0.6, x + wide * 0.6, base - tall * 1.3 + wide * 0.6],
                fill=255,
            )
            pen.rounded_rectangle(
                [x - wide * 0.28, base - tall * 0.9, x + wide * 0.28, base + 70], radius=round(wide * 0.28), fill=0
            )
    pen.rectangle([0, base, width, base + 60], fill=255)
    return mask


def _graded(size: tuple[int, int], stops: list[tuple[float, Colour]]) -> Image.Image:
    """A vertical gradient through colour stops."""
    column = Image.new("RGB", (1, size[1]))
    colours = []
    for row in range(size[1]):
        at = row / size[1]
        later = next((i for i, stop in enumerate(stops) if stop[0] >= at), len(stops) - 1)
        before = max(0, later - 1)
        span = stops[later][0] - stops[before][0]
        share = min(max((at - stops[before][0]) / span, 0.0), 1.0) if span > 0 else 0.0
        colours.append(_mixed(stops[before][1], stops[later][1], share))
    column.putdata(colours)
    return column.resize(size)
