"""One image ordered, waited for and fetched, so that no crash and no fault of the network pays for it twice."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from resources.rendering.replicate.api import ReplicateApi, Stopped, Turnstile
from resources.rendering.replicate.jobs import Job, JobBook
from resources.rendering.replicate.options import ChosenModel
from resources.rendering.replicate.refusals import ApiRefusal, pause_after

FINISHED = ("succeeded", "failed", "canceled", "aborted")
RUN_AGAIN = "run again within an hour to have it, at no further cost"


class NoImage(Exception):
    """An order that came to no image. Cost in US dollars, the most that it may be.

    Args:
        text: what happened, for a person.
        usd: 0 only where it is sure that nothing was ordered.
        prediction: its id, where there is one.
    """

    def __init__(self, text: str, *, usd: float = 0.0, prediction: str = "") -> None:
        super().__init__(text)
        self.usd, self.prediction = usd, prediction


@dataclass
class Orders:
    """Gives orders to one model. Any number of threads may use it. `waits` and `poll` in seconds."""

    api: ReplicateApi
    book: JobBook
    model: ChosenModel
    turnstile: Turnstile
    stop: threading.Event
    patience: float
    waits: tuple[float, ...]
    poll: tuple[float, ...]
    """From one look at a prediction to the next; the last is repeated."""
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def prediction(self, recipe: str, inputs: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The finished prediction of a recipe: that of an earlier order where there is one, else a new one's.

        Raises:
            NoImage: it came to none.
            Stopped: nobody waits any more; what was ordered is found by the next run.
        """
        job = self.book.find(recipe)
        if job is not None and job.prediction:
            return self._waited_for(job)
        if job is not None:
            job = self._seen(job, "an earlier order broke off")
        if job is None or not job.prediction:
            wanted = inputs()
            job = self._ordered(self.book.begin(recipe, self.model.version or self.model.name, wanted), wanted)
        return self._waited_for(job)

    def cost(self, prediction: dict[str, Any]) -> float:
        """What a prediction cost, in US dollars: by the second where that price is known, else the most it may be."""
        seconds = (prediction.get("metrics") or {}).get("predict_time")
        if prediction.get("status") == "aborted":
            return 0.0  # it was ended before any machine had begun with it
        if self.model.usd_per_second is None or not isinstance(seconds, int | float) or seconds <= 0:
            return self.model.usd_per_image
        return float(seconds) * self.model.usd_per_second

    def _ordered(self, job: Job, inputs: dict[str, Any]) -> Job:
        deadline = time.monotonic() + self.patience
        pauses = iter(self.waits)
        while True:
            self.turnstile.wait_for_turn()
            try:
                made = self.api.create(self.model.name, self.model.version, inputs)
            except ApiRefusal as refusal:
                if refusal.passing and not refusal.sure:
                    if self.stop.wait(self.waits[0]):  # it may take a moment until the list shows it
                        raise Stopped from None
                    if (seen := self._seen(job, str(refusal))).prediction:
                        return seen
                pause = pause_after(refusal, pauses)
                if pause is None or time.monotonic() + pause > deadline:
                    self.book.forget(job.recipe)
                    raise NoImage(str(refusal)) from None
                if refusal.retry_after is not None:
                    self.turnstile.close_for(pause)
                elif self.stop.wait(pause):
                    raise Stopped from None
                continue
            return self._named(job, str(made["id"]))

    def _named(self, job: Job, prediction: str) -> Job:
        job = replace(job, prediction=prediction)
        self.book.write(job)
        return job

    def _seen(self, job: Job, what: str) -> Job:
        """The job once it is known whether there is a prediction of it."""
        try:
            return self._found(job)
        except ApiRefusal as blind:
            text = f"{what}; whether it was ordered cannot be seen ({blind}); {RUN_AGAIN}"
            raise NoImage(text, usd=self.model.usd_per_image) from None

    def _found(self, job: Job) -> Job:
        with self._looking:
            taken = self.book.predictions()
            for prediction in self.api.recent_predictions():
                if job.is_before(prediction):
                    break
                if prediction.get("id") not in taken and job.is_of(prediction):
                    return self._named(job, str(prediction["id"]))
        return job

    def _waited_for(self, job: Job) -> dict[str, Any]:
        deadline = time.monotonic() + self.patience
        pauses = iter(self.poll)
        pause, prediction = 0.0, {}
        while True:
            try:
                prediction = self.api.prediction(job.prediction)
                pause = next(pauses, pause)
            except ApiRefusal as refusal:
                again = pause_after(refusal, iter(self.waits[-1:]))
                if again is None or time.monotonic() + again > deadline:
                    raise self._unseen(job, refusal) from None
                pause = again
            status = prediction.get("status")
            if status == "succeeded":
                return {**prediction, "id": job.prediction}
            if status in FINISHED:
                self.book.forget(job.recipe)
                why = " ".join(str(prediction.get("error") or "no reason given").split())[:500]
                text = f"prediction {job.prediction} was {status}: {why}"
                raise NoImage(text, usd=self.cost(prediction), prediction=job.prediction)
            if time.monotonic() + pause > deadline:
                text = f"prediction {job.prediction} is still {status} after {self.patience:g} s; {RUN_AGAIN}"
                raise NoImage(text, usd=self.model.usd_per_image, prediction=job.prediction)
            if self.stop.wait(pause):
                raise Stopped

    def _unseen(self, job: Job, refusal: ApiRefusal) -> NoImage:
        gone = refusal.status == httpx.codes.NOT_FOUND
        if gone:
            self.book.forget(job.recipe)
        text = f"prediction {job.prediction} cannot be seen: {refusal}{'' if gone else f'; {RUN_AGAIN}'}"
        return NoImage(text, usd=self.model.usd_per_image, prediction=job.prediction)
