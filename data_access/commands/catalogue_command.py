"""``catalogue``: what the workstream files say, and whether they can be used."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from config.catalogue import WORKSTREAMS
from config.catalogue import check as faults_of
from config.declarations import ConfigError
from config.language import _


@click.group(name="catalogue")
def catalogue() -> None:
    """The workstreams and indicators of the files in config/workstreams."""


@catalogue.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Look through workstream files: every mistake with its line and how to mend it.

    Without FILES all of config/workstreams is looked through; a file from elsewhere is looked at as if it lay there.
    Exit status 1 where something is wrong.
    """
    found = faults_of(files)
    if as_json:
        click.echo(json.dumps({"faults": [_plain(one) for one in found]}, ensure_ascii=False, indent=2))
    elif found:
        for one in found:
            click.echo(str(one))
    else:
        number = len(files) or len(list(WORKSTREAMS.glob("*.toml")))
        click.echo(_("{n} files looked through: all is well.", n=number))
    sys.exit(1 if found else 0)


def _plain(one: ConfigError) -> dict[str, str | int | None]:
    return {
        "file": one.file,
        "line": one.line or None,
        "entry": one.entry or None,
        "field": one.field or None,
        "reason": one.reason,
        "remedy": one.remedy or None,
    }
