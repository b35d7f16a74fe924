"""Commands about what an image was before: history, restore."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moostik_assets.catalogue.decisions import write_pin
from moostik_assets.catalogue.variation_keys import all_variation_keys
from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import (
    INTERRUPTED,
    SAYS_NO,
    WRONG_USAGE,
    Refusal,
    answer,
    answering,
    open_studio,
    say,
    wrong_name,
)
from moostik_assets.episodes.readiness import readiness
from moostik_assets.studio import Studio
from moostik_assets.variations.plan import Planned
from resources.rendering.base import RendererUnavailable

if TYPE_CHECKING:
    from moostik_assets.variations.history import Version

MIN_RECIPE_DIGITS = 6
RECIPE_DIGITS_SHOWN = 12

Key = Annotated[str, typer.Argument(metavar="KEY", help="A variation, such as ep0/shot-001/wide")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (history, restore):
        app.command()(command)


def history(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """List what a variation's image was before: each version with its date, its recipe, and why it was made.

    A version is one image that was published; `moostik restore` shows an earlier one again. `moostik gc` removes
    images that nothing refers to: their versions stay in the list, marked as gone.
    """
    with answering(as_json), open_studio(context) as studio:
        keys = all_variation_keys(studio.catalogue)
        planned = _planned(studio, key) if key in keys else None
        versions = _versions(studio, key, planned)
        if not versions and key not in keys:
            wrong_name("variation", key, keys)
        answer(as_json, [version.to_json() for version in versions], lambda: _history_text(key, versions, planned))


def _planned(studio: Studio, key: str) -> Planned | None:
    from moostik_assets.variations.history import planned_variation

    try:
        return planned_variation(studio, key)
    except RendererUnavailable as error:
        say(f"warning: which version the catalogue asks for cannot be said: {error}")
        return None


def _versions(studio: Studio, key: str, planned: Planned | None) -> "list[Version]":
    # Imported here: they take half of the start of every other command.
    import dagster as dg

    from moostik_assets.automation.dagster_home import ready_dagster_home
    from moostik_assets.variations.history import recorded_versions, standing_versions

    home = studio.settings.dagster_home
    if not home.exists():
        return []
    ready_dagster_home(home)
    wanted = planned.request.recipe_id if planned is not None and planned.waits_for is None else None
    with dg.DagsterInstance.get() as instance:
        return standing_versions(studio, key, recorded_versions(instance, key), wanted)


def _history_text(key: str, versions: "Sequence[Version]", planned: Planned | None) -> str:
    if not versions:
        episode, shot, _ = key.split("/", 2)
        return f"{key}: nothing was rendered yet; moostik render {episode} --shots {shot}"
    lines = [f"{key}: {len(versions)} version{'' if len(versions) == 1 else 's'}"]
    for version in versions:
        marks = ", ".join(_marks(version, planned))
        take = f" take {version.take}" if version.take else ""
        lines.append(
            f"{version.number:>4}  {version.date.astimezone():%Y-%m-%d %H:%M}  {version.recipe[:RECIPE_DIGITS_SHOWN]}  "
            f"{version.renderer}, seed {version.seed}{take}: {version.reason}" + (f"  [{marks}]" if marks else "")
        )
    if planned is not None and planned.variation.lost_pin is not None:
        lines.append(f"note: {planned.variation.pin_note}; what the catalogue asks for takes its place")
    if planned is not None and planned.pinned:
        lines.append(f"what the catalogue asks for: moostik restore {key} --latest")
    return "\n".join(lines)


def _marks(version: "Version", planned: Planned | None) -> list[str]:
    marks = []
    if version.published:
        marks.append("published" if version.current or planned is None else "published, out of date")
    elif version.current:
        marks.append("wanted, not published")
    if version.current and planned is not None and planned.pinned:
        marks.append("pinned")
    if not version.available:
        marks.append("gone from the store")
    return marks


def restore(
    context: typer.Context,
    key: Key,
    version: Annotated[
        str | None,
        typer.Argument(metavar="VERSION", help="Its number in `moostik history`, or 6 or more digits of its recipe"),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Forget the earlier version: show what the catalogue asks for")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show an earlier version of a variation, and keep to it until you decide otherwise.

    The decision stands in decisions.json: later renders and the sensors respect it, whatever changes in the catalogue.
    `--latest` takes it back, and so does `moostik take`.
    """
    from moostik_assets.variations.history import planned_variation

    with answering(as_json), open_studio(context) as studio:
        if (version is None) is not latest:
            raise Refusal("say which version, or --latest: moostik restore KEY 2", code=WRONG_USAGE)
        keys = all_variation_keys(studio.catalogue)
        if key not in keys:
            wrong_name("variation", key, keys)
        chosen = None if version is None else _chosen(key, version, _versions(studio, key, None))
        _refuse_unready(studio, key)
        studio.renderer(studio.renderer_name(None, studio.catalogue.episodes[key.split("/", 1)[0]])).validate()
        before = studio.catalogue.decisions.pinned.get(key)
        with _deciding(studio, key, None) as unpinned:
            ordinary = planned_variation(unpinned, key)
        assert ordinary is not None
        is_ordinary = chosen is not None and ordinary.waits_for is None and chosen.recipe == ordinary.request.recipe_id
        pin = None if chosen is None or is_ordinary else chosen.recipe
        if pin != before:
            write_pin(studio.loaded.data_dir, key, pin)
        if chosen is not None:
            reason = f"restored from version {chosen.number}"
        else:
            reason = "no longer pinned: what the catalogue asks for" if before else ""
        _show(studio, key, pin, chosen, reason, as_json)


