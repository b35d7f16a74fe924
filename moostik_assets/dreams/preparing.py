"""Preparing the day: what the calendar brings is dressed, what is missing or stale is rendered, within a budget."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.catalogue.models import Catalogue
from moostik_assets.catalogue.theme_in_force import theme_of_place, themes_of_day
from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.episodes.readiness import readiness
from moostik_assets.prompts.assets import record_shots
from moostik_assets.spending.purse import Purse
from moostik_assets.studio import Studio
from moostik_assets.variations.assets import variation_entry, variation_recorder
from moostik_assets.variations.plan import planned_variations
from moostik_assets.variations.render_loops import RenderLoops
from moostik_assets.variations.wanted import (
    inputs_keeper,
    shots_by_episode,
    variation_preparation,
    wanted_variations,
)
from moostik_assets.world.assets import record_active_backgrounds
from moostik_assets.world.backgrounds import Backgrounds
from moostik_assets.world.bake_render import bake_backgrounds
from moostik_assets.world.baking import bake_key
from moostik_assets.world.cutout_record import cut_out_characters
from resources.ledger import EmitEvent, Ledger
from resources.rendering.base import RendererUnavailable

LISTED = 100
"""Names listed of each kind, in the metadata of a run."""


@dataclass
class Prepared:
    """What was made ready for the day, and what did not fit into the night. Money in US dollars."""

    backgrounds: list[str] = field(default_factory=list)
    variations: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    """Backgrounds (`kitchen/christmas`) and variations that there was no time or money for."""
    why: str = ""
    """Why they are left."""
    not_cut_out: list[str] = field(default_factory=list)
    """Why pictures of characters are not shown, and what to do."""
    embeddings: int = 0
    usd: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """For the metadata of a run."""
        return {
            "backgrounds": self.backgrounds[:LISTED],
            "variations": self.variations[:LISTED],
            "prepared": len(self.backgrounds) + len(self.variations),
            "failed": dict(list(self.failed.items())[:LISTED]),
            "didNotFit": self.left[:LISTED],
            "left": len(self.left),
            "why": self.why,
            "notCutOut": self.not_cut_out[:LISTED],
            "embeddings": self.embeddings,
            "usd": round(self.usd, 4),
        }


@dataclass
class Preparing:
    """The work of one night after its dream. Urgent images first: missing ones, then stale ones, in file order."""

    studio: Studio
    day: date
    settings: DreamSettings
    ledger: Ledger
    emit: EmitEvent
    should_stop: Callable[[], bool]
    purse: Purse
    done: Prepared = field(default_factory=Prepared)
    _ended: str = ""

    def run(self) -> Prepared:
        """Prepare until the minutes, the money or the work is over, or somebody more urgent waits."""
        self._until = time.monotonic() + 60.0 * self.settings.prepare_minutes
        self._backgrounds()
        try:
            self._variations()
        except RendererUnavailable as error:
            self.done.why = str(error)
        self.done.usd = self.purse.spent
        return self.done

    def _over(self) -> bool:
        if not self._ended:
            if self.should_stop():
                self._ended = "somebody more urgent waits"
            elif time.monotonic() >= self._until:
                self._ended = f"the {self.settings.prepare_minutes:g} minutes were over"
            self.done.why = self._ended or self.done.why
        return bool(self._ended)

    def _backgrounds(self) -> None:
        catalogue = self.studio.catalogue
        backgrounds = Backgrounds(self.studio, self.studio.background_engine())
        renderer = self.studio.renderer(self.studio.background_renderer_name())
        now = [(place, theme_of_place(catalogue, place)) for place in catalogue.locations]
        themes = coming_themes(catalogue, self.day, self.settings.prepare_days)
        coming = [(place, theme) for theme in themes for place in catalogue.locations]
        for bake in backgrounds.missing([*now, *coming]):
            if self._over() or not self.purse.affords(renderer):
                self._leave(bake.key)
                continue
            pair = bake.location, bake.theme
            (baked,) = bake_backgrounds(self.studio, [pair], self.ledger, self.emit, lambda _: None, purse=self.purse)
            if baked.error is not None:
                self.done.failed[bake.key] = baked.error
            else:
                self.done.backgrounds.append(bake.key)
        record_active_backgrounds(self.studio, self.ledger, self.emit, list(catalogue.locations))

    def _leave(self, key: str) -> None:
        self.done.left.append(key)
        self.done.why = self.done.why or f"they would cost more than {self.settings.prepare_usd:g} USD"

    def _variations(self) -> None:
        studio = self.studio
        keys = self._in_order(_ready_keys(studio))
        if not keys or self._over():
            self.done.left += keys
            return
        keys = self._dressed(keys)
        wanted = wanted_variations(variation_preparation(studio, wait_for_bakes=False), keys)
        record_shots(studio, self.ledger, self.emit, list(dict.fromkeys(v.shot.key for v in wanted.with_sequence)))
        recorder = variation_recorder(self.ledger, self.emit, wanted.with_sequence)
        by_key = {variation.key: variation for variation in wanted.with_sequence}
        before = [variation for key, variation in by_key.items() if key not in set(keys)]
        loops = RenderLoops(
            [*before, *(by_key[key] for key in keys if key in by_key)],
            studio.store,
            studio.renderer,
            studio.store.claims,
            inputs_keeper(studio),
            self.purse,
            should_stop=self._over,
        )
        for outcome in loops.run():
            key = outcome.variation.key
            if outcome.unpaid:
                self._leave(key)
            elif outcome.image is None:
                self.done.failed[key] = outcome.error or ""
            if outcome.image is None:
                continue
            recorder.record(variation_entry(studio, outcome))
            if key in keys:
                self.done.variations.append(key)
        settled = {*self.done.variations, *self.done.failed, *self.done.left}
        self.done.left += [key for key in keys if key not in settled]

    def _dressed(self, keys: Sequence[str]) -> list[str]:
        """Those whose places are not left for another night, once their cast is cut out.

        The others would be made on their masters now, and made again later.
        """
        wanted = wanted_variations(variation_preparation(self.studio), keys)
        left = set(self.done.left)
        waiting = {v.key for v in wanted.with_sequence if v.waits_for_bake and v.bake and bake_key(*v.bake) in left}
        self.done.left += [key for key in keys if key in waiting]
        able = [variation for variation in wanted.with_sequence if variation.key not in waiting]
        for key in dict.fromkeys(key for variation in able for key in variation.cutouts):
            if self._over():
                break
            self.done.not_cut_out += cut_out_characters(self.studio, [key], self.ledger, self.emit, anew=False).refused
        return [key for key in keys if key not in waiting]

    def _in_order(self, keys: Sequence[str]) -> list[str]:
        """Those that are not current: never made before stale."""
        wanted = wanted_variations(variation_preparation(self.studio), keys)
        planned = {p.variation.key: p for p in planned_variations(wanted.with_sequence, self.studio.store)}
        asked = [planned[variation.key] for variation in wanted.asked if not planned[variation.key].current]
        return [item.variation.key for item in sorted(asked, key=lambda item: item.published is not None)]


def coming_themes(catalogue: Catalogue, day: date, days: int) -> list[str]:
    """The world's theme, and those that the calendar brings in the next days, the nearest first."""
    brought = [
        name
        for ahead in range(days + 1)
        for name in themes_of_day(catalogue.themes.values(), day + timedelta(days=ahead))
    ]
    return list(dict.fromkeys((catalogue.world_state.theme, *brought)))


def _ready_keys(studio: Studio) -> list[str]:
    """The variations of the shots that can be rendered: those that name nobody unknown."""
    catalogue = studio.catalogue
    keys = all_variation_keys(catalogue)
    blocked = {
        f"{episode.id}/{shot}"
        for episode, shots in shots_by_episode(catalogue.episodes.values(), keys)
        for shot in shots
        if readiness(episode, catalogue, {shot}).errors
    }
    return [key for key in keys if key.rpartition("/")[0] not in blocked]
