"""The versions of an image, read back from a real event log; and the reason that each is recorded with."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moostik_assets.automation.signatures import story_signature
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations import history
from moostik_assets.variations.history import recorded_versions, standing_versions
from moostik_assets.variations.prepare import PreparedVariation
from moostik_assets.variations.reasons import reason_of_image, reasons_of_change
from moostik_assets.variations.retention import recipes_to_keep
from moostik_assets.variations.wanted import variation_preparation
from resources.canonical import sha256_of_bytes
from resources.image_store import StoredImage
from tests.small_series import write_series

KEY = "ep0/shot-001/wide"
VERSION_TAG = "dagster/data_version"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as found:
        yield found


def sha256(name: object) -> str:
    return sha256_of_bytes(str(name).encode())


def record(instance: dg.DagsterInstance, key: str, image: object, **metadata: Any) -> None:
    told = {"recipe": sha256(f"recipe of {image}"), "sha256": sha256(image), **metadata}
    tags = {VERSION_TAG: sha256(image)}
    event = dg.AssetMaterialization("variation_image", partition=key, metadata=told, tags=tags)
    instance.report_runless_asset_event(event)


def test_what_was_recorded_is_read_back_oldest_first(instance: dg.DagsterInstance) -> None:
    key = "ep0/shot-001/whole"
    record(instance, key, "a", seed=7, take=0, renderer="sketch", reason="first image")
    record(instance, "ep0/shot-001/other", "x", reason="of another variation")
    record(instance, key, "b", seed=8, take=1, renderer="sketch", reason="take 0 -> 1")
    first, second = recorded_versions(instance, key)
    assert (first.number, first.reason, first.seed, first.take, first.renderer) == (1, "first image", 7, 0, "sketch")
    assert (second.number, second.reason, second.seed, second.take) == (2, "take 0 -> 1", 8, 1)
    assert (first.recipe, first.sha256) == (sha256("recipe of a"), sha256("a"))
    assert datetime.now(UTC) - timedelta(minutes=1) < first.date <= second.date <= datetime.now(UTC)
    document = first.to_json()
    assert document["date"].endswith("+00:00")
    assert recorded_versions(instance, "ep0/shot-001/never") == []


def test_events_that_name_no_image_are_no_versions(instance: dg.DagsterInstance) -> None:
    key = "ep0/shot-001/reported"
    record(instance, key, "a")
    instance.report_runless_asset_event(dg.AssetMaterialization("variation_image", partition=key))
    record(instance, key, "b", recipe="../../etc/passwd")
    record(instance, key, "c", sha256=12.5, seed="seven")
    record(instance, key, "a")
    record(instance, key, "d", seed="seven", take=None)
    versions = recorded_versions(instance, key)
    assert [(v.number, v.sha256) for v in versions] == [(1, sha256("a")), (2, sha256("d"))]
    assert (versions[1].seed, versions[1].take, versions[1].reason) == (None, None, "")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(images=st.lists(st.sampled_from("abc"), max_size=9), page=st.integers(1, 4))
def test_runs_of_one_image_are_one_version_however_they_are_read(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, images: list[str], page: int
) -> None:
    monkeypatch.setattr(history, "EVENTS_IN_A_QUERY", page)
    key = f"ep0/{sha256((images, page))[:20]}/wide"
    before = len(recorded_versions(instance, key))
    if before == 0:
        for index, image in enumerate(images):
            record(instance, key, image, reason=str(index))
    starts = [index for index, image in enumerate(images) if index == 0 or images[index - 1] != image]
    versions = recorded_versions(instance, key)
    assert [v.sha256 for v in versions] == [sha256(images[index]) for index in starts]
    assert [v.reason for v in versions] == [str(index) for index in starts], "the first event of each says why"
    assert [v.number for v in versions] == list(range(1, len(starts) + 1))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(Settings(data=write_series(tmp_path / "data"), output=str(tmp_path / "output"))) as found:
        yield found


def prepared(studio: Studio, key: str = KEY) -> PreparedVariation:
    episode = studio.catalogue.episodes["ep0"]
    return {v.key: v for v in variation_preparation(studio).variations(episode)}[key]


def kept(studio: Studio, variation: PreparedVariation, **facts: Any) -> StoredImage:
    """The image of a variation's request, rendered and put into the store."""
    request = variation.request()
    studio.keep_inputs(
        (image, i.reference) for image, i in zip(request.references, variation.shot.references.images, strict=True)
    )
    png = studio.render_request(request)
    assert isinstance(png, bytes)
    prompt = variation.seen.prompt.model_dump(exclude_defaults=True, mode="json")
    return studio.store.put(request, png, {"take": variation.take, "promptJson": prompt, **facts})


