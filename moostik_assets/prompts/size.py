"""Size: width and height in pixels, from an aspect ratio as people write it."""

import math
import re
from fractions import Fraction
from functools import lru_cache

from moostik_assets.catalogue.models import Series
from moostik_assets.catalogue.prompt import Prompt

DEFAULT_ASPECT = "16:9"
NARROWEST, WIDEST = Fraction(1, 4), Fraction(4)
EXAMPLES = '"16:9", "21:9", "4:3", "1:1", "9:16", "2.39:1", "16/9", "16x9" or "1.85"'

_LEAST_SHARE_OF_PIXELS = Fraction(3, 4)
"""An exact ratio is taken if it fills this much of the area; one that would waste more is rounded instead."""
_WEIGHT_OF_AREA = 0.5
"""What a lost share of the area counts against an equal error of the ratio, where the ratio is rounded."""
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,6})?)"
_RATIO = re.compile(rf"\s*{_NUMBER}\s*(?:[:/x×X]\s*{_NUMBER}\s*)?", re.ASCII)


@lru_cache(maxsize=1024)
def aspect_ratio(aspect: str) -> Fraction:
    """Width over height, exactly as written.

    Raises:
        ValueError: it cannot be read, or one side is zero.
    """
    found = _RATIO.fullmatch(aspect)
    if found is not None:
        width, height = (Fraction((side or "1").replace(",", ".")) for side in found.groups())
        if width > 0 and height > 0:
            return width / height
    shown = aspect if len(aspect) <= 40 else aspect[:40] + "..."
    raise ValueError(f"aspect ratio {shown!r} cannot be read; write {EXAMPLES}")


def aspect_of(prompt: Prompt, series: Series) -> str:
    """The aspect ratio of an image: the first that can be read of the prompt's deliverable, the prompt's parameters
    and the series; else 16:9. `aspect_warnings` says what was passed over.
    """
    for _, aspect in _aspects(prompt, series):
        if _is_readable(aspect):
            return aspect.strip()
    return DEFAULT_ASPECT


def aspect_warnings(prompt: Prompt, series: Series) -> tuple[str, ...]:
    """The aspect ratios that could not be used as they are written, and what is used in their place."""
    used = aspect_of(prompt, series)
    warnings = []
    for where, aspect in _aspects(prompt, series):
        if _is_readable(aspect):
            if _clamped(aspect_ratio(aspect)) != aspect_ratio(aspect):
                warnings.append(f"{where} {aspect!r} is beyond 1:4 to 4:1; the nearer of these is used")
            break
        warnings.append(f"{where}: {_why_unreadable(aspect)}; {used} is used")
    return tuple(warnings)


@lru_cache(maxsize=1024)
def image_size(aspect: str, pixels: int, multiple: int) -> tuple[int, int]:
    """Width and height in pixels: multiples of `multiple`, of an area of at most `pixels` and near it.

    The ratio is exact where that fills at least three quarters of the area (16:9 of 1280 * 720 by 8: 1280 x 720;
    21:9: 1456 x 624), else the nearest there is. Ratios beyond 1:4 and 4:1 are taken as these. No side is ever
    shorter than `multiple`, though the area then be larger.

    Raises:
        ValueError: the aspect cannot be read, or pixels or multiple is not positive.
    """
    if pixels <= 0 or multiple <= 0:
        raise ValueError(f"an image of {pixels} pixels in multiples of {multiple}: both must be positive")
    ratio = _clamped(aspect_ratio(aspect))
    return _exact_size(ratio, pixels, multiple) or _nearest_size(ratio, pixels, multiple)


def _exact_size(ratio: Fraction, pixels: int, multiple: int) -> tuple[int, int] | None:
    across, down = ratio.numerator, ratio.denominator
    step = math.lcm(multiple // math.gcd(multiple, across), multiple // math.gcd(multiple, down))
    smallest = across * step * down * step
    times = math.isqrt(pixels // smallest)
    if times**2 * smallest < _LEAST_SHARE_OF_PIXELS * pixels:
        return None
    return across * step * times, down * step * times


def _nearest_size(ratio: Fraction, pixels: int, multiple: int) -> tuple[int, int]:
    ideal_rows = math.isqrt(int(pixels / ratio)) // multiple
    best, least_cost = (multiple, multiple), math.inf
    for rows in range(max(1, ideal_rows - 3), ideal_rows + 3):
        height = rows * multiple
        columns = int(height * ratio) // multiple
        for width in (columns * multiple, (columns + 1) * multiple):
            if width == 0 or width * height > pixels:
                continue
            cost = abs(width / height / float(ratio) - 1) + _WEIGHT_OF_AREA * (1 - width * height / pixels)
            if cost < least_cost:
                best, least_cost = (width, height), cost
    return best


def _clamped(ratio: Fraction) -> Fraction:
    return min(max(ratio, NARROWEST), WIDEST)


def _aspects(prompt: Prompt, series: Series) -> list[tuple[str, str]]:
    named = (
        ("deliverable.aspect_ratio of the prompt", prompt.deliverable.aspect_ratio),
        ("parameters.aspect_ratio of the prompt", prompt.parameters.aspect_ratio),
        ("aspectRatio of series.json", series.aspect_ratio),
    )
    return [(where, aspect) for where, aspect in named if aspect.strip()]


def _is_readable(aspect: str) -> bool:
    return _why_unreadable(aspect) == ""


@lru_cache(maxsize=1024)
def _why_unreadable(aspect: str) -> str:
    try:
        aspect_ratio(aspect)
    except ValueError as error:
        return str(error)
    return ""
