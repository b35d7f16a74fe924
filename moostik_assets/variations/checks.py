"""Results of the checks on variation images."""

from collections.abc import Sequence

import dagster as dg

from moostik_assets.catalogue.models import Catalogue
from moostik_assets.episodes.readiness import Readiness
from moostik_assets.studio import Studio
from moostik_assets.variations.render import Outcome
from moostik_assets.variations.seed import series_seeds
from resources.png import check_png, png_size

SHOWN = 50


def readiness_result(checked: Sequence[Readiness]) -> dg.AssetCheckResult:
    """Passed where no asked shot has an error; warnings are in the metadata."""
    errors = [error for found in checked for error in found.errors]
    warnings = [warning for found in checked for warning in found.warnings]
    return dg.AssetCheckResult(
        asset_key="variation_image",
        check_name="readiness",
        passed=not errors,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "errors": dg.MetadataValue.json(errors[:SHOWN]),
            "warnings": dg.MetadataValue.json(warnings[:SHOWN]),
            "readiness": dg.MetadataValue.json([found.to_json() for found in checked][:SHOWN]),
        },
    )


def whole_images_result(studio: Studio, done: Sequence[Outcome]) -> dg.AssetCheckResult:
    """Passed where each published image of this run is a whole PNG (every chunk's CRC) of the size that was asked."""
    faults = []
    for outcome in done:
        if outcome.image is None or outcome.request is None:
            continue
        try:
            data = studio.store.published_path(outcome.variation.key).read_bytes()
            check_png(data)
            size = png_size(data)
        except (OSError, ValueError) as error:
            faults.append(f"{outcome.variation.key}: {error}")
            continue
        asked = (outcome.request.width, outcome.request.height)
        if size != asked:
            faults.append(f"{outcome.variation.key}: {size[0]}x{size[1]} pixels, not {asked[0]}x{asked[1]}")
    return dg.AssetCheckResult(
        asset_key="variation_image",
        check_name="whole_images",
        passed=not faults,
        metadata={"images": len(done), "faults": dg.MetadataValue.json(faults[:SHOWN])},
    )


def distinct_seeds_result(catalogue: Catalogue) -> dg.AssetCheckResult:
    """Passed where no two variations of the whole series share a seed."""
    owners: dict[int, str] = {}
    shared = []
    for key, seed in series_seeds(catalogue):
        if seed in owners:
            shared.append(f"{owners[seed]} and {key} share seed {seed}")
        owners.setdefault(seed, key)
    return dg.AssetCheckResult(
        asset_key="variation_image",
        check_name="distinct_seeds",
        passed=not shared,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"seeds": len(owners), "shared": dg.MetadataValue.json(shared[:SHOWN])},
    )
