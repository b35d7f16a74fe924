"""What a theme does to a room: read from the words of its name, style and mood, its effects and its palette."""

import re
import unicodedata
from dataclasses import dataclass, fields

from resources.rendering.preview.paper import Colour, mixed
from resources.rendering.request import Baking

Ramp = tuple[Colour, ...]


@dataclass(frozen=True)
class Treatment:
    """Amounts, 0..1 where nothing else is said."""

    snow: float = 0.0
    """Lies on ledges and on the ground."""
    frost: float = 0.0
    """Along silhouettes."""
    wet: float = 0.0
    """Darkened, mirroring ground; streaks down the walls; a torn sky."""
    festival: float = 0.0
    """Lamps, and the light that they throw."""
    litter: float = 0.0
    """Fallen leaves or petals."""
    haze: float = 0.0
    """Air that hides what is far."""
    night: float = 0.0
    warmth: float = 0.0
    """Below 0 cold, above 0 warm; -1..1."""


_TRACES: tuple[tuple[Treatment, str], ...] = (
    (
        Treatment(snow=1.0, frost=1.0, warmth=-0.6),
        "snow snowy snowfall winter wintry blizzard neige enneige enneigee hiver hivernal flocon snowflake",
    ),
    (
        Treatment(snow=0.35, frost=1.0, warmth=-0.6),
        "frost frosted frosty ice icy frozen rime givre gel gele gelee glace glacee verglas icicle",
    ),
    (
        Treatment(snow=0.55, frost=0.5, festival=0.5, warmth=0.1),
        "christmas xmas yule noel advent avent",
    ),
    (
        Treatment(wet=1.0, haze=0.15, warmth=-0.4),
        "rain rainy storm stormy tempest downpour flood flooded thunder thunderstorm pluie pluvieux orage orageux "
        "tempete averse deluge",
    ),
    (Treatment(wet=0.6), "wet soaked puddle drenched mouille mouillee trempe trempee flaque"),
    (
        Treatment(festival=1.0, night=0.6, warmth=0.5),
        "lantern festival lampion lanterne carnival carnaval fireworks diwali gala guinguette",
    ),
    (
        Treatment(festival=0.6, warmth=0.5),
        "lamp candle glow ember festive feast party lampe bougie lueur braise fete festif festive lumiere light "
        "birthday anniversaire",
    ),
    (Treatment(litter=1.0, warmth=0.6), "autumn fall harvest leave automne recolte automnal"),
    (
        Treatment(litter=0.7, warmth=0.25),
        "spring blossom bloom petal flower printemps fleur fleuri petale floraison cherry",
    ),
    (Treatment(haze=0.9, warmth=-0.1), "fog foggy mist misty smoke haze brume brouillard fumee brumeux"),
    (Treatment(haze=0.4, warmth=0.6), "dust dusty sand desert drought heat poussiere sable secheresse canicule"),
    (
        Treatment(night=0.8, haze=0.3, litter=0.4, festival=0.35),
        "halloween spooky haunted ghost hante hantee fantome toussaint",
    ),
    (Treatment(night=0.7), "night midnight moonlit nuit minuit nocturne"),
    (Treatment(warmth=0.5), "summer sunny dawn sunrise sunset ete soleil aube aurore golden dore"),
)
_WEIGHTS = {"fx": 1.0, "style": 0.8, "mood": 0.55}


def plain_words(text: str) -> list[str]:
    """The words of a text in order: lower case, without accents and without the s or x of a plural."""
    bare = unicodedata.normalize("NFKD", text[:4000]).casefold()
    bare = "".join(c for c in bare if not unicodedata.combining(c)).replace("œ", "oe")
    return [
        word if len(word) < 4 else re.sub(r"(?<=[^su])s$|(?<=u)x$", "", word) for word in re.findall(r"[a-z]+", bare)
    ]


def treatment_of(baking: Baking) -> Treatment:
    """What the theme asks for: each amount the strongest that any of its words has; effects weigh more than mood."""
    texts = {"fx": " ".join(baking.fx), "style": f"{baking.theme} {baking.style}", "mood": baking.mood}
    found = {field.name: 0.0 for field in fields(Treatment)}
    for source, text in texts.items():
        words = set(plain_words(text))
        for trace, names in _TRACES:
            if words.isdisjoint(plain_words(names)):
                continue
            for name in found:
                amount = getattr(trace, name) * _WEIGHTS[source]
                if abs(amount) > abs(found[name]):
                    found[name] = amount
    if found["wet"] >= max(found["festival"], 0.1):  # one lamp in a storm is no festival
        found["festival"] = 0.0
        found["warmth"] = min(found["warmth"], -0.3)
    if found["snow"] > 0.6 or found["frost"] > 0.6:
        found["warmth"] = min(found["warmth"], -0.4)
    return Treatment(**found)


@dataclass(frozen=True)
class ThemeColours:
    """A palette taken apart: the ramp that most of a place moves along, and what stands out of it."""

    ramp: Ramp
    """From dark to pale; at least two."""
    accents: Ramp
    """The colours that decorations are made of, the most vivid first; never empty."""


def theme_colours(baking: Baking, treatment: Treatment) -> ThemeColours:
    """The palette's two sides; without a palette, colours that suit the treatment."""
    colours = [_colour(text) for text in baking.palette[:24]]
    palette = [colour for colour in colours if colour is not None] or list(_default_palette(treatment))
    vivid = sorted(palette, key=_chroma, reverse=True)
    warm = sum(_warmth(colour) > 0 for colour in palette) * 2 > len(palette)
    strange = [c for c in palette if _chroma(c) > 60 and (_warmth(c) > 0) != warm]
    common = [colour for colour in palette if colour not in strange] or palette
    ramp = sorted(common, key=_luminance)
    dark, pale = ramp[0], ramp[-1]
    if _luminance(dark) > 60:
        ramp.insert(0, mixed(dark, (8, 8, 20), 0.75))
    if _luminance(pale) < 190 or len(ramp) < 2:
        ramp.append(mixed(pale, (255, 255, 250), 0.7))
    accents = sorted(strange, key=_chroma, reverse=True) + [c for c in vivid if c not in strange and _chroma(c) > 50]
    return ThemeColours(tuple(ramp), tuple(accents or vivid[:2]))


def _default_palette(treatment: Treatment) -> Ramp:
    if treatment.snow + treatment.frost > 0.5:
        return (31, 51, 80), (91, 127, 163), (169, 199, 217), (240, 246, 250), (200, 85, 61)
    if treatment.wet > 0.4:
        return (29, 43, 42), (52, 80, 76), (88, 120, 112), (201, 209, 184), (216, 162, 74)
    if treatment.festival > 0.4 or treatment.night > 0.4:
        return (27, 33, 71), (59, 52, 105), (122, 62, 101), (217, 103, 63), (255, 212, 121)
    if treatment.warmth > 0.3:
        return (58, 36, 40), (128, 74, 52), (196, 122, 62), (232, 178, 96), (250, 230, 190)
    return (40, 52, 84), (92, 116, 140), (158, 160, 150), (236, 206, 158), (196, 92, 72)


def _colour(text: str) -> Colour | None:
    match = re.fullmatch(r"#?([0-9a-fA-F]{6})", text.strip())
    if match is None:
        return None
    value = int(match[1], 16)
    return value >> 16, value >> 8 & 255, value & 255


def _luminance(colour: Colour) -> int:
    return (299 * colour[0] + 587 * colour[1] + 114 * colour[2]) // 1000


def _chroma(colour: Colour) -> int:
    return max(colour) - min(colour)


def _warmth(colour: Colour) -> int:
    return colour[0] - colour[2]
