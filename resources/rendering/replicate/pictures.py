"""Images on their way to a model and back: lent, fetched, verified, fitted to what was asked."""

import base64
import binascii
import io
import threading
import time
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageOps

from resources.decoration_mask import checked_mask
from resources.rendering.request import RenderRequest
from resources.store.url_download import DownloadLimits, download_all

LARGEST_DATA_URI_BYTES = 256 * 1024
"""Larger files are lent to the API, once for all images that they are references of."""
MAX_PIXELS = 80_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
_KINDS = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"), (b"GIF8", "image/gif"))
_DOWNLOADS = 3


class PictureFault(Exception):
    """What a model gave cannot be had, or is no image; the text is for a person."""


class Lending:
    """Gives images to the API: small ones in the order itself, others as files, each once."""

    def __init__(self, upload: Callable[[str, bytes, str], str]) -> None:
        self._upload = upload
        self._urls: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def url(self, sha256: str, data: bytes) -> str:
        """Where a model reads an image: a data URI, or a URL at the API."""
        kind = next((kind for start, kind in _KINDS if data.startswith(start)), "application/octet-stream")
        if len(data) < LARGEST_DATA_URI_BYTES:
            return f"data:{kind};base64,{base64.b64encode(data).decode()}"
        with self._lock:
            lock = self._locks.setdefault(sha256, threading.Lock())
        with lock:
            if sha256 not in self._urls:
                self._urls[sha256] = self._upload(f"{sha256[:32]}.{kind.partition('/')[2]}", data, kind)
            return self._urls[sha256]


def output_url(output: Any) -> str | None:
    """The URL of the first image that a prediction gave."""
    if isinstance(output, str):
        return output if output.startswith(("http://", "https://", "data:")) else None
    parts = output.values() if isinstance(output, dict) else output if isinstance(output, list) else ()
    return next((url for part in parts if (url := output_url(part)) is not None), None)


def fetched_image(url: str, waits: tuple[float, ...]) -> Image.Image:
    """What a model gave, every pixel of it decoded, in RGB.

    The token of the API is not sent along. What arrives cut short is fetched again.

    Raises:
        PictureFault: it cannot be had, or is no image.
    """
    limits = DownloadLimits(total_seconds=180.0, connect_seconds=5.0, first_wait_seconds=waits[0])
    for number in range(_DOWNLOADS):
        try:
            return _decoded(_data_of(url) if url.startswith("data:") else _downloaded(url, limits))
        except PictureFault:
            if number == _DOWNLOADS - 1 or url.startswith("data:"):
                raise
            time.sleep(waits[min(number, len(waits) - 1)])
    raise AssertionError("the last download returns or raises")


def _downloaded(url: str, limits: DownloadLimits) -> bytes:
    found: list[tuple[bytes | None, str | None]] = []
    download_all([url], limits, lambda _, data, error: found.append((data, error)))
    ((data, error),) = found
    if data is None:
        raise PictureFault(error)
    return data


def _data_of(url: str) -> bytes:
    head, _, body = url.partition(",")
    try:
        return base64.b64decode(body, validate=True) if head.endswith(";base64") else b""
    except binascii.Error as error:
        raise PictureFault(f"a data URI that cannot be read ({error})") from error


def _decoded(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureFault(f"an image of {image.width} x {image.height} pixels")
            image.load()
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                ground = Image.new("RGBA", image.size, (0, 0, 0, 255))
                return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
            return image.convert("RGB")
    except PictureFault:
        raise
    except Exception as error:  # Pillow's plugins raise nearly anything on broken bytes
        raise PictureFault(f"a broken image ({str(error)[:100] or type(error).__name__})") from error


def fitted(image: Image.Image, width: int, height: int) -> tuple[Image.Image, tuple[str, ...]]:
    """The image at the size in pixels that was asked for, cut at its edges where its shape is another; and a note."""
    if image.size == (width, height):
        return image, ()
    across, down = width / image.width, height / image.height
    lost = 1 - min(across, down) / max(across, down)
    cut = f", {lost:.0%} of it cut off at the edges" if lost >= 0.005 else ""
    note = f"the model gave {image.width} x {image.height} pixels: scaled to {width} x {height}{cut}"
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS), (note,)


def kept_to_mask(image: Image.Image, request: RenderRequest, read_image: Callable[[str], bytes]) -> Image.Image:
    """A dressed place whose mask is hard: where the mask is black, the master's own pixels stand.

    Raises:
        ValueError: the mask is no mask of that size.
        KeyError: the bytes of the master or the mask are gone.
    """
    baking, mask, master = request.baking, request.mask, request.background
    if baking is None or baking.mask_mode != "hard" or mask is None or master is None:
        return image
    assert mask.sha256 is not None
    assert master.sha256 is not None
    share = checked_mask(read_image(mask.sha256), image.size)
    return Image.composite(image, _decoded(read_image(master.sha256)).resize(image.size), share)


def png_of(image: Image.Image) -> bytes:
    """The PNG of an RGB image, and nothing in it but the pixels."""
    out = io.BytesIO()
    Image.frombytes("RGB", image.size, image.tobytes()).save(out, "PNG", compress_level=6)
    return out.getvalue()
