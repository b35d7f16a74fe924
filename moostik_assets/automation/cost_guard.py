"""What may be rendered without asking a person, where images cost money."""

from dataclasses import dataclass

from moostik_assets.automation.priorities import APPROVAL_TAG, WAITING
from moostik_assets.settings import Settings


@dataclass(frozen=True)
class CostGuard:
    """`ceiling`: US dollars that one change may cost unasked; None: nothing may."""

    ceiling: float | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "CostGuard":
        """The guard that MOOSTIK_AUTO_RENDER sets."""
        return cls(settings.auto_render)

    def allows(self, usd: float) -> bool:
        """Whether an estimate may be rendered unasked; what costs nothing always may."""
        return usd <= 0 or (self.ceiling is not None and usd <= self.ceiling)

    def asks(self, usd: float) -> str:
        """What a person is told where the runs are held back."""
        return (
            f"{self._refuses(usd)}: the runs wait in the queue; see them with: moostik approve --list, "
            "and let them start with: moostik approve RUN, or --all"
        )

    def gives_up(self, usd: float) -> str:
        """What a person is told where nothing would hold the runs back."""
        return (
            f"{self._refuses(usd)}, and the dagster.yaml of this DAGSTER_HOME would not hold the runs back: nothing is "
            "asked for. To have the images, run: moostik render. To be asked from now on, add to dagster.yaml under "
            f'concurrency, runs, tag_concurrency_limits: {{key: {APPROVAL_TAG}, value: "{WAITING}", limit: 0}}'
        )

    def _refuses(self, usd: float) -> str:
        limit = "MOOSTIK_AUTO_RENDER is not set" if self.ceiling is None else f"the ceiling is {self.ceiling:g} USD"
        return f"this would cost about {usd:.2f} USD and {limit}"
