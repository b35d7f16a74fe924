"""Framings: what each camera angle shows, from the angle's name, or from the nearest words in it."""

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from resources.rendering.request import Staging

ShotSize = Literal["full", "waist", "face", "hands", "shoulder"]
PlateKind = Literal["master", "widest", "low", "detail"]


@dataclass(frozen=True)
class Framing:
    """How a camera angle frames place and cast. Lengths are shares of the frame's height unless they say otherwise."""

    name: str
    size: ShotSize
    """Which part of the lead is shown."""
    heights: tuple[float, float]
    """Range of the lead's height; for `waist`, `face`, `hands`: of the whole figure, which the frame cuts."""
    horizon: float
    """Where the horizon should lie, from the top; beyond 0..1: outside the frame."""
    feet: float = 0.92
    """Where the lead's feet stand, from the top."""
    zoom: float = 1.0
    """How much closer than the whole plate."""
    blur: float = 0.0
    """Radius of the plate's blur, in pixels of a frame 720 high."""
    plate: PlateKind = "master"
    air: float = 0.0
    """How pale and soft distance is, 0..1."""
    keystone: float = 0.0
    """Positive: verticals converge upwards (seen from below); negative: downwards (seen from above)."""
    crowd: int = 8
    """How many figures are shown at most."""
    spread: float = 0.8
    """How much smaller each next figure stands, as a factor to the second."""
    taper: float = 0.0
    """How much narrower the top of a figure is drawn than its foot (negative: the foot), as a share."""
    squat: float = 1.0
    """Factor to a figure's height: seen from above it is foreshortened."""
    centred: bool = False
    """Whether the lead keeps to the middle, not to a third."""
    tilt: float = 0.0
    """Roll of the camera, in degrees."""
    mask: str = ""
    """What the frame is seen through: `eyes`, `keyhole`, `glasses`, or nothing."""


FRAMINGS: dict[str, Framing] = {
    framing.name: framing
    for framing in (
        Framing("extreme_wide", "full", (0.10, 0.13), 0.66, feet=0.84, plate="widest", air=0.55, spread=0.93),
        Framing(
            "establishing", "full", (0.06, 0.08), 0.72, feet=0.84, zoom=1.18, plate="widest", air=0.25, spread=0.93
        ),
        Framing("wide", "full", (0.34, 0.40), 0.45, feet=0.90, zoom=1.06, air=0.12, spread=0.86),
        Framing("medium_wide", "full", (0.56, 0.62), 0.47, feet=0.955, zoom=1.25, blur=0.8, spread=0.84),
        Framing("medium", "waist", (1.28, 1.42), 0.50, zoom=1.6, blur=2.2, spread=0.80, crowd=5),
        Framing("close_up", "face", (1.9, 2.1), 1.15, zoom=2.5, blur=9.0, crowd=2),
        Framing("extreme_close_up", "face", (3.0, 3.3), 1.3, zoom=3.2, blur=14.0, crowd=1),
        Framing(
            "low_angle",
            "full",
            (1.06, 1.12),
            0.85,
            feet=1.13,
            zoom=1.15,
            plate="low",
            keystone=0.30,
            taper=0.16,
            crowd=4,
        ),
        Framing(
            "high_angle", "full", (0.20, 0.23), -0.12, feet=0.66, keystone=-0.34, taper=-0.20, squat=0.84, spread=0.95
        ),
        Framing("over_the_shoulder", "shoulder", (0.60, 0.64), 0.45, feet=0.98, zoom=1.35, blur=1.6, crowd=4),
        Framing(
            "pov", "full", (0.66, 0.72), 0.42, feet=1.04, zoom=1.15, blur=1.2, mask="eyes", centred=True, spread=0.80
        ),
        Framing("insert", "hands", (3.1, 3.3), 1.2, zoom=2.3, blur=13.0, plate="detail", crowd=1),
    )
}

