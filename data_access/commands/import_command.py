"""``import`` and ``withdraw``: the way in and back from the command line."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import FrameType

import click

from config.language import _
from data_access import submissions
from data_access.accounts import Actor, Capability
from data_access.commands import answers
from data_access.commands.arguments import Day, acting, campaign
from data_access.faults import FaultError
from data_access.inbox import batches, folders, intake
from data_access.inbox.folders import Moved
from data_access.reports import directory
from data_access.submissions import Outcome
from data_access.workbooks.model import Hints


@click.command(name="import")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--community", help="The community, where the file does not say.")
@click.option("--date", "day", type=Day(), help="The business date, where the file does not say.")
@click.option("--campaign", "named", help="The campaign, where the file does not say.")
@click.option("--partial", is_flag=True, help="The files hold the corrected rows only; the other rows stay.")
@click.option("--reopen", metavar="REASON", help="Open closed days again that the files correct; say why.")
@click.option("--as", "username", help="Act as this account.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object; with --watch one a line.")
@click.option(
    "--watch",
    "watched",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Watch this folder: take in what arrives and move it to done/ or failed/ below it.",
)
@click.option(
    "--every", default=5.0, show_default=True, type=click.FloatRange(0.05, 3600), help="Seconds between two looks."
)
@click.option("--once", is_flag=True, help="Watch until what is there is done.")
def import_(
    paths: tuple[Path, ...],
    community: str | None,
    day: date | None,
    named: str | None,
    partial: bool,
    reopen: str | None,
    username: str | None,
    dry_run: bool,
    as_json: bool,
    watched: Path | None,
    every: float,
    once: bool,
) -> None:
    """Take in workbooks: files or folders, or those that arrive in a watched folder."""
    if bool(paths) == bool(watched):
        raise click.UsageError(_("Name files or folders, or a folder to --watch."))
    if watched is not None and dry_run:
        raise click.UsageError(_("A watched folder moves its files: --dry-run is for naming them."))
    if reopen is not None and (watched is not None or not reopen.strip()):
        raise click.UsageError(_("--reopen gives a reason for named files."))
    actor = acting(username)
    if reopen is not None:
        actor.require(Capability.CLOSE_DAY)
    code = campaign(directory.campaigns(actor), named) if named is not None else None
    hints = Hints(community=community, day=day, campaign=code, partial=partial)
    if watched is not None:
        refused = _watch(username, watched, hints, every, once, as_json)
    else:
        refused = _import(actor, paths, hints, dry_run, as_json, reopen)
    if refused:
        sys.exit(1)


def _import(actor: Actor, paths: tuple[Path, ...], hints: Hints, dry: bool, as_json: bool, reopen: str | None) -> bool:
    """Take in the files as one batch; whether anything was refused."""
    found = [file for path in paths for file in folders.workbooks(path)]
    files, outcomes = folders.opened(found, hints)
    batch = None if dry or not files else batches.open_(actor, "import", [item.sha256 for item in files])
    try:
        for item in intake.take_in(actor, files, dry=dry, batch=batch, reopen=reopen):
            outcomes[item.number] = item.answer
        if batch is not None:
            batches.close(actor, batch)
    except FaultError:
        if outcomes:  # what went in before the database was gone is in
            _answer(_done(found, outcomes), batch, as_json)
        raise
    done = _done(found, outcomes)
    _answer(done, batch, as_json)
    return any(outcome.refused for _path, outcome in done)


def _done(found: Sequence[Path], outcomes: Mapping[int, Outcome]) -> list[tuple[str, Outcome]]:
    return [(str(found[number]), outcomes[number]) for number in sorted(outcomes)]


def _answer(done: list[tuple[str, Outcome]], batch: int | None, as_json: bool) -> None:
    if as_json:
        answer = {"batch": batch, "workbooks": [answers.workbook(path, outcome) for path, outcome in done]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for path, outcome in done:
        click.echo("\n".join(answers.workbook_text(path, outcome)))
    if any(outcome.data_version is not None for _path, outcome in done):
        click.echo(_("Batch {n}: “withdraw --batch {n}” takes all of it back.", n=batch))


def _watch(username: str | None, folder: Path, hints: Hints, every: float, once: bool, as_json: bool) -> bool:
    """Watch until told to stop; whether anything was refused, which only matters where it ends by itself.

    Ctrl-C and the end of a service wait for the files that are being taken in; a second Ctrl-C does not.
    """
    refused, stop = False, folders.Stop()

    def ended(number: int, _frame: FrameType | None) -> None:
        stop.asked = True
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ended) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for moved in folders.watch(lambda: acting(username), folder, hints, every=every, once=once, stop=stop):
            click.echo(_line(moved, as_json))
            sys.stdout.flush()
            refused |= moved.outcome.refused
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return refused and not stop.asked


def _line(moved: Moved, as_json: bool) -> str:
    if as_json:
        where = {"batch": moved.batch, "moved_to": moved.to, "annotated": moved.annotated}
        answer = answers.workbook(str(moved.path), moved.outcome)
        return json.dumps(
            answer | {name: value if value is None else _plain(value) for name, value in where.items()},
            ensure_ascii=False,
        )
    sheets = moved.outcome.sheets
    counts = _(
        "{n} rows accepted, {m} refused",
        n=sum(sheet.rows_accepted for sheet in sheets),
        m=sum(sheet.rows_refused for sheet in sheets),
    )
    return f"{moved.path}: {moved.outcome.status} ({counts}) → {moved.to or _('stays')}"


def _plain(value: Path | int) -> str | int:
    return str(value) if isinstance(value, Path) else value


@click.command()
@click.argument("submission", type=int, required=False)
@click.option("--batch", type=int, help="All that came in with this batch, at once.")
@click.option("--reason", required=True, help="Why; it is kept with the submission.")
@click.option("--as", "username", help="Act as this account.")
def withdraw(submission: int | None, batch: int | None, reason: str, username: str | None) -> None:
    """Take a submission or a batch out of force; the revisions before come back."""
    if (submission is None) == (batch is None):
        raise click.UsageError(_("Name a submission, or a batch with --batch."))
    actor = acting(username)
    if batch is not None:
        undone = batches.undo(actor, batch, reason)
        click.echo(
            _(
                "Batch {n} is undone: {m} submissions withdrawn, {k} in force again in their place.",
                n=batch,
                m=len(undone.withdrawn),
                k=len(undone.restored),
            )
        )
    elif submission is not None:
        restored = submissions.withdraw(actor, submission, reason)
        if restored is None:
            click.echo(_("Submission {n} is withdrawn; nothing stands in its place.", n=submission))
        else:
            click.echo(_("Submission {n} is withdrawn; submission {m} is in force again.", n=submission, m=restored))
