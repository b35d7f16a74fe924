import hashlib
import io
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from resources.rendering.base import Rendered, RendererContext
from resources.rendering.diffusion import DiffusersRenderer
from resources.rendering.diffusion.latents import decoded, encoded, slerp
from resources.rendering.request import Dreaming, DreamMode, ImageInput, ImageRole, RenderRequest
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.tiny_models import library, picture

torch: Any = pytest.importorskip("torch")

FAMILIES = ("sd15", "sdxl", "flux")
SIZE = (80, 64)


class Dreamer:
    """A renderer on a tiny model, and the pictures that its dreams know: numbers from 0."""

    def __init__(self, model: Path, scratch: Path) -> None:
        self.model = model
        self.pictures = {}
        for seed in range(4):
            self.add(picture(*SIZE, seed))
        options = {"model": str(model), "device": "cpu", "pixels": "5120", "steps": "4"}
        self.context = RendererContext(self.pictures.__getitem__, scratch, options)
        self.renderer = DiffusersRenderer(self.context)

    def add(self, values: np.ndarray) -> int:
        buffer = io.BytesIO()
        Image.fromarray(values.astype(np.uint8)).save(buffer, "PNG")
        self.pictures[hashlib.sha256(buffer.getvalue()).hexdigest()] = buffer.getvalue()
        return len(self.pictures) - 1

    def request(self, dreaming: Dreaming, *images: tuple[ImageRole, int], **more: Any) -> RenderRequest:
        names = list(self.pictures)
        references = tuple(ImageInput(role, "dream", sha256=names[index]) for role, index in images)
        found = RenderRequest("mama in the kitchen", "", 7, *SIZE, self.renderer.fingerprint(), references=references)
        return replace(found, dreaming=dreaming, **more)

    def frame(self, dreaming: Dreaming, *images: tuple[ImageRole, int], **more: Any) -> np.ndarray:
        return pixels_of(one(self.renderer, self.request(dreaming, *images, **more)))

    def through_vae(self, *indices: int, t: float = 0.0) -> np.ndarray:
        vae = library("diffusers").AutoencoderKL.from_pretrained(self.model, subfolder="vae", local_files_only=True)
        latents = [encoded(vae, [picture(*SIZE, index)]) for index in indices]
        return decoded(vae, slerp(latents[0], latents[-1], t))[0].astype(int)


def one(renderer: DiffusersRenderer, request: RenderRequest) -> Rendered:
    (found,) = renderer.render([request])
    assert found.error is None
    return found


def pixels_of(rendered: Rendered) -> np.ndarray:
    assert rendered.png is not None
    image = Image.open(io.BytesIO(rendered.png))
    assert image.size == SIZE
    return np.asarray(image).astype(int)


def apart(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).mean())


@pytest.fixture(params=FAMILIES)
def dreamer(request: pytest.FixtureRequest, tiny_models: TinyModels, tmp_path: Path) -> Dreamer:
    return Dreamer(tiny_models.pipeline(request.param), tmp_path)


KEYFRAMES: tuple[tuple[ImageRole, int], ...] = (("keyframe", 0), ("keyframe", 1))


def test_interpolation_goes_from_keyframe_to_keyframe(dreamer: Dreamer) -> None:
    frames = [dreamer.frame(Dreaming("interpolate", t), *KEYFRAMES) for t in (0.0, 0.3, 0.7, 1.0)]
    first, last = dreamer.through_vae(0), dreamer.through_vae(1)
    assert np.abs(frames[0] - first).max() <= 1
    assert np.abs(frames[3] - last).max() <= 1
    assert np.abs(frames[1] - dreamer.through_vae(0, 1, t=0.3)).max() <= 1
    distances = [apart(frame, first) for frame in frames]
    assert distances == sorted(distances)
    assert min(apart(a, b) for a, b in itertools.pairwise(frames)) > 0.5


def test_strength_is_how_much_of_the_frame_before_is_made_anew(dreamer: Dreamer) -> None:
    still, weak, strong = (
        dreamer.frame(Dreaming("img2img", 0.5, strength), *KEYFRAMES, ("previous", 2)) for strength in (0.0, 0.25, 0.9)
    )
    before = dreamer.through_vae(2)
    assert np.abs(still - before).max() <= 1
    assert 0.5 < apart(weak, before) < apart(strong, before)
    whole = Dreaming("img2img", 0.5, 0.9, scenes=(scene("mama"), scene("snow of the castle at night, wide shot")))
    assert apart(dreamer.frame(whole, *KEYFRAMES, ("previous", 2)), strong) > 0.01


def scene(prompt: str, negative: str = "") -> RenderRequest:
    return RenderRequest(prompt, negative, 1, *SIZE, {"name": "diffusers"})


def test_a_hybrid_frame_comes_from_both_and_lands_on_the_second_keyframe(dreamer: Dreamer) -> None:
    def hybrid(position: float, previous: int, strength: float = 0.5) -> np.ndarray:
        scenes = (scene("mama"), scene("snow"))
        return dreamer.frame(Dreaming("hybrid", position, strength, scenes), *KEYFRAMES, ("previous", previous))

    assert np.abs(hybrid(1.0, 2) - dreamer.through_vae(1)).max() <= 1
    assert np.array_equal(hybrid(1.0, 2), hybrid(1.0, 3))
    early, other = hybrid(0.2, 2, 0.0), hybrid(0.2, 3, 0.0)
    assert apart(early, dreamer.through_vae(2)) < apart(other, dreamer.through_vae(2))
    assert apart(hybrid(0.5, 2), hybrid(0.5, 2, 0.0)) > 0.5


