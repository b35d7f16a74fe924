"""A synthetic series of any size: characters, locations, rich prompts, acts, pictures. The same bytes on every run."""

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

ANGLES = (
    "wide", "medium", "close_up", "low_angle", "extreme_wide", "high_angle", "over_the_shoulder", "establishing",
    "profile", "two_shot",
)  # fmt: skip
SHOTS_IN_AN_ACT = 9
MOST_CAST = 4
ACTS_IN_A_PART = 2
PLATE_SIZE = (1600, 900)
FIGURE_SIZE = (640, 900)

_NOUNS = ("lamp", "jar", "ladder", "teapot", "letter", "bell", "boat", "wheel", "bridge", "window", "root", "feather")
_ADJECTIVES = ("copper", "crooked", "pale", "mossy", "patient", "half-lit", "folded", "salt-stained", "humming")
_VERBS = ("waits beside", "leans over", "carries", "listens to", "points at", "mends", "hides behind", "looks past")
_PLACES = ("between the bean rows", "below the stairs", "at the end of the pier", "under the glass roof", "by the wall")
_TIMES = ("dusk", "an hour before dawn", "noon, under cloud", "late afternoon", "the middle of the night")
_AIRS = ("thin mist", "warm dust", "smell of rain", "drifting pollen", "smoke of one chimney", "still, cold air")
_STUFFS = ("wet slate", "brass", "waxed paper", "oak bark", "frosted glass", "hemp rope", "terracotta", "tin")


@dataclass(frozen=True)
class SeriesSize:
    """How large a series is. Variations are spread over the shots as evenly as it goes."""

    shots: int = 28
    variations: int = 150
    episodes: int = 1
    characters: int = 12
    locations: int = 8
    images_each: int = 3
    """Reference images of a character or location."""
    small_pictures: bool = False
    """Whether a tenth of the width and height will do, because nothing is rendered."""
    themed: bool = False
    """Whether a theme is in force in the world: then the places are dressed for it before anything is rendered."""
    parts: bool = False
    """Whether the acts form parts: then each shot builds on the image of the shot before it."""

    def __post_init__(self) -> None:
        fewest, most = self.shots, self.shots * len(ANGLES)
        if not fewest <= self.variations <= most:
            raise ValueError(f"{self.shots} shots can have {fewest} to {most} variations, not {self.variations}")
        if not 1 <= self.episodes <= self.shots:
            raise ValueError(f"{self.shots} shots can make 1 to {self.shots} episodes, not {self.episodes}")


