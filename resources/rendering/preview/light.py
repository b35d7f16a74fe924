"""Light from words: where the key comes from, its colour, how dark the frame is, and the tint of shadows and lights."""

import re
from dataclasses import dataclass, replace

from resources.rendering.preview.framing import plain_words
from resources.rendering.request import Staging

Tint = tuple[float, float, float]
"""Factors of red, green and blue; (1, 1, 1) changes nothing."""

_WARM: Tint = (1.10, 0.97, 0.78)
_COOL: Tint = (0.82, 0.96, 1.14)
_NEUTRAL: Tint = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Light:
    """The light of a frame. `x`, `y`: where the key comes from, -1 left or above, 1 right or below."""

    x: float = -0.55
    y: float = -0.6
    behind: bool = False
    """The key stands behind the cast: strong rims, dark fronts, shadows towards the camera."""
    key: Tint = (1.04, 1.0, 0.93)
    fill: Tint = (0.93, 0.98, 1.07)
    rim: tuple[int, int, int] = (255, 232, 196)
    rim_strength: float = 0.55
    depth: float = 0.38
    """How much darker the far side is than the key side, 0..1."""
    hard: float = 0.5
    pool: bool = False
    """A small source near by (a candle, a lamp): the light falls off within the frame."""
    level: float = 0.36
    """The frame's mean brightness that the exposure goes for, 0..1."""
    saturation: float = 1.0
    contrast: float = 0.18
    shadows: Tint = (0.97, 0.99, 1.05)
    highlights: Tint = (1.03, 1.0, 0.96)
    bloom: float = 0.35
    layers: tuple[tuple[str, float], ...] = ()
    """Effects that the words ask for, with their strength."""


_TIMES: tuple[tuple[str, dict[str, object]], ...] = (
    (
        r"midnight|\bnight|\bnuit|minuit|nocturn|夜",
        {
            "level": 0.27,
            "key": (0.93, 0.98, 1.08),
            "fill": (0.84, 0.92, 1.10),
            "shadows": (0.90, 0.96, 1.12),
            "highlights": (1.05, 1.0, 0.93),
            "depth": 0.44,
            "bloom": 0.80,
            "rim": (176, 206, 255),
        },
    ),
    (
        r"\bdusk|twilight|sunset|evening|crepuscule|\bsoir|coucher|blue hour|heure bleue|夕",
        {
            "level": 0.33,
            "key": (1.10, 0.97, 0.82),
            "fill": (0.86, 0.94, 1.12),
            "shadows": (0.90, 0.95, 1.12),
            "highlights": (1.06, 1.0, 0.90),
            "depth": 0.42,
            "bloom": 0.45,
            "rim": (255, 208, 150),
        },
    ),
    (
        r"\bdawn|sunrise|first light|\baube|aurore|lever du|daybreak|朝",
        {
            "level": 0.42,
            "key": (1.08, 0.98, 0.92),
            "fill": (0.92, 0.97, 1.10),
            "shadows": (0.95, 0.96, 1.09),
            "highlights": (1.05, 0.99, 0.97),
            "depth": 0.30,
            "bloom": 0.40,
            "rim": (255, 220, 200),
        },
    ),
    (
        r"golden hour|heure doree|late afternoon|fin d apres midi",
        {
            "level": 0.42,
            "key": (1.14, 0.99, 0.76),
            "fill": (0.94, 0.97, 1.05),
            "depth": 0.40,
            "bloom": 0.5,
            "highlights": (1.07, 1.0, 0.88),
            "rim": (255, 214, 140),
        },
    ),
    (
        r"\bnoon|midday|\bday\b|daylight|\bmidi\b|\bjour\b|matin|morning|afternoon|apres midi|昼",
        {
            "level": 0.50,
            "key": (1.04, 1.01, 0.94),
            "fill": (0.95, 0.99, 1.05),
            "depth": 0.26,
            "bloom": 0.25,
            "shadows": (0.97, 0.99, 1.04),
            "rim": (255, 246, 226),
        },
    ),
)
_SOURCES: tuple[tuple[str, dict[str, object]], ...] = (
    (
        r"candle|bougie|chandelle|\bmatch\b|allumette|ember|braise|hearth|fireplace|\bfire\b|\bfeu\b|flame|flamme|torch",
        {"pool": True, "key": (1.12, 0.97, 0.76), "rim": (255, 190, 110), "depth": 0.58, "hard": 0.6, "bloom": 0.6},
    ),
    (
        r"lamp|lantern|lanterne|bulb|ampoule|firefl|luciole|glow|neon",
        {"pool": True, "key": (1.10, 0.98, 0.80), "rim": (255, 206, 136), "depth": 0.46, "bloom": 0.6},
    ),
    (
        r"moon|\blune\b|lunaire|月",
        {"key": (0.92, 0.99, 1.09), "rim": (186, 214, 255), "depth": 0.46, "y": -0.9, "shadows": (0.90, 0.96, 1.12)},
    ),
    (
        r"storm|orage|tempete|thunder|lightning|eclair",
        {
            "key": (0.92, 1.02, 1.0),
            "fill": (0.84, 0.98, 0.98),
            "level": 0.31,
            "saturation": 0.74,
            "contrast": 0.24,
            "shadows": (0.86, 1.02, 1.02),
            "highlights": (0.98, 1.02, 0.97),
            "rim": (206, 232, 226),
            "depth": 0.46,
            "bloom": 0.25,
        },
    ),
    (r"overcast|couvert|\bgr[ae]y\b|\bgris", {"saturation": 0.82, "depth": 0.20, "hard": 0.2, "contrast": 0.06}),
)
_QUALITIES: tuple[tuple[str, dict[str, object]], ...] = (
    (r"\bsoft|diffus|gentle|\bdou[xc]", {"hard": 0.2}),
    (r"\bhard\b|harsh|\bdur[es]?\b|contrast|chiaroscuro|clair obscur", {"hard": 0.9, "depth": 0.62, "contrast": 0.24}),
    (
        r"silhouet|backlit|back light|contre jour|contrejour|rim only",
        {"behind": True, "rim_strength": 0.95, "depth": 0.55},
    ),
    (r"high key|bright|lumineu|eclatant", {"level": 0.52, "depth": 0.22}),
    (r"low key|\bdark\b|darkness|sombre|obscur|\bdim\b|tenebr", {"level": 0.22, "depth": 0.55}),
)
_SIDES: tuple[tuple[str, dict[str, object]], ...] = (
    (r"\bleft\b|gauche", {"x": -0.9}),
    (r"\bright\b(?! behind)|droite", {"x": 0.9}),
    (r"\bbehind|\bback\b|derriere|dans le dos", {"behind": True, "rim_strength": 0.9}),
    (r"overhead|\babove\b|\btop\b|au dessus|zenith|from the ceiling|d en haut", {"y": -1.0, "x": 0.0}),
    (r"\bbelow\b|underneath|\bunder ?light|d en bas|dessous|footlight|from the ground", {"y": 0.9}),
    (r"\bfront|frontal|de face", {"depth": 0.16}),
)
_WEATHER: tuple[tuple[str, str, float], ...] = (
    (r"\bsnow|neige|blizzard|flurr|雪", "snow", 0.6),
    (r"\brain(?!bow)|pluie|drizzle|downpour|averse|雨", "rain", 0.6),
    (r"\bmist|\bfog|brume|brouillard|\bhaze|steam|vapeur|霧", "fog", 0.5),
    (r"\bdust|poussiere|motes|pollen|midges", "dust", 0.5),
    (r"ember|sparks?\b|etincelle|braise", "embers", 0.5),
    (r"shafts?|god ?rays|light rays|rayons|sunbeam", "light_shafts", 0.6),
    (r"falling leaves|autumn leaves|feuilles mortes", "leaves", 0.6),
)
_NEGATED = re.compile(r"\b(no|not|without|never|sans|pas de|aucune?)\s+(\w+\s+)?\w+")
_KANJI = re.compile(r"[夜夕朝昼月雪雨霧]")


