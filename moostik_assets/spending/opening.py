"""A purse for a run of Dagster, with the limits of the settings."""

from datetime import UTC, datetime
from pathlib import Path

from moostik_assets.settings import Settings
from moostik_assets.spending.journal import Journal
from moostik_assets.spending.limits import Limit, Limits
from moostik_assets.spending.payment_events import recorded_payments
from moostik_assets.spending.purse import Purse
from resources.ledger import EmitEvent, Ledger


def journal_of(settings: Settings) -> Journal:
    """The journal beside the output."""
    return Journal(Path(settings.state_root) / "payments")


def open_purse(settings: Settings, ledger: Ledger, emit: EmitEvent, limit: Limit | None = None) -> Purse:
    """The purse of one run, with a limit of its own; what a crash kept from the event log is told first."""
    purse = Purse(
        journal_of(settings),
        Limits.of(settings, limit),
        emit,
        lambda: recorded_payments(ledger.instance, datetime.now(UTC).date()),
    )
    purse.log_what_is_not_logged()
    return purse
