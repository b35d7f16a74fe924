"""What a contact sheet shows: an episode's variations in shot, then angle order, each with how it was made."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, get_args

Status = Literal["completed", "failed", "pending"]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class ReferenceNote:
    """One image that a variation builds on."""

    entity: str
    """Id of the character or location."""
    role: str
    reference: str
    """Its path in the catalogue, or its URL."""
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One variation on the sheet. Width and height in pixels, time in seconds, cost in US dollars."""

    key: str
    shot_id: str
    shot_name: str
    angle: str
    image: str | None
    """Path relative to the HTML page; None: there is no image. A failed variation may still have its former one."""
    width: int
    height: int
    seed: int
    recipe: str
    prompt: str
    negative: str
    renderer: str
    references: tuple[ReferenceNote, ...] = ()
    seconds: float | None = None
    usd: float | None = None
    notes: tuple[str, ...] = ()
    status: Status = "completed"
    error: str | None = None
    take: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """An episode's variations, in shot then angle order."""

    series_title: str
    episode_id: str
    episode_number: float | None
    episode_title: str
    entries: tuple[SheetEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetShot:
    """A shot's entries, and the number of its first one on the sheet (from 1)."""

    shot_id: str
    name: str
    first_frame: int
    entries: tuple[SheetEntry, ...]


def shots_of(sheet: Sheet) -> tuple[SheetShot, ...]:
    """The entries by shot, in the order in which the shots first appear."""
    shots: dict[str, list[SheetEntry]] = {}
    for entry in sheet.entries:
        shots.setdefault(entry.shot_id, []).append(entry)
    found, frame = [], 1
    for shot_id, entries in shots.items():
        found.append(SheetShot(shot_id, entries[0].shot_name, frame, tuple(entries)))
        frame += len(entries)
    return tuple(found)


def angles_of(sheet: Sheet) -> dict[str, int]:
    """How many entries each angle has, in the order in which the angles first appear."""
    return dict(Counter(entry.angle for entry in sheet.entries))


def counts_of(sheet: Sheet) -> dict[Status, int]:
    """How many entries there are of each status, zeros included."""
    found = Counter(entry.status for entry in sheet.entries)
    return {status: found[status] for status in STATUSES}


def angle_title(angle: str) -> str:
    """`close_up` as people read it: "close up"."""
    return " ".join(angle.replace("_", " ").split()) or angle


def episode_heading(sheet: Sheet) -> str:
    """ "Episode 0.5: Title"; an episode with no number is called by its id, one with no title by its number alone."""
    called = sheet.episode_id if sheet.episode_number is None else f"Episode {sheet.episode_number:g}"
    return f"{called}: {sheet.episode_title}" if sheet.episode_title.strip() else called


def frame_size(entry: SheetEntry) -> tuple[int, int]:
    """Width and height in pixels; 16:9 where the entry has none that make sense."""
    return (entry.width, entry.height) if entry.width > 0 and entry.height > 0 else (1280, 720)


def summary(sheet: Sheet) -> str:
    """ "12 shots, 36 variations: 30 completed, 2 failed, 4 pending"."""
    shots, variations = len({entry.shot_id for entry in sheet.entries}), len(sheet.entries)
    counted = f"{shots} shot{'' if shots == 1 else 's'}, {variations} variation{'' if variations == 1 else 's'}"
    by_status = ", ".join(f"{count} {status}" for status, count in counts_of(sheet).items() if count)
    return f"{counted}: {by_status}" if by_status else counted