def _chosen(key: str, text: str, versions: "Sequence[Version]") -> "Version":
    by_number = {str(version.number): version for version in versions}
    by_recipe = {version.recipe: version for version in versions if version.recipe.startswith(text.lower())}
    if text in by_number:
        found = by_number[text]
    elif len(text) >= MIN_RECIPE_DIGITS and len(by_recipe) == 1:
        found = next(iter(by_recipe.values()))
    elif not versions:
        raise Refusal(f"{key} has no version yet: nothing was rendered")
    else:
        several = f"{len(by_recipe)} versions begin so; " if len(text) >= MIN_RECIPE_DIGITS and by_recipe else ""
        listed = ", ".join(f"{v.number} ({v.recipe[:RECIPE_DIGITS_SHOWN]})" for v in versions)
        raise Refusal(f"{key} has no version {text!r}; {several}there is {listed}", code=WRONG_USAGE)
    if not found.available:
        there = ", ".join(str(v.number) for v in versions if v.available)
        raise Refusal(
            f"version {found.number} of {key} ({found.recipe[:RECIPE_DIGITS_SHOWN]}) is gone from the store; "
            f"still there: {there or 'none'}",
            ["of a copy of its PNG, `moostik replay FILE --save NEW` makes it again from the recipe in it"],
        )
    return found


def _refuse_unready(studio: Studio, key: str) -> None:
    episode, shot, _ = key.split("/", 2)
    errors = readiness(studio.catalogue.episodes[episode], studio.catalogue, [shot]).errors
    if errors:
        raise Refusal(f"nothing was restored: {key} cannot be shown as the catalogue stands", errors)


def _deciding(studio: Studio, key: str, recipe: str | None) -> Studio:
    """A studio of the same catalogue in which that pin, or none, is decided on."""
    decisions = studio.catalogue.decisions
    pinned = {other: pin for other, pin in decisions.pinned.items() if other != key}
    decided = decisions.model_copy(update={"pinned": {**pinned, key: recipe} if recipe is not None else pinned})
    catalogue = studio.catalogue.model_copy(update={"decisions": decided})
    return Studio(studio.settings, replace(studio.loaded, catalogue=catalogue))


def _show(studio: Studio, key: str, pin: str | None, chosen: "Version | None", reason: str, as_json: bool) -> None:
    from moostik_assets.commands.render_session import render_keys
    from moostik_assets.variations.history import planned_variation

    with _deciding(studio, key, pin) as decided:
        result = render_keys(decided, [key], renderer=None, force=False, max_cost=None, reason=reason)
        now = planned_variation(decided, key)
        shown = next((v for v in _versions(decided, key, now) if v.published), None)
    assert now is not None
    recipe = now.request.recipe_id if chosen is None else chosen.recipe
    published = studio.store.published(key)
    document: dict[str, Any] = {
        "key": key,
        "version": chosen.number if chosen is not None else shown.number if shown is not None else None,
        "recipe": recipe,
        "published": published == recipe,
        "pinned": pin is not None,
        **({"error": result.error or "; ".join(result.failed.values())} if result.error or result.failed else {}),
    }

    def text() -> str:
        done = replace(result, pinned=[]).text(studio)
        which = "what the catalogue asks for" if chosen is None else f"version {chosen.number}"
        if published == recipe:
            stays = f"; it stays until: moostik restore {key} --latest" if pin is not None else ""
            return f"{key}: {which} is shown ({recipe[:RECIPE_DIGITS_SHOWN]}){stays}\n{done}"
        return f"{key}: {which} is decided on, but not shown yet; moostik render shows it\n{done}"

    answer(as_json, document, text)
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
    if published != recipe or result.error:
        raise typer.Exit(SAYS_NO)
