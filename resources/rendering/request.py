"""The render request: everything that decides the pixels of one image, and nothing else.

No clock, no path, no host may stand in it. Its canonical JSON, hashed, is the recipe id.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, TypeVar

from resources.canonical import canonical_json, sha256_of_bytes

SCHEMA_VERSION = 1

Part = TypeVar("Part")

ImageRole = Literal["character", "location", "previous", "background", "mask", "control", "keyframe", "memory"]
"""`keyframe`: an end of the stretch that a frame of a dream lies in; `memory`: a remembered image put into a dream."""

DreamMode = Literal["img2img", "interpolate", "hybrid"]


@dataclass(frozen=True, slots=True)
class ImageInput:
    """One image that a request builds on, named by its content.

    Exactly one of the three is set: `sha256` of its bytes; `url` where the bytes cannot be had;
    `recipe`, the recipe id of an image of a sequence that is not made yet (such a request is provisional).
    """

    role: ImageRole
    entity: str
    """Id of the character or location; for `previous`, the shot id."""
    sha256: str | None = None
    url: str | None = None
    recipe: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A character to be placed in the frame, in the order of the shot's cast."""

    id: str
    name: str
    priority: int | None = None
    """Lower is more important (1 is the lead), as in the prompt's subjects; None where the prompt is silent."""
    importance: str = ""
    action: str = ""
    references: tuple[int, ...] = ()
    """Indices into the request's `references`, the primary image first."""


@dataclass(frozen=True, slots=True)
class Staging:
    """What a composing renderer needs beside the text: who stands where, seen how, in what light.

    Set only for renderers whose capabilities say `composes`; a model reads the prompt's text.
    """

    angle: str
    framing: str = ""
    layout: str = ""
    depth: str = ""
    lens_mm: float | None = None
    camera_angle: str = ""
    location: str = ""
    """Id of the shot's first location, "" where it has none."""
    figures: tuple[Figure, ...] = ()
    key_light: str = ""
    fill_light: str = ""
    rim_light: str = ""
    light_notes: str = ""
    time: str = ""
    atmosphere: tuple[str, ...] = ()
    palette: tuple[str, ...] = ()
    """Hex colours of the theme in force, "" none."""
    theme: str = ""
    slate: tuple[str, ...] = ()
    """Texts of the slate line, left to right; empty where it is turned off."""


@dataclass(frozen=True, slots=True)
class Layer:
    """An effect over the frame (snow, rain, fog, embers, glow, ...), seeded by the request's seed."""

    kind: str
    strength: float = 1.0
    """0 turns it off, 1 is as it was meant, 2 is the most."""
    colour: str = ""
    """Hex colour of a colour filter."""


@dataclass(frozen=True, slots=True)
class BakedDecoration:
    """Something that a theme puts into a place."""

    item: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Baking:
    """Dressing a place for a theme: the request's `background` is the master plate, its `mask` where to dress it.

    The structure of the master stays (`control` says how it is kept); the decor is made anew.
    """

    theme: str
    mood: str = ""
    palette: tuple[str, ...] = ()
    """Hex colours."""
    style: str = ""
    """The theme's words for backgrounds."""
    decorations: tuple[BakedDecoration, ...] = ()
    fx: tuple[str, ...] = ()
    """Effects of the theme, which leave traces on a place (snow on edges, wet ground)."""
    mask_mode: str = ""
    """`hard`: black pixels of the mask equal the master's, byte for byte."""


@dataclass(frozen=True, slots=True)
class Dreaming:
    """A frame of a dream.

    Among the request's `references`, `keyframe` are the images of the two keyframes it lies between, in order;
    `previous` is the frame before it; `memory` a remembered image that is put into it.
    """

    mode: DreamMode
    """`img2img`: made from the frame before; `interpolate`: between the two keyframes; `hybrid`: both."""
    position: float = 0.0
    """0 at the first keyframe, 1 at the second."""
    strength: float = 0.0
    """How much of it is made anew, 0 to 1."""
    scenes: tuple["RenderRequest", ...] = ()
    """The requests of the two keyframes, for renderers that work with their prompts or layers; empty for a keyframe."""


