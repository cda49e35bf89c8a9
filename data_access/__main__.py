"""The command line: ``python -m data_access COMMAND``.

Nothing but the answer goes to standard output; the log and what went wrong go to standard error. Exit status: 0 all
committed or unchanged, 1 something was refused (the rest is committed), 2 the call itself was wrong.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
import pandas as pd

from config import clock, language
from config.declarations import ConfigError
from config.language import _
from config.settings import settings
from data_access import accounts, database, faults, sheets, submissions
from data_access.accounts import AccountError, Actor
from data_access.backups.archive import BackupError
from data_access.commands import answers, logs
from data_access.commands.account_command import accounts_
from data_access.commands.arguments import Day, Moment
from data_access.commands.arguments import campaign as code_of
from data_access.commands.backup_command import backup, restore, verify
from data_access.commands.catalogue_command import catalogue
from data_access.commands.import_command import import_, withdraw
from data_access.commands.mapping_command import mapping
from data_access.commands.notice_command import notice
from data_access.commands.privacy_command import erase, keys, purge
from data_access.commands.street_command import district, street
from data_access.office.closing import ClosingError
from data_access.office.erasure import ErasureError
from data_access.office.notices import NoticeError
from data_access.office.retention import RetentionError
from data_access.reports import administration, checklist, directory, reporting, workstreams
from data_access.reports.scores import BY, Cut
from data_access.reports.view import View
from data_access.sheets import choices

REPORTS = ("reporting", "callups", "dispatch", "coverage", "ranking", "workstreams", "checklist", "actions")
KINDS = tuple(choice.code for choice in choices.COMMUNITY_KIND)
LATEST = {
    "callups": ("roster",),
    "reporting": ("roster", "morning", "evening"),
    "dispatch": ("morning", "evening"),
}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--language", "spoken", type=click.Choice(list(language.LANGUAGES)), help="Language of the answer.")
@click.option("--street", help="Work for this street [default: the first].")
@click.option("--verbose", is_flag=True, help="Say more on standard error.")
@click.pass_context
def main(context: click.Context, spoken: str | None, street: str | None, verbose: bool) -> None:
    """The street-office briefing board from the command line."""
    context.with_resource(accounts.console_of(street))
    language.use(spoken or settings().language)
    logs.start(logging.DEBUG if verbose else logging.WARNING)


@main.command()
def init() -> None:
    """Create or migrate the database."""
    database.prepare()
    click.echo(_("The database is ready (data version {version}).", version=database.data_version()))


@main.command()
@click.option("--communities", default=12, show_default=True, type=click.IntRange(2, 40), help="Number of communities.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 366), help="Number of days.")
@click.option("--seed", default=7, show_default=True, help="Same seed, same files.")
@click.option(
    "--workbooks", type=click.Path(file_okay=False, path_type=Path), help="Keep the workbooks in this folder."
)
@click.option("--until", type=Day(), help="Last day of the sample [default: today].")
def sample(communities: int, days: int, seed: int, workbooks: Path | None, until: date | None) -> None:
    """Write a sample street's workbooks and import them through the real pipeline."""
    from data_access import sample as generator

    result = generator.load(
        accounts.console(),
        communities=communities,
        days=days,
        seed=seed,
        folder=workbooks,
        until=until,
        progress=_progress if sys.stderr.isatty() else None,
    )
    click.echo(_("{n} workbooks, {m} submissions.", n=result.workbooks, m=result.submissions))


def _progress(done: int, total: int, text: str) -> None:
    click.echo(f"\r{done}/{total} {text}\033[K", nl=done == total, err=True)


@main.command()
@click.argument("kind", type=click.Choice(list(sheets.WORKBOOKS)))
@click.option("--community", help="Fill in this community.")
@click.option("--date", "day", type=Day(), help="Fill in this business date.")
@click.option("--campaign", help="For this campaign [default: the first].")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
def template(kind: str, community: str | None, day: date | None, campaign: str | None, output: Path) -> None:
    """Write a blank template."""
    view = _view(accounts.console(), "reporting", day, None, community, campaign)
    _write(output, administration.blank_workbook(view, kind, language.current(), dated=day is not None), "--output")
    click.echo(str(output))


def _view(
    actor: Actor,
    report: str,
    day: date | None,
    as_of: datetime | None,
    community: str | None,
    campaign: str | None,
) -> View:
    campaigns = directory.campaigns(actor)
    code = code_of(campaigns, campaign) if campaign is not None else campaigns[0].code
    when = day or directory.latest_day(actor, code, LATEST.get(report, ("evening",)))
    name = community and directory.community_named(actor, community)
    if community is not None and name is None:
        raise click.BadParameter(_("There is no community {name}.", name=community), param_hint="--community")
    return View(actor, when, code, as_of, community=name)


