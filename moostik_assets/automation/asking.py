"""What is out of date, as requests for few runs, each with the most that it may cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from moostik_assets.automation.affected import Affected
from moostik_assets.automation.cost_guard import CostGuard
from moostik_assets.automation.priorities import APPROVAL_TAG, ESTIMATE_TAG, WAITING, run_tags
from moostik_assets.automation.ranges import KeyRange, merged_ranges
from resources.canonical import sha256_of_json


@dataclass(frozen=True)
class Asking:
    """How one look of a sensor asks for runs."""

    name: str
    """Of the sensor; the cause of the runs."""
    priority: int
    generation: int
    """Counts the changes that were acted on, so that going back and forth asks each time."""
    guard: CostGuard

    def for_images(self, affected: Affected, keys: Sequence[str]) -> list[dg.RunRequest]:
        """Runs over the affected variations; `keys`: every variation, in the order of the code location."""
        allowed = self.guard.allows(affected.usd)
        return [
            self._for_range(affected.among(set(found.keys)), found, allowed)
            for found in merged_ranges(affected.keys, keys)
        ]

    def _for_range(self, asked: Affected, found: KeyRange, allowed: bool) -> dg.RunRequest:
        tags = self._tags(found)
        config: dict[str, Any] = {"only": found.only}
        if not allowed:
            tags |= {APPROVAL_TAG: WAITING, ESTIMATE_TAG: f"{asked.usd:.4f}"}
            # By name: it may wait for days, and what then lies in its range is not what the estimate is for.
            config = {"only": list(found.keys), "max_cost": asked.usd}
        elif self.guard.ceiling is not None and asked.usd > 0:
            config["max_cost"] = self.guard.ceiling
        return self._request("variation_image", config, tags, asked.digest)

    def for_backgrounds(self, missing: Sequence[str], keys: Sequence[str]) -> list[dg.RunRequest]:
        """Runs over the backgrounds that are missing; `keys`: every background, in the order of the code location."""
        return [
            self._request("baked_background", {"only": found.only}, self._tags(found), found.keys)
            for found in merged_ranges(missing, keys)
        ]

    def _tags(self, found: KeyRange) -> dict[str, str]:
        return {
            **run_tags(self.priority, self.name),
            ASSET_PARTITION_RANGE_START_TAG: found.start,
            ASSET_PARTITION_RANGE_END_TAG: found.end,
        }

    def _request(self, asset: str, config: dict[str, Any], tags: dict[str, str], digest: object) -> dg.RunRequest:
        return dg.RunRequest(
            run_key=sha256_of_json([self.name, self.generation, digest]),
            asset_selection=[dg.AssetKey(asset)],
            run_config={"ops": {asset: {"config": config}}},
            tags=tags,
        )
