"""Sheets on which decorations are cut out of paper: four times too large, each piece lit from above."""

from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from resources.rendering.preview.paper import Colour, Points, mixed

SCALE = 4
"""Pieces are cut at so many times the size of a sheet."""
SHEET = 132
"""Height of a sheet in pixels; decorations are rarely larger in a plate."""
_SHADE: Colour = (24, 20, 48)


@dataclass(frozen=True)
class Inks:
    """The colours that a decoration is made of."""

    main: Colour
    second: Colour
    pale: Colour
    dark: Colour
    leaf: Colour
    glow: Colour
    """Of what shines."""

    def turned(self, draw: Random) -> "Inks":
        """The same with main and second changed about, now and then."""
        if draw.random() < 0.5:
            return self
        return Inks(self.second, self.main, self.pale, self.dark, self.leaf, self.glow)


class Sheet:
    """One decoration in the making. Lengths are shares of its height: x runs 0..aspect, y 0..1 downwards."""

    def __init__(self, aspect: float = 1.0) -> None:
        self.side = SHEET * SCALE
        self.aspect = aspect
        self.image = Image.new("RGBA", (round(self.side * aspect), self.side), (0, 0, 0, 0))

    def oval(self, x: float, y: float, wide: float, tall: float, colour: Colour, flat: bool = False) -> None:
        """An oval around (x, y), `wide` and `tall` to each side."""
        mask, pen = self._cut()
        pen.ellipse(self._px([(x - wide, y - tall), (x + wide, y + tall)]), fill=255)
        self._lay(mask, colour, flat)

    def piece(self, points: Points, colour: Colour, soft: float = 0.0, flat: bool = False) -> None:
        """A polygon; `soft` rounds its corners."""
        mask, pen = self._cut()
        pen.polygon(self._px(points), fill=255)
        if soft:
            mask = mask.filter(ImageFilter.BoxBlur(soft * self.side)).point([0] * 118 + [255] * 138)
        self._lay(mask, colour, flat)

    def box(self, left: float, top: float, right: float, foot: float, colour: Colour, soft: float = 0.02) -> None:
        """A rectangle with rounded corners."""
        mask, pen = self._cut()
        pen.rounded_rectangle(self._px([(left, top), (right, foot)]), radius=soft * self.side, fill=255)
        self._lay(mask, colour, False)

    def line(self, points: Points, width: float, colour: Colour) -> None:
        """A strip along points."""
        mask, pen = self._cut()
        pen.line(self._px(points), fill=255, width=max(2, round(width * self.side)), joint="curve")
        self._lay(mask, colour, True)

    def halo(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light inside what is already there (never beyond it)."""
        mask, pen = self._cut()
        pen.ellipse(self._px([(x - radius, y - radius), (x + radius, y + radius)]), fill=round(255 * strength))
        mask = mask.filter(ImageFilter.GaussianBlur(radius * 0.35 * self.side))
        alpha = self.image.getchannel("A")
        self.image.paste((*colour, 255), (0, 0), ImageChops.multiply(mask, alpha))
        self.image.putalpha(alpha)

    def _cut(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        mask = Image.new("L", self.image.size, 0)
        return mask, ImageDraw.Draw(mask)

    def _px(self, points: Points) -> Points:
        return [(x * self.side, y * self.side) for x, y in points]

    def _lay(self, mask: Image.Image, colour: Colour, flat: bool) -> None:
        seen = mask.getbbox()
        if seen is None:
            return
        spare = 16
        box = (
            max(0, seen[0] - spare),
            max(0, seen[1] - spare),
            min(mask.width, seen[2] + spare),
            min(mask.height, seen[3] + spare),
        )
        mask, under = mask.crop(box), self.image.crop(box)
        paper = Image.new("RGBA", mask.size, (*colour, 255))
        if not flat:
            shade = Image.linear_gradient("L").resize(mask.size).point([v * 5 // 12 for v in range(256)])
            paper.paste((*mixed(colour, _SHADE, 0.55), 255), (0, 0), shade)
            fallen = (
                ImageChops.offset(mask, 4, 9).filter(ImageFilter.BoxBlur(6)).point([v * 3 // 8 for v in range(256)])
            )
            under.paste((*_SHADE, 255), (0, 0), ImageChops.multiply(fallen, under.getchannel("A")))
        under.paste(paper, (0, 0), mask)
        self.image.paste(under, box)
