"""No run and no day costs more than it may, whatever dies or runs beside it; and each payment is counted once."""

import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from moostik_assets.settings import Settings
from moostik_assets.spending.journal import Journal, Payment, usd_of
from moostik_assets.spending.limits import Limit, Limits
from moostik_assets.spending.payment_events import recorded_payments
from moostik_assets.spending.purse import Purse
from resources.rendering.base import Capabilities, Rendered
from resources.rendering.request import RenderRequest
from tests.conftest import copied
from tests.dagster_state import event_counts, instance_of, not_fresh
from tests.moostik_command import Moostik, finished
from tests.resources.rendering.replicate.replicate_server import TOKEN, ReplicateServer
from tests.small_series import VARIATION_COUNT, edit, write_json

COSTLY = ("render", "--renderer", "costly", "--json")
EACH = 0.5
REPLICATE = {"REPLICATE_API_TOKEN": TOKEN, "NO_PROXY": "127.0.0.1", "MOOSTIK_REPLICATE_SPACING": "0"}


@pytest.fixture
def server() -> Iterator[ReplicateServer]:
    server = ReplicateServer()
    yield server
    server.stop()


def paid(moostik: Moostik) -> list[Payment]:
    with instance_of(moostik) as instance:
        return recorded_payments(instance)


def test_a_day_has_one_budget_for_all_its_runs(series: Moostik) -> None:
    first = series(*COSTLY, env={"MOOSTIK_BUDGET_USD": "1.6"}).expect(1).document
    assert (first["rendered"], first["usd"], first["leftUsd"]) == (3, 1.5, EACH * (VARIATION_COUNT - 3))
    assert first["stopped"] == (
        "stopped at the limit of 1.6 USD (MOOSTIK_BUDGET_USD, a day): 3 images made here for 1.50 USD; "
        "the 8 left would take about 4.00 USD more"
    )
    second = series(*COSTLY, env={"MOOSTIK_BUDGET_USD": "2"}).expect(1).document
    assert (second["rendered"], second["reused"], second["usd"]) == (1, 3, 0.5)
    text = series("render", "--renderer", "costly", env={"MOOSTIK_BUDGET_USD": "2"}).expect(1)
    assert text.out.startswith("0 rendered, 4 reused, 0 failed")
    assert "7 left would take about 3.50 USD more" in text.out
    assert text.err.count("not rendered") == 0
    assert usd_of(paid(series)) == 2.0


def test_the_least_limit_of_a_run_counts() -> None:
    settings = Settings(budget_usd_per_run=1.0, budget_usd=100.0)
    per_run = Limit(1.0, "MOOSTIK_BUDGET_USD_PER_RUN")
    assert Limits.of(settings).run == Limits.of(settings, Limit(5.0, "--max-cost")).run == per_run
    assert Limits.of(settings, Limit(0.5, "--max-cost")).run == Limit(0.5, "--max-cost")
    assert Limits.of(Settings(), Limit(float("inf"), "--max-cost")) == Limits()


def test_the_images_of_a_sequence_that_wait_for_one_that_is_too_dear_are_left_too(series_of_parts: Moostik) -> None:
    answer = series_of_parts(*COSTLY, "--max-cost", "1").expect(1).document
    assert answer["rendered"] == 2
    assert answer["leftUsd"] == EACH * (VARIATION_COUNT - 2)
    assert {reason.partition(":")[0] for reason in answer["reasons"].values()} == {"not rendered"}


def test_reused_and_recorded_images_are_paid_once_and_stay_fresh(series: Moostik) -> None:
    shot = ("--shots", "shot-001")
    for command in (COSTLY, ("render",), COSTLY):  # other images in their place, at no cost, and back
        series(*command, *shot).expect(0)
    payments = paid(series)
    assert len(payments) == 2
    assert all(payment.image and payment.usd == EACH for payment in payments)
    with instance_of(series) as instance:
        assert event_counts(instance, "variation_image") == {p.key: 3 for p in payments}
    stale = not_fresh(series)["variation_image"]
    assert len(stale) == VARIATION_COUNT - 2
    assert not {payment.key for payment in payments} & set(stale)


def test_a_free_renderer_leaves_no_trace_of_money(series: Moostik) -> None:
    assert "usd" not in series("render", "--json", env={"MOOSTIK_BUDGET_USD": "0"}).expect(0).document
    assert not (series.output / "payments").exists()
    assert not_fresh(series) == {}


def test_two_runs_at_once_stay_within_one_budget(series: Moostik, ready_home: Path, tmp_path: Path) -> None:
    """With a DAGSTER_HOME each, so that no pool keeps them apart."""
    env = {"MOOSTIK_BUDGET_USD": "2.5", "SKETCH_SECONDS": "0.1"}
    homes = [{**env, "DAGSTER_HOME": str(copied(ready_home, tmp_path / f"home-{n}"))} for n in range(2)]
    halves = ("shot-001,shot-002", "shot-003,shot-004,shot-005")
    processes = [
        series.start_warm(*COSTLY, "--shots", half, env=home) for half, home in zip(halves, homes, strict=True)
    ]
    answers = [finished(process).expect(1).document for process in processes]
    assert sum(answer["rendered"] for answer in answers) == 5
    assert usd_of(Journal(series.output / "payments").of_days(1)) == 2.5


