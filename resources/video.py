"""A video of frames: MP4 with H.264 (MPEG-4 where that is not there). The same frames give the same bytes."""

import io
import os
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

MISSING = "no video: PyAV is not installed (pip install 'moostik-assets[dreams]'); the frames are there"
CRF = "18"
"""Constant quality of H.264, 0 to 51; 18 looks like the source."""
MPEG4_BITS_A_PIXEL = 0.3


class NoVideo(Exception):
    """There can be no video here; says why, and what to do."""


def write_video(path: Path, frames: Iterable[bytes | Image.Image], fps: int, size: tuple[int, int]) -> str:
    """Write `frames` (as PNG, or at hand) as a video of `size` (width, height), whole or not at all; gives the codec.

    An odd last row or column is left out: the colour of 4:2:0 video comes in pairs of pixels.

    Raises:
        NoVideo: PyAV is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise NoVideo(MISSING) from error
    path.parent.mkdir(parents=True, exist_ok=True)
    temp = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    try:
        with av.open(str(temp), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as out:
            stream = _stream(out, codec, fps, (size[0] & ~1, size[1] & ~1))
            for frame in frames:
                image = Image.open(io.BytesIO(frame)) if isinstance(frame, bytes) else frame
                rgb = image.convert("RGB").crop((0, 0, size[0] & ~1, size[1] & ~1))
                out.mux(stream.encode(av.VideoFrame.from_image(rgb)))
            out.mux(stream.encode())
        os.replace(temp, path)
    finally:
        temp.unlink(missing_ok=True)
    return codec


def _stream(container: Any, codec: str, fps: int, size: tuple[int, int]) -> Any:
    options = {"threads": "1", "flags": "+bitexact"}
    if codec == "libx264":
        # Threads, and a lookahead that runs beside the encoder, make other bytes each time; so does the macroblock
        # tree, which reads memory beyond the picture where its sides are no multiples of 64.
        options |= {"crf": CRF, "preset": "medium", "x264-params": "sync-lookahead=0:mbtree=0"}
    stream = container.add_stream(codec, rate=Fraction(fps), options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    if codec != "libx264":
        stream.bit_rate = int(size[0] * size[1] * fps * MPEG4_BITS_A_PIXEL)
    return stream
