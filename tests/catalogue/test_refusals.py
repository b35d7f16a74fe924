import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from catalogue_folders import character, episode, png_of_size, shot, write_folder, write_image

from moostik_assets.catalogue import json_file
from moostik_assets.catalogue.loading import load_catalogue

EPISODE = "episodes/ep0.json"


@dataclass
class Refusal:
    """Files that hold one mistake, and what is said of it."""

    name: str
    files: dict[str, Any]
    file: str
    path: str
    reason: str
    left_out: str | None = None
    severity: str = "error"
    others: int = 0


def shots(*found: Any) -> dict[str, Any]:
    return {"ep0": episode(shots=list(found))}


def variations(*found: Any) -> dict[str, Any]:
    return shots(shot(variations=list(found)))


def overrides(value: Any) -> dict[str, Any]:
    return variations({"cameraAngle": "wide"}, {"cameraAngle": "pov", "promptOverrides": value})


def reference(value: Any) -> dict[str, Any]:
    return {"characters": [character(referenceImages=[value])]}


def characters(*ids: str) -> dict[str, Any]:
    return {"characters": [character(id=name) for name in ids]}


NOT_AN_ID = "must be made of A-Z, a-z, 0-9, '.', '_' and '-'"
FIRST = "$.shots[0]"
OVER = "$.shots[0].variations[1].promptOverrides"
IMAGE = "$[0].referenceImages[0]"
LEFT = "shot ep0/shot-001"

