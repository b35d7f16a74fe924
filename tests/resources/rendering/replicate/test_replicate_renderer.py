"""What is asked of a model, what is said of it, and what is refused before anything is paid."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from replicate_cases import Build, a_request, only
from replicate_server import TOKEN, VERSION, ReplicateServer

from resources.image_store import ImageStore
from resources.rendering.base import RendererUnavailable
from resources.rendering.replicate.mapping import InputMapping
from resources.rendering.replicate.models import READY_MODELS
from resources.rendering.request import Baking, ImageInput

PAINTER: dict[str, Any] = {
    "model": "studio/painter",
    "usd_per_image": "0.02",
    "mapping": '{"prompt": "text", "negative": "avoid", "seed": "seed", "width": "width", "height": "height", '
    '"size_multiple": 16, "references": "pictures", "references_limit": 2, "background": "plate", "mask": "keep", '
    '"constants": {"style": "gouache"}}',
}


def png(colour: str, size: tuple[int, int] = (64, 36), noise: bool = False) -> bytes:
    image = Image.new("RGB", size, colour)
    if noise:
        image = Image.fromarray(np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path / "store")


def kept(store: ImageStore, role: Any, entity: str, data: bytes) -> ImageInput:
    return ImageInput(role, entity, sha256=store.put_input(data))


def asked(server: ReplicateServer) -> dict[str, Any]:
    (prediction,) = server.predictions.values()
    return prediction["input"]


def test_nano_banana_is_asked_with_its_own_inputs(server: ReplicateServer, build: Build, store: ImageStore) -> None:
    renderer = build(resolution="2K")
    renderer.validate()
    images = [kept(store, "character", "mama", png("red")), kept(store, "location", "hut", png("blue"))]
    gone = ImageInput("character", "papa", sha256="0" * 64)
    request = a_request(
        renderer,
        references=(*images, gone),
        background=kept(store, "background", "hut", png("green", (600, 400), True)),
    )
    rendered = only(renderer, request)
    inputs = asked(server)
    assert inputs["prompt"] == (
        "a moth on a lamp\n\nReference images, in order: "
        "1. the place as it is now; 2. the character mama; 3. the place hut."
    )
    assert (inputs["aspect_ratio"], inputs["resolution"], inputs["output_format"]) == ("16:9", "2K", "png")
    assert inputs["image_input"][0].startswith(f"{server.url}/v1/files/")
    assert [url.partition(",")[0] for url in inputs["image_input"][1:]] == ["data:image/png;base64"] * 2
    assert "seed" not in inputs
    assert "the character papa could not be had: made without it" in rendered.notes
    assert rendered.thumbnail is not None
    capabilities = renderer.capabilities
    assert (capabilities.seed, capabilities.negative, capabilities.max_references) == (False, False, 14)
    assert (capabilities.usd_per_image, capabilities.pixels, capabilities.parallel) == (0.15, 2560 * 1440, 15)


def test_a_large_reference_is_lent_once_for_all_images(
    server: ReplicateServer, build: Build, store: ImageStore
) -> None:
    renderer = build()
    large = kept(store, "character", "mama", png("red", (600, 400), True))
    requests = [a_request(renderer, f"moth {n}", references=(large,)) for n in range(5)]
    assert {r.error for r in renderer.render(requests)} == {None}
    assert server.asked["upload"] == len(server.files) == 1


def test_a_declared_model_takes_what_its_mapping_says(server: ReplicateServer, build: Build, store: ImageStore) -> None:
    renderer = build(**PAINTER, version=VERSION, usd_per_second="0.004")
    renderer.validate()
    three = tuple(kept(store, "character", name, png(name)) for name in ("red", "green", "blue"))
    plate, mask = kept(store, "background", "hut", png("white")), kept(store, "mask", "hut", png("black"))
    rendered = only(renderer, a_request(renderer, references=three, background=plate, mask=mask))
    inputs = asked(server)
    assert {name: inputs[name] for name in ("text", "seed", "width", "height", "style")} == {
        "text": "a moth on a lamp", "seed": 7, "width": 320, "height": 180, "style": "gouache",
    }  # fmt: skip
    assert (len(inputs["pictures"]), inputs["plate"][:10], inputs["keep"][:10]) == (2, "data:image", "data:image")
    assert "left out, the model takes 2: character blue" in rendered.notes
    assert rendered.usd == pytest.approx(0.01)  # 2.5 s of its machine
    assert renderer.capabilities.size_multiple == 16
    assert renderer.fingerprint()["modelVersion"] == VERSION


def test_the_place_takes_the_room_of_a_reference_and_not_of_the_shot_before(build: Build) -> None:
    def images(*roles: Any) -> list[ImageInput]:
        return [ImageInput(role, f"{role}-{index}", sha256="0" * 64) for index, role in enumerate(roles)]

    (place,), references = images("background"), images("character", "location", "previous")
    asked = a_request(build(), references=tuple(references), background=place)
    three = InputMapping(references="pictures", references_limit=3)
    wanted, notes = three.images(asked)
    assert [image.role for image in wanted] == ["background", "character", "previous"]
    assert notes == ["left out, the model takes 3: location location-1"]
    assert three.model_copy(update={"references_limit": 1}).images(asked)[0] == [place]


def test_a_place_with_a_hard_mask_keeps_the_masters_pixels(
    server: ReplicateServer, build: Build, store: ImageStore
) -> None:
    renderer = build()
    master = png("red", (320, 180), True)
    mask = Image.new("L", (320, 180), 0)
    mask.paste(255, (0, 0, 160, 180))
    out = io.BytesIO()
    mask.save(out, "PNG")
    request = a_request(
        renderer,
        background=kept(store, "background", "hut", master),
        mask=kept(store, "mask", "hut", out.getvalue()),
        baking=Baking("christmas", mask_mode="hard"),
    )
    dressed = np.asarray(Image.open(io.BytesIO(only(renderer, request).png or b"")))
    before = np.asarray(Image.open(io.BytesIO(master)))
    assert np.array_equal(dressed[:, 160:], before[:, 160:])
    assert not np.array_equal(dressed[:, :160], before[:, :160])
    assert "the place to dress" in asked(server)["prompt"]
    bare = a_request(renderer, background=ImageInput("background", "hut", sha256="0" * 64), baking=Baking("christmas"))
    failed = only(renderer, bare)
    assert (failed.usd, server.payments) == (0.0, 1)
    assert failed.error == "the background of hut cannot be had: nothing was ordered"


def test_the_fingerprint_tells_models_and_mappings_apart_and_needs_no_network(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPLICATE_API_TOKEN")
    options = [
        {},
        {"resolution": "4K"},
        {"model": "black-forest-labs/flux-dev"},
        {"version": VERSION},
        PAINTER,
        {**PAINTER, "mapping": PAINTER["mapping"].replace("gouache", "ink")},
    ]
    prints = [build(**given, base_url="http://nowhere.invalid").fingerprint() for given in options]
    assert len({str(sorted(found.items())) for found in prints}) == len(options)
    assert prints[0] == build(in_flight="2", spacing="0.1", usd_per_image="0.2").fingerprint()
    assert "nowhere" not in str(prints)


@pytest.mark.parametrize("name", READY_MODELS)
def test_ready_models_fit_their_schema_and_cost_something(build: Build, name: str) -> None:
    renderer = build(model=name)
    renderer.validate()
    assert renderer.capabilities.usd_per_image > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"modell": "a/b"}, "no option modell (MOOSTIK_REPLICATE_MODELL); did you mean model?"),
        ({"api_token": TOKEN}, "set REPLICATE_API_TOKEN in the environment"),
        ({"model": "banana"}, "option model (MOOSTIK_REPLICATE_MODEL): must be owner/name"),
        ({"model": "google/nano-banana-por"}, "did you mean google/nano-banana-pro?"),
        ({"model": "studio/painter", "mapping": PAINTER["mapping"]}, "say usd_per_image"),
        ({**PAINTER, "usd_per_image": "0"}, "greater than 0"),
        ({**PAINTER, "usd_per_image": "nan"}, "option usd_per_image"),
        ({**PAINTER, "mapping": "{"}, "must be JSON"),
        ({**PAINTER, "mapping": {"promt": "text"}}, "did you mean prompt?"),
        ({**PAINTER, "mapping": {"references": "pictures"}}, "references and references_limit go together"),
        ({"resolution": "8K"}, "it has 1K, 2K, 4K"),
        ({"base_url": "ftp://x"}, "must be an http(s) URL"),
    ],
)
def test_options_that_cannot_be_are_named(build: Build, options: dict[str, Any], said: str) -> None:
    with pytest.raises(RendererUnavailable) as refused:
        build(**options)
    assert said in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_what_cannot_work_is_said_before_any_work(
    server: ReplicateServer, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**options: Any) -> str:
        with pytest.raises(RendererUnavailable) as found:
            build(**options).validate()
        return str(found.value)

    unfit = {**PAINTER, "mapping": PAINTER["mapping"].replace('"avoid"', '"avoids"')}
    assert "it has no input avoids; did you mean avoid?" in refused(**unfit)
    assert "it wants text, to which nothing is mapped" in refused(**{**PAINTER, "mapping": {"prompt": "style"}})
    assert "there is no model studio/other" in refused(**{**PAINTER, "model": "studio/other"})
    assert "cannot be reached" in refused(base_url="http://127.0.0.1:9")
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_wrong")
    assert refused() == "replicate: the API does not know the token in REPLICATE_API_TOKEN (HTTP 401)"
    monkeypatch.setenv("REPLICATE_API_TOKEN", "")
    assert "set REPLICATE_API_TOKEN" in refused()
    assert server.payments == 0


def test_the_loopback_server_speaks_as_replicates_own_client_expects(server: ReplicateServer) -> None:
    replicate = pytest.importorskip("replicate")
    client = replicate.Client(api_token=TOKEN, base_url=server.url)
    made = client.predictions.create(model="google/nano-banana-pro", input={"prompt": "a moth"})
    made.wait()
    assert (made.status, client.predictions.list().results[0].id) == ("succeeded", made.id)
