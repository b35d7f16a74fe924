"""What a composing renderer is told beside the text: the cast in its order, the camera, the light, the slate."""

import re
from collections.abc import Sequence

from moostik_assets.catalogue.models import Character, Episode, Shot
from moostik_assets.catalogue.prompt import Prompt, Subject
from moostik_assets.prompts.shots import PreparedShot
from resources.rendering.request import Figure, ImageInput, Staging

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def staging_of(
    prepared: PreparedShot,
    prompt: Prompt,
    *,
    angle: str,
    references: Sequence[ImageInput],
    shown: Sequence[bool],
    slate: tuple[str, ...],
) -> Staging:
    """The staging of one variation.

    `references` are those of its request; `shown` says of each whether a figure can be shown of it.
    """
    shot, locations, theme = prepared.shot, prepared.locations, prepared.theme
    by_id = {subject.id: subject for subject in prompt.subjects if subject.id}
    by_name = {subject.name: subject for subject in prompt.subjects if subject.name}
    lens = _NUMBER.search(prompt.camera.lens_mm)
    positions = _positions_by_character(references, shown)
    return Staging(
        angle=angle,
        framing=prompt.composition.framing,
        layout=prompt.composition.layout,
        depth=prompt.composition.depth,
        lens_mm=float(lens.group()) if lens else None,
        camera_angle=prompt.camera.angle,
        location=locations[0].id if locations else (shot.location_ids[0] if shot.location_ids else ""),
        figures=tuple(
            _figure(
                character,
                by_id.get(character.id) or by_name.get(character.name),
                tuple(positions.get(character.id, ())),
            )
            for character in prepared.characters
        ),
        key_light=prompt.lighting.key,
        fill_light=prompt.lighting.fill,
        rim_light=prompt.lighting.rim,
        light_notes=prompt.lighting.notes,
        time=prompt.scene.time,
        atmosphere=prompt.scene.atmosphere,
        palette=theme.palette if theme else (),
        theme=theme.name if theme else "",
        slate=slate,
    )


def _positions_by_character(references: Sequence[ImageInput], shown: Sequence[bool]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for index, image in enumerate(references):
        if image.role == "character" and shown[index]:
            positions.setdefault(image.entity, []).append(index)
    return positions


def _figure(character: Character, subject: Subject | None, references: tuple[int, ...]) -> Figure:
    return Figure(
        id=character.id,
        name=character.name,
        priority=subject.priority if subject else None,
        importance=subject.importance if subject else "",
        action=subject.action if subject else "",
        references=references,
    )


def slate_texts(episode: Episode, shot: Shot, angle: str, take: int, prompt: Prompt) -> tuple[str, ...]:
    """The slate line's texts: where the frame belongs, what it is called, the lens."""
    place = f"{episode.id} / {shot.id} / {angle}" + (f" / take {take}" if take else "")
    lens = _NUMBER.search(prompt.camera.lens_mm)
    return tuple(text for text in (place, shot.name, f"{lens.group()} mm" if lens else "") if text)
