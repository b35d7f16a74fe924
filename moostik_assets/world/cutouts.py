"""Cut-outs of a character for a theme: which of its images, and whether what became of them may be used."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from moostik_assets.catalogue.models import Catalogue
from moostik_assets.references.outfits import dressed, outfit_of
from resources.canonical import sha256_of_json
from resources.cutout_index import KeptCutOut

FOLDER = "cutouts"
ADVICE = "give an image with alpha, or one on a plain background"

ImageHash = Callable[[str], str | None]


@dataclass(frozen=True)
class CutOutSource:
    """One image to be cut out."""

    number: int
    """Its place in the list of references, from 1: the primary image."""
    reference: str
    sha256: str


@dataclass(frozen=True)
class CutOutJob:
    """What one partition is made from."""

    character: str
    theme: str
    sources: tuple[CutOutSource, ...]
    missing: tuple[str, ...]
    """References whose bytes cannot be had."""
    in_outfit: bool
    """Whether the character answers the theme with an outfit."""

    @property
    def key(self) -> str:
        """`mama/christmas`."""
        return cutout_key(self.character, self.theme)


@dataclass(frozen=True)
class CutOutResult:
    """What became of one image; `fault` where it could not even be read."""

    source: CutOutSource
    kept: KeptCutOut | None
    fault: str = ""

    @property
    def usable(self) -> bool:
        """Whether there is a cut-out that may be passed on."""
        return self.kept is not None and self.kept.sha256 is not None


def cutout_key(character: str, theme: str) -> str:
    """`mama/christmas`."""
    return f"{character}/{theme}"


def published_cutout(key: str, number: int) -> str:
    """`cutouts/mama/christmas/1.png`, relative to the output folder."""
    return f"{FOLDER}/{key}/{number}.png"


def cutout_job(catalogue: Catalogue, key: str, image_hash: ImageHash) -> CutOutJob | None:
    """The job of a partition; None where its character or theme is not in the catalogue any more."""
    name, _, theme = key.partition("/")
    character = catalogue.characters.get(name)
    if character is None or theme not in catalogue.themes:
        return None
    sources, missing = [], []
    for number, reference in enumerate(dict.fromkeys(dressed(character, theme).reference_images), start=1):
        sha256 = image_hash(reference)
        if sha256 is None:
            missing.append(reference)
        else:
            sources.append(CutOutSource(number, reference, sha256))
    return CutOutJob(name, theme, tuple(sources), tuple(missing), outfit_of(character, theme) is not None)


def refusals(job: CutOutJob, results: list[CutOutResult], min_quality: float) -> Iterator[str]:
    """Why images of a job are not passed on, and what to do."""
    for result in results:
        if result.usable:
            continue
        why = result.fault
        if result.kept is not None:
            why = "its figure does not stand out from its ground"
            if result.kept.quality > 0:
                why += f" (quality {result.kept.quality:.2f}, and {min_quality:.2f} is needed)"
        yield f"{job.key}: {result.source.reference}: {why}; {ADVICE}"


def cutouts_version(results: list[CutOutResult]) -> str:
    """The data version of a partition: the hashes of its cut-outs, in their order."""
    return sha256_of_json([result.kept.sha256 for result in results if result.kept is not None])
