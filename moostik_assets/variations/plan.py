"""What would be rendered, and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

from moostik_assets.variations.prepare import PINNED_NOTE, PreparedVariation, previous_input
from moostik_assets.variations.reasons import reasons_of_change
from moostik_assets.world.baking import bake_key
from resources.image_failures import ImageFailures
from resources.image_store import ImageStore, StoredImage
from resources.rendering.base import MAX_REFERENCES, Capabilities
from resources.rendering.request import ImageInput, RenderRequest, request_from_json

TIMED_IMAGES = 50


@dataclass(frozen=True)
class Planned:
    """One variation as it stands: its request (provisional while it waits), what is stored, what is published."""

    variation: PreparedVariation
    request: RenderRequest
    stored: StoredImage | None
    published: str | None
    waits_for: str | None
    """Key of a variation that must be rendered first; then this one's recipe is not known yet."""
    pinned: bool = False
    """Whether somebody decided on an earlier image: then `request` and `stored` are those of that image."""
    damaged: bool = False
    """Whether the file that is shown is not, byte for byte, the image that it says it is (where it was verified)."""

    @property
    def current(self) -> bool:
        """Whether the published image is that of the request."""
        shown = self.published == self.request.recipe_id and not self.damaged
        return self.stored is not None and shown and self.waits_for is None

    @property
    def to_render(self) -> bool:
        """Whether a render is needed; a stored image that is only not published is reused."""
        return self.stored is None


@dataclass(frozen=True)
class Estimate:
    """What one renderer would be given, and what that would take: in seconds, and in US dollars."""

    renderer: str
    images: int
    backgrounds: int
    seconds: float
    usd: float

    def to_json(self) -> dict[str, Any]:
        """Part of the document of `moostik plan --json`."""
        return {
            "renderer": self.renderer,
            "images": self.images,
            "backgrounds": self.backgrounds,
            "seconds": round(self.seconds, 1),
            "usd": round(self.usd, 4),
        }


@dataclass(frozen=True)
class Plan:
    """The plan of some variations."""

    planned: Sequence[Planned]
    estimates: Sequence[Estimate]
    """By renderer, only of those that have something to do."""
    reasons: Mapping[str, tuple[str, ...]]
    to_fetch: int = 0
    notes: tuple[str, ...] = field(default=())
    quarantined: Mapping[str, str] = field(default_factory=dict)
    """Those that are not tried any more by themselves: key -> the last error."""

    def to_json(self) -> dict[str, Any]:
        """The document of `moostik plan --json`."""
        return {
            "total": len(self.planned),
            "current": sum(p.current for p in self.planned),
            "missing": [p.variation.key for p in self.planned if not p.current and p.published is None],
            "stale": [
                {"key": p.variation.key, "reasons": list(self.reasons[p.variation.key])}
                for p in self.planned
                if not p.current and p.published is not None
            ],
            "reusable": [p.variation.key for p in self.planned if not p.current and not p.to_render],
            "waits": {p.variation.key: p.waits_for for p in self.planned if p.waits_for},
            "pinned": [p.variation.key for p in self.planned if p.pinned],
            "quarantined": [{"key": key, "error": error} for key, error in self.quarantined.items()],
            "referencesToFetch": self.to_fetch,
            "notes": list(self.notes),
            "estimate": {
                "seconds": round(sum(e.seconds for e in self.estimates), 1),
                "usd": round(sum(e.usd for e in self.estimates), 4),
                "renderers": [estimate.to_json() for estimate in self.estimates],
            },
        }


def planned_variations(
    variations: Sequence[PreparedVariation], store: ImageStore, *, verify: bool = False
) -> list[Planned]:
    """How each variation stands. Those that a variation of a sequence takes its image from must be among them.

    With `verify`, every byte of what is stored and shown is checked, as a render does; what is broken in the store is
    removed from it, and told.

    (Not so for a pinned variation: its image is there.)
    """
    by_key = {variation.key: variation for variation in variations}
    requests = [v.request() for v in variations if v.previous is None]
    stored = store.find_many([request.recipe_id for request in requests], verify=verify)
    found: dict[str, Planned] = {}
    for variation in variations:
        chain = []
        at: PreparedVariation | None = variation
        while at is not None and at.key not in found:
            chain.append(at)
            at = None if at.previous is None or (at.pinned and at.previous not in by_key) else by_key[at.previous]
        for link in reversed(chain):
            found[link.key] = _planned(link, found.get(link.previous or ""), store, stored, verify)
    planned = [found[variation.key] for variation in variations]
    return [replace(item, damaged=_is_damaged(item, store)) for item in planned] if verify else planned


def _is_damaged(item: Planned, store: ImageStore) -> bool:
    if item.stored is None or item.published != item.request.recipe_id:
        return False
    return not store.published_intact(item.variation.key, item.stored)


