"""Cut paper: colours from a hue, pieces laid one on another with soft shadows, gradients."""

import colorsys

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]

_SHADOW = (16, 12, 32)
_SHADED = (20, 16, 40)


def colour_of(hue: float, saturation: float, value: float) -> Colour:
    """A colour from its hue (turns), saturation and value, all 0..1."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`a`, with `share` of `b` in it."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def graded_paper(size: tuple[int, int], stops: list[tuple[float, Colour]]) -> Image.Image:
    """A vertical gradient through colour stops (share of the height, colour), RGB."""
    column = Image.new("RGB", (1, size[1]))
    colours = []
    for row in range(size[1]):
        at = row / size[1]
        later = next((i for i, stop in enumerate(stops) if stop[0] >= at), len(stops) - 1)
        before = max(0, later - 1)
        span = stops[later][0] - stops[before][0]
        share = min(max((at - stops[before][0]) / span, 0.0), 1.0) if span > 0 else 0.0
        colours.append(mixed(stops[before][1], stops[later][1], share))
    column.putdata(colours)
    return column.resize(size)


class PaperFigure:
    """A figure to be glued together, on a clear ground, at `scale` times its size."""

    def __init__(self, size: tuple[int, int], scale: int) -> None:
        self.image = Image.new("RGBA", (size[0] * scale, size[1] * scale), (0, 0, 0, 0))
        self._scale = scale

    def ellipse(self, left: float, top: float, right: float, bottom: float, colour: Colour, flat: bool = False) -> None:
        """An oval piece; `flat`: printed on what lies there, without light and shadow."""
        mask = self._mask()
        ImageDraw.Draw(mask).ellipse([left, top, right, bottom], fill=255)
        self._lay(mask, colour, flat)

    def cap(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """The upper half of an oval."""
        mask = self._mask()
        ImageDraw.Draw(mask).chord([left, top, right, bottom], 180, 360, fill=255)
        self._lay(mask, colour)

    def rounded(self, corners: Points, colour: Colour) -> None:
        """A polygon with soft corners."""
        mask = self._mask()
        ImageDraw.Draw(mask).polygon(corners, fill=255)
        soft = mask.filter(ImageFilter.BoxBlur(18 * self._scale))
        self._lay(soft.point([0] * 128 + [255] * 128), colour)

    def stroke(self, points: Points, width: float, colour: Colour) -> None:
        """A strip along points, in pixels of the figure's own size."""
        mask = self._mask()
        ImageDraw.Draw(mask).line(points, fill=255, width=round(width * self._scale), joint="curve")
        self._lay(mask, colour)

    def _mask(self) -> Image.Image:
        return Image.new("L", self.image.size, 0)

    def _lay(self, mask: Image.Image, colour: Colour, flat: bool = False) -> None:
        """Lays one piece down: lit from above, with a soft shadow on what lies under it."""
        seen = mask.getbbox()
        if seen is None:
            return
        spare = 14 * self._scale
        width, height = self.image.size
        box = (max(0, seen[0] - spare), max(0, seen[1] - spare))
        box += (min(width, seen[2] + spare), min(height, seen[3] + spare))
        mask, under = mask.crop(box), self.image.crop(box)
        paper = Image.new("RGBA", mask.size, (*colour, 255))
        if not flat:
            shade = Image.linear_gradient("L").resize(mask.size).point([v * 6 // 10 for v in range(256)])
            paper.paste((*mixed(colour, _SHADED, 0.5), 255), (0, 0), shade)
            fallen = ImageChops.offset(mask, 0, 12).filter(ImageFilter.BoxBlur(12)).point([v // 3 for v in range(256)])
            under.paste((*_SHADOW, 255), (0, 0), ImageChops.multiply(fallen, under.getchannel("A")))
        under.paste(paper, (0, 0), mask)
        self.image.paste(under, box)
