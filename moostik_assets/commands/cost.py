"""The command about money: cost."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import WRONG_USAGE, Refusal, answer, answering, wrong_name
from moostik_assets.settings import Settings

if TYPE_CHECKING:
    from moostik_assets.spending.journal import Payment


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(cost)


def cost(
    context: typer.Context,
    episode: Annotated[
        str | None, typer.Argument(metavar="[EP]", help="An episode's id, or backgrounds, or dreams; without it, all")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only from this day (UTC) on: 2026-11-21")] = None,
    as_json: Json = False,
) -> None:
    """Sum what was paid for images, failed ones included: by episode, shot and image, by renderer, and by day."""
    with answering(as_json):
        settings: Settings = context.obj.settings()
        document = _document(settings, episode, _day(since))
        answer(as_json, document, lambda: _text(document))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--since {text!r} is no date; write it as 2026-11-21", code=WRONG_USAGE) from None


def paid_today(settings: Settings) -> dict[str, Any]:
    """What was paid this day (UTC) and what may be, in US dollars: {usd, limit}, the limit None where there is none."""
    return _today(settings, _payments(settings))


def paid_today_text(today: dict[str, Any]) -> str:
    """The same in words, of a day that has a limit."""
    return f"{today['usd']:.2f} of {today['limit']:g} USD (MOOSTIK_BUDGET_USD)"


def _today(settings: Settings, payments: Sequence["Payment"]) -> dict[str, Any]:
    from moostik_assets.spending.totals import total

    day = str(datetime.now(UTC).date())
    paid = total(day, [payment for payment in payments if payment.day == day]).usd
    return {"usd": round(paid, 4), "limit": settings.budget_usd}


def _payments(settings: Settings) -> list["Payment"]:
    """All of them, as a payment whose day is left out may be the same job as one that is not."""
    from moostik_assets.spending.opening import journal_of
    from moostik_assets.spending.totals import merged

    return merged(_recorded(settings), journal_of(settings).all())


def _document(settings: Settings, episode: str | None, since: date | None) -> dict[str, Any]:
    from moostik_assets.spending.totals import episode_of, shot_of, total, totals_by

    payments = _payments(settings)
    today = _today(settings, payments)
    payments = [payment for payment in payments if since is None or payment.day >= str(since)]
    if episode is not None:
        _check_episode(settings, episode, {episode_of(payment) for payment in payments})
        payments = [payment for payment in payments if episode_of(payment) == episode]
    whole = total("", payments).to_json()
    return {
        **{name: value for name, value in whole.items() if name != "name"},
        "since": None if since is None else str(since),
        "today": today,
        "days": [found.to_json() for found in totals_by(lambda payment: payment.day, payments)],
        "renderers": [found.to_json() for found in totals_by(lambda payment: payment.renderer, payments)],
        "episodes": [
            {
                **found.to_json(),
                "shots": [
                    {
                        **shot.to_json(),
                        "variations": [image.to_json() for image in totals_by(lambda p: p.key, shot.payments)],
                    }
                    for shot in totals_by(shot_of, found.payments)
                ],
            }
            for found in totals_by(episode_of, payments)
        ],
    }


def _recorded(settings: Settings) -> list[Any]:
    if not settings.dagster_home.exists():
        return []
    # Imported here: they take half of the start of every other command.
    import dagster as dg

    from moostik_assets.automation.dagster_home import ready_dagster_home
    from moostik_assets.spending.payment_events import recorded_payments

    ready_dagster_home(settings.dagster_home)
    with dg.DagsterInstance.get() as instance:
        return recorded_payments(instance)


def _check_episode(settings: Settings, episode: str, paid: set[str]) -> None:
    """Refuse a name that neither the payments nor the catalogue have."""
    from moostik_assets.catalogue.loading import load_catalogue
    from moostik_assets.spending.totals import OUTSIDE

    known = sorted({*paid, *OUTSIDE.values(), *load_catalogue(settings.data_root).catalogue.episodes})
    if episode not in known:
        wrong_name("episode", episode, known)


def _text(document: dict[str, Any]) -> str:
    if not document["days"]:
        return "nothing was paid" + (f" since {document['since']}" if document["since"] else "")
    lines = [f"{document['usd']:.2f} USD in all, {_counted(document)}"]
    for title, name in (("by episode", "episodes"), ("by renderer", "renderers"), ("by day (UTC)", "days")):
        lines.append(f"{title}:")
        for found in document[name]:
            lines.append(_line(2, found))
            for shot in found.get("shots", ()):
                lines.append(_line(4, shot))
                if len(shot["variations"]) > 1 or shot["variations"][0]["name"] != shot["name"]:
                    lines += [_line(6, image) for image in shot["variations"]]
    if document["today"]["limit"] is not None:
        lines.append(f"today: {paid_today_text(document['today'])}")
    return "\n".join(lines)


def _line(indent: int, found: dict[str, Any]) -> str:
    name = f"{' ' * indent}{found['name']}"
    return f"{name:44} {found['usd']:8.2f} USD  {_counted(found)}"


def _counted(found: dict[str, Any]) -> str:
    parts = [f"{found['images']} image{'' if found['images'] == 1 else 's'}"]
    if found.get("failed"):
        parts.append(f"{found['failed']} paid without an image")
    if found.get("unsureUsd"):
        parts.append(f"{found['unsureUsd']:.2f} USD of it perhaps not paid")
    return ", ".join(parts)
