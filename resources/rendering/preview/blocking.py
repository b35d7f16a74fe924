"""Blocking: where each figure stands in the frame, how large, and which way it looks."""

import math
from dataclasses import dataclass, replace
from random import Random

from resources.rendering.preview.cast import CastMember, Likeness, likeness_for
from resources.rendering.preview.framing import Framing
from resources.rendering.preview.seeds import stream

_EYES_UPPER_THIRD = 0.34
_EYES_IN_CLOSE_UP = 0.42
_HEAD_PER_EYES = 1.65
"""A head is about this much higher than its eyes lie below its crown."""
_HEAD_IN_CLOSE_UP = 0.68
_CUT_OFF = 0.07
"""How much of a figure a close-up may cut off at the top, as a share of its height."""
_HEADROOM = 0.08
"""Air above a crown in a close-up, at most."""
_MAX_OVERLAP = 0.25
_SHARES_OF_A_MEDIUM = {1: (0.62, 0.62), 2: (0.46, 0.40), 3: (0.40, 0.29)}
"""How wide the lead, and each other figure, may be in a medium shot of one, two, or more, as shares of the frame."""
_BUST_OF_FIGURE = 0.55
"""How much of a whole figure a bust shows."""
_SMALLEST = 0.42
"""The last of a crowd, against the lead."""


@dataclass(frozen=True)
class Placed:
    """A figure in the frame: `x`, its middle, as a share of the width; `feet` and `height` as shares of the height."""

    name: str
    likeness: Likeness
    x: float
    feet: float
    height: float
    flip: bool = False
    depth: float = 0.0
    """0 for the lead's distance, up to 1 for the farthest; negative in front of the lead."""
    grounded: bool = True
    """Whether the feet are to be seen on the ground."""
    fade: bool = False
    """A bust where a whole figure is wanted: its foot melts into the ground."""
    taper: float = 0.0
    squat: float = 1.0
    dark: bool = False
    """A back in the foreground, nearly a silhouette."""

    @property
    def facing(self) -> int:
        """Where it looks once flipped: -1 left, 1 right, 0 unknown."""
        return -self.likeness.facing if self.flip else self.likeness.facing


def placed_cast(
    cast: list[CastMember], framing: Framing, horizon: float, aspect: float, seed: int, notes: list[str]
) -> list[Placed]:
    """The cast in the frame, farthest first (the order of painting). `aspect` is the frame's width over its height."""
    if not cast:
        return []
    draw = stream(seed, "blocking", framing.name)
    shown, left_out = cast[: framing.crowd], cast[framing.crowd :]
    if left_out:
        notes.append(f"{framing.name} leaves out {', '.join(member.figure.id for member in left_out)}")
    if framing.size == "full":
        placed = _on_the_ground(shown, framing, horizon, aspect, seed, draw)
    elif framing.size == "shoulder":
        placed = _over_the_shoulder(shown, framing, horizon, aspect, seed, draw)
    elif framing.size == "waist":
        placed = _to_the_waist(shown, framing, aspect, seed, draw)
    else:
        placed = _close(shown, framing, aspect, seed, draw)
    return sorted(placed, key=lambda each: -each.depth)


def _height_in(framing: Framing, draw: Random) -> float:
    """A height in the framing's range, in three steps, so that prepared figures are used again."""
    low, high = framing.heights
    return low + (high - low) * int(draw.random() * 3) / 2


def _fitted(height: float, likeness: Likeness) -> float:
    """A wide figure is drawn lower, so that figures weigh alike."""
    return height * min(1.0, math.sqrt(0.95 / likeness.aspect))


def _lead_side(likeness: Likeness, draw: Random) -> int:
    """-1: the lead stands on the left third, looking right into the room; 1: on the right."""
    seeded = -1 if draw.random() < 0.5 else 1
    return -likeness.facing if likeness.facing else seeded


