"""Baking backgrounds: what the store lacks is rendered, published, and recorded, one event a background."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moostik_assets.references.sheets import location_versions, theme_versions
from moostik_assets.spending.opening import open_purse
from moostik_assets.spending.purse import Purse
from moostik_assets.studio import Studio
from moostik_assets.world.backgrounds import Backgrounds
from moostik_assets.world.bake_metadata import bake_metadata
from moostik_assets.world.baking import Bake, bake_key
from resources.decoration_mask import checked_mask
from resources.image_store import StoredImage
from resources.ledger import EmitEvent, Entry, Ledger, Recorder
from resources.rendering.base import Rendered, costs
from resources.rendering.request import RenderRequest

ASSET = "baked_background"
CODE_VERSION = "1"
CLAIMED_ELSEWHERE_POLL_SECONDS = 0.25
INPUTS = {"location_sheet": True, "theme_sheet": True}
PUBLISHED = "backgrounds"
"""Folder of the published view: output/backgrounds/kitchen/christmas.png."""


@dataclass(frozen=True)
class Baked:
    """What became of one background."""

    bake: Bake
    image: StoredImage | None = None
    rendered: bool = False
    error: str | None = None


def bake_backgrounds(
    studio: Studio,
    pairs: Iterable[tuple[str, str]],
    ledger: Ledger,
    emit: EmitEvent,
    tell: Callable[[Baked], None],
    *,
    force: bool = False,
    purse: Purse | None = None,
) -> list[Baked]:
    """Bring the backgrounds of some (location, theme) pairs up to date: reuse, else render; publish; record.

    `purse`: of the run that they are a part of; without one, they have the limits of the settings for themselves.
    `force` renders what is stored, too, but on a renderer that costs: the store keeps the first image of a recipe.
    """
    force = force and not costs(studio.renderer(studio.background_renderer_name()))
    purse = purse or open_purse(studio.settings, ledger, emit)
    backgrounds = Backgrounds(studio, studio.background_engine())
    wanted = [bake for pair in dict.fromkeys(pairs) if (bake := backgrounds.bake(*pair)) is not None]
    ledger.observe(emit, "location_sheet", location_versions(studio, [bake.location for bake in wanted]))
    ledger.observe(emit, "theme_sheet", theme_versions(studio))
    recorder = ledger.recorder(emit, ASSET, CODE_VERSION, INPUTS, [_entry(b, "", dict) for b in wanted])
    done = []
    for bake in wanted:
        baked = _baked(studio, backgrounds, bake, force, purse)
        done.append(baked)
        if baked.error is None:
            _publish_and_record(studio, baked, recorder)
        tell(baked)
    return done


def _baked(studio: Studio, backgrounds: Backgrounds, bake: Bake, force: bool, purse: Purse) -> Baked:
    if bake.request is None:
        return Baked(bake, error=bake.why_not or None)
    if not force and (stored := studio.store.find(bake.request.recipe_id)) is not None:
        return Baked(bake, stored)
    try:
        _keep_inputs(studio, bake)
    except ValueError as error:
        return Baked(bake, error=str(error))
    with _claimed(studio, bake.request.recipe_id):
        # Someone else may have made it between our look and our claim.
        if not force and (stored := studio.store.find(bake.request.recipe_id)) is not None:
            return Baked(bake, stored)
        return _rendered(studio, bake, bake.request, purse)


@contextmanager
def _claimed(studio: Studio, recipe: str) -> Iterator[None]:
    """Hold the claim on a recipe; waits while another process renders it."""
    while (claim := studio.store.claims.claim(recipe)) is None:
        time.sleep(CLAIMED_ELSEWHERE_POLL_SECONDS)
    with claim:
        yield


def _rendered(studio: Studio, bake: Bake, request: RenderRequest, purse: Purse) -> Baked:
    renderer = studio.renderer(studio.background_renderer_name())
    if not purse.reserve(renderer, ASSET, bake.key, request.recipe_id):
        return Baked(bake, error=purse.refusal())
    baked = Baked(bake, error="the renderer gave nothing back")
    for rendered in renderer.render([request]):
        purse.settle(renderer, ASSET, bake.key, rendered)
        if rendered.png is None:
            baked = Baked(bake, error=rendered.error or baked.error)
        else:
            image = studio.store.put(request, rendered.png, _facts(bake, rendered))
            baked = Baked(bake, image, rendered=True)
    return baked


def _keep_inputs(studio: Studio, bake: Bake) -> None:
    assert bake.request is not None
    place = studio.catalogue.locations[bake.location]
    reference = next(r for r in place.reference_images if studio.image_hash(r) is not None)
    inputs = [(bake.request.background, reference), (bake.request.mask, place.decoration_mask)]
    studio.keep_inputs((image, path) for image, path in inputs if image is not None)
    if bake.request.mask is not None and bake.request.mask.sha256 is not None:
        try:
            checked_mask(studio.store.read(bake.request.mask.sha256), (bake.request.width, bake.request.height))
        except ValueError as error:
            raise ValueError(f"{bake.key}: decoration mask {place.decoration_mask}: {error}") from error


def _facts(bake: Bake, rendered: Rendered) -> dict[str, Any]:
    return {
        "key": f"{PUBLISHED}/{bake.key}",
        "renderer": rendered.request.renderer.get("name", ""),
        "seconds": round(rendered.seconds, 4),
        "usd": rendered.usd,
        "notes": list(rendered.notes),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _publish_and_record(studio: Studio, baked: Baked, recorder: Recorder) -> None:
    if baked.image is not None:
        studio.store.publish_background(baked.bake.key, baked.image)
    shown = baked.image.sha256 if baked.image is not None else baked.bake.master.sha256 if baked.bake.master else ""
    recorder.record(_entry(baked.bake, shown or "", lambda: bake_metadata(studio, baked.bake, baked.image)))


def _entry(bake: Bake, version: str, metadata: Callable[[], dict[str, Any]]) -> Entry:
    inputs: dict[str, Sequence[str]] = {"location_sheet": [bake.location], "theme_sheet": [bake.theme]}
    return Entry(bake_key(bake.location, bake.theme), version, inputs, metadata)


def log_baked(log: Any) -> Callable[[Baked], None]:
    """Says in a run's log what became of each background."""

    def tell(baked: Baked) -> None:
        if baked.error is not None:
            log.warning("%s is not dressed: %s", baked.bake.key, baked.error)
        elif baked.rendered:
            log.info("%s is dressed", baked.bake.key)

    return tell
