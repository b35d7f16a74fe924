"""The contact sheet as one HTML page: every frame, and beside each how it was made. No network, no other file."""

import base64
import hashlib
import json
import math
from functools import cache
from html import escape
from importlib.resources import files
from statistics import median, mode
from string import Template
from typing import Any
from urllib.parse import quote

from moostik_assets.galleries.entries import (
    STATUSES,
    Sheet,
    SheetEntry,
    SheetShot,
    angle_title,
    angles_of,
    counts_of,
    episode_heading,
    frame_size,
    shots_of,
    summary,
)

_FEWEST_COLUMNS, _MOST_COLUMNS = 2, 6


def contact_sheet_html(sheet: Sheet) -> str:
    """The page as text, to be written as UTF-8 where the entries' image paths start.

    The images show from disk (file://) as well as from a server. Without JavaScript it is a page of linked images.
    """
    style = _source("contact_sheet.css") + _proportions(sheet)
    script = _source("contact_sheet_details.js") + _source("contact_sheet.js")
    return Template(_source("contact_sheet.html")).substitute(
        policy=_policy(style, script),
        title=_escaped(f"{sheet.series_title} · {episode_heading(sheet)}".strip(" ·")),
        style=style,
        series=_escaped(sheet.series_title),
        episode=_escaped(episode_heading(sheet)),
        totals=_escaped(_totals(sheet)),
        angles="".join(_angle_option(angle, count) for angle, count in angles_of(sheet).items()),
        statuses=_status_buttons(sheet),
        shots="\n".join(map(_shot_section, shots_of(sheet)))
        or '<p class="nothing">This episode has no images yet.</p>',
        entries=_script_json(_viewer_data(sheet)),
        script=script,
    )


@cache
def _source(name: str) -> str:
    return files("moostik_assets.galleries").joinpath(name).read_text(encoding="utf-8")


def _proportions(sheet: Sheet) -> str:
    """Style that lets a row hold the frames of a usual shot, from the shapes and numbers that are commonest."""
    if not sheet.entries:
        return ""
    columns = min(max(mode(len(shot.entries) for shot in shots_of(sheet)), _FEWEST_COLUMNS), _MOST_COLUMNS)
    aspect = min(max(median(width / height for width, height in map(frame_size, sheet.entries)), 0.4), 3.0)
    phone = min(columns, 2 if aspect > 1 else 3)
    return f":root {{ --columns: {columns}; --phone-columns: {phone}; --aspect: {aspect:.4f}; }}\n"


def _policy(style: str, script: str) -> str:
    """Nothing but this page's own style and script, and images from where it lies."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; img-src 'self' file: data:; style-src 'sha256-{digests[0]}'; "
        f"script-src 'sha256-{digests[1]}'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )


def _totals(sheet: Sheet) -> str:
    said = [summary(sheet)]
    seconds = sum(_finite(entry.seconds) or 0 for entry in sheet.entries)
    usd = sum(_finite(entry.usd) or 0 for entry in sheet.entries)
    if seconds >= 1:
        said.append(f"{_duration(seconds)} of rendering")
    if usd:
        said.append(f"${usd:,.2f}")
    return " · ".join(said)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole // 3600} h {whole % 3600 // 60} min"


def _angle_option(angle: str, count: int) -> str:
    return f'<option value="{_escaped(angle)}">{_escaped(angle_title(angle))} ({count})</option>'


def _status_buttons(sheet: Sheet) -> str:
    counts = {status: count for status, count in counts_of(sheet).items() if count}
    if len(counts) < 2:
        return ""
    return "".join(
        f'<button type="button" aria-pressed="false" data-status="{status}">{status.capitalize()} {count}</button>'
        for status, count in counts.items()
    )


def _shot_section(shot: SheetShot) -> str:
    name = shot.name if shot.name.strip() else shot.shot_id
    shot_id = f'<span class="id">{_escaped(shot.shot_id)}</span>' if name != shot.shot_id else ""
    cells = "\n".join(_cell(entry, shot.first_frame + index) for index, entry in enumerate(shot.entries))
    heading = f'<h2><span dir="auto">{_escaped(name)}</span>{shot_id}</h2>'
    return f'<section class="shot">{heading}\n<ol class="frames">\n{cells}\n</ol></section>'


def _cell(entry: SheetEntry, number: int) -> str:
    width, height = frame_size(entry)
    caption = _escaped(angle_title(entry.angle) + (f" · take {entry.take}" if entry.take else ""))
    if entry.image:
        target = _escaped(_image_url(entry.image))
        alt = _escaped(f"{entry.shot_name.strip() or entry.shot_id}, {angle_title(entry.angle)}")
        shown = f'<img src="{target}" alt="{alt}" width="{width}" height="{height}" loading="lazy" decoding="async">'
        mark = '<span class="mark">failed</span>' if entry.status == "failed" else ""
    else:
        target, mark = _escaped("#" + quote(_valid(entry.key))), ""
        word = "no image" if entry.status == "completed" else _escaped(entry.status)
        reason = f"<small>{_escaped(entry.error)}</small>" if entry.error else ""
        shown = (
            f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true"></svg>'
            f'<span class="word">{word}{reason}</span>'
        )
    status = entry.status if entry.status in STATUSES else "pending"
    return (
        f'<li data-status="{status}"><a class="frame" href="{target}"><span class="shade">{shown}</span>'
        f'<span class="caption"><span dir="auto">{caption}</span>{mark}<span class="number">{number}</span></span>'
        "</a></li>"
    )


def _viewer_data(sheet: Sheet) -> dict[str, Any]:
    """What the viewer shows of each entry; texts and lists that entries share stand once, in `pool`."""
    pool: dict[str, int] = {}

    def pooled(value: Any) -> int:
        return pool.setdefault(json.dumps(value, ensure_ascii=False), len(pool))

    entries = [
        {
            "key": entry.key,
            "shot_id": entry.shot_id,
            "shot": entry.shot_name.strip(),
            "angle": entry.angle,
            "angle_title": angle_title(entry.angle),
            "image": _image_url(entry.image) if entry.image else None,
            "file": entry.image,
            "width": frame_size(entry)[0],
            "height": frame_size(entry)[1],
            "seed": str(entry.seed),  # as text: JavaScript rounds integers above 2**53
            "take": entry.take,
            "recipe": entry.recipe,
            "prompt": pooled(entry.prompt),
            "negative": pooled(entry.negative),
            "references": pooled(
                [
                    {"entity": note.entity, "role": note.role, "reference": note.reference, "sha256": note.sha256}
                    for note in entry.references
                ]
            ),
            "renderer": entry.renderer,
            "seconds": _finite(entry.seconds),
            "usd": _finite(entry.usd),
            "notes": entry.notes,
            "status": entry.status,
            "error": entry.error,
        }
        for entry in sheet.entries
    ]
    return {"pool": [json.loads(text) for text in pool], "entries": entries}


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _valid(text)


def _image_url(path: str) -> str:
    """A path below the page as a relative URL; whatever it holds, never one with a scheme or a host."""
    return "./" + quote(_valid(path))


def _escaped(text: str) -> str:
    return escape(_valid(text))


def _valid(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
