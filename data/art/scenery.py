"""A gouache kit for the garden's plates: paper-cut shapes, soft light and air, drawn with Skia at 1600x900.

Lengths are pixels of the plate, angles degrees (0 to the right, 90 downwards), colours "#rrggbb". Every random choice
comes from a `random.Random` that the caller seeds, so that a plate is the same bytes each time it is drawn.
"""

import math
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
import skia
from PIL import Image

WIDTH, HEIGHT = 1600, 900
INDIGO, SLATE, MIST = "#1f2a44", "#3c5070", "#8fa6b8"
AMBER, CREAM, MOSS = "#ffb347", "#ffe6b0", "#5b7048"
TERRACOTTA, PLUM = "#b5583f", "#5a3550"
NIGHT, EMBER = "#121a2e", "#e0602c"
COLOUR_STEP = 3  # levels of 255: finer steps double the files and drown in the grain that a frame gets later

Point = tuple[float, float]
Tone = Callable[[str], str]


def mix(first: str, second: str, share: float) -> str:
    """The colour `share` (0 to 1) of the way from the first to the second."""
    share = min(1.0, max(0.0, share))
    pairs = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def air(veil: str, share: float) -> Tone:
    """Aerial perspective: a function that pulls every colour towards the veil of air before a far plane."""
    return lambda colour: mix(colour, veil, share)


def argb(colour: str, alpha: float = 1.0) -> int:
    return skia.ColorSetARGB(round(255 * min(1.0, max(0.0, alpha))), *(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def ink(colour: str, alpha: float = 1.0, *, blur: float = 0, stroke: float = 0, mode: str = "SrcOver") -> skia.Paint:
    """A paint; `blur` is a sigma, `stroke` a line width (0 fills), `mode` a Skia blend mode without its k."""
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha), BlendMode=getattr(skia.BlendMode, f"k{mode}"))
    if blur:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    if stroke:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(stroke)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def linear(start: Point, end: Point, stops: Sequence[tuple[float, str, float]]) -> skia.Shader:
    """A gradient along a line; a stop is (position, colour, alpha)."""
    colours = [argb(colour, alpha) for _, colour, alpha in stops]
    return skia.GradientShader.MakeLinear([start, end], colours, [position for position, _, _ in stops])


