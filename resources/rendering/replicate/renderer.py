"""The Replicate renderer: requests in, images of a hosted model out, several in flight, none paid twice."""

import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from resources.canonical import sha256_of_json
from resources.rendering.base import Capabilities, Rendered, RendererContext, RendererUnavailable
from resources.rendering.replicate.api import ReplicateApi, Stopped, Turnstile
from resources.rendering.replicate.jobs import JobBook
from resources.rendering.replicate.mapping import images_in_words
from resources.rendering.replicate.options import TOKEN, chosen_model, parsed_options
from resources.rendering.replicate.orders import RUN_AGAIN, NoImage, Orders
from resources.rendering.replicate.pictures import (
    Lending,
    PictureFault,
    fetched_image,
    fitted,
    kept_to_mask,
    output_url,
    png_of,
)
from resources.rendering.replicate.refusals import ApiRefusal
from resources.rendering.replicate.schema import check_inputs
from resources.rendering.request import ImageInput, RenderRequest
from resources.thumbnails import jpeg_thumbnail

VERSION = 2
"""Raised with every change that may change what is asked of a model, or an image's bytes."""
WAITS = (1.0, 2.0, 4.0)
"""Seconds before the second, third and fourth try, where the API does not say when to come back."""
POLL = (0.5, 0.5, 1.0, 1.0, 2.0)


