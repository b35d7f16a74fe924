"""Camera angles: the framing, lens and sentence of each known one; an unknown one speaks for itself.

Framings and focal lengths (35 mm full frame) are those that handbooks of cinematography agree on.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Angle:
    """What a camera angle asks for.

    `sentence` is different for every two names, and none is the beginning of another: that is why two angles of a
    shot never give the same text.
    """

    name: str
    """As it was written."""
    framing: str
    lens_mm: int | None
    """Focal length in mm; None leaves it to the shot."""
    camera_angle: str
    """Where the camera looks from; "" leaves it to the shot."""
    sentence: str
    known: bool


class _Entry(NamedTuple):
    framing: str
    lens_mm: int
    camera_angle: str
    sentence: str
    aliases: tuple[str, ...] = ()


_TABLE = {
    "extreme_wide": _Entry(
        "extreme wide shot",
        16,
        "",
        "Extreme wide shot: the place dwarfs everyone in it, figures small against all that surrounds them.",
        ("ews", "els", "extreme_long", "very_wide"),
    ),
    "establishing": _Entry(
        "establishing shot of the whole place",
        20,
        "",
        "Establishing shot: where we are, seen whole and from a distance, before anything happens.",
        ("est",),
    ),
    "wide": _Entry(
        "wide shot",
        24,
        "",
        "Wide shot: whole figures from head to toe, with the place around them.",
        ("ws", "long_shot", "ls", "wide_angle"),
    ),
    "full": _Entry("full shot", 35, "", "Full shot: figures from head to toe fill the height of the frame.", ("fs",)),
    "medium_wide": _Entry(
        "medium wide shot",
        35,
        "",
        "Medium wide shot: figures from the knees up, the place still plain to read.",
        ("mws", "medium_long", "mls", "cowboy", "american", "plan_americain"),
    ),
    "medium": _Entry(
        "medium shot",
        50,
        "",
        "Medium shot: figures from the waist up, gesture and face in balance.",
        ("ms", "mid", "waist"),
    ),
    "medium_close_up": _Entry(
        "medium close-up", 65, "", "Medium close-up: head and shoulders, the face leads.", ("mcu", "portrait")
    ),
    "close_up": _Entry(
        "close-up",
        85,
        "",
        "Close-up: one face fills the frame, every feeling on it readable, the background soft.",
        ("cu", "close", "tight"),
    ),
    "extreme_close_up": _Entry(
        "extreme close-up",
        100,
        "",
        "Extreme close-up: a single feature, the eyes or a hand, fills the frame.",
        ("ecu", "xcu", "big_close_up", "bcu"),
    ),
    "insert": _Entry(
        "insert of a single object",
        70,
        "",
        "Insert: one object or detail that the story turns on, alone in the frame.",
        ("detail", "cutaway", "cut_in"),
    ),
    "macro": _Entry(
        "macro shot", 100, "", "Macro shot: textures larger than life, a thin slice in focus, the rest melting away."
    ),
    "low_angle": _Entry(
        "medium wide shot from below",
        28,
        "low angle, looking up",
        "Low angle: the camera looks up from below, and what it sees towers over us.",
        ("low", "from_below", "contre_plongee"),
    ),
    "high_angle": _Entry(
        "wide shot from above",
        35,
        "high angle, looking down",
        "High angle: the camera looks down from above, and figures seem smaller.",
        ("high", "from_above", "plongee"),
    ),
    "overhead": _Entry(
        "top shot",
        35,
        "straight down",
        "Overhead: seen straight down, figures and floor like a map.",
        ("top", "top_down", "birds_eye", "bird_eye", "birds_eye_view", "gods_eye"),
    ),
    "worms_eye": _Entry(
        "wide shot from the ground",
        18,
        "straight up from the ground",
        "Worm's eye: seen from the ground straight up, everything leaning together overhead.",
        ("worm_eye", "worms_eye_view", "ground_level"),
    ),
    "aerial": _Entry(
        "aerial wide shot",
        24,
        "from high in the air",
        "Aerial shot: from high in the air, the place laid out to the horizon.",
        ("drone", "helicopter"),
    ),
    "eye_level": _Entry(
        "medium shot at eye level",
        50,
        "eye level",
        "Eye level: the camera meets the figures at the height of their eyes.",
        ("neutral_angle",),
    ),
    "dutch_angle": _Entry(
        "tilted medium shot",
        35,
        "dutch angle, the horizon tilted",
        "Dutch angle: the horizon is tilted, and nothing stands quite safely.",
        ("dutch", "dutch_tilt", "canted", "canted_angle", "oblique", "tilted"),
    ),
    "over_the_shoulder": _Entry(
        "over-the-shoulder shot",
        50,
        "over the shoulder of a figure in the foreground",
        "Over the shoulder: past the near figure's shoulder, dark at the edge, to the one who is faced.",
        ("ots", "over_shoulder"),
    ),
    "pov": _Entry(
        "point-of-view shot",
        35,
        "through the eyes of a figure",
        "Point of view: what a figure in the story sees, through its own eyes.",
        ("point_of_view", "subjective", "first_person"),
    ),
    "two_shot": _Entry(
        "two-shot", 40, "", "Two-shot: two figures share the frame, and what is between them is the subject.", ("two",)
    ),
    "group": _Entry("group shot", 35, "", "Group shot: everyone present, each one readable.", ("three", "ensemble")),
    "profile": _Entry(
        "profile shot", 85, "from the side", "Profile: seen from the side, the outline tells it.", ("side", "side_view")
    ),
    "from_behind": _Entry(
        "shot from behind",
        35,
        "from behind",
        "From behind: we see the figure's back, and what it looks at.",
        ("rear", "rear_view", "back", "back_view"),
    ),
    "reaction": _Entry("reaction shot", 75, "", "Reaction shot: a face at the moment when it understands."),
}
"""The grammar of each angle. Aliases are for finding it only: the text also says how the angle was written."""


def _letters(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def _by_letters() -> dict[str, str]:
    found = {}
    for name, entry in _TABLE.items():
        for spelling in (name, *entry.aliases):
            found.setdefault(_letters(spelling), name)
            found.setdefault(_letters(spelling) + "shot", name)
    return found


_NAMES = _by_letters()

KNOWN_ANGLES = tuple(_TABLE)


@lru_cache(maxsize=4096)
def angle_of(name: str) -> Angle:
    """The angle of a name: "close_up", another spelling of it ("Close Up"), or any words at all."""
    found = _NAMES.get(_letters(name))
    if found is None:
        return _unknown(name)
    entry = _TABLE[found]
    angle = Angle(name, entry.framing, entry.lens_mm, entry.camera_angle, entry.sentence, known=True)
    if name == found:
        return angle
    return replace(angle, sentence=f"{entry.sentence.removesuffix('.')} (angle {_quoted(name)}).")


def humanised(name: str) -> str:
    """The words of a name: "through_the_keyhole" -> "through the keyhole"."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return re.sub(r'[\s_.,:;!?…()"\\-]+', " ", printable).strip()


def _unknown(name: str) -> Angle:
    # The words hold no punctuation that could end them, so where they end in the sentence is never in doubt;
    # a name that its words do not give back is quoted too, since another may have the same words.
    words = humanised(name)
    if name == words.replace(" ", "_"):
        said = words
    elif not words or name == words:
        said = _quoted(name)
    else:
        said = f"{words} ({_quoted(name)})"
    return Angle(name, words or name, None, "", f"Camera angle: {said}.", known=False)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=not name.isprintable())
