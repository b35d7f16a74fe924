"""Making an image again from the text that it carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from resources.image_store import KEYWORD
from resources.png import read_text, with_text
from resources.rendering.base import RendererUnavailable
from resources.rendering.request import ImageInput, RenderRequest, request_from_json


@dataclass(frozen=True)
class Replay:
    """An image, and what its recipe gives today."""

    file: Path
    recipe: str | None = None
    sha256: str | None = None
    again: str | None = None
    """sha256 of the new image."""
    png: bytes | None = None
    error: str | None = None
    renderer_changed: str | None = None
    from_store: bool = False
    """Whether it was compared with the stored image: the renderer takes no seed, and would make (and sell) another."""

    @property
    def identical(self) -> bool:
        """Whether the bytes are the same."""
        return self.again is not None and self.again == self.sha256

    def to_json(self) -> dict[str, Any]:
        """The document of `moostik replay --json`."""
        return {
            "file": str(self.file),
            "recipe": self.recipe,
            "identical": self.identical,
            "sha256": self.sha256,
            "replayed": self.again,
            **({"fromStore": True} if self.from_store else {}),
            **({"rendererChanged": self.renderer_changed} if self.renderer_changed else {}),
            **({"error": self.error} if self.error else {}),
        }

    def text(self) -> str:
        """One or two lines for a person."""
        if self.error:
            return f"{self.file}: {self.error}"
        verdict = "identical, byte for byte" if self.identical else f"different: {self.sha256} was, {self.again} is"
        if self.from_store:
            return f"{self.file}: {verdict}; compared with the store, since the renderer takes no seed"
        changed = f"\n  the renderer has changed since: {self.renderer_changed}" if self.renderer_changed else ""
        return f"{self.file}: {verdict}{changed}"


def replayed(studio: Studio, file: Path) -> Replay:
    """Render the request in a PNG's text again; the references' bytes come from the store."""
    found = _read(file)
    if isinstance(found, str):
        return Replay(file, error=found)
    data, request = found
    recipe, sha256 = request.recipe_id, sha256_of_bytes(data)
    try:
        renderer = studio.renderer(str(request.renderer.get("name", "")))
        if not renderer.capabilities.seed:
            return _from_store(studio, file, recipe, sha256)
        now = renderer.fingerprint()
    except RendererUnavailable as unavailable:
        return Replay(file, recipe, sha256, error=str(unavailable))
    lacking = _lacking(studio, request)
    if lacking:
        names = ", ".join(lacking)
        return Replay(file, recipe, sha256, error=f"the store does not hold what it was made from: {names}")
    changed = ", ".join(
        f"{field} {request.renderer.get(field)} -> {now.get(field)}"
        for field in sorted({*request.renderer, *now})
        if request.renderer.get(field) != now.get(field)
    )
    png = studio.render_request(request)
    if isinstance(png, str):
        return Replay(file, recipe, sha256, error=f"it could not be rendered: {png}")
    again = with_text(png, KEYWORD, request.canonical)
    return Replay(file, recipe, sha256, again=sha256_of_bytes(again), png=again, renderer_changed=changed or None)


def _from_store(studio: Studio, file: Path, recipe: str, sha256: str) -> Replay:
    stored = studio.store.find(recipe)
    if stored is None:
        error = "its renderer takes no seed: such an image can be had again from the store alone, which has it no more"
        return Replay(file, recipe, sha256, error=error)
    png = studio.store.read(stored.sha256)
    return Replay(file, recipe, sha256, again=stored.sha256, png=png, from_store=True)


def _read(file: Path) -> tuple[bytes, RenderRequest] | str:
    import json

    try:
        data = file.read_bytes()
        text = read_text(data, KEYWORD)
        if text is None:
            return "it carries no recipe; only images that were rendered here do"
        return data, request_from_json(json.loads(text))
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError) as error:
        return f"its recipe cannot be read: {error}"


def _lacking(studio: Studio, request: RenderRequest) -> list[str]:
    lacking = []
    for image in _inputs(request):
        if image.sha256 is not None:
            try:
                studio.store.read(image.sha256)
            except KeyError:
                lacking.append(f"{image.role} {image.entity} ({image.sha256[:12]})")
    return list(dict.fromkeys(lacking))


def _inputs(request: RenderRequest) -> Iterator[ImageInput]:
    yield from request.references
    yield from (image for image in (request.background, request.mask) if image is not None)
    for scene in request.dreaming.scenes if request.dreaming is not None else ():
        yield from _inputs(scene)
