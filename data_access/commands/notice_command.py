"""``notice``: publish the ranking notice, list what was published, hand out any of it again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from config.language import _
from data_access import database
from data_access.commands import answers
from data_access.commands.arguments import Day, acting
from data_access.commands.arguments import campaign as code_of
from data_access.office import forms, notices
from data_access.office.notices import Notice
from data_access.reports import directory, ranking
from data_access.reports.view import View


@click.group()
def notice() -> None:
    """The ranking notice: published once, frozen, shown again exactly."""


@notice.command()
@click.option("--date", "day", type=Day(), help="Business date [default: the latest with evening tallies].")
@click.option("--campaign", help="For this campaign [default: the first].")
@click.option("--basis", default="coverage", show_default=True, help="What it ranks by.")
@click.option("--as", "username", help="Act as this account.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def publish(day: date | None, campaign: str | None, basis: str, username: str | None, as_json: bool) -> None:
    """Freeze the ranking of a day under the next number."""
    actor = acting(username)
    campaigns = directory.campaigns(actor)
    code = code_of(campaigns, campaign) if campaign is not None else campaigns[0].code
    if basis not in ranking.available():
        known = ", ".join(ranking.available())
        raise click.BadParameter(
            _("There is no basis {name}; there are {known}.", name=basis, known=known), param_hint="--basis"
        )
    made = notices.publish(actor, View(actor, day or directory.latest_day(actor, code, ("evening",)), code), basis)
    if made.repeats is not None:
        click.echo(_("The same figures of the same day were published as no. {n}.", n=made.repeats), err=True)
    if as_json:
        _print(forms.plain(made))
        return
    told = made.told
    click.echo(
        _(
            "Notice {n} is published: {day}, {basis}, {k} of {m} reported, data version {v}.",
            n=made.number,
            day=told.day.isoformat(),
            basis=_(ranking.NAMES[told.basis]),
            k=told.field - len(told.unreported),
            m=told.field,
            v=told.data_version,
        )
    )


@notice.command()
@click.argument("number", type=click.IntRange(1))
@click.option("--campaign", help="Of this campaign [default: the first that has this number].")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.option("--text", "as_text", is_flag=True, help="Answer as text for a chat (so without any option).")
@click.option("--docx", type=click.Path(dir_okay=False, path_type=Path), help="Write the official paper.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture of the list.")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="Write a workbook of all its bases.")
@click.option("--as", "username", help="Act as this account.")
def show(
    number: int,
    campaign: str | None,
    as_json: bool,
    as_text: bool,
    docx: Path | None,
    png: Path | None,
    xlsx: Path | None,
    username: str | None,
) -> None:
    """Show a notice as it was published."""
    if sum(map(bool, (as_json, as_text, docx, png, xlsx))) > 1:
        raise click.UsageError(_("Choose one form: --text, --json, --docx, --png or --xlsx."))
    actor = acting(username)
    code = code_of(directory.campaigns(actor), campaign) if campaign is not None else None
    found = notices.show(actor, number, code)
    if as_json:
        _print(forms.plain(found))
        return
    for option, path in (("docx", docx), ("png", png), ("xlsx", xlsx)):
        if path is not None:
            _write(found, option, path)
            return
    click.echo(forms.text(found))


@notice.command(name="list")
@click.option("--campaign", help="Of this campaign only.")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def list_(campaign: str | None, as_json: bool) -> None:
    """List all notices, newest first."""
    actor = acting(None)
    code = code_of(directory.campaigns(actor), campaign) if campaign is not None else None
    version = database.data_version()
    frame = notices.notices(actor, code)
    rows = answers.rows(frame, ("coverage",))
    if as_json:
        _print({"data_version": version, "notices": rows})
        return
    for row in rows:
        reported = f"{row['reported']}/{row['field']}"
        click.echo("\t".join(map(str, (row["number"], row["campaign"], row["day"], row["basis"], reported, row["by"]))))
    if not rows:
        click.echo(_("No notices."))


def _write(found: Notice, form: str, path: Path) -> None:
    made = {"docx": forms.docx, "png": forms.png, "xlsx": forms.xlsx}[form](found)
    try:
        path.write_bytes(made)
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint=f"--{form}") from None
    click.echo(str(path))


def _print(answer: dict[str, object]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
