"""What a night would be, and whether the schedule would begin it now; nothing is made."""

from datetime import date
from typing import Any

from moostik_assets.dreams.ability import dream_mode
from moostik_assets.dreams.keyframes import Keyframe, dream_engine, dream_preparation, prepared_keyframes
from moostik_assets.dreams.neighbour import busy_reason
from moostik_assets.dreams.preparing import coming_themes
from moostik_assets.dreams.rotation import NothingToDreamOf, scenes
from moostik_assets.dreams.sequence import MODES
from moostik_assets.studio import Studio
from resources.rendering.base import RendererUnavailable


def planned_night(studio: Studio, day: date, asked_mode: str = "") -> dict[str, Any]:
    """The document of `moostik dream --dry-run --json`."""
    with studio.on_day(day):
        catalogue = studio.catalogue
        settings = catalogue.series.dream_settings
        mode, why_not = asked_mode or settings.mode or MODES[0], ""
        try:
            mode = dream_mode(studio, settings, asked_mode)
        except RendererUnavailable as error:
            why_not = str(error)
        keyframes: list[Keyframe] = []
        engine = dream_engine(studio, settings)
        try:
            found = scenes(catalogue, day, settings.keyframes)
            keyframes = prepared_keyframes(dream_preparation(studio, engine), found, day)
        except NothingToDreamOf as error:
            why_not = why_not or str(error)
        busy = busy_reason(studio.settings, settings, at_work=False)
        seconds = settings.frames * engine.capabilities.seconds_per_image
        return {
            "date": day.isoformat(),
            "at": f"{settings.at} {settings.zone}",
            "wouldDream": not (why_not or busy),
            "reason": why_not or busy,
            "theme": catalogue.world_state.theme,
            "renderer": engine.name,
            "mode": mode,
            "frames": settings.frames,
            "seconds": round(settings.frames / settings.fps, 2),
            "estimate": {
                "seconds": round(seconds, 1),
                "usd": round(settings.frames * engine.capabilities.usd_per_image, 4),
            },
            "keyframes": [_keyframe(one) for one in keyframes],
            "prepares": {"minutes": settings.prepare_minutes, "usd": settings.prepare_usd}
            | {"themes": coming_themes(catalogue, day, settings.prepare_days)}
            if settings.prepare
            else None,
        }


def _keyframe(one: Keyframe) -> dict[str, Any]:
    scene = one.scene
    return {
        "entry": scene.entry.id,
        "prompt": one.prompt,
        "characters": [character.id for character in one.variation.shot.characters],
        "place": scene.place,
        "angle": scene.angle,
        "time": scene.time,
        "seed": scene.seed,
    }


def dry_run_text(document: dict[str, Any]) -> str:
    """The same for a person."""
    verdict = "would be dreamt now" if document["wouldDream"] else f"would not be dreamt now: {document['reason']}"
    lines = [
        f"the night of {document['date']} (at {document['at']}) {verdict}",
        f"  {document['frames']} frames, {document['seconds']:g} s of {document['mode']} by {document['renderer']}, "
        f"theme {document['theme']}",
    ]
    for one in document["keyframes"]:
        where = " / ".join(part for part in (one["place"], one["angle"], one["time"]) if part)
        lines.append(f"  {one['entry']} ({where}): {one['prompt']}")
    if document["prepares"]:
        prepares = document["prepares"]
        themes = ", ".join(prepares["themes"])
        lines.append(
            f"  then at most {prepares['minutes']:g} minutes and {prepares['usd']:g} USD for the day: {themes}"
        )
    return "\n".join(lines)
