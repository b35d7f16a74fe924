"""Rendering variations: reuse what the store holds, render the rest, in the order that sequences ask for."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from moostik_assets.spending.purse import Purse
from moostik_assets.variations.attempts import Attempts
from moostik_assets.variations.facts import facts_of
from moostik_assets.variations.prepare import PreparedVariation, previous_input
from moostik_assets.variations.reasons import (
    ASKED_AGAIN,
    FIRST_IMAGE,
    MADE_AGAIN,
    RECORDED_AGAIN,
    RESTORED,
    reason_of_image,
)
from resources.claims import Claim, Claims
from resources.image_store import ImageStore, StoredImage
from resources.rendering.base import Rendered, Renderer
from resources.rendering.request import RenderRequest, request_from_json

CLAIMED_ELSEWHERE_POLL_SECONDS = 0.25
ASSET = "variation_image"

Status = Literal["rendered", "reused", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What became of one variation. Time in seconds, cost in US dollars."""

    variation: PreparedVariation
    request: RenderRequest | None
    status: Status
    image: StoredImage | None = None
    error: str | None = None
    seconds: float = 0.0
    usd: float = 0.0
    notes: tuple[str, ...] = ()
    png: bytes | None = field(default=None, repr=False)
    """The bytes where they were just made."""
    thumbnail: bytes | None = field(default=None, repr=False)
    reason: str = ""
    """Why it took the place of what was published before."""
    unpaid: bool = False
    """Whether it failed because a limit of money stopped it."""