REFUSALS = [
    # the file as JSON
    Refusal("empty", {"themes": " "}, "themes.json", "$", "is empty"),
    Refusal("syntax", {"themes": '[\n {"name" 1}]'}, "themes.json", "$", "at line 2, column 10"),
    Refusal("not utf-8", {"themes": b'[\n"\xe9"]'}, "themes.json", "$", "is not UTF-8: byte 0xe9 in line 2"),
    Refusal("utf-16", {"themes": "[]".encode("utf-16")}, "themes.json", "$", "is UTF-16; save it as UTF-8"),
    Refusal("too deep", {"themes": "[" * 100_000}, "themes.json", "$", "nested too deep"),
    Refusal("no list", {"themes": "7"}, "themes.json", "$", "must be a list"),
    Refusal("wrong wrapping", {"themes": {"items": []}}, "themes.json", "$", "as its 'themes'"),
    Refusal("too many", {"themes": "[" + "0," * 100_000 + "0]"}, "themes.json", "$", "at most 100,000"),
    Refusal("nan", {"series": '{"seed": NaN}'}, "series.json", "$.seed", "is not a JSON number", "seed"),
    Refusal(
        *("infinity", {"themes": '{"themes": [{"name": "a", "x": [0, -Infinity]}]}'}),
        *("themes.json", "$.themes[0].x[1]", "is not a JSON number", "theme a"),
    ),
    Refusal("nan beside a list", {"themes": '{"v": NaN, "themes": []}'}, "themes.json", "$.v", "is not a JSON number"),
    Refusal("twice", {"series": '{"a": 1, "seed": 1, "seed": 2}'}, "series.json", "$.seed", "stands twice", "seed"),
    Refusal(
        *("twice in a shot", {"ep0": '{"id": "ep0", "shots": [{"id": "a"}, {"id": "b", "name": "", "name": ""}]}'}),
        *(EPISODE, "$.shots[1].name", "stands twice in one object", "shot ep0/b"),
    ),
    Refusal(
        *("twice in an episode", {"ep0": '{"id": "ep0", "shots": [], "shots": []}'}),
        *(EPISODE, "$.shots", "stands twice", "episode ep0"),
    ),
    Refusal("1e999", shots(shot(durationSeconds="@")), EPISODE, f"{FIRST}.durationSeconds", "must be a number", LEFT),
    Refusal("many flaws", {"themes": "[" + "NaN," * 1001 + "0]"}, "themes.json", "$", "1,001 keys that stand twice"),
    Refusal("many values", {"themes": "[" + "[]," * 1_600_000 + "0]"}, "themes.json", "$", "at most 3,000,000 are"),
    Refusal(
        *("long list", {"characters": [character(visualTraits=[[]] * 10_001)]}, "characters.json"),
        *("$[0].visualTraits", "must hold at most 10,000 items, not 10,001"),
    ),
    # ids
    Refusal("climbing", characters("../x"), "characters.json", "$[0].id", NOT_AN_ID, "character ../x"),
    Refusal("dots", characters(".."), "characters.json", "$[0].id", "could climb out of the folder"),
    Refusal("three dots", characters("a...b"), "characters.json", "$[0].id", "could climb out of the folder"),
    Refusal("accent", characters("été chaud"), "characters.json", "$[0].id", "such as 'ete-chaud'"),
    Refusal("newline", characters("mama\n"), "characters.json", "$[0].id", NOT_AN_ID),
    Refusal("long", characters("m" * 101), "characters.json", "$[0].id", "at most 100 characters"),
    Refusal("no id", {"ep0": {"Id": "x", "shots": []}}, EPISODE, "$.id", "is missing; 'Id' is there", "episode ep0"),
    Refusal("shot id", shots(shot(id="a/b")), EPISODE, f"{FIRST}.id", NOT_AN_ID, "shot ep0/a/b"),
    # two of a kind
    Refusal("twins", characters("a", "a"), "characters.json", "$[1].id", "stands twice", "the later character a"),
    Refusal("case", characters("Mama", "mama"), "characters.json", "$[1].id", "differs from 'Mama' by case alone"),
    Refusal("places", {"locations": [{"id": "a"}] * 2}, "locations.json", "$[1].id", "stands twice"),
    Refusal("themes", {"themes": [{"name": "a"}, {"name": "A"}]}, "themes.json", "$[1].name", "by case alone"),
    Refusal("neutral", {"themes": [{"name": "Neutral"}]}, "themes.json", "$[0].name", "differs from 'neutral'"),
    Refusal(
        "episodes", {"ep1": episode(id="EP0")}, "episodes/ep1.json", "$.id", "by case alone", "this file", others=1
    ),
    Refusal("shots", shots(shot(), shot(id="Shot-001")), EPISODE, "$.shots[1].id", "by case alone"),
    Refusal("acts", {"ep0": episode(acts=[{"id": "a"}] * 2)}, EPISODE, "$.acts[1].id", "stands twice"),
    Refusal("parts", {"ep0": episode(parts=[{"id": "a"}] * 2)}, EPISODE, "$.parts[1].id", "stands twice"),
    Refusal(
        *("angles", variations({"cameraAngle": "Wide"}, {"cameraAngle": "wide"})),
        *(EPISODE, f"{FIRST}.variations[1].cameraAngle", "differs from 'Wide' by case alone"),
        f"variation wide of {LEFT}",
    ),
    Refusal(
        *("default angles", {"series": {"defaultCameraAngles": ["w", "x", "w"]}}),
        *("series.json", "$.defaultCameraAngles", "stands twice", "the later one"),
    ),
    Refusal(
        *("file name", {"ep0": None, "pilot": episode()}, "episodes/pilot.json", "$.id"),
        *("the file is named pilot.json; name it ep0.json", "", "warning"),
    ),
    # names of what is not there
    Refusal(
        *("act", {"ep0": episode(acts=[{"id": "a", "shotIds": ["shot-001", "shot-01"]}])}),
        *(EPISODE, "$.acts[0].shotIds[1]", "did you mean 'shot-001'?", "this mention"),
    ),
    Refusal(
        *("part", {"ep0": episode(acts=[{"id": "act-1"}], parts=[{"id": "p", "actIds": ["zzzz"]}])}),
        *(EPISODE, "$.parts[0].actIds[0]", "there are: act-1"),
    ),
    Refusal("theme", shots(shot(theme="neutrl")), EPISODE, f"{FIRST}.theme", "did you mean 'neutral'?", LEFT),
    Refusal("world", {"world_state": {"theme": "xmas"}}, "world_state.json", "$.theme", "there are: neutral", "theme"),
    Refusal(
        *("world of a place", {"locations": [{"id": "k"}], "world_state": {"locations": {"k": "xmas"}}}),
        *("world_state.json", "$.locations.k", "no such theme; there are: neutral", "the theme of k"),
    ),
    Refusal(
        *("world elsewhere", {"locations": [{"id": "kitchen"}], "world_state": {"locations": {"kitchn": "neutral"}}}),
        *("world_state.json", "$.locations.kitchn", "did you mean 'kitchen'?", "", "warning"),
    ),
    Refusal(
        *("decoration", {"themes": [{"name": "a", "decorations": [{"item": "star", "location": "moon"}]}]}),
        *("themes.json", "$[0].decorations[0].location", "no such location; there are none", "", "warning"),
    ),
    Refusal(
        *("colour", {"themes": [{"name": "a", "palette": ["#fff", "warm red"]}]}),
        *("themes.json", "$[0].palette", "is no colour such as #27375C", "", "warning"),
    ),
    # values
    Refusal("list", shots(shot(name=["a"])), EPISODE, f"{FIRST}.name", "must be text", LEFT),
    Refusal("no shots", {"ep0": episode(shots={"a": 1})}, EPISODE, "$.shots", "must be a list", "episode ep0"),
    Refusal("text", shots("shot-001"), EPISODE, FIRST, "must be an object", "shot ep0/number 1"),
    Refusal("episode", {"ep0": [1]}, EPISODE, "$", "must be an object", "episode ep0"),
    Refusal("flag", {"characters": [character(validated="x")]}, "characters.json", "$[0].validated", "true or false"),
    Refusal("seed", {"series": {"seed": int("9" * 400)}}, "series.json", "$.seed", "9223372036854775807 or less"),
    Refusal("negative seed", {"series": {"seed": -1}}, "series.json", "$.seed", "must be 0 or more", "seed"),
    Refusal(
        "endless seed", {"series": '{"seed": ' + "9" * 9000 + "}"}, "series.json", "$.seed", "not too large", "seed"
    ),
    Refusal("series", {"series": "[]"}, "series.json", "$", "must be an object"),
    Refusal("no angles", {"series": {"defaultCameraAngles": []}}, "series.json", "$.defaultCameraAngles", "at least 1"),
    Refusal("dreams", {"series": '{"dreams": {"fps": 1e999}}'}, "series.json", "$.dreams", "too large", "dreams"),
    Refusal(
        *("deep dreams", {"series": '{"dreams": {"a": ' + "[" * 50 + "]" * 50 + "}}"}),
        *("series.json", "$.dreams", "nested deeper than 20", "dreams"),
    ),
    Refusal("take", {"decisions": {"takes": {"a": -1}}}, "decisions.json", "$.takes.a", "must be 0 or more", "takes.a"),
    Refusal(
        *("override", overrides({"camera": {"angle": {"low": 1}}}), EPISODE, f"{OVER}.camera.angle", "must be text"),
        f"variation pov of {LEFT}",
    ),
    Refusal("override list", overrides([]), EPISODE, OVER, "must be an object", f"variation 2 of {LEFT}"),
    Refusal(
        "override steps", overrides({"parameters": {"steps": 0}}), EPISODE, f"{OVER}.parameters.steps", "1 or more"
    ),
    Refusal("misspelt", overrides({"lightning": {}}), EPISODE, f"{OVER}.lightning", "'lighting'?", "", "warning"),
    # reference images
    Refusal("absolute", reference("/etc/hosts"), "characters.json", IMAGE, "is an absolute path", "character mama"),
    Refusal("home", reference("~/x.png"), "characters.json", IMAGE, "is an absolute path"),
    Refusal("drive", reference("C:/x.png"), "characters.json", IMAGE, "is an absolute path"),
    Refusal("backslash", reference("a\\b.png"), "characters.json", IMAGE, "holds a backslash"),
    Refusal("climbing out", reference("a/../../x.png"), "characters.json", IMAGE, "leads out of the data folder"),
    Refusal("link", reference("link/secret.png"), "characters.json", IMAGE, "leads out of the data folder"),
    Refusal("nul", reference("a\0.png"), "characters.json", IMAGE, "character that cannot be seen"),
    Refusal("long path", reference("a" * 3000), "characters.json", IMAGE, "longer than 2000"),
    Refusal("long name", reference("a" * 1000), "characters.json", IMAGE, "cannot be read: File name too long"),
    Refusal("ftp", reference("ftp://x/y.png"), "characters.json", IMAGE, "URLs of ftp: are not read"),
    Refusal("data", reference("data:image/png;base64,AA"), "characters.json", IMAGE, "URLs of data: are not read"),
    Refusal("no host", reference("https:///y.png"), "characters.json", IMAGE, "is not a URL"),
    Refusal("bad port", reference("http://x:99999/y.png"), "characters.json", IMAGE, "is not a URL (Port out of range"),
    Refusal("no path", reference({"alt": "x"}), "characters.json", IMAGE, "needs a 'path'"),
    Refusal("folder", reference("."), "characters.json", IMAGE, "is a folder"),
    Refusal("no image", reference("characters.json"), "characters.json", IMAGE, "is something else, not a PNG"),
    Refusal("bomb", reference("images/bomb.png"), "characters.json", IMAGE, "60000 x 60000 pixels, more than"),
    Refusal("cut", reference("images/cut.png"), "characters.json", IMAGE, "PNG cut off before its end"),
    Refusal(
        *("mask", {"locations": [{"id": "a", "decorationMask": "../m.png"}]}),
        *("locations.json", "$[0].decorationMask", "leads out of the data folder", "location a"),
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_each_mistake_is_told_with_file_path_and_reason(tmp_path: Path, refusal: Refusal) -> None:
    outside = tmp_path / "outside"
    write_image(outside / "secret.png")
    folder = write_folder(tmp_path / "data", **refusal.files)
    (folder / "link").symlink_to(outside)
    picture = write_image(folder / "images" / "right.png", size=(64, 64)).read_bytes()
    (folder / "images" / "cut.png").write_bytes(picture[: len(picture) - 20])
    (folder / "images" / "bomb.png").write_bytes(png_of_size(60_000, 60_000))
    loaded = load_catalogue(folder)
    told = (*loaded.errors, *loaded.warnings)
    found = [
        error
        for error in told
        if (error.file, error.path, error.severity) == (refusal.file, refusal.path, refusal.severity)
    ]
    assert len(found) == 1, [str(error) for error in told]
    assert refusal.reason in found[0].reason
    if refusal.left_out is not None:
        assert found[0].left_out == refusal.left_out
    assert len(told) == 1 + refusal.others, [str(error) for error in told]
    assert str(found[0]).isprintable()
    json.dumps(found[0].to_json(), allow_nan=False, ensure_ascii=False).encode()


def test_a_large_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    with open(folder / "themes.json", "wb") as stream:
        stream.truncate(100_000_000)  # a hole: nothing is written
    (error,) = load_catalogue(folder).errors
    assert (error.file, error.path) == ("themes.json", "$")
    assert f"100,000,000 bytes, and at most {json_file.MAX_JSON_BYTES:,} are read" in error.reason


def test_files_that_are_no_files_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "data", ep0=None, characters=None)
    (folder / "episodes").mkdir()
    os.mkfifo(folder / "episodes" / "pipe.json")
    (folder / "episodes" / "folder.json").mkdir()
    (folder / "episodes" / "gone.json").symlink_to(folder / "nowhere.json")
    (folder / "episodes" / "zero.json").symlink_to("/dev/zero")
    (folder / "episodes" / "._hidden.json").write_bytes(b"\0\0")
    os.symlink("loop.json", folder / "episodes" / "loop.json")
    (folder / "episodes" / "bad\nname.json").write_text("{}")
    (folder / "characters.json").symlink_to(write_folder(tmp_path / "other") / "characters.json")
    errors = {error.file: error.reason for error in load_catalogue(folder).errors}
    assert errors.pop("characters.json") == "is a link out of the data folder; put the file itself there"
    assert errors.pop("episodes").startswith("is a file name with characters that cannot be shown")
    assert {name: reason.partition(";")[0] for name, reason in errors.items()} == {
        "episodes/folder.json": "is not a file",
        "episodes/gone.json": "cannot be read: No such file or directory",
        "episodes/loop.json": "cannot be read: Too many levels of symbolic links",
        "episodes/pipe.json": "is not a file",
        "episodes/zero.json": "is a link out of the data folder",
    }


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path)
    (folder / "characters.json").chmod(0)
    if os.access(folder / "characters.json", os.R_OK):
        pytest.skip("this user may read every file")
    (error,) = load_catalogue(folder).errors
    assert error.reason == "cannot be read: Permission denied"


def test_of_two_files_with_one_episode_the_one_of_its_name_is_kept(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, a_copy=episode(title="copy"), ep0=episode(title="kept"))
    loaded = load_catalogue(folder)
    assert loaded.catalogue.episodes["ep0"].title == "kept"
    assert [(error.file, error.path) for error in loaded.errors] == [("episodes/a_copy.json", "$.id")]
    assert "episodes/ep0.json has the id 'ep0'" in loaded.errors[0].reason
