"""The purse of one run: nothing is ordered that would pass a limit, and every payment is written down."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from moostik_assets.spending.journal import Journal, Payment, usd_of
from moostik_assets.spending.limits import Limit, Limits
from moostik_assets.spending.payment_events import payment_event
from resources.ledger import EmitEvent
from resources.rendering.base import Rendered, Renderer

SECONDS_BETWEEN_LOOKS_ELSEWHERE = 5.0
SAME_ORDER_SECONDS = 3600.0
"""An order of a renderer that finds its own again (`paid_for`) is the same order for so long."""
DAYS_LOOKED_BACK = 2
DAYS_LOGGED_LATE = 7
CENT_FRACTION = 1e-9


@dataclass
class Purse:
    """Asked before each image that costs, and told after it. Costs in US dollars."""

    journal: Journal
    limits: Limits
    emit: EmitEvent
    elsewhere: Callable[[], list[Payment]] = list
    """Today's payments by the event log, which other machines write to as well."""
    refused: dict[str, float] = field(default_factory=dict)
    """Keys of the images that a limit stopped, and what each would take."""
    stopped_by: Limit | None = None
    _held: dict[str, Payment] = field(default_factory=dict)
    _mine: dict[str, Payment] = field(default_factory=dict)
    _elsewhere: list[Payment] = field(default_factory=list)
    _looked: float | None = None

    def __post_init__(self) -> None:
        for watcher in _watchers:
            watcher.append(self)

    @property
    def spent(self) -> float:
        """What this run has paid, what is in flight at its upper bound."""
        return usd_of(self._mine.values())

    def reserve(self, renderer: Renderer, asset: str, key: str, recipe: str) -> bool:
        """Whether an image may be ordered; then its estimate is set aside, before anything is sent."""
        each = renderer.capabilities.usd_per_image
        if each <= 0:
            return True
        job = _paid_for(renderer, recipe)
        with self.journal.locked():
            earlier = self._earlier(renderer, recipe, job)
            if earlier is None or not job:
                limit = self._passed_by(0.0 if earlier is not None else each, each)
                if limit is not None:
                    self.refused[key], self.stopped_by = each, limit
                    return False
            if earlier is None:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                name = str(renderer.fingerprint().get("name", ""))
                earlier = Payment(uuid.uuid4().hex, now, asset, key, recipe, name, each, job=job)
                self.journal.write(earlier)
            self._held[recipe] = self._mine[earlier.id] = earlier
        self.refused.pop(key, None)
        return True

    def affords(self, renderer: Renderer) -> bool:
        """Whether an image of a renderer would be within the limits now."""
        each = renderer.capabilities.usd_per_image
        if each <= 0:
            return True
        with self.journal.locked():
            return self._passed_by(each, each) is None

    def refuse_as_well(self, renderer: Renderer, key: str) -> None:
        """Note an image that is not even tried, because it builds on one that a limit stopped."""
        self.refused[key] = renderer.capabilities.usd_per_image

    def refusal(self) -> str:
        """What is said of an image that a limit stopped."""
        return f"not rendered: with what was spent before it, it would cost more than {self.stopped_by}"

    def held(self, recipe: str) -> float:
        """What an image in flight may have cost, where nobody knows."""
        payment = self._held.get(recipe)
        return 0.0 if payment is None else payment.usd

    def settle(self, renderer: Renderer, asset: str, key: str, rendered: Rendered) -> None:
        """Write down what an image has cost, at once: on disk first, then in the event log."""
        recipe = rendered.request.recipe_id
        payment = self._held.pop(recipe, None)
        if payment is None:
            if rendered.usd <= 0:
                return
            now = datetime.now(UTC).isoformat(timespec="seconds")
            name = str(renderer.fingerprint().get("name", ""))
            payment = Payment(uuid.uuid4().hex, now, asset, key, recipe, name, rendered.usd)
        made = rendered.png is not None
        # A renderer that finds its orders again tells, by the name of the job, which one it means. Without a name
        # nobody knows yet whether it was paid: it stays open, and the next try is still the same order.
        known = made or rendered.payment or not hasattr(renderer, "paid_for")
        usd = rendered.usd if rendered.usd > 0 or not made else payment.usd
        payment = replace(
            payment,
            usd=usd,
            state="free" if usd <= 0 else "paid" if known else "open",
            job=rendered.payment or payment.job,
            image=made,
            logged=False,
        )
        with self.journal.locked():
            self.journal.write(payment)
        self._mine[payment.id] = payment
        if payment.state == "paid":
            self._log(payment)

    def log_what_is_not_logged(self) -> None:
        """Tell the event log what a crash kept from it."""
        for payment in self.journal.of_days(DAYS_LOGGED_LATE):
            forgotten = payment.state == "open" and payment.age_seconds > SAME_ORDER_SECONDS
            if not payment.logged and (payment.state == "paid" or forgotten):
                self._log(payment)

    def report(self) -> str:
        """What was done and what it would take, where a limit stopped it; "" else."""
        if self.stopped_by is None or not self.refused:
            return ""
        left, count = sum(self.refused.values()), len(self.refused)
        images = sum(payment.image for payment in self._mine.values())
        return (
            f"stopped at the limit of {self.stopped_by}: {images} image{'' if images == 1 else 's'} "
            f"made here for {self.spent:.2f} USD; the {count} left would take about {left:.2f} USD more"
        )

    def _log(self, payment: Payment) -> None:
        self.emit(payment_event(payment))
        with self.journal.locked():
            self.journal.write(replace(payment, logged=True), durable=False)

    def _earlier(self, renderer: Renderer, recipe: str, job: str) -> Payment | None:
        """The payment of an order that this one goes on with."""
        if not hasattr(renderer, "paid_for"):
            return None
        for payment in reversed(self.journal.of_days(DAYS_LOOKED_BACK)):
            if payment.recipe != recipe or not payment.counts:
                continue
            if job and payment.job == job:
                return payment
            if payment.state == "open" and not payment.image and payment.age_seconds < SAME_ORDER_SECONDS:
                return payment
        return None

    def _passed_by(self, more_today: float, more_in_the_run: float) -> Limit | None:
        """The limit that would be passed by so much more."""
        run, day = self.limits.run, self.limits.day
        if run is not None and self.spent + more_in_the_run > run.usd + CENT_FRACTION:
            return run
        if day is not None and self._today() + more_today > day.usd + CENT_FRACTION:
            return day
        return None

    def _today(self) -> float:
        now = time.monotonic()
        if self._looked is None or now - self._looked > SECONDS_BETWEEN_LOOKS_ELSEWHERE:
            self._looked, self._elsewhere = now, self.elsewhere()
        here = self.journal.of_days(1)
        known = {payment.id for payment in here}
        return usd_of([*here, *(payment for payment in self._elsewhere if payment.id not in known)])


def _paid_for(renderer: Renderer, recipe: str) -> str:
    ask = getattr(renderer, "paid_for", None)
    return (ask(recipe) or "") if ask is not None else ""


_watchers: list[list[Purse]] = []


@contextmanager
def watching_purses() -> Iterator[list[Purse]]:
    """The purses that are opened in this process while the block runs."""
    opened: list[Purse] = []
    _watchers.append(opened)
    try:
        yield opened
    finally:
        _watchers.remove(opened)