@main.command()
@click.argument("name", type=click.Choice(REPORTS))
@click.option("--date", "day", type=Day(), help="Business date [default: the latest with data].")
@click.option("--from", "start", type=Day(), help="First day of `reporting` [default: the business date alone].")
@click.option("--as-of", "as_of", type=Moment(), help="As the board stood at this time.")
@click.option("--community", help="This community only.")
@click.option("--campaign", help="For this campaign [default: the first].")
@click.option("--basis", help="What `ranking` ranks by [default: coverage].")
@click.option("--by", type=click.Choice(BY), help="Whom `ranking` ranks [default: community].")
@click.option("--kind", "unit", type=click.Choice(KINDS), help="Which kind of unit it ranks [default: most frequent].")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write a workbook instead.")
def report(
    name: str,
    day: date | None,
    start: date | None,
    as_of: datetime | None,
    community: str | None,
    campaign: str | None,
    basis: str | None,
    by: str | None,
    unit: str | None,
    as_json: bool,
    xlsx: Path | None,
) -> None:
    """Answer one of the board's questions."""
    for option, given in (("--basis", basis), ("--by", by), ("--kind", unit)):
        if given is not None and name != "ranking":
            raise click.BadParameter(_("{option} belongs to the report ranking.", option=option), param_hint=option)
    if start is not None and name != "reporting":
        raise click.BadParameter(_("--from belongs to the report reporting."), param_hint="--from")
    actor = accounts.console() if as_of is None else accounts.look_back(accounts.console(), as_of)
    view = _view(actor, name, day, as_of, community, campaign)
    if start is not None and start > view.day:
        raise click.BadParameter(_("{start} lies after {day}.", start=start, day=view.day), param_hint="--from")
    module = importlib.import_module(f"data_access.reports.{name}")
    if basis is not None and basis not in module.available():
        known = ", ".join(module.available())
        raise click.BadParameter(
            _("There is no basis {name}; there are {known}.", name=basis, known=known), param_hint="--basis"
        )
    version = database.data_version()  # before the figures, so that they are never older than it says
    if name == "ranking":
        frame = module.table(view, basis or "coverage", Cut(by or "community", unit))
    else:
        frame = module.table(view, start) if name == "reporting" else module.table(view)
    definitions = {key: answers.definition(*texts) for key, texts in module.DEFINITIONS.items()}
    if xlsx is not None:
        from data_access.workbooks import exports

        made = {name: frame} | ({"parts": module.parts(view)} if name == "workstreams" else {})
        _write(xlsx, exports.workbook(made, definitions=definitions, data_version=version), "--xlsx")
        click.echo(str(xlsx))
    elif as_json:
        _print_json(
            {
                "report": name,
                "date": view.day.isoformat(),
                "as_of": answers.plain(as_of or clock.now()),
                "campaign": view.campaign,
                "data_version": version,
                "definitions": definitions,
                "rows": _NESTED[name](view, frame) if name in _NESTED else answers.rows(frame, module.RATES),
                **(_counted(view, start) if name == "reporting" else {}),
            }
        )
    else:
        click.echo(answers.table_text(frame, module.RATES))


def _checklist(view: View, communities: pd.DataFrame) -> list[dict[str, Any]]:
    """The communities of the report ``checklist``, each with its sections, each of these with its items."""
    parts = (communities, checklist.sections(view), checklist.items(view))
    whole, sections, items = (answers.rows(part, checklist.RATES) for part in parts)
    sections = answers.under(sections, "items", items, ("community", "section"))
    return answers.under(whole, "sections", sections, ("community",))


def _workstreams(view: View, cells: pd.DataFrame) -> list[dict[str, Any]]:
    """The cells of the report ``workstreams``, each with the indicators it is made of."""
    parts = answers.rows(workstreams.parts(view), workstreams.PART_RATES)
    return answers.under(answers.rows(cells, workstreams.RATES), "parts", parts, ("community", "workstream"))


_NESTED = {"checklist": _checklist, "workstreams": _workstreams}


def _counted(view: View, start: date | None) -> dict[str, Any]:
    """What the answer of ``reporting`` says besides its sheets: by community and by kind of sheet."""
    by = {"summary": reporting.summary, "totals": reporting.totals}
    found = {key: answers.rows(ask(view, start), reporting.SUMMARY_RATES) for key, ask in by.items()}
    return {"from": (start or view.day).isoformat(), **found}


main.add_command(accounts_)
main.add_command(street)
main.add_command(district)
main.add_command(import_)
main.add_command(withdraw)
main.add_command(mapping)
main.add_command(catalogue)
main.add_command(notice)
main.add_command(backup)
main.add_command(restore)
main.add_command(verify)
main.add_command(purge)
main.add_command(erase)
main.add_command(keys)


def _write(path: Path, content: bytes, option: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint=option) from None


def _print_json(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def run() -> None:
    """The entry: what people can mend is one line on standard error and exit status 2."""
    try:
        main(prog_name="python -m data_access")
    except (
        AccountError,
        submissions.SubmissionError,
        ClosingError,
        NoticeError,
        ErasureError,
        RetentionError,
        BackupError,
        ConfigError,
    ) as error:
        _refuse(str(error))
    except Exception as problem:
        told = faults.sentence(problem)
        if told is None:
            raise
        _refuse(told)


def _refuse(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(2)


if __name__ == "__main__":
    run()
