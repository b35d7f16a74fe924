"""How long each image of an animatic is held: shots in file order, each for its own time, cut through its angles."""

from collections.abc import Sequence
from dataclasses import dataclass

from moostik_assets.catalogue.models import Episode
from moostik_assets.galleries.entries import Sheet, SheetEntry, shots_of

FPS = 12
SHOT_SECONDS = 3.0
"""Of a shot that does not say how long it is."""
SHORTEST_CUT_SECONDS = 0.75
"""Where a shot is too short to show all of its angles that long, the last ones are left out."""
LONGEST_SHOT_SECONDS = 600.0


@dataclass(frozen=True)
class Held:
    """One image, held for a number of frames."""

    entry: SheetEntry
    frames: int


def held_images(episode: Episode, sheet: Sheet) -> list[Held]:
    """The images of an animatic. Whole seconds stay whole: what rounding takes from one image the next one gets."""
    durations = {shot.id: shot.duration_seconds for shot in episode.shots}
    found: list[Held] = []
    end, frames = 0.0, 0
    for shot in shots_of(sheet):
        seconds = _seconds(durations.get(shot.shot_id))
        shown = _shown(shot.entries, seconds)
        for entry in shown:
            end += seconds / len(shown)
            count = max(1, round(end * FPS) - frames)
            found.append(Held(entry, count))
            frames += count
    return found


def _seconds(duration: float | None) -> float:
    return SHOT_SECONDS if duration is None or duration <= 0 else min(duration, LONGEST_SHOT_SECONDS)


def _shown(entries: Sequence[SheetEntry], seconds: float) -> Sequence[SheetEntry]:
    return entries[: max(1, int(seconds / SHORTEST_CUT_SECONDS))]