# The first word group found in the angle wins, so the narrower stand before the wider.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"over.?the.?shoulder|\bots\b|shoulder|epaule|amorce", "over_the_shoulder"),
    (r"extreme.?close|big.?close|\becu\b|tres.?gros.?plan|\btgp\b", "extreme_close_up"),
    (r"insert|macro|detail|\bobject", "insert"),
    (r"\bpov\b|point.?of.?view|subjecti|first.?person|regard.de", "pov"),
    (r"keyhole|key.?hole|peephole|serrure|judas|binocular|jumelle|spyglass|longue.?vue", "pov"),
    (r"low.?angle|worm|from.?below|contre.?plong|en.?contrebas|ground.?level|looking.?up", "low_angle"),
    (
        r"high.?angle|aerial|bird|drone|overhead|top.?down|top.?shot|from.?above|god|plongee|aerien|looking.?down",
        "high_angle",
    ),
    (r"establish|etablissement|situation", "establishing"),
    (r"extreme.?(wide|long)|very.?wide|very.?long|\bews\b|\bels\b|plan.?d.?ensemble|panoram|vista", "extreme_wide"),
    (r"medium.?(wide|long)|mid.?wide|\bmws\b|cowboy|american|americain|three.?quarter|plan.?moyen", "medium_wide"),
    (r"medium.?close|\bmcu\b|close|\bcu\b|portrait|face|gros.?plan|serre|visage", "close_up"),
    (r"medium|\bmid\b|\bms\b|two.?shot|waist|rapproche|taille|interview|bust", "medium"),
    (r"wide|long.?shot|full.?shot|\bws\b|\bls\b|\bfs\b|master|plan.?large|en.?pied|general", "wide"),
)
_DUTCH = re.compile(r"dutch|canted|tilted|oblique|debulle|penche")
_KEYHOLE = re.compile(r"key.?hole|peephole|serrure|judas|through.?the.?(door|lock)")
_GLASSES = re.compile(r"binocular|jumelle|spyglass|longue.?vue|telescope|porthole|hublot")
_DUTCH_DEGREES = 7.0
_NORMAL_LENS_MM = 40.0


def plain_words(text: str) -> str:
    """Text in lower case without accents, `_` and `-` as spaces: what words are looked for in."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[_\-]+", " ", letters)


def framing_of(staging: Staging | None) -> Framing:
    """The framing of a staging's angle; where its name says nothing, of its other camera words, else a medium-wide."""
    if staging is None:
        return FRAMINGS["medium_wide"]
    angle = plain_words(staging.angle)
    framing = FRAMINGS.get(staging.angle)
    for text in (angle, plain_words(staging.camera_angle), plain_words(staging.framing)):
        framing = framing or _framing_in(text)
    framing = framing or FRAMINGS["medium_wide"]
    if _DUTCH.search(angle):
        framing = replace(framing, name="dutch", tilt=_DUTCH_DEGREES, zoom=framing.zoom * 1.05)
    if _KEYHOLE.search(angle):
        framing = replace(framing, name="keyhole", mask="keyhole", heights=(0.42, 0.46), feet=0.84, centred=True)
    elif _GLASSES.search(angle):
        framing = replace(framing, name="glasses", mask="glasses")
    return _through_lens(framing, staging.lens_mm)


def _framing_in(text: str) -> Framing | None:
    return next((FRAMINGS[name] for words, name in _WORDS if re.search(words, text)), None)


def _through_lens(framing: Framing, lens_mm: float | None) -> Framing:
    """A longer lens brings the place nearer and softer; the cast keeps its size, which is the angle's."""
    if not lens_mm or lens_mm <= 0 or framing.size == "hands":
        return framing
    factor = min(max(math.sqrt(lens_mm / _NORMAL_LENS_MM), 0.85), 1.25)
    return replace(framing, zoom=max(1.0, framing.zoom * factor), blur=framing.blur * factor)
