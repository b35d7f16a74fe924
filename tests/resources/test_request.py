"""A request is one text: it comes back from it, and has one id in every process."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.rendering.request import (
    SCHEMA_VERSION,
    BakedDecoration,
    Baking,
    Dreaming,
    Figure,
    ImageInput,
    Layer,
    RenderRequest,
    Staging,
    request_from_json,
)

TEXT = st.text(max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=32)
HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
ROLE = st.sampled_from(["character", "location", "previous", "background", "mask", "control"])
IMAGE = st.one_of(
    st.builds(ImageInput, ROLE, TEXT, sha256=HASH),
    st.builds(ImageInput, ROLE, TEXT, url=TEXT.map(lambda text: f"https://example.org/{text}")),
    st.builds(ImageInput, ROLE, TEXT, recipe=HASH),
)
FIGURE = st.builds(
    Figure,
    id=TEXT,
    name=TEXT,
    priority=st.none() | st.integers(-5, 5),
    importance=TEXT,
    action=TEXT,
    references=st.lists(st.integers(0, 13), max_size=3).map(tuple),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
STAGING = st.builds(
    Staging,
    angle=TEXT,
    framing=TEXT,
    lens_mm=st.none() | NUMBER,
    location=TEXT,
    figures=st.lists(FIGURE, max_size=2).map(tuple),
    atmosphere=TEXTS,
    palette=TEXTS,
    slate=TEXTS,
)
BAKING = st.builds(
    Baking,
    theme=TEXT,
    mood=TEXT,
    palette=TEXTS,
    style=TEXT,
    decorations=st.lists(st.builds(BakedDecoration, TEXT, TEXT), max_size=2).map(tuple),
    fx=TEXTS,
)
FINGERPRINT = st.dictionaries(TEXT, st.one_of(TEXT, st.integers(), st.booleans(), st.none()), max_size=4)
MODE = st.sampled_from(["img2img", "interpolate", "hybrid"])
SCENE = st.builds(
    RenderRequest,
    prompt=TEXT,
    negative=TEXT,
    seed=st.integers(0, 2**31 - 1),
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    renderer=FINGERPRINT,
    references=st.lists(IMAGE, max_size=1).map(tuple),
    staging=st.none() | STAGING,
)
REQUEST = st.builds(
    RenderRequest,
    prompt=TEXT,
    negative=TEXT,
    seed=st.integers(0, 2**31 - 1),
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    renderer=FINGERPRINT,
    steps=st.none() | st.integers(1, 100),
    guidance=st.none() | NUMBER,
    references=st.lists(IMAGE, max_size=3).map(tuple),
    background=st.none() | IMAGE,
    mask=st.none() | IMAGE,
    control=st.none() | TEXT.filter(bool),
    layers=st.lists(st.builds(Layer, TEXT, NUMBER, TEXT), max_size=2).map(tuple),
    staging=st.none() | STAGING,
    baking=st.none() | BAKING,
    dreaming=st.none() | st.builds(Dreaming, MODE, NUMBER, NUMBER, st.lists(SCENE, max_size=2).map(tuple)),
)


@given(REQUEST)
@settings(max_examples=150, deadline=None)
def test_a_request_comes_back_from_its_json_text(request: RenderRequest) -> None:
    again = request_from_json(json.loads(json.dumps(request.to_json())))
    assert again == request
    assert again.recipe_id == request.recipe_id
    assert request_from_json(json.loads(request.canonical)) == request


@given(REQUEST, REQUEST)
@settings(max_examples=80, deadline=None)
def test_two_requests_have_one_id_exactly_where_they_are_equal(one: RenderRequest, other: RenderRequest) -> None:
    assert (one.recipe_id == other.recipe_id) == (one == other)


BASE = RenderRequest(
    prompt="Une cité, « la nuit » 🦟",
    negative="blur",
    seed=7,
    width=64,
    height=36,
    renderer={"name": "test", "version": 1, "more": {"b": 1, "a": [1, 2.5]}},
    references=(ImageInput("character", "ada", sha256="a" * 64),),
    staging=Staging("wide", figures=(Figure("ada", "Ada", priority=1),)),
)
CHANGES = {
    "prompt": "other",
    "negative": "",
    "seed": 8,
    "width": 65,
    "height": 37,
    "renderer": {"name": "test", "version": 2},
    "steps": 4,
    "guidance": 3.5,
    "references": (),
    "background": ImageInput("background", "hut", sha256="b" * 64),
    "mask": ImageInput("mask", "hut", sha256="b" * 64),
    "control": "depth",
    "layers": (Layer("rain"),),
    "staging": None,
    "baking": Baking("storm"),
    "dreaming": Dreaming("hybrid", position=0.5),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_field_counts(name: str) -> None:
    assert replace(BASE, **{name: CHANGES[name]}).recipe_id != BASE.recipe_id


def test_every_field_is_tried() -> None:
    assert CHANGES.keys() | {"schema"} == RenderRequest.__dataclass_fields__.keys()


def test_the_id_is_the_same_in_every_process() -> None:
    code = (
        "import json, sys; from resources.rendering.request import request_from_json; "
        "print(request_from_json(json.load(sys.stdin)).recipe_id)"
    )
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps(BASE.to_json()),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == BASE.recipe_id


def test_the_id_is_the_one_that_stands_in_stores_of_today() -> None:
    """Whoever changes it makes every image of every series anew: only with the schema's version."""
    assert SCHEMA_VERSION == 1
    request = RenderRequest(prompt="p", negative="", seed=1, width=8, height=8, renderer={"name": "x"})
    assert request.canonical == '{"height":8,"prompt":"p","renderer":{"name":"x"},"schema":1,"seed":1,"width":8}'
    assert request.recipe_id == "ff80414b7266880eb41c9b511b60851b49543313b274d695e2eb96874f7cbc9c"


def test_only_what_waits_for_an_image_is_provisional() -> None:
    assert not BASE.provisional
    assert replace(BASE, references=(ImageInput("previous", "s", recipe="c" * 64),)).provisional


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"schema": 2},
        {"schema": "1"},
        {"schema": 1},
        {**BASE.to_json(), "colour": "red"},
        {**BASE.to_json(), "references": [{"entity": "ada"}]},
        {**BASE.to_json(), "references": 3},
        {**BASE.to_json(), "staging": 3},
        {**BASE.to_json(), "layers": [{"kind": "rain", "depth": 2}]},
        {name: value for name, value in BASE.to_json().items() if name != "seed"},
    ],
)
def test_what_is_no_request_is_a_value_error(document: dict) -> None:
    with pytest.raises(ValueError, match=r"render request|schema"):
        request_from_json(document)
