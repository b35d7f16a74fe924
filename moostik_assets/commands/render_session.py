"""A render from the command: the assets that need it, one run each, in this process, with progress."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from moostik_assets.automation.dagster_home import instance_of_command, ready_dagster_home
from moostik_assets.automation.gpu_pool import set_gpu_slots_once
from moostik_assets.automation.reaping import reap_dead_runs
from moostik_assets.automation.runs import RunFailed, run_partitions, slots_taken
from moostik_assets.commands.render_progress import RenderProgress
from moostik_assets.commands.session import INTERRUPTED, Refusal, say
from moostik_assets.definitions import build_definitions
from moostik_assets.episodes.assets import CLUSTER, EPISODE
from moostik_assets.galleries.assets import contact_sheet_paths, sheet_entry, sheet_recorder, sheet_to_show
from moostik_assets.partitions import Partitions, build_partitions
from moostik_assets.progress import listening
from moostik_assets.prompts.assets import SHOT_ASSETS
from moostik_assets.recording import RecordedAsset
from moostik_assets.references.fetching import fetch_missing
from moostik_assets.references.sheets import observe_sheets
from moostik_assets.spending.purse import watching_purses
from moostik_assets.studio import Studio
from moostik_assets.studio_resource import lend
from moostik_assets.variations.assets import variation_entry, variation_recorder
from moostik_assets.variations.plan import Planned, planned_variations
from moostik_assets.variations.render import Outcome
from moostik_assets.variations.wanted import shots_by_episode, variation_preparation, wanted_variations
from resources.ledger import Ledger, Recorder
from resources.rendering.base import RendererUnavailable, costs

TAKES_SHOWN = 5


@dataclass
class RenderResult:
    """What a render did. Time in seconds."""

    rendered: int = 0
    reused: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Variation key -> why."""
    seconds: float = 0.0
    error: str | None = None
    interrupted: bool = False
    pinned: list[str] = field(default_factory=list)
    """Keys of those whose image is an earlier version that somebody decided on."""
    episodes: list[str] = field(default_factory=list)
    usd: float = 0.0
    """What it cost, in US dollars; what is in flight counts as the most that it may cost."""
    stopped: str = ""
    """What was done and what it would take, where a limit of money stopped it."""
    left: dict[str, float] = field(default_factory=dict)
    """Keys of the images that the limit stopped, and what each would take."""

    def to_json(self) -> dict[str, Any]:
        """The document of `moostik render --json`."""
        return {
            "rendered": self.rendered,
            "reused": self.reused,
            "failed": list(self.failed),
            "seconds": round(self.seconds, 3),
            **({"reasons": self.failed} if self.failed else {}),
            **({"pinned": self.pinned} if self.pinned else {}),
            **({"usd": round(self.usd, 4)} if self.usd or self.left else {}),
            **({"stopped": self.stopped, "leftUsd": round(sum(self.left.values()), 4)} if self.left else {}),
            **({"error": self.error} if self.error else {}),
            **({"interrupted": True} if self.interrupted else {}),
        }

    def text(self, studio: Studio) -> str:
        """What was done, and where to look."""
        failed = {key: why for key, why in self.failed.items() if key not in self.left}
        lines = [f"{self.rendered} rendered, {self.reused} reused, {len(failed)} failed in {self.seconds:.1f} s"]
        if self.usd:
            lines[0] += f", for {self.usd:.2f} USD"
        lines += [f"  failed {key}: {why}" for key, why in failed.items()]
        if self.stopped:
            lines.append(f"  {self.stopped}")
        lines += [f"  pinned {key}: an earlier version stays (moostik history {key})" for key in self.pinned]
        if self.error and not self.failed and not self.stopped:
            lines.append(f"  {self.error}")
        if self.interrupted:
            lines.append("Interrupted. What was finished is kept: run the same command again to go on.")
        for episode in self.episodes:
            paths = contact_sheet_paths(studio, episode)
            if paths["html"].exists():
                lines.append(f"contact sheet: {paths['html']}")
        return "\n".join(lines)


