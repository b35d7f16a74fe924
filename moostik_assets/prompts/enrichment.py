"""Enrichment: each subject of a prompt gets the reference image of the character that it shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from moostik_assets.catalogue.models import Character
from moostik_assets.catalogue.prompt import Prompt, Subject
from moostik_assets.references.resolution import ResolvedReferences


@dataclass(frozen=True, slots=True)
class Enriched:
    """An enriched prompt, and who is missing from it."""

    prompt: Prompt
    unmatched: tuple[str, ...]
    """Ids of the characters that no subject stands for, in the order of the cast."""


def enrich(prompt: Prompt, characters: Sequence[Character], references: ResolvedReferences) -> Enriched:
    """The prompt with `reference_image` set in each subject that matches one of the characters.

    A subject matches by id, else by exact name. It gets the first chosen image of its character, in place of any
    `reference_image` of its own; its own stays where the character has no chosen image, or where nobody matches.
    The prompt given is never changed; it is given back as it is where nothing was to be set.
    """
    by_id = {character.id: character for character in characters}
    by_name = {character.name: character for character in reversed(characters) if character.name}
    images = {entity.id: entity.images[0] for entity in references.characters if entity.images}
    matched: set[str] = set()
    subjects: list[Subject] = []
    changed = False
    for subject in prompt.subjects:
        character = by_id.get(subject.id) or by_name.get(subject.name)
        if character is not None:
            matched.add(character.id)
            image = images.get(character.id, subject.reference_image)
            if image != subject.reference_image:
                subject = subject.model_copy(update={"reference_image": image})
                changed = True
        subjects.append(subject)
    return Enriched(
        prompt=prompt.model_copy(update={"subjects": tuple(subjects)}) if changed else prompt,
        unmatched=tuple(one for one in by_id if one not in matched),
    )
