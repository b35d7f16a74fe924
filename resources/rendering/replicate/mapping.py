"""Which input of a model takes which part of a request."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from resources.rendering.request import ImageInput, RenderRequest


class InputMapping(BaseModel):
    """The inputs of one model, by the part of a request that they take; empty: the model cannot do that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompt: str = Field(default="prompt", min_length=1, description="Text")
    negative: str = Field(default="", description="Negative prompt")
    seed: str = Field(default="", description="Whole number, 0 to 2**31 - 1")
    steps: str = Field(default="", description="Number of steps, where the prompt asks for one")
    guidance: str = Field(default="", description="Strength of guidance, where the prompt asks for one")
    width: str = Field(default="", description="Width in pixels")
    height: str = Field(default="", description="Height in pixels")
    size_multiple: int = Field(default=8, ge=1, le=256, description="Width and height are multiples of it")
    aspect_ratio: str = Field(default="", description="One of `aspect_ratios`, the nearest to the request's")
    aspect_ratios: tuple[str, ...] = Field(default=(), description='Such as "16:9"')
    references: str = Field(default="", description="Reference images")
    references_limit: int = Field(default=0, ge=0, le=14, description="How many; 1: no list, but one image")
    background: str = Field(default="", description="Image of the place; empty: it stands first among the references")
    mask: str = Field(default="", description="White where the background is to be made anew")
    names_images: bool = Field(
        default=False, description="Say at the end of the text what each reference image shows, in their order"
    )
    constants: dict[str, str | int | float | bool | list[str]] = Field(
        default_factory=dict, description="Inputs that are the same for every image"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> "InputMapping":
        if bool(self.references) is not bool(self.references_limit):
            raise ValueError("references and references_limit go together")
        if bool(self.aspect_ratio) is not bool(self.aspect_ratios):
            raise ValueError("aspect_ratio and aspect_ratios go together")
        if bool(self.width) is not bool(self.height):
            raise ValueError("width and height go together")
        for aspect in self.aspect_ratios:
            ratio_of(aspect)
        twice = sorted({name for name in self.fields if self.fields.count(name) > 1})
        if twice:
            raise ValueError(f"input {twice[0]!r} is named twice")
        return self

    @property
    def fields(self) -> list[str]:
        """Every input that is named."""
        named = (
            self.prompt, self.negative, self.seed, self.steps, self.guidance, self.width, self.height,
            self.aspect_ratio, self.references, self.background, self.mask,
        )  # fmt: skip
        return [*filter(None, named), *self.constants]

    @property
    def takes_background(self) -> bool:
        """Whether the image of a place can be given to it."""
        return bool(self.background or self.references)

    def images(self, request: RenderRequest) -> tuple[list[ImageInput], list[str]]:
        """The images that stand in `references`, in order, and notes on what is left out."""
        wanted = [*request.references]
        if request.background is not None and not self.background:
            wanted.insert(0, request.background)
        if not self.references:
            return [], ["the model takes no background: the place is told in words alone"] if wanted else []
        left_out: list[str] = []
        while len(wanted) > self.references_limit:
            # A sequence has waited for the image before it: another reference makes room for the place.
            least = next((i for i in reversed(wanted[1:]) if i.role != "previous"), wanted[-1])
            wanted.remove(least)
            left_out.insert(0, f"{least.role} {least.entity}")
        notes = [f"left out, the model takes {self.references_limit}: {', '.join(left_out)}"] if left_out else []
        return wanted, notes

    def plain_inputs(self, request: RenderRequest) -> dict[str, Any]:
        """All inputs but the images; `prompt` without what `names_images` adds."""
        values = {
            self.prompt: request.prompt,
            self.negative: request.negative or None,
            self.seed: request.seed,
            self.steps: request.steps,
            self.guidance: request.guidance,
            self.width: request.width,
            self.height: request.height,
            self.aspect_ratio: self.nearest_aspect(request.width, request.height),
        }
        return {**self.constants, **{name: value for name, value in values.items() if name and value is not None}}

    def nearest_aspect(self, width: int, height: int) -> str | None:
        """The aspect ratio of the model that is nearest to a size in pixels."""
        asked = math.log(width / height)
        return min(self.aspect_ratios, key=lambda text: abs(math.log(ratio_of(text)) - asked), default=None)


def ratio_of(aspect: str) -> float:
    """Width over height of "16:9".

    Raises:
        ValueError: it is not of that form.
    """
    across, colon, down = aspect.partition(":")
    if colon and across.isdecimal() and down.isdecimal() and int(across) and int(down):
        return int(across) / int(down)
    raise ValueError(f"aspect ratio {aspect!r}; it must be of the form 16:9")


def images_in_words(images: list[ImageInput], *, baking: bool) -> str:
    """What each reference image shows, for models that read it; `baking`: the first one is to be dressed."""
    said = {
        "background": "the place to dress: same view, same walls, same furniture"
        if baking
        else "the place as it is now",
        "location": "the place {}",
        "character": "the character {}",
        "previous": "the shot before this one",
        "keyframe": "a key moment",
        "memory": "a memory",
    }
    words = [said.get(image.role, image.role).format(image.entity) for image in images]
    return f"Reference images, in order: {'; '.join(f'{n}. {word}' for n, word in enumerate(words, start=1))}."
