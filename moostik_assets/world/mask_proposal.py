"""A decoration mask for a place: the one that it names, looked at, or one that is proposed for a person to edit."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from moostik_assets.catalogue.models import Location
from moostik_assets.studio import Studio
from resources.decoration_mask import checked_mask, proposed_mask
from resources.rendering.preview.bake_inputs import master_plate
from resources.rendering.request import ImageInput

MASK_SUFFIX = "-decoration-mask.png"
FIELD = "decorationMask"
WHITE = 128
_KEPT_OUT = (150, 20, 60)
_OPEN = (120, 235, 160)
_TINT = 0.45
_OVERLAY_SIDE = 1280
"""Pixels of the overlay's longer side, at most."""


class NoMask(Exception):
    """There is no mask to be had for a place; says why, and what to do."""


@dataclass(frozen=True)
class PlaceMask:
    """A mask of a place, with the master plate that it is for."""

    location: str
    master: str
    """The master's reference, as the catalogue gives it."""
    plate: Image.Image
    mask: Image.Image
    """L: 255 may be dressed, 0 keep out."""

    @property
    def white(self) -> float:
        """The share of the plate that may be dressed, 0..1."""
        return sum(self.mask.histogram()[WHITE:]) / (self.mask.width * self.mask.height)

    def overlay(self) -> Image.Image:
        """The plate with what may be dressed in green and the rest darkened, for a person to look at."""
        plate, mask = self.plate, self.mask
        if max(plate.size) > _OVERLAY_SIDE:
            scale = _OVERLAY_SIDE / max(plate.size)
            size = (max(1, round(plate.width * scale)), max(1, round(plate.height * scale)))
            plate, mask = plate.resize(size, Image.Resampling.BOX), mask.resize(size, Image.Resampling.BOX)
        open_here = Image.blend(plate, Image.new("RGB", plate.size, _OPEN), _TINT)
        return Image.composite(open_here, Image.blend(plate, Image.new("RGB", plate.size, _KEPT_OUT), _TINT), mask)


def proposed_place_mask(studio: Studio, location: Location) -> PlaceMask:
    """A mask that is proposed for a place's master.

    Raises:
        NoMask: no reference image of the place can be had, or it is no picture.
    """
    reference, plate = _master(studio, location)
    return PlaceMask(location.id, reference, plate, proposed_mask(plate))


def checked_place_mask(studio: Studio, location: Location) -> PlaceMask:
    """The mask that a place names in locations.json.

    Raises:
        NoMask: it names none, or one that cannot be had, or is not an 8-bit grey PNG of the master's size.
    """
    if not location.decoration_mask:
        raise NoMask(f"{location.id} names no {FIELD} in locations.json; moostik mask {location.id} proposes one")
    reference, plate = _master(studio, location)
    try:
        mask = checked_mask(_bytes(studio, location.decoration_mask), plate.size)
    except (ValueError, OSError) as error:
        raise NoMask(f"{location.id}: {FIELD} {location.decoration_mask}: {error}") from error
    return PlaceMask(location.id, reference, plate, mask)


def default_mask_path(studio: Studio, location: Location, plate: str) -> Path:
    """Where a proposed mask goes when nobody says where: outside of the catalogue, named for its plate."""
    return studio.settings.state_root / "masks" / location.id / f"{Path(plate).stem}{MASK_SUFFIX}"


def overlay_path(mask: Path) -> Path:
    """Where the picture of a mask over its plate goes: beside the mask."""
    return mask.with_name(f"{mask.stem}-overlay.jpg")


def how_to_name(studio: Studio, location: Location, mask: Path) -> str:
    """What a person does to have a mask count."""
    try:
        name = mask.resolve().relative_to(studio.loaded.data_dir.resolve()).as_posix()
        first = ""
    except ValueError:
        folder = Path(location.reference_images[0]).parent.as_posix() if location.reference_images else "references"
        name = f"{folder}/{location.id}-{FIELD}.png" if "://" in folder else f"{folder}/{mask.name}"
        first = f"copy it to {studio.loaded.data_dir / name}, and "
    return f'{first}write "{FIELD}": "{name}" in the entry of {location.id} in locations.json'


def _master(studio: Studio, location: Location) -> tuple[str, Image.Image]:
    for reference in location.reference_images:
        sha256, size = studio.image_hash(reference), studio.image_size(reference)
        if sha256 is not None and size is not None:
            background = ImageInput("background", location.id, sha256=sha256)
            try:
                return reference, master_plate(background, size, lambda _, name=reference: _bytes(studio, name))
            except ValueError as error:
                raise NoMask(f"{location.id}: {reference}: {error}") from error
    raise NoMask(f"{location.id} has no reference image that can be had: a mask is of the size of the first one")


def _bytes(studio: Studio, reference: str) -> bytes:
    path = studio.image_path(reference)
    if path is not None:
        return path.read_bytes()
    sha256 = studio.image_hash(reference)
    if sha256 is None:
        raise FileNotFoundError("there is no such file, or the URL has not been fetched yet")
    return studio.store.read(sha256)
