"""Paper-cut and gouache drawing on skia: lit paper layers, washes, glows, and picture files, the same bytes each run.

Units are design units; a figure may be drawn anywhere near the origin, `render_picture` finds it and fits its file.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from random import Random

import numpy as np
import skia
from PIL import Image

Rgb = tuple[int, int, int]
Point = tuple[float, float]

INDIGO: Rgb = (0x1F, 0x2A, 0x44)
SLATE: Rgb = (0x3C, 0x50, 0x70)
MIST: Rgb = (0x8F, 0xA6, 0xB8)
AMBER: Rgb = (0xFF, 0xB3, 0x47)
CREAM: Rgb = (0xFF, 0xE6, 0xB0)
MOSS: Rgb = (0x5B, 0x70, 0x48)
TERRACOTTA: Rgb = (0xB5, 0x58, 0x3F)
PLUM: Rgb = (0x5A, 0x35, 0x50)
PAPER: Rgb = (0xFB, 0xF3, 0xDE)
NIGHT: Rgb = (0x1B, 0x17, 0x2B)

MARGIN = 0.02  # of the picture's height, kept clear around every figure
WORLD = skia.Rect.MakeLTRB(-1500, -1200, 1500, 1800)  # design units searched for the figure
PROBE_SCALE = 0.25
COLOR_STEPS = (7, 6, 8)  # of 255, red green blue; green is seen best
SEEN_ALPHA = 8  # fainter than this is the tail of a glow, not figure


def mix(a: Rgb, b: Rgb, t: float) -> Rgb:
    """The colour a fraction t of the way from a to b."""
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def dark(color: Rgb, t: float) -> Rgb:
    """Towards a plum night: shadows of gouache are cool, never black."""
    return mix(color, (0x26, 0x1B, 0x3A), t)


def light(color: Rgb, t: float) -> Rgb:
    """Towards warm lamplight."""
    return mix(color, (0xFF, 0xEE, 0xC6), t)


def argb(color: Rgb, alpha: float = 1.0) -> int:
    return skia.Color(*color, max(0, min(255, round(alpha * 255))))


def path_bounds_outside(path: skia.Path) -> skia.Path:
    """Everything around a path, near enough to throw a shadow into it."""
    bounds = path.getBounds().makeOutset(400, 400)
    around = skia.Path()
    around.addRect(bounds)
    around.addPath(path)
    around.setFillType(skia.PathFillType.kEvenOdd)
    return around


def moved(path: skia.Path, dx: float, dy: float) -> skia.Path:
    shifted = skia.Path(path)
    shifted.offset(dx, dy)
    return shifted


class Sheet:
    """A canvas of stacked paper. The key light falls warm from the upper left, whichever way a part is turned."""

    def __init__(self, canvas: skia.Canvas) -> None:
        self.canvas = canvas

    @contextmanager
    def at(self, x: float = 0, y: float = 0, turn: float = 0, size: float = 1, flip: bool = False) -> Iterator[None]:
        """Draw as if the origin lay at (x, y), turned clockwise by degrees, scaled, mirrored left to right."""
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.rotate(turn)
        self.canvas.scale(-size if flip else size, size)
        yield
        self.canvas.restore()

    @contextmanager
    def inside(self, path: skia.Path) -> Iterator[None]:
        """Keep what is drawn inside a path."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        yield
        self.canvas.restore()

    @contextmanager
    def _lit(self) -> Iterator[tuple[skia.Matrix, float]]:
        """Device space, so that turned and mirrored parts keep one light; gives the matrix there and its scale."""
        matrix = self.canvas.getTotalMatrix()
        scale = sqrt(
            abs(matrix.getScaleX() * matrix.getScaleY() - matrix.getSkewX() * matrix.getSkewY()),
        )
        self.canvas.save()
        self.canvas.resetMatrix()
        yield matrix, scale
        self.canvas.restore()

    def paper(
        self,
        path: skia.Path,
        color: Rgb,
        *,
        lift: float = 9,
        shape: float = 1.0,
        rim: float = 0.4,
        strokes: int = 7,
        shadow: float = 0.42,
        top: Rgb | None = None,
        bottom: Rgb | None = None,
    ) -> skia.Path:
        """Lay a piece of painted paper: its shadow on what lies under it, its own rounding, rim and brush strokes.

        lift: height above the sheet in design units; shape: how round it looks; top, bottom: colours of its two ends.
        """
        lit, shade = top or light(color, 0.24 * shape), bottom or dark(color, 0.34 * shape)
        with self._lit() as (matrix, scale):
            laid = skia.Path(path)
            laid.transform(matrix)
            box, drop = laid.computeTightBounds(), lift * scale
            if shadow:
                self._fill(moved(laid, drop * 0.45, drop * 0.75), dark(color, 0.85), shadow, blur=drop * 0.55)
            reach = max(box.width(), box.height(), 1.0)
            gradient = skia.GradientShader.MakeRadial(
                skia.Point(box.left() + box.width() * 0.3, box.top() + box.height() * 0.2),
                reach * 0.95,
                [argb(lit), argb(color), argb(shade)],
                [0.0, 0.42, 1.0],
            )
            self.canvas.drawPath(laid, skia.Paint(Shader=gradient, AntiAlias=True))
            self.canvas.clipPath(laid, skia.ClipOp.kIntersect, True)
            self._brush_strokes(box, color, strokes)
            outside = path_bounds_outside(laid)
            # One hard-edged tone, as gouache is laid wet on dry, then the softer turning of the form.
            turned = moved(outside, -min(drop * 2.6, box.width() * 0.13), -min(drop * 2.2, box.height() * 0.12))
            self._fill(turned, dark(color, 0.6), 0.13 * shape)
            depth = min(drop * 1.1, reach * 0.12)
            self._fill(moved(outside, -depth, -depth), dark(color, 0.75), 0.30 * shape, blur=depth * 0.8)
            if rim:
                edge = min(1.6 * scale + depth * 0.22, reach * 0.05)
                self._fill(moved(outside, edge, edge), light(color, 0.75), rim, blur=edge * 0.45)
            self._fill(laid, dark(color, 0.45), 0.45, stroke=1.3 * scale)
        return path

    def _fill(self, path: skia.Path, color: Rgb, alpha: float, blur: float = 0, stroke: float = 0) -> None:
        """Paint only where there is paper already: light and shadow must not spill past the cut edge."""
        paint = skia.Paint(Color=argb(color, alpha), AntiAlias=True, BlendMode=skia.BlendMode.kSrcATop)
        if stroke:
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeWidth(stroke)
        if blur > 0.05:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.canvas.drawPath(path, paint)

    def _brush_strokes(self, box: skia.Rect, color: Rgb, count: int) -> None:
        """A few broad, half-dry sweeps, as a flat brush leaves; few and plain, because grain makes heavy files."""
        hand = Random(f"{count}:{color}")
        for index in range(count):
            y = box.top() + box.height() * (index + hand.random()) / count
            x = box.left() + box.width() * (hand.random() * 0.5 - 0.15)
            length, bend = box.width() * (0.45 + hand.random() * 0.5), box.height() * (hand.random() * 0.2 - 0.04)
            sweep = skia.Path()
            sweep.moveTo(x, y)
            sweep.quadTo(x + length * 0.5, y - bend, x + length, y + bend)
            tint = light(color, 0.55) if hand.random() < 0.5 else dark(color, 0.5)
            paint = skia.Paint(Color=argb(tint, 0.075), AntiAlias=True, BlendMode=skia.BlendMode.kSrcATop)
            paint.setStyle(skia.Paint.kStroke_Style)
            paint.setStrokeCap(skia.Paint.kRound_Cap)
            paint.setStrokeWidth(max(1.5, box.height() * (0.05 + hand.random() * 0.08)))
            self.canvas.drawPath(sweep, paint)

    def wash(self, path: skia.Path, color: Rgb, alpha: float, blur: float = 12) -> None:
        """A soft stain on the paper below: a blush, a lamp's warmth, a shadow."""
        with self._lit() as (matrix, scale):
            laid = skia.Path(path)
            laid.transform(matrix)
            self._fill(laid, color, alpha, blur * scale)

    def flat(self, path: skia.Path, color: Rgb, alpha: float = 1.0) -> None:
        """Plain paint without light."""
        self.canvas.drawPath(path, skia.Paint(Color=argb(color, alpha), AntiAlias=True))

    def line(self, path: skia.Path, width: float, color: Rgb, alpha: float = 1.0) -> None:
        paint = skia.Paint(Color=argb(color, alpha), AntiAlias=True, StrokeWidth=width)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path, paint)

    def glow(
        self, x: float, y: float, radius: float, color: Rgb = AMBER, alpha: float = 0.7, on_paper: bool = False
    ) -> None:
        """Light in the air, fading to nothing; on_paper keeps it to what is already drawn."""
        stops = [argb(light(color, 0.5), alpha), argb(color, alpha * 0.5), argb(color, alpha * 0.14), argb(color, 0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, stops, [0.0, 0.32, 0.66, 1.0])
        paint = skia.Paint(Shader=shader, AntiAlias=True)
        if on_paper:
            paint.setBlendMode(skia.BlendMode.kSrcATop)
        self.canvas.drawCircle(x, y, radius, paint)


Drawing = Callable[[Sheet], None]


@dataclass(frozen=True)
class Picture:
    """One reference to draw: height in pixels, the design y it is cut at, a plain ground instead of alpha."""

    draw: Drawing
    height: int = 900
    cut_top: float | None = None
    cut_bottom: float | None = None
    ground: Rgb | None = None


def _raster(draw: Drawing, area: skia.Rect, scale: float, width: int, height: int) -> np.ndarray:
    surface = skia.Surface(width, height)
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.scale(scale, scale)
    canvas.translate(-area.left(), -area.top())
    draw(Sheet(canvas))
    return surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)


