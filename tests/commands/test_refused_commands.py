"""Mistakes of a person: an exit code and a sentence that says what would be right, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.moostik_command import Moostik
from tests.small_series import edit_shot, published_bytes

WRONG_NAMES = [
    (("check", "ep9"), "no episode named 'ep9'; did you mean 'ep0'?"),
    (("clusters", "ep9"), "no episode named 'ep9'"),
    (("references", "ep9"), "no episode named 'ep9'"),
    (("prompts", "ep9"), "no episode named 'ep9'"),
    (("plan", "ep9"), "no episode named 'ep9'"),
    (("render", "ep9"), "no episode named 'ep9'"),
    (("render", "../ep0"), "no episode named '../ep0'; did you mean 'ep0'?"),
    (("check", "ep0", "--shots", "shot-01"), "no shot named 'shot-01'; did you mean 'shot-001'?"),
    (("render", "ep0", "--shots", "shot-001,shot-9"), "no shot named 'shot-9'"),
    (("render", "ep0", "--angles", "wied"), "no angle named 'wied'; did you mean 'wide'?"),
    (("render", "ep0", "--shots", "shot-001", "--angles", "low_angle"), "no angle named 'low_angle'"),
    (("render", "ep0", "--shots", ""), "'' names nothing"),
    (("render", "ep0", "--angles", " , "), "' , ' names nothing"),
    (("take", "ep0/shot-001/wiide"), "did you mean 'ep0/shot-001/wide'?"),
    (("take", "shot-001"), "no variation named 'shot-001'"),
]


@pytest.mark.parametrize(
    ("line", "says"), WRONG_NAMES, ids=lambda part: " ".join(part) if isinstance(part, tuple) else ""
)
def test_a_name_that_is_not_there_is_wrong_usage_and_the_nearest_is_named(
    bare_series: Moostik, line: tuple[str, ...], says: str
) -> None:
    answer = bare_series(*line, "--json").expect(2)
    assert says in answer.document["error"]
    assert says in answer.err
    words = bare_series(*line).expect(2)
    assert words.out == ""
    assert says in words.err
    assert not (bare_series.output / "dagster").exists()


def test_a_wrong_name_as_a_process(series: Moostik) -> None:
    answer = series.process("render", "ep9").expect(2)
    assert answer.err == "moostik: no episode named 'ep9'; did you mean 'ep0'? (there is ep0)\n"
    assert series.warm("render", "--max-cost", "much").code == 2
    assert series.warm("rendre").code == 2


RENDERERS = {
    "sketchy": "no renderer named 'sketchy'; installed: ",
    "absent": "renderer 'absent' (no_such_module:Renderer) cannot be loaded: No module named 'no_such_module'",
    "outdated": "renderer 'outdated' was written for version 0 of the renderer protocol; this is 1",
    "unbuildable": "(sketch_renderer:UnbuildableRenderer) cannot be built: its model folder is gone",
    "keyless": "keyless: no API key; set KEYLESS_TOKEN",
}


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("command", ["render", "plan"])
def test_a_renderer_that_cannot_work_is_told_before_any_work(bare_series: Moostik, command: str, name: str) -> None:
    if (command, name) == ("plan", "keyless"):
        bare_series(command, "--renderer", name).expect(0)  # a plan needs no key
        return
    answer = bare_series(command, "--renderer", name, "--json").expect(1)
    assert RENDERERS[name] in answer.document["error"]
    if name == "sketchy":
        assert "did you mean 'sketch'?" in answer.err
    assert not (bare_series.output / "dagster").exists()


def broken_json(data: Path) -> None:
    (data / "locations.json").write_text('[{"id": "hut",', encoding="utf-8")


def no_such_folder(data: Path) -> None:
    data.rename(data.with_name("elsewhere"))


def escaping_id(data: Path) -> None:
    text = (data / "episodes" / "ep0.json").read_text(encoding="utf-8")
    (data / "episodes" / "ep0.json").write_text(text.replace('"shot-004"', '"../../etc"'), encoding="utf-8")


BREAKAGES: dict[Callable[[Path], None], str] = {
    broken_json: "locations.json",
    no_such_folder: "characters.json, locations.json and episodes/<id>.json",
    escaping_id: "episodes/ep0.json $.shots[3].id",
}


@pytest.mark.parametrize("breaks", BREAKAGES, ids=lambda breaks: breaks.__name__)
@pytest.mark.parametrize(
    "line", [("check", "ep0"), ("plan",), ("render",), ("gc",), ("take", "ep0/shot-001/wide")], ids=" ".join
)
def test_a_broken_catalogue_is_refused_with_file_path_and_reason(
    series: Moostik, line: tuple[str, ...], breaks: Callable[[Path], None]
) -> None:
    breaks(series.data)
    answer = series(*line, "--json").expect(1)
    assert answer.document["errors"]
    for error in answer.document["errors"]:
        assert error.keys() >= {"file", "path", "value", "reason"}
    assert BREAKAGES[breaks] in answer.err
    assert not series.output.exists() or not published_bytes(series.output)


def test_all_errors_are_listed_together(series: Moostik) -> None:
    broken_json(series.data)
    escaping_id(series.data)
    (series.data / "themes.json").write_text('[{"name": "a b"}]', encoding="utf-8")
    files = {error["file"] for error in series("check", "ep0", "--json").expect(1).document["errors"]}
    assert files == {"locations.json", "episodes/ep0.json", "themes.json"}
    assert {f["what"] for f in series("doctor", "--json").expect(1).document["findings"] if f["state"] == "fault"} == {
        "catalogue"
    }


def test_one_unknown_id_stops_the_render_of_its_shot_and_of_no_other(series: Moostik) -> None:
    edit_shot(series.data, "shot-002", {"characterIds": ["ada", "bop"], "locationIds": ["hutt"]})
    answer = series("render", "ep0", "--json").expect(1)
    character, location = answer.document["errors"]
    assert character.startswith("ep0/shot-002: unknown character 'bop'")
    assert "'bob'" in character
    assert location.startswith("ep0/shot-002: unknown location 'hutt'")
    assert "'hut'" in location
    assert answer.document["rendered"] == 0
    assert not series.output.exists() or not published_bytes(series.output)
    others = series("render", "ep0", "--shots", "shot-001,shot-003,shot-004,shot-005", "--json").expect(0).document
    assert (others["rendered"], others["failed"]) == (8, [])


@pytest.mark.parametrize("output", ["a file", "below a file", "not ours"])
def test_an_output_that_cannot_be_written_is_told(series: Moostik, tmp_path: Path, output: str) -> None:
    (tmp_path / "file").write_text("x")
    where = {"a file": tmp_path / "file", "below a file": tmp_path / "file" / "out", "not ours": Path("/proc/out")}
    moostik = Moostik(series.data, where[output])
    answer = moostik("render", "--json").expect(1)
    assert str(where[output]).removesuffix("/out") in answer.document["error"]
    moostik("check", "ep0").expect(0)


def test_a_dagster_yaml_that_is_broken_is_told(series: Moostik, tmp_path: Path) -> None:
    home = tmp_path / "own"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: [unclosed\n")
    answer = series("render", "--json", env={"DAGSTER_HOME": str(home)}).expect(1)
    assert str(home) in answer.document["error"]
    (home / "dagster.yaml").write_text("telemetries:\n  enabled: false\n")
    answer = series("render", "--json", env={"DAGSTER_HOME": str(home)}).expect(1)
    assert "telemetries" in answer.document["error"]


@pytest.mark.parametrize(
    ("name", "value"), [("MOOSTIK_WORKERS", "many"), ("MOOSTIK_WORKERS", "0"), ("MOOSTIK_SLATE", "perhaps")]
)
def test_a_setting_of_the_environment_that_makes_no_sense_is_named(series: Moostik, name: str, value: str) -> None:
    answer = series("render", "--json", env={name: value}).expect(2)
    assert f"{name} = {value!r}" in answer.document["error"]


@pytest.mark.parametrize(
    ("output", "says"),
    [("", "names no folder"), ("nonsense://x", "Unsupported filesystem"), ("gs://bucket/x", "gcsfs")],
)
def test_an_output_that_can_be_no_store_is_told(series: Moostik, output: str, says: str) -> None:
    answer = series("plan", "--json", env={"MOOSTIK_OUTPUT": output}).expect(2)
    assert says in answer.document["error"]


def test_json_stays_one_document_where_the_command_refuses(series: Moostik) -> None:
    edit_shot(series.data, "shot-002", {"characterIds": ["bop"]})
    for line in (("render", "ep0"), ("check", "ep0"), ("render", "ep7"), ("render", "--renderer", "absent")):
        out = series(*line, "--json").out
        _, end = json.JSONDecoder().raw_decode(out)
        assert out[end:].strip() == ""
