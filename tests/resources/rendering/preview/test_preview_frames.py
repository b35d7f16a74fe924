import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from preview_inputs import bust, full_figure, opened, plate, put, renderer_in, request_of

from resources.rendering.base import Rendered, Renderer, RendererUnavailable
from resources.rendering.preview import PreviewRenderer
from resources.rendering.preview.effects import PAINTERS
from resources.rendering.preview.light import light_of
from resources.rendering.preview.slate import has_glyphs
from resources.rendering.preview.stand_in_figure import stand_in_figure
from resources.rendering.preview.stand_in_place import stand_in_place
from resources.rendering.request import ImageInput, RenderRequest, Staging


def _one(folder: Path, request: RenderRequest) -> Rendered:
    (done,) = renderer_in(folder).render([request])
    assert done.error is None, done.error
    return done


def _means(frame: Image.Image) -> list[float]:
    return ImageStat.Stat(frame).mean


def test_it_is_a_renderer_whose_fingerprint_names_what_decides_the_bytes(tmp_path: Path) -> None:
    renderer = renderer_in(tmp_path)
    assert isinstance(renderer, Renderer)
    assert isinstance(renderer, PreviewRenderer)
    renderer.validate()
    assert set(renderer.fingerprint()) == {"name", "version", "pillow", "numpy", "deflate"}
    assert renderer.capabilities.composes
    assert renderer.capabilities.negative


@pytest.mark.parametrize("workers", ["two", 0, -3, [4]])
def test_a_wrong_number_of_workers_is_named(tmp_path: Path, workers: object) -> None:
    with pytest.raises(RendererUnavailable, match=r"option workers is .*whole number from 1"):
        renderer_in(tmp_path, workers=workers).validate()


def test_no_requests_no_frames(tmp_path: Path) -> None:
    assert list(renderer_in(tmp_path).render([])) == []


def test_frames_have_the_size_that_was_asked_for(tmp_path: Path) -> None:
    for size in ((640, 360), (640, 272), (360, 640), (256, 256), (24, 24)):
        assert opened(_one(tmp_path, request_of(tmp_path, "medium", size=size)).png).size == size


def test_a_request_without_staging_shows_the_place(tmp_path: Path) -> None:
    request = replace(request_of(tmp_path), staging=None)
    done = _one(tmp_path, request)
    assert done.notes == ()


def test_a_background_stands_in_for_the_plates(tmp_path: Path) -> None:
    plain = request_of(tmp_path, cast=())
    blue = put(tmp_path, Image.new("RGB", (320, 180), (20, 20, 240)))
    themed = replace(plain, background=ImageInput("background", "square", sha256=blue))
    first, second = (_means(opened(_one(tmp_path, request).png)) for request in (plain, themed))
    assert second[2] > first[2]
    assert second[0] < first[0]


def test_the_slate_is_drawn_only_where_there_are_texts(tmp_path: Path) -> None:
    off, on = (opened(_one(tmp_path, request_of(tmp_path, slate=texts)).png) for texts in ((), ("ep0", "shot-001")))
    changed = ImageChops.difference(off, on).getbbox()
    assert changed is not None
    assert changed[1] > 360 * 0.9
    assert changed[2] == 640


def test_a_slate_text_that_the_font_cannot_write_is_left_out(tmp_path: Path) -> None:
    written = _one(tmp_path, request_of(tmp_path, slate=("Été à l'Œuvre",)))
    assert written.notes == ()
    done = _one(tmp_path, request_of(tmp_path, slate=("ep0", "月への手紙")))
    assert any("月への手紙" in note for note in done.notes)
    assert done.png == replace_png(tmp_path, ("ep0",))
    assert not has_glyphs("月")
    assert has_glyphs("Odile's lamp, n° 3 - déjà vu")


def replace_png(folder: Path, texts: tuple[str, ...]) -> bytes | None:
    return _one(folder, request_of(folder, slate=texts)).png


@pytest.mark.parametrize("texts", [("x" * 5000,), ("a\nb\tc", "", "   "), ("\x00\x07", "ok"), tuple("abcdefgh" * 40)])
def test_odd_slates_do_no_harm(tmp_path: Path, texts: tuple[str, ...]) -> None:
    _one(tmp_path, request_of(tmp_path, slate=texts))


@pytest.mark.parametrize("kind", sorted({*PAINTERS} - {"colour_filter"}))
def test_each_layer_changes_the_frame(tmp_path: Path, kind: str) -> None:
    plain, layered = (opened(_one(tmp_path, request_of(tmp_path, layers=names)).png) for names in ((), (kind,)))
    difference = ImageChops.difference(plain, layered).convert("L").point([0] * 12 + [255] * 244)
    assert difference.getbbox() is not None


def test_an_unknown_layer_is_noted(tmp_path: Path) -> None:
    done = _one(tmp_path, request_of(tmp_path, layers=("confetti",)))
    assert any("'confetti'" in note and "snow" in note for note in done.notes)


def test_light_comes_from_where_the_words_say(tmp_path: Path) -> None:
    left, right = (
        opened(_one(tmp_path, request_of(tmp_path, cast=(), key_light=words)).png).convert("L")
        for words in ("hard warm light from the left", "lumière dure, de la droite")
    )
    half = (0, 0, 320, 360)
    assert _means(left.crop(half))[0] > _means(right.crop(half))[0] + 5


