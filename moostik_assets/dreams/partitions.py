"""The nights: one partition a day, from the first day of 2020 on, and those of the coming week."""

from datetime import date, datetime

import dagster as dg

from moostik_assets.catalogue.dreams import DreamSettings

FIRST_NIGHT, LAST_NIGHT = date(2020, 1, 1), date(2099, 12, 31)
DAYS_AHEAD = 7
"""Nights after today's that can be dreamt from the UI; the command dreams any."""


def nights(settings: DreamSettings, until: date | None = None) -> dg.DailyPartitionsDefinition:
    """The partitions of a series' dreams; `until`: a day that is among them, however far ahead it lies."""
    days = DAYS_AHEAD
    if until is not None:
        days = max(days, (min(until, LAST_NIGHT) - datetime.now(settings.time_zone).date()).days)
    return dg.DailyPartitionsDefinition(FIRST_NIGHT.isoformat(), timezone=settings.zone, end_offset=days + 1)
