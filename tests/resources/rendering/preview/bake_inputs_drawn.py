"""Inputs of the tests of baking: a room, its mask, and requests to bake it."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from preview_inputs import put

from resources.rendering.request import BakedDecoration, Baking, ImageInput, RenderRequest

SIZE = (640, 360)
FROST = Baking(
    "frost-fair", "", ("#1F3350", "#5B7FA3", "#E6F0F3", "#C8553D"), "first snow on every ledge", fx=("snow",)
)
FESTIVAL = Baking("feast", "", ("#1B2147", "#7A3E65", "#F59E3D", "#FFF2CC"), "festival night, lanterns", fx=("embers",))
STORM = Baking("gale", "", ("#1D2B2A", "#587870", "#C9D1B8", "#D8A24A"), "storm, everything tied down", fx=("rain",))


def room() -> Image.Image:
    image = Image.new("RGB", SIZE, (120, 90, 84))
    pen = ImageDraw.Draw(image)
    pen.rectangle([0, 200, 640, 360], fill=(92, 80, 70))
    for x in range(0, 640, 32):
        pen.line([(320, 200), (x * 3 - 640, 360)], fill=(66, 58, 52), width=2)
    pen.rectangle([60, 120, 240, 128], fill=(190, 150, 110))
    pen.rectangle([400, 60, 560, 170], fill=(70, 60, 90))
    pen.ellipse([300, 30, 330, 66], fill=(255, 236, 170))
    return image


def room_mask() -> Image.Image:
    mask = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(mask)
    pen.rectangle([40, 40, 280, 119], fill=255)
    pen.polygon([(0, 360), (0, 290), (160, 230), (200, 230), (120, 360)], fill=255)
    pen.rectangle([420, 230, 620, 350], fill=255)
    return mask


def bake_request(
    folder: Path,
    baking: Baking,
    mask: Image.Image | None = None,
    plate: Image.Image | None = None,
    decorations: tuple[str, ...] = (),
    seed: int = 7,
    **changes: Any,
) -> RenderRequest:
    from dataclasses import replace

    plate = plate or room()
    baking = replace(baking, decorations=tuple(BakedDecoration(item) for item in decorations), **changes)
    held = None if mask is None else ImageInput("mask", "shed", sha256=put(folder, mask))
    master = ImageInput("background", "shed", sha256=put(folder, plate))
    return RenderRequest("", "", seed, *plate.size, {"name": "preview"}, background=master, mask=held, baking=baking)
