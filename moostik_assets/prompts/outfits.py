"""Outfits in words: the subject of a character that wears one says so."""

from collections.abc import Sequence

from moostik_assets.catalogue.models import Character
from moostik_assets.catalogue.prompt import Prompt
from moostik_assets.prompts.sentences import joined, one_line
from moostik_assets.references.outfits import outfit_of


def prompt_with_outfits(prompt: Prompt, characters: Sequence[Character], theme_name: str) -> Prompt:
    """The prompt with each outfit's description added to that of the subject that shows its character.

    A subject matches by id, else by exact name; one that says it already is left as it is. The prompt given is never
    changed.
    """
    worn = {
        character.id: (character.name, outfit.description)
        for character in characters
        if (outfit := outfit_of(character, theme_name)) is not None and outfit.description.strip()
    }
    if not worn:
        return prompt
    by_name = {name: description for name, description in reversed(worn.values()) if name}
    known = {character.id for character in characters}
    subjects = []
    for subject in prompt.subjects:
        described = worn.get(subject.id, ("", ""))[1]
        if not described and subject.id not in known:
            described = by_name.get(subject.name, "")
        if described and one_line(described).rstrip(" .") not in one_line(subject.description):
            subject = subject.model_copy(update={"description": joined((subject.description, described), "; ")})
        subjects.append(subject)
    return prompt.model_copy(update={"subjects": tuple(subjects)})
