"""What a setup needs around its model: packages of the right kind, and ControlNets of the right model."""

import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.weights import ModelFiles, read_json

_INSTALL = "run: pip install 'moostik-assets[local]'"


def check_controlnet(variable: str, folder: Path, files: ModelFiles) -> None:
    """A ControlNet is of its model's kind, and reads text of its width: another one fails at each image."""
    config, family = read_json(folder / "config.json"), files.family
    if config.get("_class_name", family.controlnet) != family.controlnet:
        raise RendererUnavailable(
            f"diffusers: {variable} is {folder}, a {config['_class_name']}; {family.name} takes a {family.controlnet}"
        )
    width = "cross_attention_dim" if family.denoiser == "unet" else "joint_attention_dim"
    here, wanted = config.get(width), files.config(family.denoiser).get(width)
    if None not in (here, wanted) and here != wanted:
        raise RendererUnavailable(
            f"diffusers: {variable} is {folder}, made for another model ({width} {here}, and the model's is {wanted})"
        )


def minor_version(package: str) -> str:
    """`2.13` of an installed package; a build (+cu130, +cpu) is left out: the device says that.

    Raises:
        RendererUnavailable: it is not installed.
    """
    try:
        parts = re.findall(r"\d+", version(package))
    except PackageNotFoundError:
        raise RendererUnavailable(f"diffusers: {package} is not installed; {_INSTALL}") from None
    return ".".join(parts[:2])


def opencv_version() -> str:
    """`5.0` of OpenCV, whichever of its packages it came with.

    Raises:
        RendererUnavailable: it is not installed, or lacks a library of the system.
    """
    try:
        import cv2
    except ImportError as error:
        raise RendererUnavailable(f"diffusers: a ControlNet needs OpenCV ({error}); {_INSTALL}") from error
    return ".".join(cv2.__version__.split(".")[:2])
