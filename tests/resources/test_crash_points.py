import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import resources
from resources.crash_points import CRASH_POINTS

SCRIPT = """
from resources.crash_points import crash_point
for turn in (1, 2, 3):
    crash_point("object-written")
    crash_point("recipe-written")
    print(turn, flush=True)
"""


def run(crash_at: str | None) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(Path(resources.__file__).parents[1])}
    if crash_at is not None:
        environment["MOOSTIK_CRASH_AT"] = crash_at
    return subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("crash_at", "printed"),
    [
        ("object-written", ""),
        ("object-written:1", ""),
        ("recipe-written:3", "1\n2\n"),
    ],
)
def test_kills_at_the_passage_asked_for(crash_at: str, printed: str) -> None:
    done = run(crash_at)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, printed)


@pytest.mark.parametrize("crash_at", [None, "", "published", "object-written:4"])
def test_does_nothing_where_it_is_not_asked_for(crash_at: str | None) -> None:
    done = run(crash_at)
    assert (done.returncode, done.stdout) == (0, "1\n2\n3\n")


@pytest.mark.parametrize("crash_at", ["object-writen", "object-written:0", "object-written:x", ":1"])
def test_a_misspelt_crash_point_is_refused(crash_at: str) -> None:
    done = run(crash_at)
    assert done.returncode == 1
    assert "MOOSTIK_CRASH_AT" in done.stderr


def test_every_name_of_the_code_is_in_the_list() -> None:
    root = Path(resources.__file__).parents[1]
    used = {
        name
        for package in ("resources", "moostik_assets")
        for path in (root / package).rglob("*.py")
        for name in re.findall(r"\bcrash_point\(\s*f?\"([^\"]+)\"", path.read_text())
    }
    steps = ("input", "url", "object", "recipe")
    named = {name.replace("{step}", step) for name in used for step in steps}
    assert named <= set(CRASH_POINTS)
    assert named >= set(CRASH_POINTS) - {"event-logged"}
