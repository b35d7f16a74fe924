"""A night: its keyframes, what is remembered, the frames between; each one stored, shown, and never made twice."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.frozen import Frozen, basis_of, chosen, frozen_of, moment, one_of_each
from moostik_assets.dreams.injection import TOP, Injection, collapsed, injection
from moostik_assets.dreams.keyframes import FOLDER, Keyframe, dream_engine, dream_preparation, prepared_keyframes
from moostik_assets.dreams.remembering import memory_of, remember_new_images
from moostik_assets.dreams.rotation import scenes
from moostik_assets.dreams.sequence import Frame, between_request, frames
from moostik_assets.dreams.shown import Shown, State, cache_key, dream_cache, night_folder, read_whole, write_whole
from moostik_assets.spending.purse import Purse
from moostik_assets.studio import Studio
from moostik_assets.variations.wanted import inputs_keeper
from resources.image_store import StoredImage
from resources.memory.memory import Remembered
from resources.rendering.base import Rendered
from resources.rendering.request import DreamMode, ImageInput, RenderRequest

CLAIMED_ELSEWHERE_POLL_SECONDS = 0.25
PLAN = "plan.json"
NEAREST = 1000
"""Remembered images looked at for a keyframe: the frames of a night are much alike, and one of them is enough."""
ASSET = "dream_sequence"


class DreamFailed(Exception):
    """A frame could not be made; what was made before it is kept."""


@dataclass(frozen=True)
class Made:
    """One frame as it lies in the store. `similarity`: to the keyframe that its stretch begins with."""

    frame: Frame
    prompt: str
    request: RenderRequest
    image: StoredImage
    rendered: bool
    similarity: float = 1.0
    injected: Injection | None = None
    png: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class _Stretch:
    """What lies before a frame between two keyframes is made."""

    ends: tuple[Made, Made]
    candidates: Sequence[Remembered]
    by_chance: Injection | None


Pausing = Callable[[Callable[[str], None]], bool]
"""Asked between two frames whether to stop; it may wait, and then tells why, and "" once it goes on."""


@dataclass
class Night:
    """The dream of one day, by a renderer that makes dream frames in this mode. Run it once."""

    studio: Studio
    day: date
    settings: DreamSettings
    mode: DreamMode
    should_stop: Pausing = lambda paused: False
    log: Callable[[str], None] = lambda text: None
    purse: Purse | None = None
    """Pays for its frames, where they cost money."""
    made: list[Made] = field(default_factory=list)
    stopped: bool = False
    """Whether it ended before its end, because it was asked to."""

    def __post_init__(self) -> None:
        self.name = self.day.isoformat()
        self.total = self.settings.frames
        self.cache = dream_cache(self.studio, self.settings.cache_images, self.settings.cache_bytes)
        constant = {"frames": self.total, "mode": self.mode, "bufferTargetSeconds": self.settings.buffer_seconds}
        self.shown = Shown(self.studio, self.name, self.cache, **constant)
        self._engine = dream_engine(self.studio, self.settings)
        self._renderer = self.studio.renderer(self._engine.name)
        self._memory = memory_of(self.studio)

    def run(self) -> Iterator[Made]:
        """Give each frame as it is stored and shown, the keyframes first.

        Raises:
            DreamFailed: a frame could not be made.
            NothingToDreamOf: the catalogue has nothing for this night.
        """
        preparation = dream_preparation(self.studio, self._engine)
        found = scenes(self.studio.catalogue, self.day, self.settings.keyframes)
        keyframes = prepared_keyframes(preparation, found, self.day)
        ends: list[Made] = []
        for one in self._keyframes(keyframes):
            ends.append(one)
            yield self._show(one)
        if self.stopped:
            return
        frozen = self._frozen(ends)
        stretches = [
            _Stretch((a, b), frozen.candidates[index], frozen.injections[index])
            for index, (a, b) in enumerate(pairwise(ends))
        ]
        between = [frame for frame in frames(self.settings) if frame.kind == "between"]
        for index, stretch in enumerate(stretches):
            for one in self._between(stretch, [frame for frame in between if frame.stretch == index]):
                yield self._show(one)
            if self.stopped:
                return

    def _show(self, one: Made) -> Made:
        self.shown.frame(one.frame.number, one.image, one.png)
        self.made.append(replace(one, png=b""))  # the bytes of a whole night are many
        self.tell("dreaming")
        return one

    def tell(self, state: State, reason: str = "") -> None:
        """Say in status.json how it stands."""
        prompt = self.made[-1].prompt if self.made else ""
        self.shown.status(state, prompt, fps=self.settings.fps, reason=reason)

    def _paused(self, reason: str) -> None:
        self.tell("paused" if reason else "dreaming", reason)
        self.log(f"paused: {reason}" if reason else "going on")

    def _stop(self) -> bool:
        self.stopped = self.stopped or self.should_stop(self._paused)
        return self.stopped

    def _keyframes(self, keyframes: Sequence[Keyframe]) -> Iterator[Made]:
        inputs_keeper(self.studio)([keyframe.variation for keyframe in keyframes])
        places = [frame for frame in frames(self.settings) if frame.kind == "keyframe"]
        for frame, keyframe in zip(places, keyframes, strict=True):
            if self._stop():
                return
            request = keyframe.variation.base
            (image, rendered, png), *_ = self._images([(frame, request)])
            yield Made(frame, keyframe.prompt, request, image, rendered, png=png)

    def _frozen(self, keyframes: Sequence[Made]) -> Frozen:
        """What this night remembers, as it was decided when it began first."""
        embedder = self._memory.embedder
        basis = basis_of([one.request.recipe_id for one in keyframes], self.settings, embedder.name)
        path = night_folder(self.studio, self.name) / PLAN
        before = read_whole(path)
        found = frozen_of(before, basis) if before is not None else None
        if found is not None and all(self._is_there(one.image.sha256) for one in found.injections if one):
            return found
        remember_new_images(self.studio, memory=self._memory)
        candidates = [self._candidates(vector) for vector in embedder.embed([one.png for one in keyframes])]
        found = chosen(basis, self.studio.catalogue.series.seed, self.name, candidates, self.settings)
        write_whole(path, found.to_json())
        return found

    def _candidates(self, vector: np.ndarray) -> list[Remembered]:
        """What is most alike, but for what this very night has shown."""
        nearest = [image for image in self._memory.nearest(vector, NEAREST) if not self._shows(image)]
        return [image for image in one_of_each(nearest)[:TOP] if self._is_there(image.sha256)]

    def _shows(self, image: Remembered) -> bool:
        return image.kind == "dream" and image.key.startswith(f"{self.name}/")

    def _is_there(self, sha256: str) -> bool:
        try:
            return bool(self.studio.store.read(sha256))
        except KeyError:
            return False

    def _between(self, stretch: _Stretch, asked: Sequence[Frame]) -> Iterator[Made]:
        start = self._vector(stretch.ends[0].png)
        injected, previous = stretch.by_chance, stretch.ends[0].image.sha256
        similarities: list[float] = []
        at_once = max(1, self._engine.capabilities.parallel) if self.mode == "interpolate" else 1
        for first in range(0, len(asked), at_once):
            if self._stop():
                return
            chunk = asked[first : first + at_once]
            requests = [self._request(frame, stretch, previous, injected) for frame in chunk]
            results = self._images(list(zip(chunk, requests, strict=True)))
            for frame, request, (image, rendered, png) in zip(chunk, requests, results, strict=True):
                previous = image.sha256
                similarities.append(float(self._vector(png) @ start))
                prompt = stretch.ends[0 if frame.position < 0.5 else 1].prompt
                yield Made(frame, prompt, request, image, rendered, similarities[-1], injected, png)
            if injected is None and collapsed(similarities):
                name = moment(self.studio.catalogue.series.seed, self.name, f"frame-{chunk[-1].number}")
                injected = injection(name, stretch.candidates, collapsed=True)

    def _request(self, frame: Frame, stretch: _Stretch, previous: str, injected: Injection | None) -> RenderRequest:
        a, b = stretch.ends
        memory = None if injected is None else ImageInput("memory", injected.image.key, sha256=injected.image.sha256)
        return between_request(
            frame,
            self.day,
            mode=self.mode,
            strength=self.settings.strength,
            series_seed=self.studio.catalogue.series.seed,
            ends=(a.request, b.request),
            images=(a.image.sha256, b.image.sha256),
            previous=previous,
            memory=memory,
        )

    def _vector(self, png: bytes) -> np.ndarray:
        return self._memory.embedder.embed([png])[0]

    def _images(self, asked: Sequence[tuple[Frame, RenderRequest]]) -> list[tuple[StoredImage, bool, bytes]]:
        """The image of each request, whether it was rendered now, and its bytes: of the store, or of the cache."""
        store = self.studio.store
        found: dict[str, tuple[StoredImage, bool, bytes]] = {}
        missing = {request.recipe_id: (frame, request) for frame, request in asked}
        while True:
            for recipe, (frame, request) in list(missing.items()):
                image = store.find(recipe) or self._from_cache(frame, request)
                if image is not None:
                    found[recipe] = image, False, store.read(image.sha256)
                    del missing[recipe]
            if not missing:
                return [found[request.recipe_id] for _, request in asked]
            claimed = {recipe: claim for recipe in missing if (claim := store.claims.claim(recipe)) is not None}
            try:
                # Somebody else may have finished one between our look and our claim.
                wanted = [missing[recipe] for recipe in claimed if store.find(recipe) is None]
                for frame, rendered in self._rendered(wanted):
                    image = store.put(rendered.request, rendered.png or b"", self._facts(frame, rendered))
                    found[image.recipe_id] = image, True, store.read(image.sha256)
                    del missing[image.recipe_id]
            finally:
                for claim in claimed.values():
                    claim.release()
            if missing and not claimed:
                time.sleep(CLAIMED_ELSEWHERE_POLL_SECONDS)

    def _rendered(self, wanted: Sequence[tuple[Frame, RenderRequest]]) -> Iterator[tuple[Frame, Rendered]]:
        by_recipe = {request.recipe_id: frame for frame, request in wanted}
        if not by_recipe:
            return
        for recipe, frame in by_recipe.items():
            key = self._key(frame)
            if self.purse is not None and not self.purse.reserve(self._renderer, ASSET, key, recipe):
                raise DreamFailed(f"frame {frame.number} of {self.name}: {self.purse.refusal()}")
        for rendered in self._renderer.render([request for _, request in wanted]):
            frame = by_recipe.pop(rendered.request.recipe_id)
            if self.purse is not None:
                self.purse.settle(self._renderer, ASSET, self._key(frame), rendered)
            if rendered.png is None:
                raise DreamFailed(f"frame {frame.number} of {self.name}: {rendered.error or 'no reason given'}")
            yield frame, rendered
        for frame in by_recipe.values():
            raise DreamFailed(f"frame {frame.number} of {self.name}: the renderer gave nothing back for it")

    def _from_cache(self, frame: Frame, request: RenderRequest) -> StoredImage | None:
        """A frame that the store has forgotten since, and the cache has not."""
        key = cache_key(self.name, frame.number)
        if self.cache.info(key).get("recipe") != request.recipe_id:
            return None
        png = self.cache.get(key)
        return None if png is None else self.studio.store.put(request, png, self._facts(frame, Rendered(request)))

    def _key(self, frame: Frame) -> str:
        return f"{FOLDER}/{self.name}/{frame.number:04}"

    def _facts(self, frame: Frame, rendered: Rendered) -> dict[str, Any]:
        return {
            "key": self._key(frame),
            "renderer": rendered.request.renderer.get("name", ""),
            "seconds": round(rendered.seconds, 4),
            "usd": rendered.usd,
            "notes": list(rendered.notes),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
