"""Payments in Dagster's event log: one observation of the image's partition for each payment."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time

import dagster as dg

from moostik_assets.spending.journal import Payment, payment_of

PAYING_ASSETS = ("variation_image", "baked_background", "dream_sequence")
PAYMENT_TAG = "moostik/payment"
EVENTS_IN_A_QUERY = 500


def payment_event(payment: Payment) -> dg.AssetObservation:
    """The event of a payment. An event with the same payment id takes the place of the earlier one."""
    told = asdict(payment)
    told.pop("logged")
    return dg.AssetObservation(
        payment.asset,
        partition=payment.key,
        description=f"{payment.usd:g} USD to {payment.renderer}",
        metadata={name: str(value) if name == "id" else value for name, value in told.items()},
        tags={PAYMENT_TAG: payment.id},
    )


def recorded_payments(instance: dg.DagsterInstance, since: date | None = None) -> list[Payment]:
    """The payments of the event log from a day (UTC) on, each once."""
    after = None if since is None else datetime.combine(since, time.min, UTC).timestamp()
    found: dict[str, Payment] = {}
    for asset in PAYING_ASSETS:
        for record in _observations(instance, asset, after):
            event = record.asset_observation
            if event is None or PAYMENT_TAG not in event.tags:
                continue
            told = {name: value.value for name, value in event.metadata.items()}
            payment = payment_of({**told, "logged": True})
            found[payment.id] = payment
    # The event of a payment may be a day or more younger than the payment itself.
    return [payment for payment in found.values() if since is None or payment.day >= str(since)]


def _observations(instance: dg.DagsterInstance, asset: str, after: float | None) -> Iterator[dg.EventLogRecord]:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), after_timestamp=after)
    cursor = None
    while True:
        found = instance.fetch_observations(wanted, limit=EVENTS_IN_A_QUERY, cursor=cursor, ascending=True)
        yield from found.records
        if not found.has_more:
            return
        cursor = found.cursor
