"""The sensors that follow what people change: the story, the cast's sheets, the world's state.

Each compares the signatures of the episodes with those of its last tick, asks for runs over what is out of date, and
records the versions of everything on the way, so that the UI says stale exactly where an image is.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import dagster as dg

from moostik_assets.automation.affected import Affected, affected_variations, together
from moostik_assets.automation.approval import holds_back, keys_of, waiting_runs
from moostik_assets.automation.asking import Asking
from moostik_assets.automation.cost_guard import CostGuard
from moostik_assets.automation.location import reload_location
from moostik_assets.automation.priorities import IMMEDIATE, WORLD_STATE
from moostik_assets.automation.sensor_cursor import SensorCursor, cursor_from_text
from moostik_assets.automation.signatures import (
    cast_signature,
    sheet_versions,
    shots_with,
    stamp_of_day,
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
from moostik_assets.variations.wanted import variation_preparation
from moostik_assets.world.assets import record_active_backgrounds
from moostik_assets.world.backgrounds import Backgrounds
from resources.ledger import Ledger

SECONDS_BETWEEN_TICKS = 2
SECONDS_A_TICK = 6.0
"""After so long a tick leaves the other episodes to the next one; Dagster ends it after 60 s, and all would be lost."""
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
    sheets: bool = False
    """Whether what it watches are sheets, so that a shot that names none of the changed ones is not looked at."""
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
        sheets=True,
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
        stamp = stamp_of_day(stamp, loaded.catalogue, self.settings.today or date.today())
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
        before = cursor if cursor is not None else SensorCursor(keys=frozenset(keys))
        new = set(before.to_request) | (set(keys) - before.keys) if self.watch.keys else set()
        after = SensorCursor(
            stamp=stamp,
            signatures=signatures,
            entities=sheet_versions(studio) if self.watch.sheets else {},
            keys=frozenset(keys),
            to_request=tuple(sorted(new & set(keys))),
            generation=before.generation,
        )
        if self.watch.keys and self._must_reload(catalogue, keys):
            return _skip(reload_location(), replace(after, signatures=before.signatures))
        grown = {key.split("/", 1)[0] for key in new}
        changed = [
            episode
            for id_, episode in catalogue.episodes.items()
            if signatures[id_] != before.signatures.get(id_) or id_ in grown
        ]
        if not changed:
            return _skip("files were touched, nothing in them changed", replace(after, to_request=()))
        after = replace(after, generation=before.generation + 1)
        if self.watch.dresses:
            return self._dressing(studio, replace(after, to_request=()))
        return self._followed(studio, changed, before, after)

    def _followed(
        self, studio: Studio, changed: Sequence[Episode], before: SensorCursor, after: SensorCursor
    ) -> dg.SensorResult:
        """Follow the change episode by episode, as far as the time of a tick reaches; the next tick does the rest."""
        preparation, ledger = variation_preparation(studio), Ledger(self.instance)
        sheets = {name for name, version in after.entities.items() if before.entities.get(name) != version}
        narrowed = self.watch.sheets and before.entities.keys() == after.entities.keys()
        deadline = time.monotonic() + SECONDS_A_TICK
        found: list[Affected] = []
        left, new = list(changed), set(after.to_request)
        while left and (not found or time.monotonic() < deadline):
            episode = left.pop(0)
            shots = shots_with(episode, sheets) if narrowed else None
            found.append(affected_variations(preparation, episode, new, shots))
            self._record(studio, ledger, episode, found[-1], shots)
        for episode in left:
            self.log(f"{episode.id} is left to the next tick")
        waits = {episode.id: before.signatures.get(episode.id, "") for episode in left}
        after = replace(
            after,
            stamp="" if left else after.stamp,
            signatures={**after.signatures, **waits},
            entities=before.entities if left else after.entities,
            to_request=tuple(key for key in after.to_request if key.split("/", 1)[0] in waits),
        )
        return self._asked(studio, together(found), after)

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

    def _record(
        self, studio: Studio, ledger: Ledger, episode: Episode, affected: Affected, shot_ids: Collection[str] | None
    ) -> None:
        """Versions of what is cheap to know, at once: what stays stale then is exactly what must be rendered.

        Of the shots, those that are affected, and those that have events already.
        """
        emit = self.instance.report_runless_asset_event
        EPISODE.record(studio, ledger, emit, [episode.id])
        CLUSTER.record(studio, ledger, emit, self.partitions.episode_clusters.get(episode.id, ()))
        shots = [
            key
            for key in self.partitions.episode_shots.get(episode.id, ())
            if shot_ids is None or key.split("/", 1)[1] in shot_ids
        ]
        standing, touched = ledger.standing("enriched_prompt", shots).tags, set(affected.shots)
        record_shots(studio, ledger, emit, [key for key in shots if key in touched or key in standing])

    def _asked(self, studio: Studio, affected: Affected, after: SensorCursor) -> dg.SensorResult:
        known = self.partitions.variations.get_partition_keys()
        if not affected.planned:
            return _skip("what changed touches no image", after)
        # A run that waits for approval renders what is asked for when it starts, and so this change, too.
        waiting = keys_of(waiting_runs(self.instance, known))
        fresh = affected.among(set(affected.keys) - waiting)
        if not fresh.planned:
            return _skip("the images that change wait for approval already: moostik approve --list", after)
        guard = CostGuard.from_settings(self.settings)
        allowed = guard.allows(fresh.usd)
        if not allowed and not holds_back(self.instance):
            return _skip(guard.gives_up(fresh.usd), after)
        requests = Asking(self.watch.name, self.watch.priority, after.generation, guard).for_images(fresh, known)
        count, renderer = len(fresh.planned), studio.renderer_name()
        self.log(f"{count} images in {len(requests)} runs on {renderer}, at most {fresh.usd:g} USD")
        if not allowed:
            self.log(guard.asks(fresh.usd))
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
        guard = CostGuard.from_settings(self.settings)
        asking = Asking(self.watch.name, self.watch.priority, after.generation, guard)
        requests = asking.for_backgrounds(keys, self.partitions.bakes.get_partition_keys())
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