def test_a_kill_loses_no_cent(series: Moostik) -> None:
    killed = series.warm(*COSTLY, env={"MOOSTIK_CRASH_AT": "object-written:3"})
    assert killed.code == -signal.SIGKILL
    stored = len(list((series.output / "store" / "recipes").rglob("*.json")))
    in_journal = usd_of(Journal(series.output / "payments").of_days(1))
    assert in_journal >= EACH * stored
    answer = series(*COSTLY).expect(0).document
    assert answer["rendered"] == VARIATION_COUNT - stored
    cost = series("cost", "--json").expect(0).document
    assert cost["usd"] == in_journal + EACH * answer["rendered"]
    assert {p.id for p in paid(series) if p.image} == {
        p.id for p in Journal(series.output / "payments").all() if p.image
    }


def test_a_background_that_is_too_dear_stops_before_the_images_that_want_it(series: Moostik) -> None:
    """An image with the master standing in would be paid, and then made again."""
    edit(series.data / "series.json", lambda document: document | {"renderer": "replicate"})
    write_json(series.data / "world_state.json", {"theme": "storm"})
    server = ReplicateServer()
    try:
        env = {**REPLICATE, "MOOSTIK_REPLICATE_BASE_URL": server.url}
        stopped = series("render", "--json", "--max-cost", "0.2", env=env).expect(1).document
        assert (server.payments, stopped["rendered"], stopped["usd"]) == (1, 0, 0.15)
        assert "1 image made here for 0.15 USD; the 12 left would take about 1.80 USD more" in stopped["stopped"]
        assert series("render", "--json", env=env).expect(0).document["rendered"] == VARIATION_COUNT
        assert server.payments == VARIATION_COUNT + 2
        cost = series("cost", "--json").expect(0).document
        assert [(e["name"], e["images"]) for e in cost["episodes"]] == [("backgrounds", 2), ("ep0", VARIATION_COUNT)]
        assert cost["usd"] == pytest.approx(0.15 * server.payments)
    finally:
        server.stop()


def test_a_failed_image_that_was_paid_counts_and_the_others_go_on(series: Moostik, server: ReplicateServer) -> None:
    server.fates.extend(["failed", "canceled", "aborted"])
    env = {**REPLICATE, "MOOSTIK_REPLICATE_BASE_URL": server.url}
    answer = series("render", "--renderer", "replicate", "--json", env=env).expect(1).document
    assert (answer["rendered"], len(answer["failed"])) == (VARIATION_COUNT - 3, 3)
    assert answer["usd"] == pytest.approx(0.15 * (VARIATION_COUNT - 1))  # what was aborted never began
    cost = series("cost", "--json").expect(0).document
    assert (cost["images"], cost["failed"], cost["usd"]) == (VARIATION_COUNT - 3, 2, pytest.approx(answer["usd"]))
    assert series("render", "--renderer", "replicate", "--json", env=env).expect(0).document["rendered"] == 3
    assert server.payments == VARIATION_COUNT + 3


def test_a_render_on_replicate_that_is_killed_pays_each_image_once_and_leaves_no_secret(
    series: Moostik, server: ReplicateServer
) -> None:
    server.seconds = 1.0
    env = {**REPLICATE, "MOOSTIK_REPLICATE_BASE_URL": server.url, "MOOSTIK_BUDGET_USD": str(0.15 * VARIATION_COUNT)}
    command = ("render", "--renderer", "replicate", "--json")
    process = series.start_warm(*command, env=env)
    deadline = time.monotonic() + 60
    while server.payments < 7 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    killed = finished(process)
    server.seconds = 0.2
    two = [series.start_warm(*command, env=env) for _ in range(2)]
    answers = [finished(one).expect(0) for one in two]
    assert server.payments == VARIATION_COUNT
    assert sum(answer.document["rendered"] for answer in answers) == VARIATION_COUNT
    cost = series("cost", "--json").expect(0).document
    assert (cost["usd"], cost["images"]) == (pytest.approx(0.15 * VARIATION_COUNT), VARIATION_COUNT)
    said = [killed.out, killed.err, *(answer.out + answer.err for answer in answers)]
    files = [path.read_bytes() for path in series.output.rglob("*") if path.is_file()]
    assert not any(TOKEN.encode() in data for data in [*files, *(text.encode() for text in said)])


class Dear:
    """A renderer of which the purse asks no more than this."""

    def __init__(self, paid_for: str | None = None) -> None:
        self.capabilities = Capabilities(usd_per_image=1.0)
        self._paid_for = paid_for

    def fingerprint(self) -> dict[str, Any]:
        return {"name": "dear"}

    def paid_for(self, recipe: str) -> str | None:
        return self._paid_for


