"""Where each thing of the store lies, as a name relative to the output folder. Names never leave it."""

import os
import re
import secrets

EPISODES = "episodes"
BACKGROUNDS = "backgrounds"
DREAMS = "dreams"
OBJECTS = "store/objects"
RECIPES = "store/recipes"
INPUTS = "store/inputs"
URLS = "store/urls"
CLAIMS = "store/claims"
QUARANTINE = "store/quarantine"
LOCK = "store/lock"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEY_PART = re.compile(r"[A-Za-z0-9._-]{1,200}")
_MAX_KEY_PARTS = 8
_TEMP_START, _TEMP_END = "~moostik-", ".tmp"


def is_sha256(text: str) -> bool:
    """Whether it is 64 lower-case hex characters."""
    return _SHA256.fullmatch(text) is not None


def _checked(sha256: str, what: str) -> str:
    if not is_sha256(sha256):
        raise ValueError(f"{sha256[:80]!r} is no {what}: 64 lower-case hex characters are")
    return sha256


def object_name(sha256: str) -> str:
    """`store/objects/ab/ab....png`."""
    return f"{OBJECTS}/{_checked(sha256, 'sha256 of an image')[:2]}/{sha256}.png"


def recipe_name(recipe_id: str) -> str:
    """`store/recipes/12/12....json`."""
    return f"{RECIPES}/{_checked(recipe_id, 'recipe id')[:2]}/{recipe_id}.json"


def input_name(sha256: str) -> str:
    """`store/inputs/ab/ab...`, bytes of a reference as they are."""
    return f"{INPUTS}/{_checked(sha256, 'sha256 of an input')[:2]}/{sha256}"


def url_name(sha256: str) -> str:
    """`store/urls/<sha256 of the URL>.json`."""
    return f"{URLS}/{_checked(sha256, 'sha256 of a URL')}.json"


def quarantine_name(recipe_id: str) -> str:
    """`store/quarantine/<recipe id>.json`."""
    return f"{QUARANTINE}/{_checked(recipe_id, 'recipe id')}.json"


def background_name(key: str) -> str:
    """`backgrounds/kitchen/christmas.png` for `kitchen/christmas`.

    Raises:
        ValueError: as `published_name`.
    """
    return f"{BACKGROUNDS}/{published_name(key).removeprefix(f'{EPISODES}/')}"


def dream_name(file: str) -> str:
    """`dreams/2026-11-21/frame-0012.png` for `2026-11-21/frame-0012`.

    Raises:
        ValueError: as `published_name`.
    """
    return f"{DREAMS}/{published_name(file).removeprefix(f'{EPISODES}/')}"


def published_name(key: str) -> str:
    """`episodes/ep0/shot-001/wide.png` for `ep0/shot-001/wide`.

    Raises:
        ValueError: a part of the key is unsafe in a path, or climbs out of the folder.
    """
    parts = key.split("/")
    for part in parts:
        if not _KEY_PART.fullmatch(part) or set(part) == {"."}:
            raise ValueError(
                f"key {key[:200]!r}: the part {part[:80]!r} cannot be a file name; "
                "letters, digits, '.', '_' and '-' can, but not dots alone"
            )
    if len(parts) > _MAX_KEY_PARTS:
        raise ValueError(f"key {key[:200]!r} has {len(parts)} parts; at most {_MAX_KEY_PARTS} are possible")
    return f"{EPISODES}/{key}.png"


def published_key(name: str) -> str | None:
    """The key that is published under that name; None where it is no published image."""
    key = name.removeprefix(f"{EPISODES}/").removesuffix(".png")
    try:
        return key if published_name(key) == name else None
    except ValueError:
        return None


def temp_name() -> str:
    """A new file name for bytes on their way; no key and no hash can be the same."""
    return f"{_TEMP_START}{os.getpid()}-{secrets.token_hex(6)}{_TEMP_END}"


def is_temp(name: str) -> bool:
    """Whether that is a name which `temp_name` gave, in any folder."""
    last = name.rpartition("/")[2]
    return last.startswith(_TEMP_START) and last.endswith(_TEMP_END)


def hash_in(name: str) -> str:
    """The hash that a name of the store ends in, its suffix left out."""
    return name.rpartition("/")[2].partition(".")[0]
