"""Outfits in words: the subject of a character that wears one says so."""

from collections.abc import Sequence

from moostik_assets.catalogue.models import Character
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.sentences import joined, one_line, phrase
from moostik_assets.references.outfits import outfit_of


def prompt_with_outfits(prompt: Prompt, characters: Sequence[Character], theme_name: str) -> Prompt:
    """The prompt with each outfit's description added to that of the subject that shows its character.

    A subject matches by id, else by exact name; one that says it already is left as it is. The prompt given is never
    changed.
    """
    worn = {
        character.id: outfit.description
        for character in characters
        if (outfit := outfit_of(character, theme_name)) is not None and outfit.description.strip()
    }
    if not worn:
        return prompt
    by_id = {character.id: character for character in characters}
    by_name = {character.name: character for character in reversed(characters) if character.name}
    subjects = []
    for subject in prompt.subjects:
        character = by_id.get(subject.id) or by_name.get(subject.name)
        described = worn.get(character.id, "") if character is not None else ""
        if described and phrase(described) not in one_line(subject.description):
            subject = subject.model_copy(update={"description": joined((subject.description, described), "; ")})
        subjects.append(subject)
    return prompt.model_copy(update={"subjects": tuple(subjects)})
