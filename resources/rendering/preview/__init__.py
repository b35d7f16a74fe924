"""The preview renderer: storyboard frames composed with Pillow and numpy, on the processor, without a network."""

from resources.rendering.preview.renderer import PreviewRenderer

__all__ = ["PreviewRenderer"]