def test_the_same_dream_twice_is_the_same_bytes_also_in_another_order(dreamer: Dreamer) -> None:
    requests = [
        dreamer.request(Dreaming(mode, 0.4, 0.5, (scene("mama"), scene("snow"))), *KEYFRAMES, ("previous", 2))
        for mode in ("hybrid", "img2img", "interpolate")
    ]
    first = [one(dreamer.renderer, request).png for request in requests]
    fresh = DiffusersRenderer(dreamer.context)
    again = [one(fresh, request).png for request in reversed(requests)]
    assert again[::-1] == first
    assert len(set(first)) == 3
    other_seed = one(fresh, replace(requests[0], seed=8)).png
    assert other_seed != first[0]


def test_a_keyframe_is_its_text_or_what_it_remembers(dreamer: Dreamer) -> None:
    plain = dreamer.frame(Dreaming("hybrid"))
    as_image = pixels_of(one(dreamer.renderer, replace(dreamer.request(Dreaming("hybrid")), dreaming=None)))
    assert np.array_equal(plain, as_image)
    injected = dreamer.frame(Dreaming("hybrid", strength=0.1), ("memory", 3))
    memory = dreamer.through_vae(3)
    assert 0.5 < apart(injected, memory) < apart(plain, memory)
    other = dreamer.frame(Dreaming("hybrid", strength=0.1), ("memory", 2))
    assert apart(injected, other) > 0.5


@pytest.mark.parametrize("mode", ["interpolate", "hybrid", "img2img"])
@pytest.mark.parametrize("between", [3, 12])
def test_a_memory_between_keyframes_comes_and_goes(
    tiny_models: TinyModels, tmp_path: Path, mode: DreamMode, between: int
) -> None:
    """Each frame is made from the one before it, which holds the memory too: that goes all the same."""
    dreamer = Dreamer(tiny_models.pipeline("sd15"), tmp_path)
    positions = [t * t * (3 - 2 * t) for t in np.linspace(0, 1, between + 2)[1:-1].tolist()]
    memory, before, away = dreamer.through_vae(3), 0, []
    for position in positions:
        images: list[tuple[ImageRole, int]] = [*KEYFRAMES, ("memory", 3)]
        if mode != "interpolate":
            images.append(("previous", before))
        frame = dreamer.frame(Dreaming(mode, position), *images)
        away.append(apart(frame, memory))
        before = dreamer.add(frame)
    nearest = positions[int(np.argmin(away))]
    assert 0.35 < nearest < 0.75
    ends = min(apart(dreamer.through_vae(index), memory) for index in (0, 1))
    assert min(away) < 0.75 * ends
    assert min(away[0], away[-1]) > min(away) + 0.15 * (ends - min(away))


def test_a_memory_that_is_gone_is_left_out(tiny_models: TinyModels, tmp_path: Path) -> None:
    dreamer = Dreamer(tiny_models.pipeline("sd15"), tmp_path)
    plain = dreamer.request(Dreaming("interpolate", 0.5), *KEYFRAMES)
    lost = ImageInput("memory", "ep0/shot-001/wide", sha256="0" * 64)
    without = one(dreamer.renderer, replace(plain, references=(*plain.references, lost)))
    assert without.png == one(dreamer.renderer, plain).png
    assert without.notes == ("left out: memory ep0/shot-001/wide: the store does not have it (000000000000)",)


def test_scenes_of_different_lengths_mix(tiny_models: TinyModels, tmp_path: Path) -> None:
    dreamer = Dreamer(tiny_models.pipeline("sdxl"), tmp_path)
    long = "the castle in the snow, the light of the night, " * 12
    frames = [
        dreamer.frame(
            Dreaming("img2img", t, 0.9, (scene("mama", "papa"), scene(long))), ("keyframe", 0), ("keyframe", 1)
        )
        for t in (0.0, 0.5, 1.0)
    ]
    alone = dreamer.frame(Dreaming("img2img", 0.0, 0.9, (scene(long), scene(long))), ("keyframe", 0), ("keyframe", 1))
    assert np.array_equal(frames[2], alone)
    assert apart(frames[0], frames[1]) > 0
    assert apart(frames[1], frames[2]) > 0


def test_a_frame_whose_images_are_gone_fails_alone(tiny_models: TinyModels, tmp_path: Path) -> None:
    dreamer = Dreamer(tiny_models.pipeline("sd15"), tmp_path)
    lost = ImageInput("previous", "dream", sha256="0" * 64)
    good = dreamer.request(Dreaming("interpolate", 0.5), *KEYFRAMES)
    bad = replace(good, references=(*good.references, lost), dreaming=Dreaming("img2img", 0.5, 0.5))
    failed, made = dreamer.renderer.render([bad, good])
    assert failed.error is not None
    assert "previous dream" in failed.error
    assert made.error is None
