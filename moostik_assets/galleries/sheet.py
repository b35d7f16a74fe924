"""An episode's contact sheet, from its plan and what the store knows of each image."""

from collections.abc import Mapping, Sequence

from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.galleries.entries import ReferenceNote, Sheet, SheetEntry
from moostik_assets.variations.plan import Planned
from moostik_assets.variations.prepare import PINNED_NOTE
from resources.image_store import ImageStore, StoredImage
from resources.rendering.request import request_from_json

EPISODES_FROM_THE_PAGE = "../../episodes"
"""Where the published images are, seen from output/galleries/<episode>/."""


def sheet_of(
    catalogue: Catalogue,
    episode: Episode,
    planned: Sequence[Planned],
    store: ImageStore,
    errors: Mapping[str, str] | None = None,
) -> Sheet:
    """What stands published for each variation of an episode, current or not; `errors` by key, where known."""
    errors = errors or {}
    return Sheet(
        series_title=catalogue.series.title or catalogue.series.id,
        episode_id=episode.id,
        episode_number=episode.number,
        episode_title=episode.title,
        entries=tuple(_entry(item, store, errors.get(item.variation.key)) for item in planned),
    )


def _entry(item: Planned, store: ImageStore, error: str | None) -> SheetEntry:
    variation = item.variation
    shown = store.find(item.published, verify=False) if item.published is not None else None
    request = request_from_json(shown.request) if shown is not None else item.request
    facts = shown.facts if shown is not None else {}
    notes = tuple(str(note) for note in facts.get("notes", variation.notes))
    if shown is not None and not item.current:
        notes = (*notes, "out of date: the catalogue has changed since")
    if item.pinned:
        notes = (PINNED_NOTE, *notes)
    elif variation.lost_pin is not None and variation.pin_note is not None:
        notes = (variation.pin_note, *notes)
    return SheetEntry(
        key=variation.key,
        shot_id=variation.shot.shot.id,
        shot_name=variation.shot.shot.name,
        angle=variation.angle,
        image=f"{EPISODES_FROM_THE_PAGE}/{variation.key}.png" if shown is not None else None,
        width=request.width,
        height=request.height,
        seed=request.seed,
        recipe=request.recipe_id,
        prompt=request.prompt,
        negative=request.negative,
        renderer=str(request.renderer.get("name", "")),
        references=_references(item, shown),
        seconds=facts.get("seconds"),
        usd=facts.get("usd"),
        notes=notes,
        status="failed" if error else "completed" if shown is not None else "pending",
        error=error,
        take=int(facts.get("take", variation.take)),
    )


def _references(item: Planned, shown: StoredImage | None) -> tuple[ReferenceNote, ...]:
    request = request_from_json(shown.request) if shown is not None else item.request
    written = list(shown.facts.get("references", ())) if shown is not None else []
    if not written:
        written = [image.reference for image in item.variation.shot.references.images]
    return tuple(
        ReferenceNote(
            entity=image.entity,
            role=image.role,
            reference=image.url or (str(written[index]) if index < len(written) else f"the image of {image.entity}"),
            sha256=image.sha256,
        )
        for index, image in enumerate(request.references)
    )
