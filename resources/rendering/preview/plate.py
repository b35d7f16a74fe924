"""Plates: which picture of a place an angle is shot on, where its horizon lies, and the part of it in the frame."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from resources.rendering.preview.framing import Framing, PlateKind
from resources.rendering.preview.pictures import Pictures

_MEASURE_SIZE = (96, 72)
_BAND = 8
"""Rows above and below a horizon that are compared, of the 72 measured: wide enough that cobbles average out."""
_HORIZONS: dict[str, tuple[float, float]] = {
    "master": (0.42, 0.64),
    "widest": (0.55, 0.76),
    "low": (0.76, 0.94),
    "detail": (0.50, 0.80),
}
"""Where the horizon of each kind of plate is looked for, as shares of its height: places are too different from each
other to find it without knowing how a plate was shot."""
_SOFT = 0.55
"""A plate with less detail than this share of the master's is a macro shot."""
_REACH = 2.0
"""How much further than asked a plate may be zoomed to bring its horizon to its place."""


@dataclass(frozen=True)
class Plate:
    """A picture of a place with what was measured on it."""

    key: str
    image: Image.Image
    steps: tuple[int, ...]
    """How much the place changes across each of 72 rows, over most of its width: a horizon is a high one."""
    sharpness: float
    """Mean difference of neighbouring pixels, 0..255: a macro plate is soft."""
    known_horizon: float | None = None

    def horizon(self, kind: PlateKind) -> float:
        """The horizon of the plate, shot as `kind`, as a share of its height from the top."""
        if self.known_horizon is not None:
            return self.known_horizon
        first, last = (round(share * len(self.steps)) for share in _HORIZONS[kind])
        return max(range(first, last), key=lambda row: self.steps[row]) / len(self.steps)


