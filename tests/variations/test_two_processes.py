"""Two commands on one series at once: neither fails, neither renders what the other does."""

import os
from pathlib import Path

from tests.conftest import copied
from tests.dagster_state import event_counts, instance_of, not_fresh
from tests.moostik_command import Moostik, finished
from tests.small_series import SHOTS, VARIATION_COUNT, published_bytes


def test_two_renders_of_a_fresh_output_share_the_work(
    bare_series: Moostik, rendered_bytes: dict[str, bytes], tmp_path: Path
) -> None:
    log = tmp_path / "rendered.log"
    env = {"SKETCH_LOG": str(log), "SKETCH_SECONDS": "0.05"}
    processes = [bare_series.start("render", "ep0", "--json", env=env) for _ in range(2)]
    answers = [finished(process).expect(0).document for process in processes]
    assert sum(answer["rendered"] for answer in answers) == VARIATION_COUNT
    assert [answer["rendered"] + answer["reused"] for answer in answers] == [VARIATION_COUNT] * 2
    assert [answer["failed"] for answer in answers] == [[], []]
    lines = log.read_text().split()
    assert len(lines) == len(set(lines)) == VARIATION_COUNT
    assert published_bytes(bare_series.output) == rendered_bytes
    assert not_fresh(bare_series) == {}
    with instance_of(bare_series) as instance:
        assert set(event_counts(instance, "variation_image").values()) == {1}


def test_two_instances_of_dagster_share_one_output(
    series: Moostik, rendered_bytes: dict[str, bytes], tmp_path: Path, ready_home: Path
) -> None:
    """With a DAGSTER_HOME each, no pool keeps them apart: the claims on recipes do."""
    log = tmp_path / "rendered.log"
    env = {"SKETCH_LOG": str(log), "SKETCH_SECONDS": "0.4"}
    homes = [{**env, "DAGSTER_HOME": str(copied(ready_home, tmp_path / f"home-{number}"))} for number in range(2)]
    processes = [series.start_warm("render", "ep0", "--json", env=home) for home in homes]
    answers = [finished(process).expect(0).document for process in processes]
    assert sum(answer["rendered"] for answer in answers) == VARIATION_COUNT
    lines = log.read_text().split()
    assert len(lines) == len(set(lines)) == VARIATION_COUNT
    assert published_bytes(series.output) == rendered_bytes


def test_renders_of_different_shots_at_once_give_the_whole(series: Moostik, rendered_bytes: dict[str, bytes]) -> None:
    halves = [",".join(SHOTS[:3]), ",".join(SHOTS[3:])]
    processes = [series.start_warm("render", "ep0", "--shots", half, "--json") for half in halves]
    answers = [finished(process).expect(0).document for process in processes]
    assert [answer["rendered"] for answer in answers] == [7, 4]
    assert published_bytes(series.output) == rendered_bytes
    assert series("render", "ep0", "--json").expect(0).document["reused"] == VARIATION_COUNT
    assert not_fresh(series) == {}
    assert os.environ.get("DAGSTER_HOME") is None
