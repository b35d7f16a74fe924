"""Whether a series can dream at all: a renderer that makes dream frames, in a mode that it has, at a cost allowed."""

from moostik_assets.catalogue.dreams import DreamSettings
from moostik_assets.dreams.sequence import MODES
from moostik_assets.studio import Studio
from resources.rendering.base import RendererUnavailable
from resources.rendering.request import DreamMode


def dream_mode(studio: Studio, settings: DreamSettings, asked: str = "") -> DreamMode:
    """The mode of a night: the one asked for, else that of the series, else the best that the renderer has.

    Raises:
        RendererUnavailable: the renderer makes no dream frames, not in that mode, or for more than may be spent.
    """
    name = studio.renderer_name(settings.renderer or None)
    renderer = studio.renderer(name)
    capabilities = renderer.capabilities
    can: list[DreamMode] = [mode for mode in MODES if mode in capabilities.dreams]
    if not can:
        raise RendererUnavailable(
            f"the renderer {name} makes no dream frames; name one that does as dreams.renderer in series.json"
        )
    wanted = asked or settings.mode or can[0]
    if wanted not in can:
        has = ", ".join(can)
        raise RendererUnavailable(f"the renderer {name} makes no dream frames of mode {wanted!r}; it has {has}")
    usd = settings.frames * capabilities.usd_per_image
    if usd > settings.usd:
        raise RendererUnavailable(
            f"a night of {settings.frames} frames by {name} would cost about {usd:.2f} USD, and dreams.usd in "
            f"series.json is {settings.usd:g}"
        )
    renderer.validate()
    return can[can.index(wanted)]  # its type: one of the modes
