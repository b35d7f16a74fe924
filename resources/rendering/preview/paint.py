"""Painting a figure into the frame: scaled, matched to the light around it, rimmed by the key, on its shadow."""

from PIL import Image, ImageChops, ImageFilter

from resources.rendering.preview.blocking import Placed
from resources.rendering.preview.cast import Likeness
from resources.rendering.preview.light import Light
from resources.rendering.preview.pictures import Pictures
from resources.rendering.preview.plate import View
from resources.rendering.preview.shadows import SOLID, paint_halo, paint_shadow

_MATCH = 0.42
"""How far a figure takes on the colour of the place around it."""
_HAZE_AT_DEPTH = 0.34


def paint_figure(frame: Image.Image, placed: Placed, view: View, light: Light, air: float, pictures: Pictures) -> None:
    """Paints one figure, and its shadow, into the frame."""
    width, height = frame.size
    scale = placed.height * height / placed.likeness.height
    body = _body(placed, scale, width, height)
    scaled, at = _scaled(placed, scale, body, frame.size, pictures)
    if scaled is None:
        return
    alpha = scaled.getchannel("A")
    if placed.grounded and not placed.fade:
        if placed.depth <= 0:
            paint_halo(frame, body, view)
        paint_shadow(frame, placed, body, light, alpha, *at)
    rgb = _lit(scaled.convert("RGB"), placed, view, light, air, body, frame.size)
    if not placed.dark:
        _rim(rgb, alpha, light, max(1.0, height / 720 * min(3.2, 0.9 + placed.height * 1.6)))
    if placed.fade:
        alpha = _faded(alpha, at[1], round(placed.feet * height), round(placed.height * height))
    frame.paste(rgb, at, alpha)


def _body(placed: Placed, scale: float, width: int, height: int) -> tuple[int, int, int, int]:
    """The opaque body in the frame, in pixels."""
    left, top, right, bottom = placed.likeness.solid
    wide, tall = (right - left) * scale / placed.squat, (bottom - top) * scale
    x, y = placed.x * width - wide / 2, placed.feet * height - tall
    return round(x), round(y), round(x + wide), round(y + tall)


def _scaled(
    placed: Placed, scale: float, body: tuple[int, int, int, int], size: tuple[int, int], pictures: Pictures
) -> tuple[Image.Image | None, tuple[int, int]]:
    """The likeness at its size, as far as it lies in the frame (a little more of it is kept where it is small)."""
    likeness = placed.likeness
    across = scale / placed.squat
    whole = max(1, round(likeness.image.width * across)), max(1, round(likeness.image.height * scale))
    margin = likeness.solid[0] if not placed.flip else likeness.image.width - likeness.solid[2]
    at = (body[0] - round(margin * across), body[1] - round(likeness.solid[1] * scale))
    blur = _blur_of(placed) * size[1] / 720
    left, top = max(0, -at[0]), max(0, -at[1])
    right, bottom = min(whole[0], size[0] - at[0]), min(whole[1], size[1] - at[1])
    if right - left < 1 or bottom - top < 1:
        return None, at
    if whole[0] * whole[1] <= size[0] * size[1]:
        key = ("figure", likeness.key, whole, placed.flip, blur, placed.taper)
        image = pictures.kept(key, lambda: _resized(_tapered(placed, pictures), whole, None, placed.flip, blur))
        if (left, top, right, bottom) == (0, 0, *whole):
            return image, at
        return image.crop((left, top, right, bottom)), (at[0] + left, at[1] + top)
    part = (right - left, bottom - top)
    wide, tall = likeness.image.size
    source_left = (whole[0] - right if placed.flip else left) * wide / whole[0]
    source_right = min(source_left + part[0] * wide / whole[0], wide)
    box = (source_left, top * tall / whole[1], source_right, min(bottom * tall / whole[1], tall))
    key = ("figure part", likeness.key, whole, placed.flip, blur, left, top, right, bottom, placed.taper)
    image = pictures.kept(key, lambda: _resized(_tapered(placed, pictures), part, box, placed.flip, blur))
    return image, (at[0] + left, at[1] + top)


def _tapered(placed: Placed, pictures: Pictures) -> Image.Image:
    """The likeness with its verticals converging upwards (or downwards), about the middle of its body."""
    likeness = placed.likeness
    if not placed.taper:
        return likeness.image
    return pictures.kept(("tapered", likeness.key, placed.taper), lambda: _converging(likeness, placed.taper))


