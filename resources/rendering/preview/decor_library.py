"""The library of drawn decorations, and which of them a theme's words mean, in English or in French."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from resources.rendering.preview import decor_hung, decor_lights, decor_stood
from resources.rendering.preview.bake_treatment import ThemeColours, Treatment, plain_words
from resources.rendering.preview.decor_paper import Inks, Sheet
from resources.rendering.preview.paper import mixed
from resources.rendering.request import BakedDecoration

Way = Literal["strung", "stood", "pinned"]
"""On a line along an upper edge; on a flat place; flat against what is there."""


@dataclass(frozen=True)
class Decor:
    """A kind of decoration. `height` as a share of the plate's height, near by."""

    name: str
    words: str
    draw: Callable[[Random, Inks], Sheet]
    way: Way
    height: float
    shines: float = 0.0
    threads: float = 0.0
    """How far it may hang below its line, in heights of its own."""
    spacing: float = 1.5
    """From one to the next on a line, in heights."""
    white: bool = False
    """Snow, ice, white paper: it stays pale in a dark place."""
    most: int = 12
    """Of what stands or is pinned: how many a place has, where not many are asked for."""
    climbs: bool = False
    """Whether it may be strung up and down a post, too."""
    line: bool = True
    """Whether what is strung shows its string; else it grows from the edge itself."""


LIBRARY: tuple[Decor, ...] = (
    Decor(
        "storm lamp",
        "storm+lamp tempete+lampe shuttered answering",
        decor_lights.storm_lamp,
        "stood",
        0.085,
        0.9,
        most=3,
    ),
    Decor(
        "floating light", "floating walnut flottant flottante noix", decor_lights.floating_light, "strung", 0.036, 0.6
    ),
    Decor(
        "letter lantern", "letter+lantern lettre+lanterne", decor_lights.letter_lantern, "strung", 0.062, 0.8, 0.5, 1.7
    ),
    Decor(
        "bulbs",
        "bulb vine+lamp fairy+light string+light ampoule",
        decor_lights.bulb,
        "strung",
        0.026,
        0.5,
        0.0,
        2.2,
        climbs=True,
    ),
    Decor(
        "poppy lantern", "poppy petal+lantern coquelicot", decor_lights.poppy_lantern, "strung", 0.075, 0.8, 0.5, 1.6
    ),
    Decor("lantern", "lantern lampion lanterne lamp lampe", decor_lights.lantern, "strung", 0.078, 0.8, 0.5, 1.6),
    Decor("candle", "candle bougie cierge torch torche chandelle", decor_lights.candle, "stood", 0.05, 0.7),
    Decor("tarpaulin", "tarpaulin tarp bache toile canvas", decor_stood.tarpaulin, "pinned", 0.17, most=3),
    Decor("patch", "patch patched patche rustine", decor_stood.patch, "pinned", 0.079, most=9),
    Decor("cork", "cork bouchon liege plug", decor_stood.cork, "stood", 0.055, most=2),
    Decor("sandbags", "sandbag sand sack sable sac thimble barricade", decor_stood.sandbags, "stood", 0.075, most=7),
    Decor("rope coil", "coil cordage rouleau glene", decor_stood.coil, "stood", 0.05),
    Decor(
        "rope",
        "rope twine mooring knot corde ficelle amarre noeud cable",
        decor_hung.knot,
        "strung",
        0.034,
        spacing=3.2,
        climbs=True,
    ),
    Decor(
        "ice rose",
        "ice+rose frost+flower ice+flower givre+fleur",
        decor_stood.ice_rose,
        "pinned",
        0.075,
        white=True,
        most=11,
    ),
    Decor(
        "snow drift",
        "snow+cap drift congere neige+bonnet snow+heap",
        decor_stood.snow_drift,
        "stood",
        0.04,
        white=True,
        most=12,
    ),
    Decor(
        "icicles", "icicle glacon stalactite", decor_hung.icicles, "strung", 0.04, spacing=1.7, white=True, line=False
    ),
    Decor("snowflakes", "snowflake flocon", decor_hung.snowflake, "strung", 0.05, threads=1.6, spacing=1.9, white=True),
    Decor("paper stars", "star etoile", decor_hung.paper_star, "strung", 0.075, threads=1.2, spacing=1.6, white=True),
    Decor("stamps", "stamp timbre", decor_hung.stamp, "strung", 0.044, spacing=1.25),
    Decor("wreath", "wreath couronne", decor_hung.wreath, "pinned", 0.1, most=3),
    Decor(
        "bunting", "bunting banner flag pennant banderole fanion drapeau", decor_hung.flag, "strung", 0.045, spacing=1.0
    ),
    Decor("letters", "letter envelope lettre enveloppe courrier mail", decor_hung.letter, "strung", 0.04, spacing=1.8),
    Decor(
        "ribbon",
        "ribbon bow ruban noeud+ruban scarf echarpe",
        decor_hung.bow,
        "strung",
        0.045,
        spacing=2.6,
        climbs=True,
    ),
    Decor(
        "garland",
        "garland guirlande swag holly houx berry baie",
        decor_hung.sprig,
        "strung",
        0.04,
        spacing=0.85,
        climbs=True,
    ),
    Decor("pumpkin", "pumpkin citrouille gourd courge potiron squash", decor_stood.pumpkin, "stood", 0.07),
    Decor("gift", "gift present parcel box cadeau paquet colis", decor_stood.gift, "stood", 0.06),
    Decor("fir tree", "fir+tree christmas+tree sapin tree arbre pine", decor_stood.fir, "stood", 0.13, most=5),
    Decor("fir branch", "branch fir rameau branche bough", decor_stood.branch, "stood", 0.045),
    Decor("mushroom", "mushroom toadstool champignon", decor_stood.mushroom, "stood", 0.055),
    Decor(
        "flower",
        "flower blossom bouquet tulip daisy rose fleur bouquet marguerite tulipe",
        decor_stood.flower,
        "stood",
        0.06,
    ),
    Decor("jar", "jar spice preserve jam bocal pot epice confiture bottle bouteille", decor_stood.jar, "stood", 0.055),
    Decor("sign", "sign notice poster panneau pancarte ecriteau affiche", decor_stood.sign, "stood", 0.075, most=3),
    Decor("grass", "grass reed straw herbe roseau paille hay foin", decor_stood.grass, "stood", 0.07),
    Decor("fallen leaf", "leaf leave feuille", decor_stood.fallen_leaf, "stood", 0.022),
)
BY_NAME = {decor.name: decor for decor in LIBRARY}


