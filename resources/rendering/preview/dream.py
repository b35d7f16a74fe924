"""A frame of a dream, between two composed keyframes: places ripple into one another, figures turn into others.

`interpolate` depends on the position alone. The other modes lay the frame before, drawn nearer, under it: a trail.
"""

import math
from collections.abc import Callable
from functools import partial

from PIL import Image, ImageChops, ImageFilter, ImageOps

from resources.rendering.preview.compose import composed
from resources.rendering.preview.dream_morph import paint_fading, paint_morph
from resources.rendering.preview.dream_motion import dissolve_field, dissolved, drifted, rippled
from resources.rendering.preview.dream_scene import DreamScene, Sprite, counterparts, scene_of
from resources.rendering.preview.layers import NamedLayer, laid
from resources.rendering.preview.pictures import Pictures, UnreadablePictureError
from resources.rendering.preview.seeds import stream
from resources.rendering.request import RenderRequest

HUE_DEGREES = 24.0
"""How far colours turn half-way."""
GLOW = 0.30
"""How brightly lights bloom half-way."""
TRAIL_AWAY = 0.15
"""How far the frame before drifts."""
TRAIL = {"img2img": 0.82, "hybrid": 0.62}
"""How much of the frame before shows where nothing is made anew."""
MEMORY = 0.6
"""How clearly a remembered image shows at most."""


def dreamt(request: RenderRequest, pictures: Pictures) -> tuple[Image.Image, list[str]]:
    """The frame of a request that has `dreaming`, RGB, and notes on what was left out or replaced.

    Raises:
        ValueError: the two keyframes that it lies between are not named.
    """
    dreaming = request.dreaming
    assert dreaming is not None
    notes: list[str] = []
    memory = _picture(request, "memory", pictures, notes)
    if not dreaming.scenes:
        frame, notes = composed(request, pictures)
        return _remembering(frame, memory, dreaming.strength or 1.0, request.seed), notes
    if len(dreaming.scenes) != 2:
        raise ValueError(f"a frame of a dream lies between two keyframes; this one names {len(dreaming.scenes)}")
    first, second = (
        pictures.kept(("dream scene", scene.recipe_id), lambda scene=scene: scene_of(scene, pictures))
        for scene in dreaming.scenes
    )
    position = min(max(dreaming.position, 0.0), 1.0)
    path = f"{dreaming.scenes[0].recipe_id} {dreaming.scenes[1].recipe_id}"
    frame = _between(first, second, position, path, (request.width, request.height))
    frame = _remembering(frame, memory, math.sin(math.pi * position), path)
    if dreaming.mode != "interpolate":
        before = _picture(request, "previous", pictures, notes)
        if before is not None:
            frame = _trailing(frame, before, TRAIL[dreaming.mode] * (1 - dreaming.strength), position, path)
    return frame, notes


def _between(first: DreamScene, second: DreamScene, position: float, path: str, size: tuple[int, int]) -> Image.Image:
    half_way = math.sin(math.pi * position)
    grounds = [
        rippled(_fitted(scene.ground, size), away, half_way, stream(path, "drift", index))
        for index, (scene, away) in enumerate(((first, position), (second, 1 - position)))
    ]
    field = dissolve_field(size, stream(path, "dissolve"), first.ground)
    frame = Image.composite(grounds[1], grounds[0], dissolved(field, position))
    _paint_figures(frame, first.sprites, second.sprites, position, path)
    for scene, way, share in ((first, position, 1 - position), (second, position - 1, position)):
        for layer in scene.over:
            frame = Image.blend(frame, laid(frame, drifted(_sized(layer, size), way)), share)
    frame = Image.blend(_graded(frame, first), _graded(frame, second), position)
    return _glowing(_turned(frame, half_way, path), half_way)


def _paint_figures(
    frame: Image.Image, leaving: tuple[Sprite, ...], coming: tuple[Sprite, ...], position: float, path: str
) -> None:
    """Counterparts turn into one another; who has none fades away, or appears. The farthest is painted first."""
    pairs = counterparts(leaving, coming)
    paired = [id(sprite) for pair in pairs for sprite in pair]
    paints: list[tuple[float, Callable[[], None]]] = [
        (one.nearness + (other.nearness - one.nearness) * position, partial(paint_morph, frame, one, other, position))
        for one, other in pairs
    ]
    for sprites, gone in ((leaving, position), (coming, 1 - position)):
        for sprite in sprites:
            if id(sprite) not in paired:
                draw = stream(path, "fading", sprite.name)
                paints.append((sprite.nearness, partial(paint_fading, frame, sprite, gone, draw)))
    for _, paint in sorted(paints, key=lambda found: found[0]):
        paint()


def _graded(frame: Image.Image, scene: DreamScene) -> Image.Image:
    for table in scene.grade:
        frame = frame.filter(table)
    return frame


def _turned(frame: Image.Image, half_way: float, path: str) -> Image.Image:
    """All hues turned a little about the greys, to a side that is the stretch's own."""
    side = 1 if stream(path, "hue").random() < 0.5 else -1
    angle = math.radians(HUE_DEGREES * half_way * side)
    cosine, sine = math.cos(angle), math.sin(angle)
    even, odd = (1 - cosine) / 3, sine / math.sqrt(3)
    row = [round(value, 4) for value in (cosine + even, even - odd, even + odd)]
    matrix = (*row, 0, row[2], row[0], row[1], 0, row[1], row[2], row[0], 0)
    return frame.convert("RGB", matrix)


def _glowing(frame: Image.Image, half_way: float) -> Image.Image:
    lights = frame.reduce(4).point([max(0, v - 96) for v in range(256)] * 3).filter(ImageFilter.GaussianBlur(5))
    lights = lights.resize(frame.size, Image.Resampling.BILINEAR)
    return Image.blend(frame, ImageChops.screen(frame, lights), GLOW * 2 * half_way)


def _trailing(frame: Image.Image, before: Image.Image, share: float, position: float, path: str) -> Image.Image:
    """The frame over the one before it, which comes nearer; towards the next keyframe the trail thins out."""
    nearer = rippled(_fitted(before, frame.size), TRAIL_AWAY, 0.2, stream(path, "trail"))
    return Image.blend(frame, nearer, share * (1 - position**3))


def _remembering(frame: Image.Image, memory: Image.Image | None, share: float, path: object) -> Image.Image:
    """A remembered image shows through clouds, in the light of the frame."""
    if memory is None or share <= 0:
        return frame
    remembered = ImageOps.fit(memory.convert("RGB"), frame.size, Image.Resampling.BILINEAR)
    clouds = dissolve_field(frame.size, stream(path, "memory"))
    mask = dissolved(clouds, MEMORY * share, 0.7)
    return Image.composite(Image.blend(remembered, ImageChops.screen(remembered, frame), 0.35), frame, mask)


def _picture(request: RenderRequest, role: str, pictures: Pictures, notes: list[str]) -> Image.Image | None:
    found = next((image for image in request.references if image.role == role), None)
    if found is None or found.sha256 is None:
        return None
    try:
        return pictures.picture(found.sha256).convert("RGB")
    except UnreadablePictureError as error:
        notes.append(f"{role} {found.entity}: {error}")
        return None


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.BILINEAR)


def _sized(layer: NamedLayer, size: tuple[int, int]) -> NamedLayer:
    return layer if layer.image.size == size else NamedLayer(layer.name, _fitted(layer.image, size), layer.blend)
