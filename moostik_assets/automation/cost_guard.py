"""What may be rendered without asking a person, where images cost money."""

from dataclasses import dataclass

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
        """What a person is told."""
        limit = "MOOSTIK_AUTO_RENDER is not set" if self.ceiling is None else f"the ceiling is {self.ceiling:g} USD"
        return (
            f"this would cost about {usd:.2f} USD and {limit}: the runs wait in the queue with the tag "
            "moostik/needs-approval; to have the images, run: moostik render (then cancel the waiting runs)"
        )
