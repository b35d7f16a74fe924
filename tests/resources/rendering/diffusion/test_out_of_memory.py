"""What runs in how much memory, and an image that is too large for it: that one fails, with what would fit."""

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resources.rendering.diffusion.memory import gpu_bytes, is_out_of_memory, offload_for, what_fits
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.rendering import Desk, png, request_for

torch = pytest.importorskip("torch")

GB = 10**9
PARTS = {"text_encoder": 1 * GB, "unet": 5 * GB, "vae": GB // 5}


def test_offload_is_as_little_as_fits():
    assert offload_for(10 * GB, PARTS, 3 * GB) == "none"
    assert offload_for(9 * GB, PARTS, 3 * GB) == "model"
    assert offload_for(7 * GB, PARTS, 3 * GB) == "sequential"
    assert [gpu_bytes(way, PARTS, GB) for way in ("auto", "model", "sequential")] == [7 * GB + GB // 5, 6 * GB, GB]


def test_what_would_fit_keeps_the_proportions():
    found = what_fits(2048, 1024, 3 * GB, 6_000, 16)
    assert found is not None
    width, height = found
    assert width * height * 6_000 <= 3 * GB
    assert width % 16 == height % 16 == 0
    assert abs(width / height - 2) < 0.1
    assert what_fits(1024, 1024, 100 * GB, 3_000, 8) == (920, 920)
    assert what_fits(1024, 1024, 1000, 3_000, 8) is None


def test_out_of_memory_is_told_from_other_faults():
    with pytest.raises(RuntimeError) as fault:
        torch.empty(2**60)
    assert is_out_of_memory(fault.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"))
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


@contextmanager
def at_most(more_bytes: int) -> Iterator[None]:
    """This process may take so much address space beside what it has."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + more_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_a_model_too_large_fails_each_image_and_says_so(tiny_models: TinyModels, tmp_path: Path):
    """It is tried once, and nothing but failed images comes of it, in both modes."""
    desk = Desk(tmp_path)
    warm = desk.renderer(tiny_models.pipeline("flux"))
    list(warm.render([request_for(warm)]))
    warm.close()
    for options in ({}, {"mode": "throughput"}):
        renderer = desk.renderer(tiny_models.pipeline("flux"), **options)
        requests = [request_for(renderer), request_for(renderer, seed=6)]
        gc.collect()
        with at_most(100_000):
            found = list(renderer.render(requests))
        assert [one.png for one in found] == [None, None]
        assert all("memory ran out while it was loaded" in str(one.error) for one in found), found[0].error


def test_an_image_too_large_fails_alone(tiny_models: TinyModels, tmp_path: Path):
    """The one before and the one after it are made, and are the same: nothing of the failure stays."""
    desk = Desk(tmp_path)
    renderer = desk.renderer(tiny_models.pipeline("sdxl"), pixels=16_000_000)
    small, large = request_for(renderer), request_for(renderer, width=3072, height=1024, steps=1, guidance=1.0)
    before = png(renderer, small)
    gc.collect()
    with at_most(60_000_000):
        failed, after = renderer.render([large, small])
    assert after.png == before, after.error
    assert failed.png is None
    assert "out of memory at 3072 x 1024" in str(failed.error)
    assert "would fit" in str(failed.error)
    vae = renderer._loaded.base.vae
    assert not vae.use_tiling
    assert not vae.use_slicing
    renderer.close()
