"""The command that lists renderers: what each can do, and whether it can work here."""

from dataclasses import dataclass
from typing import Any

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import answer, answering
from moostik_assets.studio import Studio
from resources.rendering.base import Capabilities
from resources.rendering.registry import renderer_entry_points


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(renderers)


@dataclass(frozen=True)
class ListedRenderer:
    """A renderer by name. Where it cannot even be built, nothing is known of its capabilities."""

    name: str
    source: str
    capabilities: Capabilities | None
    used_for: tuple[str, ...]
    problem: str = ""
    """Why it cannot work here, and what to do; "" where it can."""

    def to_json(self) -> dict[str, Any]:
        """Part of the document of `moostik renderers --json`."""
        able = self.capabilities
        return {
            "name": self.name,
            "source": self.source,
            "available": not self.problem,
            **({"problem": self.problem} if self.problem else {}),
            "usedFor": list(self.used_for),
            "capabilities": None if able is None else _capabilities_json(able),
        }

    def text(self) -> str:
        """A few lines for a person."""
        used = f"  <- {', '.join(self.used_for)}" if self.used_for else ""
        lines = [f"{self.name:12} {'works' if not self.problem else 'cannot work here'}{used}"]
        lines += [f"    {self.problem}"] if self.problem else []
        return "\n".join([*lines, *([f"    {_said(self.capabilities)}"] if self.capabilities else [])])


def renderers(context: typer.Context, as_json: Json = False) -> None:
    """List the installed renderers, what each can do, and whether it can work here."""
    with answering(as_json), Studio(context.obj.settings()) as studio:
        found = listed_renderers(studio)
        answer(as_json, [one.to_json() for one in found], lambda: "\n".join(one.text() for one in found))


def listed_renderers(studio: Studio) -> list[ListedRenderer]:
    """Every renderer that is installed, and those that the series asks for but that are not."""
    used: dict[str, list[str]] = {studio.renderer_name(): ["variations"]}
    used.setdefault(studio.background_renderer_name(), []).append("backgrounds")
    for episode in studio.catalogue.episodes.values():
        name = studio.renderer_name(episode=episode)
        if name != studio.renderer_name():
            used.setdefault(name, []).append(episode.id)
    entries = renderer_entry_points()
    found = []
    for name in dict.fromkeys([*entries, *used]):
        capabilities, problem = None, ""
        try:
            renderer = studio.renderer(name)
            capabilities = renderer.capabilities
            renderer.validate()
        except Exception as error:  # a plug-in may raise anything; it is listed all the same
            problem = str(error) or type(error).__name__
        source = entries[name].value if name in entries else "not installed"
        found.append(ListedRenderer(name, source, capabilities, tuple(used.get(name, ())), problem))
    return found


def _capabilities_json(able: Capabilities) -> dict[str, Any]:
    return {
        "seed": able.seed,
        "negative": able.negative,
        "maxReferences": able.max_references,
        "control": list(able.control),
        "inpaint": able.inpaint,
        "img2img": able.img2img,
        "maxPrompt": able.max_prompt,
        "parallel": able.parallel,
        "bakes": able.bakes,
        "composes": able.composes,
        "dreams": list(able.dreams),
        "pixels": able.pixels,
        "usdPerImage": able.usd_per_image,
        "secondsPerImage": able.seconds_per_image,
        "vramBytes": able.vram_bytes,
    }


def _said(able: Capabilities) -> str:
    parts = [
        f"{able.max_references} references" if able.max_references else "no references",
        *(() if able.seed else ("no seed",)),
        *(() if able.negative else ("no negative prompt",)),
        *((f"control: {', '.join(able.control)}",) if able.control else ()),
        *(word for word, can in (("inpaint", able.inpaint), ("img2img", able.img2img)) if can),
        *(("dresses places",) if able.bakes else ()),
        *((f"dreams: {', '.join(able.dreams)}",) if able.dreams else ()),
        f"{able.pixels / 1e6:.1f} megapixels",
        f"{able.usd_per_image:g} USD an image" if able.usd_per_image else "free",
    ]
    return "; ".join(parts)
