"""The cast's likenesses: each reference cut out and measured, and the one that suits a shot size chosen by content."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter

from resources.cutout import cut_out
from resources.rendering.preview.framing import Framing
from resources.rendering.preview.pictures import Pictures, UnreadablePictureError
from resources.rendering.preview.seeds import stream
from resources.rendering.preview.stand_in_figure import stand_in_figure
from resources.rendering.request import Figure, RenderRequest

Kind = Literal["full", "bust", "colossal"]

MIN_QUALITY = 0.5
"""A cut-out below it would show as a pasted rectangle: a stand-in is shown instead."""
_SOLID = 128
_CLEAR = 8
_MAX_HEIGHT = 1200
"""Likenesses are kept at most this high, in pixels."""


@dataclass(frozen=True)
class Likeness:
    """One picture of a character, cut out and cropped to what can be seen (its glow too).

    `solid` is the box (left, top, right, bottom) of the opaque body in pixels of `image`. `eyes` and `feet` are shares
    of that box: the height of the eyes, the left and right end of what stands on the ground. `facing`: -1 left, 1
    right, 0 straight on, or unknown. `face` says how much detail the head shows: a back shows little.
    """

    key: str
    image: Image.Image
    kind: Kind
    solid: tuple[int, int, int, int]
    eyes: float
    facing: int
    face: float
    feet: tuple[float, float]

    @property
    def height(self) -> int:
        """Height of the body in pixels."""
        return self.solid[3] - self.solid[1]

    @property
    def aspect(self) -> float:
        """Width of the body over its height."""
        return (self.solid[2] - self.solid[0]) / self.height


@dataclass(frozen=True)
class CastMember:
    """A figure with all its likenesses, the primary first; never without one."""

    figure: Figure
    likenesses: tuple[Likeness, ...]


def cast_of(request: RenderRequest, pictures: Pictures, notes: list[str]) -> list[CastMember]:
    """The figures in the order of their weight: priority, then importance, then the order of the cast."""
    figures = request.staging.figures if request.staging else ()
    ranked = sorted(range(len(figures)), key=lambda i: (*_weight(figures[i]), i))
    return [_member(figures[index], request, pictures, notes) for index in ranked]


def _weight(figure: Figure) -> tuple[int, int]:
    importance = figure.importance.lower()
    if any(word in importance for word in ("primary", "lead", "main", "hero", "principal", "high", "primaire")):
        rank = 0
    elif any(word in importance for word in ("background", "extra", "minor", "low", "tertiary", "figurant", "fond")):
        rank = 2
    else:
        rank = 1
    return (figure.priority if figure.priority is not None else 1_000_000, rank)


def _member(figure: Figure, request: RenderRequest, pictures: Pictures, notes: list[str]) -> CastMember:
    likenesses = []
    for index in figure.references:
        if not 0 <= index < len(request.references):
            continue
        sha256 = request.references[index].sha256
        if sha256 is None:
            continue
        try:
            likenesses.append(pictures.kept(("likeness", sha256), lambda sha256=sha256: likeness_of(sha256, pictures)))
        except UnreadablePictureError as error:
            notes.append(f"{figure.id}: {error}")
    if not likenesses:
        notes.append(f"{figure.id}: no usable reference; a stand-in figure is shown")
        likenesses = list(pictures.kept(("stand-in figure", figure.id), lambda: _stand_in(figure.id)))
    return CastMember(figure, tuple(likenesses))


def _stand_in(entity: str) -> tuple[Likeness, Likeness]:
    full = stand_in_figure(entity)
    bust = full.crop((0, 0, full.width, round(full.height * 0.58)))
    return measured(f"stand-in {entity}", full), measured(f"stand-in bust {entity}", bust)


def likeness_of(sha256: str, pictures: Pictures) -> Likeness:
    """The likeness in a reference image.

    Raises:
        UnreadablePictureError: the image cannot be read, or no figure can be cut out of it.
    """
    picture = pictures.picture(sha256)
    cut = cut_out(picture)
    if cut.quality < MIN_QUALITY:
        raise UnreadablePictureError(
            f"image {sha256[:12]} has neither alpha nor a plain ground; its figure cannot be cut out"
        )
    return measured(sha256, cut.image)


def measured(key: str, image: Image.Image) -> Likeness:
    """A cut-out with the measures by which it is chosen and placed.

    Raises:
        UnreadablePictureError: nothing opaque is in it.
    """
    if image.height > _MAX_HEIGHT:
        image = image.resize((max(1, image.width * _MAX_HEIGHT // image.height), _MAX_HEIGHT), Image.Resampling.BICUBIC)
    alpha = image.getchannel("A")
    solid = _solid_of(alpha).getbbox()
    seen = alpha.point([0] * _CLEAR + [255] * (256 - _CLEAR)).getbbox()
    if solid is None or seen is None or min(solid[2] - solid[0], solid[3] - solid[1]) < 4:
        raise UnreadablePictureError(f"image {key[:12]} shows nothing that is opaque")
    kind = _kind_of(alpha, solid)
    left, top = seen[0], seen[1]
    cropped = image.crop(seen)
    body = (solid[0] - left, solid[1] - top, solid[2] - left, solid[3] - top)
    eyes, facing, face = _face_of(cropped.crop(body), kind)
    return Likeness(key, cropped, kind, body, eyes, facing, face, _feet_of(cropped, body))


def _solid_of(alpha: Image.Image) -> Image.Image:
    return alpha.point([0] * _SOLID + [255] * (256 - _SOLID))


def _kind_of(alpha: Image.Image, solid: tuple[int, int, int, int]) -> Kind:
    width, height = alpha.size
    margin = max(1, round(height * 0.012))
    if solid[1] < margin and solid[3] <= height - margin and _runs_out(alpha, (0, 0, width, margin), solid):
        return "colossal"
    if solid[3] > height - margin and _runs_out(alpha, (0, height - margin, width, height), solid):
        return "bust"
    return "full"


def _runs_out(alpha: Image.Image, strip: tuple[int, int, int, int], solid: tuple[int, int, int, int]) -> bool:
    """Whether the body is cut by that edge: feet just touching it are small, a cut torso is wide."""
    row = np.asarray(_solid_of(alpha.crop(strip))).max(axis=0)
    return int((row > 0).sum()) > 0.30 * (solid[2] - solid[0])


def _face_of(body: Image.Image, kind: Kind) -> tuple[float, int, float]:
    """Height of the eyes, gaze and detail of the face: eyes are where light and dark lie closest together."""
    tall = 120
    small = body.resize((max(12, round(body.width * tall / body.height)), tall), Image.Resampling.BOX)
    alpha = small.getchannel("A")
    inner = np.asarray(_solid_of(alpha).filter(ImageFilter.MinFilter(7))) > 0
    gray = small.convert("L")
    high, low = gray.filter(ImageFilter.MaxFilter(5)), gray.filter(ImageFilter.MinFilter(5))
    contrast = np.asarray(high).astype(np.int32) - np.asarray(low).astype(np.int32)
    bright = np.asarray(high).astype(np.int32)
    eyes = np.where(inner & (contrast > 90) & (bright > 150), contrast, 0)
    reach = round(tall * (0.60 if kind == "bust" else 0.50))
    rows = eyes[:reach].sum(axis=1)
    window = 9
    sums = np.convolve(rows, np.ones(window, np.int64), mode="same")
    weighted = sums * (2 * reach - np.arange(reach))  # of two busy bands the upper one is the face
    strength = int(sums.max(initial=0)) / (255 * window * small.width)
    if strength < 0.01:
        return (0.42 if kind == "bust" else 0.24), 0, strength
    row = int(weighted.argmax())
    band = eyes[max(0, row - 6) : row + 7].sum(axis=0)
    centre = int((band * np.arange(band.size)).sum()) / max(int(band.sum()), 1)
    head = np.flatnonzero((np.asarray(alpha)[max(0, row - 6) : row + 7] > _SOLID).max(axis=0))
    middle = (int(head[0]) + int(head[-1])) / 2
    lean = (centre - middle) / max(int(head[-1]) - int(head[0]), 1)
    facing = 0 if abs(lean) < 0.06 else 1 if lean > 0 else -1
    return row / tall, facing, strength


def _feet_of(image: Image.Image, body: tuple[int, int, int, int]) -> tuple[float, float]:
    low = body[3] - max(2, round((body[3] - body[1]) * 0.06))
    row = np.asarray(_solid_of(image.getchannel("A").crop((body[0], low, body[2], body[3])))).max(axis=0)
    found = np.flatnonzero(row)
    if found.size == 0:
        return 0.25, 0.75
    return int(found[0]) / row.size, (int(found[-1]) + 1) / row.size


def likeness_for(member: CastMember, framing: Framing, seed: int, back: bool = False) -> Likeness:
    """The likeness of a figure that suits a framing.

    A face wants a bust; the ground wants someone with feet, at rest first, in action (seeded) where the prompt says
    that the figure acts. `back`: seen from behind.
    """
    likenesses = member.likenesses
    fulls = [each for each in likenesses if each.kind == "full"]
    busts = [each for each in likenesses if each.kind == "bust"]
    if back:
        return min(fulls or likenesses, key=lambda each: each.face)
    draw = stream(seed, "likeness", member.figure.id)
    if framing.size == "face":
        if len(busts) > 1 and member.figure.action and draw.random() < 0.4:
            return busts[1 + int(draw.random() * (len(busts) - 1))]
        return (busts or list(likenesses))[0]
    if framing.size == "hands":
        return (fulls or list(likenesses))[0]
    best = max((each.face for each in fulls), default=0.0)
    acting = [each for each in fulls[1:] if each.face >= 0.5 * best]
    if acting and member.figure.action and draw.random() < 0.6:
        return acting[int(draw.random() * len(acting))]
    return (fulls or list(likenesses))[0]
