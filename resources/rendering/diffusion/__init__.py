"""The renderer that works with diffusers: SD 1.5, SDXL and FLUX on this machine."""

from resources.rendering.diffusion.renderer import DiffusersRenderer

__all__ = ["DiffusersRenderer"]
