"""The ComfyUI renderer: graphs of our own or of a person, made by one or more ComfyUI servers."""

from resources.rendering.comfyui.renderer import ComfyUIRenderer

__all__ = ["ComfyUIRenderer"]