def _figure_box(draw: Drawing, cut_top: float | None, cut_bottom: float | None) -> skia.Rect:
    """Where the figure lies, in design units, within the lines it is cut at."""
    size = round(WORLD.width() * PROBE_SCALE)
    alpha = _raster(draw, WORLD, PROBE_SCALE, size, size)[:, :, 3].copy()
    first = 0 if cut_top is None else round((cut_top - WORLD.top()) * PROBE_SCALE)
    last = size if cut_bottom is None else round((cut_bottom - WORLD.top()) * PROBE_SCALE)
    alpha[:first], alpha[last:] = 0, 0
    rows, columns = np.nonzero((alpha > SEEN_ALPHA).any(axis=1))[0], np.nonzero((alpha > SEEN_ALPHA).any(axis=0))[0]
    left, right = columns[0] / PROBE_SCALE + WORLD.left(), (columns[-1] + 1) / PROBE_SCALE + WORLD.left()
    top, bottom = rows[0] / PROBE_SCALE + WORLD.top(), (rows[-1] + 1) / PROBE_SCALE + WORLD.top()
    return skia.Rect.MakeLTRB(
        left,
        top if cut_top is None else cut_top,
        right,
        bottom if cut_bottom is None else cut_bottom,
    )


def render_picture(picture: Picture) -> Image.Image:
    """The drawing fitted to its height: a clear margin all round, none where it is cut; RGB if it has a ground."""
    box = _figure_box(picture.draw, picture.cut_top, picture.cut_bottom)
    margins = (picture.cut_top is None) + (picture.cut_bottom is None)
    scale = picture.height * (1 - MARGIN * margins) / box.height()
    margin = MARGIN * picture.height / scale
    top = box.top() - (margin if picture.cut_top is None else 0)
    area = skia.Rect.MakeLTRB(box.left() - margin, top, box.right() + margin, box.bottom())
    pixels = _raster(picture.draw, area, scale, round(area.width() * scale), picture.height)
    image = Image.fromarray(pixels, "RGBA")
    if picture.ground is None:
        return image
    page = Image.new("RGBA", image.size, (*picture.ground, 255))
    return Image.alpha_composite(page, image).convert("RGB")


def save_png(picture: Image.Image, path: Path) -> None:
    """Write a PNG the same each time, with colours on `COLOR_STEPS` and plain rows: a third of the usual size.

    Gouache tones stepped this finely cannot be told from smooth ones, and repeat themselves enough to pack well; rows
    stored as differences, as encoders prefer, would hide those repeats.
    """
    pixels = np.asarray(picture).astype(np.int32)
    steps = np.array(COLOR_STEPS)
    pixels[:, :, :3] = np.clip((pixels[:, :, :3] + steps // 2) // steps * steps, 0, 255)
    if picture.mode == "RGBA":
        pixels[pixels[:, :, 3] == 0] = 0
    rows = pixels.astype(np.uint8).reshape(picture.height, -1)
    unfiltered = np.zeros((picture.height, 1), np.uint8)
    color_type = {"RGB": 2, "RGBA": 6}[picture.mode]
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, color_type, 0, 0, 0)
    body = zlib.compress(np.concatenate([unfiltered, rows], axis=1).tobytes(), 9)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
