"""Pictures that a request builds on, as a model takes them: RGB, of the size that is asked for."""

import io

from PIL import Image

from resources.thumbnails import MAX_SOURCE_PIXELS

_GREY = (128, 128, 128)


def opened(data: bytes) -> Image.Image:
    """An image in RGB; what is transparent is grey.

    Raises:
        ValueError: the bytes are no image that can be read, or one of more than MAX_SOURCE_PIXELS.
    """
    try:
        with Image.open(io.BytesIO(data)) as source:
            if source.width * source.height > MAX_SOURCE_PIXELS:
                raise ValueError(f"an image of {source.width} x {source.height}; at most {MAX_SOURCE_PIXELS:,} pixels")
            if not (source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info):
                return source.convert("RGB")
            clear = source.convert("RGBA")
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"not an image that can be read: {error}") from error
    ground = Image.new("RGB", clear.size, _GREY)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def covering(image: Image.Image, width: int, height: int) -> Image.Image:
    """The image at `width` x `height` pixels, its proportions kept: what stands over is cut off on both sides alike."""
    if image.size == (width, height):
        return image
    scale = max(width / image.width, height / image.height)
    wide, tall = width / scale, height / scale
    left, top = (image.width - wide) / 2, (image.height - tall) / 2
    return image.resize((width, height), Image.Resampling.LANCZOS, (left, top, left + wide, top + tall))


def squared(image: Image.Image) -> Image.Image:
    """The whole image in the middle of a square, the rest of it in the mean colour of the image's outermost pixels.

    An image encoder crops its input to a square: a standing figure would lose head and feet.
    """
    side = max(image.size)
    if image.size == (side, side):
        return image
    edges = [
        image.crop(box).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        for box in (
            (0, 0, image.width, 1),
            (0, image.height - 1, image.width, image.height),
            (0, 0, 1, image.height),
            (image.width - 1, 0, image.width, image.height),
        )
    ]
    mean = tuple(sum(edge[channel] for edge in edges) // len(edges) for channel in range(3))  # type: ignore[index]
    square = Image.new("RGB", (side, side), mean)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
