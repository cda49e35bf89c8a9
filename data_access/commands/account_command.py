"""The command line for accounts: who may sign in."""

from __future__ import annotations

import click

from config.language import _
from data_access import accounts
from data_access.accounts import Role

_ROLES = [role.value for role in Role]
_OFFICE = [role.value for role in accounts.OFFICE]


@click.group(name="accounts")
def accounts_() -> None:
    """Who may sign in."""


@accounts_.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(_ROLES), help="What the account may do.")
@click.option("--community", help="The community of a clerk.")
@click.option("--district", help="The district of an account above the streets.")
@click.password_option(help="First password, to be changed at the first sign-in [default: asked for].")
def add(name: str, role: str, community: str | None, district: str | None, password: str) -> None:
    """Create an account."""
    accounts.create(accounts.console(), name, password, Role(role), community, district=district)
    click.echo(name)


@accounts_.command(name="list")
def list_() -> None:
    """Show all accounts."""
    for account in accounts.accounts(accounts.console()):
        state = _("disabled") if account["disabled_at"] else ""
        click.echo("\t".join([account["username"], account["role"], account["community"] or "", state]).rstrip())


@accounts_.command()
@click.argument("name")
def disable(name: str) -> None:
    """End an account; its sessions end with it."""
    accounts.disable(accounts.console(), name)
    click.echo(name)


@accounts_.command()
@click.argument("name")
def enable(name: str) -> None:
    """Take an account up again that was ended."""
    accounts.enable(accounts.console(), name)
    click.echo(name)


@accounts_.command(name="set-role")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(_OFFICE), help="What the account may do.")
@click.option("--community", help="The community of a clerk.")
def set_role(name: str, role: str, community: str | None) -> None:
    """Change what an account may do; its sessions end."""
    accounts.set_role(accounts.console(), name, Role(role), community)
    click.echo(name)


@accounts_.command(name="reset-password")
@click.argument("name")
@click.option("--password", help="This one [default: one is made up and printed, this once].")
def reset_password(name: str, password: str | None) -> None:
    """Give an account a one-time password, of use for 24 hours, to be changed at the sign-in."""
    if password is not None:
        accounts.set_password(accounts.console(), name, password)
        click.echo(name)
        return
    click.echo(accounts.reset_password(accounts.console(), name))


@accounts_.command()
@click.argument("name")
@click.argument("subject", required=False)
def link(name: str, subject: str | None) -> None:
    """Say who an account is at the office's single sign-on; without SUBJECT: nobody."""
    accounts.link(accounts.console(), name, subject)
    click.echo(name)
