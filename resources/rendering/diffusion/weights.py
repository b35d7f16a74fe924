"""The files of a model: which of them are loaded, whether they are all there, what they hold, and their identity."""

import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from resources.canonical import sha256_of_json
from resources.file_hashes import FileHashes
from resources.rendering.base import RendererUnavailable
from resources.rendering.diffusion.families import FAMILIES, Family, family_of_pipeline, family_of_weights
from resources.rendering.diffusion.places import UNUSED, fetch_command, hub_id_of

INDEX = "model_index.json"
_WITHOUT_WEIGHTS = ("scheduler", "tokenizer")
_STEMS = ("diffusion_pytorch_model", "model", "pytorch_model")
_FALLBACK_VARIANT = "fp16"
_MAX_HEADER = 100_000_000
_PARTS = ("conditioner.embedders.0.", "conditioner.embedders.1.", "cond_stage_model.", "first_stage_model.", "vae.")
_AVERAGED = "model_ema."
"""Weights averaged in training, which are not loaded."""


@dataclass(frozen=True)
class ModelFiles:
    """A model on this disk."""

    root: Path
    """Folder with model_index.json, or the single file."""
    configs: Path
    """Folder with the configs and tokenizers: the root itself, but for a single file."""
    family: Family
    variant: str | None
    weights: Mapping[str, tuple[Path, ...]]
    """Weight files by component."""

    @property
    def single(self) -> bool:
        """Whether all weights lie in one file."""
        return self.root != self.configs

    @cached_property
    def index(self) -> dict[str, Any]:
        """model_index.json."""
        return read_json(self.configs / INDEX)

    def config(self, component: str) -> dict[str, Any]:
        """The config of a component."""
        name = "scheduler_config.json" if component == "scheduler" else "config.json"
        return read_json(self.configs / component / name)

    @cached_property
    def parameters(self) -> dict[str, int]:
        """Number of weights by component."""
        if self.single and self.root.suffix == ".safetensors":
            return _parameters_by_part(safetensors_header(self.root))
        return {name: sum(map(parameter_count, files)) for name, files in self.weights.items()}

    def identity(self, hashes: FileHashes) -> str:
        """sha256 over the weights, configs and tokenizers, which does not depend on where they lie."""
        found: dict[str, Any] = {"index": _public(self.index)}
        for name in _components(self.index):
            if name != "scheduler":
                found[name] = _identities(_small_files(self.configs / name), hashes)
        for name, files in self.weights.items():
            found.setdefault(name, []).extend(_identities(files, hashes))
        return sha256_of_json(found)


def pipeline_files(root: Path, variant: str, family: str) -> ModelFiles:
    """The files of a pipeline in a folder.

    Raises:
        RendererUnavailable: no pipeline, not of these families, or a file is missing or cut short.
    """
    if not (root / INDEX).is_file():
        if not any(root.iterdir()):
            raise RendererUnavailable(f"diffusers: {root} is empty")
        raise _missing(root, INDEX)
    index = read_json(root / INDEX)
    class_name = str(index.get("_class_name", ""))
    known = FAMILIES.get(family) or family_of_pipeline(class_name)
    if known is None:
        asked = ", ".join(one.pipelines["txt2img"] for one in FAMILIES.values())
        raise RendererUnavailable(
            f"diffusers: {root} holds a {class_name or 'pipeline of no class'}; supported: {asked}"
        )
    names = _components(index)
    for name in names:
        if not (root / name).is_dir():
            raise _missing(root, f"{name}/")
    weighty = [name for name in names if not name.startswith(_WITHOUT_WEIGHTS)]
    chosen = variant or _variant_there(root, weighty)
    weights = {}
    for name in weighty:
        weights[name] = component_weights(root / name, chosen) or component_weights(root / name, None)
        if not weights[name]:
            suffix = f".{variant}" if variant else ""
            raise _missing(root, f"{name}/{_usual_stem(index, name)}{suffix}.safetensors")
    _check(root, (file for files in weights.values() for file in files))
    return ModelFiles(root, root, known, chosen, weights)


def _variant_there(root: Path, components: Iterable[str]) -> str | None:
    """None where the plain files are there; else fp16, which many people fetch alone."""
    lacking = [name for name in components if not component_weights(root / name, None)]
    return _FALLBACK_VARIANT if any(component_weights(root / name, _FALLBACK_VARIANT) for name in lacking) else None


def single_file(root: Path, configs: Path, family: str) -> ModelFiles:
    """A model in one file, with its configs in a folder.

    Raises:
        RendererUnavailable: the file is cut short, or not of these families.
    """
    known = FAMILIES.get(family) or family_of_file(root)
    _check(root.parent, [root])
    if not (configs / INDEX).is_file():
        raise _missing(configs, INDEX)
    return ModelFiles(root, configs, known, None, {"checkpoint": (root,)})


def family_of_file(path: Path) -> Family:
    """The family of a single file, by the names of its tensors.

    Raises:
        RendererUnavailable: it is of none of them, or cannot be told.
    """
    names = ", ".join(FAMILIES)
    if path.suffix != ".safetensors":
        raise RendererUnavailable(
            f"diffusers: the family of {path.name} cannot be told; set MOOSTIK_DIFFUSERS_FAMILY: {names}"
        )
    known = family_of_weights(safetensors_header(path))
    if known is None:
        raise RendererUnavailable(f"diffusers: {path.name} is no checkpoint of {names} with all of its parts")
    return known


