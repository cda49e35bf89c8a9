"""The command line for streets and the districts above them."""

from __future__ import annotations

import click

from config.language import _
from data_access import accounts
from data_access.office import districts


@click.group()
def street() -> None:
    """The streets of this database."""


@street.command()
@click.argument("name")
@click.option("--admin", required=True, help="Its administrator; a one-time password is printed, this once.")
def add(name: str, admin: str) -> None:
    """Found a street of its own in this database; other commands work for it with --street."""
    click.echo(districts.found_street(accounts.console(), name, admin))


@street.command(name="list")
def list_() -> None:
    """Show all streets."""
    for one in districts.offices(accounts.console()):
        state = _("sample") if one.is_sample else ""
        click.echo("\t".join([one.name, one.district or "", str(one.communities), state]).rstrip())


@click.group()
def district() -> None:
    """What stands above the streets."""


@district.command(name="add")
@click.argument("name")
def add_district(name: str) -> None:
    """Make a district."""
    districts.create(accounts.console(), name)
    click.echo(name)


@district.command()
@click.argument("name")
@click.argument("street")
def join(name: str, street: str) -> None:
    """Let STREET belong to the district NAME, whose accounts see its figures from then on."""
    districts.join(accounts.console(), street, name)
    click.echo(street)


@district.command()
@click.argument("street")
def leave(street: str) -> None:
    """Let STREET belong to no district any more."""
    districts.join(accounts.console(), street, None)
    click.echo(street)
