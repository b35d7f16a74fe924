"""A small series on disk: drawn references, five shots, eleven variations, rendered by the plug-in `sketch`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

SHOTS = ("shot-001", "shot-002", "shot-003", "shot-004", "shot-005")
JAPANESE_ANGLE = "凝視"
VARIATION_COUNT = 11


def write_json(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def draw_plate(path: Path, colour: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (160, 90), colour)
    ImageDraw.Draw(image).rectangle((0, 60, 160, 90), fill="#333333")
    image.save(path)
    return path


def draw_figure(path: Path, colour: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGBA", (40, 80), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((8, 4, 32, 76), fill=colour)
    image.save(path)
    return path


def _character(id_: str, images: int, *, validated: bool = True) -> dict[str, Any]:
    paths = [f"references/{id_}-{index}.png" for index in range(1, images + 1)]
    return {"id": id_, "name": id_.title(), "description": f"{id_} the mouse", "referenceImages": paths} | (
        {"validated": True} if validated else {}
    )


def _shot(number: int, cast: list[str], place: list[str], **fields: Any) -> dict[str, Any]:
    prompt = {
        "goal": f"Moment {number} of the little story",
        "subjects": [{"id": id_, "name": id_.title(), "priority": index} for index, id_ in enumerate(cast, start=1)],
        "lighting": {"key": "lamp"},
    }
    return {
        "id": f"shot-{number:03d}",
        "number": number,
        "name": f"Shot {number}",
        "characterIds": cast,
        "locationIds": place,
        "prompt": prompt,
        **fields,
    }


def episode(*, parts: bool = False) -> dict[str, Any]:
    """Two shots in the hut, two on the pier, one of nobody nowhere."""
    angles = ("wide", "close_up", "low_angle")
    shots = [
        _shot(1, ["ada"], ["hut"]),
        _shot(2, ["ada", "bob"], ["hut"], variations=[{"id": angle, "cameraAngle": angle} for angle in angles]),
        _shot(3, ["bob"], ["pier"]),
        _shot(4, ["cleo"], ["pier"]),
        _shot(5, [], [], variations=[{"cameraAngle": "wide"}, {"cameraAngle": JAPANESE_ANGLE}]),
    ]
    acts = [
        {"id": "act-1", "number": 1, "title": "Going", "shotIds": list(SHOTS[:3])},
        {"id": "act-2", "number": 2, "title": "Coming", "shotIds": list(SHOTS[3:])},
    ]
    found = {"id": "ep0", "number": 0, "title": "Pilot", "acts": acts, "shots": shots}
    if parts:
        found["parts"] = [
            {"id": "part-1", "title": "One", "actIds": ["act-1"]},
            {"id": "part-2", "title": "Two", "actIds": ["act-2"]},
        ]
    return found


def write_series(folder: Path, *, parts: bool = False, **series: Any) -> Path:
    """Write the series into a folder, and give the folder; `series`: fields of series.json."""
    write_json(
        folder / "series.json",
        {
            "id": "little",
            "title": "The little series",
            "seed": 7,
            "defaultCameraAngles": ["wide", "close_up"],
            "renderer": "sketch",
            **series,
        },
    )
    write_json(folder / "characters.json", [_character("ada", 2), _character("bob", 1), _character("cleo", 0)])
    locations = [_character("hut", 1), _character("pier", 1, validated=False)]
    write_json(folder / "locations.json", locations)
    themes = [{"name": "storm", "displayName": "Storm", "palette": ["#223344"], "fx": ["rain"]}]
    write_json(folder / "themes.json", themes)
    write_json(folder / "episodes" / "ep0.json", episode(parts=parts))
    for name, colour in (("ada-1", "#aa3333"), ("ada-2", "#aa5533"), ("bob-1", "#3333aa")):
        draw_figure(folder / "references" / f"{name}.png", colour)
    for name, colour in (("hut-1", "#885522"), ("pier-1", "#224488")):
        draw_plate(folder / "references" / f"{name}.png", colour)
    return folder


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    """Change a JSON file: `change` gets the document, and may give another one back."""
    document = json.loads(path.read_text(encoding="utf-8"))
    changed = change(document)
    write_json(path, document if changed is None else changed)


def edit_shot(data: Path, shot: str, fields: Mapping[str, Any], *, episode_id: str = "ep0") -> None:
    """Set fields of a shot; those of its prompt one level down."""

    def change(document: dict[str, Any]) -> None:
        found = next(one for one in document["shots"] if one["id"] == shot)
        for name, value in fields.items():
            if name == "prompt":
                found["prompt"] = {**found["prompt"], **value}
            else:
                found[name] = value

    edit(data / "episodes" / f"{episode_id}.json", change)


def published_bytes(output: Path) -> dict[str, bytes]:
    """Every published image by its path below output/episodes."""
    root = output / "episodes"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
