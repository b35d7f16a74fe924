"""A renderer on several GPUs or machines, by Ray: a way of running any renderer, not a renderer of its own.

Recipes name the renderer that drew an image; whether Ray carried the request there changes no pixel, and so no recipe.
"""

from resources.rendering.ray.choice import create_renderer_where_asked
from resources.rendering.ray.renderer import RayRenderer

__all__ = ["RayRenderer", "create_renderer_where_asked"]
