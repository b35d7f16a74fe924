"""Described: a shot for which nobody wrote a prompt is told by its description, its cast and its place."""

from collections.abc import Sequence

from moostik_assets.catalogue.models import Character, Location, Shot
from moostik_assets.catalogue.prompt import Prompt, Scene, Subject


def described_prompt(shot: Shot, characters: Sequence[Character], locations: Sequence[Location]) -> Prompt:
    """The shot's prompt; where it has neither task nor goal nor subjects, one made from the catalogue.

    Then the goal is the shot's description (else its name), the subjects are its characters in their order, and a
    scene without location, atmosphere or materials has those of its first location. What the prompt does say stays.
    """
    prompt = shot.prompt
    if prompt.task.strip() or prompt.goal.strip() or prompt.subjects:
        return prompt
    subjects = tuple(
        Subject(
            id=one.id, name=one.name, priority=position, description=one.description or ", ".join(one.visual_traits)
        )
        for position, one in enumerate(characters, start=1)
    )
    changes = {"goal": shot.description or shot.name, "subjects": subjects, "scene": _scene(prompt.scene, locations)}
    return prompt.model_copy(update=changes)


def _scene(scene: Scene, locations: Sequence[Location]) -> Scene:
    if not locations:
        return scene
    place = locations[0]
    changes: dict[str, object] = {}
    if not scene.location.strip():
        changes["location"] = ": ".join(part for part in (place.name or place.id, place.description) if part)
    if not any(item.strip() for item in scene.atmosphere):
        changes["atmosphere"] = place.atmospheric_elements
    if not any(item.strip() for item in scene.materials):
        changes["materials"] = place.architectural_features
    return scene.model_copy(update=changes)
