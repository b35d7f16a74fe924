"""Versions of what the catalogue holds: one hash for one content, whatever the order of keys and the spaces in a file.

Fields that have their default do not count, so that writing one out changes nothing, nor does a new kind of field.
"""

from typing import Any

from pydantic import BaseModel

from moostik_assets.catalogue.image_paths import image_path
from moostik_assets.catalogue.loading import LoadedCatalogue
from moostik_assets.catalogue.models import Character, Episode, Location, Theme, WorldState
from resources.canonical import sha256_of_json
from resources.file_hashes import FileHashes


def sheet_fingerprint(entity: Character | Location, loaded: LoadedCatalogue, hashes: FileHashes) -> str:
    """The version of a character or location: its fields, and the bytes of its images in their order.

    An image that cannot be read, and a URL, stand by their text.
    """
    references = list(entity.reference_images)
    if isinstance(entity, Location) and entity.decoration_mask:
        references.append(entity.decoration_mask)
    if isinstance(entity, Character):
        references += entity.outfit_images
    kind = type(entity).__name__.lower()
    images = [_image(reference, loaded, hashes) for reference in references]
    return sha256_of_json({"kind": kind, "fields": _fields(entity), "images": images})


def theme_fingerprint(theme: Theme) -> str:
    """The version of a theme."""
    return sha256_of_json(_fields(theme))


def episode_fingerprint(episode: Episode) -> str:
    """The version of an episode with all of its shots."""
    return sha256_of_json(_fields(episode))


def world_state_fingerprint(world_state: WorldState) -> str:
    """The version of the world state."""
    return sha256_of_json(_fields(world_state))


def _fields(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _image(reference: str, loaded: LoadedCatalogue, hashes: FileHashes) -> dict[str, str]:
    path = image_path(loaded.data_dir, reference)
    if path is not None:
        try:
            return {"sha256": hashes.sha256(path)}
        except OSError:
            pass
    return {"text": reference}
