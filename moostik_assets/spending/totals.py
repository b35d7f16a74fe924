"""What was paid, summed by episode, shot and image, by renderer, and by day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moostik_assets.spending.journal import Payment, one_of_each_job

VARIATIONS = "variation_image"
OUTSIDE = {"baked_background": "backgrounds", "dream_sequence": "dreams"}
"""What is told in the place of an episode, for what belongs to none."""


@dataclass(frozen=True)
class Total:
    """A sum of payments in US dollars. `unsure`: the part of it that may not have been paid after all."""

    name: str
    usd: float
    images: int
    failed: int
    unsure: float
    payments: Sequence[Payment]

    def to_json(self) -> dict[str, Any]:
        """Part of the document of `moostik cost --json`."""
        return {
            "name": self.name,
            "usd": round(self.usd, 4),
            "images": self.images,
            **({"failed": self.failed} if self.failed else {}),
            **({"unsureUsd": round(self.unsure, 4)} if self.unsure else {}),
        }


def merged(recorded: Iterable[Payment], journal: Iterable[Payment]) -> list[Payment]:
    """The payments of the event log and of the journal, each once; the journal knows what a crash kept from the log."""
    by_id = {payment.id: payment for payment in recorded}
    by_id.update({payment.id: payment for payment in journal})
    return sorted(one_of_each_job(by_id.values()), key=lambda payment: (payment.at, payment.id))


def total(name: str, payments: Sequence[Payment]) -> Total:
    """Their sum."""
    return Total(
        name=name,
        usd=sum(payment.usd for payment in payments),
        images=sum(payment.image for payment in payments),
        failed=sum(not payment.image and payment.state == "paid" for payment in payments),
        unsure=sum(payment.usd for payment in payments if payment.state == "open"),
        payments=payments,
    )


def totals_by(name: Callable[[Payment], str], payments: Iterable[Payment]) -> list[Total]:
    """Their sums by what `name` gives, in the order of the names."""
    groups: dict[str, list[Payment]] = {}
    for payment in payments:
        groups.setdefault(name(payment), []).append(payment)
    return [total(group, groups[group]) for group in sorted(groups)]


def episode_of(payment: Payment) -> str:
    """The episode that a payment is for, or what it is for instead."""
    return payment.key.partition("/")[0] if payment.asset == VARIATIONS else OUTSIDE[payment.asset]


def shot_of(payment: Payment) -> str:
    """`ep0/shot-001`; of what is in no shot, its own key."""
    return payment.key.rpartition("/")[0] if payment.asset == VARIATIONS else payment.key
