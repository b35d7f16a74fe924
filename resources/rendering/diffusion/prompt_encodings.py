"""Prompts as the model reads them: long ones in chunks, each text encoded once a run."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from resources.rendering.diffusion.families import Family

REMEMBERED_CHUNKS = 256
"""Chunks of text that stay encoded, where the model is: at most 0.2 MB each in half precision."""
REMEMBERED_TEXTS = 24
"""Whole texts, of FLUX: at most 4 MB each in half precision."""
_END_OF_WORD = "</w>"
_PAUSES = (",", ".", ";", ":", "!", "?")
_LOOK_BACK = 20
"""Tokens in which a pause is looked for, so that a chunk does not end inside a phrase."""


class PromptEncodings:
    """Encodes prompts for a pipeline, and remembers what it encoded.

    CLIP reads 75 tokens at once. Of a longer prompt each chunk is encoded on its own, and the cross-attention sees all
    of them in a row; the shorter of prompt and negative prompt is filled up with empty chunks. A prompt of one chunk
    is encoded exactly as the pipeline itself does. FLUX reads its prompt with T5, up to the limit.

    Source: the prompt chunks of AUTOMATIC1111/stable-diffusion-webui ("Infinite prompt length").
    """

    def __init__(self, pipeline: Any, family: Family, limit: int | None, true_guidance: float = 1.0) -> None:
        self._pipeline = pipeline
        self._family = family
        self._limit = limit
        self._true_guidance = true_guidance
        whole = family.denoiser == "transformer"
        self._remembered = lru_cache(maxsize=REMEMBERED_TEXTS if whole else REMEMBERED_CHUNKS)(self._encoded)

    def arguments(self, prompt: str, negative: str, guided: bool) -> dict[str, Any]:
        """Keyword arguments for a call of any pipeline of the family, for one image.

        `guided`: a UNet works with a negative; a transformer does at true guidance, whatever this says.
        """
        if self._family.denoiser == "transformer":
            return self._for_transformer(prompt, negative)
        return self._for_unet(prompt, negative, guided=guided)

    def length(self, prompt: str, negative: str, guided: bool) -> int:
        """How many chunks a request's texts are read in; only requests of equal length can share a batch."""
        if self._family.denoiser == "transformer":
            return 1
        return max(self._length(prompt), self._length(negative) if guided else 1)

    def _for_unet(self, prompt: str, negative: str, *, guided: bool) -> dict[str, Any]:
        import torch

        length = self.length(prompt, negative, guided)
        embeds, pooled = self._text(prompt, length)
        found = {"prompt_embeds": embeds}
        if pooled is not None:
            found["pooled_prompt_embeds"] = pooled
        if guided:
            zeros = not negative and pooled is not None and self._pipeline.config.force_zeros_for_empty_prompt
            unwanted, unwanted_pooled = self._text(negative, length)
            found["negative_prompt_embeds"] = torch.zeros_like(embeds) if zeros else unwanted
            if pooled is not None:
                found["negative_pooled_prompt_embeds"] = torch.zeros_like(pooled) if zeros else unwanted_pooled
        return found

    def _for_transformer(self, prompt: str, negative: str) -> dict[str, Any]:
        embeds, pooled = self._remembered(prompt)
        found = {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled}
        if self._true_guidance > 1 and negative:
            embeds, pooled = self._remembered(negative)
            found |= {"negative_prompt_embeds": embeds, "negative_pooled_prompt_embeds": pooled}
            found["true_cfg_scale"] = self._true_guidance
        return found

    def _length(self, text: str) -> int:
        return max(len(chunks) for chunks in self._chunks(text))

    def _chunks(self, text: str) -> list[list[tuple[int, ...]]]:
        """The chunks of a text, for each tokenizer."""
        found = []
        for tokenizer, _ in self._readers():
            ids = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids
            found.append(chunked(ids, tokenizer.convert_ids_to_tokens(ids), tokenizer.model_max_length - 2))
        return found

    def _text(self, text: str, length: int) -> tuple[Any, Any]:
        """Embeddings (1, length * 77, width) of a text, and the pooled one of its first chunk where there is one."""
        import torch

        wide, pooled = [], None
        for reader, chunks in enumerate(self._chunks(text)):
            encoded = [self._remembered((reader, ids)) for ids in [*chunks, *[()] * (length - len(chunks))]]
            wide.append(torch.cat([embeds for embeds, _ in encoded], dim=1))
            pooled = encoded[0][1]
        return torch.cat(wide, dim=-1), pooled

    def _readers(self) -> list[tuple[Any, Any]]:
        """Tokenizers with their text encoders; SDXL has two."""
        pipe = self._pipeline
        pairs = [(pipe.tokenizer, pipe.text_encoder)]
        if "text_encoder_2" in pipe.components:
            pairs.append((pipe.tokenizer_2, pipe.text_encoder_2))
        return [pair for pair in pairs if pair[0] is not None]

    def _encoded(self, key: Any) -> tuple[Any, Any]:
        if isinstance(key, str):
            embeds, pooled, _ = self._pipeline.encode_prompt(
                prompt=key,
                prompt_2=None,
                device=self._pipeline._execution_device,
                max_sequence_length=self._limit,
            )
            return embeds, pooled
        return self._encoded_chunk(*key)

    def _encoded_chunk(self, reader: int, ids: Sequence[int]) -> tuple[Any, Any]:
        import torch

        tokenizer, encoder = self._readers()[reader]
        padding = [tokenizer.pad_token_id] * (tokenizer.model_max_length - 2 - len(ids))
        row = [tokenizer.bos_token_id, *ids, tokenizer.eos_token_id, *padding]
        device = self._pipeline._execution_device
        given = torch.tensor([row], device=device)
        if "text_encoder_2" not in self._pipeline.components:
            return encoder(given)[0].to(device), None
        found = encoder(given, output_hidden_states=True)
        # The penultimate layer, as SDXL was trained; the first output is the pooled one where it has two axes.
        pooled = found[0].to(device) if found[0].ndim == 2 else None
        return found.hidden_states[-2].to(device), pooled


def chunked(ids: Sequence[int], tokens: Sequence[str], size: int) -> list[tuple[int, ...]]:
    """Token ids in chunks of at most `size`; one empty chunk for no ids.

    A chunk ends after a pause (a comma, a full stop) among its last tokens, else at the end of a word, else anywhere.
    """
    found, start = [], 0
    while len(ids) - start > size:
        end = _end_of_phrase(tokens, start, start + size)
        found.append(tuple(ids[start:end]))
        start = end
    return [*found, tuple(ids[start:])]


def _end_of_phrase(tokens: Sequence[str], start: int, limit: int) -> int:
    nearest = range(limit, max(start, limit - _LOOK_BACK), -1)
    for end in nearest:
        if tokens[end - 1].removesuffix(_END_OF_WORD) in _PAUSES:
            return end
    return next((end for end in nearest if tokens[end - 1].endswith(_END_OF_WORD)), limit)


def prompt_counter(configs: Path, family: Family) -> Callable[[str], int]:
    """Counts the tokens of a prompt, with the model's own tokenizer; torch is not needed for that."""
    folder = configs / ("tokenizer_2" if family.denoiser == "transformer" else "tokenizer")
    if (folder / "tokenizer.json").is_file():
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return lambda text: len(tokenizer.encode(text).ids)
    from transformers import AutoTokenizer

    slow = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return lambda text: len(slow(text, truncation=False, verbose=False).input_ids)
