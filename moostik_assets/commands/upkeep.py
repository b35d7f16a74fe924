"""Commands that keep house: gc, doctor, up."""

import math
from typing import Annotated

import typer

from moostik_assets.commands.reading import Json
from moostik_assets.commands.session import SAYS_NO, WRONG_USAGE, Refusal, answer, answering, open_studio

SECONDS_A_DAY = 86_400.0
MEGABYTE = 1_000_000


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (gc, doctor, up):
        app.command()(command)


def gc(
    context: typer.Context,
    older_than: Annotated[float, typer.Option(min=0, help="Only what nothing used for so many days")] = 30.0,
    max_size: Annotated[float | None, typer.Option(min=0, help="Stop once the store is this small, in MB")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing")] = False,
    as_json: Json = False,
) -> None:
    """Remove images that nothing refers to, least recently used first.

    What is published always stays, and so does what the catalogue asks for, what `moostik restore` pinned, and
    everything that these were made from. Without --max-size, all that is old enough goes.
    """
    from moostik_assets.variations.retention import recipes_to_keep

    with answering(as_json), open_studio(context) as studio:
        for option, value in (("--older-than", older_than), ("--max-size", max_size or 0.0)):
            if not math.isfinite(value):
                raise Refusal(f"{option} {value}: must be a number of days or megabytes", code=WRONG_USAGE)
        report = studio.store.gc(
            recipes_to_keep(studio),
            older_than_seconds=older_than * SECONDS_A_DAY,
            max_bytes=None if max_size is None else int(max_size * MEGABYTE),
            dry_run=dry_run,
        )
        document = {
            "removed": list(report.removed),
            "kept": report.kept,
            "bytesFreed": report.bytes_freed,
            "dryRun": dry_run,
        }
        verb = "would be removed" if dry_run else "removed"
        answer(
            as_json,
            document,
            lambda: "\n".join(
                [
                    *report.removed,
                    f"{len(report.removed)} {verb}, {report.bytes_freed / MEGABYTE:.1f} MB; {report.kept} kept",
                ]
            ),
        )


def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Say what is there, what is missing, and what to do about it."""
    from moostik_assets.commands.examination import examined

    with answering(as_json):
        findings = examined(context.obj.settings())
        sound = all(finding.state != "fault" for finding in findings)
        answer(
            as_json,
            {"ok": sound, "findings": [finding.to_json() for finding in findings]},
            lambda: "\n".join(finding.text() for finding in findings),
        )
        if not sound:
            raise typer.Exit(SAYS_NO)


def up(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the web UI")] = 3000,
    host: Annotated[str, typer.Option(help="Address that the web UI listens on")] = "127.0.0.1",
) -> None:
    """Start the web UI and the daemon; Ctrl-C ends both."""
    from moostik_assets.automation.servers import run_servers

    with answering(False):
        raise typer.Exit(run_servers(context.obj.settings(), host, port))
