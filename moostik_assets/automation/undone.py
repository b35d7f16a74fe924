"""What a run left undone, as requests for new runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
    PRIORITY_TAG,
)

from moostik_assets.automation.priorities import (
    AGAIN_TAG,
    APPROVAL_TAG,
    ATTEMPT_TAG,
    ESTIMATE_TAG,
    FRUITLESS_TAG,
    GAVE_WAY_TAG,
    priority_of,
)
from moostik_assets.automation.ranges import merged_ranges
from moostik_assets.studio import Studio
from moostik_assets.variations.assets import variation_entry, variation_recorder
from moostik_assets.variations.plan import planned_variations
from moostik_assets.variations.render import Outcome
from moostik_assets.variations.wanted import variation_preparation, wanted_variations
from resources.canonical import sha256_of_json
from resources.image_failures import MAX_ATTEMPTS, ImageFailures
from resources.ledger import Ledger

VARIATION = "variation_image"
_NOT_INHERITED = {APPROVAL_TAG, ESTIMATE_TAG, GAVE_WAY_TAG, AGAIN_TAG, ATTEMPT_TAG, FRUITLESS_TAG}


@dataclass(frozen=True)
class Undone:
    """A run of ours that ended before its end."""

    run: dg.DagsterRun
    variations: Sequence[str]
    """Every variation, in the order of the code location."""

    def requests(self, studio: Studio, instance: dg.DagsterInstance) -> list[dg.RunRequest]:
        """Runs for what is left; none where nothing is."""
        names = [key.to_user_string() for key in self.run.asset_selection or ()]
        if names != [VARIATION]:
            return [self._request(self.run.run_config, self._range_tags(), fruitless=True)]
        asked = self.asked()
        left = self._left(studio, instance, asked)
        remaining = set(left)
        done = [key for key in asked if key not in remaining]
        return [
            self._request(
                self._config(studio, found.only, done),
                {ASSET_PARTITION_RANGE_START_TAG: found.start, ASSET_PARTITION_RANGE_END_TAG: found.end},
                fruitless=not done,
                digest=sha256_of_json(list(found.keys)),
            )
            for found in merged_ranges(left, self.variations)
        ]

    def _range_tags(self) -> dict[str, str]:
        tags = self.run.tags
        alone = tags.get(PARTITION_NAME_TAG)
        ends = {
            ASSET_PARTITION_RANGE_START_TAG: tags.get(ASSET_PARTITION_RANGE_START_TAG, alone),
            ASSET_PARTITION_RANGE_END_TAG: tags.get(ASSET_PARTITION_RANGE_END_TAG, alone),
        }
        return {name: value for name, value in ends.items() if value is not None}

    @property
    def has_its_range(self) -> bool:
        """Whether the ends of the run's range still exist."""
        known = set(self.variations)
        return all(end in known for end in self._range_tags().values())

    def _settings(self) -> dict[str, Any]:
        """The config of the run's op."""
        ops: Any = self.run.run_config.get("ops", {})
        return dict(ops.get(VARIATION, {}).get("config", {}))

    def asked(self) -> list[str]:
        """The variations that the run was for; those that are no more are left out."""
        only = self._settings().get("only")
        if only:
            known = set(self.variations)
            return [key for key in only if key in known]
        ends = self._range_tags()
        start, end = ends.get(ASSET_PARTITION_RANGE_START_TAG), ends.get(ASSET_PARTITION_RANGE_END_TAG)
        places = {key: index for index, key in enumerate(self.variations)}
        if start not in places or end not in places:
            return []
        return list(self.variations[places[start] : places[end] + 1])

    def _left(self, studio: Studio, instance: dg.DagsterInstance, asked: Sequence[str]) -> list[str]:
        """Those that are not current, or not recorded as they are; and, where it was forced, those it did not make."""
        config = self._settings()
        with studio.rendering_with(config.get("renderer")):
            wanted = wanted_variations(variation_preparation(studio), asked)
            planned = {p.variation.key: p for p in planned_variations(wanted.with_sequence, studio.store)}
        recorder = variation_recorder(Ledger(instance), _no_event, wanted.asked)
        hopeless = {
            recipe for recipe, failure in ImageFailures(studio.store.files).all().items() if failure.quarantined
        }
        made = self._made(instance) if config.get("force") else None
        left = []
        for variation in wanted.asked:
            item = planned[variation.key]
            stands = (
                item.current
                and item.stored is not None
                and recorder.stands(variation_entry(studio, Outcome(variation, item.request, "reused", item.stored)))
            )
            if made is not None:
                stands = variation.key in made
            if not stands and (item.waits_for or item.request.recipe_id not in hopeless):
                left.append(variation.key)
        return left

    def _made(self, instance: dg.DagsterInstance) -> set[str]:
        events = instance.all_logs(self.run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        found = (event.asset_materialization for event in events)
        return {event.partition for event in found if event is not None and event.partition is not None}

    def _config(self, studio: Studio, only: Sequence[str], done: Sequence[str]) -> dict[str, Any]:
        config = {**self._settings(), "only": list(only)}
        if config.get("force") and self.attempt >= MAX_ATTEMPTS:
            del config["force"]
        if config.get("max_cost") is not None:
            config["max_cost"] = max(0.0, config["max_cost"] - self._usd(studio, done))
        whole: dict[str, Any] = dict(self.run.run_config)
        return {**whole, "ops": {**whole.get("ops", {}), VARIATION: {"config": config}}}

    def _usd(self, studio: Studio, keys: Sequence[str]) -> float:
        """What the images of some variations cost, each on the renderer of its episode."""
        asked, episodes = self._settings().get("renderer"), studio.catalogue.episodes
        names = [studio.renderer_name(asked, episodes.get(key.split("/", 1)[0])) for key in keys]
        return sum(studio.renderer(name).capabilities.usd_per_image for name in names)

    @property
    def attempt(self) -> int:
        """Which try at its images the run was, from 1."""
        return _number(self.run.tags, ATTEMPT_TAG, 1)

    @property
    def fruitless(self) -> int:
        """How many of its forerunners in a row got nothing done."""
        return _number(self.run.tags, FRUITLESS_TAG, 0)

    def _request(
        self, config: Mapping[str, Any], range_tags: Mapping[str, str], *, fruitless: bool, digest: str = ""
    ) -> dg.RunRequest:
        inherited = {
            name: value
            for name, value in self.run.tags.items()
            if not name.startswith(("dagster/", ".dagster/")) and name not in _NOT_INHERITED
        }
        tags = {
            **inherited,
            **range_tags,
            PRIORITY_TAG: str(priority_of(self.run.tags)),
            AGAIN_TAG: self.run.run_id,
            ATTEMPT_TAG: str(self.attempt + 1),
        }
        if fruitless and GAVE_WAY_TAG not in self.run.tags:
            tags[FRUITLESS_TAG] = str(self.fruitless + 1)
        return dg.RunRequest(
            run_key=f"again-{self.run.run_id}-{digest[:16]}",
            asset_selection=sorted(self.run.asset_selection or ()),
            run_config=dict(config),
            tags=tags,
        )


def _number(tags: Mapping[str, str], name: str, otherwise: int) -> int:
    text = tags.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def _no_event(_: object) -> None:
    raise AssertionError("looking must not write")