class ReplicateRenderer:
    """Any image model of replicate.com, by its name and a mapping of its inputs. See `ReplicateOptions`."""

    def __init__(
        self, context: RendererContext, *, waits: tuple[float, ...] = WAITS, poll: tuple[float, ...] = POLL
    ) -> None:
        self._options = parsed_options(context.options)
        self._model = chosen_model(self._options)
        self._context, self._waits, self._poll = context, waits, poll
        self._book = JobBook(context.scratch)
        self._stop = threading.Event()
        self._connected: tuple[ReplicateApi, Orders, Lending] | None = None
        self._valid = False

    @property
    def capabilities(self) -> Capabilities:
        """What the model can do, as its mapping says."""
        model, mapping = self._model, self._model.mapping
        return Capabilities(
            seed=bool(mapping.seed),
            negative=bool(mapping.negative),
            max_references=mapping.references_limit,
            inpaint=bool(mapping.mask),
            img2img=bool(mapping.background),
            max_prompt=model.max_prompt,
            parallel=self._options.in_flight,
            bakes=mapping.takes_background,
            pixels=model.pixels,
            size_multiple=mapping.size_multiple,
            usd_per_image=model.usd_per_image,
            seconds_per_image=model.seconds_per_image,
        )

    def fingerprint(self) -> dict[str, Any]:
        """The model by its name (and version, where one is asked for), and how it is asked."""
        model = self._model
        return {
            "name": "replicate",
            "version": VERSION,
            "model": model.name,
            **({"modelVersion": model.version} if model.version else {}),
            "mapping": sha256_of_json(model.mapping.model_dump(exclude_defaults=True, mode="json"))[:16],
        }

    def validate(self) -> None:
        """Ask the API for the model, and compare its inputs with those of the mapping."""
        if self._valid:
            return
        api, model = self._connection()[0], self._model
        try:
            schema = api.version(model.name, model.version) if model.version else api.model(model.name)
        except ApiRefusal as refusal:
            unknown = f"there is no model {model.name}{f' of version {model.version}' if model.version else ''}: "
            raise RendererUnavailable(f"replicate: {unknown if refusal.status == 404 else ''}{refusal}") from None
        check_inputs(model.name, model.mapping, schema if model.version else schema.get("latest_version"))
        self._valid = True

    def paid_for(self, recipe_id: str) -> str | None:
        """Id of the prediction that a recipe was paid for with, and that can still be fetched."""
        job = self._book.find(recipe_id)
        return job.prediction or None if job is not None else None

    def render(self, requests: Iterable[RenderRequest]) -> Iterator[Rendered]:
        """Give each image as it is done. What is in flight when the caller ends early, the next call finds again."""
        self._connection()
        self._book.sweep()
        self._stop.clear()
        source, more = iter(requests), True
        in_flight: set[Future[Rendered]] = set()
        threads = ThreadPoolExecutor(self._options.in_flight, thread_name_prefix="replicate")
        try:
            while more or in_flight:
                while more and len(in_flight) < self._options.in_flight:
                    request = next(source, None)
                    more = request is not None
                    if request is not None:
                        in_flight.add(threads.submit(self._rendered, request))
                done, in_flight = wait(in_flight, return_when=FIRST_COMPLETED)
                for future in done:
                    rendered = future.result()
                    yield rendered
                    if rendered.png is not None:  # whoever takes the next one has put this one away
                        self._book.forget(rendered.request.recipe_id)
        finally:
            self._stop.set()
            # An order that is on its way gets its name before this ends: then the next call need not look for it.
            threads.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Close the connections; what waits on them ends."""
        self._stop.set()
        if self._connected is not None:
            self._connected[0].close()
            self._connected = None

    def _connection(self) -> tuple[ReplicateApi, Orders, Lending]:
        if self._connected is None:
            token = os.environ.get(TOKEN, "").strip()
            if not token:
                raise RendererUnavailable(
                    f"replicate: no API token; set {TOKEN} (https://replicate.com/account/api-tokens)"
                )
            if not (token.isascii() and token.isprintable()):
                raise RendererUnavailable(f"replicate: {TOKEN} holds characters that no token has; copy it again")
            options = self._options
            api = ReplicateApi(options.base_url, token, self._waits, self._stop)
            turnstile = Turnstile(options.spacing, self._stop)
            orders = Orders(
                api, self._book, self._model, turnstile, self._stop, options.patience, self._waits, self._poll
            )
            self._connected = api, orders, Lending(api.upload)
        return self._connected

    def _rendered(self, request: RenderRequest) -> Rendered:
        started = time.monotonic()
        _, orders, _ = self._connection()
        notes: list[str] = []
        try:
            prediction = orders.prediction(request.recipe_id, lambda: self._inputs(request, notes))
            id_, usd = str(prediction["id"]), orders.cost(prediction)
            try:
                image, seen = self._image(request, prediction)
            except (PictureFault, KeyError, ValueError) as fault:
                raise NoImage(
                    f"prediction {id_} gave no image to be used: {fault}; {RUN_AGAIN}", usd=usd, prediction=id_
                ) from None
        except NoImage as none:
            return Rendered(
                request, error=str(none), usd=none.usd, payment=none.prediction, seconds=time.monotonic() - started
            )
        except Stopped:
            return Rendered(
                request, error=f"stopped while it was in flight; {RUN_AGAIN}", usd=self._model.usd_per_image
            )
        except OSError as fault:  # the disk is full, perhaps between an order and the note of its name
            return Rendered(request, error=f"{fault}; {RUN_AGAIN}", usd=self._model.usd_per_image)
        except ApiRefusal as refusal:  # before the order: a file could not be lent
            return Rendered(request, error=str(refusal))
        return Rendered(
            request,
            png=png_of(image),
            seconds=time.monotonic() - started,
            usd=usd,
            payment=id_,
            notes=(*notes, *seen, f"prediction {id_} of {self._model.name}"),
            thumbnail=jpeg_thumbnail(image),
        )

    def _image(self, request: RenderRequest, prediction: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
        url = output_url(prediction.get("output"))
        if url is None:
            raise PictureFault("its output names no file")
        image, notes = fitted(fetched_image(url, self._waits), request.width, request.height)
        return kept_to_mask(image, request, self._context.read_image), notes

    def _inputs(self, request: RenderRequest, notes: list[str]) -> dict[str, Any]:
        """What is ordered; `notes` gets what was left out."""
        mapping = self._model.mapping
        inputs = mapping.plain_inputs(request)
        images, left_out = mapping.images(request)
        notes += left_out
        lent = [(image, url) for image in images if (url := self._lent(request, image, notes)) is not None]
        if lent:
            urls = [url for _, url in lent]
            inputs[mapping.references] = urls[0] if mapping.references_limit == 1 else urls
        if lent and mapping.names_images:
            words = images_in_words([image for image, _ in lent], baking=request.baking is not None)
            inputs[mapping.prompt] = f"{request.prompt}\n\n{words}"
        for field, image in ((mapping.background, request.background), (mapping.mask, request.mask)):
            if field and image is not None and (url := self._lent(request, image, notes)) is not None:
                inputs[field] = url
        return inputs

    def _lent(self, request: RenderRequest, image: ImageInput, notes: list[str]) -> str | None:
        try:
            data = None if image.sha256 is None else self._context.read_image(image.sha256)
        except KeyError:
            data = None
        if data is not None and image.sha256 is not None:
            return self._connection()[2].url(image.sha256, data)
        if image.role in ("background", "mask") and request.baking is not None:
            raise NoImage(f"the {image.role} of {image.entity} cannot be had: nothing was ordered")
        notes.append(f"the {image.role} {image.entity} could not be had: made without it")
        return None