def component_weights(folder: Path, variant: str | None) -> tuple[Path, ...]:
    """The weight files of one component that are loaded for a variant; safetensors before others. () where none."""
    dotted = f".{variant}" if variant else ""
    for kind in ("safetensors", "bin"):
        for stem in _STEMS:
            sharded = folder / f"{stem}.{kind}.index{dotted}.json"
            if sharded.is_file():
                names = sorted(set(read_json(sharded).get("weight_map", {}).values()))
                return tuple(folder / name for name in names)
            whole = folder / f"{stem}{dotted}.{kind}"
            if whole.is_file():
                return (whole,)
    return ()


def model_identity(folder: Path, hashes: FileHashes) -> str:
    """sha256 over config and weights of a single model in a folder (a ControlNet, an image encoder), or of one file.

    Raises:
        RendererUnavailable: it has no weights, or they are cut short.
    """
    if folder.is_file():
        _check(folder.parent, [folder])
        return file_identity(folder, hashes)
    return sha256_of_json(_identities([*_small_files(folder), *model_weights(folder)], hashes))


def model_weights(folder: Path) -> tuple[Path, ...]:
    """The weight files of a single model in a folder.

    Raises:
        RendererUnavailable: there are none, or they are cut short.
    """
    weights = component_weights(folder, model_variant(folder))
    if not weights:
        raise _missing(folder, "diffusion_pytorch_model.safetensors")
    _check(folder, weights)
    return weights


def model_variant(folder: Path) -> str | None:
    """None where a single model's plain weights are there; else fp16, which many people fetch alone."""
    plain, half = component_weights(folder, None), component_weights(folder, _FALLBACK_VARIANT)
    return _FALLBACK_VARIANT if half and not plain else None


def file_identity(path: Path, hashes: FileHashes) -> str:
    """sha256 of a file's bytes: the blob's name where the hub cache has it, else hashed once and remembered."""
    blob = path.resolve()
    if blob.parent.name == "blobs" and len(blob.name) == 64:
        return blob.name
    return hashes.sha256(path)


def parameter_count(path: Path) -> int:
    """How many weights a file holds; of a pickle, as if each had four bytes."""
    if path.suffix != ".safetensors":
        return path.stat().st_size // 4
    return sum(prod(tensor["shape"]) for name, tensor in safetensors_header(path).items() if name != "__metadata__")


def _parameters_by_part(header: Mapping[str, Any]) -> dict[str, int]:
    """Number of weights by part of a single file: text encoders, VAE, and the denoiser, which is the rest."""
    found: dict[str, int] = {}
    for name, tensor in header.items():
        if name != "__metadata__" and not name.startswith(_AVERAGED):
            part = next((prefix for prefix in _PARTS if name.startswith(prefix)), "denoiser")
            found[part] = found.get(part, 0) + prod(tensor["shape"])
    return found


def safetensors_header(path: Path) -> dict[str, Any]:
    """Names, types, shapes and offsets of the tensors in a file; nothing else of it is read.

    Source: the format's description in the README of huggingface/safetensors.

    Raises:
        RendererUnavailable: it is none, or cut short.
    """
    try:
        with open(path, "rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > _MAX_HEADER:
                raise ValueError("no header")
            header = json.loads(stream.read(length))
        ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    except (OSError, ValueError, struct.error, TypeError, KeyError, AttributeError) as error:
        raise RendererUnavailable(f"diffusers: {path} is no safetensors file: {error}") from error
    needed, there = 8 + length + max(ends, default=0), path.stat().st_size
    if there < needed:
        raise RendererUnavailable(f"diffusers: {path} is cut short: {there:,} of {needed:,} bytes; fetch it again")
    return header


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object in a file.

    Raises:
        RendererUnavailable: there is none.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _missing(path.parent, path.name) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RendererUnavailable(f"diffusers: {path} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise RendererUnavailable(f"diffusers: {path} is no JSON object")
    return document


def _components(index: Mapping[str, Any]) -> list[str]:
    """Those that are loaded: entries of [library, class]; [null, null] is none."""
    return sorted(
        name
        for name, value in index.items()
        if name not in UNUSED and isinstance(value, list) and value and value[0] is not None
    )


def _usual_stem(index: Mapping[str, Any], component: str) -> str:
    return "model" if index[component][0] == "transformers" else _STEMS[0]


def _check(root: Path, files: Iterable[Path]) -> None:
    for file in files:
        if not file.is_file():
            raise _missing(root, file.relative_to(root).as_posix())
        if file.suffix == ".safetensors":
            safetensors_header(file)


def _missing(root: Path, name: str) -> RendererUnavailable:
    hub_id = hub_id_of(root)
    how = ""
    if hub_id is not None:
        command = fetch_command(hub_id, "", *([] if name.endswith("/") else [name]))
        how = f"; fetch it: {command}, or set MOOSTIK_DIFFUSERS_DOWNLOAD=true"
    return RendererUnavailable(f"diffusers: {root} lacks {name}{how}")


def _small_files(folder: Path) -> list[Path]:
    """Configs and vocabularies, in the order of their names."""
    kinds = (".json", ".txt", ".model")
    return sorted(file for file in folder.iterdir() if file.suffix in kinds and ".index." not in file.name)


def _identities(files: Iterable[Path], hashes: FileHashes) -> list[list[str]]:
    return [[file.name, _config_hash(file) or file_identity(file, hashes)] for file in files]


def _config_hash(file: Path) -> str | None:
    """A config goes by what it says, but for its notes of where it was saved, and by what version."""
    return sha256_of_json(_public(read_json(file))) if file.name == "config.json" else None


def _public(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in config.items()
        if (not name.startswith("_") or name == "_class_name") and name not in (*UNUSED, "transformers_version")
    }
