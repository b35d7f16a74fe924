"""The same frames, the same bytes of a video, whatever lay in the memory that the encoder is given."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

WRITE = """
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from resources.video import write_video
width, height = int(sys.argv[1]), int(sys.argv[2])
x, y = np.arange(width), np.arange(height)[:, None]
frames = [Image.fromarray((127 + 120 * np.sin((x + 9 * i) / 7 + y / 5)).astype("uint8")) for i in range(12)]
print(write_video(Path(sys.argv[3]), frames, 8, (width, height)))
"""


@pytest.mark.parametrize("size", [(210, 90), (64, 36)])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    found = set()
    for junk in ("0", "99", "170"):  # what fresh memory is filled with (glibc)
        path = f"{tmp_path}/{junk}.mp4"
        command = [sys.executable, "-c", WRITE, *map(str, size), path]
        subprocess.run(command, check=True, env={**os.environ, "MALLOC_PERTURB_": junk})
        with open(path, "rb") as file:
            found.add(hashlib.file_digest(file, "sha256").hexdigest())
    assert len(found) == 1