def _on_the_ground(
    cast: list[CastMember], framing: Framing, horizon: float, aspect: float, seed: int, draw: Random
) -> list[Placed]:
    tall = _height_in(framing, draw)
    # All heads and feet converge on one horizon: what stands at half the distance to it is half as high.
    horizon = min(horizon, framing.feet - 0.10)
    slope = (framing.feet - horizon) / tall
    lead_at = next((i for i, m in enumerate(cast) if likeness_for(m, framing, seed).kind != "colossal"), 0)
    order = [cast[lead_at], *cast[:lead_at], *cast[lead_at + 1 :]]
    placed: list[Placed] = []
    shrink = 1.0
    for member in order:
        likeness = likeness_for(member, framing, seed)
        if likeness.kind == "colossal":
            placed.append(_colossal(member, likeness, framing, placed, aspect, draw))
            continue
        small = max(shrink * (1 + (draw.random() - 0.5) * 0.06 * bool(placed)), _SMALLEST)
        shrink *= framing.spread
        height = _fitted(tall * small, likeness)
        fade = likeness.kind == "bust"
        height *= _BUST_OF_FIGURE if fade else 1.0
        feet = horizon + slope * tall * small if framing.keystone >= 0 else framing.feet - (1 - small) * 0.9
        wide = height * likeness.aspect / aspect
        if not placed:
            side = _lead_side(likeness, draw)
            third = 0.03 if framing.centred else 0.155 if len(cast) < 4 else 0.09
            x = 0.5 + side * third
        else:
            x = _clear_place(wide, placed, aspect, draw)
        one = Placed(
            member.figure.id,
            likeness,
            x,
            feet,
            height * framing.squat,
            depth=1 - small,
            fade=fade,
            taper=framing.taper,
            squat=framing.squat,
        )
        placed.append(_turned_to(one, placed))
    placed = _within_the_frame(placed, aspect)
    if framing.mask == "keyhole":  # the opening is a third of the frame wide
        return [replace(each, x=0.5 + (each.x - 0.5) * 0.55) for each in placed]
    return placed


def _clear_place(wide: float, placed: list[Placed], aspect: float, draw: Random) -> float:
    """The place across the frame nearest to the lead that covers nobody, and keeps the frame in balance."""
    lead = placed[0]
    low, high = min(0.06 + wide / 2, 0.5), max(0.94 - wide / 2, 0.5)
    best, best_cost = 0.5, math.inf
    steps = 36
    weights = [(e.x, e.height * e.likeness.aspect / aspect) for e in placed if e.likeness.kind != "colossal"]
    for step in range(steps + 1):
        x = low + (high - low) * step / steps
        cost = 0.10 * draw.random()
        for other, width in weights:
            narrow = min(wide, width)
            covered = max(0.0, (wide + width) / 2 * 1.06 - abs(x - other)) / max(narrow, 1e-6)
            cost += 8.0 * max(0.0, covered - _MAX_OVERLAP / 3) + 0.5 * covered
        cost += 0.6 * abs(x - lead.x) + 0.9 * abs((x + sum(o for o, _ in weights)) / (len(weights) + 1) - 0.5)
        if cost < best_cost:
            best, best_cost = x, cost
    return best


def _turned_to(one: Placed, placed: list[Placed]) -> Placed:
    """The others look towards the lead; whoever faces away from it is mirrored."""
    if not placed or one.facing == 0:
        return one
    lead = placed[0]
    return replace(one, flip=True) if one.facing * (lead.x - one.x) < 0 else one


def _colossal(
    member: CastMember, likeness: Likeness, framing: Framing, placed: list[Placed], aspect: float, draw: Random
) -> Placed:
    """Someone too large for any frame: comes in from above, and its soles rest where the ground is."""
    height = 0.62 if framing.name in ("extreme_wide", "establishing") else 0.88
    height = min(height, 0.8 * aspect / likeness.aspect)
    lead = placed[0].x if placed else 0.5
    x = 0.70 if lead <= 0.5 else 0.30
    x += (draw.random() - 0.5) * 0.06
    return Placed(member.figure.id, likeness, x, height - 0.02, height, depth=0.5, grounded=True)


def _within_the_frame(placed: list[Placed], aspect: float) -> list[Placed]:
    """A crowd wider than the frame is drawn smaller, all of it alike."""
    total = sum(each.height * each.likeness.aspect / aspect for each in placed if each.likeness.kind != "colossal")
    if total <= 1.0:
        return placed
    factor = max(1.0 / total, 0.6)
    return [replace(e, height=e.height * factor) if e.likeness.kind != "colossal" else e for e in placed]