def smooth(points: Sequence[Point], closed: bool = True) -> skia.Path:
    """A soft outline through the points (Catmull-Rom, after Catmull and Rom 1974)."""
    path, count = skia.Path(), len(points)
    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        a, b, c, d = (points[(i + k) % count if closed else min(max(i + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        path.cubicTo(
            b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6, c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6, *c
        )
    if closed:
        path.close()
    return path


def polygon(*points: Point) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in points], True)
    return path


def oval(x: float, y: float, rx: float, ry: float) -> skia.Path:
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> skia.Path:
    """A rounded rectangle by its top left corner."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeXYWH(x, y, width, height), radius, radius)
    return path


@contextmanager
def layer(c: skia.Canvas, *, blur: float = 0, alpha: float = 1.0, mode: str = "SrcOver") -> Iterator[None]:
    """What is drawn inside lands as one sheet: out of focus by `blur` (sigma), translucent by `alpha`."""
    paint = skia.Paint(Color=argb("#ffffff", alpha), BlendMode=getattr(skia.BlendMode, f"k{mode}"))
    if blur:
        paint.setImageFilter(skia.ImageFilters.Blur(blur, blur, skia.TileMode.kDecal))
    c.saveLayer(None, paint)
    yield
    c.restore()


@contextmanager
def placed(
    c: skia.Canvas, x: float, y: float, *, turn: float = 0, scale: float = 1, flip: bool = False
) -> Iterator[None]:
    c.save()
    c.translate(x, y)
    c.rotate(turn)
    c.scale(-scale if flip else scale, scale)
    yield
    c.restore()


@contextmanager
def inside(c: skia.Canvas, path: skia.Path) -> Iterator[None]:
    c.save()
    c.clipPath(path, doAntiAlias=True)
    yield
    c.restore()


def paper(
    c: skia.Canvas,
    path: skia.Path,
    top: str,
    bottom: str | None = None,
    *,
    shadow: float = 0.35,
    drop: Point = (0, 7),
    rim: str | None = None,
    rim_from: str = "top",
    rim_alpha: float = 0.55,
    rim_width: float = 7,
    across: bool = False,
) -> None:
    """One cut sheet: its soft shadow on what lies behind, a gradient of gouache, a rim where light catches the edge.

    Args:
        top, bottom: the gradient's colours, from the top down, or from the left to the right with `across`.
        shadow: darkness of the cast shadow, 0 for none; `drop` is its offset.
        rim_from: the side the rim light comes from: top, left or right.
    """
    bounds = path.getBounds()
    left, right, high, low = bounds.left(), bounds.right(), bounds.top(), bounds.bottom()
    if shadow:
        with placed(c, *drop):
            c.drawPath(path, ink("#0a1020", shadow, blur=max(2.0, abs(drop[0]) + abs(drop[1])) * 0.9))
    body = ink(top)
    end = (right, high) if across else (left, low)
    body.setShader(linear((left, high), end, [(0, top, 1), (1, bottom or top, 1)]))
    c.drawPath(path, body)
    if rim:
        lines = {"top": ((0, high), (0, low)), "left": ((left, 0), (right, 0)), "right": ((right, 0), (left, 0))}
        edge = ink(rim, blur=rim_width * 0.35, stroke=rim_width)
        edge.setShader(linear(*lines[rim_from], [(0, rim, rim_alpha), (0.55, rim, rim_alpha * 0.12), (1, rim, 0)]))
        with inside(c, path):
            c.drawPath(path, edge)


def strokes(
    c: skia.Canvas,
    area: skia.Path,
    rng: Random,
    colours: Sequence[str],
    *,
    count: int = 40,
    length: float = 220,
    thick: float = 22,
    angle: float = 0,
    alpha: float = 0.10,
) -> None:
    """Dry gouache brush strokes within an area, lighter and darker than its ground: the material of a painted sheet."""
    bounds = area.getBounds()
    with inside(c, area):
        for _ in range(count):
            x, y = rng.uniform(bounds.left(), bounds.right()), rng.uniform(bounds.top(), bounds.bottom())
            span, width = length * rng.uniform(0.4, 1.2) / 2, thick * rng.uniform(0.3, 1.0) / 2
            bend = width * rng.uniform(-1.5, 1.5)
            with placed(c, x, y, turn=angle + rng.uniform(-9, 9)):
                mark = smooth(
                    [
                        (-span, 0),
                        (-span * 0.4, -width + bend),
                        (span * 0.5, -width * 0.7 + bend),
                        (span, 0),
                        (span * 0.4, width * 0.8 + bend),
                        (-span * 0.5, width + bend),
                    ]
                )
                c.drawPath(mark, ink(rng.choice(colours), alpha * rng.uniform(0.5, 1.2), blur=1.6))


def glow(
    c: skia.Canvas,
    x: float,
    y: float,
    radius: float,
    colour: str = AMBER,
    strength: float = 0.6,
    *,
    squash: float = 1.0,
    mode: str = "Screen",
) -> None:
    """Light spilling from a point, falling off softly; `squash` flattens it to a pool on the ground.

    Lamplight reddens as it thins, else it turns the brown of earth and brass to mustard.
    """
    warm = int(colour[1:3], 16) - int(colour[5:7], 16) > 90
    fall = ((0.0, 1.0), (0.12, 0.72), (0.3, 0.38), (0.55, 0.14), (0.8, 0.035), (1.0, 0.0))
    paint = ink(colour, mode=mode)
    paint.setShader(
        skia.GradientShader.MakeRadial(
            (0, 0),
            radius,
            [argb(mix(colour, EMBER, 0.75 * p if warm else 0), strength * a) for p, a in fall],
            [p for p, _ in fall],
        )
    )
    with placed(c, x, y):
        c.scale(1, squash)
        c.drawCircle(0, 0, radius, paint)


def lit(
    c: skia.Canvas,
    x: float,
    y: float,
    radius: float,
    colour: str = AMBER,
    strength: float = 0.5,
    *,
    squash: float = 1.0,
) -> None:
    """Lamplight falling on what is already painted: it lifts pale surfaces more than dark ones."""
    glow(c, x, y, radius, colour, strength, squash=squash, mode="ColorDodge")
    glow(c, x, y, radius, colour, strength * 0.35, squash=squash)


def sky(c: skia.Canvas, stops: Sequence[tuple[float, str]], bottom: float = HEIGHT) -> None:
    paint = skia.Paint(Shader=linear((0, 0), (0, bottom), [(position, colour, 1) for position, colour in stops]))
    c.drawPaint(paint)


def haze(c: skia.Canvas, top: float, bottom: float, colour: str = MIST, alpha: float = 0.4, fade: float = 0.5) -> None:
    """A bank of air, thickest at `fade` of its height."""
    paint = ink(colour)
    paint.setShader(linear((0, top), (0, bottom), [(0, colour, 0), (fade, colour, alpha), (1, colour, 0)]))
    c.drawRect(skia.Rect.MakeLTRB(0, top, WIDTH, bottom), paint)


def shade(c: skia.Canvas, path: skia.Path, alpha: float = 0.4, blur: float = 14, colour: str = NIGHT) -> None:
    c.drawPath(path, ink(colour, alpha, blur=blur))


def shaft(
    c: skia.Canvas, source: tuple[Point, Point], foot: tuple[Point, Point], colour: str, alpha: float, blur: float = 14
) -> None:
    """A shaft of dusty light from one edge to another, fading towards its foot."""
    paint = ink(colour, blur=blur, mode="Screen")
    start, end = ((a[0] + b[0]) / 2 for a, b in (source, foot)), ((a[1] + b[1]) / 2 for a, b in (source, foot))
    (x0, x1), (y0, y1) = start, end
    paint.setShader(linear((x0, y0), (x1, y1), [(0, colour, alpha), (0.6, colour, alpha * 0.5), (1, colour, 0)]))
    c.drawPath(polygon(source[0], source[1], foot[1], foot[0]), paint)


def motes(
    c: skia.Canvas,
    rng: Random,
    area: tuple[float, float, float, float],
    count: int,
    colour: str = CREAM,
    size: float = 3,
) -> None:
    """Dust or fireflies afloat; area is left, top, right, bottom."""
    for _ in range(count):
        x, y, r = rng.uniform(area[0], area[2]), rng.uniform(area[1], area[3]), size * rng.uniform(0.3, 1.0) ** 2
        c.drawCircle(x, y, r, ink(colour, rng.uniform(0.25, 0.8), blur=r * 0.4 + 0.2, mode="Screen"))


def vignette(
    c: skia.Canvas, alpha: float = 0.45, colour: str = "#0b1122", centre: Point = (WIDTH / 2, HEIGHT * 0.5)
) -> None:
    paint = ink(colour)
    paint.setShader(
        skia.GradientShader.MakeRadial(
            centre, 1080, [argb(colour, 0), argb(colour, 0), argb(colour, alpha)], [0, 0.48, 1]
        )
    )
    c.drawPaint(paint)


def bloom(surface: skia.Surface, alpha: float = 0.5) -> None:
    """Bright places bleed into their surroundings, as lamps do in dusk: blurred highlights screened over the plate."""
    c, image = surface.getCanvas(), surface.makeImageSnapshot()
    gain, floor = 1.9, -1.15  # keeps what is brighter than about 0.6
    keep = skia.ColorFilters.Matrix([gain, 0, 0, 0, floor, 0, gain, 0, 0, floor, 0, 0, gain, 0, floor, 0, 0, 0, 1, 0])
    for sigma, share in ((9, 0.45), (38, 0.55)):
        spread = skia.ImageFilters.Blur(sigma, sigma, skia.TileMode.kClamp, skia.ImageFilters.ColorFilter(keep))
        paint = skia.Paint(Color=argb("#ffffff", alpha * share), ImageFilter=spread, BlendMode=skia.BlendMode.kScreen)
        c.drawImage(image, 0, 0, skia.SamplingOptions(), paint)


def png(pixels: np.ndarray) -> bytes:
    """An RGB PNG with one row filter for the whole picture, the one that packs it best.

    Gradients in even steps pack smaller this way than with a filter chosen row by row (PNG specification, clause 9).
    """
    flat = pixels.astype(np.int16)
    left, above, corner = np.zeros_like(flat), np.zeros_like(flat), np.zeros_like(flat)
    left[:, 1:], above[1:], corner[1:, 1:] = flat[:, :-1], flat[:-1], flat[:-1, :-1]
    from_left, from_above, from_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
    nearest_left = (from_left <= from_above) & (from_left <= from_corner)
    paeth = np.where(nearest_left, left, np.where(from_above <= from_corner, above, corner))
    packed = []
    for number, guess in ((1, left), (2, above), (4, paeth)):
        rows = ((flat - guess) % 256).astype(np.uint8).reshape(len(flat), -1)
        squeeze = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
        packed.append(squeeze.compress(np.insert(rows, 0, number, axis=1).tobytes()) + squeeze.flush())

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", flat.shape[1], flat.shape[0], 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", min(packed, key=len)) + chunk(b"IEND", b"")


def plate(draw: Callable[[skia.Canvas], None], path: Path, glowing: float = 0.5) -> None:
    """Draws a plate and writes it as an RGB PNG, its colours in steps of `COLOUR_STEP`."""
    surface = skia.Surface(WIDTH, HEIGHT)
    draw(surface.getCanvas())
    bloom(surface, glowing)
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)[:, :, :3]
    stepped = np.minimum(np.round(pixels / COLOUR_STEP) * COLOUR_STEP, 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(stepped))


def mask(draw: Callable[[skia.Canvas], None], path: Path) -> None:
    """Draws a decoration mask (white: may be decorated) on black and writes it as an L PNG."""
    surface = skia.Surface(WIDTH, HEIGHT)
    surface.getCanvas().clear(skia.ColorBLACK)
    draw(surface.getCanvas())
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)[:, :, 0]
    Image.fromarray(pixels, "L").save(path, optimize=True)


def along(start: Point, end: Point, sag: float, share: float) -> Point:
    """The point at `share` of a slack cord between two ends."""
    x = start[0] + (end[0] - start[0]) * share
    return x, start[1] + (end[1] - start[1]) * share + sag * 4 * share * (1 - share)


def turned(x: float, y: float, length: float, angle: float) -> Point:
    return x + length * math.cos(math.radians(angle)), y + length * math.sin(math.radians(angle))
