from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from resources.structure import MINIMUM_STRUCTURE, edge_map, structure_kept

PLACES = Path(__file__).parents[2] / "data" / "references" / "locations"


def plate(place: str) -> Image.Image:
    return Image.open(PLACES / place / "wide.png").convert("RGB").resize((800, 450), Image.Resampling.BOX)


def squares(left: int, width: int = 80) -> Image.Image:
    image = Image.new("L", (320, 180), 60)
    ImageDraw.Draw(image).rectangle([left, 50, left + width, 130], fill=180)
    return image


def test_a_plate_keeps_its_own_structure_in_any_light() -> None:
    master = plate("post-office")
    assert structure_kept(master, master) == 1.0
    darker = master.point([v // 2 for v in range(256)] * 3)
    tinted = Image.blend(master, Image.new("RGB", master.size, (40, 90, 200)), 0.5)
    for other in (darker, tinted, master.point([255 - v for v in range(256)] * 3)):
        assert structure_kept(master, other) > 0.9


def test_another_room_a_heavy_blur_noise_and_nothing_fail_clearly() -> None:
    master = plate("cellar")
    noise = Image.fromarray(np.random.Generator(np.random.PCG64(1)).integers(0, 256, (450, 800, 3), dtype=np.uint8))
    others = {
        "another room": plate("greenhouse-cathedral"),
        "blur": master.filter(ImageFilter.GaussianBlur(5)),
        "mirrored": master.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "noise": noise,
        "grey": Image.new("RGB", (800, 450), (90, 90, 90)),
    }
    kept = {name: structure_kept(master, other) for name, other in others.items()}
    assert all(value < MINIMUM_STRUCTURE / 2 for value in kept.values()), kept


def test_edges_where_the_place_may_be_dressed_weigh_less() -> None:
    master = Image.new("L", (320, 180), 60)
    master.paste(squares(20).crop((0, 0, 160, 180)))
    master.paste(squares(40).crop((0, 0, 160, 180)), (160, 0))
    covered = master.copy()
    covered.paste(60, (160, 0, 320, 180))
    mask = Image.new("L", master.size, 0)
    mask.paste(255, (160, 0, 320, 180))
    assert structure_kept(master, covered, mask) > structure_kept(master, covered) + 0.2
    assert structure_kept(master, covered, Image.new("L", master.size, 255)) == structure_kept(master, covered)


def test_an_edge_may_move_two_pixels_and_no_more() -> None:
    assert structure_kept(squares(100), squares(102)) > 0.9
    assert structure_kept(squares(100), squares(105, 70)) < 0.75


def test_sizes_must_be_the_same() -> None:
    with pytest.raises(ValueError, match=r"the master has 320 x 180 pixels, the baked plate 160 x 90"):
        structure_kept(squares(10), squares(10).resize((160, 90)))


def test_a_plate_without_edges_is_kept_by_what_has_none() -> None:
    plain = Image.new("RGB", (100, 60), (10, 20, 30))
    assert structure_kept(plain, Image.new("RGB", (100, 60), (90, 90, 90))) == 1.0
    assert structure_kept(plain, squares(100).resize((100, 60))) == 0.0


def test_an_edge_map_is_bright_on_edges_and_black_elsewhere() -> None:
    edges = edge_map(squares(100))
    assert (edges.mode, edges.size) == ("L", (320, 180))
    assert max(edges.getpixel((x, 90)) for x in (99, 100)) > 100  # type: ignore[type-var]
    assert edges.crop((120, 70, 160, 110)).getextrema() == (0, 0)
    assert edge_map(Image.new("RGB", (3, 3))).getextrema() == (0, 0)