def request(prompt: str) -> RenderRequest:
    return RenderRequest(prompt, "", 1, 8, 8, {"name": "dear"})


def purse_in(folder: Path, day: float = 3.0, elsewhere: list[Payment] | None = None) -> Purse:
    return Purse(Journal(folder), Limits(day=Limit(day, "a day")), lambda event: None, lambda: elsewhere or [])


def reserve(purse: Purse, prompt: str, paid_for: str | None = None) -> bool:
    renderer: Any = Dear(paid_for)
    return purse.reserve(renderer, "variation_image", f"ep0/{prompt}/wide", request(prompt).recipe_id)


def settle(purse: Purse, prompt: str, **rendered: Any) -> None:
    renderer: Any = Dear()
    purse.settle(renderer, "variation_image", f"ep0/{prompt}/wide", Rendered(request(prompt), **rendered))


def test_what_is_in_flight_counts_until_it_is_known(tmp_path: Path) -> None:
    one, other = purse_in(tmp_path), purse_in(tmp_path)
    assert [reserve(one, "a"), reserve(other, "b"), reserve(one, "c"), reserve(other, "d")] == [True, True, True, False]
    settle(one, "a", png=b"png", usd=0.4, payment="job-a")
    assert not reserve(other, "d")
    settle(one, "c", error="the API refused", usd=0.0)
    assert reserve(other, "d")
    assert usd_of(Journal(tmp_path).of_days(1)) == pytest.approx(2.4)
    assert one.spent == pytest.approx(0.4)


def test_an_order_that_goes_on_is_counted_once(tmp_path: Path) -> None:
    crashed = purse_in(tmp_path, day=1.0)
    assert reserve(crashed, "a")
    again = purse_in(tmp_path, day=1.0)
    assert reserve(again, "a")  # what it was set aside for is still this image
    assert not reserve(again, "b")
    settle(again, "a", error="it takes too long", usd=1.0, payment="job-a")
    later = purse_in(tmp_path, day=1.0)
    assert not reserve(later, "a")  # another order of it would be another payment
    assert reserve(later, "a", paid_for="job-a")
    settle(later, "a", png=b"png", usd=1.0, payment="job-a")
    (payment,) = [p for p in Journal(tmp_path).of_days(1) if p.counts]
    assert (payment.usd, payment.image, payment.job, payment.state) == (1.0, True, "job-a", "paid")


def test_what_nobody_knows_counts_as_the_most_it_may_be(tmp_path: Path) -> None:
    purse = purse_in(tmp_path)
    assert reserve(purse, "a")
    settle(purse, "a", error="whether it was ordered cannot be seen", usd=1.0)
    settle(purse, "b", png=b"png", usd=0.0)
    assert reserve(purse, "c")
    settle(purse, "c", png=b"png", usd=0.0)  # an image of a renderer that costs is never free
    assert usd_of(Journal(tmp_path).of_days(1)) == 2.0
    assert reserve(purse_in(tmp_path, day=2.0), "a")  # the next try is still the same order


def test_payments_of_other_machines_count(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    theirs = Payment("x", now.isoformat(), "variation_image", "ep0/x/wide", "r", "dear", 2.5, "paid", image=True)
    assert not reserve(purse_in(tmp_path / "a", elsewhere=[theirs]), "a")
    assert reserve(purse_in(tmp_path / "b"), "a")
    before = replace(theirs, id="y", at=(now - timedelta(days=2)).isoformat())
    journal = Journal(tmp_path / "c")
    with journal.locked():
        journal.write(before)
    assert all(reserve(purse_in(tmp_path / "c"), name) for name in "abc")  # another day has another budget


def test_a_journal_that_a_crash_cut_short_is_read_and_written_on(tmp_path: Path) -> None:
    assert reserve(purse_in(tmp_path), "a")
    (path,) = tmp_path.glob("*.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    purse = purse_in(tmp_path)
    assert reserve(purse, "b")
    path.write_bytes(path.read_bytes() + b"\xff\x00 no json\n" + json.dumps({"id": 1}).encode() + b"\n")
    assert reserve(purse_in(tmp_path), "c")
    assert not reserve(purse_in(tmp_path), "d")


def test_events_that_a_crash_kept_back_are_told_by_the_next_run(tmp_path: Path) -> None:
    told: list[Any] = []

    def dies(event: Any) -> None:
        raise KeyboardInterrupt

    purse = Purse(Journal(tmp_path), Limits(), dies)
    assert reserve(purse, "a")
    with pytest.raises(KeyboardInterrupt):
        settle(purse, "a", png=b"png", usd=1.0, payment="job-a")
    for _ in range(2):
        Purse(Journal(tmp_path), Limits(), told.append).log_what_is_not_logged()
    (event,) = told
    assert isinstance(event, dg.AssetObservation)
    assert (event.partition, event.metadata["usd"].value, event.metadata["job"].value) == ("ep0/a/wide", 1.0, "job-a")
