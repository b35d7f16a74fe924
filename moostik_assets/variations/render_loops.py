"""Rendering variations of several renderers: one pass for each, since one renderer warm is what a card holds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from moostik_assets.spending.purse import Purse
from moostik_assets.variations.attempts import Attempts
from moostik_assets.variations.prepare import PreparedVariation
from moostik_assets.variations.render import Outcome, RenderLoop
from resources.claims import Claims
from resources.image_store import ImageStore
from resources.rendering.base import Renderer, costs


@dataclass
class RenderLoops:
    """A `RenderLoop` for each renderer among the work, in the order in which they come. A sequence has one renderer."""

    work: Sequence[PreparedVariation]
    store: ImageStore
    renderer: Callable[[str], Renderer]
    claims: Claims
    keep_inputs: Callable[[Sequence[PreparedVariation]], None]
    purse: Purse
    force: bool = False
    """Render what is stored, too; not on a renderer that costs, whose image would be thrown away."""
    should_stop: Callable[[], bool] = lambda: False
    attempts: Attempts | None = None

    @property
    def spent_usd(self) -> float:
        """What was paid, in US dollars; what is in flight counts as the most that it may cost."""
        return self.purse.spent

    def run(self) -> Iterator[Outcome]:
        """Give each variation's outcome, once."""
        for name, variations in self._by_renderer().items():
            renderer = self.renderer(name)
            loop = RenderLoop(
                variations,
                self.store,
                renderer,
                self.claims,
                self.keep_inputs,
                self.purse,
                force=self.force and not costs(renderer),
                should_stop=self.should_stop,
                attempts=self.attempts,
            )
            yield from loop.run()

    def _by_renderer(self) -> dict[str, list[PreparedVariation]]:
        found: dict[str, list[PreparedVariation]] = {}
        for variation in self.work:
            found.setdefault(variation.renderer, []).append(variation)
        return found
