"""What the store may forget, and in which order."""

import heapq
import json
import time
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from resources.claims import Claims
from resources.store import layout
from resources.store.files import FileInfo, Files
from resources.store.records import StoredImage, hashes_in, image_of_record

GRACE_SECONDS = 3600.0
"""Nothing that was written or used within it is removed: a render may be at it."""


@dataclass(frozen=True)
class GcReport:
    """What was removed, or with `dry_run` would be: names relative to the output folder; and what stays."""

    removed: list[str]
    kept: int
    """Recipes that stay."""
    bytes_freed: int


@dataclass
class _Unit:
    """Files that go together, in this order, unless the first was used meanwhile."""

    files: list[FileInfo]
    needs: frozenset[str] = frozenset()
    """Hashes of what a recipe builds on; they stay if it does."""
    gives: str = ""
    """Hash of what is lost with it."""
    recipe: bool = False


@dataclass
class _Inventory:
    temps: list[FileInfo] = field(default_factory=list)
    broken: list[FileInfo] = field(default_factory=list)
    recipes: dict[str, tuple[FileInfo, StoredImage]] = field(default_factory=dict)
    objects: dict[str, FileInfo] = field(default_factory=dict)
    inputs: dict[str, FileInfo] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    """How many recipes and URLs build on that hash."""


def collect_garbage(
    files: Files,
    claims: Claims,
    keep: Set[str],
    *,
    older_than_seconds: float = GRACE_SECONDS,
    max_bytes: int | None = None,
    dry_run: bool = False,
) -> GcReport:
    """Remove what no recipe of `keep` needs, safely beside running renders.

    Goes: recipes with their images, least recently used first, until images and inputs take at most `max_bytes`
    (None: all of them); images of no recipe; inputs that no remaining recipe and no fetched URL names; files left
    by a crash. Stays: what `keep` names, whatever a remaining recipe builds on, and whatever was written or used in
    the last `older_than_seconds`. Leftovers of a crash go after an hour at the latest. In an object store, whose
    files know no time of use, the time of writing counts instead.

    Args:
        keep: recipe ids.
    """
    now = time.time()
    cutoff = now - older_than_seconds
    leftover_seconds = min(older_than_seconds, GRACE_SECONDS)
    found = _take_inventory(files)
    units = [_Unit([file]) for file in found.temps if file.changed <= now - leftover_seconds]
    units += [_Unit([file], recipe=True) for file in found.broken if file.modified <= cutoff]
    units += _plan(found, keep, cutoff, max_bytes)
    removed, lost_recipes, freed = _removed(files, units, cutoff, dry_run)
    if not dry_run:
        removed += [f"{layout.CLAIMS}/{name}" for name in claims.sweep(leftover_seconds)]
    return GcReport(removed, kept=len(found.recipes) + len(found.broken) - lost_recipes, bytes_freed=freed)


def _take_inventory(files: Files) -> _Inventory:
    found = _Inventory()
    # Images before recipes: an image whose recipe is written meanwhile is then never taken for an orphan.
    for folder, kind in ((layout.OBJECTS, found.objects), (layout.INPUTS, found.inputs)):
        for file in files.walk(folder):
            if not _is_leftover(found, file):
                kind[layout.hash_in(file.name)] = file
    for file in files.walk(layout.URLS):
        if not _is_leftover(found, file):
            found.uses.update(_input_of_url(files, file))
    for file in files.walk(layout.EPISODES):
        _is_leftover(found, file)
    for file in files.walk(layout.RECIPES):
        if _is_leftover(found, file):
            continue
        recipe_id = layout.hash_in(file.name)
        try:
            image = image_of_record(recipe_id, files.read(file.name))
            if image.sha256 not in found.objects:
                files.info(layout.object_name(image.sha256))
        except (FileNotFoundError, ValueError):
            found.broken.append(file)
            continue
        found.recipes[recipe_id] = file, image
        found.uses.update(set(hashes_in(image.request)))
    return found


def _is_leftover(found: _Inventory, file: FileInfo) -> bool:
    if layout.is_temp(file.name):
        found.temps.append(file)
        return True
    return False


def _input_of_url(files: Files, file: FileInfo) -> Iterable[str]:
    """A fetched URL's bytes are used from the store from then on: no recipe may change because they are gone."""
    try:
        return set(hashes_in(json.loads(files.read(file.name))))
    except (FileNotFoundError, ValueError, RecursionError):
        return ()


def _plan(found: _Inventory, keep: Set[str], cutoff: float, max_bytes: int | None) -> list[_Unit]:
    """What goes, in order. A recipe comes after those that build on its image, and only if they all go."""
    made = {image.sha256 for _, image in found.recipes.values()}
    units = [
        _Unit([file], gives=sha256)
        for sha256, file in found.objects.items()
        if sha256 not in made and found.uses[sha256] == 0 and file.modified <= cutoff
    ]
    units += [
        _Unit([file], gives=sha256)
        for sha256, file in found.inputs.items()
        if found.uses[sha256] == 0 and file.modified <= cutoff
    ]
    total = sum(file.size for file in (*found.objects.values(), *found.inputs.values()))
    total -= sum(unit.files[0].size for unit in units)

    may_go = {
        image.sha256: recipe_id
        for recipe_id, (file, image) in found.recipes.items()
        if recipe_id not in keep and file.modified <= cutoff
    }
    queue = [(found.recipes[recipe][0].modified, recipe) for sha256, recipe in may_go.items() if not found.uses[sha256]]
    heapq.heapify(queue)
    while queue and (max_bytes is None or total > max_bytes):
        _, recipe_id = heapq.heappop(queue)
        record, image = found.recipes[recipe_id]
        needs = frozenset(hashes_in(image.request))
        units.append(_Unit(_existing(record, found.objects.get(image.sha256)), needs, image.sha256, recipe=True))
        total -= image.size
        for sha256 in needs:
            found.uses[sha256] -= 1
            if found.uses[sha256]:
                continue
            file = found.inputs.get(sha256)
            if file is not None and file.modified <= cutoff:
                units.append(_Unit([file], gives=sha256))
                total -= file.size
            if sha256 in may_go:
                heapq.heappush(queue, (found.recipes[may_go[sha256]][0].modified, may_go[sha256]))
    return units


def _existing(*files: FileInfo | None) -> list[FileInfo]:
    return [file for file in files if file is not None]


def _removed(files: Files, units: list[_Unit], cutoff: float, dry_run: bool) -> tuple[list[str], int, int]:
    """Names of what went, how many recipes are among them, and their bytes."""
    names: list[str] = []
    recipes = freed = 0
    spared: set[str] = set()
    for unit in units:
        if not dry_run:
            with files.lock(exclusive=True):
                if unit.gives in spared or _used_since(files, unit.files[0], cutoff):
                    spared |= unit.needs
                    continue
                for file in unit.files:
                    files.remove(file.name)
        names += [file.name for file in unit.files]
        recipes += unit.recipe
        freed += sum(file.size for file in unit.files)
    return names, recipes, freed


def _used_since(files: Files, file: FileInfo, cutoff: float) -> bool:
    try:
        now = files.info(file.name)
    except FileNotFoundError:
        return False
    return now.modified != file.modified and now.modified > cutoff
