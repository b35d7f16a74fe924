"""Draw the references of every character of the Lantern Garden: the same bytes each run.

    python data/art/draw_characters.py [--out DIR] [--only ID]

Writes DIR/<character>/<picture>.png; DIR is data/references/characters unless given.
"""

import argparse
import importlib
from pathlib import Path

from brush import Picture, render_picture, save_png

FIGURES = {
    "odile": "figures_odile",
    "brumo": "figures_brumo",
    "madame-vesp": "figures_vesp",
    "pip": "figures_twins",
    "pop": "figures_twins",
    "mole-cricket": "figures_cricket",
    "selenio": "figures_selenio",
    "tick-tock": "figures_ticktock",
    "grand-mere-escargot": "figures_escargot",
    "gardener": "figures_gardener",
}
OUTFITS = {"odile": ["figures_odile_frost"]}
"""Modules that draw a character as it is dressed for a theme."""
DEFAULT_OUT = Path(__file__).parents[1] / "references" / "characters"


def pictures_of(character: str) -> dict[str, Picture]:
    """The pictures that the figures modules hold for one character, its outfits included, by file stem."""
    modules = [FIGURES[character], *OUTFITS.get(character, [])]
    return {
        name: picture
        for module in modules
        for name, picture in importlib.import_module(module).PICTURES[character].items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the characters' reference pictures.")
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder to write <character>/<picture>.png into")
    parser.add_argument("--only", choices=sorted(FIGURES), help="draw this character alone")
    arguments = parser.parse_args()
    for character in [arguments.only] if arguments.only else FIGURES:
        for name, picture in pictures_of(character).items():
            save_png(render_picture(picture), arguments.out / character / f"{name}.png")


if __name__ == "__main__":
    main()
