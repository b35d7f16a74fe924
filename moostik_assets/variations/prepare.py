"""From an episode to what each of its variations asks for, all but the image that a sequence hands on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from moostik_assets.catalogue.models import NEUTRAL_THEME, Catalogue, Episode
from moostik_assets.catalogue.variation_keys import variation_key
from moostik_assets.episodes.clusters import Cluster, clusters
from moostik_assets.prompts.shots import AnglePrompt, PreparedShot, ShotPreparation
from moostik_assets.variations.seed import seed_of
from moostik_assets.variations.sequence import names_unknown_ids, sequence_predecessors
from moostik_assets.variations.staging import slate_texts, staging_of
from moostik_assets.world.backgrounds import Background
from moostik_assets.world.cast_cutouts import CastPicture, PictureOf
from moostik_assets.world.cutouts import cutout_key
from moostik_assets.world.effects import effect_layers
from resources.image_store import StoredImage
from resources.rendering.base import Capabilities
from resources.rendering.request import ImageInput, ImageRole, Layer, RenderRequest

ImageHash = Callable[[str], str | None]
"""sha256 of a reference's bytes (a path relative to data/, or a URL); None where they cannot be had."""

EarlierImage = Callable[[str], StoredImage | None]
"""The stored image of a recipe that somebody pinned; None where it is gone, or its recipe can no longer be read."""

PINNED_NOTE = "pinned to an earlier version"


BackgroundOf = Callable[[str, str], Background]
"""What stands behind a shot in a place and a theme."""


def _the_places_own(location: str, theme: str) -> Background:
    return Background()


def _as_it_is(reference: ImageInput, path: str, wait: bool) -> CastPicture:
    return CastPicture(reference)


def _no_earlier_image(_: str) -> None:
    return None


@dataclass(frozen=True)
class PreparedVariation:
    """One variation: its request but for the sequence's previous image, and what its people want to know."""

    key: str
    episode_id: str
    shot: PreparedShot
    seen: AnglePrompt
    take: int
    base: RenderRequest
    previous: str | None
    """Key of the variation whose image this one takes as an extra reference."""
    reference_limit: int
    sources: tuple[ImageInput, ...] = ()
    """The catalogue's own images, in the order of the request's references, which may be cut-outs of them."""
    notes: tuple[str, ...] = ()
    pinned_image: StoredImage | None = None
    """The earlier image that somebody decided on; it takes the place of what the request would give."""
    lost_pin: str | None = None
    """Recipe that somebody decided on, but whose image is gone from the store: the request stands again."""

    @property
    def pinned(self) -> str | None:
        """Recipe id of the pinned image."""
        return self.pinned_image.recipe_id if self.pinned_image is not None else None

    @property
    def pin_note(self) -> str | None:
        """What people must know of the pin, where there is one."""
        if self.lost_pin is not None:
            return f"the version that it is pinned to ({self.lost_pin[:12]}) is gone from the store"
        return PINNED_NOTE if self.pinned_image is not None else None

    @property
    def bake(self) -> tuple[str, str] | None:
        """The place and theme whose baked background stands behind it; None where it has the place's own plates."""
        if self.base.background is None or self.shot.theme is None:
            return None
        return self.base.background.entity, self.shot.theme.name

    @property
    def waits_for_bake(self) -> bool:
        """Whether that background is still to be baked; then its recipe is not known yet."""
        return self.base.background is not None and self.base.background.recipe is not None

    @property
    def renderer(self) -> str:
        """The name of the renderer that would make it."""
        return str(self.base.renderer.get("name", ""))

    @property
    def cutouts(self) -> tuple[str, ...]:
        """Keys of the cut-outs that it is composed of; none where its renderer takes the references as they are."""
        if self.base.staging is None:
            return ()
        theme = self.shot.theme.name if self.shot.theme else NEUTRAL_THEME
        return tuple(cutout_key(character.id, theme) for character in self.shot.characters)

    @property
    def cutouts_awaited(self) -> tuple[str, ...]:
        """Those of them that are still to be made; then its recipe is not known yet."""
        waiting = {image.entity for image in self.base.references if image.recipe is not None}
        return tuple(key for key in self.cutouts if key.partition("/")[0] in waiting)

    @property
    def angle(self) -> str:
        """The camera angle, as the catalogue writes it."""
        return self.seen.variation.camera_angle

    def request(self, previous: ImageInput | None = None) -> RenderRequest:
        """The request, the previous image of the sequence standing last among its references.

        Where the renderer's limit is reached already, the previous image takes the place of the last reference.
        """
        if previous is None:
            return self.base
        kept = self.base.references[: max(self.reference_limit - 1, 0)]
        return replace(self.base, references=(*kept, previous))


def previous_input(previous: PreparedVariation, sha256: str) -> ImageInput:
    """The image that a sequence hands on, as an input of the next request."""
    return ImageInput("previous", previous.shot.shot.id, sha256=sha256)


class _Common(NamedTuple):
    """What all variations of a shot have in common."""

    sources: tuple[ImageInput, ...]
    pictures: tuple[CastPicture, ...]
    background: ImageInput | None
    layers: tuple[Layer, ...]
    notes: tuple[str, ...]


