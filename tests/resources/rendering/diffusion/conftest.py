"""The tiny models, each built once a session; torch on one thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.resources.rendering.diffusion.tiny_checkpoint import tiny_checkpoint
from tests.resources.rendering.diffusion.tiny_models import (
    TINY_PIPELINES,
    tiny_controlnet,
    tiny_ip_adapter,
    tiny_lora,
)


@dataclass(frozen=True)
class TinyModels:
    """The tiny models by family (sd15, sdxl, flux), and what belongs to each; built where they are first asked for."""

    root: Path

    def pipeline(self, family: str) -> Path:
        folder = self.root / family
        return folder if folder.exists() else TINY_PIPELINES[family](folder)

    def checkpoint(self) -> Path:
        """The tiny SD 1.5 in one file."""
        file = self.root / "sd15.safetensors"
        return file if file.exists() else tiny_checkpoint(file, self.pipeline("sd15"))

    def controlnet(self, family: str, kind: str = "canny") -> Path:
        folder = self.root / f"{family}-controlnet-{kind}"
        seeds = {"canny": 3, "depth": 13}
        return folder if folder.exists() else tiny_controlnet(folder, family, self.pipeline(family), seeds[kind])

    def ip_adapter(self, family: str) -> Path:
        folder = self.root / f"{family}-ip-adapter"
        return folder if folder.exists() else tiny_ip_adapter(folder, family, self.pipeline(family))

    def lora(self, family: str, seed: int = 5) -> Path:
        folder = self.root / f"{family}-lora-{seed}"
        file = folder / "lora.safetensors"
        return file if file.exists() else tiny_lora(folder, family, self.pipeline(family), seed)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    """Each is built when it is first asked for. Read-only: a test that changes one works on a copy."""
    return TinyModels(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Torch on one thread: the models are so small that threads only cost."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
