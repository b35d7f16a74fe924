"""What is read of the store, and how far it can be believed."""

import logging
from typing import NamedTuple

from resources.canonical import sha256_of_bytes
from resources.png import TruncatedPngError, read_text
from resources.store import layout
from resources.store.files import Files
from resources.store.records import StoredImage, image_of_record

_HEAD_BYTES = (16 * 1024, 256 * 1024, None)
"""How much of a PNG is read for its text: a little, more where that cuts the text, all of it as a last resort."""

_log = logging.getLogger(__name__)


class Fault(NamedTuple):
    """Why a recipe has no image, although there is a record of one."""

    reason: str
    broken: list[str]
    """Names of the files that are broken, the record left out."""


def load_image(files: Files, recipe_id: str, verify: bool) -> tuple[StoredImage | None, Fault | None]:
    """The image of a recipe, or what is wrong with it; neither where there is no record of that recipe."""
    try:
        image = image_of_record(recipe_id, files.read(layout.recipe_name(recipe_id)))
    except FileNotFoundError:
        return None, None
    except ValueError as error:
        return None, Fault(str(error), [])
    name = layout.object_name(image.sha256)
    try:
        whole = files.sha256(name) == image.sha256 if verify else files.info(name).size == image.size
    except FileNotFoundError:
        return None, Fault(f"its image {image.sha256} is gone", [])
    return (image, None) if whole else (None, Fault(f"its image {image.sha256} is corrupt", [name]))


def is_intact(files: Files, name: str, sha256: str) -> bool:
    """Whether there is a file of that name, with those bytes."""
    try:
        return files.sha256(name) == sha256
    except FileNotFoundError:
        return False


def recipe_of_png(files: Files, name: str, keyword: str) -> str | None:
    """Recipe id of a PNG from the text of that keyword in it; None where there is no such file or text."""
    for limit in _HEAD_BYTES:
        try:
            text = read_text(files.read(name, limit), keyword)
        except FileNotFoundError:
            return None
        except TruncatedPngError:
            continue
        except ValueError as error:
            _log.warning("%s shows no image of ours: %s", files.path(name), error)
            return None
        return None if text is None else sha256_of_bytes(text.encode("utf-8", "surrogatepass"))
    _log.warning("%s shows no image of ours: it is cut short", files.path(name))
    return None
