"""Which decorations stand where: strung along lines, stood on flat places, pinned to walls; each wholly in the white."""

from dataclasses import dataclass, field
from random import Random

from resources.rendering.preview.decor_library import Decor, Wish
from resources.rendering.preview.decor_room import Line, Room
from resources.rendering.preview.paper import Points
from resources.rendering.preview.seeds import stream

SMALLEST = 11.0
"""Height in pixels of a plate 900 high below which a thing is not worth drawing."""
VARIANTS = 5
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
    strung = [wish for wish in wishes if wish.decor.way == "strung" and not wish.single]
    for wish in wishes:
        draw = stream(seed, "placing", wish.decor.name)
        aspect = aspects[wish.decor.name]
        if wish.single:
            _place_one(wish.decor, aspect, room, draw, found)
        elif wish.decor.way == "strung":
            mine = lines[strung.index(wish) % len(strung) :: len(strung)] if len(lines) >= 2 * len(strung) else lines
            _string_along(wish, aspect, mine, room, draw, found)
        elif wish.decor.way == "stood":
            _stand(wish, aspect, room, draw, found)
        else:
            _pin(wish.decor, aspect, room, draw, found)
    found.things.sort(key=lambda thing: thing.near)
    return found


def _string_along(
    wish: Wish, aspect: float, lines: list[Line], room: Room, draw: Random, found: Arrangement
) -> None:
    decor, unit = wish.decor, room.size[1] / 900
    count = 0
    for line in lines:
        widths = sorted(last - first for _, first, last in line.points)
        depth = widths[len(widths) // 2]
        # The line hangs in a few swags; where the white is deep, several lines hang one below the other.
        rows = min(3 if wish.many else 1, max(1, int(depth // (decor.height * room.size[1] * 2.2))))
        if line.upright:
            rows = 1
        for row in range(rows):
            points = _swags(line, row / rows, decor, room, draw)
            count += _hang(decor, aspect, points, line.upright, wish.many, room, draw, found)
            if len(points) > 1:
                found.strings.append(([(x, y) for x, y, _ in points], max(1.4, 2.0 * unit), decor))
            if count > _MOST:
                return


def _swags(line: Line, down: float, decor: Decor, room: Room, draw: Random) -> list[tuple[float, float, float]]:
    """Points (x, y, room below or beside) of a string that sags between the line's fixed points."""
    if line.upright:
        return [((left + right) / 2, y, right - left) for y, left, right in line.points]
    points = []
    middle = line.points[len(line.points) // 2]
    full = decor.height * room.size[1] * room.nearness((middle[1] + middle[2]) / 2)
    length = max(8, round(full * 7 / room.cell))
    start = -int(draw.random() * length / 2)
    for index, (x, top, foot) in enumerate(line.points):
        t = ((index - start) % length) / length
        tall = foot - top
        spare = max(0.0, tall * (1 - down) - full * 1.15)
        sag = min(spare * 0.5, full * 1.1) * 4 * t * (1 - t)
        y = top + tall * down + min(0.06 * tall, 5.0) + sag
        points.append((x, y, foot - y))
    return points


def _hang(
    decor: Decor, aspect: float, points: list[tuple[float, float, float]], upright: bool, many: bool,
    room: Room, draw: Random, found: Arrangement,
) -> int:  # fmt: skip
    """Things along a string, each as large as there is room for; how many."""
    unit = room.size[1] / 900
    travelled, count = 1e9, 0
    before: tuple[float, float] | None = None
    for x, y, space in points:
        full = decor.height * room.size[1] * room.nearness(y) * (0.85 + 0.3 * draw.random())
        if before is not None:
            travelled += ((x - before[0]) ** 2 + (y - before[1]) ** 2) ** 0.5
        before = (x, y)
        tall = min(full, space * (0.92 / aspect if upright else 0.92))
        if tall < SMALLEST * unit * 0.75 or travelled < tall * aspect * decor.spacing * (0.8 if many else 1.0):
            continue
        thread = 0.0 if upright else min(space - tall, tall * decor.threads) * draw.random()
        top = y - tall / 2 if upright else y + thread
        for _ in range(3):
            box = (x - tall * aspect / 2, top, x + tall * aspect / 2, top + tall)
            if room.fits(box):
                hangs = (x, y) if thread > 2 else None
                found.things.append(Placed(decor, int(draw.random() * VARIANTS), box, room.nearness(y), hangs))
                room.take(box, 0.8)
                travelled, count = 0.0, count + 1
                break
            tall, thread, top = tall * 0.72, thread * 0.4, y - tall * 0.36 if upright else y + thread * 0.4
            if tall < SMALLEST * unit * 0.75:
                break
    return count


def _stand(wish: Wish, aspect: float, room: Room, draw: Random, found: Arrangement) -> None:
    decor = wish.decor
    feet = room.feet()
    wanted = 60 if wish.many else 12
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
    wanted = 8 if decor.height < 0.08 else 3
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
