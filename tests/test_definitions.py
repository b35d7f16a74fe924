"""The code location: everything that Dagster is told of the assets, as one text, and that it loads in any state."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from moostik_assets.definitions import build_definitions
from moostik_assets.settings import Settings
from tests.moostik_command import Moostik
from tests.small_series import write_json


def partitions(found: dg.PartitionsDefinition | None) -> int | str | None:
    """How many there are; of days, of which there is one more each day, what they are."""
    if isinstance(found, dg.TimeWindowPartitionsDefinition):
        return str(found)
    return None if found is None else len(found.get_partition_keys())


def described(defs: dg.Definitions) -> dict[str, Any]:
    """Assets by name, with all that the UI and the daemon go by."""
    graph = defs.resolve_asset_graph()
    assets = [one for one in defs.assets or () if isinstance(one, dg.AssetsDefinition)]
    checks = [spec for one in assets for spec in one.check_specs]
    found: dict[str, Any] = {}
    for key in sorted(spec.key for spec in defs.resolve_all_asset_specs()):
        node = graph.get(key)
        found[key.to_user_string()] = {
            "description": node.description,
            "group": node.group_name,
            "kinds": sorted(node.kinds),
            "owners": sorted(node.owners),
            "tags": {name: value for name, value in sorted(node.tags.items()) if not name.startswith("dagster/kind/")},
            "code version": node.code_version,
            "pools": sorted(node.pools or ()),
            "partitions": partitions(node.partitions_def),
            "backfill policy": str(node.backfill_policy) if node.backfill_policy else None,
            "external": not node.is_executable or not node.is_materializable,
            "deps": {
                parent.to_user_string(): type(node.partition_mappings.get(parent)).__name__
                for parent in sorted(node.parent_keys)
            },
            "checks": {
                spec.name: "blocks" if spec.blocking else "tells"
                for spec in sorted(checks, key=lambda spec: spec.name)
                if spec.asset_key == key
            },
        }
    return dict(sorted(found.items()))


def definitions(moostik: Moostik) -> dg.Definitions:
    return build_definitions(Settings(data=moostik.data, output=str(moostik.output)))


def test_the_assets_are_those_of_the_snapshot(series_of_parts: Moostik, snapshot: SnapshotAssertion) -> None:
    assert described(definitions(series_of_parts)) == snapshot


def test_the_definitions_are_valid_and_every_asset_says_what_it_is(series: Moostik) -> None:
    defs = definitions(series)
    dg.Definitions.validate_loadable(defs)
    for name, asset in described(defs).items():
        assert asset["description"], name
        assert asset["group"] != "default", name
        assert asset["external"] or (asset["kinds"] and asset["owners"] and asset["code version"]), name


def test_what_renders_takes_a_slot_of_the_pool(series: Moostik) -> None:
    assert described(definitions(series))["variation_image"]["pools"] == ["gpu"]


def test_readiness_blocks(series: Moostik) -> None:
    checks = described(definitions(series))["variation_image"]["checks"]
    assert checks["readiness"] == "blocks"
    assert checks["whole_images"] == "tells"


@pytest.mark.parametrize("state", ["empty", "broken", "missing", "broken episode"])
def test_the_code_location_loads_whatever_state_the_catalogue_is_in(series: Moostik, state: str) -> None:
    if state == "empty":
        for path in series.data.rglob("*.json"):
            path.unlink()
    elif state == "broken":
        for path in series.data.rglob("*.json"):
            path.write_text("{")
    elif state == "missing":
        series.data.rename(series.data.with_name("gone"))
    else:
        write_json(series.data / "episodes" / "ep1.json", {"id": "ep1", "shots": 3})
    defs = definitions(series)
    dg.Definitions.validate_loadable(defs)
    graph = defs.resolve_asset_graph()
    partitions = graph.get(dg.AssetKey("variation_image")).partitions_def
    assert partitions is not None
    assert len(partitions.get_partition_keys()) == (11 if state == "broken episode" else 0)


def test_dagster_itself_loads_the_module(bare_series: Moostik) -> None:
    """As `dagster dev` does, by the environment alone."""
    environment = bare_series.environment(
        {"MOOSTIK_DATA": str(bare_series.data), "MOOSTIK_OUTPUT": str(bare_series.output)}
    )
    line = [sys.executable, "-m", "dagster", "asset", "list", "-m", "moostik_assets.definitions"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert "variation_image" in done.stdout.split()
    assert not bare_series.output.exists()


def test_heavy_libraries_are_not_loaded_with_the_code_location(series: Moostik) -> None:
    heavy = ("torch", "diffusers", "transformers", "open_clip", "cv2", "av", "ray")
    code = (
        f"import moostik_assets.definitions, moostik_assets.cli, sys; print([m for m in {heavy!r} if m in sys.modules])"
    )
    environment = series.environment({"MOOSTIK_DATA": str(series.data)})
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr


def test_reading_commands_start_without_dagster(series: Moostik) -> None:
    """Half of the start of the command would be the import of Dagster."""
    code = "import moostik_assets.cli, sys; print('dagster' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, timeout=60, cwd=Path.cwd()
    )
    assert done.stdout == "False\n", done.stderr
