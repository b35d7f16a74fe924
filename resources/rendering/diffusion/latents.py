"""Latents: spherical interpolation between them, and the VAE's way from pictures to latents and back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

_ALIKE = 1e-3
"""Sine of the angle below which two directions count as one, or as opposite: arc and chord differ by a millionth."""


def slerp(a: Any, b: Any, t: Any) -> Any:
    """Spherical linear interpolation from tensor `a` to tensor `b`, sample by sample, magnitudes interpolated too.

    Direction goes along the great circle, at even speed; magnitude goes straight from that of `a` to that of `b`.
    `t` 0 gives exactly `a`, 1 exactly `b`. Where the two point the same way, or one is zero, this is straight
    interpolation; where they are opposite, all great circles are equally short: a fixed one is taken.

    Source: K. Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985, section 3.3. Angle: W. Kahan, How
    futile are mindless assessments of roundoff in floating-point computation?, 2006, section 12.

    Args:
        a: floating point, shape (samples, ...).
        b: the same shape, type and device.
        t: 0..1, one number or one for each sample.
    """
    import torch

    exact = a.dtype if a.dtype == torch.float64 else torch.float32
    start, end = a.flatten(1).to(exact), b.flatten(1).to(exact)
    along = torch.as_tensor(t, dtype=exact, device=a.device).expand(a.shape[0]).unsqueeze(1)
    long_start, long_end = _length(start), _length(end)
    way_start = start / torch.where(long_start > 0, long_start, 1)
    way_end = end / torch.where(long_end > 0, long_end, 1)
    apart, together = _length(way_start - way_end), _length(way_start + way_end)
    angle = 2 * torch.atan2(apart, together)
    sine = torch.sin(angle)
    straight = torch.lerp(start, end, along)
    sideways = _perpendicular(way_start)
    half_turn = torch.cos(along * torch.pi) * way_start + torch.sin(along * torch.pi) * sideways
    arc = (torch.sin((1 - along) * angle) * way_start + torch.sin(along * angle) * way_end) / sine.clamp(min=1e-30)
    arc = torch.where((sine < _ALIKE) & (together < apart), half_turn, arc)
    arc = arc * torch.lerp(long_start, long_end, along)
    parallel = (sine < _ALIKE) & (apart <= together)
    found = torch.where(parallel | (long_start == 0) | (long_end == 0), straight, arc)
    found = torch.where(along == 0, start, torch.where(along == 1, end, found))
    return found.reshape(a.shape).to(a.dtype)


def _length(vectors: Any) -> Any:
    return vectors.norm(dim=1, keepdim=True)


def _perpendicular(way: Any) -> Any:
    """For each unit vector one at right angles: the axis that it leans to least, less what points the same way."""
    import torch

    axis = torch.zeros_like(way).scatter_(1, way.abs().argmin(dim=1, keepdim=True), 1.0)
    beside = axis - (axis * way).sum(dim=1, keepdim=True) * way
    length = _length(beside)
    return beside / torch.where(length > 0, length, 1)


def pixels_to_tensor(images: Sequence[np.ndarray]) -> Any:
    """uint8 pictures (height, width, 3) of one size as float32 (n, 3, height, width), -1..1."""
    import torch

    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1.0


def tensor_to_pixels(tensor: Any) -> list[np.ndarray]:
    """The reverse, rounded, values beyond -1..1 cut off.

    Raises:
        ValueError: a value that is no number, as half precision gives where a model cannot do with it.
    """
    import torch

    if not torch.isfinite(tensor).all():
        raise ValueError("the VAE gave no picture (NaN): use dtype bfloat16 or float32")
    values = ((tensor.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    return list(values.permute(0, 2, 3, 1).contiguous().cpu().numpy())


def encoded(vae: Any, images: Sequence[np.ndarray], device: Any = None, batch: int = 4) -> Any:
    """Latents of pictures, as a denoiser takes them: the mode of the VAE's distribution, shifted and scaled.

    Args:
        vae: an AutoencoderKL.
        images: uint8 (height, width, 3), all of one size, which the VAE's factor divides.
        device: where it runs; needed where the VAE is offloaded.
        batch: pictures at once.

    Returns:
        (n, channels, height / factor, width / factor), of the VAE's dtype.
    """
    import torch

    dtype, found = vae.dtype, []
    with torch.inference_mode(), _steady(vae):
        for first in range(0, len(images), batch):
            pixels = pixels_to_tensor(images[first : first + batch]).to(device or vae.device, vae.dtype)
            found.append(vae.encode(pixels).latent_dist.mode())
    latents = torch.cat(found).float()
    mean, deviation = _statistics(vae, latents)
    return ((latents - mean) / deviation).to(dtype)


def decoded(vae: Any, latents: Any, batch: int = 4) -> list[np.ndarray]:
    """The pictures of latents, uint8 (height, width, 3): `encoded` backwards.

    Raises:
        ValueError: the VAE gave a value that is no number.
    """
    import torch

    mean, deviation = _statistics(vae, latents)
    unscaled = latents.float() * deviation + mean
    found: list[np.ndarray] = []
    with torch.inference_mode(), _steady(vae):
        for part in unscaled.to(vae.dtype).split(batch):
            found += tensor_to_pixels(vae.decode(part, return_dict=False)[0])
    return found


def _statistics(vae: Any, latents: Any) -> tuple[Any, Any]:
    """Mean and deviation of a VAE's latents, from its config: one shift and scaling, or one a channel."""
    import torch

    config = vae.config
    scaling, shift = config.scaling_factor, getattr(config, "shift_factor", None) or 0.0
    means, deviations = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if means is None or deviations is None:
        return shift, 1 / scaling
    shape = (1, -1, 1, 1)
    mean = torch.tensor(means, device=latents.device).view(shape)
    return mean, torch.tensor(deviations, device=latents.device).view(shape) / scaling


@contextmanager
def _steady(vae: Any) -> Iterator[None]:
    """In float32 while a float16 VAE runs that would overflow (SDXL's `force_upcast`)."""
    import torch

    upcast = vae.dtype == torch.float16 and getattr(vae.config, "force_upcast", False)
    if upcast:
        vae.to(dtype=torch.float32)
    try:
        yield
    finally:
        if upcast:
            vae.to(dtype=torch.float16)