@dataclass(frozen=True)
class RenderRequest:
    """One image to be made. Width and height in pixels, seed in 0..2**31-1."""

    prompt: str
    negative: str
    seed: int
    width: int
    height: int
    renderer: dict[str, Any]
    """The renderer's fingerprint."""
    steps: int | None = None
    guidance: float | None = None
    references: tuple[ImageInput, ...] = ()
    background: ImageInput | None = None
    mask: ImageInput | None = None
    control: str | None = None
    layers: tuple[Layer, ...] = ()
    staging: Staging | None = None
    baking: Baking | None = None
    dreaming: Dreaming | None = None
    schema: int = field(default=SCHEMA_VERSION)

    @cached_property
    def canonical(self) -> str:
        """The canonical JSON text of this request: fields that are empty are left out."""
        return canonical_json(self.to_json())

    @cached_property
    def recipe_id(self) -> str:
        """sha256 of the canonical JSON, 64 lower-case hex characters."""
        return sha256_of_bytes(self.canonical.encode("utf-8", "surrogatepass"))

    @property
    def provisional(self) -> bool:
        """Whether it waits for an image that is not made yet."""
        background = self.background is not None and self.background.recipe is not None
        return background or any(image.recipe is not None for image in self.references)

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `request_from_json` builds an equal request."""
        return _plain(self)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    names = _FIELD_NAMES.get(type(value))
    if names is None:
        return value
    found = {}
    for name in names:
        part = getattr(value, name)
        if part is None or part == () or part == "":
            continue
        found[name] = _plain(part)
    return found


_FIELD_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind))
    for kind in (ImageInput, Figure, Staging, Layer, BakedDecoration, Baking, Dreaming, RenderRequest)
}


def request_from_json(data: dict[str, Any]) -> RenderRequest:
    """The request that `to_json` wrote.

    Raises:
        ValueError: the text is of another schema version, or lacks or misnames a field.
    """
    if data.get("schema") != SCHEMA_VERSION:
        raise ValueError(f"recipe of schema {data.get('schema')!r}; this version reads schema {SCHEMA_VERSION}")
    values = dict(data)
    try:
        values["references"] = tuple(_part(ImageInput, image) for image in data.get("references", ()))
        for name in ("background", "mask"):
            if name in data:
                values[name] = _part(ImageInput, data[name])
        values["layers"] = tuple(_part(Layer, layer) for layer in data.get("layers", ()))
        if "staging" in data:
            staging = dict(data["staging"])
            figures = tuple(
                _part(Figure, {**figure, "references": tuple(figure.get("references", ()))})
                for figure in staging.get("figures", ())
            )
            lists = {name: tuple(staging.get(name, ())) for name in ("atmosphere", "palette", "slate")}
            values["staging"] = _part(Staging, {**staging, "figures": figures, **lists})
        if "baking" in data:
            baking = dict(data["baking"])
            decorations = tuple(_part(BakedDecoration, decoration) for decoration in baking.get("decorations", ()))
            lists = {name: tuple(baking.get(name, ())) for name in ("palette", "fx")}
            values["baking"] = _part(Baking, {**baking, "decorations": decorations, **lists})
        if "dreaming" in data:
            dreaming = dict(data["dreaming"])
            scenes = tuple(request_from_json(scene) for scene in dreaming.get("scenes", ()))
            values["dreaming"] = _part(Dreaming, {**dreaming, "scenes": scenes})
        return _part(RenderRequest, values)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"not a render request: {error}") from error


def _part(kind: type[Part], data: Mapping[str, Any]) -> Part:
    """The part that these fields make; a text that is empty is left out of the JSON, default or not."""
    return kind(**{**_EMPTY_TEXTS[kind], **data})


_EMPTY_TEXTS = {
    kind: {f.name: "" for f in fields(kind) if f.type is str and f.default is MISSING} for kind in _FIELD_NAMES
}