@dataclass
class Preparation:
    """Prepares the variations of a catalogue for one engine."""

    shots: ShotPreparation
    image_hash: ImageHash
    slate: bool = True
    earlier_image: EarlierImage = _no_earlier_image
    background: BackgroundOf = _the_places_own
    wait_for_bakes: bool = True
    """Whether backgrounds and cut-outs that are not made yet are waited for.

    Else the master stands in for the one, and the other is not shown, and that is said.
    """
    cut_out: PictureOf = _as_it_is
    """What a renderer that composes takes for a reference of a character."""
    awaited: Collection[tuple[str, str]] = ()
    """Places and themes whose backgrounds are waited for all the same."""
    _inputs: dict[tuple[str, str, str], ImageInput] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is prepared."""
        return self.shots.catalogue

    def variations(
        self, episode: Episode, shot_ids: Collection[str] | None = None, angles: Collection[str] | None = None
    ) -> list[PreparedVariation]:
        """The asked variations of an episode (None: all), in file order, each ready to become a request."""
        groups = clusters(episode)
        wanted = None if angles is None else set(angles)
        predecessors = self._predecessors(episode, groups)
        standing: dict[tuple[str, str], Background] = {}
        found = []
        for shot in self.shots.shots(episode, shot_ids, groups):
            common = self._common(shot, standing)
            found += [
                self._prepared(episode, shot, seen, predecessors, common)
                for seen in self.shots.angles(shot)
                if wanted is None or seen.variation.camera_angle in wanted
            ]
        return found

    def _predecessors(self, episode: Episode, groups: Sequence[Cluster]) -> Mapping[str, str]:
        if self.shots.engine.reference_limit == 0:
            return {}
        if not any(group.rules.sequential_generation for group in groups):
            return {}
        blocked = {shot.id for shot in episode.shots if names_unknown_ids(shot, self.catalogue)}
        return sequence_predecessors(episode, self.catalogue.series, groups, blocked)

    def _image_input(self, role: ImageRole, entity: str, reference: str) -> ImageInput:
        known = self._inputs.get((role, entity, reference))
        if known is None:
            sha256 = self.image_hash(reference)
            known = ImageInput(role, entity, sha256=sha256, url=None if sha256 else reference)
            self._inputs[(role, entity, reference)] = known
        return known

    def _common(self, shot: PreparedShot, standing: dict[tuple[str, str], Background]) -> _Common:
        capabilities = self.shots.engine.capabilities
        background, background_notes = self._background(shot, standing)
        images = shot.references.images
        sources = tuple(self._image_input(i.role, i.entity, i.reference) for i in images)
        pictures = tuple(
            self.cut_out(source, image.reference, self.wait_for_bakes)
            if capabilities.composes and image.role == "character"
            else CastPicture(source)
            for source, image in zip(sources, images, strict=True)
        )
        return _Common(
            sources=sources,
            pictures=pictures,
            background=background,
            layers=effect_layers(shot.shot, shot.theme) if capabilities.composes else (),
            notes=(*_notes(shot, capabilities), *background_notes, *(p.note for p in pictures if p.note)),
        )

    def _prepared(
        self,
        episode: Episode,
        shot: PreparedShot,
        seen: AnglePrompt,
        predecessors: Mapping[str, str],
        common: _Common,
    ) -> PreparedVariation:
        capabilities = self.shots.engine.capabilities
        angle = seen.variation.camera_angle
        key = variation_key(episode, shot.shot, angle)
        take = self.catalogue.decisions.takes.get(key, 0)
        staging = None
        references = tuple(picture.image for picture in common.pictures)
        if capabilities.composes:
            staging = staging_of(
                shot,
                seen.prompt,
                angle=angle,
                references=references,
                shown=[picture.usable for picture in common.pictures],
                slate=slate_texts(episode, shot.shot, angle, take, seen.prompt) if self.slate else (),
            )
        base = RenderRequest(
            prompt=seen.text.text,
            negative=seen.text.negative,
            seed=seed_of(self.catalogue, episode, shot.shot, seen.variation, seen.prompt),
            width=seen.width,
            height=seen.height,
            steps=seen.prompt.parameters.steps,
            guidance=seen.prompt.parameters.guidance_strength,
            references=references,
            background=common.background,
            layers=common.layers,
            staging=staging,
            renderer=self.shots.engine.fingerprint,
        )
        previous = predecessors.get(key)
        pin = self._pin(key, base, previous)
        earlier = self.earlier_image(pin) if pin is not None else None
        return PreparedVariation(
            key=key,
            episode_id=episode.id,
            shot=shot,
            seen=seen,
            take=take,
            base=base,
            previous=previous,
            reference_limit=self.shots.engine.reference_limit,
            sources=common.sources,
            notes=common.notes,
            pinned_image=earlier,
            lost_pin=pin if earlier is None else None,
        )

    def _background(
        self, shot: PreparedShot, standing: dict[tuple[str, str], Background]
    ) -> tuple[ImageInput | None, tuple[str, ...]]:
        if shot.theme is None or not shot.locations:
            return None, ()
        dressed = (shot.locations[0].id, shot.theme.name)
        if dressed not in standing:  # the store is asked once for each pair, not for each variation
            standing[dressed] = self.background(*dressed)
        found = standing[dressed]
        waits = self.wait_for_bakes or dressed in self.awaited
        if found.image is not None and found.image.recipe is not None and not waits:
            note = f"{shot.locations[0].id} is not dressed for {shot.theme.name} yet: the master stands in"
            return None, (note,)
        return found.image, (found.note,) if found.note else ()

    def _pin(self, key: str, base: RenderRequest, previous: str | None) -> str | None:
        """The recipe that somebody pinned, unless it is what the request gives (where that is known by now)."""
        pinned = self.catalogue.decisions.pinned.get(key)
        return None if pinned is None or (previous is None and pinned == base.recipe_id) else pinned


def _notes(shot: PreparedShot, capabilities: Capabilities) -> tuple[str, ...]:
    notes = [f"{character} has no subject in the prompt" for character in shot.enriched.unmatched]
    if not capabilities.seed:
        notes.append("the renderer takes no seed: this image is reproducible by its stored bytes alone")
    if not capabilities.negative:
        notes.append("the renderer takes no negative prompt: it stands at the end of the text")
    return (*notes, *shot.references.warnings)