@dataclass(frozen=True)
class View:
    """The part of a plate that a frame shows, at the frame's size; `horizon` as a share of the frame's height."""

    image: Image.Image
    horizon: float
    local: Image.Image
    """The same in 16 x 9 pixels: the light of each region."""

    def colour_in(self, box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int]:
        """Mean colour of the view inside a box of a frame of `size`, both in pixels."""
        across, down = self.local.size
        left = min(max(box[0] * across // size[0], 0), across - 1)
        top = min(max(box[1] * down // size[1], 0), down - 1)
        right = min(max(box[2] * across // size[0] + 1, left + 1), across)
        bottom = min(max(box[3] * down // size[1] + 1, top + 1), down)
        return mean_colour(self.local.crop((left, top, right, bottom)))


def mean_colour(image: Image.Image) -> tuple[int, int, int]:
    """Mean colour of an RGB image."""
    colour = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(colour, tuple)
    return int(colour[0]), int(colour[1]), int(colour[2])


def measured(key: str, image: Image.Image, horizon: float | None = None) -> Plate:
    """A plate with its measures. `horizon` where it is known."""
    image = image.convert("RGB")
    columns, rows = _MEASURE_SIZE
    small = np.asarray(image.resize(_MEASURE_SIZE, Image.Resampling.BOX)).astype(np.int32)
    sums = np.concatenate((np.zeros((1, columns, 3), np.int32), small.cumsum(axis=0)))
    steps = [0] * rows
    for row in range(_BAND, rows - 3):
        below = min(_BAND, rows - row)
        over, under = sums[row] - sums[row - _BAND], sums[row + below] - sums[row]
        change = np.abs(over * below - under * _BAND).sum(axis=1) // (below * _BAND)
        # The lower quartile of the columns: a line must run across most of the plate to count.
        steps[row] = int(np.sort(change)[columns // 4])
    gray = np.asarray(image.convert("L").resize((320, 180), Image.Resampling.BOX)).astype(np.int32)
    sharpness = int(np.abs(gray[:, 1:] - gray[:, :-1]).sum()) / gray.size
    return Plate(key, image, tuple(steps), sharpness, horizon)


def plate_for(framing: Framing, plates: list[Plate]) -> tuple[Plate, float]:
    """The plate that suits an angle, and its horizon.

    The first plate is the master. Soft ones among the others are macro shots; of the sharp ones the first is the
    widest, and the second is the place from below, as reference lists are commonly ordered.
    """
    master = plates[0]
    others = [plate for plate in plates[1:] if plate.image.width > plate.image.height]
    soft = [plate for plate in others if plate.sharpness <= master.sharpness * _SOFT]
    sharp = [plate for plate in others if plate.sharpness > master.sharpness * _SOFT]
    choice = {"detail": soft[:1], "widest": sharp[:1], "low": sharp[1:2]}.get(framing.plate, [])
    if choice:
        return choice[0], choice[0].horizon(framing.plate)
    return master, master.horizon("master")


def view_of(
    plate: Plate, horizon: float, framing: Framing, size: tuple[int, int], sway: float, pictures: Pictures
) -> View:
    """What a frame of `size` shows of a plate. `sway` moves the crop sideways: -1 its left end, 1 its right end."""
    key = ("view", plate.key, framing.name, framing.zoom, framing.blur, framing.tilt, size, sway)
    return pictures.kept(key, lambda: _view(plate, horizon, framing, size, sway))


def _view(plate: Plate, horizon: float, framing: Framing, size: tuple[int, int], sway: float) -> View:
    if framing.keystone < 0:
        image, horizon = _from_above(plate.image, horizon, framing, size), framing.horizon
    else:
        image, horizon = _cropped(plate.image, horizon, framing, size, sway)
    if framing.blur > 0:
        image = _softened(image, framing.blur * size[1] / 720)
    if framing.tilt:
        image = _rolled(image, framing.tilt)
    return View(image, horizon, image.resize((16, 9), Image.Resampling.BOX))


def _cropped(
    plate: Image.Image, horizon: float, framing: Framing, size: tuple[int, int], sway: float
) -> tuple[Image.Image, float]:
    width, height = plate.size
    aspect = size[0] / size[1]
    tall = min(height, width / aspect) / framing.zoom
    target = framing.horizon
    if 0 < target < 1:
        # As far as the plate reaches above and below its horizon, the horizon comes where the angle wants it.
        reach = min(horizon / target, (1 - horizon) / (1 - target)) * height
        tall = max(min(tall, reach), tall / _REACH)
    top = horizon * height - target * tall
    top = min(max(top, 0.0), height - tall)
    wide = tall * aspect
    left = (width - wide) * (0.5 + 0.5 * sway)
    box = (left, top, left + wide, top + tall)
    seen = (horizon * height - top) / tall
    if framing.keystone > 0:
        return _looking_up(plate, box, framing.keystone, size), seen
    return plate.resize(size, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0), seen


def _looking_up(
    image: Image.Image, box: tuple[float, float, float, float], keystone: float, size: tuple[int, int]
) -> Image.Image:
    """Verticals converge upwards: the top of the frame spans more of the plate than its foot."""
    left, top, right, bottom = box
    spare = keystone * (right - left) / 2
    out = min(spare, left, image.width - right)
    inward = spare - out
    quad = (left - out, top, left + inward, bottom, right - inward, bottom, right + out, top)
    return _of_quad(image, quad, size)


def _from_above(plate: Image.Image, horizon: float, framing: Framing, size: tuple[int, int]) -> Image.Image:
    """The ground below the horizon, stretched upright as seen from above; its far edge narrower than its near one."""
    width, height = plate.size
    top = min(horizon + 0.05, 0.62) * height
    inward = -framing.keystone * width / 2 * 0.75
    quad = (0.0, top, inward, float(height), width - inward, float(height), float(width), top)
    return _of_quad(plate, quad, size)


def _of_quad(image: Image.Image, quad: tuple[float, ...], size: tuple[int, int]) -> Image.Image:
    """The quadrilateral (top left, bottom left, bottom right, top right) drawn out to a rectangle, with perspective."""
    x0, y0, x1, y1, x2, y2, x3, y3 = quad
    width, height = size
    # Square to quadrilateral: Heckbert, Fundamentals of Texture Mapping (1989), section 2.2.3.
    dx1, dx2, dx3 = x3 - x2, x1 - x2, x0 - x3 + x2 - x1
    dy1, dy2, dy3 = y3 - y2, y1 - y2, y0 - y3 + y2 - y1
    det = dx1 * dy2 - dx2 * dy1
    g = (dx3 * dy2 - dx2 * dy3) / det
    h = (dx1 * dy3 - dx3 * dy1) / det
    a, b = x3 - x0 + g * x3, x1 - x0 + h * x1
    d, e = y3 - y0 + g * y3, y1 - y0 + h * y1
    data = (a / width, b / height, x0, d / width, e / height, y0, g / width, h / height)
    return image.transform(size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC)


def _softened(image: Image.Image, radius: float) -> Image.Image:
    """Blurred as a lens does; a wide blur is made on a small picture, which looks the same."""
    shrink = 4 if radius >= 6 else 2 if radius >= 2 else 1
    if shrink == 1:
        return image.filter(ImageFilter.GaussianBlur(radius))
    small = image.reduce(shrink).filter(ImageFilter.GaussianBlur(radius / shrink))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def _rolled(image: Image.Image, degrees: float) -> Image.Image:
    """The picture turned about its middle, drawn larger so that no corner is empty."""
    width, height = image.size
    grown = 1 + abs(degrees) / 57.3 * width / height
    large = image.resize((round(width * grown), round(height * grown)), Image.Resampling.BICUBIC)
    turned = large.rotate(degrees, Image.Resampling.BICUBIC)
    left, top = (turned.width - width) // 2, (turned.height - height) // 2
    return turned.crop((left, top, left + width, top + height))
