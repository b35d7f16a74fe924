"""What baking a place for a theme asks for: its master reference, the theme, the mask, how structure is kept."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from moostik_assets.catalogue.models import NEUTRAL_THEME, Catalogue, Location, Theme
from moostik_assets.prompts.sentences import joined
from resources.canonical import canonical_json
from resources.rendering.base import Engine
from resources.rendering.request import BakedDecoration, Baking, ImageInput, RenderRequest

SEED_BITS = 31
CONTROL_KINDS = ("depth", "canny")
"""How a model is held to the master's structure, the better one first."""

ImageHash = Callable[[str], str | None]
ImageSize = Callable[[str], tuple[int, int] | None]


@dataclass(frozen=True)
class Bake:
    """One place in one theme: its request, or why there is none."""

    location: str
    theme: str
    request: RenderRequest | None
    master: ImageInput | None
    """The place's master reference, where its bytes can be had."""
    why_not: str = ""

    @property
    def key(self) -> str:
        """`kitchen/christmas`."""
        return bake_key(self.location, self.theme)

    @property
    def is_master(self) -> bool:
        """Whether the theme is the neutral one, whose background is the master itself."""
        return self.theme == NEUTRAL_THEME


def bake_key(location: str, theme: str) -> str:
    """`kitchen/christmas`."""
    return f"{location}/{theme}"


def bake_of(
    catalogue: Catalogue,
    location: Location,
    theme: Theme,
    engine: Engine,
    image_hash: ImageHash,
    image_size: ImageSize,
) -> Bake:
    """The bake of a place for a theme. The first reference image that can be had is its master."""
    reference = next((r for r in location.reference_images if image_hash(r) is not None), None)
    size = image_size(reference) if reference is not None else None
    if reference is None or size is None:
        why = "it has no reference image that can be had"
        return Bake(location.id, theme.name, None, None, f"{location.id} cannot be dressed: {why}")
    master = ImageInput("background", location.id, sha256=image_hash(reference))
    if theme.name == NEUTRAL_THEME:
        return Bake(location.id, theme.name, None, master)
    if not engine.capabilities.bakes:
        why = f"the {engine.name} renderer dresses no places; the master stands for {theme.name} in {location.id}"
        return Bake(location.id, theme.name, None, master, why)
    mask = image_hash(location.decoration_mask) if location.decoration_mask else None
    capabilities = engine.capabilities
    decorations = tuple(
        BakedDecoration(decoration.item, decoration.description)
        for decoration in theme.decorations
        if decoration.location in ("", location.id)
    )
    request = RenderRequest(
        prompt=_prompt(location, theme, decorations),
        negative=joined(catalogue.series.negative),
        seed=_seed(catalogue.series.seed, location.id, theme.name),
        width=size[0],
        height=size[1],
        renderer=engine.fingerprint,
        background=master,
        mask=ImageInput("mask", location.id, sha256=mask) if mask else None,
        control=next((kind for kind in CONTROL_KINDS if kind in capabilities.control), None),
        baking=Baking(
            theme=theme.name,
            mood=theme.mood,
            palette=theme.palette,
            style=theme.background_style_suffix,
            decorations=decorations,
            fx=tuple(effect if isinstance(effect, str) else effect.kind for effect in theme.fx),
            mask_mode="hard" if location.mask_mode == "hard" else "",
        ),
    )
    return Bake(location.id, theme.name, request, master)


def _prompt(location: Location, theme: Theme, decorations: tuple[BakedDecoration, ...]) -> str:
    items = "; ".join(joined((d.item, d.description), ": ") for d in decorations)
    parts = (
        f"{location.name or location.id}, the same place with the same walls, dressed for {_called(theme)}",
        location.description,
        theme.mood,
        f"Decorations: {items}" if items else "",
        theme.background_style_suffix,
    )
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip()) + "."


def _called(theme: Theme) -> str:
    return theme.display_name or theme.name


def _seed(series_seed: int, location: str, theme: str) -> int:
    digest = hashlib.blake2b(canonical_json(["bake", series_seed, location, theme]).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - SEED_BITS)
