"""What the UI shows of a character's cut-outs: the figures over a checkerboard, how each was cut out, and how well."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from moostik_assets.studio import Studio
from moostik_assets.world.cutouts import CutOutJob, CutOutResult, published_cutout
from resources.checkerboard import checkerboard_strip
from resources.cutout_index import CutOutIndex
from resources.thumbnails import jpeg_markdown


def cutout_metadata(
    studio: Studio, job: CutOutJob, results: Sequence[CutOutResult], index: CutOutIndex
) -> dict[str, Any]:
    """Metadata of one partition's event; the thumbnail stays under 20 kB."""
    kept = [(result.source, result.kept) for result in results if result.kept is not None]
    strip = checkerboard_strip(index.image(cut) for _, cut in kept)
    images = [
        {
            "image": str(studio.store.files.path(published_cutout(job.key, source.number))),
            "source": source.reference,
            "method": cut.method,
            "quality": cut.quality,
            "coverage": cut.coverage,
            "size": f"{cut.width} x {cut.height}",
            "sha256": cut.sha256,
        }
        for source, cut in kept
    ]
    return {
        **({"thumbnail": dg.MetadataValue.md(jpeg_markdown(strip))} if strip is not None else {}),
        "images": len(kept),
        "method": ", ".join(dict.fromkeys(cut.method for _, cut in kept)) or "none",
        "quality": min((cut.quality for _, cut in kept), default=0.0),
        "coverage": round(sum(cut.coverage for _, cut in kept) / max(len(kept), 1), 4),
        "source": ", ".join(source.reference for source, _ in kept) or "no reference image",
        "outfit": job.theme if job.in_outfit else "none: as it always is",
        "cut-outs": dg.MetadataValue.json(images),
        "not to be had": ", ".join(job.missing) or "nothing",
    }
