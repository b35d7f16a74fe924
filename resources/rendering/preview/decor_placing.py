"""Which decorations go where: strung along lines, stood on flat places, pinned to walls; wholly in the white."""

from dataclasses import dataclass, field
from random import Random

from resources.rendering.preview.decor_library import Decor, Wish
from resources.rendering.preview.decor_room import Line, Room
from resources.rendering.preview.paper import Points
from resources.rendering.preview.seeds import stream

SMALLEST = 11.0
"""Height in pixels of a plate 900 high below which a thing is not worth drawing."""
VARIANTS = 4
_SHORTEST = 100.0
"""Length in pixels of a plate 900 high below which nothing is strung."""
_MOST = 420
"""Things of one kind in a place."""


@dataclass(frozen=True)
class Placed:
    """One thing in its place: box in pixels (left, top, right, foot); `hangs_from` where a thread holds it."""

    decor: Decor
    variant: int
    box: tuple[float, float, float, float]
    near: float
    hangs_from: tuple[float, float] | None = None


@dataclass
class Arrangement:
    """All that is put into a place: things, and the strings that they hang on (points, width in pixels, kind)."""

    things: list[Placed] = field(default_factory=list)
    strings: list[tuple[Points, float, Decor]] = field(default_factory=list)


def arranged(wishes: list[Wish], room: Room, aspects: dict[str, float], seed: int) -> Arrangement:
    """A place for each wish, as far as there is room. `aspects` gives each decoration's width by its height."""
    found = Arrangement()
    lines = room.lines()
    strung = [wish for wish in wishes if wish.decor.way == "strung" and wish.decor.line and not wish.single]
    lines = [line for line in lines if not line.upright] + [line for line in lines if line.upright]
    for wish in wishes:
        draw = stream(seed, "placing", wish.decor.name)
        aspect = aspects[wish.decor.name]
        if wish.single:
            _place_one(wish.decor, aspect, room, draw, found)
        elif wish.decor.way == "strung":
            # Each kind takes its turn along the lines, from the longest on.
            mine = lines[strung.index(wish) :: len(strung)] if wish.decor.line else lines
            _string_along(wish, aspect, mine, room, draw, found)
        elif wish.decor.way == "stood":
            _stand(wish, aspect, room, draw, found)
        else:
            _pin(wish.decor, aspect, room, draw, found)
    found.things.sort(key=lambda thing: thing.near)
    return found


