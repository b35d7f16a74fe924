import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from resources.rendering.preview.encode import deflate_probe, png_of


@settings(max_examples=40, deadline=None)
@given(width=st.integers(1, 40), height=st.integers(1, 40), seed=st.integers(0, 9999))
def test_any_pixels_come_back_as_they_were(width: int, height: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    png = png_of(Image.fromarray(pixels))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png))), pixels)


def test_the_probe_is_eight_hex_digits() -> None:
    assert len(deflate_probe()) == 8
    assert int(deflate_probe(), 16) >= 0
