"""The kinds of effect that a request's layers may name. Names alone: nothing is drawn here."""

import re

COLOUR_FILTER = "colour_filter"

EFFECT_KINDS = (
    "snow",
    "rain",
    "fog",
    "mist",
    "embers",
    "sparks",
    "glow",
    "light_shafts",
    "dust",
    "leaves",
    COLOUR_FILTER,
    "vignette",
)
"""In the order in which they are listed for people."""

MAX_STRENGTH = 2.0
"""An effect of strength 1 is as it was meant; 0 turns it off."""

_HEX = re.compile(r"#?(?:([0-9a-fA-F]{3})|([0-9a-fA-F]{6}))")


def colour_of_hex(text: str) -> tuple[int, int, int] | None:
    """Red, green and blue of `#27375C` (or `#abc`); None where it is no such colour."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[2] or "".join(digit * 2 for digit in match[1])
    value = int(digits, 16)
    return value >> 16, value >> 8 & 255, value & 255
