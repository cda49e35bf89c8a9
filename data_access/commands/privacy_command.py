"""``purge``, ``erase``, ``keys``: personal data whose time is over, one person on request, the key they are under."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from config.language import _
from data_access import accounts, rotation
from data_access.commands.arguments import Day
from data_access.office import erasure, retention
from data_access.office.erasure import Held, Wanted

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")


@click.command()
@click.option("--before", "before", required=True, type=Day(), help="What is about days before this one.")
@click.option("--dry-run", "dry", is_flag=True, help="Only say what would go.")
@_JSON
def purge(before: date, dry: bool, as_json: bool) -> None:
    """Empty old personal data out: names, telephones, texts, originals. Figures, counts and hashes stay."""
    actor = accounts.console()
    done = retention.foreseen(actor, before) if dry else retention.purge(actor, before)
    if as_json:
        _print({"before": before.isoformat(), "dry_run": dry, **_plain(done)})
    else:
        _counts(done.counts, retention.NAMES)
        _copies(done.copies)
    _finished(done.compacted or dry)


@click.command()
@click.option("--document", prompt=True, prompt_required=False, hide_input=True, help="Document number [asked for].")
@click.option("--name", help="Or the name ...")
@click.option("--community", help="... and the community.")
@click.option("--person", default="", help="Which one of several with that name: the mark that is printed.")
@click.option("--reason", type=click.Choice(list(erasure.REASONS)), help="Erase, for this reason [default: only look].")
@_JSON
def erase(
    document: str | None, name: str | None, community: str | None, person: str, reason: str | None, as_json: bool
) -> None:
    """Say what is held of one person, and with --reason erase it everywhere."""
    actor, wanted = accounts.console(), Wanted(document or "", name or "", community or "", person)
    held = erasure.find(actor, wanted) if reason is None else erasure.erase(actor, wanted, reason)
    if as_json:
        people = [asdict(one) | {"first": str(one.first), "last": str(one.last)} for one in held.people]
        _print({"erased": reason is not None, "people": people, **_plain(held)})
    else:
        for one in held.people:
            places = _(", ").join(one.communities)
            click.echo(f"{one.mark}\t{one.name} {one.phone} {one.document}\t{places}\t{one.first} – {one.last}")
        _counts(held.counts, erasure.NAMES)
        _copies(held.copies)
    _finished(held.compacted or reason is None)


@click.group()
def keys() -> None:
    """The key that names and telephones are sealed with."""


@keys.command()
@_JSON
def rotate(as_json: bool) -> None:
    """Change the key of the fields while the board goes on; a change that was broken off is finished."""
    done = rotation.rotate(accounts.console(), _progress())
    if as_json:
        _print(asdict(done))
    else:
        click.echo(_("{n} values are sealed with the new key.", n=done.values))
        click.echo(_("Copy the key file again: older copies of it no longer open names and telephones."), err=True)
    if done.unopened:
        click.echo(_("{n} values open with no key; the old key stays. Run verify.", n=done.unopened), err=True)
        sys.exit(1)
    _finished(done.compacted)


def _progress() -> rotation.Told:
    if not sys.stderr.isatty():
        return lambda _done, _all: None
    return lambda done, every: click.echo(f"\r{done}/{every}\033[K", nl=done >= every, err=True)


def _plain(done: retention.Purged | Held) -> dict[str, Any]:
    return {"counts": done.counts, "compacted": done.compacted, "copies": done.copies}


def _counts(counts: dict[str, int], names: dict[str, str]) -> None:
    for key, number in counts.items():
        click.echo(f"{_(names[key])}\t{number}")


def _copies(copies: list[str]) -> None:
    """On standard error: which backups still hold what is gone here."""
    if copies:
        click.echo(
            _("These backups hold what was there when they were made: {names}", names=_(", ").join(copies)), err=True
        )


def _finished(compacted: bool) -> None:
    if not compacted:
        click.echo(
            _("The database could not be written anew just now, so old bytes may lie in it. Run it again."), err=True
        )
        sys.exit(1)


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