def light_of(staging: Staging | None) -> Light:
    """The light that a staging's words describe, in English or French; other words leave the soft default."""
    if staging is None:
        return Light()
    key = _words(staging.key_light)
    lighting = " ".join((key, _words(staging.fill_light), _words(staging.light_notes)))
    air = " ".join(_words(text) for text in staging.atmosphere)
    when = " ".join((_words(staging.time), lighting, air))
    light = _changed(Light(), _TIMES, when, first=True)
    light = _changed(light, _SOURCES, key or lighting)
    light = _changed(light, _SOURCES[-2:], f"{when} {_words(staging.theme)}")
    light = _changed(light, _QUALITIES, lighting)
    light = _changed(light, _SIDES, key)
    light = _with_warmth(light, key, _words(staging.fill_light), _words(staging.rim_light))
    found = tuple((kind, strength) for words, kind, strength in _WEATHER if re.search(words, f"{when} {air}"))
    return replace(light, layers=found)


def _words(text: str) -> str:
    """Plain words of a text, what is negated ("no mist") taken out; a few signs of Japanese are kept as they are."""
    return _NEGATED.sub(" ", plain_words(text)) + " " + "".join(_KANJI.findall(text))


def _changed(light: Light, table: tuple[tuple[str, dict[str, object]], ...], text: str, first: bool = False) -> Light:
    for words, changes in table:
        if re.search(words, text):
            light = replace(light, **changes)  # type: ignore[arg-type]
            if first:
                break
    return light


def _with_warmth(light: Light, key: str, fill: str, rim: str) -> Light:
    warm, cool = (
        r"\bwarm|chaud|amber|ambre|golden|\bdore|orange|honey|miel",
        r"\bcool|\bcold|froid|blue|bleu|silver|icy|argent",
    )
    green = r"\bgreen|\bvert"
    if re.search(warm, key):
        light = replace(light, key=_times(light.key, (1.04, 0.99, 0.92)), rim=_nearer(light.rim, (255, 205, 130)))
    elif re.search(cool, key):
        light = replace(light, key=_times(light.key, (0.90, 0.98, 1.08)), rim=_nearer(light.rim, (190, 215, 255)))
    elif re.search(green, key):
        light = replace(light, key=_times(light.key, (0.94, 1.04, 0.92)), rim=_nearer(light.rim, (205, 240, 190)))
    if re.search(warm, fill):
        light = replace(light, fill=_WARM)
    elif re.search(cool, fill):
        light = replace(light, fill=_COOL)
    if rim.strip():
        light = replace(light, rim_strength=max(light.rim_strength, 0.75))
        if re.search(warm, rim):
            light = replace(light, rim=(255, 205, 130))
        elif re.search(cool + r"|moon|lune", rim):
            light = replace(light, rim=(186, 214, 255))
    return light


def _times(a: Tint, b: Tint) -> Tint:
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


def _nearer(a: tuple[int, int, int], b: tuple[int, int, int]) -> tuple[int, int, int]:
    return (a[0] + b[0]) // 2, (a[1] + b[1]) // 2, (a[2] + b[2]) // 2
