"""Renderers side by side: one dresses the places, another makes the images; each episode its own; killed, and paid."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from moostik_assets.automation.affected import Affected, affected_variations
from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from moostik_assets.variations.wanted import variation_preparation
from tests.moostik_command import Moostik, finished
from tests.resources.rendering.comfyui.comfyui_room import CHECKPOINT
from tests.resources.rendering.comfyui.loopback_comfyui import LoopbackComfyUI
from tests.resources.rendering.replicate.replicate_server import TOKEN, ReplicateServer
from tests.small_series import VARIATION_COUNT, edit, episode, write_json

DRESSED = 2
"""Places of the small series that a theme dresses."""


@pytest.fixture
def replicate() -> Iterator[ReplicateServer]:
    server = ReplicateServer()
    yield server
    server.stop()


@pytest.fixture
def comfyui(tmp_path: Path) -> Iterator[LoopbackComfyUI]:
    server = LoopbackComfyUI(tmp_path / "comfyui").start()
    yield server
    server.stop()


@pytest.fixture
def stormy(series: Moostik) -> Moostik:
    write_json(series.data / "world_state.json", {"theme": "storm"})
    return series


def on_replicate(server: ReplicateServer) -> dict[str, str]:
    return {
        "REPLICATE_API_TOKEN": TOKEN,
        "NO_PROXY": "127.0.0.1",
        "MOOSTIK_REPLICATE_BASE_URL": server.url,
        "MOOSTIK_REPLICATE_SPACING": "0",
    }


def on_comfyui(server: LoopbackComfyUI) -> dict[str, str]:
    return {
        "NO_PROXY": "127.0.0.1",
        "MOOSTIK_COMFYUI_SERVERS": server.url,
        "MOOSTIK_COMFYUI_CHECKPOINT": CHECKPOINT,
        "MOOSTIK_COMFYUI_PIXELS": "4096",
        "MOOSTIK_COMFYUI_CONTROLNET_CANNY": "control_canny.safetensors",
    }


def pictures_of(server: LoopbackComfyUI) -> int:
    return len(server.log.read_text().splitlines()) if server.log.exists() else 0


def renderers_in_store(moostik: Moostik) -> Counter[str]:
    recipes = (moostik.output / "store" / "recipes").rglob("*.json")
    return Counter(json.loads(path.read_text())["facts"]["renderer"] for path in recipes)


def test_places_on_one_renderer_and_images_on_another(
    stormy: Moostik, replicate: ReplicateServer, comfyui: LoopbackComfyUI
) -> None:
    env = {**on_replicate(replicate), **on_comfyui(comfyui)}
    ways = {("comfyui", "replicate"): VARIATION_COUNT, ("replicate", "comfyui"): DRESSED}
    for (places, images), paid in ways.items():
        options = {**env, "MOOSTIK_BACKGROUND_RENDERER": places, "MOOSTIK_BUDGET_USD": "20"}
        before = replicate.payments
        planned = stormy("plan", "--renderer", images, "--json", env=options).expect(0).document
        told = {e["renderer"]: (e["images"], e["backgrounds"]) for e in planned["estimate"]["renderers"]}
        assert told == {places: (0, DRESSED), images: (VARIATION_COUNT, 0)}
        assert planned["estimate"]["usd"] == pytest.approx(0.15 * paid)
        assert planned["today"] == {"usd": pytest.approx(0.15 * before), "limit": 20.0}
        text = stormy("plan", "--renderer", images, env=options).expect(0).out
        assert "9 of them wait for the background of their place" in text
        assert text.endswith(f"paid today: {0.15 * before:.2f} of 20 USD (MOOSTIK_BUDGET_USD)\n")
        answer = stormy("render", "--renderer", images, "--json", env=options).expect(0).document
        assert (answer["rendered"], replicate.payments) == (VARIATION_COUNT, before + paid)
    back = {**env, "MOOSTIK_BACKGROUND_RENDERER": "comfyui"}
    assert stormy("render", "--renderer", "replicate", "--json", env=back).expect(0).document["rendered"] == 0
    assert (replicate.payments, pictures_of(comfyui)) == (VARIATION_COUNT + DRESSED,) * 2


def test_a_mixed_render_that_is_killed_makes_and_pays_each_image_once(
    stormy: Moostik, replicate: ReplicateServer, comfyui: LoopbackComfyUI
) -> None:
    write_json(stormy.data / "episodes" / "ep1.json", {**episode(), "id": "ep1", "renderer": "replicate"})
    edit(stormy.data / "series.json", lambda document: document | {"renderer": "comfyui"})
    env = {**on_replicate(replicate), **on_comfyui(comfyui), "MOOSTIK_BACKGROUND_RENDERER": "replicate"}
    replicate.seconds, comfyui.faults.seconds = 0.3, 0.1
    for stop in (lambda: pictures_of(comfyui) > 4, lambda: replicate.payments > DRESSED + 4):
        process = stormy.start("render", "--json", env=env)
        deadline = time.monotonic() + 60
        while not stop() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        assert finished(process).code == -signal.SIGKILL
    replicate.seconds, comfyui.faults.seconds = 0.0, 0.0
    budget = {**env, "MOOSTIK_BUDGET_USD": str(0.15 * (VARIATION_COUNT + DRESSED))}
    answer = stormy("render", "--json", env=budget).expect(0).document
    assert answer["rendered"] + answer["reused"] == 2 * VARIATION_COUNT
    assert (replicate.payments, pictures_of(comfyui)) == (VARIATION_COUNT + DRESSED, VARIATION_COUNT)
    assert renderers_in_store(stormy) == {"comfyui": VARIATION_COUNT, "replicate": VARIATION_COUNT + DRESSED}
    cost = stormy("cost", "--json").expect(0).document
    assert (cost["images"], cost["usd"]) == (replicate.payments, pytest.approx(0.15 * replicate.payments))


def test_a_place_that_is_too_dear_stops_its_own_images_alone(stormy: Moostik, replicate: ReplicateServer) -> None:
    env = {**on_replicate(replicate), "MOOSTIK_BACKGROUND_RENDERER": "replicate", "MOOSTIK_BUDGET_USD": "0.2"}
    answer = stormy("render", "--json", env=env).expect(1).document
    assert (answer["rendered"], replicate.payments) == (7, 1)  # five in the hut and two nowhere
    assert {key.rpartition("/")[0] for key in answer["failed"]} == {"ep0/shot-003", "ep0/shot-004"}
    assert (answer["leftUsd"], len(answer["reasons"])) == (0.15, 4)
    env["MOOSTIK_BUDGET_USD"] = "0.3"
    assert stormy("render", "--json", env=env).expect(0).document["rendered"] == 4


def test_what_sensors_ask_for_has_the_price_of_the_places_too(rendered: Moostik, replicate: ReplicateServer) -> None:
    write_json(rendered.data / "world_state.json", {"theme": "storm"})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in on_replicate(replicate).items():
            patch.setenv(name, value)
        settings = Settings(data=rendered.data, output=str(rendered.output), background_renderer="replicate", workers=1)
        with Studio(settings) as studio:
            found: Affected = affected_variations(
                variation_preparation(studio), studio.catalogue.episodes["ep0"], new=()
            )
    hut = found.among({key for key in found.keys if "shot-001" in key or "shot-002" in key})
    assert (found.usd, hut.usd, len(hut.planned)) == (0.3, 0.15, 5)


def test_force_does_not_pay_for_what_the_store_would_throw_away(series: Moostik, replicate: ReplicateServer) -> None:
    env = on_replicate(replicate)
    command = ("render", "--renderer", "replicate", "--shots", "shot-001", "--json")
    assert series(*command, "--force", env=env).expect(0).document["rendered"] == 2
    refused = series(*command, "--force", env=env).expect(1)
    assert "nothing was rendered: --force would pay replicate 0.30 USD for 2 images" in refused.err
    assert "ask for another take: moostik take ep0/shot-001/wide" in refused.err
    assert replicate.payments == 2
    series("take", "ep0/shot-001/wide").expect(0)
    assert series(*command, env=env).expect(0).document["rendered"] == 1
    assert replicate.payments == 3
