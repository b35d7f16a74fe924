"""Outfits: a character as it is seen in a theme, which it may answer with references and a description of its own."""

from moostik_assets.catalogue.models import Character, Outfit


def outfit_of(character: Character, theme_name: str) -> Outfit | None:
    """What a character wears in a theme; None where it stays as it is."""
    return next((outfit for outfit in character.outfits if outfit.theme == theme_name), None)


def dressed(character: Character, theme_name: str) -> Character:
    """The character with its outfit's description and references in place of its own, as far as the outfit has them.

    Its images and whether they are validated go together: an outfit without images leaves both as they are.
    """
    outfit = outfit_of(character, theme_name)
    if outfit is None:
        return character
    changes: dict[str, object] = {}
    if outfit.description.strip():
        changes["description"] = outfit.description
    if outfit.reference_prompt.strip():
        changes["reference_prompt"] = outfit.reference_prompt
    if outfit.reference_images:
        changes |= {"reference_images": outfit.reference_images, "validated": outfit.validated}
    return character.model_copy(update=changes)
