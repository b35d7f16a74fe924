"""One image as a server is given it, and the image from what the server gives back."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from resources.png import check_png, png_size
from resources.rendering.comfyui.graph import Drawing

_NEARLY = 0.02
"""By how much the shape of a baked plate may differ from its master's: models work in multiples of 8 or 16."""


@dataclass(frozen=True)
class ImageJob:
    """One request, ready for a server."""

    drawing: Drawing
    uploads: Mapping[str, bytes]
    notes: tuple[str, ...]
    size: tuple[int, int]
    master: Image.Image | None = None
    """The plate that a bake keeps where the mask is black; None where it need not."""
    mask: Image.Image | None = None
    scaled: bool = False
    """Whether an image of nearly the right shape is scaled to the size; else any other size is refused."""

    def finished(self, png: bytes, notes: list[str]) -> Image.Image:
        """The server's PNG as the image that was asked for, RGB.

        Raises:
            ValueError: no whole PNG, or one of another size.
        """
        check_png(png)
        width, height = png_size(png)
        if (width, height) != self.size:
            wanted = f"{self.size[0]} x {self.size[1]}"
            shape = width / height / (self.size[0] / self.size[1])
            if not self.scaled or abs(shape - 1) > _NEARLY or width * height > 16 * self.size[0] * self.size[1]:
                raise ValueError(f"the graph gave an image of {width} x {height} pixels; {wanted} were asked for")
            notes.append(f"made at {width} x {height}, scaled to {wanted}")
        try:
            with Image.open(io.BytesIO(png), formats=("PNG",)) as source:
                image = source.convert("RGB")
        except (OSError, SyntaxError) as error:
            raise ValueError(f"the server's PNG cannot be decoded: {error}") from error
        if image.size != self.size:
            image = image.resize(self.size, Image.Resampling.LANCZOS)
        if self.master is not None and self.mask is not None:
            image = Image.composite(image, self.master, self.mask)
        return image
