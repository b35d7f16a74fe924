import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from resources.cutout import cut_out

_RED = (200, 40, 40)


def _figure_on(ground: Image.Image) -> tuple[Image.Image, Image.Image]:
    """A red ring with feet on a ground, and the mask of what is figure. Its hole is a window to the ground's colour."""
    mask = Image.new("L", ground.size, 0)
    pen = ImageDraw.Draw(mask)
    pen.ellipse([60, 40, 180, 220], fill=255)
    pen.rectangle([90, 200, 110, 280], fill=255)
    pen.rectangle([130, 200, 150, 280], fill=255)
    picture = ground.copy()
    picture.paste(_RED, (0, 0), mask)
    return picture, mask


def _plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (240, 320), colour)


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (120, 160, 190), (210, 60, 200)])
def test_a_figure_on_a_plain_ground_is_cut_out(colour: tuple[int, int, int]) -> None:
    picture, mask = _figure_on(_plain(colour))
    cut = cut_out(picture)
    assert cut.method == "plain-ground"
    assert cut.quality > 0.9
    wrong = ImageStat.Stat(ImageChops.difference(cut.image.getchannel("A"), mask)).mean[0]
    assert wrong < 3


def test_a_painted_ground_with_a_gradient_and_grain_is_plain_enough() -> None:
    grain = np.random.default_rng(3).integers(-6, 7, (320, 240, 1))
    rise = np.linspace(0, 24, 320)[:, None, None]
    ground = Image.fromarray(np.clip(np.array((196, 180, 150)) + grain + rise, 0, 255).astype(np.uint8))
    picture, mask = _figure_on(ground)
    cut = cut_out(picture)
    assert cut.quality > 0.7
    assert ImageStat.Stat(ImageChops.difference(cut.image.getchannel("A"), mask)).mean[0] < 5


def test_the_ground_does_not_shine_through_the_edges() -> None:
    picture, _ = _figure_on(_plain((30, 220, 60)))
    cut = cut_out(picture.filter(ImageFilter.GaussianBlur(1))).image
    pixels = np.asarray(cut).astype(int)
    edge = (pixels[..., 3] > 60) & (pixels[..., 3] < 250)
    assert edge.sum() > 100
    assert (pixels[edge][:, 1] > pixels[edge][:, 0]).mean() < 0.1, "the edge is still green"


def test_a_hole_of_the_grounds_colour_inside_the_figure_stays() -> None:
    picture, _ = _figure_on(_plain((255, 255, 255)))
    ImageDraw.Draw(picture).ellipse([100, 90, 130, 120], fill=(255, 255, 255))
    assert cut_out(picture).image.getpixel((115, 105)) == (255, 255, 255, 255)


def test_alpha_is_taken_as_it_is() -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    picture.paste((10, 20, 30, 255), (10, 10, 30, 30))
    cut = cut_out(picture)
    assert (cut.method, cut.quality) == ("alpha", 1.0)
    assert cut.image.tobytes() == picture.tobytes()


def test_an_opaque_alpha_is_no_alpha() -> None:
    picture, _ = _figure_on(_plain((255, 255, 255)))
    cut = cut_out(picture.convert("RGBA"))
    assert cut.method == "plain-ground"
    assert cut.image.getpixel((2, 2))[3] == 0  # type: ignore[index]


def test_what_stands_on_no_plain_ground_is_not_trusted() -> None:
    noise = Image.effect_noise((240, 320), 80).convert("RGB")
    assert cut_out(_figure_on(noise)[0]).quality < 0.5
    halves = _plain((255, 255, 255))
    halves.paste((20, 20, 20), (120, 0, 240, 320))
    assert cut_out(_figure_on(halves)[0]).quality < 0.5
    assert cut_out(_plain((9, 9, 9))).quality < 0.5, "nothing stands on it"


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (16, 16)])
def test_tiny_pictures_do_no_harm(size: tuple[int, int]) -> None:
    for mode in ("RGB", "RGBA", "L"):
        assert cut_out(Image.new(mode, size)).image.mode == "RGBA"
