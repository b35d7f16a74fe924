"""Keys: `ep0`, `ep0/shot-001`, `ep0/shot-001/wide`. An angle of any string gets a name that is safe in a path."""

import hashlib
import re
import unicodedata
from functools import lru_cache

from moostik_assets.catalogue.models import Catalogue, Episode, Series, Shot, Variation

_SAFE = re.compile(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
_TAG_HEX_DIGITS = 6


@lru_cache(maxsize=4096)
def angle_key(angle: str) -> str:
    """The angle as the last part of a key: itself where it is safe, else an ASCII form with a short hash.

    Two different angles never share a key, whatever their script. (Dagster refuses "..." in a partition key.)
    """
    if _SAFE.fullmatch(angle):
        return angle
    ascii_form = unicodedata.normalize("NFKD", angle).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", ascii_form).strip("-").lower()[:40] or "angle"
    tag = hashlib.blake2b(angle.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()[:_TAG_HEX_DIGITS]
    return f"{stem}-{tag}"


def cluster_key(episode: Episode, cluster: str) -> str:
    """`ep0/loc-tire-city-shot-020`; an id made of an unknown location's odd name is made safe as an angle's is."""
    return f"{episode.id}/{angle_key(cluster)}"


def shot_key(episode: Episode, shot: Shot) -> str:
    """`ep0/shot-001`."""
    return f"{episode.id}/{shot.id}"


def variation_key(episode: Episode, shot: Shot, angle: str) -> str:
    """`ep0/shot-001/wide`."""
    return f"{episode.id}/{shot.id}/{angle_key(angle)}"


def variations_of(series: Series, shot: Shot) -> tuple[Variation, ...]:
    """The shot's variations; where it names none, one for each default angle of the series."""
    if shot.variations is not None and len(shot.variations) > 0:
        return shot.variations
    return _default_variations(series.default_camera_angles)


@lru_cache(maxsize=64)
def _default_variations(angles: tuple[str, ...]) -> tuple[Variation, ...]:
    return tuple(Variation(camera_angle=angle) for angle in dict.fromkeys(angles))


def all_variation_keys(catalogue: Catalogue) -> list[str]:
    """Every variation of the series, in episode, file and angle order."""
    return [
        variation_key(episode, shot, variation.camera_angle)
        for episode in catalogue.episodes.values()
        for shot in episode.shots
        for variation in variations_of(catalogue.series, shot)
    ]
