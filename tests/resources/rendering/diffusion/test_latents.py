from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from resources.rendering.diffusion.latents import decoded, encoded, pixels_to_tensor, slerp, tensor_to_pixels
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.tiny_models import library, picture

torch: Any = pytest.importorskip("torch")

VECTORS = arrays(np.float64, (3, 2, 4), elements=st.floats(-1e3, 1e3).map(lambda x: x if abs(x) > 1e-3 else 0.0))
SHARES = st.floats(0, 1)


def lengths(tensor: Any) -> Any:
    return tensor.flatten(1).norm(dim=1)


@given(VECTORS, VECTORS, SHARES)
@settings(max_examples=80, deadline=None)
def test_slerp_starts_at_a_ends_at_b_and_its_length_goes_evenly(a: np.ndarray, b: np.ndarray, t: float) -> None:
    start, end = torch.from_numpy(a), torch.from_numpy(b)
    assert torch.equal(slerp(start, end, 0), start)
    assert torch.equal(slerp(start, end, 1), end)
    between = slerp(start, end, t)
    assert torch.isfinite(between).all()
    expected = torch.lerp(lengths(start), lengths(end), t)
    assert torch.allclose(lengths(between), expected, rtol=1e-5, atol=1e-9)


@given(VECTORS, VECTORS, SHARES)
@settings(max_examples=80, deadline=None)
def test_slerp_goes_along_the_arc_at_even_speed(a: np.ndarray, b: np.ndarray, t: float) -> None:
    start, end = torch.from_numpy(a), torch.from_numpy(b)
    between = slerp(start, end, t)
    for sample in range(3):
        if not (lengths(start)[sample] and lengths(end)[sample] and lengths(between)[sample]):
            continue
        whole, part = angle(start[sample], end[sample]), angle(start[sample], between[sample])
        assert part == pytest.approx(whole * t, abs=2e-3)
        assert part + angle(between[sample], end[sample]) == pytest.approx(whole, abs=2e-3)


def angle(a: Any, b: Any) -> float:
    a, b = a.flatten() / a.norm(), b.flatten() / b.norm()
    return 2 * float(torch.atan2((a - b).norm(), (a + b).norm()))


@given(VECTORS, VECTORS, SHARES)
@settings(max_examples=50, deadline=None)
def test_samples_of_a_batch_do_not_touch_each_other(a: np.ndarray, b: np.ndarray, t: float) -> None:
    start, end = torch.from_numpy(a), torch.from_numpy(b)
    together = slerp(start, end, torch.tensor([t, 1 - t, 0.5], dtype=torch.float64))
    for sample, share in enumerate((t, 1 - t, 0.5)):
        assert torch.allclose(
            together[sample : sample + 1], slerp(start[sample : sample + 1], end[sample : sample + 1], share), rtol=1e-9
        )


def test_slerp_of_identical_opposite_and_zero_vectors() -> None:
    a = torch.tensor([[3.0, 4.0, 0.0]])
    assert torch.equal(slerp(a, a.clone(), 0.3), a)
    half = slerp(a, -a, 0.5)
    assert lengths(half).item() == pytest.approx(5.0)
    assert (half * a).sum().item() == pytest.approx(0.0, abs=1e-5)
    zero = torch.zeros_like(a)
    assert torch.allclose(slerp(zero, a, 0.25), a * 0.25)
    assert torch.allclose(slerp(a, zero, 0.25), a * 0.75)
    assert torch.equal(slerp(zero, zero, 0.5), zero)


def test_slerp_of_half_precision_keeps_its_type_and_does_not_overflow() -> None:
    a = torch.full((1, 4, 64, 64), 60.0, dtype=torch.float16)
    found = slerp(a, -a.flip(1) * torch.tensor([1.0, -1, 1, -1]).view(1, 4, 1, 1).half(), 0.5)
    assert found.dtype == torch.float16
    assert torch.isfinite(found).all()
    assert lengths(found.float()).item() == pytest.approx(lengths(a.float()).item(), rel=1e-3)


def test_pixels_survive_the_way_to_a_tensor_and_back() -> None:
    images = [picture(24, 16, seed) for seed in range(2)]
    tensor = pixels_to_tensor(images)
    assert tensor.shape == (2, 3, 16, 24)
    assert tensor.min() >= -1
    assert tensor.max() <= 1
    assert all(np.array_equal(*pair) for pair in zip(images, tensor_to_pixels(tensor), strict=True))
    assert tensor_to_pixels(torch.full((1, 3, 2, 2), 1.7))[0].min() == 255


def test_a_picture_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        tensor_to_pixels(torch.full((1, 3, 2, 2), float("nan")))


@pytest.mark.parametrize(("family", "channels"), [("sd15", 4), ("sdxl", 4), ("flux", 16)])
def test_latents_are_those_that_the_pipelines_use(tiny_models: TinyModels, family: str, channels: int) -> None:
    vae = vae_of(tiny_models, family)
    images = [picture(64, 48, seed) for seed in range(3)]
    latents = encoded(vae, images, batch=2)
    assert latents.shape == (3, channels, 6, 8)
    with torch.inference_mode():
        mode = vae.encode(pixels_to_tensor(images)).latent_dist.mode()
        shift = vae.config["shift_factor"] or 0.0
        assert torch.allclose(latents, (mode - shift) * vae.config["scaling_factor"], atol=1e-5)
        straight = tensor_to_pixels(vae.decode(mode).sample)
    back = decoded(vae, latents, batch=2)
    assert [image.shape for image in back] == [(48, 64, 3)] * 3
    assert max(int(np.abs(a.astype(int) - b).max()) for a, b in zip(back, straight, strict=True)) <= 1
    assert np.array_equal(decoded(vae, encoded(vae, images[:1]))[0], decoded(vae, encoded(vae, images[:1]))[0])


def test_a_float16_vae_that_would_overflow_runs_in_float32(tiny_models: TinyModels) -> None:
    images = [picture(64, 64)]
    exact = encoded(vae_of(tiny_models, "sdxl"), images)
    vae = vae_of(tiny_models, "sdxl").half()
    latents = encoded(vae, images)
    assert latents.dtype == vae.dtype == torch.float16
    assert torch.allclose(latents.float(), exact, atol=0.02)
    assert vae.dtype == torch.float16


def vae_of(tiny_models: TinyModels, family: str) -> Any:
    folder = tiny_models.pipeline(family)
    return library("diffusers").AutoencoderKL.from_pretrained(folder, subfolder="vae", local_files_only=True)
