"""Draws the six places and their decoration masks: `python data/art/draw_places.py [--out DIR] [--only ID]`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import places_cellar
import places_greenhouse
import places_harbour
import places_post
import places_square
import places_wall
import skia
from scenery import mask, plate

PLACES: dict[str, ModuleType] = {
    "lantern-square": places_square,
    "post-office": places_post,
    "greenhouse-cathedral": places_greenhouse,
    "cellar": places_cellar,
    "rain-barrel-harbour": places_harbour,
    "walls-edge": places_wall,
}
DEFAULT_OUT = Path(__file__).resolve().parents[1] / "references" / "locations"


def draw_place(place: str, out: Path, only_plate: str | None = None) -> None:
    module = PLACES[place]
    plates: dict[str, Callable[[skia.Canvas], None]] = module.PLATES
    for name, draw in plates.items():
        if only_plate in (None, name):
            plate(draw, out / place / f"{name}.png")
    if only_plate in (None, "decoration-mask"):
        mask(module.decorations, out / place / "decoration-mask.png")


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the plates of the garden's places.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder that holds one folder a place")
    parser.add_argument("--only", choices=sorted(PLACES), help="draw this place alone")
    parser.add_argument("--plate", help="draw this plate alone, for example wide")
    arguments = parser.parse_args()
    for place in [arguments.only] if arguments.only else PLACES:
        draw_place(place, arguments.out, arguments.plate)


if __name__ == "__main__":
    main()