def pinning(studio: Studio, recipe: str) -> Studio:
    decisions = studio.catalogue.decisions.model_copy(update={"pinned": {KEY: recipe}})
    catalogue = studio.catalogue.model_copy(update={"decisions": decisions})
    return Studio(studio.settings, replace(studio.loaded, catalogue=catalogue))


def test_of_several_versions_of_one_image_the_last_is_the_one_that_stands(
    studio: Studio, instance: dg.DagsterInstance
) -> None:
    image = kept(studio, prepared(studio))
    studio.store.publish(KEY, image)
    for recipe, digest in ((image.recipe_id, image.sha256), (sha256(1), sha256(2)), (image.recipe_id, image.sha256)):
        told = {"recipe": recipe, "sha256": digest}
        event = dg.AssetMaterialization("variation_image", partition=KEY, metadata=told, tags={VERSION_TAG: digest})
        instance.report_runless_asset_event(event)
    versions = standing_versions(studio, KEY, recorded_versions(instance, KEY), image.recipe_id)
    assert [v.published for v in versions] == [v.current for v in versions] == [False, False, True]
    assert [v.available for v in versions] == [True, False, True]
    assert not any(v.current for v in standing_versions(studio, KEY, versions, None))
    Path(str(studio.store.object_path(image))).unlink()
    Path(str(studio.store.published_path(KEY))).unlink()
    versions = standing_versions(studio, KEY, versions, image.recipe_id)
    assert not any(v.available or v.published for v in versions)


def test_a_pin_counts_while_its_image_is_there_and_is_another_one(studio: Studio) -> None:
    ordinary = prepared(studio)
    earlier = kept(studio, replace(ordinary, base=replace(ordinary.base, seed=1)))
    pinned = prepared(pinning(studio, earlier.recipe_id))
    assert (pinned.pinned, pinned.lost_pin) == (earlier.recipe_id, None)
    assert pinned.base == ordinary.base
    assert {earlier.recipe_id, ordinary.base.recipe_id} <= recipes_to_keep(pinning(studio, earlier.recipe_id))
    assert sha256(1) in recipes_to_keep(pinning(studio, sha256(1))), "it may come back with a backup of the store"
    same = prepared(pinning(studio, ordinary.base.recipe_id))
    assert (same.pinned, same.lost_pin, same.pin_note) == (None, None, None)
    path = Path(str(studio.store.object_path(earlier)))
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    damaged = prepared(pinning(studio, earlier.recipe_id))
    assert (damaged.pinned, damaged.lost_pin) == (None, earlier.recipe_id)
    assert damaged.pin_note is not None
    assert earlier.recipe_id[:12] in damaged.pin_note


def test_a_pin_written_by_hand_is_a_change_of_its_episode(studio: Studio) -> None:
    episode = studio.catalogue.episodes["ep0"]
    decided = [story_signature(found.catalogue, episode) for found in (studio, pinning(studio, sha256(1)))]
    assert decided[0] != decided[1]


def test_the_reason_names_what_changed_in_few_words(studio: Studio) -> None:
    now = prepared(studio)
    before = kept(studio, replace(now, base=replace(now.base, seed=1)))
    assert reason_of_image(before, now.base, now) == f"seed: 1 -> {now.base.seed}"
    assert reason_of_image(before, now.base, replace(now, take=2)) == "take 0 -> 2"
    lit = now.seen.prompt.model_copy(update={"goal": "another"})
    changed = replace(now, take=2, seen=replace(now.seen, prompt=lit))
    assert reason_of_image(before, now.base, changed) == "take 0 -> 2; prompt: goal changed"
    assert "does not know" in reason_of_image(None, now.base, now)


def test_a_recipe_of_another_schema_is_a_reason_and_no_crash(studio: Studio) -> None:
    now = prepared(studio)
    before = kept(studio, now)
    old = replace(before, request={**before.request, "schema": 0})
    assert reasons_of_change(old, now.base, now) == [f"recipe: schema 0 -> {now.base.schema}"]
