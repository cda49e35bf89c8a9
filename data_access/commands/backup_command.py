"""``backup``, ``restore``, ``verify``: everything in one file, the way back, and whether it all hangs together."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from config import clock
from config.language import N_, _
from data_access import accounts
from data_access.backups import archive, health, making, proving, restoring, tables
from data_access.backups.archive import BackupError
from data_access.backups.health import Check

PASSPHRASE = "STREET_BACKUP_PASSPHRASE"
_FILE = click.Path(dir_okay=False, path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")


@click.command()
@click.argument("file", type=_FILE)
@click.option(
    "--passphrase",
    "asked",
    is_flag=True,
    help=f"Put the key file in and encrypt with a passphrase (asked for, or from {PASSPHRASE}).",
)
@_JSON
def backup(file: Path, asked: bool, as_json: bool) -> None:
    """Write everything into one encrypted file, while the board goes on.

    Without --passphrase the file can only be read with the key file of the data folder: keep a copy of that elsewhere.
    """
    made = making.make(
        accounts.console(), file, passphrase=_passphrase(confirm=True) if asked else None, told=_progress()
    )
    if as_json:
        said = {"path": str(file), "size": made.size, "sha256": made.sha256, "rows": made.rows}
        _print({**said, "data_version": made.data_version, "unopened": made.unopened})
    else:
        click.echo(_("{n} rows, data version {v}, {size} MB", n=made.rows, v=made.data_version, size=_mb(made.size)))
    if made.unopened:
        click.echo(_("{n} sealed values do not open with the key; run verify.", n=made.unopened), err=True)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Give up what the database holds now.")
@_JSON
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Bring a backup back into the database of the settings, SQLite or PostgreSQL."""
    done = restoring.restore(file, passphrase=_needed(file), replace=replace, told=_progress())
    if as_json:
        _print({"path": str(file), "rows": done.rows, "data_version": done.data_version})
    else:
        click.echo(_("{n} rows are back, data version {v}.", n=done.rows, v=done.data_version))
    made = f"{clock.local(datetime.fromisoformat(done.manifest['made_at'])):%Y-%m-%d %H:%M}"
    click.echo(
        _("Whoever was purged or erased after {moment} is back: purge again, and repeat the erasures.", moment=made),
        err=True,
    )


@click.command()
@click.argument("file", type=_FILE, required=False)
@_JSON
def verify(file: Path | None, as_json: bool) -> None:
    """Examine the database, or prove a backup FILE by restoring it aside. Exit status 1 where something is wrong."""
    actor = accounts.console()
    if file is None:
        checks = health.examine(actor, _progress())
    else:
        checks = proving.prove(actor, file, passphrase=_needed(file), told=_progress()).checks
    good = all(check.good for check in checks)
    if as_json:
        found = [{"check": check.name, "good": check.good, "text": check.text} for check in checks]
        _print({"path": None if file is None else str(file), "good": good, "checks": found})
    else:
        _tell(checks)
    sys.exit(0 if good else 1)


def _tell(checks: Sequence[Check]) -> None:
    for check in checks:
        mark = "✓" if check.good else "✗"
        click.echo(f"{mark} {_(health.NAMES[check.name])}  {check.text}")


def _needed(file: Path) -> str | None:
    """The passphrase, where the archive was made with one."""
    return _passphrase(confirm=False) if archive.header_of(file)["sealed_with"] == "passphrase" else None


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is None:
        given = click.prompt(_("Passphrase of the backup"), hide_input=True, confirmation_prompt=confirm, err=True)
    if not given:
        raise BackupError(N_("A passphrase is needed."))
    return str(given)


def _progress() -> tables.Told:
    """Progress on standard error, where somebody watches."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None
    return lambda done, every: click.echo(f"\r{done}/{every}\033[K", nl=done >= every, err=True)


def _mb(size: int) -> str:
    return f"{size / 1024**2:,.1f}"


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