def render_keys(
    studio: Studio,
    keys: Sequence[str],
    *,
    renderer: str | None,
    force: bool,
    max_cost: float | None,
    reason: str = "",
) -> RenderResult:
    """Render some variations, and bring the assets around them up to date.

    `reason`: why, for their history; empty where what has changed says it.
    """
    started = time.monotonic()
    home = studio.settings.dagster_home
    result = RenderResult(episodes=list(dict.fromkeys(key.split("/", 1)[0] for key in keys)))
    if not keys:
        return result
    for name in dict.fromkeys(studio.renderer_name(renderer, studio.catalogue.episodes[e]) for e in result.episodes):
        studio.renderer(name).validate()
    ready_dagster_home(home)
    with instance_of_command(home) as instance, lend(studio), watching_purses() as purses:
        set_gpu_slots_once(instance, studio.settings, say)
        for run_id in reap_dead_runs(instance, studio.settings):
            say(f"an earlier run was killed ({run_id[:8]}); its slot is free again")
        session = _Session(studio, instance, build_partitions(studio.catalogue))
        try:
            with studio.rendering_with(renderer):
                session.record_what_is_known(keys)
                session.render(keys, result, renderer=renderer, force=force, max_cost=max_cost, reason=reason)
            with studio.rendering_with(None if _have_their_own(studio, result.episodes) else renderer):
                session.show(result.episodes)
        except RunFailed as failed:
            result.error = str(failed)
        except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
            # Whoever presses it again means at once. Nothing is lost by that: workers die with this process.
            signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
            result.interrupted = True
    result.usd = sum(purse.spent for purse in purses)
    result.left = {key: usd for purse in purses for key, usd in purse.refused.items()}
    result.stopped = "; ".join(filter(None, (purse.report() for purse in purses)))
    result.seconds = time.monotonic() - started
    return result


def _have_their_own(studio: Studio, episodes: Sequence[str]) -> bool:
    """Whether the episodes' own renderers are there, by which their contact sheets tell what is out of date."""
    try:
        for episode in episodes:
            studio.engine(episode=studio.catalogue.episodes[episode])
    except RendererUnavailable:
        return False
    return True


def _refuse_to_pay_in_vain(studio: Studio, asked: Sequence[Planned]) -> None:
    """Refuse what `--force` would pay for, where the store has an image: it keeps the first one of each recipe."""
    stored = [item for item in asked if not item.pinned and not item.to_render]
    paid = [item for item in stored if costs(studio.renderer(item.variation.renderer))]
    if paid:
        names = " and ".join(sorted({item.variation.renderer for item in paid}))
        usd = sum(studio.renderer(item.variation.renderer).capabilities.usd_per_image for item in paid)
        keys = [item.variation.key for item in paid]
        more = [f"and {len(keys) - TAKES_SHOWN} more"] if len(keys) > TAKES_SHOWN else []
        raise Refusal(
            f"nothing was rendered: --force would pay {names} {usd:.2f} USD for {len(paid)} image"
            f"{'' if len(paid) == 1 else 's'} that the store throws away, as it keeps the first of each recipe",
            [*(f"ask for another take: moostik take {key}" for key in keys[:TAKES_SHOWN]), *more],
        )


