"""The nights: one partition a day, from the first day of 2025 on, and the day that has begun among them."""

from datetime import date

import dagster as dg

from moostik_assets.catalogue.dreams import DreamSettings

FIRST_NIGHT = date(2025, 1, 1)


def nights(settings: DreamSettings) -> dg.DailyPartitionsDefinition:
    """The partitions of a series' dreams."""
    return dg.DailyPartitionsDefinition(FIRST_NIGHT.isoformat(), timezone=settings.zone, end_offset=1)
