"""Renderers by name, through the entry-point group `moostik.renderers`."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from resources.rendering.base import API_VERSION, Renderer, RendererContext, RendererUnavailable

GROUP = "moostik.renderers"


def renderer_entry_points() -> Mapping[str, EntryPoint]:
    """The installed renderers, by name, in the order of their names."""
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def create_renderer(name: str, context: RendererContext) -> Renderer:
    """Load and build a renderer.

    A plug-in says the version of the protocol that it was written for in a class attribute `api_version`.

    Raises:
        RendererUnavailable: unknown name, a plug-in that cannot be loaded or built, or one for another version of the
            protocol.
    """
    found = renderer_entry_points()
    if name not in found:
        near = get_close_matches(name, found, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise RendererUnavailable(f"no renderer named {name!r}; installed: {', '.join(found) or 'none'}{hint}")
    try:
        factory = found[name].load()
        version = getattr(factory, "api_version", API_VERSION)
    except Exception as error:
        where = f"renderer {name!r} ({found[name].value})"
        raise RendererUnavailable(f"{where} cannot be loaded: {_said(error)}") from error
    if version != API_VERSION:
        raise RendererUnavailable(
            f"renderer {name!r} was written for version {version} of the renderer protocol; this is {API_VERSION}"
        )
    try:
        return factory(context)
    except RendererUnavailable:
        raise
    except Exception as error:
        raise RendererUnavailable(f"renderer {name!r} ({found[name].value}) cannot be built: {_said(error)}") from error


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