@dataclass(frozen=True)
class Wish:
    """A decoration that a place is to have; `single`: just one of it."""

    decor: Decor
    single: bool = False
    many: bool = False


def wish_of(decoration: BakedDecoration, treatment: Treatment, notes: list[str]) -> Wish:
    """What the words of a decoration mean: its item's first, then its description's, else what suits the theme."""
    item, description = plain_words(decoration.item), plain_words(decoration.description)
    decor = _known(item) or _known(description)
    if decor is None:
        decor = _stand_in(treatment)
        notes.append(f"decoration {decoration.item!r}: not in the library of drawn items; {decor.name} in its place")
    counted = set(item[:2]) | set(description[:2])
    single = not counted.isdisjoint({"one", "single", "seul", "seule"}) or item[:1] in (["a"], ["un"], ["une"], ["an"])
    many = not {*item, *description}.isdisjoint({"hundred", "many", "every", "centaine", "mille", "partout", "forty"})
    return Wish(decor, single, many and not single)


def natural_wishes(treatment: Treatment, *, roofed: bool) -> list[Wish]:
    """What a theme brings with it, whether its decorations name it or not; under a roof no icicles grow."""
    found = []
    if treatment.festival > 0.5:
        found += [Wish(BY_NAME["bulbs"], many=True), Wish(BY_NAME["candle"])]
    if treatment.snow > 0.5 and not roofed:
        found.append(Wish(BY_NAME["icicles"]))
    if treatment.wet > 0.5:
        found += [Wish(BY_NAME["grass"]), Wish(BY_NAME["fallen leaf"])]
    elif treatment.litter > 0.4:
        found.append(Wish(BY_NAME["fallen leaf"], many=True))
    return found


def inks_of(colours: ThemeColours) -> Inks:
    """The colours that a theme's decorations are made of."""
    accents = colours.accents
    main, second = accents[0], accents[1 % len(accents)]
    greens = [c for c in (*colours.ramp, *accents) if c[1] > c[0] + 12 and c[1] > c[2] + 6]
    leaf = mixed(greens[0], (86, 116, 62), 0.4) if greens else (82, 112, 74)
    warm = [c for c in (*accents, *colours.ramp) if c[0] > 200 and c[0] - c[2] > 90 and c[1] > 120]
    glow = mixed(max(warm, key=sum), (255, 196, 96), 0.35) if warm else (255, 200, 104)
    return Inks(main, second, mixed(colours.ramp[-1], (255, 250, 236), 0.4), colours.ramp[0], leaf, glow)


def _known(words: list[str]) -> Decor | None:
    there = set(words)
    for decor in LIBRARY:
        if any(there.issuperset(plain_words(name)) for name in decor.words.split()):
            return decor
    return None


def _stand_in(treatment: Treatment) -> Decor:
    if treatment.festival > 0.4:
        return BY_NAME["lantern"]
    if treatment.wet > 0.4:
        return BY_NAME["rope"]
    if treatment.snow + treatment.frost > 0.4:
        return BY_NAME["paper stars"]
    return BY_NAME["bunting"]