def test_time_and_weather_set_the_tone(tmp_path: Path) -> None:
    noon, night, dusk, storm = (
        _means(opened(_one(tmp_path, request_of(tmp_path, "wide", (), 7, (640, 360), (), None, **words)).png))
        for words in ({"time": "noon"}, {"time": "la nuit"}, {"time": "crépuscule"}, {"key_light": "storm light"})
    )
    assert sum(noon) > sum(dusk) > sum(night)
    assert night[2] / night[0] > noon[2] / noon[0]
    assert storm[0] < noon[0]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("first snow",), {"snow"}),
        (("brume légère", "pluie fine"), {"fog", "rain"}),
        (("no snow", "without mist", "sans brume"), set()),
        (("a rainbow",), set()),
        (("dust in the light shafts",), {"dust", "light_shafts"}),
        (("静かな雪",), {"snow"}),
    ],
)
def test_atmosphere_asks_for_effects(words: tuple[str, ...], kinds: set[str]) -> None:
    assert {kind for kind, _ in light_of(Staging("wide", atmosphere=words)).layers} == kinds


def test_priority_then_importance_then_order_decide_who_leads(tmp_path: Path) -> None:
    request = request_of(tmp_path, "close_up", ("odile", "brumo", "pip"))
    assert request.staging is not None
    ranks = [{"importance": "background"}, {"importance": "primary"}, {"priority": 5}]
    figures = tuple(replace(f, **rank) for f, rank in zip(request.staging.figures, ranks, strict=True))
    done = _one(tmp_path, replace(request, staging=replace(request.staging, figures=figures)))
    assert done.notes == ("close_up leaves out odile",)


def test_a_picture_without_plain_ground_is_never_pasted_as_a_rectangle(tmp_path: Path) -> None:
    noisy = Image.effect_noise((200, 300), 90).convert("RGB")
    done = _one(tmp_path, request_of(tmp_path, likenesses=(noisy,)))
    assert any("neither alpha nor a plain ground" in note for note in done.notes)
    assert any("stand-in" in note for note in done.notes)


@pytest.mark.parametrize("side", [9_000, 60_000])
def test_a_bomb_is_refused_and_replaced(tmp_path: Path, side: int) -> None:
    small = io.BytesIO()
    Image.new("RGB", (8, 8)).save(small, "PNG")
    header = b"IHDR" + struct.pack(">II", side, side) + b"\x08\x02\x00\x00\x00"
    bomb = small.getvalue()[:12] + header + struct.pack(">I", zlib.crc32(header)) + small.getvalue()[33:]
    request = request_of(tmp_path, cast=())
    references = (ImageInput("location", "square", sha256=put(tmp_path, bomb)),)
    done = _one(tmp_path, replace(request, references=references))
    assert any(f"{side} x {side}" in note or "too large" in note for note in done.notes)


def test_odd_inputs_give_frames(tmp_path: Path) -> None:
    odd = [
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)),
        Image.new("L", (1, 1)),
        Image.new("RGBA", (3000, 20), (200, 10, 10, 255)),
        full_figure().convert("LA"),
        full_figure().convert("P"),
        Image.new("I;16", (64, 64), 30_000),
        Image.new("CMYK", (64, 64)),
    ]
    for image in odd:
        held = io.BytesIO()
        image.save(held, "TIFF" if image.mode == "CMYK" else "PNG")
        sha256 = put(tmp_path, held.getvalue())
        request = request_of(tmp_path, "medium", size=(160, 90))
        references = tuple(replace(reference, sha256=sha256) for reference in request.references)
        _one(tmp_path, replace(request, references=references))


def test_indexes_beyond_the_references_and_urls_are_stood_in_for(tmp_path: Path) -> None:
    request = request_of(tmp_path)
    assert request.staging is not None
    figure = replace(request.staging.figures[0], references=(77, -1, 0))
    urls = tuple(replace(r, sha256=None, url="https://example.org/a.png") for r in request.references)
    staging = replace(request.staging, figures=(figure,))
    done = _one(tmp_path, replace(request, references=urls, staging=staging))
    assert len(done.notes) == 2


def test_stand_ins_are_stable_for_an_id_and_differ_between_ids() -> None:
    ids = ["odile", "brumo", "月"]
    figures = [stand_in_figure(each).tobytes() for each in ids]
    places = [stand_in_place(each).tobytes() for each in ids]
    assert len(set(figures)) == len(set(places)) == len(ids)
    assert stand_in_figure("odile").tobytes() == figures[0]
    assert stand_in_place("odile").tobytes() == places[0]
    for each in ids:
        assert stand_in_figure(each).getchannel("A").getbbox() != (0, 0, 520, 900)


def test_the_plates_of_other_places_are_not_taken(tmp_path: Path) -> None:
    request = request_of(tmp_path, cast=())
    elsewhere = ImageInput("location", "cellar", sha256=put(tmp_path, Image.new("RGB", (320, 180), (255, 0, 0))))
    same = replace(request, references=(elsewhere, *request.references))
    assert _one(tmp_path, same).png == _one(tmp_path, request).png


def test_close_ups_and_wides_show_different_likenesses(tmp_path: Path) -> None:
    pictures = (full_figure((20, 200, 40)), bust((40, 40, 230)))
    wide, close = (
        opened(_one(tmp_path, request_of(tmp_path, angle, likenesses=pictures)).png) for angle in ("wide", "close_up")
    )
    assert _means(close)[2] > _means(close)[1]
    assert ImageStat.Stat(wide).extrema != ImageStat.Stat(plate()).extrema
