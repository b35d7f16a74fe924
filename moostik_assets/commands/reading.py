"""Commands that only look: check, clusters, references, prompts, plan."""

from collections import Counter
from typing import Annotated, Any

import typer

from moostik_assets.commands.session import (
    SAYS_NO,
    answer,
    answering,
    episode_named,
    episodes_named,
    open_studio,
    shots_named,
)
from moostik_assets.episodes.clusters import clusters as clusters_of
from moostik_assets.episodes.readiness import Readiness, readiness
from moostik_assets.prompts.shots import ShotPreparation
from moostik_assets.references.fetching import urls_to_fetch
from moostik_assets.studio import Studio
from moostik_assets.variations.plan import Estimate, Plan, Planned, make_plan, planned_variations
from moostik_assets.variations.wanted import variation_preparation
from resources.rendering.base import costs

EpisodeName = Annotated[str, typer.Argument(metavar="EP", help="An episode's id, such as ep0")]
EpisodeOrSeries = Annotated[
    str | None, typer.Argument(metavar="[EP]", help="An episode's id; without it, the whole series")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout")]
RendererName = Annotated[str | None, typer.Option("--renderer", help="A renderer in place of the series' own")]
REASONS_SHOWN = 3


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (check, clusters, references, prompts, plan):
        app.command()(command)


def check(
    context: typer.Context,
    episode: EpisodeName,
    shots: Annotated[str | None, typer.Option(help="Only these shots: a,b")] = None,
    as_json: Json = False,
) -> None:
    """Say whether an episode is ready to be rendered."""
    with answering(as_json), open_studio(context) as studio:
        found = episode_named(studio.catalogue, episode)
        result = readiness(found, studio.catalogue, shots_named([found], shots))
        answer(as_json, result.to_json(), lambda: _readiness_text(episode, result))
        if result.errors:
            raise typer.Exit(SAYS_NO)


def _readiness_text(episode: str, result: Readiness) -> str:
    stats = result.stats
    verdict = "ready" if result.ready else "can proceed, with warnings" if not result.errors else "not ready"
    lines = [
        f"{episode}: {verdict}",
        f"  {stats.total_shots} shots; {stats.characters_with_refs} of {stats.total_characters} characters and "
        f"{stats.locations_with_refs} of {stats.total_locations} locations have references, "
        f"{stats.validated_characters + stats.validated_locations} of them validated",
    ]
    lines += [f"  error: {error}" for error in result.errors]
    lines += [f"  warning: {warning}" for warning in result.warnings]
    return "\n".join(lines)


def clusters(context: typer.Context, episode: EpisodeName, as_json: Json = False) -> None:
    """List the groups of shots that must stay coherent."""
    with answering(as_json), open_studio(context) as studio:
        found = clusters_of(episode_named(studio.catalogue, episode))
        answer(
            as_json,
            [cluster.to_json() for cluster in found],
            lambda: "\n".join(f"{c.id:32} {len(c.shot_ids):3} shots  {c.name}" for c in found) or "no clusters",
        )


def references(
    context: typer.Context,
    episode: EpisodeName,
    no_fallback: Annotated[bool, typer.Option("--no-fallback", help="Only what somebody has validated")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch the reference URLs again")] = False,
    as_json: Json = False,
) -> None:
    """Show the reference images of each shot, in their order."""
    with answering(as_json), open_studio(context) as studio:
        found = episode_named(studio.catalogue, episode)
        if refresh:
            _refresh(studio, episode)
        fallback = studio.settings.reference_fallback and not no_fallback
        preparation = ShotPreparation(studio.catalogue, studio.engine(episode=found), fallback)
        resolved = {shot.shot.id: shot.references for shot in preparation.shots(found)}
        answer(
            as_json,
            {shot: images.to_json() for shot, images in resolved.items()},
            lambda: "\n".join(
                "\n".join(
                    [shot, *(f"  {i.entity:24} {i.reference}" for i in r.images), *(f"  ! {w}" for w in r.warnings)]
                )
                for shot, r in resolved.items()
            ),
        )


def _refresh(studio: Studio, episode: str) -> None:
    from moostik_assets.commands.session import say
    from moostik_assets.references.fetching import reference_urls

    urls = reference_urls(studio.catalogue, studio.catalogue.episodes[episode])
    for url, result in studio.fetcher.fetch(urls, refresh=True).items():
        say(f"{url.partition('?')[0]}: {result.error or 'fetched'}")


def prompts(context: typer.Context, episode: EpisodeName, renderer: RendererName = None, as_json: Json = False) -> None:
    """Show each variation's prompt text, negative, seed, size and recipe."""
    with answering(as_json), open_studio(context) as studio:
        found = episode_named(studio.catalogue, episode)
        variations = variation_preparation(studio, renderer).variations(found)
        document: dict[str, dict[str, Any]] = {}
        for item in planned_variations(variations, studio.store):
            document.setdefault(item.variation.shot.shot.id, {})[item.variation.angle] = _prompt_json(item)
        answer(as_json, document, lambda: _prompts_text(document))


def _prompt_json(item: Planned) -> dict[str, Any]:
    text, request = item.variation.seen.text, item.request
    return {
        "text": request.prompt,
        "negative": request.negative,
        "seed": request.seed,
        "width": request.width,
        "height": request.height,
        "recipe": request.recipe_id,
        "truncated": list(text.truncated),
        "key": item.variation.key,
        "take": item.variation.take,
        **({"waitsFor": item.waits_for} if item.waits_for else {}),
        **({"pinned": True} if item.pinned else {}),
    }


def _prompts_text(document: dict[str, dict[str, Any]]) -> str:
    lines = []
    for angles in document.values():
        for prompt in angles.values():
            lines.append(f"{prompt['key']}  {prompt['width']}x{prompt['height']}  seed {prompt['seed']}")
            lines.append(f"  {prompt['text']}")
            if prompt["negative"]:
                lines.append(f"  negative: {prompt['negative']}")
    return "\n".join(lines)


def plan(
    context: typer.Context,
    episode: EpisodeOrSeries = None,
    renderer: RendererName = None,
    as_json: Json = False,
) -> None:
    """Say what would be rendered, why, and what it would take."""
    with answering(as_json), open_studio(context) as studio:
        found = episodes_named(studio.catalogue, episode)
        preparation = variation_preparation(studio, renderer)
        verify = studio.settings.output_is_local  # of an object store, it would fetch every image
        planned = [
            item for e in found for item in planned_variations(preparation.variations(e), studio.store, verify=verify)
        ]
        to_fetch = len({url for e in found for url in urls_to_fetch(studio, e)}) if studio.settings.fetch else 0
        result = make_plan(
            planned,
            studio.store,
            lambda name: studio.renderer(name).capabilities,
            bakes_on=studio.background_renderer_name(renderer),
            to_fetch=to_fetch,
        )
        today = _paid_today(studio, result)
        document = {**result.to_json(), **({"today": today} if today else {})}
        answer(as_json, document, lambda: _plan_text(result, today))


def _paid_today(studio: Studio, plan: Plan) -> dict[str, Any] | None:
    """What was paid today, where something that costs is to be made and a day has a budget."""
    if studio.settings.budget_usd is None or not any(costs(studio.renderer(e.renderer)) for e in plan.estimates):
        return None
    from moostik_assets.commands.cost import paid_today

    return paid_today(studio.settings)


def _estimate_text(estimate: Estimate) -> str:
    counts = ((estimate.images, "image"), (estimate.backgrounds, "background"))
    what = " and ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count)
    return f"on {estimate.renderer}: {what}, about {estimate.seconds:.1f} s, {estimate.usd:g} USD"


def _plan_text(result: Plan, today: dict[str, Any] | None) -> str:
    document = result.to_json()
    lines = [
        f"{document['total']} variations: {document['current']} current, {len(document['missing'])} missing, "
        f"{len(document['stale'])} stale; {len(document['reusable'])} need no render, their image is in the store"
    ]
    lines += [f"  missing {key}" for key in document["missing"]]
    for stale in document["stale"]:
        reasons = stale["reasons"]
        more = f" (+{len(reasons) - REASONS_SHOWN} more)" if len(reasons) > REASONS_SHOWN else ""
        lines.append(f"  stale   {stale['key']}: {'; '.join(reasons[:REASONS_SHOWN])}{more}")
    lines += [
        f"  quarantined {found['key']}: {found['error']} (render it with --force to try again)"
        for found in document["quarantined"]
    ]
    awaited = Counter(_awaited(waits_for) for waits_for in document["waits"].values())
    lines += [f"{count} of them wait for {what}" for what, count in sorted(awaited.items())]
    lines += [f"  pinned  {key}: an earlier version is shown (moostik history {key})" for key in document["pinned"]]
    if document["referencesToFetch"]:
        lines.append(f"{document['referencesToFetch']} reference URLs are not in the store yet; render fetches them")
    lines += [f"note: {note}" for note in document["notes"]]
    lines += [_estimate_text(estimate) for estimate in result.estimates]
    estimate = document["estimate"]
    lines.append(f"to render: about {estimate['seconds']:g} s, {estimate['usd']:g} USD")
    if today is not None:
        from moostik_assets.commands.cost import paid_today_text

        lines.append(f"paid today: {paid_today_text(today)}")
    return "\n".join(lines)


def _awaited(waits_for: str) -> str:
    """What a variation waits for, in words."""
    if waits_for.startswith("baked_background "):
        return "the background of their place"
    return "their cut-out cast" if waits_for.startswith("character_cutout ") else "the image before them in a sequence"
