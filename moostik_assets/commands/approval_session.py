"""Deciding on runs that wait because they cost money: what each is for, and letting it start or giving it up."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

from moostik_assets.automation.approval import WaitingRun, approve, give_up, holds_back, superseded, waiting_runs
from moostik_assets.automation.dagster_home import DAGSTER_YAML_FILE, instance_of_command, ready_dagster_home
from moostik_assets.automation.priorities import APPROVAL_TAG, APPROVED, CAUSE_TAG, WAITING
from moostik_assets.automation.servers import up_is_running
from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.commands.session import WRONG_USAGE, Refusal, answer, say
from moostik_assets.studio import Studio
from moostik_assets.variations.plan import make_plan, planned_variations
from moostik_assets.variations.wanted import variation_preparation, wanted_variations

SHORT_ID = 8
"""Characters of a run's id that are shown, as in the web UI."""
SHOTS_SHOWN = 3
_AGES = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


@dataclass(frozen=True)
class Offer:
    """A waiting run, what it would render if it started now, and for how many US dollars."""

    waiting: WaitingRun
    images: Sequence[str]
    usd: float
    reasons: Sequence[str]

    @property
    def run_id(self) -> str:
        """The id of the run."""
        return self.waiting.run.run_id

    def to_json(self) -> dict[str, Any]:
        """Part of the document of `moostik approve --list --json`."""
        return {
            "run": self.run_id,
            "cause": self.waiting.run.tags.get(CAUSE_TAG, ""),
            "ageSeconds": round(time.time() - self.waiting.asked_at),
            "images": list(self.images),
            "usd": round(self.usd, 4),
            "reasons": list(self.reasons),
            "startable": self.waiting.startable,
        }

    def text(self) -> str:
        """Lines for a person."""
        run, shots = self.waiting.run, list(dict.fromkeys(key.rpartition("/")[0] for key in self.images))
        named = ", ".join(shots[:SHOTS_SHOWN]) + (f" and {len(shots) - SHOTS_SHOWN} more" * (len(shots) > SHOTS_SHOWN))
        what = f"{len(self.images)} images, {self.usd:.2f} USD: {named}" if self.images else "nothing left to render"
        if not self.waiting.startable:
            what = "cannot start any more: shots that it was asked for are gone"
        cause, age = run.tags.get(CAUSE_TAG, "somebody"), _age(time.time() - self.waiting.asked_at)
        lines = [f"{self.run_id[:SHORT_ID]}  {what} (asked by {cause} {age} ago)"]
        return "\n".join([*lines, *(f"          {reason}" for reason in self.reasons)])


def show(studio: Studio, *, as_json: bool) -> None:
    """Answer with what waits."""
    with _instance(studio) as instance:
        offers = [] if instance is None else _offers(studio, waiting_runs(instance, _order(studio)))
    total = sum(offer.usd for offer in offers)
    document = {"waiting": [offer.to_json() for offer in offers], "usd": round(total, 4)}
    answer(as_json, document, lambda: _list_text(offers, total))


def decide(studio: Studio, names: Sequence[str] | None, *, reject: bool, as_json: bool) -> None:
    """Let the runs of some names start (None: all that wait), or give them up; what came of it is the answer.

    Runs that have nothing left to render, or whose images a newer one will make, are given up.

    Raises:
        Refusal: no run of such a name waits, several do, or this instance would hold an approved run back as well.
    """
    with _instance(studio) as instance:
        waiting = [] if instance is None else waiting_runs(instance, _order(studio))
        chosen = waiting if names is None else [_named(waiting, name) for name in dict.fromkeys(names)]
        done: dict[str, list[Offer]] = {"approved": [], "rejected": [], "settled": []}
        offers = _offers(studio, list({one.run.run_id: one for one in chosen}.values()))
        if instance is not None:
            if offers and not reject and holds_back(instance, APPROVED):
                raise Refusal(_held_by_tag(studio))
            older = {one.run.run_id for one in superseded(waiting)} if names is None else set()
            for offer in offers:
                if reject:
                    give_up(instance, offer.waiting, "Rejected with `moostik approve --reject`.")
                    done["rejected"].append(offer)
                elif not offer.images or not offer.waiting.startable or offer.run_id in older:
                    give_up(instance, offer.waiting, "Nothing is left for it to render.")
                    done["settled"].append(offer)
                else:
                    approve(instance, offer.waiting)
                    done["approved"].append(offer)
    document = {how: [offer.to_json() for offer in those] for how, those in done.items()}
    answer(as_json, document, lambda: _decision_text(done))
    if done["approved"] and not up_is_running(studio.settings.dagster_home):
        say("`moostik up` is not running: they start when it does")


@contextmanager
def _instance(studio: Studio) -> Iterator[dg.DagsterInstance | None]:
    """The instance; None where none was ever made, in which nothing can wait."""
    home = studio.settings.dagster_home
    if not (home / DAGSTER_YAML_FILE).exists():
        yield None
        return
    ready_dagster_home(home)
    with instance_of_command(home) as instance:
        yield instance


def _order(studio: Studio) -> Sequence[str]:
    return all_variation_keys(studio.catalogue)


def _offers(studio: Studio, waiting: Sequence[WaitingRun]) -> list[Offer]:
    preparation = variation_preparation(studio)
    offers = []
    for one in waiting:
        wanted = wanted_variations(preparation, one.keys)
        planned = [p for p in planned_variations(wanted.with_sequence, studio.store) if not p.current]
        plan = make_plan(
            planned,
            studio.store,
            lambda name: studio.renderer(name).capabilities,
            bakes_on=studio.background_renderer_name(),
        )
        offers.append(
            Offer(
                one,
                [item.variation.key for item in planned],
                sum(estimate.usd for estimate in plan.estimates),
                list(dict.fromkeys(reason for reasons in plan.reasons.values() for reason in reasons)),
            )
        )
    return offers


def _named(waiting: Sequence[WaitingRun], name: str) -> WaitingRun:
    found = [one for one in waiting if one.run.run_id.startswith(name)]
    if len(found) == 1:
        return found[0]
    ids = ", ".join(one.run.run_id[:SHORT_ID] for one in waiting) or "none"
    how = f"{len(found)} waiting runs begin with" if found and name else "no waiting run begins with"
    raise Refusal(f"{how} {name!r} (there is {ids})", code=WRONG_USAGE)


def _held_by_tag(studio: Studio) -> str:
    path = studio.settings.dagster_home / DAGSTER_YAML_FILE
    return (
        f"{path}: its limit on the tag {APPROVAL_TAG} has no value, and so holds approved runs back too; "
        f'add `value: "{WAITING}"` to it, and start `moostik up` again'
    )


def _list_text(offers: Sequence[Offer], total: float) -> str:
    if not offers:
        return "no run waits for approval"
    images = sum(len(offer.images) for offer in offers)
    lines = [offer.text() for offer in offers]
    lines.append(f"{images} images, {total:.2f} USD; let them start with: moostik approve RUN (or --all)")
    return "\n".join([*lines, "give them up with: moostik approve --reject RUN"])


def _decision_text(done: dict[str, list[Offer]]) -> str:
    verbs = {"approved": "approved", "rejected": "given up", "settled": "given up, nothing is left for it to render"}
    lines = [
        f"{offer.run_id[:SHORT_ID]}  {verbs[how]}"
        + (f": {len(offer.images)} images, {offer.usd:.2f} USD" if how == "approved" else "")
        for how, offers in done.items()
        for offer in offers
    ]
    return "\n".join(lines) or "no run waits for approval"


def _age(seconds: float) -> str:
    for unit, length in _AGES:
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return "0 s"