def write_series(folder: Path, size: SeriesSize) -> Path:
    """Write the catalogue of a series into a folder, which is made; gives the folder."""
    chance = random.Random(7)
    # No more of them than the shots can name.
    people, places = min(size.characters, MOST_CAST * size.shots), min(size.locations, size.shots)
    characters = [_character(index, size.images_each) for index in range(people)]
    locations = [_location(index, size.images_each) for index in range(places)]
    _write_json(folder / "series.json", _series())
    _write_json(folder / "characters.json", characters)
    _write_json(folder / "locations.json", locations)
    _write_json(folder / "themes.json", [_theme()])
    _write_json(folder / "world_state.json", {"theme": "lantern-night" if size.themed else "neutral"})
    counts = [size.variations * (n + 1) // size.shots - size.variations * n // size.shots for n in range(size.shots)]
    for number in range(size.episodes):
        mine = counts[size.shots * number // size.episodes : size.shots * (number + 1) // size.episodes]
        shots = [_shot(chance, index, angles, characters, locations) for index, angles in enumerate(mine)]
        _write_json(folder / "episodes" / f"ep{number}.json", _episode(number, shots, size.parts))
    scale = 0.1 if size.small_pictures else 1.0
    for draw, entities in ((_figure, characters), (_plate, locations)):
        for entity in entities:
            for index, reference in enumerate(entity["referenceImages"]):
                _save(draw(entity["id"], index), folder / reference, scale)
    return folder


def _series() -> dict[str, Any]:
    return {
        "id": "bench",
        "title": "A Series of Measured Length",
        "seed": 20,
        "defaultCameraAngles": list(ANGLES[:5]),
        "invariants": ["cut paper and gouache, soft grain", "warm lamps against cool dusk", "no outlines"],
        "negative": ["photographic detail", "neon colours", "watermark", "lettering that nobody asked for"],
        "aspectRatio": "16:9",
        "renderer": "preview",
    }


def _theme() -> dict[str, Any]:
    return {
        "name": "lantern-night",
        "displayName": "Lantern Night",
        "mood": "Everyone is out late, and nobody says why.",
        "palette": ["#1F3350", "#5B7FA3", "#F3C677", "#C8553D"],
        "backgroundStyleSuffix": "strings of small lamps, blue shadows",
        "characterStyleSuffix": "warm rim of lamplight",
    }


def _character(index: int, images: int) -> dict[str, Any]:
    id_ = f"char-{index:02}"
    return {
        "id": id_,
        "name": f"Person {index}",
        "type": "firefly",
        "role": "one of the street",
        "description": f"Keeps the {_NOUNS[index % len(_NOUNS)]} of the street, and has an opinion on it.",
        "visualTraits": [f"{_ADJECTIVES[index % len(_ADJECTIVES)]} coat", "a lamp at the belt", "a very long scarf"],
        "referenceImages": [f"references/{id_}/{view}.png" for view in range(images)],
        "validated": index % 5 != 4,
    }


def _location(index: int, images: int) -> dict[str, Any]:
    id_ = f"loc-{index:02}"
    return {
        "id": id_,
        "name": f"Place {index}",
        "description": f"Where the {_STUFFS[index % len(_STUFFS)]} is kept.",
        "architecturalFeatures": ["a low door", "three uneven windows", "a stair that turns"],
        "atmosphericElements": [_AIRS[index % len(_AIRS)]],
        "referenceImages": [f"references/{id_}/{view}.png" for view in range(images)],
        "validated": index % 4 != 3,
    }


def _episode(number: int, shots: Sequence[dict[str, Any]], parts: bool) -> dict[str, Any]:
    ids = [shot["id"] for shot in shots]
    acts = [
        {"id": f"act-{n}", "number": n, "title": f"Act {n}", "shotIds": ids[start : start + SHOTS_IN_AN_ACT]}
        for n, start in enumerate(range(0, len(ids), SHOTS_IN_AN_ACT), start=1)
    ]
    groups = [acts[start : start + ACTS_IN_A_PART] for start in range(0, len(acts), ACTS_IN_A_PART)] if parts else []
    return {
        "id": f"ep{number}",
        "number": number,
        "title": f"Episode {number}",
        "description": "Of the length that was asked for.",
        "parts": [
            {"id": f"part-{n}", "title": f"Part {n}", "actIds": [act["id"] for act in group]}
            for n, group in enumerate(groups)
        ],
        "acts": acts,
        "shots": list(shots),
    }


def _shot(
    chance: random.Random,
    index: int,
    angles: int,
    characters: Sequence[dict[str, Any]],
    locations: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    cast = chance.sample(list(characters), k=min(len(characters), chance.randint(1, MOST_CAST)))
    # Runs of shots in one place, as films have them.
    place = locations[index // 4 % len(locations)]
    return {
        "id": f"shot-{index + 1:05}",
        "number": index + 1,
        "name": f"{_thing(chance).title()}, {index + 1}",
        "description": " ".join(_sentence(chance) for _ in range(3)),
        "sceneType": "turning point",
        "durationSeconds": 4,
        "characterIds": [character["id"] for character in cast],
        "locationIds": [place["id"]],
        "prompt": _prompt(chance, cast, place),
        "variations": [
            {
                "id": angle,
                "cameraAngle": angle,
                **({"promptOverrides": {"goal": _sentence(chance)}} if angle == "close_up" and index % 3 == 0 else {}),
            }
            for angle in ANGLES[:angles]
        ],
    }


def _prompt(chance: random.Random, cast: Sequence[dict[str, Any]], place: dict[str, Any]) -> dict[str, Any]:
    prompt: dict[str, Any] = {
        "task": "Paint one frame of an animated series, as a finished paper-cut and gouache storyboard image.",
        "deliverable": {"type": "storyboard frame", "aspect_ratio": "16:9", "resolution": "2K"},
        "goal": f"{_sentence(chance)} {_sentence(chance)}",
        "invariants": ["everyone is the size of a thumb; tools keep their human size", _sentence(chance)],
        "subjects": [
            {
                "id": character["id"],
                "name": character["name"],
                "priority": rank + 1,
                "description": f"{character['visualTraits'][0]}, {_thing(chance)} in hand",
                "importance": "primary" if rank == 0 else "secondary",
                "action": f"{chance.choice(_VERBS)} {_thing(chance)}",
            }
            for rank, character in enumerate(cast)
        ],
        "scene": {
            "location": f"{place['name']}, {chance.choice(_PLACES)}",
            "time": chance.choice(_TIMES),
            "atmosphere": chance.sample(_AIRS, k=3),
            "materials": chance.sample(_STUFFS, k=3),
        },
        "composition": {
            "framing": f"full figures, {_thing(chance)} at the edge",
            "layout": f"a diagonal from {_thing(chance)} to {_thing(chance)}, the cast below it",
            "depth": f"{_thing(chance)} near, {_thing(chance)} far",
        },
        "camera": {"format": "paper-cut stage, 16:9", "lens_mm": 35, "aperture": "f/5.6", "angle": "slightly low"},
        "lighting": {
            "key": f"warm light of {_thing(chance)}, from the left, soft",
            "fill": "cool blue dusk, thin",
            "rim": "a fine amber edge",
            "notes": _sentence(chance),
        },
        "text": {"strings": [], "font_style": "none", "rules": "no lettering anywhere"},
        "negative": ["black outlines", "extra limbs", "explosion", "smoke", _thing(chance)],
        "constraints": {"must_include": [_thing(chance), _thing(chance)], "must_not_include": ["panic"]},
    }
    if chance.random() < 0.25:  # some shots inherit their light from their place
        del prompt["lighting"]
    return prompt


def _thing(chance: random.Random) -> str:
    return f"a {chance.choice(_ADJECTIVES)} {chance.choice(_NOUNS)}"


def _sentence(chance: random.Random) -> str:
    first, second = _thing(chance).capitalize(), _thing(chance)
    return f"{first} {chance.choice(_VERBS)} {second} {chance.choice(_PLACES)}."


def _plate(name: str, view: int) -> Image.Image:
    """A place: sky, ground, and a row of walls with windows, grained so that it packs no better than a painting."""
    chance = random.Random(zlib.crc32(f"{name}/{view}".encode()))
    sky = Image.linear_gradient("L").resize(PLATE_SIZE)
    tints = [[low + value // 3 for value in range(256)] for low in (chance.randint(20, 110) for _ in range(3))]
    plate = Image.merge("RGB", [sky.point(tint) for tint in tints])
    draw = ImageDraw.Draw(plate)
    width, height = PLATE_SIZE
    for _ in range(14):
        left, top = chance.randrange(width), chance.randrange(height // 4, height - 200)
        right = left + chance.randint(90, 320)
        draw.rectangle((left, top, right, height), fill=_colour(chance))
        for row in range(top + 20, height - 60, 80):
            draw.ellipse((left + 20, row, left + 60, row + 44), fill=_colour(chance))
    return Image.blend(plate, _grain(PLATE_SIZE, chance), 0.06)


def _figure(name: str, view: int) -> Image.Image:
    """Someone standing, cut out: a body, a head, a lamp."""
    chance = random.Random(zlib.crc32(f"{name}/{view}".encode()))
    width, height = FIGURE_SIZE
    figure = Image.new("RGBA", FIGURE_SIZE)
    draw = ImageDraw.Draw(figure)
    draw.rounded_rectangle((width * 0.25, height * 0.35, width * 0.75, height - 10), 90, fill=(*_colour(chance), 255))
    draw.ellipse((width * 0.3, height * 0.05, width * 0.7, height * 0.4), fill=(*_colour(chance), 255))
    draw.ellipse((width * 0.7, height * 0.5, width * 0.9, height * 0.65), fill=(250, 214, 140, 255))
    grained = Image.blend(figure.convert("RGB"), _grain(FIGURE_SIZE, chance), 0.06)
    grained.putalpha(figure.getchannel("A"))
    return grained


def _grain(size: tuple[int, int], chance: random.Random) -> Image.Image:
    tile = Image.frombytes("L", (160, 100), chance.randbytes(160 * 100))
    whole = Image.new("L", size)
    for left in range(0, size[0], 160):
        for top in range(0, size[1], 100):
            whole.paste(tile, (left, top))
    return whole.convert("RGB")


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randint(40, 220), chance.randint(40, 200), chance.randint(40, 180)


def _save(image: Image.Image, path: Path, scale: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if scale != 1.0:
        image = image.resize((round(image.width * scale), round(image.height * scale)))
    image.save(path, compress_level=1)


def _write_json(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