@dataclass
class RenderLoop:
    """One pass over some variations.

    `work` must hold, for each variation of a sequence, those that it waits for. Outcomes come as each image is
    stored and published, so that stopping after any of them loses nothing.
    """

    work: Sequence[PreparedVariation]
    store: ImageStore
    renderer: Renderer
    claims: Claims
    keep_inputs: Callable[[Sequence[PreparedVariation]], None]
    """Puts the bytes of their references where the renderer reads them."""
    purse: Purse
    force: bool = False
    should_stop: Callable[[], bool] = lambda: False
    attempts: Attempts | None = None
    """Keeps the images that cannot be made from being tried for ever."""
    _done: dict[str, Outcome] = field(default_factory=dict)

    def run(self) -> Iterator[Outcome]:
        """Give each variation's outcome, once."""
        waiting = {variation.key: variation for variation in self.work}
        for variation in self.work:
            if variation.pinned_image is not None and not self.should_stop():
                yield self._finished(waiting, self._pinned(variation, variation.pinned_image))
        while waiting and not self.should_stop():
            ready, lost = self._ready(waiting)
            for outcome in lost:
                yield self._finished(waiting, outcome)
            yield from self._wave(waiting, ready)
            if not ready and not lost:
                raise RuntimeError(f"sequence without a start: {', '.join(sorted(waiting))}")

    def _finished(self, waiting: dict[str, PreparedVariation], outcome: Outcome) -> Outcome:
        waiting.pop(outcome.variation.key, None)
        self._done[outcome.variation.key] = outcome
        return outcome

    def _pinned(self, variation: PreparedVariation, image: StoredImage) -> Outcome:
        """An earlier image that somebody decided on: nothing is rendered, `force` or not."""
        outcome = Outcome(variation, request_from_json(image.request), "reused", image)
        try:
            return self._published(outcome)
        except FileNotFoundError:
            error = f"the image that it is pinned to ({image.recipe_id[:12]}) went from the store just now; run again"
            return replace(outcome, status="failed", image=None, error=error)

    def _ready(
        self, waiting: Mapping[str, PreparedVariation]
    ) -> tuple[list[tuple[PreparedVariation, RenderRequest]], list[Outcome]]:
        """Those whose request is known now, and those that can never be known because their predecessor failed."""
        ready, lost = [], []
        for variation in waiting.values():
            if variation.previous is None:
                ready.append((variation, variation.request()))
            elif variation.previous in self._done:
                before = self._done[variation.previous]
                if before.image is None:
                    error = f"it takes the image of {variation.previous}, which failed: {before.error}"
                    if before.unpaid:
                        self.purse.refuse_as_well(self.renderer, variation.key)
                        error = before.error
                    lost.append(Outcome(variation, None, "failed", error=error, unpaid=before.unpaid))
                else:
                    ready.append((variation, variation.request(previous_input(before.variation, before.image.sha256))))
        return ready, lost

    def _wave(
        self, waiting: dict[str, PreparedVariation], ready: Sequence[tuple[PreparedVariation, RenderRequest]]
    ) -> Iterator[Outcome]:
        missing: dict[str, list[tuple[PreparedVariation, RenderRequest]]] = {}
        stored = {} if self.force else self.store.find_many([request.recipe_id for _, request in ready])
        for variation, request in ready:
            image = stored.get(request.recipe_id)
            if image is None:
                missing.setdefault(request.recipe_id, []).append((variation, request))
            else:
                yield self._finished(waiting, self._published(Outcome(variation, request, "reused", image)))
        yield from self._quarantined(waiting, missing)
        while missing and not self.should_stop():
            claimed = self._claim(missing if self.attempts is None else self.attempts.together(missing))
            if not claimed:
                time.sleep(CLAIMED_ELSEWHERE_POLL_SECONDS)
            yield from self._render(waiting, missing, claimed)

    def _quarantined(
        self, waiting: dict[str, PreparedVariation], missing: dict[str, list[tuple[PreparedVariation, RenderRequest]]]
    ) -> Iterator[Outcome]:
        if self.attempts is None:
            return
        for recipe in list(missing):
            refusal = self.attempts.refusal(recipe)
            if refusal is not None:
                for variation, request in missing.pop(recipe):
                    yield self._finished(waiting, Outcome(variation, request, "failed", error=refusal))

    def _claim(self, recipes: Iterable[str]) -> dict[str, Claim]:
        claimed = {}
        for recipe in recipes:
            claim = self.claims.claim(recipe)
            if claim is not None:
                claimed[recipe] = claim
        return claimed

    def _render(
        self,
        waiting: dict[str, PreparedVariation],
        missing: dict[str, list[tuple[PreparedVariation, RenderRequest]]],
        claimed: dict[str, Claim],
    ) -> Iterator[Outcome]:
        try:
            # Someone else may have finished one between our look and our claim.
            made_elsewhere = {} if self.force else self.store.find_many(list(claimed))
            for recipe, image in made_elsewhere.items():
                for variation, request in missing.pop(recipe):
                    yield self._finished(waiting, self._published(Outcome(variation, request, "reused", image)))
                claimed.pop(recipe).release()
            for recipe, error in self._without_inputs(missing, claimed):
                for variation, request in missing.pop(recipe):
                    yield self._finished(waiting, Outcome(variation, request, "failed", error=error))
                claimed.pop(recipe).release()
            requests = [missing[recipe][0][1] for recipe in claimed]
            if not requests:
                return
            keys = {recipe: missing[recipe][0][0].key for recipe in claimed}
            results = self._results(requests, keys)
            try:
                for rendered in results:
                    recipe = rendered.request.recipe_id
                    for outcome in self._outcomes(missing.pop(recipe), rendered):
                        yield self._finished(waiting, outcome)
                    claimed.pop(recipe).release()
                    if self.should_stop():
                        return
            finally:
                results.close()
            # Where an image cost less than was thought, the next one may be affordable after all.
            refused = {recipe for recipe in claimed if keys[recipe] in self.purse.refused}
            again = refused if self.purse.affords(self.renderer) else set()
            for recipe in [recipe for recipe in claimed if recipe not in again]:
                unpaid = recipe in refused
                error = self.purse.refusal() if unpaid else "the renderer gave nothing back for it"
                for variation, request in missing.pop(recipe):
                    outcome = Outcome(variation, request, "failed", error=error, unpaid=unpaid)
                    yield self._finished(waiting, outcome)
        finally:
            for claim in claimed.values():
                claim.release()

    def _without_inputs(
        self, missing: Mapping[str, list[tuple[PreparedVariation, RenderRequest]]], claimed: Mapping[str, Claim]
    ) -> list[tuple[str, str]]:
        """Recipes whose inputs cannot be put where the renderer reads them, and why."""
        found = []
        for recipe in claimed:
            try:
                self.keep_inputs([missing[recipe][0][0]])
            except (OSError, ValueError) as fault:
                found.append((recipe, str(fault)))
        return found

    def _results(self, requests: Sequence[RenderRequest], keys: Mapping[str, str]) -> Generator[Rendered, None, None]:
        """What the renderer gives. Where it breaks off with an exception, that is the error of all that it owes."""
        owed = {request.recipe_id: request for request in requests}
        results: Iterator[Rendered] = iter(())
        affordable = (r for r in requests if self.purse.reserve(self.renderer, ASSET, keys[r.recipe_id], r.recipe_id))
        handed = affordable if self.attempts is None else self.attempts.handed(affordable, keys)
        try:
            results = self.renderer.render(handed)
            for rendered in results:
                owed.pop(rendered.request.recipe_id, None)
                yield rendered
        except Exception as fault:
            if self.attempts is not None:
                self.attempts.suspect(owed)
            for request in owed.values():
                usd = self.purse.held(request.recipe_id)
                yield Rendered(request, error=f"the renderer broke off: {type(fault).__name__}: {fault}", usd=usd)
        finally:
            close = getattr(results, "close", None)
            if close is not None:
                close()

    def _outcomes(
        self, asked: Sequence[tuple[PreparedVariation, RenderRequest]], rendered: Rendered
    ) -> Iterator[Outcome]:
        """One render may serve several variations of equal requests: the first is rendered, the others reuse it."""
        self.purse.settle(self.renderer, ASSET, asked[0][0].key, rendered)
        image: StoredImage | None = None
        error = rendered.error or ("no image and no reason given" if rendered.png is None else None)
        disk_at_fault = False
        if rendered.png is not None:
            try:
                image = self.store.put(rendered.request, rendered.png, facts_of(asked[0][0], rendered))
            except (OSError, ValueError) as fault:  # a full disk, or what the renderer gave is no whole PNG
                error = f"the image was made but could not be stored: {fault}"
                disk_at_fault = isinstance(fault, OSError)
        if self.attempts is not None and not disk_at_fault:
            self.attempts.ended(rendered.request.recipe_id, asked[0][0].key, None if image is not None else error)
        for index, (variation, request) in enumerate(asked):
            if image is None:
                yield Outcome(variation, request, "failed", error=error)
                continue
            outcome = Outcome(
                variation,
                request,
                "rendered" if index == 0 else "reused",
                image,
                seconds=rendered.seconds if index == 0 else 0.0,
                usd=rendered.usd if index == 0 else 0.0,
                notes=rendered.notes,
                png=rendered.png,
                thumbnail=rendered.thumbnail,
            )
            yield self._published(outcome)

    def _published(self, outcome: Outcome) -> Outcome:
        assert outcome.image is not None
        key = outcome.variation.key
        before: str | None = outcome.image.recipe_id
        if not self.store.published_intact(key, outcome.image):
            before = self.store.published(key)
            self.store.publish(key, outcome.image)
        return replace(outcome, reason=self._reason(outcome, outcome.image, before))

    def _reason(self, outcome: Outcome, image: StoredImage, before: str | None) -> str:
        """Why it is shown now; `before`: recipe of what was published."""
        if before == image.recipe_id:
            if outcome.status == "reused":
                return RECORDED_AGAIN
            return ASKED_AGAIN if self.force else MADE_AGAIN
        if outcome.variation.pinned == image.recipe_id:
            return RESTORED
        if before is None:
            return FIRST_IMAGE
        assert outcome.request is not None
        return reason_of_image(self.store.find(before, verify=False), outcome.request, outcome.variation)
