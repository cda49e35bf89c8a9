"""``mapping``: the remembered layouts from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from config.language import _
from data_access.commands import answers
from data_access.commands.arguments import acting
from data_access.layouts import mappings
from data_access.layouts.mappings import Remembered
from data_access.sheets import KINDS

_as = click.option("--as", "username", help="Act as this account.")


@click.group()
def mapping() -> None:
    """What the columns of sheets mean that no template knows."""


@mapping.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@_as
def list_(username: str | None, as_json: bool) -> None:
    """Show all remembered layouts."""
    found = mappings.mappings(acting(username))
    if as_json:
        _print({"mappings": [_plain(one) for one in found]})
        return
    for one in found:
        kind = KINDS[one.layout.kind].label if one.layout.kind in KINDS else one.layout.kind
        columns = _("{n} columns", n=len(one.layout.columns) + len(one.layout.indicators))
        click.echo("\t".join([one.layout.name, kind, columns, one.by, answers.plain(one.at)]))


@mapping.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@_as
def show(name: str, username: str | None, as_json: bool) -> None:
    """Show one layout, as the file `add` takes."""
    actor = acting(username)
    if as_json:
        _print(_plain(mappings.mapping(actor, name)))
    else:
        click.echo(mappings.export(actor, name), nl=False)


@mapping.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_as
def add(file: Path, username: str | None) -> None:
    """Remember the layout of a TOML file; the same shape again is replaced."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise click.BadParameter(_("{file} is no text file in UTF-8.", file=file.name), param_hint="FILE") from None
    click.echo(mappings.add(acting(username), text).name)


@mapping.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@_as
def export(name: str, username: str | None, output: Path | None) -> None:
    """Write a layout as a TOML file for another office."""
    text = mappings.export(acting(username), name)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"{output}: {error.strerror}", param_hint="--output") from None
    click.echo(str(output))


@mapping.command()
@click.argument("name")
@_as
def forget(name: str, username: str | None) -> None:
    """Forget a layout; what was read by it stays."""
    mappings.forget(acting(username), name)
    click.echo(name)


def _plain(one: Remembered) -> dict[str, Any]:
    layout = one.layout
    return {
        "name": layout.name,
        "kind": layout.kind,
        "shape": layout.shape,
        "rows": layout.rows or None,
        "headers": list(layout.headers),
        "columns": {key: path for path, key in layout.columns.items()},
        "indicators": {code: dict(parts) for code, parts in layout.indicators.items()},
        "constants": dict(layout.constants),
        "values": {key: dict(words) for key, words in layout.values.items()},
        "communities": dict(layout.communities),
        "by": one.by,
        "at": answers.plain(one.at),
    }


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
