"""The stand-in for a character without a picture: a paper figure from the id alone. The same id, the same look."""

from dataclasses import dataclass
from random import Random

from PIL import Image

from resources.rendering.preview.paper import Colour, PaperFigure, colour_of, mixed
from resources.rendering.preview.seeds import stream

_SIZE = (520, 900)
_SCALE = 2
_SKINS: tuple[Colour, ...] = ((246, 222, 196), (224, 178, 140), (176, 122, 92), (238, 206, 168), (206, 190, 160))
_WHITE, _PUPIL = (250, 246, 236), (28, 22, 34)


@dataclass(frozen=True)
class _Build:
    """Measures in pixels of the enlarged figure, and its colours."""

    middle: float
    ground: float
    crown: float
    head: float
    """Half the width of the head."""
    shoulder: float
    girth: float
    """Half the width of the body."""
    hips: float
    coat: Colour
    dark: Colour
    skin: Colour
    accent: Colour


def stand_in_figure(entity: str) -> Image.Image:
    """A paper figure, RGBA, full length with clear margins: body, head, one exaggerated trait, two eyes."""
    draw = stream("figure", entity)
    hue = draw.random()
    width, height = _SIZE[0] * _SCALE, _SIZE[1] * _SCALE
    head = (0.17 + draw.random() * 0.07) * width
    crown = height * (0.17 + draw.random() * 0.13)
    build = _Build(
        middle=width / 2,
        ground=height * 0.975,
        crown=crown,
        head=head,
        shoulder=crown + head * 1.8,
        girth=(0.19 + draw.random() * 0.16) * width,
        hips=height * 0.80,
        coat=colour_of(hue, 0.46, 0.60),
        dark=colour_of(hue + 0.03, 0.52, 0.30),
        skin=_SKINS[int(draw.random() * len(_SKINS))],
        accent=colour_of(hue + 0.42 + draw.random() * 0.2, 0.60, 0.86),
    )
    figure = PaperFigure(_SIZE, _SCALE)
    trait = int(draw.random() * 5)
    _lay_legs(figure, build)
    _lay_trait(figure, build, trait, draw, behind=True)
    _lay_body(figure, build, 0.55 + draw.random() * 0.5)
    _lay_head(figure, build)
    _lay_trait(figure, build, trait, draw, behind=False)
    return figure.image.resize(_SIZE, Image.Resampling.BOX)


def _lay_legs(figure: PaperFigure, b: _Build) -> None:
    for side in (-1, 1):
        x = b.middle + side * b.girth * 0.42
        figure.stroke([(x, b.hips - 60), (x, b.ground - 40)], b.girth * 0.16, b.dark)
        toe = side * b.girth * 0.10
        figure.ellipse(
            x - b.girth * 0.27 + toe, b.ground - 92, x + b.girth * 0.30 + toe, b.ground, mixed(b.accent, b.dark, 0.6)
        )


def _lay_body(figure: PaperFigure, b: _Build, bell: float) -> None:
    top = b.girth * bell
    coat = [(b.middle - top, b.shoulder - 20), (b.middle + top, b.shoulder - 20)]
    coat += [(b.middle + b.girth * 1.1, b.hips - 90), (b.middle + b.girth * 0.95, b.hips + 40)]
    coat += [(b.middle - b.girth * 0.95, b.hips + 40), (b.middle - b.girth * 1.1, b.hips - 90)]
    figure.rounded(coat, b.coat)
    waist = b.shoulder + (b.hips - b.shoulder) * 0.72
    for side in (-1, 1):
        shoulder, hand = b.middle + side * top * 0.86, b.middle + side * b.girth * 1.06
        figure.stroke([(shoulder, b.shoulder + 40), (hand, waist)], 34, mixed(b.coat, b.dark, 0.3))
        figure.ellipse(hand - 44, waist - 34, hand + 44, waist + 54, b.skin)
    for row in range(3):  # buttons
        y = b.shoulder + (b.hips - b.shoulder) * (0.32 + row * 0.2)
        figure.ellipse(b.middle - 15, y - 15, b.middle + 15, y + 15, b.accent)


def _lay_head(figure: PaperFigure, b: _Build) -> None:
    x, head = b.middle, b.head
    scarf = b.shoulder - head * 0.12
    figure.ellipse(x - head, b.crown, x + head, b.crown + head * 2, b.skin)
    figure.cap(x - head * 1.08, b.crown - head * 0.14, x + head * 1.08, b.crown + head * 1.7, b.dark)
    figure.ellipse(x - head * 0.95, scarf - head * 0.22, x + head * 0.95, scarf + head * 0.34, b.accent)
    eye, apart = head * 0.23, head * 0.40
    for side in (-1, 1):
        centre, level = x + head * 0.12 + side * apart, b.crown + head * 1.08
        figure.ellipse(centre - eye, level - eye, centre + eye, level + eye, _WHITE, flat=True)
        centre += eye * 0.3
        figure.ellipse(
            centre - eye * 0.52, level - eye * 0.56, centre + eye * 0.52, level + eye * 0.56, _PUPIL, flat=True
        )
        cheek = b.crown + head * 1.5
        blush = mixed(b.skin, (222, 96, 80), 0.35)
        figure.ellipse(
            centre + side * 20 - eye * 0.7,
            cheek - eye * 0.3,
            centre + side * 20 + eye * 0.7,
            cheek + eye * 0.5,
            blush,
            flat=True,
        )


def _lay_trait(figure: PaperFigure, b: _Build, trait: int, draw: Random, behind: bool) -> None:
    """What tells stand-ins apart by silhouette alone: feelers, ears, wings, a pack, or a hat."""
    x, head = b.middle, b.head
    if trait == 0 and behind:
        for side in (-1, 1):
            tip = x + side * head * (0.6 + draw.random() * 0.6)
            root = (x + side * head * 0.35, b.crown + head * 0.4)
            figure.stroke(
                [root, (x + side * head * 0.5, b.crown - head * 0.5), (tip, b.crown - head * 1.1)], 11, b.dark
            )
            figure.ellipse(tip - head * 0.2, b.crown - head * 1.3, tip + head * 0.2, b.crown - head * 0.9, b.accent)
    elif trait == 1 and behind:
        for side in (-1, 1):
            ear = x + side * head * 0.62
            figure.ellipse(ear - head * 0.3, b.crown - head * 0.95, ear + head * 0.3, b.crown + head * 0.8, b.dark)
    elif trait == 2 and behind:
        pale = mixed(b.accent, _WHITE, 0.5)
        for side in (-1, 1):
            ends = sorted((x + side * b.girth * 0.3, x + side * b.girth * 2.0))
            figure.ellipse(ends[0], b.shoulder, ends[1], b.shoulder + 430, pale)
            figure.ellipse(ends[0] + 30, b.shoulder + 270, ends[1] - 30, b.shoulder + 580, mixed(pale, b.accent, 0.3))
    elif trait == 3 and behind:
        figure.ellipse(x - b.girth * 1.75, b.shoulder + 60, x + b.girth * 0.2, b.hips - 60, b.accent)
    elif trait == 4 and not behind:
        figure.cap(x - head * 0.85, b.crown - head * 0.9, x + head * 0.85, b.crown + head * 1.2, b.accent)
        figure.ellipse(x - head * 1.5, b.crown + head * 0.02, x + head * 1.5, b.crown + head * 0.42, b.accent)