def _string_along(wish: Wish, aspect: float, lines: list[Line], room: Room, draw: Random, found: Arrangement) -> None:
    decor, unit = wish.decor, room.size[1] / 900
    count = 0
    for line in lines:
        if (line.upright and not decor.climbs) or len(line.points) * room.cell < _SHORTEST * unit:
            continue
        depth = line.depth
        low = not line.upright and line.middle > room.horizon * room.size[1]
        if low and depth > decor.height * room.size[1] * 1.5 and line.climb < depth * 1.2:
            continue  # open ground, and no edge that runs into the distance: nothing to string a line from
        # The line hangs in a few swags; where the white is deep, several lines hang one below the other.
        rows = min(3 if wish.many else 1, max(1, int(depth // (decor.height * room.size[1] * 2.2))))
        for row in range(1 if line.upright else rows):
            points = _swags(line, row / rows, decor, room, draw)
            hung = _hang(wish, aspect, points, line.upright, low, room, draw, found)
            count += len(hung)
            if not decor.line:
                continue
            if len(hung) > 1 or (hung and not line.upright):
                first, last = max(0, hung[0] - 4), min(len(points), hung[-1] + 5)
                found.strings.append(([(x, y) for x, y, _ in points[first:last]], max(1.2, 1.7 * unit), decor))
            if count > _MOST:
                return


def _swags(line: Line, down: float, decor: Decor, room: Room, draw: Random) -> list[tuple[float, float, float]]:
    """Points (x, y, room below or beside) of a string that sags between the line's fixed points."""
    if line.upright:
        return [((left + right) / 2, y, right - left) for y, left, right in line.points]
    points = []
    full = decor.height * room.size[1] * room.nearness(line.middle)
    length = max(8, round(full * 7 / room.cell))
    start = -int(draw.random() * length / 2)
    for index, (x, top, foot) in enumerate(line.points):
        t = ((index - start) % length) / length
        tall = foot - top
        spare = max(0.0, tall * (1 - down) - full * 1.15)
        sag = min(spare * 0.5, full * 1.1) * 4 * t * (1 - t) if decor.line else 0.0
        y = top + tall * down + min(0.06 * tall, 5.0) + sag
        points.append((x, y, foot))
    return [(x, y, foot - y) for x, y, foot in _smoothed(points)]


def _smoothed(points: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Each height the mean of its neighbourhood: a string has no steps."""
    reach, found = 4, []
    for index, (x, _, foot) in enumerate(points):
        spare = min(reach, index, len(points) - 1 - index)
        around = points[index - spare : index + spare + 1]
        found.append((x, sum(y for _, y, _ in around) / len(around), foot))
    return found


def _hang(
    wish: Wish, aspect: float, points: list[tuple[float, float, float]], upright: bool, lying: bool,
    room: Room, draw: Random, found: Arrangement,
) -> list[int]:  # fmt: skip
    """Things along a string, each as large as there is room for; at which of the points.

    Where the string lies on the ground, they lie on it, too: nothing hangs from a thread there.
    """
    decor, unit = wish.decor, room.size[1] / 900
    travelled, hung = 1e9, []
    before: tuple[float, float] | None = None
    for index, (x, y, space) in enumerate(points):
        full = decor.height * room.size[1] * room.nearness(y) * (0.85 + 0.3 * draw.random())
        if before is not None:
            travelled += ((x - before[0]) ** 2 + (y - before[1]) ** 2) ** 0.5
        before = (x, y)
        tall = min(full, space * (0.92 / aspect if upright else 0.92))
        if tall < SMALLEST * unit * 0.75 or travelled < tall * aspect * decor.spacing * (0.8 if wish.many else 1.0):
            continue
        if not decor.line and not room.has_edge(x, y):
            continue
        thread = 0.0 if upright or lying else min(space - tall, tall * decor.threads) * draw.random()
        top = y - tall / 2 if upright else y + thread
        for _ in range(3):
            box = (x - tall * aspect / 2, top, x + tall * aspect / 2, top + tall)
            if room.fits(box):
                hangs = (x, y) if thread > 2 else None
                found.things.append(Placed(decor, int(draw.random() * VARIANTS), box, room.nearness(y), hangs))
                room.take(box, 0.8)
                hung.append(index)
                travelled = 0.0
                break
            tall, thread, top = tall * 0.72, thread * 0.4, y - tall * 0.36 if upright else y + thread * 0.4
            if tall < SMALLEST * unit * 0.75:
                break
    return hung


def _stand(wish: Wish, aspect: float, room: Room, draw: Random, found: Arrangement) -> None:
    decor = wish.decor
    feet = room.feet()
    wanted = 60 if wish.many else decor.most
    for _ in range(wanted * 6):
        if not feet or wanted == 0:
            return
        x, y = feet[int(draw.random() * len(feet))]
        tall = decor.height * room.size[1] * room.nearness(y) * (0.75 + 0.4 * draw.random())
        if _set_down(decor, aspect, x, y, tall, room, draw, found):
            wanted -= 1


def _set_down(
    decor: Decor, aspect: float, x: float, y: float, tall: float, room: Room, draw: Random, found: Arrangement
) -> bool:
    unit = room.size[1] / 900
    for size in (1.0, 0.8, 0.62, 0.48):
        high = tall * size
        if high < SMALLEST * unit and size < 1:
            return False
        box = (x - high * aspect / 2, y - high, x + high * aspect / 2, y)
        if room.fits(box):
            found.things.append(Placed(decor, int(draw.random() * VARIANTS), box, room.nearness(y)))
            room.take((box[0] - high * 0.3, box[1], box[2] + high * 0.3, box[3]), 1.0)
            return True
    return False


def _pin(decor: Decor, aspect: float, room: Room, draw: Random, found: Arrangement) -> None:
    wanted = decor.most
    for _ in range(260):
        if wanted == 0:
            return
        x, y = draw.random() * room.size[0], draw.random() * room.size[1]
        if not room.fits((x, y, x, y)):
            continue
        tall = decor.height * room.size[1] * (0.55 + 0.45 * room.nearness(y)) * (0.85 + 0.3 * draw.random())
        if _set_down(decor, aspect, x, y + tall / 2, tall, room, draw, found):
            wanted -= 1


def _place_one(decor: Decor, aspect: float, room: Room, draw: Random, found: Arrangement) -> None:
    """One thing alone, where there is most room for it."""
    best: tuple[float, float, float, float] | None = None
    spots = room.feet() if decor.way == "stood" else []
    for _ in range(220):
        if spots:
            x, y = spots[int(draw.random() * len(spots))]
        else:
            x, y = draw.random() * room.size[0], draw.random() * room.size[1]
        full = decor.height * 1.5 * room.size[1] * room.nearness(y)
        for size in (1.0, 0.8, 0.6, 0.45):
            tall = full * size
            if best is not None and tall <= best[2]:
                break
            if room.fits((x - tall * aspect / 2, y - tall, x + tall * aspect / 2, y)):
                best = (x, y, tall, draw.random())
                break
    if best is not None:
        x, y, tall, _ = best
        box = (x - tall * aspect / 2, y - tall, x + tall * aspect / 2, y)
        found.things.append(Placed(decor, int(best[3] * VARIANTS), box, 1.0))
        room.take(box)