def _converging(likeness: Likeness, taper: float) -> Image.Image:
    width, height = likeness.image.size
    middle = (likeness.solid[0] + likeness.solid[2]) / 2
    # x' = middle + (x - middle) / (1 - taper * share of height from the wide end), drawn row band by row band's inverse
    end = 1 / (1 - abs(taper))
    narrow, broad = middle - middle * end, middle + (width - middle) * end
    quad = (
        (narrow, 0, 0, height, width, height, broad, 0)
        if taper > 0
        else (0, 0, narrow, height, broad, height, width, 0)
    )
    flat = likeness.image.convert("RGBa")
    return flat.transform((width, height), Image.Transform.QUAD, quad, Image.Resampling.BILINEAR).convert("RGBA")


def _blur_of(placed: Placed) -> float:
    """Softness in pixels of a frame 720 high: depth of field, in front of the lead and behind it."""
    if placed.dark:
        return 6.0
    if placed.depth <= 0.12:
        return 0.0
    return placed.depth * (5.0 if not placed.grounded else 1.4)


def _resized(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None, flip: bool, blur: float
) -> Image.Image:
    found = image.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
    if flip:
        found = found.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if blur >= 0.4:
        soft = found.convert("RGBa")  # premultiplied: what is clear lends no colour to the edge
        found = soft.filter(ImageFilter.BoxBlur(blur)).convert("RGBA")
    return found


def _lit(
    rgb: Image.Image,
    placed: Placed,
    view: View,
    light: Light,
    air: float,
    body: tuple[int, int, int, int],
    size: tuple[int, int],
) -> Image.Image:
    """The figure in the colour of the place, paler with distance, shaded on the side away from the key."""
    around = view.colour_in(body, size)
    brightest = max(*around, 1)
    luminance = (around[0] * 3 + around[1] * 6 + around[2]) // 10
    # A figure in a dark corner darkens, but the cast is what a frame is about: it keeps most of its light.
    level = min(max(0.88 + luminance / 620, 0.88), 1.10) * (0.84 if light.behind else 1.0)
    haze = min(_HAZE_AT_DEPTH * max(placed.depth, 0.0) + 0.16 * air, 0.4)
    table: list[int] = []
    for channel in range(3):
        tint = 1 - _MATCH + _MATCH * around[channel] / brightest
        pale = around[channel] + (255 - around[channel]) * 0.18
        if placed.dark:
            tint, haze, pale = tint * 0.20, 0.16, around[channel] * 0.32
        table += [min(255, round(v * tint * level * (1 - haze) + pale * haze)) for v in range(256)]
    lit = rgb.point(table)
    shade = _shade(light, placed, lit.size)
    return ImageChops.multiply(lit, shade) if shade is not None else lit


def _shade(light: Light, placed: Placed, size: tuple[int, int]) -> Image.Image | None:
    """A gradient across the figure from lit to shaded, in the colour of the fill."""
    if placed.dark or abs(light.x) < 0.2:
        return None
    dark = light.depth * (0.55 + 0.35 * light.hard)
    fill = tuple(round(255 * min(1.0, (1 - dark) * tint)) for tint in light.fill)
    steps = 8
    strip = Image.new("RGB", (steps, 1))
    colours = []
    for step in range(steps):
        share = min(max((step / (steps - 1) - 0.22) / 0.6, 0.0), 1.0)
        colours.append(tuple(round(255 + (value - 255) * share) for value in fill))
    strip.putdata(colours if light.x < 0 else colours[::-1])
    return strip.resize(size, Image.Resampling.BILINEAR)


def _rim(rgb: Image.Image, alpha: Image.Image, light: Light, width: float) -> None:
    """A line of light along the edges that look to the key."""
    edge = alpha.point(SOLID)
    dx = round(width * 1.7 * (1 if light.x < -0.2 else -1 if light.x > 0.2 else 0))
    dy = round(width * 1.4 * (-1 if light.y > 0.5 else 1))
    shifted = Image.new("L", edge.size, 0)
    shifted.paste(edge, (dx, dy))
    strength = light.rim_strength
    lit = ImageChops.subtract(edge, shifted)
    if light.behind:
        other = Image.new("L", edge.size, 0)
        other.paste(edge, (-dx, dy))
        lit = ImageChops.lighter(lit, ImageChops.subtract(edge, other))
    mask = lit.filter(ImageFilter.BoxBlur(max(width * 0.45, 0.5))).point([round(v * strength) for v in range(256)])
    rgb.paste(light.rim, (0, 0), mask)


def _faded(alpha: Image.Image, top: int, feet: int, height: int) -> Image.Image:
    """The lowest third of a bust melts away."""
    length = max(2, round(height * 0.34))
    ramp = Image.linear_gradient("L").transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((alpha.width, length))
    mask = Image.new("L", alpha.size, 255)
    mask.paste(ramp, (0, feet - top - length))
    if feet - top < alpha.height:
        mask.paste(0, (0, feet - top, alpha.width, alpha.height))
    return ImageChops.multiply(alpha, mask)
