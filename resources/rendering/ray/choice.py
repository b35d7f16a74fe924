"""Which renderers run on Ray."""

from collections.abc import Mapping
from typing import Any

from resources.rendering.base import Renderer, RendererContext, RendererUnavailable
from resources.rendering.ray.options import PREFIX, parsed_options
from resources.rendering.ray.renderer import RayRenderer
from resources.rendering.registry import create_renderer, renderer_entry_points


def create_renderer_where_asked(name: str, context: RendererContext, ray_options: Mapping[str, Any]) -> Renderer:
    """A renderer by name: in this process, or on Ray where the options of Ray name it.

    Raises:
        RendererUnavailable: as `create_renderer`; or the options of Ray are wrong.
    """
    options = parsed_options(ray_options)
    strangers = [stranger for stranger in options.renderers if stranger not in renderer_entry_points()]
    if strangers:
        installed = ", ".join(renderer_entry_points())
        raise RendererUnavailable(
            f"ray: option renderers ({PREFIX}RENDERERS) names {strangers[0]!r}, which is none of {installed}"
        )
    if name in options.renderers:
        return RayRenderer(name, context, options)
    return create_renderer(name, context)
