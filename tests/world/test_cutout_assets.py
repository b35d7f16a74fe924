"""The cut-outs as a run makes them, in a real Dagster instance."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from PIL import Image, ImageDraw

from moostik_assets.catalogue.loading import load_catalogue
from moostik_assets.partitions import build_partitions
from moostik_assets.references.sheets import build_sheet_assets
from moostik_assets.studio_resource import StudioResource
from moostik_assets.world.assets_cutout import build_cutout_assets
from moostik_assets.world.cutouts import CutOutJob, CutOutResult, CutOutSource, cutout_job, cutouts_version, refusals
from resources.cutout_index import KeptCutOut
from tests.small_series import draw_figure, edit, write_series

VERSION = "dagster/data_version"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_series(tmp_path / "data")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def _run(instance: dg.DagsterInstance, data: Path, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
    partitions = build_partitions(load_catalogue(data).catalogue)
    return dg.materialize(
        [*build_sheet_assets(partitions), *build_cutout_assets(partitions)],
        instance=instance,
        selection=["character_cutout"],
        resources={"studio": StudioResource(data=str(data), output=str(data.parent / "output"))},
        tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last or first},
        raise_on_error=False,
    )


def _recorded(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetMaterialization]:
    return {
        str(event.materialization.partition): event.materialization
        for event in result.get_asset_materialization_events()
    }


def _published(data: Path) -> list[str]:
    root = data.parent / "output" / "cutouts"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.png"))


def _error_of(result: dg.ExecuteInProcessResult) -> str:
    (failure,) = result.get_step_failure_events()
    assert failure.step_failure_data.error is not None
    return str(failure.step_failure_data.user_failure_data)


def _photo(path: Path) -> None:
    """A picture whose figure does not stand out."""
    picture = Image.effect_noise((80, 120), 100).convert("RGB")
    ImageDraw.Draw(picture).ellipse([20, 20, 60, 100], fill="#886644")
    picture.save(path)


def test_every_character_in_every_theme_is_a_partition(data: Path) -> None:
    partitions = build_partitions(load_catalogue(data).catalogue)
    keys = partitions.cutouts.get_partition_keys()
    assert keys == [f"{name}/{theme}" for name in ("ada", "bob", "cleo") for theme in ("neutral", "storm")]
    assert partitions.character_cutouts["ada"] == ["ada/neutral", "ada/storm"]
    assert partitions.theme_cutouts["storm"] == ["ada/storm", "bob/storm", "cleo/storm"]


def test_cut_outs_are_published_and_recorded_with_what_they_are(instance: dg.DagsterInstance, data: Path) -> None:
    source = (data / "references" / "ada-1.png").read_bytes()
    result = _run(instance, data, "ada/neutral", "cleo/storm")
    assert result.success
    recorded = _recorded(result)
    assert len(recorded) == 6
    assert _published(data) == [
        f"{name}/{theme}/{n}.png"
        for name, ns in (("ada", "12"), ("bob", "1"))
        for theme in ("neutral", "storm")
        for n in ns
    ]
    ada, cleo = recorded["ada/neutral"], recorded["cleo/neutral"]
    assert ada.metadata["method"].value == "alpha"
    assert ada.metadata["quality"].value == 1.0
    assert ada.metadata["images"].value == 2
    assert "data:image/jpeg;base64" in str(ada.metadata["thumbnail"].value)
    assert cleo.metadata["source"].value == "no reference image"
    tags = ada.tags or {}
    assert tags[VERSION] == (recorded["ada/storm"].tags or {})[VERSION]
    for name in ("character_sheet", "theme_sheet"):
        assert tags[f"dagster/input_data_version/{name}"] != "NULL"
        assert tags[f"dagster/input_event_pointer/{name}"] != "NULL"
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == ("cut_out_quality", True)
    assert (data / "references" / "ada-1.png").read_bytes() == source
    assert Image.open(data.parent / "output" / "cutouts" / "ada" / "neutral" / "1.png").mode == "RGBA"


def test_a_second_run_records_nothing_and_an_outfit_remakes_its_own_alone(
    instance: dg.DagsterInstance, data: Path
) -> None:
    _run(instance, data, "ada/neutral", "bob/storm")
    assert _recorded(_run(instance, data, "ada/neutral", "bob/storm")) == {}
    draw_figure(data / "references" / "coat.png", "#22aa22")
    outfit = {"theme": "storm", "description": "A coat", "referenceImages": ["references/coat.png"]}
    edit(data / "characters.json", lambda found: found[0].update(outfits=[outfit]))
    again = _recorded(_run(instance, data, "ada/neutral", "bob/storm"))
    assert set(again) == {"ada/neutral", "ada/storm"}, "its sheet is another one"
    assert again["ada/storm"].metadata["outfit"].value == "storm"
    assert (again["ada/storm"].tags or {})[VERSION] != (again["ada/neutral"].tags or {})[VERSION]
    assert [name for name in _published(data) if name.startswith("ada/storm")] == ["ada/storm/1.png"]


def test_a_picture_that_cannot_be_cut_out_fails_its_partition_and_no_other(
    instance: dg.DagsterInstance, data: Path
) -> None:
    _run(instance, data, "ada/neutral", "bob/storm")
    _photo(data / "references" / "bob-1.png")
    result = _run(instance, data, "ada/neutral", "bob/storm")
    assert not result.success
    said = _error_of(result)
    assert "bob/neutral: references/bob-1.png" in said
    assert "give an image with alpha, or one on a plain background" in said
    assert set(_recorded(result)) == {"ada/neutral", "ada/storm"}, "or they would count as failed, too"
    assert not [name for name in _published(data) if name.startswith("bob/")], "nor is the former one passed on"
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    draw_figure(data / "references" / "bob-1.png", "#3333aa")
    mended = _run(instance, data, "bob/neutral", "bob/storm")
    assert mended.success
    assert [name for name in _published(data) if name.startswith("bob/")] == ["bob/neutral/1.png", "bob/storm/1.png"]


def test_an_image_that_cannot_be_had_is_left_out(instance: dg.DagsterInstance, data: Path) -> None:
    (data / "references" / "ada-1.png").unlink()
    recorded = _recorded(_run(instance, data, "ada/neutral"))
    assert recorded["ada/neutral"].metadata["not to be had"].value == "references/ada-1.png"
    assert _published(data) == ["ada/neutral/2.png"]


def test_a_job_names_the_images_of_the_outfit_each_once_the_primary_first(data: Path) -> None:
    outfit = {"theme": "storm", "referenceImages": ["c", "a", "c", "gone"]}
    edit(data / "characters.json", lambda found: found[0].update(outfits=[outfit]))
    catalogue = load_catalogue(data).catalogue
    hashes = {"c": "1" * 64, "a": "2" * 64}
    job = cutout_job(catalogue, "ada/storm", hashes.get)
    assert job is not None
    assert [(source.number, source.reference) for source in job.sources] == [(1, "c"), (2, "a")]
    assert (job.missing, job.in_outfit, job.key) == (("gone",), True, "ada/storm")
    assert cutout_job(catalogue, "ada/nowhere", hashes.get) is None
    assert cutout_job(catalogue, "nobody/storm", hashes.get) is None


def test_refusals_say_how_far_it_was_and_the_version_follows_the_bytes() -> None:
    source = CutOutSource(1, "r.png", "1" * 64)
    poor, none, good, other = (
        CutOutResult(source, KeptCutOut("1" * 64, sha, "plain-ground", quality, 0.5, 8, 8))
        for sha, quality in ((None, 0.31), (None, 0.0), ("a" * 64, 0.9), ("b" * 64, 0.9))
    )
    job = CutOutJob("mama", "frost", (source,), (), False)
    said = list(refusals(job, [poor, none, good, CutOutResult(source, None, "is no image")], 0.5))
    assert "quality 0.31, and 0.50 is needed" in said[0]
    assert "quality" not in said[1]
    assert "is no image" in said[2]
    assert len(said) == 3
    assert cutouts_version([good]) != cutouts_version([other]) != cutouts_version([])
