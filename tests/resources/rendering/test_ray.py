"""Running a renderer on Ray: the same recipes and bytes, and nothing lost but what a dead actor had in hand twice.

What needs Ray itself is skipped where the extra `ray` is not installed.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from moostik_assets.commands.session import INTERRUPTED
from resources.rendering.base import Rendered, RendererUnavailable
from resources.rendering.ray.actor import RenderingActor
from resources.rendering.ray.cluster import join, leave, ray_module
from resources.rendering.ray.fleet import Fleet
from resources.rendering.ray.inputs import LentInputs
from resources.rendering.ray.options import parsed_options
from resources.rendering.ray.renderer import actor_count
from resources.rendering.request import ImageInput, RenderRequest
from tests.moostik_command import PLUGINS, Moostik, finished, left_behind, members
from tests.small_series import VARIATION_COUNT, published_bytes

INSTALLED = find_spec("ray") is not None
on_ray = pytest.mark.skipif(not INSTALLED, reason="the extra `ray` is not installed")
ON_RAY = {"MOOSTIK_RAY_RENDERERS": "sketch", "MOOSTIK_RAY_ACTORS": "2"}


def asked_for(prompt: str, *inputs: str) -> RenderRequest:
    references = tuple(ImageInput("character", "mama", sha256=sha256) for sha256 in inputs)
    return RenderRequest(prompt, "", 1, 64, 36, {"name": "sketch", "version": 1}, references=references)


def title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def no_image(sha256: str) -> bytes:
    raise KeyError(sha256)


class Mortal:
    """An actor that is killed, as the prompt says, with its request in hand; else it gives what it reads."""

    def __init__(self, folder: Path, works: bool = True) -> None:
        self._folder, self._works = folder, works

    def prepare(self) -> str:
        return "" if self._works else "this machine cannot"

    def render(self, request: RenderRequest, inputs: dict[str, Any]) -> Rendered:
        with open(self._folder / "tries", "a", encoding="utf-8") as file:
            file.write(f"{request.prompt}\n")
        tries = (self._folder / "tries").read_text(encoding="utf-8").splitlines().count(request.prompt)
        if request.prompt == "dies" or (request.prompt == "dies once" and tries == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        while request.prompt == "held" and not (self._folder / "go").exists():
            time.sleep(0.02)
        return Rendered(request, png=b"".join(ray_module().get(reference) for reference in inputs.values()))


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), str(PLUGINS)])
    join("local", 2)
    yield
    leave()
    assert not ray_module().is_initialized()
    os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@pytest.fixture
def fleet(cluster: None, tmp_path: Path) -> Iterator[Callable[..., Fleet]]:
    made: list[Fleet] = []

    def of(count: int, works: bool = True, read: Callable[[str], bytes] = no_image) -> Fleet:
        start = partial(ray_module().remote(Mortal).options(num_cpus=1).remote, tmp_path, works)
        made.append(Fleet(count, start, LentInputs(read).of))
        return made[-1]

    yield of
    for one in made:
        one.close()


@on_ray
def test_the_command_gives_the_same_images_under_the_same_recipes(
    series: Moostik, rendered_bytes: dict[str, bytes]
) -> None:
    answer = finished(process := series.start("render", "--json", env=ON_RAY)).expect(0)
    assert answer.document["rendered"] == VARIATION_COUNT
    assert published_bytes(series.output) == rendered_bytes
    assert left_behind(process.pid) == []
    # Whoever made them, they are current: nobody asks Ray for anything.
    assert series("render", "--json").expect(0).document["reused"] == VARIATION_COUNT


@on_ray
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGKILL])
def test_an_ended_command_leaves_no_process(series: Moostik, tmp_path: Path, ended_by: signal.Signals) -> None:
    log = tmp_path / "log"
    process = series.start("render", env={**ON_RAY, "SKETCH_LOG": str(log), "SKETCH_SECONDS": "0.5"})
    while not log.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(ended_by)
    if ended_by == signal.SIGINT:
        answer = finished(process)
        assert answer.code == INTERRUPTED
        assert "Traceback" not in answer.err
        assert left_behind(process.pid) == []
        return
    # Ray's own two agents look for their cluster for up to a minute; what holds a GPU goes at once.
    process.wait()
    while any(title(pid).startswith("ray::RenderingActor") for pid in members(process.pid)):
        time.sleep(0.1)
    for pid in members(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@on_ray
def test_an_actor_that_is_killed_is_replaced_and_its_request_made_once_more(
    fleet: Callable[..., Fleet], tmp_path: Path
) -> None:
    requests = [asked_for(prompt) for prompt in ("one", "dies once", "dies", "two", "three")]
    outcome = {rendered.request.prompt: rendered for rendered in fleet(2).render(requests)}
    assert sorted(outcome) == sorted(request.prompt for request in requests)
    failed = {prompt: rendered.error for prompt, rendered in outcome.items() if rendered.png is None}
    assert list(failed) == ["dies"]
    assert "its actor ended, and so did the next" in str(failed["dies"])
    tries = (tmp_path / "tries").read_text(encoding="utf-8").splitlines()
    assert sorted(tries) == sorted(["one", "dies once", "dies once", "dies", "dies", "two", "three"])


@on_ray
def test_inputs_travel_once_and_a_missing_one_is_left_to_the_renderer(fleet: Callable[..., Fleet]) -> None:
    read: list[str] = []

    def reading(sha256: str) -> bytes:
        read.append(sha256)
        return {"a": b"mama", "b": b"papa"}[sha256]

    requests = [asked_for("one", "a", "b"), asked_for("two", "a"), asked_for("three", "a", "gone")]
    outcome = {r.request.prompt: r.png for r in fleet(1, read=reading).render(requests)}
    assert outcome == {"one": b"mamapapa", "two": b"mama", "three": b"mama"}
    assert read == ["a", "b", "gone"]


@on_ray
def test_no_more_is_taken_than_actors_are_ready_for_and_what_nobody_waits_for_is_dropped(
    fleet: Callable[..., Fleet], tmp_path: Path
) -> None:
    taken: list[str] = []

    def coming() -> Generator[RenderRequest, None, None]:
        for prompt in ("held", "quick", "never"):
            taken.append(prompt)
            yield asked_for(prompt)

    two = fleet(2)
    results = two.render(coming())
    assert next(results).request.prompt == "quick"
    assert taken == ["held", "quick"]
    results.close()
    assert [rendered.request.prompt for rendered in two.render([asked_for("next")])] == ["next"]
    (tmp_path / "go").touch()
    assert {rendered.request.prompt for rendered in two.render(map(asked_for, "ab"))} == {"a", "b"}


@on_ray
def test_where_no_machine_can_work_each_image_says_why(fleet: Callable[..., Fleet]) -> None:
    errors = [rendered.error for rendered in fleet(2, works=False).render([asked_for("one"), asked_for("two")])]
    assert errors == ["ray: no actor can work; this machine cannot"] * 2


def test_an_actor_that_would_give_other_pixels_is_not_used(tmp_path: Path) -> None:
    def fault(fingerprint: dict[str, Any], options: dict[str, Any] | None = None, name: str = "sketch") -> str:
        return RenderingActor(name, tmp_path, options or {}, fingerprint).prepare()

    assert fault({"name": "sketch", "version": 1}) == ""
    assert "its sketch has version 1, and the machine that asks 2" in fault({"name": "sketch", "version": 2})
    assert "no API key; set KEYLESS_TOKEN" in fault({}, name="keyless")


def test_the_actor_gives_an_error_where_the_renderer_breaks_off(tmp_path: Path) -> None:
    os.environ["SKETCH_BREAKS"] = "storm"
    actor = RenderingActor("sketch", tmp_path, {}, {"name": "sketch", "version": 1})
    assert actor.prepare() == ""
    assert "asked to break off" in str(actor.render(asked_for("a storm"), {}).error)
    assert actor.render(asked_for("a calm"), {}).png is not None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"actor": "2"}, "option actor (MOOSTIK_RAY_ACTOR): there is no such option; there are renderers"),
        ({"actors": "many"}, "option actors (MOOSTIK_RAY_ACTORS): 'many'"),
        ({"actors": "0"}, "greater than or equal to 1"),
        ({"gpus_per_actor": "1.5"}, "whole number above 1"),
        ({"address": "ray://head:10001"}, "have this machine join (ray start --address=HOST:PORT)"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(RendererUnavailable) as error:
        parsed_options(options)
    assert said in str(error.value)


def test_a_renderer_that_is_not_there_is_named(series: Moostik) -> None:
    answer = series("plan", env={"MOOSTIK_RAY_RENDERERS": "sketch, skech"})
    assert answer.code == 1
    assert "MOOSTIK_RAY_RENDERERS) names 'skech', which is none of" in answer.err


def test_what_ray_cannot_run_is_said_before_any_work(series: Moostik) -> None:
    costly = series("render", "--renderer", "costly", env={"MOOSTIK_RAY_RENDERERS": "costly"})
    assert costly.code == 1
    assert ("costly is paid by the image" if INSTALLED else "pip install 'moostik-assets[ray]'") in costly.err


@pytest.mark.parametrize(
    ("asked", "gpus_each", "resources", "count"),
    [
        (None, 0.0, {"CPU": 16.0}, 8),
        (None, 0.0, {"CPU": 1.0}, 1),
        (None, 1.0, {"CPU": 64.0, "GPU": 8.0}, 8),
        (None, 0.5, {"CPU": 64.0, "GPU": 2.0}, 4),
        (3, 1.0, {"CPU": 64.0, "GPU": 8.0}, 3),
    ],
)
def test_there_are_as_many_actors_as_places(
    asked: int | None, gpus_each: float, resources: dict[str, float], count: int
) -> None:
    assert actor_count(asked, gpus_each, resources) == count


@pytest.mark.parametrize("resources", [{"CPU": 16.0, "GPU": 1.0}, {"CPU": 16.0}])
def test_a_cluster_that_is_too_small_is_told(resources: dict[str, float]) -> None:
    with pytest.raises(RendererUnavailable, match=r"room for [01] actors of a core and 1 GPU each; 2 are asked for"):
        actor_count(2, 1.0, resources)
