"""The sensors that follow what people change: the story, the cast's sheets, the world's state.

Each compares the signatures of the episodes with those of its last tick, asks for runs over what is out of date, and
records the versions of everything on the way, so that the UI says stale exactly where an image is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from moostik_assets.automation.affected import Affected, affected_variations
from moostik_assets.automation.cost_guard import CostGuard
from moostik_assets.automation.location import reload_location
from moostik_assets.automation.priorities import APPROVAL_TAG, ESTIMATE_TAG, IMMEDIATE, WORLD_STATE, run_tags
from moostik_assets.automation.ranges import merged_ranges
from moostik_assets.automation.sensor_cursor import SensorCursor, cursor_from_text
from moostik_assets.automation.signatures import (
    cast_signature,
    story_signature,
    watched_catalogue,
    world_signature,
)
from moostik_assets.catalogue.models import Catalogue, Episode
from moostik_assets.catalogue.theme_in_force import theme_of_place
from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.episodes.assets import CLUSTER, EPISODE
from moostik_assets.partitions import Partitions
from moostik_assets.prompts.assets import record_shots
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.world.assets import record_active_backgrounds
from moostik_assets.world.backgrounds import Backgrounds
from resources.canonical import sha256_of_json
from resources.ledger import Ledger

SECONDS_BETWEEN_TICKS = 2
ERRORS_SHOWN = 20

Signature = Callable[[Studio, Episode], str]


@dataclass(frozen=True)
class Watch:
    """What one sensor watches."""

    name: str
    description: str
    signature: Signature
    priority: int
    dresses: bool = False
    """Whether it asks for backgrounds of the places that follow the world, in place of images."""
    keys: bool = False
    """Whether it also follows the keys: new and removed episodes, shots, angles, characters."""


WATCHES = (
    Watch(
        "catalogue_sensor",
        "Follows the story: episodes, shots, prompts, the series, decisions. Reloads the code location for new keys.",
        lambda studio, episode: story_signature(studio.catalogue, episode),
        IMMEDIATE,
        keys=True,
    ),
    Watch(
        "reference_sensor",
        "Follows the cast: sheets of characters and locations, and the bytes of their reference images.",
        cast_signature,
        IMMEDIATE,
    ),
    Watch(
        "world_state_sensor",
        "Follows the world: its theme, and the exceptions by location.",
        lambda studio, episode: world_signature(studio.catalogue),
        WORLD_STATE,
    ),
    Watch(
        "dressing_sensor",
        "Follows the world: dresses the places that follow its theme, ahead of the images before them.",
        lambda studio, episode: world_signature(studio.catalogue),
        WORLD_STATE + 1,
        dresses=True,
    ),
)


@dataclass(frozen=True)
class ChangeTick:
    """One look of one sensor."""

    watch: Watch
    settings: Settings
    partitions: Partitions
    instance: dg.DagsterInstance
    log: Callable[[str], None]

    def look(self, text: str | None) -> dg.SensorResult:
        """Compare with the cursor's text, and say what is to be done."""
        cursor = cursor_from_text(text)
        loaded, stamp = watched_catalogue(self.settings.data_root)
        if cursor is not None and stamp == cursor.stamp and not self._waits(cursor):
            return _skip(cursor.broken or "nothing changed", cursor)
        if loaded.errors:
            listed = "; ".join(str(error) for error in loaded.errors[:ERRORS_SHOWN])
            reason = f"the catalogue has {len(loaded.errors)} errors; the last good one stays in force: {listed}"
            return _skip(reason, replace(cursor or SensorCursor(), stamp=stamp, broken=reason))
        with Studio(self.settings, loaded) as studio:
            return self._compared(studio, cursor, stamp)

    def _waits(self, cursor: SensorCursor) -> bool:
        return self.watch.keys and bool(cursor.to_request)

    def _compared(self, studio: Studio, cursor: SensorCursor | None, stamp: str) -> dg.SensorResult:
        catalogue = studio.catalogue
        keys = all_variation_keys(catalogue)
        signatures = {id_: self.watch.signature(studio, episode) for id_, episode in catalogue.episodes.items()}
        known = self.partitions.variations.get_partition_keys()
        before = cursor if cursor is not None else SensorCursor(keys=frozenset(keys))
        new = set(before.to_request) | (set(keys) - before.keys) if self.watch.keys else set()
        after = SensorCursor(
            stamp=stamp,
            signatures=signatures,
            keys=frozenset(keys),
            to_request=tuple(sorted(new & set(keys))),
            generation=before.generation,
        )
        if self.watch.keys and self._must_reload(catalogue, keys):
            return _skip(reload_location(), replace(after, signatures=before.signatures))
        changed = [
            episode
            for id_, episode in catalogue.episodes.items()
            if signatures[id_] != before.signatures.get(id_) or any(key.startswith(f"{id_}/") for key in new)
        ]
        if not changed:
            return _skip("files were touched, nothing in them changed", replace(after, to_request=()))
        if self.watch.dresses:
            return self._dressing(studio, replace(after, to_request=(), generation=before.generation + 1))
        affected = affected_variations(studio, changed, new)
        self._record(studio, changed, affected)
        after = replace(after, to_request=(), generation=before.generation + 1)
        return self._asked(studio, affected, known, after)

    def _must_reload(self, catalogue: Catalogue, keys: Sequence[str]) -> bool:
        partitions = self.partitions
        return any(
            list(now) != list(loaded.get_partition_keys())
            for now, loaded in (
                (keys, partitions.variations),
                (catalogue.characters, partitions.characters),
                (catalogue.locations, partitions.locations),
                (catalogue.themes, partitions.themes),
                (catalogue.episodes, partitions.episodes),
            )
        )

    def _record(self, studio: Studio, changed: Sequence[Episode], affected: Affected) -> None:
        """Versions of what is cheap to know, at once: what stays stale then is exactly what must be rendered."""
        ledger, emit = Ledger(self.instance), self.instance.report_runless_asset_event
        ids = [episode.id for episode in changed]
        EPISODE.record(studio, ledger, emit, ids)
        groups = [key for id_ in ids for key in self.partitions.episode_clusters.get(id_, ())]
        CLUSTER.record(studio, ledger, emit, groups)
        record_shots(studio, ledger, emit, self._recorded_shots(ledger, ids, affected))

    def _recorded_shots(self, ledger: Ledger, ids: Sequence[str], affected: Affected) -> list[str]:
        """The affected shots, and those of the changed episodes that have events already."""
        shots = [key for id_ in ids for key in self.partitions.episode_shots.get(id_, ())]
        standing = ledger.standing("enriched_prompt", shots).tags
        touched = set(affected.shots)
        return [key for key in shots if key in touched or key in standing]

    def _asked(self, studio: Studio, affected: Affected, known: Sequence[str], after: SensorCursor) -> dg.SensorResult:
        if not affected.planned:
            return _skip("what changed touches no image", after)
        requests = []
        guard = CostGuard.from_settings(self.settings)
        renderer = studio.renderer_name()
        ranges = merged_ranges(affected.keys, known)
        for found in ranges:
            share = affected.usd * len(found.keys) / max(1, len(affected.planned))
            tags = {
                **run_tags(self.watch.priority, self.watch.name),
                ASSET_PARTITION_RANGE_START_TAG: found.start,
                ASSET_PARTITION_RANGE_END_TAG: found.end,
            }
            if not guard.allows(affected.usd):
                tags |= {APPROVAL_TAG: "yes", ESTIMATE_TAG: f"{share:.4f}"}
            config: dict[str, object] = {"only": found.only}
            if guard.ceiling is not None and affected.usd > 0:
                config["max_cost"] = share if not guard.allows(affected.usd) else guard.ceiling
            requests.append(
                dg.RunRequest(
                    run_key=sha256_of_json([self.watch.name, after.generation, affected.digest(found.keys)]),
                    asset_selection=[dg.AssetKey("variation_image")],
                    run_config={"ops": {"variation_image": {"config": config}}},
                    tags=tags,
                )
            )
        self.log(f"{len(affected.planned)} images in {len(ranges)} runs on {renderer}, at most {affected.usd:g} USD")
        if not guard.allows(affected.usd):
            self.log(guard.asks(affected.usd))
        return dg.SensorResult(run_requests=requests, cursor=after.to_text())

    def _dressing(self, studio: Studio, after: SensorCursor) -> dg.SensorResult:
        """Runs over the backgrounds that the places need now and that are not baked."""
        catalogue = studio.catalogue
        engine = studio.background_engine()
        if engine.capabilities.usd_per_image > 0:
            return _skip("backgrounds that cost money are baked with the images that need them", after)
        pairs = [(place, theme_of_place(catalogue, place)) for place in catalogue.locations]
        keys = [bake.key for bake in Backgrounds(studio, engine).missing(pairs)]
        ledger = Ledger(self.instance)
        record_active_backgrounds(studio, ledger, self.instance.report_runless_asset_event, list(catalogue.locations))
        requests = [
            dg.RunRequest(
                run_key=sha256_of_json([self.watch.name, after.generation, found.keys]),
                asset_selection=[dg.AssetKey("baked_background")],
                run_config={"ops": {"baked_background": {"config": {"only": found.only}}}},
                tags={
                    **run_tags(self.watch.priority, self.watch.name),
                    ASSET_PARTITION_RANGE_START_TAG: found.start,
                    ASSET_PARTITION_RANGE_END_TAG: found.end,
                },
            )
            for found in merged_ranges(keys, self.partitions.bakes.get_partition_keys())
        ]
        if not requests:
            return _skip("every place is dressed", after)
        return dg.SensorResult(run_requests=requests, cursor=after.to_text())


def _skip(reason: str, cursor: SensorCursor) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=dg.SkipReason(reason), cursor=cursor.to_text())


def build_change_sensors(settings: Settings, partitions: Partitions) -> list[dg.SensorDefinition]:
    """The sensors of WATCHES, running by default."""
    return [_sensor(watch, settings, partitions) for watch in WATCHES]


def _sensor(watch: Watch, settings: Settings, partitions: Partitions) -> dg.SensorDefinition:
    @dg.sensor(
        name=watch.name,
        description=watch.description,
        target=dg.AssetSelection.assets("baked_background" if watch.dresses else "variation_image"),
        minimum_interval_seconds=SECONDS_BETWEEN_TICKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def change_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        tick = ChangeTick(watch, settings, partitions, context.instance, context.log.info)
        return tick.look(context.cursor)

    return change_sensor
