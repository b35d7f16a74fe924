"""Where models lie: a folder, a file, or a snapshot in the hub cache. Nothing is fetched unless that was asked for."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.rendering.base import RendererUnavailable

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
CONFIGS = ("*.json", "*.txt", "*.model")
"""Configs and tokenizers of a model."""
_WEIGHTS = ("diffusion_pytorch_model*.safetensors", "model*.safetensors")
_OTHER_WEIGHTS = ("*/*", "*.fp16.*", "*.fp16-*", "*.non_ema.*")
UNUSED = ("safety_checker", "feature_extractor", "image_encoder")
"""Components that are not loaded: nothing is checked here, and an IP-Adapter brings its own encoder."""


@dataclass(frozen=True)
class Fetch:
    """How what lacks in the hub cache is brought there."""

    bring: Callable[[str, str], Path]
    """Brings a hub id's revision (empty: main) into the cache, and gives its folder."""
    whole: Callable[[Path], object]
    """Looks at a folder of the cache; raises RendererUnavailable where a file lacks."""


def found(where: str, option: str, *, revision: str = "", fetch: Fetch | None = None, only: Sequence[str] = ()) -> Path:
    """The folder or file that an option names: a path, else a hub id in the cache.

    Args:
        where: the option's value.
        option: its name, for the error.
        revision: of the hub id.
        fetch: what brings it into the cache where it is not there, or not whole; None: nothing is fetched.
        only: patterns of the files that are needed, for the command; empty: all.

    Raises:
        RendererUnavailable: it is nowhere; names what is missing, and the command that fetches it.
    """
    variable = f"MOOSTIK_DIFFUSERS_{option.upper()}"
    path = Path(where).expanduser()
    if path.exists():
        return path.absolute()
    if not _HUB_ID.fullmatch(where):
        raise RendererUnavailable(f"diffusers: {variable} names {where}, where nothing is")
    cached = _cached(where, revision)
    if fetch is not None and not (cached is not None and _is_whole(cached, fetch)):
        return fetch.bring(where, revision)
    if cached is not None:
        return cached
    named = f"{where}, revision {revision}," if revision else where
    raise RendererUnavailable(
        f"diffusers: {named} ({variable}) is no folder, and not in the hub cache; "
        f"fetch it: {fetch_command(where, revision, *_including(only))}, "
        "or set MOOSTIK_DIFFUSERS_DOWNLOAD=true (which fetches no more than is needed)"
    )


def _is_whole(folder: Path, fetch: Fetch) -> bool:
    """What is there and whole is used as it is: no network, and no other recipe because the hub has moved on."""
    try:
        fetch.whole(folder)
    except RendererUnavailable:
        return False
    return True


def fetch_command(hub_id: str, revision: str = "", *files: str) -> str:
    """The command that brings a hub id, or some files of it, into the cache."""
    return " ".join(["hf download", hub_id, *files, *([f"--revision {revision}"] if revision else [])])


def _including(patterns: Sequence[str]) -> list[str]:
    return ["--include", *(f'"{pattern}"' for pattern in patterns)] if patterns else []


def hub_id_of(folder: Path) -> str | None:
    """The hub id of a snapshot folder of the cache; None for any other folder."""
    repository = folder.parent.parent.name
    if folder.parent.name != "snapshots" or not repository.startswith("models--"):
        return None
    return repository.removeprefix("models--").replace("--", "/")


def fetched_pipeline(hub_id: str, revision: str, variant: str) -> Path:
    """Fetch what a pipeline needs of a hub id; of the weights, a variant where one is named.

    Raises:
        RendererUnavailable: that fails.
    """
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

    asked = {"revision": revision or None, "variant": variant or None, **dict.fromkeys(UNUSED)}
    return _fetched(hub_id, lambda: DiffusionPipeline.download(hub_id, **asked))


def fetched_model(hub_id: str, revision: str) -> Path:
    """Fetch configs and weights of a single model (a ControlNet).

    Raises:
        RendererUnavailable: that fails.
    """
    return _snapshot(hub_id, revision, [*CONFIGS, *_WEIGHTS], _OTHER_WEIGHTS)


def fetched_configs(hub_id: str, revision: str) -> Path:
    """Fetch configs and tokenizers of a hub id, and no weights.

    Raises:
        RendererUnavailable: that fails.
    """
    return _snapshot(hub_id, revision, CONFIGS, ())


def _snapshot(hub_id: str, revision: str, files: Sequence[str], but: Sequence[str]) -> Path:
    from huggingface_hub import snapshot_download

    def download() -> str:
        asked = revision or None
        return snapshot_download(hub_id, revision=asked, allow_patterns=list(files), ignore_patterns=list(but))

    return _fetched(hub_id, download)


def _fetched(hub_id: str, download: Callable[[], object]) -> Path:
    try:
        return Path(str(download()))
    except Exception as error:  # the hub's client has an exception for everything, of several families
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RendererUnavailable(f"diffusers: {hub_id} cannot be fetched: {said}") from error


def _cached(hub_id: str, revision: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, revision=revision or None, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
