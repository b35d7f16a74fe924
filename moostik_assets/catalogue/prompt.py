"""The structured prompt ("JSON Moostik"). Any part may be missing."""

from typing import Annotated

from pydantic import Field

from moostik_assets.catalogue.fields import (
    Nullable,
    NullableList,
    Number,
    PromptModel,
    Seed,
    Text,
    Texts,
    WithoutBlanks,
)


class Deliverable(PromptModel):
    """What is to be delivered: `aspect_ratio` such as "16:9"; `resolution` is a wish, in the author's words."""

    type: Text = ""
    aspect_ratio: Text = ""
    resolution: Text = ""


class Subject(PromptModel):
    """Someone or something in the frame. `reference_image` is set by enrichment."""

    id: Text = ""
    name: Text = ""
    priority: int | None = None
    description: Text = ""
    importance: Text = ""
    action: Text = ""
    reference_image: Text = ""


class Scene(PromptModel):
    """Where and when."""

    location: Text = ""
    time: Text = ""
    atmosphere: Texts = ()
    materials: Texts = ()


class Composition(PromptModel):
    """How the frame is laid out."""

    framing: Text = ""
    layout: Text = ""
    depth: Text = ""


class Camera(PromptModel):
    """The camera, `lens_mm` as written (35, "35mm")."""

    format: Text = ""
    lens_mm: Text = ""
    aperture: Text = ""
    angle: Text = ""


class Lighting(PromptModel):
    """Key, fill and rim light, in words."""

    key: Text = ""
    fill: Text = ""
    rim: Text = ""
    notes: Text = ""


class LetteredText(PromptModel):
    """Text that is to be seen in the picture."""

    strings: Texts = ()
    font_style: Text = ""
    rules: Text = ""


class Parameters(PromptModel):
    """Numbers for the renderer; None leaves them to it."""

    aspect_ratio: Text = ""
    seed: Seed | None = None
    steps: int | None = Field(default=None, ge=1, le=1000)
    guidance_strength: Number = None


class Constraints(PromptModel):
    """What must be there, and what must not."""

    must_include: Texts = ()
    must_not_include: Texts = ()


class Prompt(PromptModel):
    """A whole structured prompt."""

    task: Text = ""
    deliverable: Annotated[Deliverable, Nullable] = Deliverable()
    goal: Text = ""
    invariants: Texts = ()
    subjects: Annotated[tuple[Annotated[Subject, Nullable], ...], NullableList, WithoutBlanks] = ()
    scene: Annotated[Scene, Nullable] = Scene()
    composition: Annotated[Composition, Nullable] = Composition()
    camera: Annotated[Camera, Nullable] = Camera()
    lighting: Annotated[Lighting, Nullable] = Lighting()
    text: Annotated[LetteredText, Nullable] = LetteredText()
    negative: Texts = ()
    parameters: Annotated[Parameters, Nullable] = Parameters()
    constraints: Annotated[Constraints, Nullable] = Constraints()
