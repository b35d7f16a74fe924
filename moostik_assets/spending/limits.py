"""How much may be spent: in one run, and in one day."""

from dataclasses import dataclass
from math import isfinite

from moostik_assets.settings import Settings


@dataclass(frozen=True)
class Limit:
    """US dollars, and by what they are set."""

    usd: float
    name: str

    def __str__(self) -> str:
        return f"{self.usd:g} USD ({self.name})"


@dataclass(frozen=True)
class Limits:
    """None: no limit."""

    run: Limit | None = None
    day: Limit | None = None

    @classmethod
    def of(cls, settings: Settings, run: Limit | None = None) -> "Limits":
        """Those of the settings, and of one run."""
        per_run = settings.budget_usd_per_run
        given = (run, None if per_run is None else Limit(per_run, "MOOSTIK_BUDGET_USD_PER_RUN"))
        runs = [limit for limit in given if limit is not None and isfinite(limit.usd)]
        day = settings.budget_usd
        return cls(
            run=min(runs, key=lambda limit: limit.usd, default=None),
            day=None if day is None or not isfinite(day) else Limit(day, "MOOSTIK_BUDGET_USD, a day"),
        )