def _planned(
    variation: PreparedVariation,
    before: Planned | None,
    store: ImageStore,
    stored: Mapping[str, StoredImage],
    verify: bool,
) -> Planned:
    waits_for = None
    if variation.pinned_image is not None and not _gives_the_pinned(variation, before):
        image = variation.pinned_image
        request = request_from_json(image.request)
        return Planned(variation, request, image, store.published(variation.key), None, pinned=True)
    if variation.cutouts_awaited:
        waits_for = f"character_cutout {variation.cutouts_awaited[0]}"
    if variation.waits_for_bake and variation.bake is not None:
        waits_for = f"baked_background {bake_key(*variation.bake)}"
    if before is None:
        request = variation.request()
        image = stored.get(request.recipe_id)
    elif before.stored is not None:
        request = variation.request(previous_input(before.variation, before.stored.sha256))
        image = store.find(request.recipe_id, verify=verify)
    else:
        waits_for = waits_for or before.variation.key
        shot = before.variation.shot.shot.id
        request = variation.request(ImageInput("previous", shot, recipe=before.request.recipe_id))
        image = None
    return Planned(variation, request, image, store.published(variation.key), waits_for)


def _gives_the_pinned(variation: PreparedVariation, before: Planned | None) -> bool:
    """Whether the pinned image is what a sequence gives anyway: then the pin decides nothing."""
    if before is None or before.stored is None:
        return False
    return variation.request(previous_input(before.variation, before.stored.sha256)).recipe_id == variation.pinned


def make_plan(
    planned: Sequence[Planned],
    store: ImageStore,
    capabilities: Callable[[str], Capabilities],
    *,
    bakes_on: str = "",
    to_fetch: int = 0,
) -> Plan:
    """The plan: reasons for what is stale, and estimates for what must be rendered.

    `capabilities` are those of a renderer by its name; `bakes_on` is the renderer that dresses places.
    """
    reasons: dict[str, tuple[str, ...]] = {}
    for item in planned:
        if not item.current and item.published is not None:
            reasons[item.variation.key] = _reasons(item, store)
    failures = ImageFailures(store.files).all()
    tried = {p.variation.key: failures.get(p.request.recipe_id) for p in planned if p.to_render}
    return Plan(
        planned=planned,
        estimates=_estimates(planned, store, capabilities, bakes_on),
        reasons=reasons,
        to_fetch=to_fetch,
        notes=(*_limits_of_all(planned, capabilities), *_lost_pins(planned)),
        quarantined={key: found.error for key, found in tried.items() if found is not None and found.quarantined},
    )


def _reasons(item: Planned, store: ImageStore) -> tuple[str, ...]:
    assert item.published is not None
    if item.pinned and not item.damaged:
        return (f"{PINNED_NOTE}, which is not the one shown",)
    before = store.find(item.published, verify=False)
    found = [] if before is None else reasons_of_change(before, item.request, item.variation)
    if item.waits_for:
        found.append(f"waits for {item.waits_for}, which is to be rendered first")
    if item.published == item.request.recipe_id and item.stored is None:
        found.append("its image is damaged or gone from the store")
    if item.damaged:
        found.append("the file that is shown is damaged; its image is in the store")
    return tuple(found) or ("its recipe is not the one that was published",)


def _estimates(
    planned: Sequence[Planned], store: ImageStore, capabilities: Callable[[str], Capabilities], bakes_on: str
) -> list[Estimate]:
    images = Counter(item.variation.renderer for item in planned if item.to_render)
    dressed = {item.variation.bake for item in planned if item.variation.waits_for_bake and item.to_render}
    backgrounds = Counter({bakes_on: len(dressed)} if dressed else {})
    found = []
    for name in sorted({*images, *backgrounds}):
        able, count = capabilities(name), images[name] + backgrounds[name]
        seconds = count * _seconds_per_image(planned, store, name, able) / max(1, able.parallel)
        found.append(Estimate(name, images[name], backgrounds[name], seconds, count * able.usd_per_image))
    return found


def _seconds_per_image(planned: Sequence[Planned], store: ImageStore, name: str, capabilities: Capabilities) -> float:
    times = []
    for item in planned:
        if item.published is not None and len(times) < TIMED_IMAGES:
            recipe = store.find(item.published, verify=False)
            if recipe is not None and recipe.facts.get("renderer") == name and recipe.facts.get("seconds"):
                times.append(float(recipe.facts["seconds"]))
    return median(times) if times else capabilities.seconds_per_image


def _lost_pins(planned: Sequence[Planned]) -> list[str]:
    return [
        f"{p.variation.key}: {p.variation.pin_note}; what the catalogue asks for takes its place "
        f"(moostik restore {p.variation.key} --latest forgets the pin)"
        for p in planned
        if p.variation.lost_pin is not None
    ]


def _limits_of_all(planned: Sequence[Planned], capabilities: Callable[[str], Capabilities]) -> Iterator[str]:
    names = sorted({item.variation.renderer for item in planned})
    for name in names:
        for note in _limits(capabilities(name)):
            yield note if len(names) == 1 else f"{name}: {note}"


def _limits(capabilities: Capabilities) -> tuple[str, ...]:
    notes = []
    if not capabilities.seed:
        notes.append("the renderer takes no seed: its images are reproducible by their stored bytes alone")
    if not capabilities.negative:
        notes.append("the renderer takes no negative prompt: it is said at the end of the text")
    if capabilities.max_references == 0:
        notes.append("the renderer takes no reference images: nothing holds the cast and the places to theirs")
    elif capabilities.max_references < MAX_REFERENCES:
        notes.append(f"the renderer takes at most {capabilities.max_references} references an image")
    return tuple(notes)
