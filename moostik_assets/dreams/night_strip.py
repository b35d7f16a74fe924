"""A night in a few small frames, the injected ones over an amber edge, for the UI."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from resources.thumbnails import jpeg_markdown, thumbnail

SHOWN = 12
WIDTH, HEIGHT = 132, 84
"""Of a frame in the strip, at most."""
COLUMNS = 6
EDGE, GAP = 4, 3
AMBER, PAPER = (244, 168, 54), (24, 23, 21)
QUALITIES = (78, 64, 50, 36)
MAX_BYTES = 20_000
SMALLER = 0.85
"""Of a strip that takes more at the lowest quality."""


def shown_in_strip(injected: Sequence[bool]) -> list[int]:
    """Indices of the frames that a strip shows: evenly spread, and the middle of each run of injected frames."""
    count = len(injected)
    if count <= SHOWN:
        return list(range(count))
    chosen = {round(step * (count - 1) / (SHOWN - 1)) for step in range(SHOWN)}
    middles: set[int] = set()
    start = None
    for index in range(count + 1):
        inside = index < count and injected[index]
        if inside and start is None:
            start = index
        elif not inside and start is not None and len(middles) < SHOWN // 2:
            middles.add((start + index) // 2)
            start = None
    for middle in middles - chosen:
        chosen.remove(min(chosen - middles, key=lambda index: abs(index - middle)))
        chosen.add(middle)
    return sorted(chosen)


def strip_markdown(frames: Sequence[tuple[bytes, bool]]) -> str:
    """The strip of some frames (PNG bytes, whether injected) as one line of markdown of at most MAX_BYTES."""
    small = [(thumbnail(png, WIDTH, HEIGHT), injected) for png, injected in frames]
    width, height = max(one.width for one, _ in small), max(one.height for one, _ in small)
    rows, columns = -(-len(small) // COLUMNS), min(COLUMNS, len(small))
    strip = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + EDGE + GAP) + GAP), PAPER)
    draw = ImageDraw.Draw(strip)
    for index, (one, injected) in enumerate(small):
        left = GAP + index % COLUMNS * (width + GAP)
        top = GAP + index // COLUMNS * (height + EDGE + GAP)
        strip.paste(one, (left, top))
        if injected:
            draw.rectangle((left, top + one.height, left + one.width - 1, top + one.height + EDGE - 1), fill=AMBER)
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            strip.save(out, "JPEG", quality=quality)
            markdown = jpeg_markdown(out.getvalue())
            if len(markdown) <= MAX_BYTES:
                return markdown
        strip = strip.resize((round(strip.width * SMALLER), round(strip.height * SMALLER)))
