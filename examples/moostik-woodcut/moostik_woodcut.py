"""A renderer of one file: each shot as a woodcut in two inks, cut from its plate and its cast.

It shows everything that a renderer of your own needs: options, capabilities, a fingerprint, a check before any work,
images that depend on nothing but their request, and failures that stop no other image.
"""

import io
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageOps

from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.request import ImageInput, RenderRequest
from resources.thumbnails import jpeg_thumbnail

VERSION = 1
"""Raise it with every change that changes pixels: all images are then out of date, and `moostik plan` says why."""

COLOUR = re.compile("#[0-9a-fA-F]{6}")
FIGURE_HEIGHT = {"close_up": 1.1, "medium": 0.75, "wide": 0.5, "high_angle": 0.4, "extreme_wide": 0.25}
"""Of the height of the frame, by camera angle."""
PLATE_SEEN = {"close_up": 0.45, "medium": 0.6, "wide": 0.85, "high_angle": 0.75, "low_angle": 0.7}
"""Of the width of the plate, by camera angle."""
MOST_FIGURES = 4


class WoodcutRenderer:
    """Prints shots in a dark ink and a tint on paper.

    Options, from `rendererOptions.woodcut` in series.json or the environment (MOOSTIK_WOODCUT_INK=...): `ink`, `tint`
    and `paper`, colours such as "#1d2b3a".
    """

    api_version = 1

    def __init__(self, context: RendererContext) -> None:
        self._read_image = context.read_image
        self._inks = {"ink": "#1d1a26", "tint": "#b5643c", "paper": "#f2e6cf", **context.options}

    @property
    def capabilities(self) -> Capabilities:
        """What requests are fitted to. `composes`: it wants the staging, since it reads no prompt."""
        return Capabilities(composes=True, max_references=6, pixels=960 * 540, seconds_per_image=0.2)

    def fingerprint(self) -> dict[str, Any]:
        """Whatever decides pixels beside the request. It becomes part of every recipe."""
        return {"name": "woodcut", "version": VERSION, **{name: str(ink) for name, ink in self._inks.items()}}

    def validate(self) -> None:
        """Called before any work: what is missing or wrong is said here, once, and what to do."""
        for name, ink in self._inks.items():
            if name not in ("ink", "tint", "paper"):
                raise RendererUnavailable(f"woodcut: no option named {name!r}; there are ink, tint and paper")
            if not COLOUR.fullmatch(str(ink)):
                raise RendererUnavailable(f"woodcut: option {name} is {ink!r}; it takes a colour such as '#1d2b3a'")

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """One image after the other. An image that fails says so, and the next one is made."""
        for request in requests:
            began, notes = time.perf_counter(), []
            try:
                print_ = self._printed(self._drawn(request, notes))
            except Exception as error:
                yield Rendered(request, error=f"woodcut: {error}", seconds=time.perf_counter() - began)
                continue
            out = io.BytesIO()
            print_.save(out, "PNG")
            seconds = time.perf_counter() - began
            yield Rendered(request, out.getvalue(), seconds=seconds, notes=(*notes,), thumbnail=jpeg_thumbnail(print_))

    def close(self) -> None:
        """Nothing is held between images."""

    def _drawn(self, request: RenderRequest, notes: list[str]) -> Image.Image:
        """The plate with the cast before it, in greys."""
        size = request.width, request.height
        staging = request.staging
        angle = staging.angle if staging is not None else ""
        plate = request.background or next((i for i in request.references if i.role == "location"), None)
        frame = Image.new("L", size, 150)
        if plate is not None and (picture := self._picture(plate, notes)) is not None:
            seen = ImageOps.crop(picture.convert("L"), round(picture.width * (1 - PLATE_SEEN.get(angle, 1)) / 3))
            frame = ImageOps.autocontrast(ImageOps.fit(seen, size, centering=(0.5, 0.7)), cutoff=2)
        figures = staging.figures[:MOST_FIGURES] if staging is not None else ()
        height = round(request.height * FIGURE_HEIGHT.get(angle, 0.55))
        for index, figure in enumerate(figures):
            found = [request.references[i] for i in figure.references[:1]]
            picture = self._picture(found[0], notes) if found else None
            if picture is None:
                continue
            cut_out = picture.convert("RGBA")
            cut_out = cut_out.crop(cut_out.getbbox())
            cut_out = cut_out.resize((max(1, round(cut_out.width * height / cut_out.height)), height))
            left = round(request.width * (index + 1) / (len(figures) + 1) - cut_out.width / 2)
            frame.paste(cut_out.convert("L"), (left, max(round(request.height * 0.96) - height, 0)), cut_out)
        return frame

    def _picture(self, image: ImageInput, notes: list[str]) -> Image.Image | None:
        """An input by its hash; one that has only a URL could not be fetched."""
        if image.sha256 is None:
            notes.append(f"{image.entity}: left out, its image cannot be had")
            return None
        return Image.open(io.BytesIO(self._read_image(image.sha256)))

    def _printed(self, drawing: Image.Image) -> Image.Image:
        """Two blocks: the dark ink takes shadows and contours, the tint takes the half tones, in hatches."""
        soft = drawing.filter(ImageFilter.MedianFilter(5))
        contours = ImageChops.subtract(soft.filter(ImageFilter.GaussianBlur(6)), soft, scale=0.5)
        dark = ImageChops.lighter(soft.point(lambda v: 255 * (v < 70)), contours.point(lambda v: 255 * (v > 36)))
        half = soft.point(lambda v: 255 * (v < 150))
        half = ImageChops.multiply(
            half, ImageChops.lighter(_hatches(drawing.size), soft.point(lambda v: 255 * (v < 105)))
        )
        print_ = Image.new("RGB", drawing.size, str(self._inks["paper"]))
        print_.paste(str(self._inks["tint"]), mask=half)
        print_.paste(str(self._inks["ink"]), mask=dark)
        return print_


def _hatches(size: tuple[int, int]) -> Image.Image:
    """Diagonal lines, three pixels wide every six."""
    tile = Image.new("L", (6, 6))
    tile.putdata([255 * ((x + y) % 6 < 3) for y in range(6) for x in range(6)])
    width, height = size
    sheet = Image.new("L", size)
    row = Image.new("L", (width, 6))
    for x in range(0, width, 6):
        row.paste(tile, (x, 0))
    for y in range(0, height, 6):
        sheet.paste(row, (0, y))
    return sheet