def _to_the_waist(cast: list[CastMember], framing: Framing, aspect: float, seed: int, draw: Random) -> list[Placed]:
    """The lead from the waist up; the others behind, their eyes near the same line, as people on level ground."""
    tall = _height_in(framing, draw)
    placed: list[Placed] = []
    for index, member in enumerate(cast):
        likeness = likeness_for(member, framing, seed)
        small = framing.spread**index
        if likeness.kind == "colossal":
            placed.append(_colossal(member, likeness, framing, placed, aspect, draw))
            continue
        height = tall * small * (0.70 if likeness.kind == "bust" else 1.0)
        share = _SHARES_OF_A_MEDIUM[min(len(cast), 3)][min(index, 1)]
        height = min(height, share * aspect / likeness.aspect)
        wide = height * likeness.aspect / aspect
        top = max(_EYES_UPPER_THIRD + 0.04 * index - likeness.eyes * height, -0.03 if index == 0 else 0.03)
        top = min(top, _HEADROOM + 0.05 * index)
        # Wide people are drawn lower: then they are seen whole, and stand near the frame's foot.
        top = max(top, (1.04 if likeness.kind == "bust" else 0.97 - 0.05 * index) - height)
        if placed:
            x = _clear_place(wide, placed, aspect, draw)
        else:
            x = 0.5 + _lead_side(likeness, draw) * (0.10 if len(cast) == 1 else 0.19)
        feet = top + height
        one = Placed(member.figure.id, likeness, x, feet, height, depth=1 - small, grounded=feet < 1.0)
        placed.append(_turned_to(one, placed))
    return placed


def _close(cast: list[CastMember], framing: Framing, aspect: float, seed: int, draw: Random) -> list[Placed]:
    """The lead's face, or hands; one more may stand soft in the depth behind."""
    likeness = likeness_for(cast[0], framing, seed)
    side = _lead_side(likeness, draw)
    if framing.size == "hands":
        height = _height_in(framing, draw) * (0.6 if likeness.kind != "full" else 1.0)
        height = min(height, 2.2 * aspect / likeness.aspect)
        middle = 0.64 if likeness.kind == "full" else 0.75
        return [Placed(cast[0].figure.id, likeness, 0.5, 0.52 + (1 - middle) * height, height, grounded=False)]
    if likeness.kind == "colossal":
        return [Placed(cast[0].figure.id, likeness, 0.5, 1.1, 1.15, grounded=False)]
    nearness = 1.0 if framing.name != "extreme_close_up" else 1.55
    tallest = (1.25 if likeness.kind == "bust" else 2.1) * nearness
    height = min(max(nearness * _HEAD_IN_CLOSE_UP / (_HEAD_PER_EYES * max(likeness.eyes, 0.05)), 0.95), tallest)
    height = min(height, 0.86 * nearness * aspect / likeness.aspect)
    height = max(height, (1.03 - _EYES_IN_CLOSE_UP) / (1 - likeness.eyes))
    # No more than a crown or feelers may be cut off: where the eyes lie low, or were taken for something else.
    top = max(_EYES_IN_CLOSE_UP - likeness.eyes * height, -_CUT_OFF * height * nearness**3)
    top = min(top, _HEADROOM)
    lead = Placed(cast[0].figure.id, likeness, 0.5 + side * 0.09, top + height, height, grounded=False)
    placed = [lead]
    for member in cast[1:]:
        other = likeness_for(member, framing, seed)
        if other.kind == "colossal":
            continue
        tall = 0.62 if other.kind == "bust" else 1.0
        one = Placed(
            member.figure.id, other, 0.5 - side * 0.36, 0.40 + tall * (1 - other.eyes), tall, depth=0.8, grounded=False
        )
        if one.feet < 1.03:
            one = replace(one, feet=1.03)
        placed.append(_turned_to(one, placed))
    return placed


def _over_the_shoulder(
    cast: list[CastMember], framing: Framing, horizon: float, aspect: float, seed: int, draw: Random
) -> list[Placed]:
    """The lead seen past a dark back at one edge: the second figure's, or the lead's own looking at the place."""
    alone = len(cast) == 1
    watcher = cast[0] if alone else cast[1]
    back = likeness_for(watcher, framing, seed, back=True)
    seen = [] if alone else _on_the_ground([cast[0], *cast[2:]], framing, horizon, aspect, seed, draw)
    side = -1 if (seen and seen[0].x > 0.5) or (not seen and draw.random() < 0.5) else 1
    height = 1.75 if back.kind != "bust" else 1.15
    height = min(height, 0.85 * aspect / back.aspect)
    wide = height * back.aspect / aspect
    x = 0.5 + side * (0.5 - wide * 0.16 - (0.10 if alone else 0.02))
    top = 0.16 if back.kind != "colossal" else -0.05
    flip = back.facing * side > 0  # it looks into the frame
    return [*seen, Placed(watcher.figure.id, back, x, top + height, height, flip, -1.0, grounded=False, dark=True)]
