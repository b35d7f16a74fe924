"""Prompts of any length: short ones exactly as the pipeline encodes them, long ones in chunks, each text once."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.rendering.diffusion.families import FAMILIES
from resources.rendering.diffusion.prompt_encodings import PromptEncodings, chunked, prompt_counter
from tests.resources.rendering.diffusion.conftest import TinyModels
from tests.resources.rendering.diffusion.tiny_models import library

torch = pytest.importorskip("torch")

SHORT, LONG = "a wide shot of mama, in the kitchen", "the castle at night in the snow, " * 40


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def encodings(tiny_models: TinyModels, family: str, **options: float) -> tuple[object, PromptEncodings]:
    name = FAMILIES[family].pipelines["txt2img"]
    pipe = getattr(library("diffusers"), name).from_pretrained(tiny_models.pipeline(family), local_files_only=True)
    return pipe, PromptEncodings(pipe, FAMILIES[family], FAMILIES[family].prompt_limit, **options)


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
@pytest.mark.parametrize("negative", ["night, snow", ""])
def test_a_short_prompt_is_encoded_as_the_pipeline_does(tiny_models: TinyModels, family: str, negative: str):
    pipe, prompts = encodings(tiny_models, family)
    ours = prompts.arguments(SHORT, negative, guided=True)
    theirs = pipe.encode_prompt(  # type: ignore[attr-defined]
        prompt=SHORT,
        device=torch.device("cpu"),
        num_images_per_prompt=1,
        do_classifier_free_guidance=True,
        negative_prompt=negative or None,
    )
    names = ["prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds"]
    assert [name for name in names if name in ours] == names[: len(theirs)]
    for name, tensor in zip(names, theirs, strict=False):
        assert torch.equal(ours[name], tensor), name


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_a_long_prompt_is_read_to_its_end(tiny_models: TinyModels, family: str):
    _, prompts = encodings(tiny_models, family)
    long, longer = prompts.arguments(LONG, "snow", True), prompts.arguments(LONG + "mama", "snow", True)
    assert prompts.length(LONG, "snow", True) > 4
    assert long["prompt_embeds"].shape[1] == prompts.length(LONG, "snow", True) * 77
    assert long["negative_prompt_embeds"].shape == long["prompt_embeds"].shape
    assert not torch.equal(long["prompt_embeds"], longer["prompt_embeds"])
    short = prompts.arguments("snow", "", True)
    assert torch.equal(long["negative_prompt_embeds"][:, :77], short["prompt_embeds"])


def test_without_guidance_there_is_no_negative(tiny_models: TinyModels):
    _, prompts = encodings(tiny_models, "sdxl")
    assert prompts.length(SHORT, LONG, False) == 1
    assert set(prompts.arguments(SHORT, LONG, guided=False)) == {"prompt_embeds", "pooled_prompt_embeds"}
    assert prompts.arguments(SHORT, LONG, guided=False)["prompt_embeds"].shape[1] == 77


def test_flux_reads_a_negative_at_true_guidance_alone(tiny_models: TinyModels):
    pipe, prompts = encodings(tiny_models, "flux")
    ours = prompts.arguments(SHORT, "snow", True)
    theirs = pipe.encode_prompt(prompt=SHORT, prompt_2=None, device=torch.device("cpu"))  # type: ignore[attr-defined]
    assert set(ours) == {"prompt_embeds", "pooled_prompt_embeds"}
    assert torch.equal(ours["prompt_embeds"], theirs[0])
    _, true = encodings(tiny_models, "flux", true_guidance=4.0)
    assert true.arguments(SHORT, "snow", True)["true_cfg_scale"] == 4.0


@pytest.mark.parametrize("family", ["sdxl", "flux"])
def test_each_text_is_encoded_once(tiny_models: TinyModels, family: str):
    pipe, prompts = encodings(tiny_models, family, true_guidance=2.0)
    seen = []
    encoder = pipe.text_encoder_2  # type: ignore[attr-defined]
    encoder.register_forward_pre_hook(lambda *_: seen.append(1))
    first = prompts.arguments(SHORT, "snow", True)
    after_first = len(seen)
    second = prompts.arguments(SHORT + " night", "snow", True)
    assert (after_first, len(seen)) == (2, 3)
    assert torch.equal(first["negative_prompt_embeds"], second["negative_prompt_embeds"])


@pytest.mark.parametrize("family", ["sd15", "flux"])
def test_the_counter_counts_as_the_pipelines_tokenizer(tiny_models: TinyModels, family: str):
    pipe, _ = encodings(tiny_models, family)
    tokenizer = getattr(pipe, "tokenizer_2" if family == "flux" else "tokenizer")
    count = prompt_counter(tiny_models.pipeline(family), FAMILIES[family])
    for text in (SHORT, LONG, "", "été à la mer — 凝視"):
        assert count(text) == len(tokenizer(text).input_ids)


WORDS = st.lists(st.sampled_from(["mama</w>", ",</w>", "sn", "ow</w>", ".</w>", "x"]), max_size=300)


@given(tokens=WORDS, size=st.integers(2, 75))
def test_chunks_hold_every_token_in_order(tokens: list[str], size: int):
    ids = list(range(len(tokens)))
    found = chunked(ids, tokens, size)
    assert [one for chunk in found for one in chunk] == ids
    assert len(found) == 1 or all(0 < len(chunk) <= size for chunk in found)


def test_a_chunk_ends_at_a_pause_or_else_after_a_word():
    sentence = ["a</w>"] * 6 + [",</w>"] + ["b</w>"] * 5
    assert [len(chunk) for chunk in chunked(range(12), sentence, 10)] == [7, 5]
    assert [len(chunk) for chunk in chunked(range(12), ["a</w>"] * 9 + ["b", "c", "d</w>"], 10)] == [9, 3]
    assert [len(chunk) for chunk in chunked(range(12), ["b"] * 12, 10)] == [10, 2]
