"""The attempts at images that one run makes: what it has in hand, what failed, what is not tried any more."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from moostik_assets.variations.in_hand import InHand
from resources.image_failures import ImageFailure, ImageFailures
from resources.rendering.request import RenderRequest


@dataclass
class Attempts:
    """What `RenderLoop` asks before an image, and tells after it. Use as a context manager."""

    failures: ImageFailures
    in_hand: InHand
    run_id: str
    force: bool = False
    _suspects: set[str] = field(default_factory=set)
    _known: dict[str, ImageFailure] = field(default_factory=dict)

    def __enter__(self) -> "Attempts":
        self._known = self.failures.all()
        return self

    def __exit__(self, *_: object) -> None:
        self.in_hand.clear()

    def refusal(self, recipe: str) -> str | None:
        """Why a recipe is not to be rendered; None where it is. Force lifts a quarantine."""
        failure = self._known.get(recipe)
        if failure is None or not failure.quarantined:
            return None
        if self.force:
            self._forget(recipe)
            return None
        return failure.refusal

    def together(self, recipes: Iterable[str]) -> list[str]:
        """Which of some recipes are handed to the renderer at once.

        Those that a process died with come last, one by one, so that the culprit among them is known the next time.
        """
        asked = list(recipes)
        harmless = [recipe for recipe in asked if not self._is_suspect(recipe)]
        return harmless or asked[:1]

    def _is_suspect(self, recipe: str) -> bool:
        failure = self._known.get(recipe)
        return failure is not None and failure.died

    def handed(self, requests: Iterable[RenderRequest], keys: Mapping[str, str]) -> Iterator[RenderRequest]:
        """The requests as the renderer takes them, each noted before it does; `keys`: recipe id -> variation key."""
        for request in requests:
            recipe = request.recipe_id
            self.in_hand.take(recipe, keys[recipe])
            yield request

    def suspect(self, recipes: Iterable[str]) -> None:
        """The renderer broke off while it owed these; one of them may be why."""
        self._suspects.update(recipes)

    def ended(self, recipe: str, key: str, error: str | None) -> None:
        """An image came back: made, or with the renderer's error."""
        if error is not None:
            died = recipe in self._suspects
            self._known[recipe] = self.failures.count(recipe, key, error, self.run_id, died=died)
        elif recipe in self._known:
            self._forget(recipe)
        self.in_hand.done(recipe)

    def _forget(self, recipe: str) -> None:
        self.failures.forget(recipe)
        self._known.pop(recipe, None)
