"""The Replicate renderer: any image model of replicate.com by its name, paid by the image."""

from resources.rendering.replicate.renderer import ReplicateRenderer

__all__ = ["ReplicateRenderer"]
