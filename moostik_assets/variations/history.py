"""What an image was before: the versions of a variation, from the events that were recorded as they were published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from moostik_assets.studio import Studio
from moostik_assets.variations.plan import Planned, planned_variations
from moostik_assets.variations.wanted import variation_preparation, wanted_variations
from resources.store.layout import is_sha256
from resources.store.reading import load_image

EVENTS_IN_A_QUERY = 500


@dataclass(frozen=True)
class Version:
    """One image that a variation showed, from when it was published on. Numbered from 1, the oldest."""

    number: int
    date: datetime
    recipe: str
    sha256: str
    seed: int | None
    take: int | None
    renderer: str
    reason: str
    """Why it took the place of the one before."""
    run_id: str
    current: bool = False
    """Whether it is what is wanted now: what the catalogue asks for, or what somebody pinned."""
    published: bool = False
    """Whether it is what is shown now."""
    available: bool = False
    """Whether the store still holds it."""

    def to_json(self) -> dict[str, Any]:
        """An item of `moostik history --json`."""
        return {
            "version": self.number,
            "date": self.date.isoformat(timespec="seconds"),
            "recipe": self.recipe,
            "sha256": self.sha256,
            "seed": self.seed,
            "take": self.take,
            "renderer": self.renderer,
            "reason": self.reason,
            "current": self.current,
            "published": self.published,
            "available": self.available,
            "runId": self.run_id,
        }


def recorded_versions(instance: dg.DagsterInstance, key: str) -> list[Version]:
    """The versions of a variation, oldest first; of consecutive events with one data version, the first counts.

    Events that name no image (somebody reported one by hand in the web UI) are left out.
    """
    versions: list[Version] = []
    last = None
    for record in _records(instance, key):
        event = record.asset_materialization
        if event is None:
            continue
        told = {name: value.value for name, value in event.metadata.items()}
        recipe, sha256 = str(told.get("recipe", "")), str(told.get("sha256", ""))
        if not (is_sha256(recipe) and is_sha256(sha256)):
            continue
        data_version = (event.tags or {}).get(DATA_VERSION_TAG) or sha256
        if data_version == last:
            continue
        last = data_version
        versions.append(
            Version(
                number=len(versions) + 1,
                date=datetime.fromtimestamp(record.timestamp, UTC),
                recipe=recipe,
                sha256=sha256,
                seed=_whole(told.get("seed")),
                take=_whole(told.get("take")),
                renderer=str(told.get("renderer", "")),
                reason=str(told.get("reason", "")),
                run_id=record.run_id,
            )
        )
    return versions


def _records(instance: dg.DagsterInstance, key: str) -> Iterator[dg.EventLogRecord]:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("variation_image"), asset_partitions=[key])
    cursor = None
    while True:
        found = instance.fetch_materializations(wanted, limit=EVENTS_IN_A_QUERY, cursor=cursor, ascending=True)
        yield from found.records
        if not found.has_more:
            return
        cursor = found.cursor


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def standing_versions(studio: Studio, key: str, versions: Sequence[Version], wanted: str | None) -> list[Version]:
    """The versions with how each stands now; `wanted`: recipe of what is to be shown, None where nobody can say.

    Of several versions of one image, the last is the one that is current or published. Looking is no use of an image:
    it stays as old as it is.
    """
    if not versions:
        return []
    last = {version.recipe: version.number for version in versions}
    published = studio.store.published(key)
    return [
        replace(
            version,
            current=version.recipe == wanted and version.number == last[version.recipe],
            published=version.recipe == published and version.number == last[version.recipe],
            available=load_image(studio.store.files, version.recipe, verify=False)[0] is not None,
        )
        for version in versions
    ]


def planned_variation(studio: Studio, key: str) -> Planned | None:
    """How one variation stands; None where the catalogue does not have it."""
    wanted = wanted_variations(variation_preparation(studio), [key]).with_sequence
    return {item.variation.key: item for item in planned_variations(wanted, studio.store)}.get(key)
