"""Reference images as the catalogue names them: which file of the data folder, or which URL."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from moostik_assets.catalogue.containment import real_path_inside
from moostik_assets.catalogue.errors import Severity
from resources.image_probe import BrokenImageError, probe_image

MAX_REFERENCE_LENGTH = 2000

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:")


def is_url(reference: str) -> bool:
    """Whether a reference is an http(s) URL; anything else is a path."""
    return reference[:8].lower().startswith(("http://", "https://"))


def image_path(data_dir: Path, reference: str) -> Path | None:
    """The file that a reference names, links followed, whether it exists or not.

    None for a URL, and for a path that leads out of the data folder (a loaded catalogue has none, but links change).
    """
    if is_url(reference) or not reference:
        return None
    try:
        real = real_path_inside(data_dir, reference)
    except ValueError:
        return None
    return None if real is None else Path(real)


class ReferenceCheck:
    """Looks at each reference of a catalogue once: its path, and the header of its file. Never at the network."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._known: dict[str, tuple[Severity, str] | None] = {}

    def __call__(self, reference: str) -> tuple[Severity, str] | None:
        """None where the reference is right (a URL is not fetched), else the severity and the reason."""
        if reference not in self._known:
            self._known[reference] = _flaw(self._data_dir, reference)
        return self._known[reference]


def _flaw(data_dir: Path, reference: str) -> tuple[Severity, str] | None:
    if len(reference) > MAX_REFERENCE_LENGTH:
        return "error", f"is longer than {MAX_REFERENCE_LENGTH} characters; write a path relative to the data folder"
    if not reference.isprintable():
        return "error", "holds a character that cannot be seen; write a path relative to the data folder"
    if is_url(reference):
        return _flaw_of_url(reference)
    if _SCHEME.match(reference) and not _DRIVE.fullmatch(reference[:2]):
        scheme = reference.split(":", 1)[0]
        return "error", f"URLs of {scheme}: are not read; write a path relative to the data folder, or an http(s) URL"
    if "\\" in reference:
        return "error", "holds a backslash; write the path with / between its folders"
    if reference.startswith(("/", "~")) or _DRIVE.match(reference):
        return "error", "is an absolute path; write it relative to the data folder, such as references/mama.png"
    path = image_path(data_dir, reference)
    if path is None:
        return "error", "leads out of the data folder; put the image in it, and write the path relative to it"
    try:
        probe_image(path)
    except BrokenImageError as error:
        return "error", str(error)
    except (FileNotFoundError, NotADirectoryError):
        return "warning", "there is no such file in the data folder; the work goes on without it"
    except OSError as error:
        return "error", f"cannot be read: {error.strerror or error}"
    return None


def _flaw_of_url(reference: str) -> tuple[Severity, str] | None:
    try:
        parts = urlsplit(reference)
        _ = parts.port
    except ValueError as error:
        return "error", f"is not a URL ({error}); such as https://example.org/mama.png"
    if not parts.hostname or " " in reference:
        return "error", "is not a URL; such as https://example.org/mama.png"
    return None