class _Session:
    def __init__(self, studio: Studio, instance: dg.DagsterInstance, partitions: Partitions) -> None:
        self._studio, self._instance, self._partitions = studio, instance, partitions
        self._ledger = Ledger(instance)
        self._defs: dg.Definitions | None = None

    def _run(self, assets: Sequence[str], op: str, keys: Sequence[str], within: Any, **config: Any) -> None:
        if self._defs is None:
            self._defs = build_definitions(self._studio.settings, self._studio.catalogue)
        run_partitions(
            self._defs,
            self._instance,
            self._studio.settings.dagster_home,
            assets=assets,
            op=op,
            keys=keys,
            all_keys=within.get_partition_keys(),
            config=config,
        )

    def record_what_is_known(self, keys: Sequence[str]) -> None:
        """Episodes, clusters, and the shots' references and prompts, where anything about them changed."""
        studio, partitions = self._studio, self._partitions
        episodes = list(dict.fromkeys(key.split("/", 1)[0] for key in keys))
        for episode, shot_ids in shots_by_episode(studio.catalogue.episodes.values(), keys):
            for url, fetched in fetch_missing(studio, episode, shot_ids).items():
                if fetched.error:
                    say(f"warning: reference {url.partition('?')[0]} cannot be had: {fetched.error}")
        groups = [cluster for episode in episodes for cluster in partitions.episode_clusters[episode]]
        wanted = wanted_variations(variation_preparation(studio), keys).with_sequence
        shots = list(dict.fromkeys(variation.shot.key for variation in wanted))
        self._record([EPISODE], "episode", episodes, partitions.episodes)
        self._record([CLUSTER], "cluster", groups, partitions.clusters)
        casts = {v.shot.key: v.shot for v in wanted}.values()
        observe_sheets(
            studio,
            self._ledger,
            self._instance.report_runless_asset_event,
            dict.fromkeys(c.id for shot in casts for c in shot.characters),
            dict.fromkeys(p.id for shot in casts for p in shot.locations),
        )
        self._record(SHOT_ASSETS, "shots", shots, partitions.shots)

    def _record(self, assets: Sequence[RecordedAsset], op: str, keys: Sequence[str], within: Any) -> None:
        pending = [key for asset in assets for key in asset.pending(self._studio, self._ledger, keys)]
        if pending:
            self._run([asset.name for asset in assets], op, list(dict.fromkeys(pending)), within)

    def render(
        self,
        keys: Sequence[str],
        result: RenderResult,
        *,
        renderer: str | None,
        force: bool,
        max_cost: float | None,
        reason: str,
    ) -> None:
        """Run `variation_image` over what is not current; what is current is counted as reused."""
        studio = self._studio
        wanted = wanted_variations(variation_preparation(studio, renderer), keys)
        planned = {p.variation.key: p for p in planned_variations(wanted.with_sequence, studio.store, verify=True)}
        asked = [planned[variation.key] for variation in wanted.asked]
        if force:
            _refuse_to_pay_in_vain(studio, asked)
        result.pinned = [item.variation.key for item in asked if item.pinned]
        recorder = variation_recorder(self._ledger, lambda _: None, wanted.asked)
        to_do = [p.variation.key for p in asked if force or not self._stands(p, recorder)]
        result.reused = len(asked) - len(to_do)
        if not to_do:
            return
        outcomes: dict[str, Outcome] = {}
        if slots_taken(self._instance):
            say("another run holds the gpu pool; waiting for it")
        config = {"renderer": renderer or "", "force": force, "reason": reason}
        if max_cost is not None:
            config["max_cost"] = max_cost
        try:
            with (
                RenderProgress() as progress,
                listening(progress.tell),
                listening(lambda outcome, *_: outcomes.__setitem__(outcome.variation.key, outcome)),
            ):
                self._run(["variation_image"], "variation_image", to_do, self._partitions.variations, **config)
        finally:
            result.rendered = sum(outcome.status == "rendered" for outcome in outcomes.values())
            result.reused += sum(o.status == "reused" for key, o in outcomes.items() if key in to_do)
            result.failed = {key: o.error or "" for key, o in outcomes.items() if o.status == "failed"}

    def _stands(self, item: Planned, recorder: Recorder) -> bool:
        """Whether the image is current, published whole, and recorded with the versions of now."""
        if not item.current or item.stored is None:
            return False
        outcome = Outcome(item.variation, item.request, "reused", item.stored)
        return recorder.stands(variation_entry(self._studio, outcome))

    def show(self, episodes: Sequence[str]) -> None:
        """Make the contact sheets of the episodes again, where what they show has changed."""
        sheets = [sheet_to_show(self._studio, self._studio.catalogue.episodes[id_]) for id_ in episodes]
        recorder = sheet_recorder(self._ledger, lambda _: None, sheets)
        pending = [
            sheet.episode_id
            for sheet in sheets
            if not recorder.stands(sheet_entry(sheet))
            or not all(path.exists() for path in contact_sheet_paths(self._studio, sheet.episode_id).values())
        ]
        if pending:
            self._run(["contact_sheet"], "contact_sheet", pending, self._partitions.episodes)
