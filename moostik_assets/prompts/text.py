"""Text: the one way from a structured prompt to the words that a renderer reads."""

from collections.abc import Callable
from dataclasses import dataclass

from moostik_assets.catalogue.models import Series, Theme
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.fitting import list_within, text_within
from moostik_assets.prompts.sections import Section, negative_of, sections_of
from moostik_assets.prompts.sentences import labelled


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a renderer is told."""

    text: str
    negative: str
    """What must not be seen, with commas; "" where the text itself says so."""
    truncated: tuple[str, ...]
    """Names of the sections that were dropped or cut, in their order; "negative" where that was."""


def words(text: str) -> int:
    """How many words a text has: the measure of renderers without a tokenizer."""
    return len(text.split())


def prompt_text(
    prompt: Prompt,
    *,
    angle: str,
    series: Series,
    theme: Theme | None = None,
    limit: int | None = None,
    count: Callable[[str], int] = words,
    separate_negative: bool = True,
) -> PromptText:
    """The text of a prompt seen from an angle; two angles never have the same.

    Args:
        prompt: the prompt of the variation, with its overrides (see `variation_prompt`).
        angle: the camera angle as it was written.
        series: its invariants and negative hold for every image.
        theme: the theme in force, None none.
        limit: the most that `count` may count in the text, and in the negative; None no limit. Where it leaves no
            room for the first words of the angle, two angles can no longer be told apart.
        count: the length of a text in the renderer's own measure.
        separate_negative: whether the renderer takes a negative of its own; if not, the text ends with "Avoid: ...".
    """
    sections = sections_of(prompt, angle, series, theme)
    negative = negative_of(prompt.negative, series.negative, prompt.constraints.must_not_include)
    if separate_negative:
        text, truncated = text_within(sections, limit, count)
        kept = list_within(negative, limit, count)
        return PromptText(text, kept, truncated if kept == negative else (*truncated, "negative"))
    if negative:
        sections.append(Section("avoid", labelled("Avoid", negative)))
    text, truncated = text_within(sections, limit, count)
    return PromptText(text, "", truncated)
