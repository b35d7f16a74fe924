"""What is damaged is found, told and mended: that, and nothing else."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from moostik_assets.settings import Settings
from moostik_assets.studio import Studio
from resources.canonical import sha256_of_bytes
from tests.dagster_state import not_fresh
from tests.moostik_command import Moostik
from tests.small_series import VARIATION_COUNT, edit, published_bytes

KEY = "ep0/shot-002/wide"


def image(moostik: Moostik) -> Path:
    return moostik.output / "episodes" / f"{KEY}.png"


def object_of(moostik: Moostik) -> Path:
    inode = image(moostik).stat().st_ino
    return next(p for p in (moostik.output / "store" / "objects").rglob("*.png") if p.stat().st_ino == inode)


def flip(path: Path, at: int = -40) -> None:
    """Flip bits of a byte in the file as it lies on the disk, which its hard links share."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    path.chmod(0o444)


def flip_object(moostik: Moostik) -> None:
    """The published view is a hard link of the object, and goes with it."""
    flip(object_of(moostik))


def flip_object_alone(moostik: Moostik) -> None:
    found = object_of(moostik)
    data = image(moostik).read_bytes()
    image(moostik).unlink()
    image(moostik).write_bytes(data)
    flip(found)


def flip_published_alone(moostik: Moostik) -> None:
    data = image(moostik).read_bytes()
    image(moostik).unlink()
    image(moostik).write_bytes(data)
    flip(image(moostik))


def delete_object(moostik: Moostik) -> None:
    object_of(moostik).unlink()


def delete_recipe(moostik: Moostik) -> None:
    with Studio(Settings(data=moostik.data, output=str(moostik.output))) as studio:
        recipe = studio.store.published(KEY)
    next((moostik.output / "store" / "recipes").rglob(f"{recipe}.json")).unlink()


def garble_recipe(moostik: Moostik) -> None:
    with Studio(Settings(data=moostik.data, output=str(moostik.output))) as studio:
        recipe = studio.store.published(KEY)
    next((moostik.output / "store" / "recipes").rglob(f"{recipe}.json")).write_text('{"half": ')


def delete_published(moostik: Moostik) -> None:
    image(moostik).unlink()


def empty_published(moostik: Moostik) -> None:
    image(moostik).unlink()
    image(moostik).write_bytes(b"")


def overwrite_published_with_another(moostik: Moostik) -> None:
    other = image(moostik).with_name("close_up.png").read_bytes()
    image(moostik).unlink()
    image(moostik).write_bytes(other)


def overwrite_published_with_garbage(moostik: Moostik) -> None:
    image(moostik).unlink()
    image(moostik).write_bytes(b"\x89PNG\r\n\x1a\nnot really" * 30)


RENDERED_AGAIN = (flip_object, flip_object_alone, delete_object, delete_recipe, garble_recipe)
PUBLISHED_AGAIN = (
    flip_published_alone,
    delete_published,
    empty_published,
    overwrite_published_with_another,
    overwrite_published_with_garbage,
)


@pytest.mark.parametrize("damage", [*RENDERED_AGAIN, *PUBLISHED_AGAIN], ids=lambda damage: damage.__name__)
def test_damage_is_told_by_plan_and_mended_by_render(rendered: Moostik, damage) -> None:
    before = published_bytes(rendered.output)
    damage(rendered)
    plan = rendered("plan", "ep0", "--json").expect(0).document
    told = {stale["key"]: stale["reasons"] for stale in plan["stale"]} | {key: ["missing"] for key in plan["missing"]}
    assert list(told) == [KEY], plan
    assert told[KEY]
    assert plan["current"] == VARIATION_COUNT - 1
    assert (KEY in plan["reusable"]) == (damage in PUBLISHED_AGAIN)
    assert (plan["estimate"]["seconds"] > 0) == (damage in RENDERED_AGAIN)

    answer = rendered("render", "ep0", "--json").expect(0)
    assert answer.document["rendered"] == (1 if damage in RENDERED_AGAIN else 0)
    assert answer.document["rendered"] + answer.document["reused"] == VARIATION_COUNT
    assert published_bytes(rendered.output) == before
    assert rendered("plan", "ep0", "--json").document["current"] == VARIATION_COUNT
    assert not_fresh(rendered) == {}


def test_render_alone_mends_a_damaged_image_and_says_so(rendered: Moostik) -> None:
    before = published_bytes(rendered.output)
    flip_object(rendered)
    answer = rendered.warm("render", "ep0", "--json").expect(0)
    assert answer.document["rendered"] == 1
    assert "the image will be made again" in answer.err
    assert published_bytes(rendered.output) == before


def test_a_reference_whose_kept_bytes_are_gone_is_kept_again(rendered: Moostik) -> None:
    for path in list((rendered.output / "store" / "inputs").rglob("*")):
        if path.is_file():
            path.unlink()
    assert rendered("render", "--force", "--shots", "shot-001", "--json").expect(0).document["rendered"] == 2


def test_a_reference_whose_kept_bytes_are_damaged_is_kept_again(rendered: Moostik) -> None:
    for path in list((rendered.output / "store" / "inputs").rglob("*")):
        if path.is_file():
            flip(path, at=5)
    answer = rendered("render", "--force", "--shots", "shot-001", "--json")
    again = rendered("render", "--force", "--shots", "shot-001", "--json").expect(0).document
    assert again["rendered"] == 2, answer


@pytest.fixture
def served(series: Moostik) -> Iterator[Moostik]:
    """The series with the reference of bob on a web server."""
    handler = functools.partial(QuietHandler, directory=str(series.data / "references"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/bob-1.png"
        edit(series.data / "characters.json", lambda characters: characters[1].update(referenceImages=[url]))
        yield series
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def test_no_image_is_made_without_the_bytes_that_its_recipe_names(served: Moostik) -> None:
    served("render").expect(0)
    before = published_bytes(served.output)
    kept = sha256_of_bytes((served.data / "references" / "bob-1.png").read_bytes())
    flip(served.output / "store" / "inputs" / kept[:2] / kept, at=5)
    answer = served("render", "--shots", "shot-003", "--force", "--json").expect(1).document
    assert answer["rendered"] == 0
    assert "are gone from the store; run again to have them back" in answer["reasons"]["ep0/shot-003/wide"]
    assert published_bytes(served.output) == before
    assert served("render", "--shots", "shot-003", "--force", "--json").expect(0).document["rendered"] == 2
    assert published_bytes(served.output) == before


def test_a_fetched_reference_serves_when_the_network_is_down(served: Moostik) -> None:
    served("render").expect(0)
    before = published_bytes(served.output)
    (served.data / "references" / "bob-1.png").unlink()
    assert served("plan", "--json").expect(0).document["current"] == VARIATION_COUNT
    assert served("render", "--force", "--json").expect(0).document["rendered"] == VARIATION_COUNT
    assert published_bytes(served.output) == before
