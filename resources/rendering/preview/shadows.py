"""What a standing figure does to the air and the ground around it: halo, contact shadow, cast shadow."""

from functools import cache

from PIL import Image, ImageChops, ImageFilter

from resources.rendering.preview.blocking import Placed
from resources.rendering.preview.light import Light
from resources.rendering.preview.plate import View

Box = tuple[int, int, int, int]

_HALO = 0.30
_SHADOW = (8, 7, 20)
SOLID = [0] * 96 + [min(255, (v - 96) * 3) for v in range(96, 256)]
"""Table that keeps the alpha of the body alone: a glow throws no shadow, and has no edge to be rimmed."""


def paint_shadow(
    frame: Image.Image, placed: Placed, body: Box, light: Light, alpha: Image.Image, left: int, top: int
) -> None:
    """A soft dark pool under the feet, and the long shadow that the key casts over the ground.

    `body` is the figure's box in the frame; `alpha` the alpha of its picture, whose corner lies at (`left`, `top`).
    """
    wide, tall = body[2] - body[0], body[3] - body[1]
    first, last = placed.likeness.feet
    if placed.flip:
        first, last = 1 - last, 1 - first
    middle = body[0] + wide * (first + last) / 2
    span = max(wide * (last - first) * 0.75, wide * 0.24)
    _paint_cast_shadow(frame, body, light, alpha, left, top)
    for reach, deep, strength in ((1.25, 0.34, 0.42), (0.80, 0.16, 0.60)):
        half, flat = max(2, round(span * reach)), max(2, round(span * deep))
        blob = _blob().resize((half * 2, flat * 2), Image.Resampling.BILINEAR)
        mask = blob.point([round(v * strength) for v in range(256)])
        frame.paste(_SHADOW, (round(middle) - half, body[3] - flat - round(tall * 0.012)), mask)


def _paint_cast_shadow(frame: Image.Image, body: Box, light: Light, alpha: Image.Image, left: int, top: int) -> None:
    """The figure's outline laid over the ground: away from the key; towards the camera where the key stands behind."""
    tall = body[3] - body[1]
    lean = 0.9 * (-1 if light.x > 0.2 else 1 if light.x < -0.2 else 0.25)
    shrink = max(1, round(tall / 160))
    small = alpha.point(SOLID).reduce(shrink)
    rows = max(2, round(tall * (0.42 if light.behind else 0.26)) // shrink)
    skew = round(abs(lean) * rows)
    wide = small.width + skew
    # A row of the shadow is a row of the figure, moved sideways in step: x = u + b * v + c, y = e * v + f.
    steep = (body[3] - top) / shrink / rows
    shift = -skew if lean < 0 else 0.0
    if light.behind:
        data = (1, -lean, shift, 0, -steep, steep * rows)
        corner = body[3] - round(tall * 0.015)
    else:
        data = (1, lean, shift - lean * rows, 0, steep, 0.0)
        corner = body[3] - rows * shrink
    shadow = small.transform((wide, rows), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    fading = Image.linear_gradient("L").resize(shadow.size)
    if light.behind:
        fading = fading.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    padded = Image.new("L", (wide + 8, rows + 8), 0)
    padded.paste(ImageChops.multiply(shadow, fading), (4, 4))
    strength = 0.22 + 0.30 * light.hard
    soft = padded.filter(ImageFilter.BoxBlur(2)).point([round(v * strength) for v in range(256)])
    mask = soft.resize((soft.width * shrink, soft.height * shrink), Image.Resampling.BILINEAR)
    left -= skew * shrink if lean < 0 else 0
    frame.paste(_SHADOW, (left - 4 * shrink, corner - 4 * shrink), mask)


def paint_halo(frame: Image.Image, body: Box, view: View) -> None:
    """A breath of lit air behind the lead, so that it stands out of the place."""
    wide, tall = body[2] - body[0], body[3] - body[1]
    pale = tuple(min(255, round(34 + colour * 1.35)) for colour in view.colour_in(body, frame.size))
    halo = _blob().resize((max(4, round(wide * 2.2)), max(4, round(tall * 1.7))), Image.Resampling.BILINEAR)
    mask = halo.point([round(v * _HALO) for v in range(256)])
    frame.paste(pale, ((body[0] + body[2] - mask.width) // 2, round(body[1] + tall * 0.42 - mask.height / 2)), mask)


@cache
def _blob() -> Image.Image:
    """A round soft spot, 64 x 64, from whole numbers: clear at its rim, dense in its middle."""
    spot = Image.new("L", (64, 64))
    square = [(2 * x - 63) ** 2 + (2 * y - 63) ** 2 for y in range(64) for x in range(64)]
    spot.putdata([max(0, 255 - 255 * d // 3969) ** 2 // 255 for d in square])
    return spot
